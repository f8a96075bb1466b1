"""Reading order on a page: what stands side by side (the state's motto beside the issuing body, signatures, two-column
pages) is read column by column, everything else from top to bottom."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

from covenant_review.extraction.document import Box
from covenant_review.extraction.pdf_labels import is_start_of_motto, read_label
from covenant_review.extraction.pdf_lines import Line, join_lines
from covenant_review.extraction.pdf_tables import TableRow

_AMOUNT = re.compile(r"^[\d.,%]*\d[\d.,%]*\s*(?:đồng|đ|%)?$")
_FARTHEST_ROW = 14  # in font sizes: room for a signature between a title and a name
_SEPARATE_BLOCKS_GAP = 3.0  # in font sizes: a single row's parts farther apart than this are no sentence
_CENTERED = 3.0  # points
_SHORT_COLUMN = 4  # lines: of a signature or a heading, not of a page set in columns
_FEWEST_ROWS = 3
_FILLED_SHARE = 0.75
_WRAP_REACH = 2.0  # in font sizes: lines of one cell stand closer than this
_CELL_PADDING = 5.4  # points: what word processors leave on each side of a cell


@dataclass(slots=True)
class Column:
    """Lines in order, between `left` and `right`: how far text could reach. `body`: over the page's own width."""

    lines: list[Line]
    left: float
    right: float
    body: bool


@dataclass(slots=True)
class PlainTable:
    """A table without rulings: rows of cells told by their alignment."""

    rows: list[TableRow]
    page: int
    base: float


Part = Column | PlainTable
Other = TypeVar("Other")
Row = list[Line]


def read_columns(lines: Sequence[Line], left: float, right: float) -> list[Part]:
    """Lines of one page, without furniture and ruled tables → parts in reading order.

    `left` and `right` are the text's margins in points.
    """
    rows = [_join_label(row) for row in _rows(lines)]
    parts: list[Part] = []
    body: list[Line] = []
    index = 0
    while index < len(rows):
        if len(rows[index]) == 1:
            body.extend(rows[index])
            index += 1
            continue
        end, columns = _band(rows, index, left, right)
        band = rows[index:end]
        index = end
        if sum(1 for row in band if len(row) > 1) == 1 and _is_one_line(band[0]):
            body.append(_merge(band[0]))
            for row in band[1:]:
                body.extend(row)
            continue
        if body:
            parts.append(Column(body, left, right, True))
            body = []
        if _is_running_text(band):
            parts.append(Column([_merge(row) for row in band], left, right, True))
            continue
        table = _plain_table(band, columns)
        parts.extend([table] if table else _columns(band, columns, left, right))
    if body:
        parts.append(Column(body, left, right, True))
    return parts


def _rows(lines: Sequence[Line]) -> list[Row]:
    """Lines grouped by height: lines overlapping in height by more than half stand in one row."""
    rows: list[Row] = []
    for line in sorted(lines, key=lambda line: (line.base, line.x0)):
        for row in reversed(rows[-3:]):
            if all(_side_by_side(line, other) for other in row):
                row.append(line)
                break
        else:
            rows.append([line])
    for row in rows:
        row.sort(key=lambda line: line.x0)
    return rows


def _side_by_side(one: Line, other: Line) -> bool:
    apart = one.x0 >= other.x1 - 1 or other.x0 >= one.x1 - 1
    if not apart:
        return False
    overlap = min(one.bottom, other.bottom) - max(one.top, other.top)
    return overlap > 0.5 * min(one.size, other.size)


def _join_label(row: Row) -> Row:
    """ "1." and the text after its tab are one line; so are "Điều 5." and its title, "-" and its item."""
    joined: Row = []
    for line in row:
        label = read_label(joined[-1].text + " x") if joined else None
        if label is not None and len(joined[-1].text) <= label.length and line.x0 - joined[-1].x1 < 5 * line.size:
            joined[-1] = _merge([joined[-1], line])
        else:
            joined.append(line)
    return joined


