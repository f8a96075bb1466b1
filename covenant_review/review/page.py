"""What the review page shows, gathered in a fixed number of queries: the document in reading order with all said of it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session, defer, joinedload, selectinload

from covenant_review.accounts.models import User
from covenant_review.refusals import Refused
from covenant_review.review.checks import check_may_review, check_under_review, latest_round
from covenant_review.review.highlighting import Segment, cell_segments, segments
from covenant_review.review.legal_basis import LegalBasis, citation_table, legal_bases
from covenant_review.review.models import Decision, ReviewRound, SignOff
from covenant_review.review.queries import carried_versions, sent_back_before
from covenant_review.review.rounds import latest_round_of_earlier_version
from covenant_review.review.standing import ClauseStanding, RoundStanding, stand
from covenant_review.submissions.models import FindingRecord, Submission, SubmittedClause, TextCorrection

Show = Literal["all", "signs", "undecided", "flagged", "unchecked", "stale", "ranked"]
SHOWS: tuple[Show, ...] = ("all", "signs", "undecided", "flagged", "unchecked", "stale", "ranked")
_GRAVEST_FIRST = ("violation", "consider", "outdated")


@dataclass(frozen=True, slots=True)
class ShownDecision:
    """A decision with where it comes from: `version` is the earlier version on which it was made, None if on this one."""

    decision: Decision
    version: int | None


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """A finding with its legal basis and its trail as readable JSON."""

    finding: FindingRecord
    bases: tuple[LegalBasis, ...]
    trail: str


@dataclass(frozen=True, slots=True)
class ShownClause:
    """One block of the document; `standing` is None where it is shown but not judged. `depth` counts headings above it."""

    clause: SubmittedClause
    standing: ClauseStanding | None
    segments: tuple[Segment, ...]
    cells: tuple[tuple[Segment, ...], ...] | None
    findings: tuple[ShownFinding, ...]
    decisions: tuple[ShownDecision, ...]
    past: tuple[ShownDecision, ...]
    own: Decision | None
    depth: int

    @property
    def needs_eyes(self) -> bool:
        """Whether the keyboard stops here and the form stands open."""
        return self.standing is not None and (self.standing.needs_eyes or self.has_gone_stale)

    @property
    def has_gone_stale(self) -> bool:
        """Whether somebody had decided on it, that does not hold any more, and nobody has decided since."""
        return bool(self.past) and self.standing is not None and not self.standing.is_decided

    def is_shown(self, show: Show) -> bool:
        """Whether the filter keeps this clause."""
        if show == "all" or self.standing is None:
            return show == "all"
        return {
            "signs": any(finding.finding.outcome != "positive" for finding in self.findings),
            "undecided": not self.standing.is_decided,
            "flagged": self.standing.standing == "flagged",
            "unchecked": bool(self.clause.not_checked),
            "stale": self.has_gone_stale,
            "ranked": True,
        }[show]

    @property
    def rank(self) -> tuple[int, float, int]:
        """Where the clause stands by how much it needs eyes: gravest finding, not checked, the second reader's probability."""
        outcomes = {finding.finding.outcome for finding in self.findings}
        grave = next((place for place, outcome in enumerate(_GRAVEST_FIRST) if outcome in outcomes), len(_GRAVEST_FIRST))
        if grave == len(_GRAVEST_FIRST) and not self.clause.not_checked:
            grave += 1
        return grave, -(self.clause.second_reader_probability or 0.0), self.clause.position


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """The page of one submission for one reviewer; `barred` says why nothing can be decided here (None if it can)."""

    submission: Submission
    round: ReviewRound | None
    clauses: tuple[ShownClause, ...]
    standing: RoundStanding
    sent_back: SignOff | None
    barred: Refused | None

    @property
    def editable(self) -> bool:
        """Whether decision forms are shown."""
        return self.barred is None and self.round is not None and self.round.verdict is None

    def count(self, show: Show) -> int:
        """How many judged clauses a filter keeps."""
        return sum(1 for clause in self.clauses if clause.standing is not None and clause.is_shown(show))

    @property
    def total(self) -> int:
        """How many clauses are judged."""
        return self.standing.total


def review_page(
    session: Session, reviewer: User, submission: Submission, rules: Path | None, of_round: ReviewRound | None = None
) -> ReviewPage:
    """Everything on the page, for the present round or the one that is given; `rules` is the folder of the rule set."""
    present = of_round or latest_round(session, submission)
    clauses = _clauses(session, submission)
    decisions = _decisions(session, present)
    standing = stand(clauses, decisions)
    past = _past(session, submission, present, clauses)
    dresser = _Dresser(
        standing={each.clause.id: each for each in standing.clauses},
        past=past,
        versions=carried_versions(session, decisions),
        submission=submission,
        reviewer=reviewer,
        law=citation_table(rules),
    )
    return ReviewPage(
        submission=submission,
        round=present,
        clauses=tuple(dresser.dress(clause) for clause in clauses),
        standing=standing,
        sent_back=sent_back_before(session, present) if present is not None else None,
        barred=_barred(session, reviewer, submission),
    )


