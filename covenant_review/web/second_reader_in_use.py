"""The second reader beside the rule set of this site: loaded when first needed, again when its weights have changed."""

from __future__ import annotations

from pathlib import Path
from threading import Lock

from flask import Flask, current_app

from covenant_review.screening.ruleset import RuleSet
from covenant_review.screening.second_reader_use import SecondReaderInUse, second_reader_of
from covenant_review.screening.second_reader_weights import WEIGHTS_FILE
from covenant_review.web.ruleset_in_use import ruleset_in_use

_KEY = "covenant_second_reader"
_loading = Lock()


def second_reader_in_use() -> SecondReaderInUse:
    """The reader as the settings want it; its `state` tells whether it reads. Raises RuleSetUnavailable as `ruleset_in_use`."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # werkzeug's proxy
    ruleset = ruleset_in_use()
    with _loading:
        known: tuple[RuleSet, object, SecondReaderInUse] | None = app.extensions.get(_KEY)
        changed = _changed(ruleset.directory / WEIGHTS_FILE)
        if known is None or known[0] is not ruleset or known[1] != changed:
            wanted = app.extensions["covenant_settings"].second_reader
            known = app.extensions[_KEY] = (ruleset, changed, second_reader_of(ruleset, wanted=wanted))
    return known[2]


def _changed(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