def _merge(row: Row) -> Line:
    if len(row) == 1:
        return row[0]
    total = sum(len(line.text) for line in row)
    longest = max(row, key=lambda line: len(line.text))
    return Line(
        text=" ".join(line.text for line in row),
        x0=row[0].x0,
        x1=row[-1].x1,
        base=longest.base,
        size=longest.size,
        bold=sum(len(line.text) for line in row if line.bold) > 0.6 * total,
        italic=sum(len(line.text) for line in row if line.italic) > 0.6 * total,
        order=min(line.order for line in row),
        first_word=row[0].first_word,
        page=row[0].page,
    )


def _band(rows: Sequence[Row], start: int, left: float, right: float) -> tuple[int, list[tuple[float, float]]]:
    """How far the columns that begin in row `start` go: (first row after them, the columns as x intervals)."""
    columns = [(line.x0, line.x1) for line in rows[start]]
    end, sure_end, sure_columns = start + 1, start + 1, columns
    while end < len(rows):
        row = rows[end]
        above = max(line.bottom for earlier in rows[start:end][-2:] for line in earlier)
        if min(line.top for line in row) - above > _FARTHEST_ROW * row[0].size:
            break
        widened = _widen(columns, row)
        if widened is None:
            break
        columns = widened
        end += 1
        if len(row) > 1:
            sure_end, sure_columns = end, columns
    for extra in range(end - 1, sure_end - 1, -1):
        if _belongs(rows, start, extra, sure_columns, left, right):
            sure_end = extra + 1
            break
    return sure_end, _spread(rows[start:sure_end])


def _widen(columns: list[tuple[float, float]], row: Row) -> list[tuple[float, float]] | None:
    """The columns with this row in them; None if one of its lines reaches over two of them."""
    for line in row:
        touched = [column for column in columns if line.x0 < column[1] + 2 and line.x1 > column[0] - 2]
        if len(touched) > 1:
            return None
    intervals = sorted([*columns, *((line.x0, line.x1) for line in row)])
    merged = [intervals[0]]
    for x0, x1 in intervals[1:]:
        if x0 < merged[-1][1] + 2:
            merged[-1] = (merged[-1][0], max(merged[-1][1], x1))
        else:
            merged.append((x0, x1))
    return merged if len(merged) >= 2 else None


def _spread(band: Sequence[Row]) -> list[tuple[float, float]]:
    columns = [(line.x0, line.x1) for line in band[0]]
    for row in band[1:]:
        columns = _widen(columns, row) or columns
    return columns


def _column_of(line: Line, columns: list[tuple[float, float]]) -> int:
    """The column that the line stands in; outside of all, the one whose edge is nearest."""
    return min(range(len(columns)), key=lambda index: max(columns[index][0] - line.center, line.center - columns[index][1], 0.0))


def _belongs(rows: Sequence[Row], start: int, extra: int, columns: list[tuple[float, float]], left: float, right: float) -> bool:
    """Whether a lone line under the last row of columns is part of its column, by the file's order or its place."""
    line = rows[extra][0]
    column = _column_of(line, columns)
    earlier = [other for row in rows[start:extra] for other in row]
    own = [other for other in earlier if _column_of(other, columns) == column]
    later = [other for other in earlier if _column_of(other, columns) > column]
    if not own:
        return False
    if later:
        return line.order < min(other.order for other in later)
    if line.order < max(other.order for other in earlier):
        return True  # written before something beside it
    centered = any(abs(line.center - other.center) < _CENTERED for other in own)
    if line.top - max(other.bottom for other in own) > 2.5 * line.size:
        return centered and abs(line.center - (left + right) / 2) > 2 * _CENTERED
    aligned = any(abs(line.x0 - other.x0) < _CENTERED for other in own) and line.x0 > left + _CENTERED
    return centered or aligned


def _is_one_line(row: Row) -> bool:
    """Whether the parts of a lone row are one line with a gap in it (a tab, a dotted blank)."""
    widest = max(b.x0 - a.x1 for a, b in pairwise(row))
    names = all(line.text.istitle() or line.text.isupper() for line in row)
    return widest < _SEPARATE_BLOCKS_GAP * row[0].size and not names


