"""What a list of communities would change in a commune's register: line by line, added, already there, or wrong and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from covenant_review.refusals import Refused
from covenant_review.registry.days import check_day, parse_day
from covenant_review.registry.import_lines import HEADERS, Line
from covenant_review.registry.legal_life import Step
from covenant_review.registry.models import Commune, Community, Covenant
from covenant_review.registry.names import (
    COVENANT_WRITINGS,
    KIND_WRITINGS,
    bare,
    community_name,
    covenant_kind_in_front,
    covenant_name,
    key,
    kind_in_front,
)
from covenant_review.registry.operations_covenants import FirstSteps, checked_covenant, refuse_after_merger

_KINDS = {bare(writing): kind for kind, writings in KIND_WRITINGS.items() for writing in writings}
_COVENANT_KINDS = {bare(writing): kind for kind, writings in COVENANT_WRITINGS.items() for writing in writings}
_NO_COVENANT = frozenset({"khong", "khong co", "chua", "chua co", "chua xay dung"})
_COVENANT_COLUMNS = ("covenant_kind", "covenant_name", "adopted_on", "adopted_document", "recognised_on", "decision_number")
_KIND_SHOWN = {kind: writings[0] for kind, writings in KIND_WRITINGS.items()}
_COVENANT_SHOWN = {"huong_uoc": "Hương ước", "quy_uoc": "Quy ước"}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in which column (its header; "" for the whole line), how to put it right, a stable code."""

    column: str
    words: object
    code: str

    @property
    def message(self) -> str:
        """What is wrong and what to do, in the reader's language."""
        return self.words.message if isinstance(self.words, Refused) else str(self.words)


@dataclass(slots=True)
class ProposedCovenant:
    """The covenant of a line, checked."""

    kind: str
    name: str
    steps: list[tuple[Step, str]]
    is_new: bool = True


@dataclass(slots=True)
class Proposal:
    """What one line of the file would do. `notes` tell what was taken for granted and should be looked at."""

    line: Line
    standing: Literal["add", "present", "error"] = "error"
    kind: str = ""
    name: str = ""
    community_is_new: bool = False
    covenant: ProposedCovenant | None = None
    problems: list[Problem] = field(default_factory=list)
    notes: list[object] = field(default_factory=list)


@dataclass(slots=True)
class _Register:
    """The commune's register, and what earlier lines of the file would add to it."""

    communities: dict[tuple[str, str], Community]
    community_lines: dict[tuple[str, str], int] = field(default_factory=dict)
    covenant_lines: dict[tuple[str, str, str], int] = field(default_factory=dict)


def propose(session: Session, commune: Commune, lines: Sequence[Line]) -> list[Proposal]:
    """Compare the lines with the commune's register as it is now; one proposal per line, in their order. Changes nothing."""
    query = (
        select(Community)
        .where(Community.commune_id == commune.id)
        .options(selectinload(Community.covenants).selectinload(Covenant.statuses))
        .execution_options(populate_existing=True)
    )
    register = _Register({(row.kind, key(row.name)): row for row in session.scalars(query)})
    return [_proposal(register, line) for line in lines]


def _proposal(register: _Register, line: Line) -> Proposal:
    proposal = Proposal(line)
    _note_faults(proposal)
    _read_community(proposal)
    covenant = _read_covenant(proposal) if proposal.name else None
    if proposal.problems:
        return proposal
    place = (proposal.kind, key(proposal.name))
    known = register.communities.get(place)
    proposal.community_is_new = known is None
    if covenant is None:
        _place_community_alone(register, proposal, place)
    else:
        _place_covenant(register, proposal, place, known, covenant)
    if not proposal.problems:
        proposal.standing = "add" if proposal.community_is_new or (covenant and covenant.is_new) else "present"
        register.community_lines.setdefault(place, line.number)
    return proposal


def _place_community_alone(register: _Register, proposal: Proposal, place: tuple[str, str]) -> None:
    if earlier := register.community_lines.get(place):
        _wrong(proposal, "name", "double_line", _l("Trùng với dòng %(line)s. Hãy bỏ một trong hai dòng.", line=earlier))


def _place_covenant(
    register: _Register, proposal: Proposal, place: tuple[str, str], known: Community | None, covenant: ProposedCovenant
) -> None:
    covenant_place = (*place, key(covenant.name))
    if earlier := register.covenant_lines.get(covenant_place):
        _wrong(proposal, "covenant_name", "double_line", _l("Trùng với dòng %(line)s. Hãy bỏ một trong hai dòng.", line=earlier))
        return
    present = next((one for one in known.covenants if key(one.name) == key(covenant.name)), None) if known else None
    if present is not None:
        covenant.is_new = False
        _note_differences(proposal, present, covenant)
    elif known is not None:
        try:
            refuse_after_merger(known, covenant.steps)
        except Refused as refusal:
            _wrong(proposal, "", refusal.code, refusal)
            return
    proposal.covenant = covenant
    register.covenant_lines[covenant_place] = proposal.line.number


def _note_differences(proposal: Proposal, present: Covenant, covenant: ProposedCovenant) -> None:
    known = {(step.status, step.from_date) for step in present.statuses}
    if any((step.status, step.on) not in known for step, _document in covenant.steps) or present.kind != covenant.kind:
        proposal.notes.append(
            _l(
                "“%(name)s” đã có trong sổ nhưng khác loại hoặc ngày; sổ được giữ nguyên. Nếu sổ sai, hãy đính chính ở trang của văn bản.",
                name=present.name,
            )
        )


