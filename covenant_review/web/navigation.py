"""The main menu and where each role begins."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Flask, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from covenant_review.accounts.permissions import ADMINISTRATOR, OFFICIAL, REVIEWER, SIGNER, Permission
from covenant_review.database import db
from covenant_review.registry.models import Commune
from covenant_review.web.access import may_here, me, needs

blueprint = Blueprint("home", __name__)


@dataclass(frozen=True, slots=True)
class Item:
    """One entry: shown to whoever holds the permission; marked on every page whose endpoint starts with a prefix."""

    endpoint: str
    label: LazyString
    permission: Permission
    prefixes: tuple[str, ...]


ITEMS = (
    Item("review.queue", _l("Rà soát"), Permission.SEE_QUEUE, ("review.",)),
    Item("signing.signing", _l("Ký duyệt"), Permission.SEE_SIGNING, ("signing.",)),
    Item("registry.communes", _l("Xã, phường"), Permission.SEE_REGISTER, ("registry.", "pages.", "covenant_pages.", "submissions.")),
    Item("tally.province", _l("Chỉ tiêu 2.4"), Permission.SEE_TALLY, ("tally.",)),
    Item("rules.rules", _l("Bộ quy tắc"), Permission.SEE_RULES, ("rules.",)),
    Item("people.people", _l("Tài khoản"), Permission.KEEP_ACCOUNTS, ("people.",)),
    Item("audit.events", _l("Nhật ký"), Permission.SEE_AUDIT, ("audit.",)),
)


def start_page() -> str:
    """Address of the page where the signed-in person's work begins."""
    roles = me().role_names
    if OFFICIAL in roles and me().commune_id is not None:
        commune = db.session.get(Commune, me().commune_id)
        if commune is not None:
            return url_for("pages.commune", code=commune.code)
    if REVIEWER in roles:
        return url_for("review.queue")
    if SIGNER in roles:
        return url_for("signing.signing")
    if ADMINISTRATOR in roles:
        return url_for("people.people")
    return url_for("tally.province")


@blueprint.get("/")
@needs(Permission.OWN_ACCOUNT)
def home() -> ResponseReturnValue:
    """To where the person's work begins."""
    return redirect(start_page())


def menu() -> list[tuple[str, LazyString, bool]]:
    """Entries for the person who is signed in: address, label, whether it is the present one."""
    endpoint = request.endpoint or ""
    return [(url_for(item.endpoint), item.label, endpoint.startswith(item.prefixes)) for item in ITEMS if may_here(item.permission)]


def init_navigation(app: Flask) -> None:
    """Give templates `menu`."""
    app.jinja_env.globals.update(menu=menu)