def _is_running_text(band: Sequence[Row]) -> bool:
    """Rows with a gap that are lines all the same: the file wrote them so, and they open with their labels."""
    many = [row for row in band if len(row) > 1]
    labelled = sum(1 for row in band if read_label(row[0].text) is not None or row[0].text.endswith(":"))
    line_by_line = all(max(line.order for line in row) < min(line.order for line in following) for row, following in pairwise(band))
    return line_by_line and labelled >= 0.6 * len(band) and len(many) >= 1


def _plain_table(band: Sequence[Row], columns: list[tuple[float, float]]) -> PlainTable | None:
    """A table without rulings: cells written row by row, or filled rows with a column of amounts."""
    written = _written_as_table(band, columns)
    if written is not None:
        return PlainTable(written, band[0][0].page, band[0][0].base)
    full = [row for row in band if len(row) == len(columns)]
    if len(full) < 3 or len(full) < 0.7 * len(band):
        return None
    amounts = any(sum(1 for row in full if _AMOUNT.match(row[index].text)) >= 0.6 * len(full) for index in range(len(columns)))
    if not amounts:
        return None
    rows: list[TableRow] = []
    for row in band:
        cells = [""] * len(columns)
        for line in row:
            column = _column_of(line, columns)
            cells[column] = f"{cells[column]} {line.text}".strip()
        box = _box_around(row)
        if len(row) < len(columns) and not cells[0] and rows:
            last = rows[-1]
            last.cells = [f"{cell} {more}".strip() for cell, more in zip(last.cells, cells, strict=True)]
            last.boxes = [*last.boxes, box]
        else:
            rows.append(TableRow(cells, [box], all(line.bold for line in row)))
    return PlainTable(rows, band[0][0].page, band[0][0].base)


def _written_as_table(band: Sequence[Row], columns: list[tuple[float, float]]) -> list[TableRow] | None:
    """Rows of a table, if the file wrote the band cell by cell and row by row; columns of text are written one after the other.

    A cell's lines stand below each other, rows do not overlap in height, and three quarters of the cells are filled.
    Letterheads and signatures, which stand in two columns too, are no tables.
    """
    lines = [line for row in band for line in row]
    if any(is_start_of_motto(line.text) for line in lines) or _is_centered_throughout(lines, columns):
        return None
    rows = _rows_as_written(lines, columns)
    if len(rows) < _FEWEST_ROWS or any(_lowest(above) > _highest(below) + 0.3 * below[0].size for above, below in pairwise(rows)):
        return None
    cells = [["" for _ in columns] for _ in rows]
    for index, row in enumerate(rows):
        for column in range(len(columns)):
            cells[index][column] = join_lines(line.text for line in row if _column_of(line, columns) == column)
    filled = sum(bool(cell) for row_cells in cells for cell in row_cells)
    first_filled = sum(bool(row_cells[0]) for row_cells in cells)
    if filled < _FILLED_SHARE * len(rows) * len(columns) or first_filled < _FILLED_SHARE * len(rows):
        return None
    return [TableRow(held, [_box_around(row)], all(line.bold for line in row)) for held, row in zip(cells, rows, strict=True)]


def _rows_as_written(lines: Sequence[Line], columns: list[tuple[float, float]]) -> list[Row]:
    """The lines in the file's order, a new row wherever it goes back to an earlier column or jumps down in one."""
    rows: list[Row] = []
    for line in sorted(lines, key=lambda line: line.order):
        last = rows[-1][-1] if rows else None
        place = _column_of(line, columns)
        if (
            last is None
            or place < _column_of(last, columns)
            or (place == _column_of(last, columns) and not 0 < line.base - last.base < _WRAP_REACH * line.size)
        ):
            rows.append([line])
        else:
            rows[-1].append(line)
    return rows


def _is_centered_throughout(lines: Sequence[Line], columns: list[tuple[float, float]]) -> bool:
    """Whether every column's lines stand about its middle and none is an amount: offices and names of people who sign."""
    if any(_AMOUNT.match(line.text) for line in lines):
        return False
    for index in range(len(columns)):
        own = [line for line in lines if _column_of(line, columns) == index]
        if any(abs(line.center - own[0].center) > _CENTERED for line in own) or all(
            abs(line.x0 - own[0].x0) < _CENTERED for line in own[1:]
        ):
            return False
    return True


