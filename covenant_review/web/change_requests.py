"""What the signed conclusions ask a commune to change: the flagged clauses, with the reviewers' reasons."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from covenant_review.review.models import Decision, Verdict
from covenant_review.submissions.models import SubmittedClause
from covenant_review.tally.standing import CovenantStanding


@dataclass(frozen=True, slots=True)
class FlaggedClause:
    """A clause that the signed round flagged, with each reviewer's reason."""

    clause: SubmittedClause
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChangeRequest:
    """A covenant whose conclusion was signed as not compliant, and what of it must change."""

    standing: CovenantStanding
    note: str
    clauses: tuple[FlaggedClause, ...]


def change_requests(session: Session, standings: Iterable[CovenantStanding]) -> list[ChangeRequest]:
    """The requests among `standings`, in their order; two queries in all. A later version ends the request."""
    asked = [standing for standing in standings if standing.group == "not_compliant" and standing.verdict_id is not None]
    if not asked:
        return []
    found = session.scalars(select(Verdict).where(Verdict.id.in_([one.verdict_id for one in asked])))
    verdicts = {verdict.id: verdict for verdict in found}
    flagged = _flagged(session, [verdict.round_id for verdict in verdicts.values()])
    requests = []
    for standing in asked:
        verdict = verdicts[standing.verdict_id or 0]
        requests.append(ChangeRequest(standing, verdict.note, tuple(flagged[verdict.round_id])))
    return requests


def _flagged(session: Session, round_ids: list[int]) -> dict[int, list[FlaggedClause]]:
    query = (
        select(Decision)
        .join(Decision.clause)
        .where(Decision.round_id.in_(round_ids), Decision.choice == "flag", Decision.fingerprint == SubmittedClause.fingerprint)
        .order_by(Decision.round_id, SubmittedClause.position, Decision.id)
        .options(joinedload(Decision.clause))
    )
    by_clause: dict[tuple[int, int], list[Decision]] = defaultdict(list)
    for decision in session.scalars(query):
        by_clause[decision.round_id, decision.clause_id].append(decision)
    found: dict[int, list[FlaggedClause]] = defaultdict(list)
    for (round_id, _clause_id), decisions in by_clause.items():
        found[round_id].append(FlaggedClause(decisions[0].clause, tuple(decision.reason for decision in decisions)))
    return found
