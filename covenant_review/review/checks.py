"""Who may do what in a review, and on what: the rules of design.md 5 and 6, each with the words that a person reads."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from covenant_review.accounts.models import User
from covenant_review.accounts.permissions import Permission, may
from covenant_review.refusals import Forbidden, Invalid, Refused
from covenant_review.review.models import Decision, ReviewRound, Verdict
from covenant_review.review.standing import RoundStanding, stand
from covenant_review.submissions.models import Submission, SubmittedClause, TextCorrection

LONGEST_REASON = 4000


def uploaders(session: Session, submission: Submission) -> set[int]:
    """Ids of everyone who uploaded any version of the covenant of this submission."""
    query = select(Submission.uploaded_by_id).where(or_(Submission.id == submission.id, Submission.covenant_id == submission.covenant_id))
    return set(session.scalars(query))


def latest_round(session: Session, submission: Submission, *, lock: bool = False) -> ReviewRound | None:
    """The submission's last round; `lock` holds it until the transaction ends: two persons cannot pass each other."""
    of_submission = select(ReviewRound).where(ReviewRound.submission_id == submission.id)
    query = of_submission.order_by(ReviewRound.number.desc()).limit(1)
    return session.scalar(query.with_for_update() if lock else query)


def judged_clauses(session: Session, submission: Submission) -> list[SubmittedClause]:
    """The clauses that must be decided, in reading order, as the database has them now."""
    query = (
        select(SubmittedClause)
        .where(SubmittedClause.submission_id == submission.id, SubmittedClause.judged)
        .order_by(SubmittedClause.position)
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(query))


def decisions_of(session: Session, review_round: ReviewRound) -> list[Decision]:
    """All decisions of a round, oldest first."""
    query = select(Decision).where(Decision.round_id == review_round.id).order_by(Decision.decided_at, Decision.id)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def standing_of(session: Session, review_round: ReviewRound, submission: Submission) -> RoundStanding:
    """Where every judged clause of the submission stands in the round."""
    return stand(judged_clauses(session, submission), decisions_of(session, review_round))


def superseded_by(session: Session, submission: Submission) -> Submission | None:
    """The latest version that came after this one and was not withdrawn; None if this one is the latest."""
    if submission.covenant_id is None or submission.version is None:
        return None
    query = (
        select(Submission)
        .where(
            Submission.covenant_id == submission.covenant_id,
            Submission.version > submission.version,
            Submission.withdrawn_at.is_(None),
        )
        .order_by(Submission.version.desc())
        .limit(1)
    )
    return session.scalar(query)


def check_may_review(session: Session, actor: User, submission: Submission) -> None:
    """Raise Forbidden unless `actor` is a reviewer who uploaded no version of this covenant."""
    if not may(actor, Permission.DECIDE, submission.commune_id):
        raise Forbidden("not_allowed", _l("Chỉ người rà soát được cho ý kiến và đề xuất kết luận."))
    if actor.id in uploaders(session, submission):
        raise Forbidden(
            "decided_by_uploader",
            _l("Bạn đã nộp một bản của hương ước, quy ước này nên không được rà soát nó. Hãy để người khác làm."),
        )


def check_under_review(session: Session, submission: Submission) -> None:
    """Raise Refused unless the submission is read, attached, not withdrawn, and the latest version of its covenant."""
    if submission.state != "read" or submission.covenant_id is None:
        raise Refused("not_read", _l("Bản này chưa đọc xong hoặc chưa gắn với hương ước, quy ước nào."))
    if submission.withdrawn_at is not None:
        raise Refused("withdrawn", _l("Bản này đã được rút lại nên không rà soát nữa."))
    newer = superseded_by(session, submission)
    if newer is not None:
        message = _l("Đã có bản mới hơn (bản %(version)s). Hãy rà soát bản đó.", version=newer.version)
        raise Refused("not_latest", message)


