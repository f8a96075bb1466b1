"""Opening rounds: when a version is ready, when it was screened anew, when the signer sends it back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from covenant_review.accounts.models import User
from covenant_review.audit.log import record
from covenant_review.review.checks import decisions_of, judged_clauses, latest_round, standing_of, uploaders
from covenant_review.review.models import Decision, ReviewRound, Verdict
from covenant_review.submissions.models import Submission, SubmittedClause
from covenant_review.submissions.readiness import on_ready


@on_ready
def open_round(session: Session, submission: Submission) -> None:
    """Open the first round of a version, or another one when new rules took the ground from its verdict.

    Nothing happens when the present round still stands; old decisions of a round without verdict simply show as stale.
    """
    present = latest_round(session, submission, lock=True)
    if present is None:
        _open(session, submission, 1, None, latest_round_of_earlier_version(session, submission), "first")
        return
    verdict = session.scalar(select(Verdict).where(Verdict.round_id == present.id))
    if verdict is None:
        return
    standing = standing_of(session, present, submission)
    if standing.undecided or standing.outcome != verdict.outcome:
        _open(session, submission, present.number + 1, None, present, "screened_anew")


def open_round_again(session: Session, actor: User, submission: Submission, sent_back: ReviewRound) -> ReviewRound:
    """The round after `sent_back`, with its decisions carried over so that the reviewers can change them."""
    return _open(session, submission, sent_back.number + 1, actor, sent_back, "sent_back")


def latest_round_of_earlier_version(session: Session, submission: Submission) -> ReviewRound | None:
    """The last round of the latest version before this one that has any; None for a first version."""
    query = (
        select(ReviewRound)
        .join(Submission, Submission.id == ReviewRound.submission_id)
        .where(Submission.covenant_id == submission.covenant_id, Submission.version < submission.version)
        .order_by(Submission.version.desc(), ReviewRound.number.desc())
        .limit(1)
    )
    return session.scalar(query)


def _open(session: Session, submission: Submission, number: int, actor: User | None, source: ReviewRound | None, cause: str) -> ReviewRound:
    opened = ReviewRound(submission_id=submission.id, number=number)
    session.add(opened)
    session.flush()
    carried, left = _carry_over(session, submission, opened, source) if source is not None else (0, 0)
    record(
        session, actor, "review.round_opened", "submission", submission.id,
        round=number, cause=cause, carried=carried, not_carried=left,
    )  # fmt: skip
    return opened


def _carry_over(session: Session, submission: Submission, opened: ReviewRound, source: ReviewRound) -> tuple[int, int]:
    """Copy the decisions of `source` that hold for identical words and rules; how many were copied and how many not."""
    barred = uploaders(session, submission)
    places = _by_place(judged_clauses(session, submission))
    old_place = {clause.id: place for place, clause in _by_place(judged_clauses(session, source.submission)).items()}
    decisions = decisions_of(session, source)
    carried = 0
    for decision in decisions:
        place = old_place.get(decision.clause_id)
        if place is None or place[0] != decision.fingerprint or decision.reviewer_id in barred:
            continue
        clause = places.get(place)
        # The database refuses this too: a click on many never covers a clause that needs attention.
        if clause is None or (decision.in_bulk and clause.needs_attention):
            continue
        session.add(_copy(decision, opened, clause))
        carried += 1
    session.flush()
    return carried, len(decisions) - carried


def _copy(decision: Decision, opened: ReviewRound, clause: SubmittedClause) -> Decision:
    return Decision(
        round_id=opened.id,
        clause_id=clause.id,
        reviewer_id=decision.reviewer_id,
        choice=decision.choice,
        reason=decision.reason,
        fingerprint=decision.fingerprint,
        in_bulk=decision.in_bulk,
        # Always the decision as it was first made: it tells version and time, over however many rounds.
        carried_from_id=decision.carried_from_id or decision.id,
        decided_at=decision.decided_at,
    )


def _by_place(clauses: Iterable[SubmittedClause]) -> dict[tuple[str, int], SubmittedClause]:
    """Clauses (in reading order) by fingerprint and how many of the same fingerprint stand before them."""
    seen: Counter[str] = Counter()
    places: dict[tuple[str, int], SubmittedClause] = {}
    for clause in clauses:
        places[clause.fingerprint, seen[clause.fingerprint]] = clause
        seen[clause.fingerprint] += 1
    return places