def _highest(row: Row) -> float:
    return min(line.top for line in row)


def _lowest(row: Row) -> float:
    return max(line.bottom for line in row)


def _box_around(row: Row) -> Box:
    return Box(
        row[0].page,
        round(min(line.x0 for line in row), 2),
        round(_highest(row), 2),
        round(max(line.x1 for line in row), 2),
        round(_lowest(row), 2),
    )


def _columns(band: Sequence[Row], columns: list[tuple[float, float]], left: float, right: float) -> list[Column]:
    lines: list[list[Line]] = [[] for _ in columns]
    for row in band:
        for line in row:
            lines[_column_of(line, columns)].append(line)
    filled = [(column, held) for column, held in zip(columns, lines, strict=True) if held]
    centers = [_usual_center(held) for _, held in filled]
    parts: list[Column] = []
    for index, ((x0, x1), held) in enumerate(filled):
        # How wide the column could be: up to its neighbours and the margins; evenly about the centre of centred lines.
        low = filled[index - 1][0][1] if index else min(left, x0)
        high = filled[index + 1][0][0] if index + 1 < len(filled) else max(right, x1)
        centered = len(held) > 1 and all(abs(line.center - centers[index]) < _CENTERED for line in held)
        if centered:
            half = min(centers[index] - low, high - centers[index])
            spacing = _even_spacing(centers)
            if spacing is not None:
                half = max(min(half, spacing / 2 - _CELL_PADDING), (x1 - x0) / 2)
            low, high = centers[index] - half, centers[index] + half
        elif index + 1 < len(filled):
            low, high = x0, max(high - 2 * _CELL_PADDING, x1) if not _is_ragged_page(held) else x1
        else:
            low = x0
        parts.append(Column(held, low, high, False))
    return parts


def _usual_center(lines: list[Line]) -> float:
    """The centre that most lines share; the first line's if none is shared (a title over a name set to the left)."""
    return max(lines, key=lambda line: sum(abs(line.center - other.center) < _CENTERED for other in lines)).center


def join_split_columns(parts: Sequence[Part | Other]) -> list[Part | Other]:
    """Short columns that a page break cuts (titles of signatures on one page, names on the next) read on as one set."""
    joined: list[Part | Other] = []
    index = 0
    while index < len(parts):
        upper = _side_columns(parts, index)
        lower = _side_columns(parts, index + len(upper)) if upper else []
        if lower and lower[0].lines[0].page == upper[-1].lines[-1].page + 1 and _continue(upper, lower):
            for column in upper:
                joined.append(column)
                joined.extend(below for below in lower if _overlap(below, column))
            index += len(upper) + len(lower)
        elif upper:
            joined.extend(upper)
            index += len(upper)
        else:
            joined.append(parts[index])
            index += 1
    return joined


def _side_columns(parts: Sequence[object], start: int) -> list[Column]:
    """The columns of one set that stand side by side from `parts[start]` on."""
    columns: list[Column] = []
    for part in parts[start:]:
        if not isinstance(part, Column) or part.body or (columns and part.lines[0].page != columns[0].lines[0].page):
            break
        columns.append(part)
    return columns


def _continue(upper: list[Column], lower: list[Column]) -> bool:
    short = all(len(column.lines) <= _SHORT_COLUMN for column in (*upper, *lower))
    return short and all(sum(_overlap(below, column) for column in upper) == 1 for below in lower)


def _overlap(one: Column, other: Column) -> bool:
    x0, x1 = min(line.x0 for line in one.lines), max(line.x1 for line in one.lines)
    return x0 < max(line.x1 for line in other.lines) and x1 > min(line.x0 for line in other.lines)


def _is_ragged_page(lines: list[Line]) -> bool:
    """Whether the column is long running text, whose own lines show how far it reaches."""
    return len(lines) >= 8


def _even_spacing(centers: list[float]) -> float | None:
    if len(centers) < 3:
        return None
    steps = [b - a for a, b in pairwise(centers)]
    return steps[0] if max(steps) - min(steps) < _CENTERED else None