@dataclass(frozen=True, slots=True)
class _Dresser:
    standing: Mapping[int, ClauseStanding]
    past: Mapping[int, Sequence[ShownDecision]]
    versions: Mapping[int, int]
    submission: Submission
    reviewer: User
    law: Mapping[str, LegalBasis]

    def dress(self, clause: SubmittedClause) -> ShownClause:
        standing = self.standing.get(clause.id)
        spans = [span for finding in clause.findings for span in spans_of(finding)]
        current, stale = (standing.current, standing.stale) if standing is not None else ((), ())
        own = next((decision for decision in current if decision.reviewer_id == self.reviewer.id), None)
        return ShownClause(
            clause=clause,
            standing=standing,
            segments=segments(clause.text, spans),
            cells=cell_segments(clause.text, clause.cells, spans),
            findings=tuple(self._finding(finding) for finding in clause.findings),
            decisions=tuple(self._decision(decision) for decision in current),
            past=(*(self._decision(decision) for decision in stale), *self.past.get(clause.id, ())),
            own=own,
            depth=len(clause.headings),
        )

    def _decision(self, decision: Decision) -> ShownDecision:
        version = self.versions.get(decision.id)
        return ShownDecision(decision, version if version != self.submission.version else None)

    def _finding(self, finding: FindingRecord) -> ShownFinding:
        trail = json.dumps(finding.trail, ensure_ascii=False, indent=2)
        return ShownFinding(finding, legal_bases(finding.law, self.law), trail)


def spans_of(finding: FindingRecord) -> list[tuple[int, int, str]]:
    """What to mark of a finding: its span; of the second reader the words that weighed, each by itself."""
    words = finding.trail.get("words", []) if finding.trail.get("kind") == "second_reader" else []
    each = [(word["start"], word["end"], finding.outcome) for word in words if "start" in word]
    return each or [(finding.span_start, finding.span_end, finding.outcome)]


def _clauses(session: Session, submission: Submission) -> list[SubmittedClause]:
    query = (
        select(SubmittedClause)
        .where(SubmittedClause.submission_id == submission.id)
        .order_by(SubmittedClause.position)
        .options(
            defer(SubmittedClause.boxes),
            selectinload(SubmittedClause.findings),
            selectinload(SubmittedClause.silenced),
            selectinload(SubmittedClause.not_checked),
            selectinload(SubmittedClause.corrections).joinedload(TextCorrection.corrected_by),
        )
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(query))


def _decisions(session: Session, present: ReviewRound | None) -> list[Decision]:
    if present is None:
        return []
    query = (
        select(Decision)
        .where(Decision.round_id == present.id)
        .order_by(Decision.decided_at, Decision.id)
        .options(joinedload(Decision.reviewer))
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(query))


def _past(
    session: Session, submission: Submission, present: ReviewRound | None, clauses: Sequence[SubmittedClause]
) -> Mapping[int, Sequence[ShownDecision]]:
    """Decisions of the round (or version) before, on the same words, that do not hold any more; by present clause."""
    if present is None:
        return {}
    before = _round_before(session, submission, present)
    if before is None:
        return {}
    query = (
        select(Decision, SubmittedClause.text_fingerprint)
        .join(SubmittedClause, SubmittedClause.id == Decision.clause_id)
        .where(Decision.round_id == before.id)
        .order_by(Decision.decided_at, Decision.id)
        .options(joinedload(Decision.reviewer))
    )
    version = before.submission.version if before.submission_id != submission.id else None
    same_words: defaultdict[str, list[SubmittedClause]] = defaultdict(list)
    for clause in clauses:
        same_words[clause.text_fingerprint].append(clause)
    past: defaultdict[int, list[ShownDecision]] = defaultdict(list)
    for decision, words in session.execute(query):
        for clause in same_words.get(words, ()):
            if version is None and clause.id != decision.clause_id:
                continue
            if decision.fingerprint != clause.fingerprint:
                past[clause.id].append(ShownDecision(decision, version))
    return past


def _round_before(session: Session, submission: Submission, present: ReviewRound) -> ReviewRound | None:
    if present.number == 1:
        return latest_round_of_earlier_version(session, submission)
    query = select(ReviewRound).where(ReviewRound.submission_id == submission.id, ReviewRound.number == present.number - 1)
    return session.scalar(query)


def _barred(session: Session, reviewer: User, submission: Submission) -> Refused | None:
    try:
        check_may_review(session, reviewer, submission)
        check_under_review(session, submission)
    except Refused as refusal:
        return refusal
    return None
