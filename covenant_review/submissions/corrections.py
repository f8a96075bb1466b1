"""Verbs on the words of a clause: correct them against the picture, take that back, add a clause that reading missed.

Each keeps what stood there before, screens the text again and lets decisions go stale, in one transaction with its event.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update
from sqlalchemy.orm import Session, selectinload

from covenant_review.accounts.models import User
from covenant_review.accounts.permissions import Permission, may
from covenant_review.audit.log import record
from covenant_review.clauses.clause import Clause
from covenant_review.database import transaction
from covenant_review.refusals import Forbidden, Invalid, Refused
from covenant_review.screening.ruleset import RuleSet
from covenant_review.screening.second_reader_use import SWITCHED_OFF, SecondReaderInUse
from covenant_review.submissions.corrected_structure import Line, NotOneLine, line_of, restructured
from covenant_review.submissions.fingerprints import text_fingerprint
from covenant_review.submissions.models import Submission, SubmittedClause, TextCorrection
from covenant_review.submissions.readiness import announce_ready
from covenant_review.submissions.recording import as_clause, screen_corrected, storable
from covenant_review.submissions.versions import governing_version

LONGEST_REASON = 500
LONGEST_TEXT = 6_000  # characters; a clause that was read longer may stay as long as it is, and a little more
_LITTLE_MORE = 1_000
CELL_BREAK = " | "
_OUT_OF_THE_WAY = 1_000_000


@dataclass(frozen=True, slots=True)
class Screeners:
    """What screens the corrected text: the rule set in force, and the second reader if it is in use."""

    ruleset: RuleSet
    second_reader: SecondReaderInUse = SWITCHED_OFF


@dataclass(frozen=True, slots=True)
class _Change:
    """What is done to one clause: its line as it shall be (None: it goes), and how that is called."""

    kind: str
    line: Line | None
    reason: str
    carried_from: int | None = None


def correct(
    actor: User, clause: SubmittedClause, written: str | Sequence[str], reason: str, *, seen: int, screeners: Screeners
) -> TextCorrection:
    """Let the clause say what the picture says. `written` is its whole line with the number, or the cells of a table row.

    `seen` is how many corrections of the clause the person saw. Raises Forbidden (role, commune), Invalid (no reason, no words,
    several provisions in one), Refused (nothing changed, corrected since, not read, withdrawn, not the latest version).
    """
    change = _Change("replaced", _line(clause, written), _reason(reason))
    with transaction() as session:
        submission = _correctable(session, actor, clause.submission)
        _is_as_seen(session, clause, seen)
        if _is_gone(clause):
            raise Refused("taken_back", _l("Đoạn này đã bị bỏ. Nếu vẫn cần, hãy thêm lại như một đoạn bị sót."))
        return _change(session, actor, submission, clause, change, screeners)


def take_back(actor: User, clause: SubmittedClause, reason: str, *, seen: int, screeners: Screeners) -> TextCorrection:
    """Let what the machine read hold again; a clause that a person had added goes. The corrections themselves stay on record.

    Raises as `correct` does, and Refused when the clause already says what the machine read.
    """
    trimmed = _reason(reason)
    with transaction() as session:
        submission = _correctable(session, actor, clause.submission)
        _is_as_seen(session, clause, seen)
        if not clause.is_corrected:
            raise Refused("nothing_to_take_back", _l("Đoạn này đang giữ nguyên chữ máy đọc, không có gì để bỏ."))
        was_added = clause.corrections[0].kind == "added"
        line = None if was_added else _machine_line(clause)
        return _change(session, actor, submission, clause, _Change("taken_back", line, trimmed), screeners)


def add_missing(actor: User, after: SubmittedClause, written: str, reason: str, *, screeners: Screeners) -> TextCorrection:
    """Add a clause that reading missed, right after another. `written` is its whole line with the number.

    Its kind, label, lead-in and headings are those that the splitter finds for it in that place. Raises as `correct` does.
    """
    words, trimmed = _words(written), _reason(reason)
    with transaction() as session:
        submission = _correctable(session, actor, after.submission)
        key = _new_key(session, submission)
        row = _empty_row(session, submission, after, key)
        return _change(session, actor, submission, row, _Change("added", Line(key, words), trimmed), screeners)


def carry_over(actor: User, submission: Submission, screeners: Screeners) -> int:
    """Make the corrections again that were made on another submission of the same file, where the machine read the same.

    Returns how many; what cannot be made again stays listed by `earlier_corrections`. Raises as `correct` does.
    """
    with transaction() as session:
        submission = _correctable(session, actor, submission)
        todo = [pair for pair in _carriable(session, submission) if pair[0] is not None]
        for clause, earlier in todo:
            assert clause is not None
            line = Line(clause.key, _typed(earlier.new_number, earlier.new_text), tuple(earlier.new_cells), clause.table_index)
            change = _Change("replaced", line, earlier.reason, earlier.id)
            _change(session, actor, submission, clause, change, screeners)
    return len(todo)


def earlier_corrections(session: Session, submission: Submission) -> list[TextCorrection]:
    """The corrections that hold on other submissions of the same file and not on this one, in reading order."""
    return [earlier for _clause, earlier in _carriable(session, submission)]


def may_correct(person: User, submission: Submission) -> bool:
    """Whether the person may correct this text now: role, commune, and the text is read and not withdrawn."""
    return may(person, Permission.CORRECT_TEXT, submission.commune_id) and submission.state == "read" and submission.withdrawn_at is None


def _change(
    session: Session, actor: User, submission: Submission, clause: SubmittedClause, change: _Change, screeners: Screeners
) -> TextCorrection:
    """Record the correction, move what depends on it, screen, log, announce."""
    rows = _rows(session, submission)
    if change.kind == "added":
        rows.insert(clause.position, clause)
    before = _judged_words(rows)
    moved, title = _moved(rows, clause, change, submission.title)
    if change.kind == "added":
        _put(clause, moved[clause.key])
        session.add(clause)
        session.flush()
    correction = _correction(actor, clause, change, moved.get(clause.key))
    session.add(correction)
    session.flush()
    session.refresh(clause, ["corrections"])
    for row in rows:
        if row.key in moved:
            _put(row, moved[row.key])
    if clause.key not in moved:
        _put_away(clause)
    submission.title = title
    session.flush()
    after = _judged_words(rows)
    changed = frozenset(row.id for row in rows if before[row.key] != after[row.key]) | {clause.id}
    counts = screen_corrected(session, submission, rows, changed, screeners.ruleset, screeners.second_reader)
    record(
        session, actor, f"submissions.text_{change.kind}", "submission", submission.id,
        clause_id=clause.id, label=clause.label, correction_id=correction.id, reason=correction.reason,
        before={"number": correction.old_number, "text": correction.old_text},
        after={"number": correction.new_number, "text": correction.new_text},
        carried_from=change.carried_from, ruleset_version=submission.ruleset_version, **counts,
    )  # fmt: skip
    announce_ready(session, submission)
    return correction


def _moved(rows: Sequence[SubmittedClause], clause: SubmittedClause, change: _Change, title: str) -> tuple[dict[str, Clause], str]:
    """Every clause by key as it is to be, without those that are gone; and the covenant's title."""
    present = [row for row in rows if not _is_gone(row) or row.key == clause.key]
    recorded = [as_clause(row) for row in present if row.key != clause.key or change.kind != "added"]
    lines = []
    for row in present:
        if row.key != clause.key:
            lines.append(line_of(as_clause(row)))
        elif change.line is not None:
            lines.append(change.line)
    try:
        moved, new_title = restructured(recorded, lines, clause.key, title)
    except NotOneLine as error:
        raise Invalid(
            "several_provisions",
            _l("Nội dung này được hiểu là nhiều đoạn. Hãy sửa từng đoạn một; đoạn còn thiếu thì dùng “Thêm đoạn bị sót”."),
        ) from error
    result = {found.id: found for found in moved}
    if change.kind == "taken_back" and clause.key in result:
        # To the letter, also where the splitter would read it a little differently today.
        number, text = clause.machine_line
        result[clause.key] = replace(result[clause.key], number=number, text=text)
    return result, new_title


