"""The blueprint of the register's pages, and what all of them begin with."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, abort
from flask_wtf import FlaskForm
from sqlalchemy import select

from covenant_review.accounts.permissions import Permission
from covenant_review.database import db
from covenant_review.refusals import Forbidden, Refused
from covenant_review.registry.models import Commune, Community, Covenant, LegalStatus
from covenant_review.web.access import check_commune
from covenant_review.web.shown import word

blueprint = Blueprint("registry", __name__)


def asked_commune(code: str, permission: Permission) -> Commune:
    """The commune with this code. 404 where there is none; Forbidden unless the person may do `permission` there."""
    commune = db.session.scalar(select(Commune).where(Commune.code == code))
    if commune is None:
        abort(404)
    check_commune(permission, commune.id)
    return commune


def asked_community(community_id: int) -> Community:
    """The community, to be changed. 404 where there is none; Forbidden unless the person keeps its commune's register."""
    community = db.session.get(Community, community_id)
    if community is None:
        abort(404)
    check_commune(Permission.KEEP_REGISTER, community.commune_id)
    return community


def asked_covenant(covenant_id: int, permission: Permission = Permission.KEEP_REGISTER) -> Covenant:
    """The covenant. 404 where there is none; Forbidden unless the person may do `permission` in its commune."""
    covenant = db.session.get(Covenant, covenant_id)
    if covenant is None:
        abort(404)
    check_commune(permission, covenant.community.commune_id)
    return covenant


def asked_status(status_id: int) -> LegalStatus:
    """The step of a legal life, to be changed. 404 and Forbidden as above."""
    step = db.session.get(LegalStatus, status_id)
    if step is None:
        abort(404)
    check_commune(Permission.KEEP_REGISTER, step.covenant.community.commune_id)
    return step


def went_well(form: FlaskForm, deed: Callable[[], object]) -> bool:
    """Check the form and do the deed; what is refused is shown with the form, as typed. Forbidden goes on to its own page."""
    if not form.validate_on_submit():
        return False
    try:
        deed()
    except Forbidden:
        raise
    except Refused as refusal:
        form.form_errors.append(refusal.message)
        return False
    return True


def shown_community(community: Community) -> str:
    """A community with its kind, as in running text: "thôn Lim"."""
    return f"{word('community_kind', community.kind)} {community.name}"


def shown_commune(commune: Commune) -> str:
    """A commune with its kind, as in running text: "xã Tiên Du"."""
    return f"{word('commune_kind', commune.kind)} {commune.name}"


@blueprint.app_template_filter("community")
def _community_filter(community: Community) -> str:
    return shown_community(community)


@blueprint.app_template_filter("commune")
def _commune_filter(commune: Commune) -> str:
    return shown_commune(commune)


@blueprint.app_template_filter("first_upper")
def _first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]
