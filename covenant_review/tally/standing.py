"""Where each covenant in force stands for target 2.4: exactly one group per covenant (docs/decisions/003)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Row, Select, and_, or_, select
from sqlalchemy.orm import Session

from covenant_review.accounts.models import User
from covenant_review.registry.models import IN_FORCE, Commune, Community, Covenant, LegalStatus
from covenant_review.review.models import ReviewRound, SignOff, Verdict
from covenant_review.submissions.models import Submission
from covenant_review.tally.today import end_of

Group = Literal["compliant", "not_compliant", "in_review", "unreadable", "not_received"]
GROUPS: tuple[Group, ...] = ("compliant", "not_compliant", "in_review", "unreadable", "not_received")


@dataclass(frozen=True, slots=True)
class CovenantStanding:
    """A covenant adopted and in force, and its one group.

    `submission_id`, `version` and `file_name` are those of the latest version not withdrawn, None where none came in.
    The fields of the conclusion are None unless that version's latest round holds a signed one. Kinds and legal status
    are the codes of the register.
    """

    covenant_id: int
    covenant_name: str
    covenant_kind: str
    community_id: int
    community_name: str
    community_kind: str
    commune_id: int
    commune_code: str
    commune_name: str
    commune_kind: str
    legal_status: str
    status_since: date
    group: Group
    submission_id: int | None
    version: int | None
    file_name: str | None
    round_number: int | None
    verdict_id: int | None
    signed_on: datetime | None
    signer_name: str | None


def standings(session: Session, day: date, commune_id: int | None = None) -> list[CovenantStanding]:
    """Every covenant adopted and in force on `day` (of one commune, or of all), with its group, in four queries.

    Legal status, uploads, withdrawals, rounds and signatures count as they stood when `day` ended (Asia/Ho_Chi_Minh).
    The state of reading is kept without a history, so for a past day it is the present one.
    Sorted by commune code, then covenant id.
    """
    moment = end_of(day)
    legal = legal_statuses_on(session, day, commune_id)
    versions = _latest_versions(session, moment, commune_id)
    rounds = _latest_rounds(session, moment, commune_id)
    found = []
    for row in session.execute(registered_covenants(commune_id)):
        status = legal.get(row.covenant_id)
        if status is not None and status.status in IN_FORCE:
            version = versions.get(row.covenant_id)
            found.append(_standing(row, status, version, rounds.get(version.id) if version else None))
    return found


def registered_covenants(commune_id: int | None) -> Select[*tuple[Any, ...]]:
    """Covenants with community and commune, by commune code and covenant id; columns named as in CovenantStanding."""
    query = (
        select(
            Covenant.id.label("covenant_id"),
            Covenant.name.label("covenant_name"),
            Covenant.kind.label("covenant_kind"),
            Community.id.label("community_id"),
            Community.name.label("community_name"),
            Community.kind.label("community_kind"),
            Commune.id.label("commune_id"),
            Commune.code.label("commune_code"),
            Commune.name.label("commune_name"),
            Commune.kind.label("commune_kind"),
        )
        .join(Community, Community.id == Covenant.community_id)
        .join(Commune, Commune.id == Community.commune_id)
        .order_by(Commune.code, Covenant.id)
    )
    return query if commune_id is None else query.where(Commune.id == commune_id)


# The latest of each is picked here and not in SQL: window functions in subqueries make PostgreSQL, when its statistics
# are old, run them once per covenant.
def legal_statuses_on(session: Session, day: date, commune_id: int | None) -> dict[int, Row[*tuple[Any, ...]]]:
    """By covenant id, the row (covenant_id, status, from_date) that held on `day`: the latest that had begun."""
    query = (
        select(LegalStatus.covenant_id, LegalStatus.status, LegalStatus.from_date)
        .join(Covenant, Covenant.id == LegalStatus.covenant_id)
        .where(LegalStatus.from_date <= day)
        .order_by(LegalStatus.from_date, LegalStatus.id)
    )
    return {row.covenant_id: row for row in session.execute(_of_commune(query, commune_id))}


def _latest_versions(session: Session, moment: datetime, commune_id: int | None) -> dict[int, Row[*tuple[Any, ...]]]:
    query = (
        select(Submission.id, Submission.covenant_id, Submission.version, Submission.file_name, Submission.state)
        .join(Covenant, Covenant.id == Submission.covenant_id)
        .where(Submission.uploaded_at < moment, _not_withdrawn(moment))
        .order_by(Submission.version)
    )
    return {row.covenant_id: row for row in session.execute(_of_commune(query, commune_id))}


def _latest_rounds(session: Session, moment: datetime, commune_id: int | None) -> dict[int, Row[*tuple[Any, ...]]]:
    signed = and_(SignOff.verdict_id == Verdict.id, SignOff.action == "sign", SignOff.signed_at < moment)
    query = (
        select(
            ReviewRound.submission_id,
            ReviewRound.number,
            Verdict.id.label("verdict_id"),
            Verdict.outcome,
            SignOff.signed_at,
            User.full_name.label("signer_name"),
        )
        .join(Submission, Submission.id == ReviewRound.submission_id)
        .join(Covenant, Covenant.id == Submission.covenant_id)
        .outerjoin(Verdict, Verdict.round_id == ReviewRound.id)
        .outerjoin(SignOff, signed)
        .outerjoin(User, User.id == SignOff.signer_id)
        .where(ReviewRound.opened_at < moment, _not_withdrawn(moment))
        .order_by(ReviewRound.number)
    )
    return {row.submission_id: row for row in session.execute(_of_commune(query, commune_id))}


def _not_withdrawn(moment: datetime) -> ColumnElement[bool]:
    return or_(Submission.withdrawn_at.is_(None), Submission.withdrawn_at >= moment)


def _of_commune(query: Select[*tuple[Any, ...]], commune_id: int | None) -> Select[*tuple[Any, ...]]:
    if commune_id is None:
        return query
    return query.join(Community, Community.id == Covenant.community_id).where(Community.commune_id == commune_id)


def _group(version: Row[*tuple[Any, ...]] | None, review: Row[*tuple[Any, ...]] | None) -> Group:
    if version is None:
        return "not_received"
    if version.state in ("unreadable", "failed"):
        return "unreadable"
    if version.state == "read" and review is not None and review.signed_at is not None:
        return "compliant" if review.outcome == "compliant" else "not_compliant"
    return "in_review"


def _standing(
    row: Row[*tuple[Any, ...]],
    legal: Row[*tuple[Any, ...]],
    version: Row[*tuple[Any, ...]] | None,
    review: Row[*tuple[Any, ...]] | None,
) -> CovenantStanding:
    group = _group(version, review)
    concluded = review if group in ("compliant", "not_compliant") else None
    return CovenantStanding(
        **row._mapping,
        legal_status=legal.status,
        status_since=legal.from_date,
        group=group,
        submission_id=version.id if version else None,
        version=version.version if version else None,
        file_name=version.file_name if version else None,
        round_number=review.number if review else None,
        verdict_id=concluded.verdict_id if concluded else None,
        signed_on=concluded.signed_at if concluded else None,
        signer_name=concluded.signer_name if concluded else None,
    )


def in_group(standings: Sequence[CovenantStanding], group: str) -> list[CovenantStanding]:
    """The list behind one number of the tally."""
    return [standing for standing in standings if standing.group == group]
