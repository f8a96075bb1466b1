"""The page of one commune: its figures, what it is asked to change, its communities with their covenants and uploads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from covenant_review.accounts.permissions import Permission
from covenant_review.database import db
from covenant_review.registry.base_views import asked_commune
from covenant_review.registry.days import today
from covenant_review.registry.models import Covenant
from covenant_review.registry.overview import commune_register
from covenant_review.submissions.models import Submission
from covenant_review.submissions.versions import unattached
from covenant_review.tally.standing import GROUPS, standings
from covenant_review.web.access import needs
from covenant_review.web.change_requests import change_requests

blueprint = Blueprint("pages", __name__)


@blueprint.get("/communes/<code>")
@needs(Permission.SEE_REGISTER)
def commune(code: str) -> ResponseReturnValue:
    """One commune. An official sees the own one only."""
    place = asked_commune(code, Permission.SEE_REGISTER)
    session, day = db.session(), today()
    register = commune_register(session, place)
    standing = standings(session, day, commune_id=place.id)
    groups = Counter(one.group for one in standing)
    return render_template(
        "registry/commune.html",
        commune=place,
        register=register,
        status={covenant.id: covenant.status_on(day) for covenant in register.covenants},
        standing={one.covenant_id: one for one in standing},
        groups=[(group, groups[group]) for group in GROUPS],
        total=len(standing),
        requests=change_requests(session, standing),
        latest=latest_versions(session, register.covenants),
        unattached=unattached(session, place.id),
    )


def latest_versions(session: Session, covenants: Sequence[Covenant]) -> dict[int, Submission]:
    """The latest version of each covenant that was not withdrawn, by the covenant's id."""
    query = (
        select(Submission)
        .where(Submission.covenant_id.in_([covenant.id for covenant in covenants]), Submission.withdrawn_at.is_(None))
        .order_by(Submission.version)
    )
    return {submission.covenant_id: submission for submission in session.scalars(query) if submission.covenant_id is not None}
