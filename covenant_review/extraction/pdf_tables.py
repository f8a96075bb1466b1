"""Ruled tables: from ruling lines to cells (with pdfplumber's grid search), and from cells to rows of text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pdfplumber.table import cells_to_tables, edges_to_intersections, intersections_to_cells, merge_edges

from covenant_review.extraction.document import Box
from covenant_review.extraction.pdf_glyphs import Run, TextLayer
from covenant_review.extraction.pdf_graphics import Ruling
from covenant_review.extraction.pdf_letters import LineLetters
from covenant_review.extraction.pdf_lines import Line, group_lines, join_lines, lower_digits

_SNAP = 3.0  # points: rulings closer than this are one
_MAX_RULINGS = 6000  # beyond this a page is a drawing, not a table
_MAX_CROSSINGS = 8000
_AMOUNT = re.compile(r"^[\d.,%/\s–-]*\d[\d.,%/\s–-]*(?:đồng|đ|vnđ|%|kg|m2|công|ngày)?$", re.IGNORECASE)
_HEADER_WORDS = re.compile(
    r"^(?:stt|tt|số tt|số thứ tự|nội dung|mức.*|đối tượng.*|ghi chú|hành vi.*|đơn vị.*|họ (?:và )?tên|chức vụ|khoản.*"
    r"|số tiền.*)$",
    re.IGNORECASE,
)

Rectangle = tuple[float, float, float, float]


@dataclass(slots=True)
class TableRow:
    """One row of a table: the text of its cells, left to right, and where it stands.

    `spans` and `merged` as in Block: columns under each cell (empty: one each), texts that reach down into this row.
    """

    cells: list[str]
    boxes: list[Box]
    bold: bool = False
    spans: tuple[int, ...] = ()
    merged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Spot:
    """A cell as one row sees it: `begins` is False in the lower rows of a cell that reaches down."""

    cell: Rectangle
    begins: bool
    span: int


@dataclass(slots=True)
class RuledTable:
    """A table on one page. `edges` are the x positions of its columns, to know it again on the next page."""

    page: int
    area: Rectangle
    edges: tuple[float, ...]
    grid: list[list[_Spot]]
    rows: list[TableRow] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)  # what a table of one row holds, should it turn out to be none

    @property
    def base(self) -> float:
        return self.area[1]

    def continues(self, other: RuledTable) -> bool:
        """Whether this table, first on its page, has the columns of `other`, last on the page before."""
        return len(self.edges) == len(other.edges) and all(abs(mine - its) < 4 for mine, its in zip(self.edges, other.edges, strict=True))


def find_tables(rulings: Sequence[Ruling], page: int) -> list[RuledTable]:
    """Tables of at least two columns, from top to bottom. Frames and tables inside a cell are left out.

    A table of one row may be the part of a longer one that fitted on this page: see `drop_lone_rows`.
    """
    edges = [_edge(ruling) for ruling in rulings]
    horizontal = sum(1 for edge in edges if edge["orientation"] == "h")
    if horizontal < 2 or len(edges) - horizontal < 2 or len(edges) > _MAX_RULINGS:
        return []
    merged = merge_edges(edges, _SNAP, _SNAP, _SNAP, _SNAP)
    across = sum(1 for edge in merged if edge["orientation"] == "h")
    if across * (len(merged) - across) > _MAX_CROSSINGS:
        return []
    cells = intersections_to_cells(edges_to_intersections(merged, _SNAP, _SNAP))
    tables = [_grid(group, page) for group in cells_to_tables(cells)]
    tables = [table for table in tables if len(table.edges) >= 3]
    return [table for table in tables if not any(_lies_in(table.area, other.area) for other in tables if other is not table)]


def _edge(ruling: Ruling) -> dict[str, Any]:
    edge: dict[str, Any] = {"x0": ruling.x0, "x1": ruling.x1, "top": ruling.y0, "bottom": ruling.y1}
    edge["width"], edge["height"] = ruling.x1 - ruling.x0, ruling.y1 - ruling.y0
    edge["orientation"] = "h" if ruling.is_horizontal else "v"
    return edge


def _lies_in(inner: Rectangle, outer: Rectangle) -> bool:
    return inner[0] > outer[0] and inner[1] > outer[1] and inner[2] < outer[2] and inner[3] < outer[3]


def _grid(cells: list[Rectangle], page: int) -> RuledTable:
    """Cells → rows. A cell over several columns stands once; one over several rows stands in each of them."""
    tops = _distinct([cell[1] for cell in cells])
    lefts = _distinct([cell[0] for cell in cells])
    under = [[cell for cell in cells if abs(cell[0] - left) < 1] for left in lefts]
    grid: list[list[_Spot]] = []
    for top in tops:
        row: list[_Spot] = []
        for column in under:
            for cell in column:
                begins = abs(cell[1] - top) < 1
                if begins or cell[1] < top - 1 < cell[3] - 2:
                    row.append(_Spot(cell, begins, sum(1 for left in lefts if cell[0] - 1 < left < cell[2] - 1)))
        grid.append(row)
    area = (min(c[0] for c in cells), min(c[1] for c in cells), max(c[2] for c in cells), max(c[3] for c in cells))
    return RuledTable(page, area, (*lefts, area[2]), grid)


def _distinct(values: list[float]) -> list[float]:
    distinct: list[float] = []
    for value in sorted(values):
        if not distinct or value - distinct[-1] > 1:
            distinct.append(value)
    return distinct


def fill_tables(tables: list[RuledTable], runs: list[Run], layer: TextLayer, letters: LineLetters) -> list[Run]:
    """Give each cell the runs that stand in it, as text; returns the runs outside every table."""
    outside: list[Run] = []
    inside: list[list[Run]] = [[] for _ in tables]
    for run in runs:
        middle_x, middle_y = (run.x0 + run.x1) / 2, run.base - 0.3 * run.size
        for table, held in zip(tables, inside, strict=True):
            x0, y0, x1, y1 = table.area
            if x0 <= middle_x <= x1 and y0 <= middle_y <= y1:
                held.append(run)
                break
        else:
            outside.append(run)
    for table, held in zip(tables, inside, strict=True):
        _fill(table, held, layer, letters)
        if len(table.grid) == 1:
            table.lines = group_lines(held, layer, letters)
    return outside


def drop_lone_rows(tables: list[RuledTable], before: Sequence[RuledTable], after: Sequence[RuledTable]) -> list[Line]:
    """Take tables of one row out of `tables` unless the pages before or after go on with them; returns their lines.

    A lone ruled row is a frame around a heading or signatures, not a table.
    """
    lines: list[Line] = []
    for table in list(tables):
        neighbours = ([before[-1]] if before and table is tables[0] else []) + ([after[0]] if after and table is tables[-1] else [])
        if len(table.grid) == 1 and not any(table.continues(other) for other in neighbours):
            tables.remove(table)
            lines.extend(table.lines)
    return lines


def _fill(table: RuledTable, runs: list[Run], layer: TextLayer, letters: LineLetters) -> None:
    known: dict[Rectangle, str] = {}
    for row in table.grid:
        cells: list[str] = []
        bold: list[bool] = []
        for spot in row:
            lines = group_lines(_runs_in(spot.cell, runs), layer, letters) if spot.begins else []
            text = lower_digits(join_lines(line.text for line in lines))
            if spot.begins:
                known[spot.cell] = text
            cells.append(text)
            bold.extend(line.bold for line in lines)
        beginning = [spot.cell for spot in row if spot.begins]
        if not any(cells):
            continue
        x0, y0 = min(cell[0] for cell in beginning), min(cell[1] for cell in beginning)
        x1, y1 = max(cell[2] for cell in beginning), max(cell[3] for cell in beginning)
        box = Box(table.page, round(x0, 2), round(y0, 2), round(x1, 2), round(y1, 2))
        spans = tuple(spot.span for spot in row)
        merged = tuple(known[spot.cell] for spot in row if not spot.begins and known.get(spot.cell))
        table.rows.append(TableRow(cells, [box], all(bold), spans if max(spans) > 1 else (), merged))


def _runs_in(cell: Rectangle, runs: list[Run]) -> list[Run]:
    return [run for run in runs if cell[0] <= (run.x0 + run.x1) / 2 < cell[2] and cell[1] <= run.base - 0.3 * run.size < cell[3]]


def starts_with_header(rows: Sequence[TableRow]) -> bool:
    """Whether the first row names the columns: bold over rows that are not, the usual words, or words over amounts."""
    if len(rows) < 2:
        return False
    first, rest = rows[0], rows[1:]
    filled = [cell for cell in first.cells if cell]
    if len(filled) < 2 or any(_AMOUNT.match(cell) for cell in filled):
        return False
    if first.bold and not all(row.bold for row in rest):
        return True
    if sum(1 for cell in filled if _HEADER_WORDS.match(cell)) >= 2:
        return True
    return any(_is_amount_column(rest, column) for column in range(len(first.cells)))


def _is_amount_column(rows: Sequence[TableRow], column: int) -> bool:
    cells = [row.cells[column] for row in rows if column < len(row.cells) and row.cells[column]]
    return len(cells) > 1 and sum(1 for cell in cells if _AMOUNT.match(cell)) >= 0.7 * len(cells)


def append_rows(rows: list[TableRow], more: Sequence[TableRow]) -> None:
    """Rows of the next page join a table: a repeated header is not doubled, a row cut by the page is one again."""
    more = list(more)
    if more and rows and more[0].cells == rows[0].cells:
        more = more[1:]
    if more and rows and _is_rest_of(more[0], rows[-1]):
        rest = more.pop(0)
        last = rows[-1]
        last.cells = [join_lines((cell, piece)) for cell, piece in zip(last.cells, rest.cells, strict=True)]
        last.boxes = [*last.boxes, *rest.boxes]
    rows.extend(more)


def _is_rest_of(row: TableRow, before: TableRow) -> bool:
    if len(row.cells) != len(before.cells) or row.cells[0]:
        return False
    pairs = [(cell, piece) for cell, piece in zip(before.cells, row.cells, strict=True) if piece]
    return bool(pairs) and all(cell and not cell.endswith((".", ";")) for cell, _ in pairs) and pairs[0][1][:1].islower()
