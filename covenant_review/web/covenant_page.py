"""The page of one covenant: its facts, its legal life, its versions and their conclusions."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from covenant_review.accounts.models import User
from covenant_review.accounts.permissions import Permission
from covenant_review.database import db
from covenant_review.registry.base_views import asked_covenant
from covenant_review.registry.days import today
from covenant_review.registry.keeping import survivor
from covenant_review.registry.models import Covenant
from covenant_review.review.models import ReviewRound, SignOff, Verdict
from covenant_review.submissions.models import Submission
from covenant_review.tally.standing import CovenantStanding, standings
from covenant_review.web.access import needs
from covenant_review.web.change_requests import change_requests

blueprint = Blueprint("covenant_pages", __name__)


@blueprint.get("/covenants/<int:covenant_id>")
@needs(Permission.SEE_REGISTER)
def covenant(covenant_id: int) -> ResponseReturnValue:
    """One covenant. An official sees those of the own commune only."""
    asked = asked_covenant(covenant_id, Permission.SEE_REGISTER)
    session, day = db.session(), today()
    versions = _versions(session, asked)
    standing = _standing_of(session, asked)
    return render_template(
        "registry/covenant.html",
        covenant=asked,
        community=asked.community,
        survivor=survivor(asked.community),
        commune=asked.community.commune,
        status=asked.status_on(day),
        in_force=asked.in_force_on(day),
        standing=standing,
        requests=change_requests(session, [standing] if standing else []),
        versions=versions,
        governing=next((version.id for version in versions if version.withdrawn_at is None), None),
        conclusions=_signed(session, versions),
        replacements=_replacements(session, asked),
        replaces=_replaced_by(session, asked),
        recorders=_recorders(session, asked),
    )


def _versions(session: Session, covenant: Covenant) -> Sequence[Submission]:
    query = select(Submission).where(Submission.covenant_id == covenant.id).order_by(Submission.version.desc())
    return session.scalars(query.options(joinedload(Submission.uploaded_by))).all()


def _standing_of(session: Session, covenant: Covenant) -> CovenantStanding | None:
    found = standings(session, today(), commune_id=covenant.community.commune_id)
    return next((one for one in found if one.covenant_id == covenant.id), None)


def _signed(session: Session, versions: Sequence[Submission]) -> dict[int, tuple[Verdict, SignOff]]:
    """The signed conclusion of each version that has one (of its latest round), by the submission's id."""
    query = (
        select(ReviewRound.submission_id, Verdict, SignOff)
        .join(Verdict, Verdict.round_id == ReviewRound.id)
        .join(SignOff, SignOff.verdict_id == Verdict.id)
        .where(ReviewRound.submission_id.in_([version.id for version in versions]), SignOff.action == "sign")
        .order_by(ReviewRound.number)
        .options(joinedload(SignOff.signer))
    )
    return {submission_id: (verdict, sign_off) for submission_id, verdict, sign_off in session.execute(query)}


def _replacements(session: Session, covenant: Covenant) -> dict[int, Covenant]:
    wanted = [step.replaced_by_id for step in covenant.statuses if step.replaced_by_id is not None]
    return {one.id: one for one in session.scalars(select(Covenant).where(Covenant.id.in_(wanted)))} if wanted else {}


def _replaced_by(session: Session, covenant: Covenant) -> Sequence[Covenant]:
    """The covenants that this one replaced."""
    return session.scalars(select(Covenant).where(Covenant.statuses.any(replaced_by_id=covenant.id)).order_by(Covenant.id)).all()


def _recorders(session: Session, covenant: Covenant) -> dict[int, str]:
    wanted = {step.recorded_by_id for step in covenant.statuses if step.recorded_by_id is not None}
    people = session.scalars(select(User).where(User.id.in_(wanted)))
    return {person.id: person.full_name for person in people}
