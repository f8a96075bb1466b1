"""The lease table."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from covenant_review.database import Base, UtcDateTime, now, one_of

JOB_STATES = ("queued", "leased", "done", "failed")


class Job(Base):
    """One piece of work on one subject. While leased, only the holder of `lease_token` may finish it."""

    __tablename__ = "job"
    __table_args__ = (
        one_of("state", JOB_STATES),
        CheckConstraint("(state = 'leased') = (lease_token IS NOT NULL)", name="lease_has_token"),
        CheckConstraint("(lease_token IS NULL) = (leased_until IS NULL)", name="lease_has_end"),
        Index("ix_job_waiting", "state", "run_after"),
        Index("ix_job_subject", "kind", "subject_id"),
    )
    audited = False

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default="queued")
    attempts: Mapped[int] = mapped_column(default=0)
    lease_token: Mapped[str | None] = mapped_column(String(80))
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    run_after: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    done_steps: Mapped[int] = mapped_column(default=0)
    total_steps: Mapped[int] = mapped_column(default=0)
    # Within a step: the page under way (0: none yet) of so many (0: not read by pages).
    page: Mapped[int] = mapped_column(default=0, server_default="0")
    pages: Mapped[int] = mapped_column(default=0, server_default="0")
    last_error: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
