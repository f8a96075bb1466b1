"""What the queue and the signing list show, in a fixed number of queries however long the lists are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import ColumnElement, Select, and_, distinct, exists, func, or_, select
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload

from covenant_review.accounts.models import User
from covenant_review.registry.models import Commune, Community, Covenant
from covenant_review.review.models import Decision, ReviewRound, SignOff, Verdict
from covenant_review.submissions.models import FindingRecord, Submission, SubmittedClause

QueueState = Literal["sent_back", "mine", "under_way", "waiting", "proposed"]
QUEUE_STATES: tuple[QueueState, ...] = ("sent_back", "mine", "under_way", "waiting", "proposed")
QueueOrder = Literal["need", "age"]
LIKELY = 0.5
"""From this probability on, the second reader finds a clause more likely than not to discriminate."""
PAGE = 50


@dataclass(frozen=True, slots=True)
class Attention:
    """How many clauses of a submission carry a finding of each outcome, or a rule that could not run.

    `likely` are those that a person will most likely flag: a rule found a sign of discrimination, or the second reader finds it
    more likely than not.
    """

    likely: int = 0
    violation: int = 0
    consider: int = 0
    outdated: int = 0
    not_checked: int = 0


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One covenant in the queue: its latest version and present round. `decided` of `total` clauses are decided."""

    submission: Submission
    round: ReviewRound
    state: QueueState
    attention: Attention
    sent_back: SignOff | None
    decided: int = 0
    total: int = 0

    @property
    def waiting_since(self) -> datetime:
        """When the present round was opened."""
        return self.round.opened_at


@dataclass(frozen=True, slots=True)
class Queue:
    """A page of the queue, how many rows all pages hold, how many each state holds, and the communes to choose from."""

    rows: tuple[QueueRow, ...]
    found: int
    counts: dict[QueueState, int]
    communes: tuple[Commune, ...]
    page: int
    pages: int


