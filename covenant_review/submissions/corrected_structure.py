"""What follows from other words for the place of every clause: number, label, lead-in, headings, header row.

The clause tree is built again by the same splitter, from the lines as they are stored, once as they read and once as they
are to read. What the first pass tells as the record has it is taken from the second; what it does not (the look of the
page is not stored) stays as it is recorded. So a correction moves what depends on the words, and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from covenant_review.clauses.clause import Clause, CovenantText
from covenant_review.clauses.splitting import split
from covenant_review.extraction.document import Block, Document


class NotOneLine(Exception):
    """The new words are read as several provisions, or as none: they cannot stand in the place of one clause."""


@dataclass(frozen=True, slots=True)
class Line:
    """A clause as one line to be split: `typed` is its number and words; `cells` and `table` are those of a table row."""

    key: str
    typed: str
    cells: tuple[str, ...] = ()
    table: int | None = None
    is_header_row: bool = False


def line_of(clause: Clause) -> Line:
    """The line of a clause that is recorded."""
    is_header = bool(clause.header_row) and clause.cells == clause.header_row
    typed = clause.text if clause.table is not None else f"{clause.number} {clause.text}".strip()
    return Line(clause.id, typed, clause.cells, clause.table, is_header)


def restructured(recorded: Sequence[Clause], lines: Sequence[Line], written: str, title: str) -> tuple[list[Clause], str]:
    """The clauses as they stand with `lines` in their place, and the covenant's title.

    `recorded` are the clauses before, in order; `lines` the lines to be, in order: the same keys, save that words have
    changed or one line is new. `written` is the key of the line that a person wrote: its number and words are taken as the
    splitter finds them. Raises NotOneLine.
    """
    before = _split([line_of(clause) for clause in recorded])
    after = _split(lines)
    if len(after.clauses) != len(lines):
        raise NotOneLine
    told = {clause.id: found for clause, found in zip(recorded, before.clauses, strict=True)} if _fits(before, recorded) else {}
    known = {clause.id: clause for clause in recorded}
    keys = {found.id: line.key for found, line in zip(after.clauses, lines, strict=True)}
    places = {found.id: clause.id for found, clause in zip(before.clauses, recorded, strict=False)}
    result = []
    for index, (line, found) in enumerate(zip(lines, after.clauses, strict=True)):
        parent = keys.get(found.parent) if found.parent is not None else None
        if line.key in known:
            result.append(_moved(known[line.key], told.get(line.key), found, parent, places, line.key == written, line))
        else:
            result.append(_added(found, line, parent, result[index - 1] if index else None, bool(told)))
    return result, after.title if before.title == title else title


def _fits(before: CovenantText, recorded: Sequence[Clause]) -> bool:
    return len(before.clauses) == len(recorded)


def _split(lines: Sequence[Line]) -> CovenantText:
    rows: dict[int, int] = {}
    blocks = []
    for line in lines:
        if line.table is None:
            blocks.append(Block("paragraph", line.typed))
            continue
        row = rows.get(line.table, 0)
        rows[line.table] = row + 1
        blocks.append(Block("table_row", line.typed, cells=line.cells, table=line.table, row=row, header_row=line.is_header_row))
    return split(Document("text", tuple(blocks)))


def _moved(
    clause: Clause, told: Clause | None, found: Clause, parent: str | None, places: Mapping[str, str], is_written: bool, line: Line
) -> Clause:
    """A recorded clause with what the new pass tells, field by field, where the first pass told what is recorded."""
    values = {name: getattr(clause, name) for name in clause.__dataclass_fields__}
    if told is not None:
        for name in ("label", "lead_in", "headings", "header_row", "is_lead_in"):
            if getattr(told, name) == getattr(clause, name):
                values[name] = getattr(found, name)
        if (places.get(told.parent) if told.parent is not None else None) == clause.parent:
            values["parent"] = parent
        # What was judged stays judged, whatever it looks like now: nothing leaves the reviewer's sight by a correction.
        if told.kind == clause.kind and (found.is_judged or not clause.is_judged):
            values["kind"] = found.kind
    if is_written:
        values.update(number=found.number, text=found.text, cells=line.cells)
    return Clause(**values)


def _added(found: Clause, line: Line, parent: str | None, before: Clause | None, is_told: bool) -> Clause:
    """A clause that a person added after `before`. What is added is always judged."""
    kind = found.kind if found.is_judged else "paragraph"
    values = {name: getattr(found, name) for name in found.__dataclass_fields__}
    values.update(id=line.key, parent=parent, kind=kind, page=before.page if before else None, boxes=())
    if not is_told and before is not None:
        values.update(headings=before.headings, lead_in=before.lead_in, parent=before.parent)
    return Clause(**values)
