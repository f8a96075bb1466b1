"""Document → clause tree: every line of the body in reading order, with its label, lead-in and headings."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from covenant_review.clauses.clause import Clause, ClauseKind, CovenantText
from covenant_review.clauses.kinds import clause_kind, is_lead_in
from covenant_review.clauses.labels import Labels
from covenant_review.clauses.lines import Line, lines_of
from covenant_review.clauses.outline import Node, outline_of
from covenant_review.clauses.tables import RowReading, read_rows
from covenant_review.clauses.zones import Zones, title_text, zones_of
from covenant_review.extraction.document import Document

# A sentence ends before a blank and a capital; "TM. Ban …" and the like do not matter in a lead-in.
_SENTENCE_BREAK = re.compile(r"(?<=[.!?])\s+(?=[^\W\d_a-zà-ỹ])")


def split(document: Document) -> CovenantText:
    """The covenant's text as clauses c1, c2, … in reading order.

    Every line of the body is there (letterhead, title, headings, provisions, table rows, signatures, then footnotes),
    so that number and text, line by line, give the document back; page headers and footers are left out. Never fails:
    what it cannot place is a paragraph, which is judged.
    """
    lines = lines_of(document)
    zones = zones_of(lines)
    nodes = outline_of(lines, zones)
    splitter = _Splitter(lines, zones, nodes)
    return CovenantText(
        title=title_text(lines, zones.title),
        clauses=tuple(splitter.clause(index) for index in range(len(lines))),
        pages=document.pages,
        status=document.status,
        warnings=document.warnings,
    )


class _Splitter:
    """Puts together what the parts know of each line."""

    def __init__(self, lines: Sequence[Line], zones: Zones, nodes: Sequence[Node]) -> None:
        self._lines = lines
        self._zones = zones
        self._nodes = {node.index: node for node in nodes}
        self._kinds: dict[int, ClauseKind] = {node.index: clause_kind(node) for node in nodes}
        self._leads = {node.index: is_lead_in(node) for node in nodes}
        self._rows: Mapping[int, RowReading] = read_rows(nodes)
        self._labels = Labels(nodes, self._kinds, self._rows)
        self._header = sorted(zones.header)
        self._signature = sorted(zones.signature)

    def clause(self, index: int) -> Clause:
        """The clause of line `index`."""
        node = self._nodes.get(index)
        return self._around(index) if node is None else self._within(node)

    def _around(self, index: int) -> Clause:
        """A line of the letterhead, the title or the signatures."""
        kind: ClauseKind
        if index in self._zones.title:
            place = self._zones.title.index(index) + 1
            kind, label = "title", "Tên văn bản" if place == 1 else f"Tên văn bản, dòng {place}"
        elif index in self._zones.signature:
            kind, label = "signature", f"Phần ký, dòng {self._signature.index(index) + 1}"
        else:
            kind, label = "header", f"Phần đầu, dòng {self._header.index(index) + 1}"
        block = self._lines[index].block
        line = self._lines[index]
        return Clause(
            id=_identity(index),
            kind=kind,
            label=label,
            number=line.number,
            text=line.text,
            cells=block.cells,
            table=block.table,
            page=block.page,
            boxes=block.boxes,
        )

    def _within(self, node: Node) -> Clause:
        kind = self._kinds[node.index]
        row = self._rows.get(node.index)
        block = node.line.block
        return Clause(
            id=_identity(node.index),
            kind=kind,
            label=self._labels.of(node),
            number=node.line.number,
            text=node.text,
            lead_in="" if kind == "heading" else self._lead_in(node, row),
            headings=self._headings(node),
            cells=block.cells,
            header_row=() if row is None else row.header_row,
            table=block.table,
            parent=None if node.parent is None else _identity(node.parent.index),
            is_lead_in=self._leads[node.index],
            page=block.page,
            boxes=block.boxes,
        )

    def _lead_in(self, node: Node, row: RowReading | None) -> str:
        """The sentences that this line continues, outermost first; for a table row also what stands above it there."""
        above = node.ancestors()
        if not node.continues:
            above = above[:-1]
        parts = [_last_sentence(lead.name or lead.text) for lead in above if self._leads_on(lead)]
        if row is not None:
            parts.extend(row.above)
        return " ".join(dict.fromkeys(part for part in parts if part))

    def _leads_on(self, node: Node) -> bool:
        heads = self._kinds[node.index] == "heading" and node.kind != "preamble_heading"
        return self._leads[node.index] or (heads and node.ends_in_colon)

    def _headings(self, node: Node) -> tuple[str, ...]:
        """The headings above, outermost first. Provisions above are not among them: they are judged on their own."""
        return tuple(_heading(above) for above in node.ancestors() if self._kinds[above.index] == "heading")


def _heading(node: Node) -> str:
    return " ".join(part for part in (node.line.number, node.text, node.name) if part)


def _last_sentence(text: str) -> str:
    return _SENTENCE_BREAK.split(text)[-1]


def _identity(index: int) -> str:
    return f"c{index + 1}"
