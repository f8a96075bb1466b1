"""The rule set in force on this site: loaded once per process, when it is first needed."""

from __future__ import annotations

from threading import Lock

from flask import Flask, current_app
from flask_babel import lazy_gettext as _l

from covenant_review.refusals import Refused
from covenant_review.screening.ruleset import RuleSet, default_rules_directory, load_ruleset
from covenant_review.screening.schema import RuleFileError
from covenant_review.settings import Settings

_KEY = "covenant_ruleset"
_loading = Lock()


class RuleSetUnavailable(Refused):
    """The rule set cannot be loaded at all; its message carries the reason."""

    status = 503


def ruleset_in_use() -> RuleSet:
    """The rules of the folder in the settings, else those shipped with the system.

    Raises RuleSetUnavailable where the parts that all rules share cannot be read; the next call tries again.
    """
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # werkzeug's proxy
    with _loading:
        found = app.extensions.get(_KEY)
        if found is None:
            found = app.extensions[_KEY] = _load(app.extensions["covenant_settings"])
    assert isinstance(found, RuleSet)
    return found


def _load(settings: Settings) -> RuleSet:
    try:
        return load_ruleset(settings.rules or default_rules_directory())
    except RuleFileError as error:
        current_app.logger.error("rule set not loaded: %s", error)
        raise RuleSetUnavailable(
            "ruleset_unavailable",
            _l("Chưa nạp được bộ quy tắc: %(reason)s Hãy báo quản trị viên kiểm tra thư mục quy tắc.", reason=str(error)),
        ) from error
