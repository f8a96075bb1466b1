"""What a signer reads before signing: the conclusion, every flag, how the rest was approved, what was not checked."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sqlalchemy.orm import Session

from covenant_review.accounts.models import User
from covenant_review.refusals import Refused
from covenant_review.review.checks import check_under_review, latest_round, superseded, why_not_sign
from covenant_review.review.models import SignOff, Verdict
from covenant_review.review.page import ReviewPage, ShownClause, review_page
from covenant_review.review.queries import sent_back_before
from covenant_review.submissions.models import Submission

How = Literal["flagged", "one_by_one", "carried_over", "in_bulk", "undecided"]


@dataclass(frozen=True, slots=True)
class SigningPage:
    """A verdict and what it rests on; `barred` says why this person cannot sign it now (None if they can)."""

    verdict: Verdict
    review: ReviewPage
    hows: Counter[How]
    barred: Refused | None
    is_stale: bool
    sent_back: SignOff | None

    @property
    def submission(self) -> Submission:
        """The version that the verdict is on."""
        return self.verdict.round.submission

    @property
    def judged(self) -> tuple[ShownClause, ...]:
        """The clauses that were decided, in reading order."""
        return tuple(item for item in self.review.clauses if item.standing is not None)

    @property
    def flagged(self) -> tuple[ShownClause, ...]:
        """The clauses with a flag."""
        return tuple(item for item in self.judged if how_decided(item) == "flagged")

    @property
    def overruled(self) -> tuple[ShownClause, ...]:
        """Approved clauses on which the rules see a sign of discrimination: what a second person should look at first."""
        return tuple(
            item
            for item in self.judged
            if how_decided(item) not in ("flagged", "undecided")
            and any(shown.finding.outcome in ("violation", "consider") for shown in item.findings)
        )

    @property
    def corrected(self) -> tuple[ShownClause, ...]:
        """Everything, headings too, whose words are not those that the machine read: a second person compares them."""
        return tuple(item for item in self.review.clauses if item.clause.is_corrected)

    @property
    def not_checked(self) -> int:
        """How many clauses had a rule that could not run."""
        return sum(1 for item in self.judged if item.clause.not_checked)


def signing_page(session: Session, signer: User, verdict: Verdict, rules: Path | None) -> SigningPage:
    """Everything on the page, for the round of the verdict (which may not be the present one any more)."""
    submission = verdict.round.submission
    review = review_page(session, signer, submission, rules, of_round=verdict.round)
    hows = Counter(how_decided(item) for item in review.clauses if item.standing is not None)
    return SigningPage(
        verdict=verdict,
        review=review,
        hows=hows,
        barred=_barred(session, signer, verdict),
        is_stale=bool(review.standing.undecided) or review.standing.outcome != verdict.outcome,
        sent_back=sent_back_before(session, verdict.round),
    )


def how_decided(item: ShownClause) -> How:
    """How a judged clause came to its decision: the most careful of the approvals that count."""
    if item.standing is None or not item.standing.is_decided:
        return "undecided"
    if item.standing.standing == "flagged":
        return "flagged"
    approvals = [shown for shown in item.decisions if shown.decision.choice == "approve"]
    if any(shown.version is None and not shown.decision.in_bulk for shown in approvals):
        return "one_by_one"
    return "carried_over" if any(shown.version is not None for shown in approvals) else "in_bulk"


def _barred(session: Session, signer: User, verdict: Verdict) -> Refused | None:
    refusal = why_not_sign(session, signer, verdict)
    if refusal is not None:
        return refusal
    try:
        check_under_review(session, verdict.round.submission)
        newest = latest_round(session, verdict.round.submission)
    except Refused as error:
        return error
    if newest is not None and newest.id != verdict.round_id:
        return superseded()
    return None
