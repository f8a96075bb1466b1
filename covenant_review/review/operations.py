"""Verbs of review: decide, approve the rest, propose a verdict, sign it, send it back."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from covenant_review.accounts.models import User
from covenant_review.audit.log import record
from covenant_review.database import now, transaction
from covenant_review.refusals import Invalid, Refused
from covenant_review.review.checks import (
    check_may_review,
    check_may_sign,
    given_reason,
    open_round_for_change,
    standing_of,
)
from covenant_review.review.models import CHOICES, Decision, ReviewRound, SignOff, Verdict
from covenant_review.review.rounds import open_round_again
from covenant_review.submissions.models import Submission, SubmittedClause


def decide(actor: User, submission: Submission, clause: SubmittedClause, choice: str, reason: str = "", *, fingerprint: str) -> Decision:
    """Say of one clause: "approve", "flag" or "second_opinion" (the last two with a reason).

    `fingerprint` is the clause's fingerprint on the page that the person read: another one now means that text or rules
    have changed since, and nothing is stored. Saying something else later in the same round replaces the own decision;
    the log keeps both. Raises Forbidden, Invalid or Refused.
    """
    if choice not in CHOICES:
        raise Invalid("choice", _l("Hãy chọn: không phân biệt, gắn cờ, hoặc xin ý kiến thứ hai."))
    trimmed = given_reason(choice, reason)
    with transaction() as session:
        check_may_review(session, actor, submission)
        if clause.submission_id != submission.id or not clause.judged:
            raise Refused("decided_elsewhere", _l("Đoạn này không phải điều khoản cần rà soát của bản đang mở."))
        review_round = open_round_for_change(session, submission)
        session.refresh(clause)
        if clause.fingerprint != fingerprint:
            raise Refused(
                "decided_on_old_text",
                _l("Nội dung hoặc quy tắc đã thay đổi từ khi bạn mở trang. Hãy tải lại trang rồi xem lại."),
            )
        own = _own_decision(session, review_round, clause, actor)
        if own is not None and _says_the_same(own, choice, trimmed, fingerprint):
            return own
        before = _shown(own) if own is not None else None
        decision = _say(session, review_round, clause, actor, own, choice=choice, reason=trimmed, in_bulk=False)
        record(
            session, actor, f"review.clause_{_PAST[choice]}", "submission", submission.id,
            clause_id=clause.id, label=clause.label, round=review_round.number, before=before, after=_shown(decision),
        )  # fmt: skip
    return decision


def approve_rest(actor: User, submission: Submission, expected: int) -> int:
    """Approve every clause without findings on which nobody has spoken yet; returns how many.

    `expected` is the number that stood on the button. Where it is another one now, nothing is stored: a person approves
    what was seen. Raises Forbidden or Refused.
    """
    with transaction() as session:
        check_may_review(session, actor, submission)
        review_round = open_round_for_change(session, submission)
        waiting = standing_of(session, review_round, submission).bulk
        if len(waiting) != expected:
            raise Refused(
                "number_changed",
                _l(
                    "Số điều khoản sẽ duyệt bây giờ là %(present)s, không phải %(expected)s. Hãy xem lại rồi bấm lại.",
                    present=len(waiting), expected=expected,
                ),
            )  # fmt: skip
        if not waiting:
            return 0
        for standing in waiting:
            own = next((stale for stale in standing.stale if stale.reviewer_id == actor.id), None)
            _say(session, review_round, standing.clause, actor, own, choice="approve", reason="", in_bulk=True)
        record(
            session, actor, "review.rest_approved", "submission", submission.id,
            round=review_round.number, count=len(waiting), clause_ids=[standing.clause.id for standing in waiting],
        )  # fmt: skip
    return len(waiting)


def propose_verdict(actor: User, submission: Submission, note: str = "") -> Verdict:
    """Hand the covenant to the signer. The outcome follows from the decisions: any flag makes it "not_compliant".

    Raises Forbidden, or Refused while a clause is undecided.
    """
    trimmed = given_reason("note", note)
    with transaction() as session:
        check_may_review(session, actor, submission)
        review_round = open_round_for_change(session, submission)
        standing = standing_of(session, review_round, submission)
        if standing.total == 0:
            raise Refused("verdict_on_nothing", _l("Bản này không có điều khoản nào để kết luận."))
        if standing.undecided:
            raise Refused(
                "verdict_undecided",
                _l(
                    "Còn %(count)s điều khoản chưa có ý kiến, đầu tiên là: %(label)s.",
                    count=len(standing.undecided), label=standing.undecided[0].clause.label,
                ),
            )  # fmt: skip
        verdict = Verdict(round=review_round, outcome=standing.outcome, note=trimmed, proposed_by_id=actor.id)
        session.add(verdict)
        session.flush()
        record(
            session, actor, "review.verdict_proposed", "submission", submission.id,
            verdict_id=verdict.id, round=review_round.number, outcome=verdict.outcome, note=trimmed,
            clauses=standing.total, flagged=[clause.clause.label for clause in standing.flagged],
        )  # fmt: skip
    return verdict


def sign(actor: User, verdict: Verdict, reason: str = "") -> SignOff:
    """Sign the proposed verdict: from now on it counts. A signed "not_compliant" asks the commune to amend the text.

    Raises Forbidden to whoever uploaded, decided or proposed, Refused when decisions have gone stale since.
    """
    trimmed = given_reason("note", reason)
    with transaction() as session:
        check_may_sign(session, actor, verdict)
        submission, review_round = verdict.round.submission, verdict.round
        standing = standing_of(session, review_round, submission)
        if standing.undecided or standing.outcome != verdict.outcome:
            raise Refused(
                "signed_stale",
                _l("Nội dung hoặc quy tắc đã thay đổi sau khi đề xuất. Hãy trả lại để người rà soát xem lại."),
            )
        signed = _sign_off(session, actor, verdict, "sign", trimmed)
        record(
            session, actor, "review.verdict_signed", "submission", submission.id,
            verdict_id=verdict.id, round=review_round.number, outcome=verdict.outcome, reason=trimmed,
        )  # fmt: skip
    return signed


def send_back(actor: User, verdict: Verdict, reason: str) -> ReviewRound:
    """Give the verdict back to the reviewers with a reason; returns the round that this opens, decisions carried over.

    Raises Forbidden as `sign` does, Invalid without a reason.
    """
    trimmed = given_reason("send_back", reason)
    with transaction() as session:
        check_may_sign(session, actor, verdict)
        submission, sent_back = verdict.round.submission, verdict.round
        _sign_off(session, actor, verdict, "send_back", trimmed)
        record(
            session, actor, "review.verdict_sent_back", "submission", submission.id,
            verdict_id=verdict.id, round=sent_back.number, outcome=verdict.outcome, reason=trimmed,
        )  # fmt: skip
        return open_round_again(session, actor, submission, sent_back)


_PAST = {"approve": "approved", "flag": "flagged", "second_opinion": "second_opinion_asked"}


def _own_decision(session: Session, review_round: ReviewRound, clause: SubmittedClause, actor: User) -> Decision | None:
    query = select(Decision).where(Decision.round_id == review_round.id, Decision.clause_id == clause.id, Decision.reviewer_id == actor.id)
    return session.scalar(query)


def _says_the_same(decision: Decision, choice: str, reason: str, fingerprint: str) -> bool:
    same = (decision.choice, decision.reason, decision.fingerprint) == (choice, reason, fingerprint)
    # Clicking again on a clause that was approved with many, or carried over, is looking at it: that is worth storing.
    return same and not decision.in_bulk and decision.carried_from_id is None


def _say(
    session: Session,
    review_round: ReviewRound,
    clause: SubmittedClause,
    actor: User,
    own: Decision | None,
    *,
    choice: str,
    reason: str,
    in_bulk: bool,
) -> Decision:
    decision = own or Decision(round_id=review_round.id, clause_id=clause.id, reviewer_id=actor.id)
    decision.choice, decision.reason, decision.in_bulk = choice, reason, in_bulk
    decision.fingerprint, decision.carried_from_id, decision.decided_at = clause.fingerprint, None, now()
    session.add(decision)
    session.flush()
    return decision


def _shown(decision: Decision) -> dict[str, object]:
    return {
        "choice": decision.choice,
        "reason": decision.reason,
        "fingerprint": decision.fingerprint,
        "in_bulk": decision.in_bulk,
        "carried_from_id": decision.carried_from_id,
    }


def _sign_off(session: Session, actor: User, verdict: Verdict, action: str, reason: str) -> SignOff:
    sign_off = SignOff(verdict=verdict, signer_id=actor.id, action=action, reason=reason)
    session.add(sign_off)
    session.flush()
    return sign_off