def _correction(actor: User, clause: SubmittedClause, change: _Change, moved: Clause | None) -> TextCorrection:
    is_new = change.kind == "added"
    new_number, new_text = (moved.number[:120], storable(moved.text)) if moved is not None else ("", "")
    old_number, old_text = ("", "") if is_new else (clause.number, clause.text)
    if (old_number, old_text) == (new_number, new_text):
        raise Refused("nothing_changed", _l("Chữ vẫn như cũ nên chưa lưu gì. Nếu chữ máy đọc đã đúng thì không cần sửa."))
    return TextCorrection(
        clause_id=clause.id,
        number=1 if is_new else len(clause.corrections) + 1,
        kind=change.kind,
        old_number=old_number,
        old_text=old_text,
        old_cells=[] if is_new else list(clause.cells),
        new_number=new_number,
        new_text=new_text,
        new_cells=[storable(cell) for cell in moved.cells] if moved is not None else [],
        reason=change.reason,
        corrected_by_id=actor.id,
    )


def _put(row: SubmittedClause, clause: Clause) -> None:
    """Write a clause into its row; columns that say the same are left alone."""
    values = {
        "kind": clause.kind, "label": _short(clause.label, 300), "number": clause.number[:120], "text": storable(clause.text),
        "lead_in": storable(clause.lead_in), "headings": [storable(heading) for heading in clause.headings],
        "cells": [storable(cell) for cell in clause.cells], "header_row": [storable(cell) for cell in clause.header_row],
        "parent_key": clause.parent, "is_lead_in": clause.is_lead_in, "judged": clause.is_judged,
    }  # fmt: skip
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)


