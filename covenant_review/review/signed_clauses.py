"""What reviewers decided and a second person signed, clause by clause: for teaching the second reader."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from covenant_review.clauses.clause import Clause
from covenant_review.review.models import Decision, ReviewRound, SignOff, Verdict
from covenant_review.screening.second_reader import rows_by_clause
from covenant_review.screening.second_reader_signed import SignedClause
from covenant_review.submissions.models import SubmittedClause
from covenant_review.submissions.recording import as_clause


@dataclass(frozen=True, slots=True)
class SignedClauses:
    """The clauses to learn from, by submission and place. Left out: `in_bulk` approvals, and `repeated` words (the last word counts)."""

    clauses: tuple[SignedClause, ...]
    in_bulk: int
    repeated: int

    @property
    def flagged(self) -> int:
        """How many of them were flagged."""
        return sum(one.flagged for one in self.clauses)


def signed_clauses(session: Session) -> SignedClauses:
    """The clauses of signed verdicts that carry a decision of their own, still made on the present words and rules.

    What one click approved in bulk is left out: nobody has read those clauses one by one, and what the reader missed once it
    would learn to miss for good. One flag outweighs approvals, as in the verdict. Where the same words were decided in several
    signed rounds, the round that was signed last counts.
    """
    signed = session.execute(_signed_decisions()).all()
    read = [(decision, clause) for decision, clause in signed if not decision.in_bulk]
    flagged: defaultdict[tuple[int, int], bool] = defaultdict(bool)
    rows: dict[int, SubmittedClause] = {}
    for decision, clause in read:
        rows[clause.id] = clause
        flagged[decision.round_id, clause.id] |= decision.choice == "flag"
    latest: dict[str, tuple[SubmittedClause, bool]] = {}
    for (_round_id, clause_id), is_flagged in flagged.items():  # in the order of signing: a later round overwrites
        latest[rows[clause_id].text_fingerprint] = rows[clause_id], is_flagged
    chosen = sorted(latest.values(), key=lambda pair: (pair[0].submission_id, pair[0].position))
    tables = _tables(session, {clause.submission_id for clause, _flagged in chosen if clause.table_index is not None})
    found = tuple(
        SignedClause(
            id=f"signed/{clause.submission_id}:{clause.position}",
            clause=as_clause(clause),
            flagged=is_flagged,
            rows=tables.get(clause.submission_id, {}).get(clause.key, ()),
        )
        for clause, is_flagged in chosen
    )
    return SignedClauses(found, len(signed) - len(read), len(flagged) - len(found))


def _signed_decisions() -> Select[Decision, SubmittedClause]:
    return (
        select(Decision, SubmittedClause)
        .join(SubmittedClause, SubmittedClause.id == Decision.clause_id)
        .join(ReviewRound, ReviewRound.id == Decision.round_id)
        .join(Verdict, Verdict.round_id == ReviewRound.id)
        .join(SignOff, SignOff.verdict_id == Verdict.id)
        .where(
            SignOff.action == "sign",
            Decision.choice.in_(("approve", "flag")),
            Decision.fingerprint == SubmittedClause.fingerprint,
        )
        .order_by(SignOff.signed_at, SignOff.id, SubmittedClause.position, Decision.id)
    )


def _tables(session: Session, submission_ids: Iterable[int]) -> dict[int, dict[str, tuple[Clause, ...]]]:
    """For each submission, the other rows of the table of each of its table rows, by the row's key."""
    query = (
        select(SubmittedClause)
        .where(SubmittedClause.submission_id.in_(set(submission_ids)), SubmittedClause.table_index.is_not(None))
        .order_by(SubmittedClause.submission_id, SubmittedClause.position)
    )
    clauses: defaultdict[int, list[Clause]] = defaultdict(list)
    for row in session.scalars(query):
        clauses[row.submission_id].append(as_clause(row))
    return {submission_id: rows_by_clause(some) for submission_id, some in clauses.items()}