# --- Reading a line ------------------------------------------------------------------------------------------------------

_FAULTS = {
    "formula_without_value": _l("Ô này là công thức chưa có kết quả. Hãy chép cột rồi dán lại dạng giá trị (Paste Values)."),
    "formula_text": _l("Ô này bắt đầu bằng dấu = như công thức. Hãy gõ thẳng nội dung vào ô."),
    "cell_error": _l("Ô này đang báo lỗi của Excel. Hãy gõ thẳng nội dung vào ô."),
}


def _note_faults(proposal: Proposal) -> None:
    for column, fault in proposal.line.faults.items():
        _wrong(proposal, column, fault, _FAULTS[fault])
    for column, note in proposal.line.notes.items():
        proposal.notes.append(_with_column(note, column))


def _with_column(note: str, column: str) -> object:
    if note == "from_merged":
        return _l("Cột “%(column)s” lấy từ ô gộp.", column=HEADERS[column])
    return _l("Cột “%(column)s” lấy kết quả của công thức.", column=HEADERS[column])


def _read_community(proposal: Proposal) -> None:
    texts, faults = proposal.line.texts, proposal.line.faults
    if "kind" in faults or "name" in faults:
        return
    text, written = texts.get("name", ""), texts.get("kind", "")
    kind = _KINDS.get(bare(written)) if written else kind_in_front(text)
    if kind is None and written:
        message = _l("Không rõ loại “%(text)s”. Hãy ghi: thôn, tổ dân phố, khu phố, bản hoặc làng.", text=written[:40])
        _wrong(proposal, "kind", "unknown_kind", message)
        return
    if not text:
        _wrong(proposal, "name", "name_missing", _l("Thiếu tên. Hãy điền tên, hoặc xóa cả dòng."))
        return
    if kind is None:
        _wrong(proposal, "kind", "kind_missing", _l("Thiếu loại. Hãy ghi: thôn, tổ dân phố, khu phố, bản hoặc làng."))
        return
    try:
        proposal.kind, proposal.name = kind, community_name(kind, text)
    except Refused as refusal:
        _wrong(proposal, "name", refusal.code, refusal)


def _read_covenant(proposal: Proposal) -> ProposedCovenant | None:
    texts, faults = proposal.line.texts, proposal.line.faults
    if any(column in faults for column in _COVENANT_COLUMNS):
        return None
    given = {column: texts[column] for column in _COVENANT_COLUMNS if texts.get(column, "").strip("-–— .")}
    if bare(given.get("covenant_kind", "")) in _NO_COVENANT:
        _note_no_covenant(proposal, given)
        return None
    if not given:
        return None
    kind = _covenant_kind(proposal, given)
    first = FirstSteps(
        adopted_on=_day(proposal, given, "adopted_on"),
        adopted_document=given.get("adopted_document", ""),
        recognised_on=_day(proposal, given, "recognised_on"),
        decision_number=given.get("decision_number", ""),
    )
    if kind is None or proposal.problems:
        return None
    name = given.get("covenant_name", "")
    if not name:
        name = f"{_COVENANT_SHOWN[kind]} {_KIND_SHOWN[proposal.kind]} {proposal.name}"
        proposal.notes.append(_l("Tên văn bản để trống nên đặt là “%(name)s”.", name=name))
    try:
        name = covenant_name(name)
    except Refused as refusal:
        _wrong(proposal, "covenant_name", refusal.code, refusal)
        return None
    try:
        return ProposedCovenant(kind, *checked_covenant(kind, name, first))
    except Refused as refusal:
        _wrong(proposal, "adopted_on", refusal.code, refusal)
        return None


def _note_no_covenant(proposal: Proposal, given: dict[str, str]) -> None:
    if len(given) > 1:
        message = _l("Ghi là không có, nhưng lại điền tên, ngày hoặc số văn bản. Hãy bỏ một trong hai.")
        _wrong(proposal, "covenant_kind", "none_but_given", message)
        return
    proposal.notes.append(_l("Chỉ thêm vào danh sách. Việc không có hương ước, quy ước thì khai báo ở trang của xã, phường, kèm ngày."))


def _covenant_kind(proposal: Proposal, given: dict[str, str]) -> str | None:
    written, name = given.get("covenant_kind", ""), given.get("covenant_name", "")
    kind = _COVENANT_KINDS.get(bare(written)) if written else covenant_kind_in_front(name)
    if kind is None and written:
        message = _l("Không rõ “%(text)s”. Hãy ghi: hương ước hoặc quy ước.", text=written[:40])
        _wrong(proposal, "covenant_kind", "unknown_covenant_kind", message)
    elif kind is None:
        message = _l("Chưa rõ là hương ước hay quy ước. Hãy điền cột này, hoặc để trống mọi cột về văn bản.")
        _wrong(proposal, "covenant_kind", "covenant_kind_missing", message)
    return kind


def _day(proposal: Proposal, given: dict[str, str], column: str) -> date | None:
    if column not in given:
        return None
    try:
        day = parse_day(given[column])
        check_day(day)
    except Refused as refusal:
        _wrong(proposal, column, refusal.code, refusal)
        return None
    return day


def _wrong(proposal: Proposal, column: str, code: str, message: object) -> None:
    proposal.problems.append(Problem(HEADERS.get(column, ""), message, code))