def queue(
    session: Session,
    reviewer: User,
    *,
    commune_id: int | None = None,
    state: QueueState | None = None,
    order: QueueOrder = "need",
    page: int = 1,
) -> Queue:
    """Covenants whose present round is open (or waits for the signer), for this reviewer.

    By need: sent back by a signer first, then what `reviewer` has begun, then by most clauses that are likely to discriminate,
    most with violations, most to consider, and longest waiting. By age: longest waiting first, nothing else. Without `state`,
    everything but what already waits for the signer.
    """
    rounds = _present_rounds(session)
    communes = {present.submission.commune.id: present.submission.commune for present in rounds}
    if commune_id is not None:
        rounds = [present for present in rounds if present.submission.commune_id == commune_id]
    states = _states(session, reviewer, rounds)
    counts: dict[QueueState, int] = dict.fromkeys(QUEUE_STATES, 0)
    for present in rounds:
        counts[states[present.id]] += 1
    wanted = {state} if state else set(QUEUE_STATES) - {"proposed"}
    shown = [present for present in rounds if states[present.id] in wanted]
    attention = attention_of(session, [present.submission_id for present in shown])
    if order == "age":
        shown.sort(key=lambda present: (present.opened_at, present.id))
    else:
        shown.sort(key=lambda present: _urgency(states[present.id], attention[present.submission_id], present))
    pages = max(1, -(-len(shown) // PAGE))
    page = min(max(page, 1), pages)
    part = shown[(page - 1) * PAGE : page * PAGE]
    return Queue(
        rows=tuple(_rows(session, part, states, attention)),
        found=len(shown),
        counts=counts,
        communes=tuple(sorted(communes.values(), key=lambda commune: commune.name)),
        page=page,
        pages=pages,
    )


def attention_of(session: Session, submission_ids: Sequence[int]) -> defaultdict[int, Attention]:
    """For each submission, the clauses that ask for attention, by outcome."""
    found: defaultdict[int, dict[str, int]] = defaultdict(dict)
    by_outcome = (
        select(SubmittedClause.submission_id, FindingRecord.outcome, func.count(distinct(SubmittedClause.id)))
        .join(FindingRecord, FindingRecord.clause_id == SubmittedClause.id)
        .where(SubmittedClause.submission_id.in_(submission_ids), FindingRecord.outcome != "positive")
        .group_by(SubmittedClause.submission_id, FindingRecord.outcome)
    )
    for submission_id, outcome, count in session.execute(by_outcome):
        found[submission_id][outcome] = count
    unchecked = (
        select(SubmittedClause.submission_id, func.count())
        .where(SubmittedClause.submission_id.in_(submission_ids), SubmittedClause.screening_state == "not_checked")
        .group_by(SubmittedClause.submission_id)
    )
    for submission_id, count in session.execute(unchecked):
        found[submission_id]["not_checked"] = count
    has_violation = exists().where(FindingRecord.clause_id == SubmittedClause.id, FindingRecord.outcome == "violation")
    likely = (
        select(SubmittedClause.submission_id, func.count())
        .where(
            SubmittedClause.submission_id.in_(submission_ids),
            SubmittedClause.judged,
            or_(has_violation, SubmittedClause.second_reader_probability >= LIKELY),
        )
        .group_by(SubmittedClause.submission_id)
    )
    for submission_id, count in session.execute(likely):
        found[submission_id]["likely"] = count
    attention: defaultdict[int, Attention] = defaultdict(Attention)
    attention.update({submission_id: Attention(**counts) for submission_id, counts in found.items()})
    return attention


@dataclass(frozen=True, slots=True)
class SigningRow:
    """A verdict that waits for a signature. `barred` says why this person may not give it ("" where they may)."""

    verdict: Verdict
    barred: Literal["", "signed_by_uploader", "signed_by_decider"]
    flagged: int
    total: int


def waiting_for_signature(session: Session, signer: User) -> list[SigningRow]:
    """Verdicts of present rounds of latest versions that nobody has signed or sent back, longest waiting first."""
    query = (
        _verdicts()
        .where(~exists().where(SignOff.verdict_id == Verdict.id), _is_present_round(), _is_latest_version())
        .order_by(Verdict.proposed_at, Verdict.id)
    )
    verdicts = list(session.scalars(query).unique())
    round_ids = [verdict.round_id for verdict in verdicts]
    flagged = _flagged_clauses(session, round_ids)
    totals = _judged_totals(session, [verdict.round.submission_id for verdict in verdicts])
    by_signer = select(Decision.round_id).where(Decision.round_id.in_(round_ids), Decision.reviewer_id == signer.id)
    decided = set(session.scalars(by_signer))
    covenants = [verdict.round.submission.covenant_id for verdict in verdicts]
    uploaded = set(
        session.scalars(select(Submission.covenant_id).where(Submission.covenant_id.in_(covenants), Submission.uploaded_by_id == signer.id))
    )

    def barred(verdict: Verdict) -> Literal["", "signed_by_uploader", "signed_by_decider"]:
        if verdict.round.submission.covenant_id in uploaded:
            return "signed_by_uploader"
        return "signed_by_decider" if verdict.round_id in decided or verdict.proposed_by_id == signer.id else ""

    return [
        SigningRow(
            verdict,
            barred(verdict),
            flagged=flagged.get(verdict.round_id, 0),
            total=totals.get(verdict.round.submission_id, 0),
        )
        for verdict in verdicts
    ]


def signed_lately(session: Session, signer: User, limit: int = 20) -> list[SignOff]:
    """What this person signed or sent back, newest first."""
    query = (
        select(SignOff)
        .join(SignOff.verdict)
        .join(Verdict.round)
        .join(ReviewRound.submission)
        .options(
            contains_eager(SignOff.verdict)
            .contains_eager(Verdict.round)
            .contains_eager(ReviewRound.submission)
            .options(joinedload(Submission.covenant), joinedload(Submission.commune))
        )
        .where(SignOff.signer_id == signer.id)
        .order_by(SignOff.signed_at.desc(), SignOff.id.desc())
        .limit(limit)
    )
    return list(session.scalars(query).unique())


def sent_back_before(session: Session, review_round: ReviewRound) -> SignOff | None:
    """The sign-off by which the signer sent back the round before this one; None if it was opened otherwise."""
    return _sent_back(session, [review_round]).get(review_round.id)


def carried_versions(session: Session, decisions: Iterable[Decision]) -> dict[int, int]:
    """For decisions carried over from an earlier version: their id and the version on which they were first made."""
    origins = {decision.carried_from_id for decision in decisions if decision.carried_from_id is not None}
    query = (
        select(Decision.id, Submission.version)
        .join(ReviewRound, ReviewRound.id == Decision.round_id)
        .join(Submission, Submission.id == ReviewRound.submission_id)
        .where(Decision.id.in_(origins))
    )
    versions = {origin: version for origin, version in session.execute(query) if version is not None} if origins else {}
    return {
        decision.id: versions[decision.carried_from_id]
        for decision in decisions
        if decision.carried_from_id is not None and decision.carried_from_id in versions
    }


def _is_present_round() -> ColumnElement[bool]:
    newer = aliased(ReviewRound)
    return ~exists().where(newer.submission_id == ReviewRound.submission_id, newer.number > ReviewRound.number)


def _is_latest_version() -> ColumnElement[bool]:
    newer = aliased(Submission)
    return and_(
        Submission.withdrawn_at.is_(None),
        Submission.state == "read",
        ~exists().where(
            newer.covenant_id == Submission.covenant_id,
            newer.version > Submission.version,
            newer.withdrawn_at.is_(None),
        ),
    )


def _verdicts() -> Select[Verdict]:
    return (
        select(Verdict)
        .join(Verdict.round)
        .join(ReviewRound.submission)
        .options(
            contains_eager(Verdict.round)
            .contains_eager(ReviewRound.submission)
            .options(
                joinedload(Submission.covenant).joinedload(Covenant.community),
                joinedload(Submission.commune),
            ),
            joinedload(Verdict.proposed_by),
        )
    )


def _present_rounds(session: Session) -> list[ReviewRound]:
    """Present rounds of latest versions, save those that are signed."""
    of_round = Verdict.round_id == ReviewRound.id
    signed = exists().where(of_round, SignOff.verdict_id == Verdict.id, SignOff.action == "sign")
    query = (
        select(ReviewRound)
        .join(ReviewRound.submission)
        .options(
            contains_eager(ReviewRound.submission).options(
                joinedload(Submission.covenant).joinedload(Covenant.community).joinedload(Community.commune),
                joinedload(Submission.commune),
            ),
            joinedload(ReviewRound.verdict),
        )
        .where(_is_present_round(), _is_latest_version(), ~signed)
    )
    return list(session.scalars(query).unique())


def _states(session: Session, reviewer: User, rounds: Sequence[ReviewRound]) -> dict[int, QueueState]:
    ids = [present.id for present in rounds]
    # Decisions that were carried over are nobody's beginning of this round.
    made_here = Decision.carried_from_id.is_(None)
    begun = select(Decision.round_id, Decision.reviewer_id).where(Decision.round_id.in_(ids), made_here)
    reviewers: defaultdict[int, set[int]] = defaultdict(set)
    for round_id, reviewer_id in session.execute(begun.distinct()):
        reviewers[round_id].add(reviewer_id)
    sent_back = _sent_back(session, rounds)

    def state(present: ReviewRound) -> QueueState:
        if present.verdict is not None:
            return "proposed"
        if present.id in sent_back:
            return "sent_back"
        if reviewer.id in reviewers[present.id]:
            return "mine"
        return "under_way" if reviewers[present.id] else "waiting"

    return {present.id: state(present) for present in rounds}


def _sent_back(session: Session, rounds: Sequence[ReviewRound]) -> dict[int, SignOff]:
    later = aliased(ReviewRound)
    query = (
        select(later.id, SignOff)
        .join(Verdict, Verdict.id == SignOff.verdict_id)
        .join(ReviewRound, ReviewRound.id == Verdict.round_id)
        .join(later, and_(later.submission_id == ReviewRound.submission_id, later.number == ReviewRound.number + 1))
        .where(SignOff.action == "send_back", later.id.in_([present.id for present in rounds]))
        .options(joinedload(SignOff.signer))
    )
    return dict(session.execute(query).unique().all())


def _urgency(state: QueueState, attention: Attention, present: ReviewRound) -> tuple[int, int, int, int, int, datetime, int]:
    first = {"sent_back": 0, "mine": 1}.get(state, 2)
    return first, -attention.likely, -attention.violation, -attention.consider, -attention.not_checked, present.opened_at, present.id


def _rows(
    session: Session,
    rounds: Sequence[ReviewRound],
    states: dict[int, QueueState],
    attention: defaultdict[int, Attention],
) -> Iterable[QueueRow]:
    sent_back = _sent_back(session, rounds)
    totals = _judged_totals(session, [present.submission_id for present in rounds])
    decided = _decided_clauses(session, [present.id for present in rounds])
    for present in rounds:
        yield QueueRow(
            submission=present.submission,
            round=present,
            state=states[present.id],
            attention=attention[present.submission_id],
            sent_back=sent_back.get(present.id),
            decided=decided.get(present.id, 0),
            total=totals.get(present.submission_id, 0),
        )


def _judged_totals(session: Session, submission_ids: Sequence[int]) -> dict[int, int]:
    query = (
        select(SubmittedClause.submission_id, func.count())
        .where(SubmittedClause.submission_id.in_(submission_ids), SubmittedClause.judged)
        .group_by(SubmittedClause.submission_id)
    )
    return dict(session.execute(query).all())


def _decided_clauses(session: Session, round_ids: Sequence[int]) -> dict[int, int]:
    return _clauses_with(session, round_ids, ("approve", "flag"))


def _flagged_clauses(session: Session, round_ids: Sequence[int]) -> dict[int, int]:
    return _clauses_with(session, round_ids, ("flag",))


def _clauses_with(session: Session, round_ids: Sequence[int], choices: tuple[str, ...]) -> dict[int, int]:
    query = (
        select(Decision.round_id, func.count(distinct(Decision.clause_id)))
        .join(SubmittedClause, SubmittedClause.id == Decision.clause_id)
        .where(
            Decision.round_id.in_(round_ids),
            Decision.choice.in_(choices),
            Decision.fingerprint == SubmittedClause.fingerprint,
        )
        .group_by(Decision.round_id)
    )
    return dict(session.execute(query).all())
