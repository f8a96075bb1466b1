"""What a request about 2.4 asks for, held to what the person may see."""

from __future__ import annotations

from flask import abort
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from covenant_review.accounts.models import User
from covenant_review.accounts.permissions import OFFICIAL, Permission, may
from covenant_review.refusals import Forbidden
from covenant_review.registry.models import Commune
from covenant_review.tally.figures import Figures
from covenant_review.tally.standing import GROUPS, CovenantStanding

# The covenants with a signed conclusion: a list behind a number, though no group of its own.
REVIEWED = "reviewed"


def own_commune(session: Session, person: User) -> Commune | None:
    """The only commune whose figures the person sees; None for whoever sees the province."""
    if person.role_names != {OFFICIAL} or person.commune_id is None:
        return None
    return session.get(Commune, person.commune_id)


def asked_commune(session: Session, person: User, code: str | None) -> Commune | None:
    """The commune of a code: 404 if there is none, Forbidden if it is not the person's. Without a code: `own_commune`."""
    if not code:
        return own_commune(session, person)
    place = session.scalar(select(Commune).where(Commune.code == code))
    if place is None:
        abort(404)
    if not may(person, Permission.SEE_TALLY, place.id):
        raise Forbidden("other_commune", _l("Nội dung này thuộc xã, phường khác. Bạn chỉ làm việc được với xã, phường của mình."))
    return place


def rows_of(figures: Figures, group: str) -> list[CovenantStanding]:
    """The covenants behind a number: of a group, of REVIEWED, or ("") all in force; 404 for anything else."""
    if group not in ("", REVIEWED, *GROUPS):
        abort(404)
    wanted = {"": GROUPS, REVIEWED: ("compliant", "not_compliant")}.get(group, (group,))
    return [one for one in figures.standings if one.group in wanted]
