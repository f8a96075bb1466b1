"""Rounds, decisions, verdicts, sign-offs. Triggers (migrations) hold the rules 3 to 6 of the design besides these tables."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from covenant_review.accounts.models import User
from covenant_review.database import Base, UtcDateTime, now, one_of
from covenant_review.submissions.models import Submission, SubmittedClause

CHOICES = ("approve", "flag", "second_opinion")
VERDICTS = ("compliant", "not_compliant")
SIGNER_ACTIONS = ("sign", "send_back")


class ReviewRound(Base):
    """One pass of review over one submission. Sent back by the signer, the submission gets another round."""

    __tablename__ = "review_round"
    __table_args__ = (UniqueConstraint("submission_id", "number"), CheckConstraint("number >= 1", name="counts_from_one"))

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), index=True)
    number: Mapped[int]
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    submission: Mapped[Submission] = relationship()
    decisions: Mapped[list[Decision]] = relationship(back_populates="round")
    verdict: Mapped[Verdict | None] = relationship(back_populates="round")


class Decision(Base):
    """One reviewer's word on one clause in one round. It counts while `fingerprint` is the clause's present one."""

    __tablename__ = "decision"
    __table_args__ = (
        one_of("choice", CHOICES),
        UniqueConstraint("round_id", "clause_id", "reviewer_id"),
        CheckConstraint("choice = 'approve' OR length(trim(reason)) > 0", name="reason_unless_approved"),
        CheckConstraint("NOT in_bulk OR choice = 'approve'", name="bulk_only_approves"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("review_round.id"), index=True)
    clause_id: Mapped[int] = mapped_column(ForeignKey("submitted_clause.id"), index=True)
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    choice: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(Text, default="")
    fingerprint: Mapped[str] = mapped_column(String(64))
    in_bulk: Mapped[bool] = mapped_column(default=False)
    carried_from_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"))
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    round: Mapped[ReviewRound] = relationship(back_populates="decisions")
    clause: Mapped[SubmittedClause] = relationship()
    reviewer: Mapped[User] = relationship()

    def is_stale(self, clause: SubmittedClause) -> bool:
        """Whether the clause's text or the rules that hit it have changed since this decision."""
        return self.fingerprint != clause.fingerprint


class Verdict(Base):
    """What the reviewer proposes for the whole covenant; nothing until it is signed."""

    __tablename__ = "verdict"
    __table_args__ = (one_of("outcome", VERDICTS),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("review_round.id"), unique=True)
    outcome: Mapped[str] = mapped_column(String(16))
    note: Mapped[str] = mapped_column(Text, default="")
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    round: Mapped[ReviewRound] = relationship(back_populates="verdict")
    proposed_by: Mapped[User] = relationship()
    sign_off: Mapped[SignOff | None] = relationship(back_populates="verdict")


class SignOff(Base):
    """The second person's word: signed (only this counts in the tally) or sent back to the reviewers with a reason."""

    __tablename__ = "sign_off"
    __table_args__ = (
        one_of("action", SIGNER_ACTIONS),
        CheckConstraint("action = 'sign' OR length(trim(reason)) > 0", name="reason_when_sent_back"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    verdict_id: Mapped[int] = mapped_column(ForeignKey("verdict.id"), unique=True)
    signer_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    action: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(Text, default="")
    signed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    verdict: Mapped[Verdict] = relationship(back_populates="sign_off")
    signer: Mapped[User] = relationship()