def _put_away(row: SubmittedClause) -> None:
    """An added clause that is taken back: its row stays for the record, empty and judged no more."""
    row.kind, row.judged, row.needs_attention, row.is_lead_in = "header", False, False, False
    row.number, row.text, row.lead_in, row.headings, row.parent_key = "", "", "", [], None


def _is_gone(row: SubmittedClause) -> bool:
    return bool(row.corrections) and not row.text and not row.number and row.corrections[0].kind == "added"


def _rows(session: Session, submission: Submission) -> list[SubmittedClause]:
    query = (
        select(SubmittedClause)
        .where(SubmittedClause.submission_id == submission.id)
        .order_by(SubmittedClause.position)
        .options(
            selectinload(SubmittedClause.findings), selectinload(SubmittedClause.silenced),
            selectinload(SubmittedClause.not_checked), selectinload(SubmittedClause.corrections),
        )
        .execution_options(populate_existing=True)
    )  # fmt: skip
    return list(session.scalars(query))


def _judged_words(rows: Sequence[SubmittedClause]) -> dict[str, str]:
    """The fingerprint of each clause's judged words, by its key."""
    by_id = {row.key: as_clause(row) for row in rows}
    return {key: text_fingerprint(clause, by_id) for key, clause in by_id.items()}


def _correctable(session: Session, actor: User, submission: Submission) -> Submission:
    """The submission, locked and fresh. Raises Forbidden or Refused."""
    if not may(actor, Permission.CORRECT_TEXT, submission.commune_id):
        raise Forbidden("not_allowed", _l("Chỉ công chức của xã, phường này và người rà soát được sửa chữ của văn bản."))
    session.refresh(submission, with_for_update=True)
    if submission.state != "read":
        raise Refused("not_read", _l("Bản này chưa đọc xong nên chưa có chữ để sửa."))
    if submission.withdrawn_at is not None:
        raise Refused("withdrawn", _l("Bản nộp này đã được rút."))
    if submission.covenant_id is not None:
        latest = governing_version(session, submission.covenant_id)
        if latest is not None and latest.id != submission.id:
            raise Refused("not_latest", _l("Đã có bản mới hơn (bản %(version)s). Hãy sửa ở bản đó.", version=latest.version))
    return submission


def _is_as_seen(session: Session, clause: SubmittedClause, seen: int) -> None:
    session.refresh(clause)
    session.refresh(clause, ["corrections"])
    if len(clause.corrections) != seen:
        raise Refused("corrected_since", _l("Đoạn này vừa được người khác sửa. Hãy tải lại trang để xem chữ mới nhất rồi sửa tiếp."))


def _new_key(session: Session, submission: Submission) -> str:
    keys = session.scalars(select(SubmittedClause.key).where(SubmittedClause.submission_id == submission.id))
    return f"a{sum(key.startswith('a') for key in keys) + 1}"


