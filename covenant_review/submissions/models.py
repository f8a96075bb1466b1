"""Files, submissions, and the record of reading: clauses with findings, silenced hits and rules that could not run."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Double, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from covenant_review.accounts.models import User
from covenant_review.clauses.facts import FACT_KINDS
from covenant_review.database import Base, UtcDateTime, now, one_of
from covenant_review.registry.models import Commune, Covenant

SUBMISSION_STATES = ("queued", "reading", "read", "unreadable", "failed")
SCREENING_STATES = ("unmatched", "matched", "silenced", "not_checked")
OUTCOMES = ("violation", "consider", "outdated", "positive")
CORRECTION_KINDS = ("replaced", "added", "taken_back")
FACT_STATES = ("proposed", "accepted", "declined")


class StoredFile(Base):
    """An original, kept untouched under its SHA-256; `kind` was decided from its bytes."""

    __tablename__ = "stored_file"
    __table_args__ = (CheckConstraint("size > 0", name="not_empty"), CheckConstraint("length(sha256) = 64", name="whole_sha256"))

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    size: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    stored_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Submission(Base):
    """A file handed in as a version of a covenant (or not yet attached to one: then without a version).

    The latest version that was not withdrawn is the one that is reviewed and counted. `second_reader_state` is that of
    screening.second_reader_use ("" where the text was read before there was one), `second_reader_reason` why it did not read.
    """

    __tablename__ = "submission"
    __table_args__ = (
        one_of("state", SUBMISSION_STATES),
        UniqueConstraint("covenant_id", "version"),
        CheckConstraint("(covenant_id IS NULL) = (version IS NULL)", name="version_of_a_covenant"),
        CheckConstraint("state NOT IN ('unreadable', 'failed') OR length(reason) > 0", name="reason_when_not_read"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_reason = '')", name="withdrawn_with_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    commune_id: Mapped[int] = mapped_column(ForeignKey("commune.id"), index=True)
    covenant_id: Mapped[int | None] = mapped_column(ForeignKey("covenant.id"), index=True)
    version: Mapped[int | None]
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), index=True)
    file_name: Mapped[str] = mapped_column(String(255))
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    state: Mapped[str] = mapped_column(String(12), default="queued", index=True)
    reason: Mapped[str] = mapped_column(String(60), default="")
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    text_status: Mapped[str] = mapped_column(String(12), default="")
    title: Mapped[str] = mapped_column(Text, default="")
    pages: Mapped[int | None]
    warnings: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    ruleset_version: Mapped[str] = mapped_column(String(40), default="")
    ruleset_sha256: Mapped[str] = mapped_column(String(64), default="")
    second_reader_state: Mapped[str] = mapped_column(String(12), default="")
    second_reader_reason: Mapped[str] = mapped_column(String(500), default="")
    second_reader_version: Mapped[str] = mapped_column(String(40), default="")
    second_reader_sha256: Mapped[str] = mapped_column(String(64), default="")
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_reason: Mapped[str] = mapped_column(String(500), default="")

    commune: Mapped[Commune] = relationship()
    covenant: Mapped[Covenant | None] = relationship()
    file: Mapped[StoredFile] = relationship()
    uploaded_by: Mapped[User] = relationship()
    clauses: Mapped[list[SubmittedClause]] = relationship(back_populates="submission", order_by="SubmittedClause.position")


class SubmittedClause(Base):
    """A clause as it was read (see clauses.Clause for the fields that it shares).

    `text_fingerprint` is the SHA-256 of the words that are judged: heading texts, lead-in, header row, text.
    `fingerprint` adds the rules that hit; a decision counts only while it carries the clause's present fingerprint.
    `second_reader_probability`: how likely the second reader found the clause to discriminate, None where it did not read it.
    `needs_attention`: a violation, consider or outdated finding, or a rule that could not run; never approved in bulk.
    """

    __tablename__ = "submitted_clause"
    __table_args__ = (
        UniqueConstraint("submission_id", "position"),
        one_of("screening_state", SCREENING_STATES),
        CheckConstraint("judged OR NOT needs_attention", name="attention_is_judged"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), index=True)
    position: Mapped[int]
    key: Mapped[str] = mapped_column(String(12))
    kind: Mapped[str] = mapped_column(String(12))
    label: Mapped[str] = mapped_column(String(300))
    number: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text)
    lead_in: Mapped[str] = mapped_column(Text, default="")
    headings: Mapped[list[str]] = mapped_column(JSON, default=list)
    cells: Mapped[list[str]] = mapped_column(JSON, default=list)
    header_row: Mapped[list[str]] = mapped_column(JSON, default=list)
    table_index: Mapped[int | None]
    parent_key: Mapped[str | None] = mapped_column(String(12))
    is_lead_in: Mapped[bool] = mapped_column(default=False)
    page: Mapped[int | None]
    boxes: Mapped[list[list[float]]] = mapped_column(JSON, default=list)
    judged: Mapped[bool]
    needs_attention: Mapped[bool] = mapped_column(default=False)
    screening_state: Mapped[str] = mapped_column(String(12))
    text_fingerprint: Mapped[str] = mapped_column(String(64), index=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    second_reader_probability: Mapped[float | None] = mapped_column(Double)

    submission: Mapped[Submission] = relationship(back_populates="clauses")
    findings: Mapped[list[FindingRecord]] = relationship(order_by="FindingRecord.id", cascade="all, delete-orphan")
    silenced: Mapped[list[SilencedHit]] = relationship(order_by="SilencedHit.id", cascade="all, delete-orphan")
    not_checked: Mapped[list[UncheckedRule]] = relationship(order_by="UncheckedRule.id", cascade="all, delete-orphan")
    corrections: Mapped[list[TextCorrection]] = relationship(back_populates="clause", order_by="TextCorrection.number")

    @property
    def machine_line(self) -> tuple[str, str]:
        """Number and words as the machine read them; ("", "") for a clause that a person added."""
        return (self.corrections[0].old_number, self.corrections[0].old_text) if self.corrections else (self.number, self.text)

    @property
    def is_corrected(self) -> bool:
        """Whether the clause says something else now than what the machine read."""
        return (self.number, self.text) != self.machine_line


class FindingRecord(Base):
    """What a rule found in a clause (see screening.Finding). Offsets point into the clause's `text`."""

    __tablename__ = "finding"
    __table_args__ = (
        one_of("outcome", OUTCOMES),
        CheckConstraint("0 <= span_start AND span_start <= span_end", name="span_in_order"),
        Index("ix_finding_rule", "rule"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    clause_id: Mapped[int] = mapped_column(ForeignKey("submitted_clause.id", ondelete="CASCADE"), index=True)
    rule: Mapped[str] = mapped_column(String(120))
    outcome: Mapped[str] = mapped_column(String(12))
    severity: Mapped[str] = mapped_column(String(8))
    field: Mapped[str] = mapped_column(String(12))
    span_start: Mapped[int]
    span_end: Mapped[int]
    quote: Mapped[str] = mapped_column(Text)
    title_vi: Mapped[str] = mapped_column(String(300))
    title_en: Mapped[str] = mapped_column(String(300))
    why: Mapped[str] = mapped_column(Text)
    law: Mapped[list[str]] = mapped_column(JSON)
    suggestion: Mapped[str] = mapped_column(Text, default="")
    score: Mapped[int]
    trail: Mapped[dict[str, Any]] = mapped_column(JSON)


class SilencedHit(Base):
    """A rule matched and an exception took it back: shown to the reviewer with the exception's reason."""

    __tablename__ = "silenced_hit"

    id: Mapped[int] = mapped_column(primary_key=True)
    clause_id: Mapped[int] = mapped_column(ForeignKey("submitted_clause.id", ondelete="CASCADE"), index=True)
    rule: Mapped[str] = mapped_column(String(120))
    exception: Mapped[str] = mapped_column(String(120))
    reason: Mapped[str] = mapped_column(Text)
    span_start: Mapped[int]
    span_end: Mapped[int]
    quote: Mapped[str] = mapped_column(Text)


class UncheckedRule(Base):
    """A rule that could not run on a clause, and why."""

    __tablename__ = "unchecked_rule"

    id: Mapped[int] = mapped_column(primary_key=True)
    clause_id: Mapped[int] = mapped_column(ForeignKey("submitted_clause.id", ondelete="CASCADE"), index=True)
    rule: Mapped[str] = mapped_column(String(120))
    reason: Mapped[str] = mapped_column(Text)


class TextCorrection(Base):
    """A person's change of the words of one clause against the picture; never changed, never erased.

    `number` counts the corrections of a clause from 1; the first one keeps what the machine read. Kinds: replaced; added (the
    clause was missing: its old words are empty); taken_back (what the machine read holds again; an added clause is empty).
    `old_number` and `new_number` are the clause's printed numbers, the cells those of a table row.
    """

    __tablename__ = "text_correction"
    __table_args__ = (
        one_of("kind", CORRECTION_KINDS),
        UniqueConstraint("clause_id", "number"),
        CheckConstraint("number >= 1", name="counts_from_one"),
        CheckConstraint("length(trim(reason)) > 0", name="reason_given"),
        CheckConstraint("(kind <> 'added') OR (number = 1 AND old_text = '' AND old_number = '')", name="added_from_nothing"),
        CheckConstraint("kind = 'taken_back' OR length(trim(new_number || new_text)) > 0", name="words_given"),
        CheckConstraint("old_text <> new_text OR old_number <> new_number", name="changes_something"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    clause_id: Mapped[int] = mapped_column(ForeignKey("submitted_clause.id"), index=True)
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(12))
    old_number: Mapped[str] = mapped_column(String(120), default="")
    old_text: Mapped[str] = mapped_column(Text)
    old_cells: Mapped[list[str]] = mapped_column(JSON, default=list)
    new_number: Mapped[str] = mapped_column(String(120), default="")
    new_text: Mapped[str] = mapped_column(Text)
    new_cells: Mapped[list[str]] = mapped_column(JSON, default=list)
    reason: Mapped[str] = mapped_column(Text)
    corrected_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    corrected_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    clause: Mapped[SubmittedClause] = relationship(back_populates="corrections")
    corrected_by: Mapped[User] = relationship()


class DocumentFact(Base):
    """What the document says of itself (see clauses.facts.Fact), proposed to the official; the register is changed by a click only.

    `label` and `page` tell where it was read; `span_start` and `span_end` point into the words that the machine read there.
    """

    __tablename__ = "document_fact"
    __table_args__ = (
        one_of("kind", FACT_KINDS),
        one_of("state", FACT_STATES),
        UniqueConstraint("submission_id", "kind"),
        CheckConstraint("length(value) > 0 AND length(quote) > 0", name="says_something"),
        CheckConstraint("0 <= span_start AND span_start < span_end", name="span_in_order"),
        CheckConstraint("(state = 'proposed') = (decided_by_id IS NULL)", name="decided_by_somebody"),
        CheckConstraint("(decided_by_id IS NULL) = (decided_at IS NULL)", name="decided_at_a_time"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    value: Mapped[str] = mapped_column(String(300))
    quote: Mapped[str] = mapped_column(Text)
    clause_key: Mapped[str] = mapped_column(String(12))
    label: Mapped[str] = mapped_column(String(300))
    page: Mapped[int | None]
    span_start: Mapped[int]
    span_end: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default="proposed")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    submission: Mapped[Submission] = relationship()
    decided_by: Mapped[User | None] = relationship()
