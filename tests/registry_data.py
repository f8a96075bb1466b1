"""Builders for tests of the register: what the audit log says, files to import, a covenant reviewed and signed."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from openpyxl import Workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from covenant_review.audit.log import record
from covenant_review.audit.models import AuditEvent
from covenant_review.database import db, transaction
from covenant_review.registry.days import today
from covenant_review.registry.models import Covenant
from covenant_review.review.models import Decision, ReviewRound, SignOff, Verdict
from covenant_review.submissions.models import StoredFile, Submission, SubmittedClause
from tests.people import World

HEADERS = ["Loại", "Tên", "Hương ước/quy ước", "Tên văn bản", "Ngày thông qua", "Văn bản thông qua", "Ngày công nhận", "Số quyết định"]


def days_ago(days: int) -> date:
    """A day before today, in Việt Nam."""
    return today() - timedelta(days=days)


@contextmanager
def looking() -> Iterator[Session]:
    """The database as it is now; afterwards nothing is held open, so that pages can be asked again."""
    db.session.remove()
    try:
        yield db.session()
    finally:
        db.session.remove()


def last_event(action: str) -> AuditEvent:
    """The latest audit event, which must be of the given action."""
    with looking() as session:
        event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1)).one()
        assert event.action == action, event.action
        return event


def events() -> list[str]:
    """The actions of all audit events, oldest first."""
    with looking() as session:
        return list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))


def workbook(rows: Sequence[Sequence[Any]], *, title: str = "Danh sách", merge: Sequence[str] = ()) -> bytes:
    """An XLSX file with one sheet."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    for area in merge:
        sheet.merge_cells(area)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def separated(rows: Sequence[Sequence[str]], *, separator: str = ",", encoding: str = "utf-8") -> bytes:
    """A CSV file."""
    return "".join(separator.join(row) + "\r\n" for row in rows).encode(encoding)


def submission_of(world: World, covenant: Covenant | None, *, state: str = "read", file_name: str = "huong-uoc.docx") -> int:
    """A file handed in by the official of the world's commune; gives its id."""
    with transaction() as session:
        digest = hashlib.sha256(f"{file_name}{session.query(Submission).count()}".encode()).hexdigest()
        file = StoredFile(sha256=digest, size=10, kind="docx")
        session.add(file)
        session.flush()
        version = None
        if covenant is not None:
            version = 1 + session.query(Submission).filter_by(covenant_id=covenant.id).count()
        submission = Submission(
            commune_id=world.commune.id,
            covenant_id=covenant.id if covenant else None,
            version=version,
            file_id=file.id,
            file_name=file_name,
            uploaded_by_id=world.official.id,
            state=state,
            reason="no_text" if state == "unreadable" else "",
            pages=3,
        )
        session.add(submission)
        session.flush()
        record(session, world.official, "tests.submitted", "submission", submission.id)
        return submission.id


def signed(world: World, submission_id: int, *, flags: dict[str, str]) -> None:
    """Two clauses, decided by the reviewer (the texts in `flags` with these reasons) and signed by the signer."""
    texts = ["Con gái đã đi lấy chồng thì không được chia đất hương hỏa.", "Mọi hộ giữ gìn vệ sinh đường làng."]
    with transaction() as session:
        clauses = [
            SubmittedClause(
                submission_id=submission_id, position=place, key=f"c{place}", kind="clause", label=f"Điều {place + 5}, khoản 2", number="2.",
                text=text, judged=True, screening_state="unmatched", text_fingerprint="t" * 64, fingerprint=f"f{place}",
            )
            for place, text in enumerate(texts)
        ]  # fmt: skip
        session.add_all(clauses)
        round_ = ReviewRound(submission_id=submission_id, number=1)
        session.add(round_)
        session.flush()
        for clause in clauses:
            reason = flags.get(clause.text, "")
            session.add(
                Decision(
                    round_id=round_.id, clause_id=clause.id, reviewer_id=world.reviewer.id, choice="flag" if reason else "approve",
                    reason=reason, fingerprint=clause.fingerprint,
                )
            )  # fmt: skip
        session.flush()
        outcome = "not_compliant" if flags else "compliant"
        verdict = Verdict(round_id=round_.id, outcome=outcome, proposed_by_id=world.reviewer.id)
        session.add(verdict)
        session.flush()
        session.add(SignOff(verdict_id=verdict.id, signer_id=world.signer.id, action="sign"))
        session.flush()
        record(session, world.signer, "tests.signed", "submission", submission_id)