def open_round_for_change(session: Session, submission: Submission) -> ReviewRound:
    """The submission's last round, locked; raises Refused when there is none or its verdict is already proposed."""
    check_under_review(session, submission)
    review_round = latest_round(session, submission, lock=True)
    if review_round is None:
        raise Refused("no_round", _l("Bản này chưa được mở rà soát. Hãy thử lại sau ít phút."))
    if session.scalar(select(Verdict.id).where(Verdict.round_id == review_round.id)) is not None:
        raise Refused(
            "decided_after_verdict",
            _l("Kết luận đã được đề xuất nên không đổi ý kiến được nữa. Người ký duyệt có thể trả lại để sửa."),
        )
    return review_round


def given_reason(choice: str, reason: str) -> str:
    """The reason, trimmed; raises Invalid where one is needed and missing, or it is too long to be one."""
    trimmed = reason.strip()
    if choice == "flag" and not trimmed:
        raise Invalid("reason_missing", _l("Gắn cờ phải có lý do: điều khoản phân biệt ở chỗ nào, cần sửa ra sao."))
    if choice == "second_opinion" and not trimmed:
        raise Invalid("reason_missing", _l("Hãy viết điều bạn còn băn khoăn để người thứ hai biết cần xem gì."))
    if choice == "send_back" and not trimmed:
        raise Invalid("reason_missing", _l("Trả lại phải có lý do để người rà soát biết cần xem lại điều gì."))
    if len(trimmed) > LONGEST_REASON:
        raise Invalid("reason_too_long", _l("Lý do dài quá %(limit)s ký tự. Hãy viết gọn lại.", limit=LONGEST_REASON))
    return trimmed


def why_not_sign(session: Session, actor: User, verdict: Verdict) -> Refused | None:
    """Why `actor` may not sign or send back this verdict; None if nothing stands against it. Changes nothing."""
    review_round, submission = verdict.round, verdict.round.submission
    if not may(actor, Permission.SIGN, submission.commune_id):
        return Forbidden("not_allowed", _l("Chỉ người ký duyệt được ký hoặc trả lại kết luận."))
    if actor.id in uploaders(session, submission):
        return Forbidden("signed_by_uploader", _l("Bạn đã nộp một bản của hương ước, quy ước này nên không được ký."))
    decided = select(Decision.id).where(Decision.round_id == review_round.id, Decision.reviewer_id == actor.id).limit(1)
    if actor.id == verdict.proposed_by_id or session.scalar(decided) is not None:
        return Forbidden(
            "signed_by_decider",
            _l("Bạn đã cho ý kiến hoặc đề xuất kết luận ở vòng này nên không được ký. Phải là người thứ hai."),
        )
    corrected = (
        select(TextCorrection.id)
        .join(TextCorrection.clause)
        .where(SubmittedClause.submission_id == submission.id, TextCorrection.corrected_by_id == actor.id)
    )
    if session.scalar(corrected.limit(1)) is not None:
        return Forbidden("signed_by_corrector", _l("Bạn đã sửa chữ của bản này nên không được ký. Phải là người thứ hai."))
    return None


def check_may_sign(session: Session, actor: User, verdict: Verdict) -> None:
    """Raise what `why_not_sign` found, and Refused when the verdict is no longer the one to sign."""
    refusal = why_not_sign(session, actor, verdict)
    if refusal is not None:
        raise refusal
    submission = verdict.round.submission
    check_under_review(session, submission)
    newest = latest_round(session, submission, lock=True)
    session.refresh(verdict, ["sign_off"])
    if verdict.sign_off is not None:
        raise Refused("already_signed", _l("Kết luận này đã được ký hoặc trả lại rồi. Hãy tải lại trang."))
    if newest is None or newest.id != verdict.round_id:
        raise superseded()


def superseded() -> Refused:
    """The refusal of a verdict whose round is not the present one any more."""
    return Refused("signed_superseded", _l("Bản này đã có vòng rà soát mới hơn. Kết luận cũ không ký được nữa."))