def _empty_row(session: Session, submission: Submission, after: SubmittedClause, key: str) -> SubmittedClause:
    """A row of no words for the place right after `after`, not in the database yet; every later clause moves down by one."""
    session.refresh(after)
    later = SubmittedClause.submission_id == submission.id
    # In two steps: no two clauses stand in the same place, not even on the way.
    for threshold, step in ((after.position, _OUT_OF_THE_WAY), (_OUT_OF_THE_WAY, 1 - _OUT_OF_THE_WAY)):
        moved = update(SubmittedClause).where(later, SubmittedClause.position > threshold)
        session.execute(moved.values(position=SubmittedClause.position + step), execution_options={"synchronize_session": False})
    return SubmittedClause(
        submission_id=submission.id, position=after.position + 1, key=key, kind="paragraph", label="", number="", text="",
        lead_in="", headings=[], cells=[], header_row=[], is_lead_in=False, page=after.page, boxes=[], judged=True,
        screening_state="unmatched", text_fingerprint="", fingerprint="",
    )  # fmt: skip


def _carriable(session: Session, submission: Submission) -> list[tuple[SubmittedClause | None, TextCorrection]]:
    """Standing corrections on other submissions of the same file, each with the clause here that it fits (None: none does)."""
    query = (
        select(SubmittedClause)
        .join(Submission, Submission.id == SubmittedClause.submission_id)
        .where(
            Submission.file_id == submission.file_id,
            Submission.id < submission.id,
            Submission.commune_id == submission.commune_id,
            SubmittedClause.id.in_(select(TextCorrection.clause_id)),
        )
        .order_by(SubmittedClause.position, SubmittedClause.id.desc())
        .options(selectinload(SubmittedClause.corrections))
    )
    latest: dict[str, SubmittedClause] = {}
    for clause in session.scalars(query):
        known = latest.get(clause.key)
        if clause.is_corrected and (known is None or known.submission_id < clause.submission_id):
            latest[clause.key] = clause
    if not latest:
        return []
    here = {row.key: row for row in _rows(session, submission)}
    pairs: list[tuple[SubmittedClause | None, TextCorrection]] = []
    said = {(row.number, row.text) for row in here.values()}
    for key, clause in latest.items():
        correction = clause.corrections[-1]
        if (correction.new_number, correction.new_text) in said:
            continue
        row = here.get(key)
        fits = row is not None and not row.corrections and (row.number, row.text) == clause.machine_line
        pairs.append((row if fits else None, correction))
    return pairs


def _line(clause: SubmittedClause, written: str | Sequence[str]) -> Line:
    if clause.table_index is None:
        longest = max(LONGEST_TEXT, len(clause.text) + _LITTLE_MORE)
        return Line(clause.key, _words(written if isinstance(written, str) else " ".join(written), longest))
    cells = [written] if isinstance(written, str) else list(written)
    if len(cells) != len(clause.cells):
        raise Invalid("cells", _l("Số ô của dòng bảng không khớp. Hãy tải lại trang rồi sửa lại."))
    tidy = tuple(_tidy(cell).replace(CELL_BREAK, " ") for cell in cells)
    _words("".join(tidy))
    is_header = bool(clause.header_row) and list(clause.cells) == list(clause.header_row)
    return Line(clause.key, CELL_BREAK.join(tidy), tidy, clause.table_index, is_header)


def _machine_line(clause: SubmittedClause) -> Line:
    first = clause.corrections[0]
    is_header = bool(clause.header_row) and list(clause.cells) == list(clause.header_row)
    typed = first.old_text if clause.table_index is not None else _typed(first.old_number, first.old_text)
    return Line(clause.key, typed, tuple(first.old_cells), clause.table_index, is_header)


def _typed(number: str, text: str) -> str:
    return f"{number} {text}".strip()


def _tidy(written: str) -> str:
    lines = (" ".join(line.split()) for line in unicodedata.normalize("NFC", written).splitlines())
    return storable("\n".join(line for line in lines if line))


def _words(written: str, longest: int = LONGEST_TEXT) -> str:
    words = _tidy(written)
    if not words:
        raise Invalid("words_missing", _l("Hãy ghi chữ đúng như trên trang."))
    if len(words) > longest:
        raise Invalid("words_too_long", _l("Nội dung dài quá %(limit)s ký tự. Hãy chia thành từng đoạn.", limit=longest))
    return words


def _reason(given: str) -> str:
    reason = " ".join(given.split())
    if not reason:
        raise Invalid("reason_missing", _l("Hãy ghi lý do sửa, ví dụ: máy đọc sai dấu, thiếu dòng cuối trang 3."))
    if len(reason) > LONGEST_REASON:
        raise Invalid("reason_too_long", _l("Lý do dài nhất 500 ký tự."))
    return reason


def _short(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
