"""Versions of a covenant: which number comes next, which version governs, where the same file was handed in before."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import column, func, select, table
from sqlalchemy.orm import Session, joinedload

from covenant_review.registry.models import Community, Covenant
from covenant_review.submissions.models import Submission

# Tables of the slice above this one, asked by name: it may not be imported from here.
_ROUND = table("review_round", column("id"), column("submission_id"))
_VERDICT = table("verdict", column("id"), column("round_id"))
_SIGN_OFF = table("sign_off", column("verdict_id"), column("action"))


def next_version(session: Session, covenant: Covenant) -> int:
    """The number of the covenant's next version; locks the covenant, so that two uploads never get the same one."""
    session.execute(select(Covenant.id).where(Covenant.id == covenant.id).with_for_update(key_share=True))
    return (session.scalar(select(func.max(Submission.version)).where(Submission.covenant_id == covenant.id)) or 0) + 1


def governing_version(session: Session, covenant_id: int) -> Submission | None:
    """The version that is reviewed and counted: the latest that was not withdrawn."""
    query = select(Submission).where(Submission.covenant_id == covenant_id, Submission.withdrawn_at.is_(None))
    return session.scalar(query.order_by(Submission.version.desc()).limit(1))


def same_file(session: Session, file_id: int, *, but: int | None = None) -> list[Submission]:
    """Every submission of the file that was not withdrawn, oldest first, except the one with the id `but`."""
    query = (
        select(Submission)
        .where(Submission.file_id == file_id, Submission.withdrawn_at.is_(None))
        .order_by(Submission.id)
        .options(joinedload(Submission.commune), joinedload(Submission.covenant), joinedload(Submission.file))
    )
    return list(session.scalars(query if but is None else query.where(Submission.id != but)))


def is_signed(session: Session, submission: Submission) -> bool:
    """Whether a conclusion on this version was signed."""
    signed = (
        select(func.count())
        .select_from(_ROUND)
        .join(_VERDICT, _VERDICT.c.round_id == _ROUND.c.id)
        .join(_SIGN_OFF, _SIGN_OFF.c.verdict_id == _VERDICT.c.id)
        .where(_ROUND.c.submission_id == submission.id, _SIGN_OFF.c.action == "sign")
    )
    return bool(session.scalar(signed))


def unattached(session: Session, commune_id: int) -> Sequence[Submission]:
    """Files of a commune that wait to be attached to a covenant, newest first."""
    query = select(Submission).where(
        Submission.commune_id == commune_id, Submission.covenant_id.is_(None), Submission.withdrawn_at.is_(None)
    )
    return session.scalars(query.order_by(Submission.id.desc()).options(joinedload(Submission.uploaded_by))).all()


def covenants_of(session: Session, commune_id: int) -> Sequence[Covenant]:
    """The covenants that the commune keeps, by community and name, with their communities."""
    query = (
        select(Covenant)
        .join(Covenant.community)
        .where(Community.commune_id == commune_id)
        .order_by(Community.name, Covenant.name)
        .options(joinedload(Covenant.community))
    )
    return session.scalars(query).all()
