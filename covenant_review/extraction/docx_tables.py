"""Tables of a DOCX file: rows of cells where the table holds data, plain paragraphs where it only places text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from lxml import etree

from covenant_review.extraction.document import Block
from covenant_review.extraction.docx_package import W, is_on, local_name, number_of, value_of
from covenant_review.extraction.docx_runs import Notices
from covenant_review.extraction.docx_styles import StyleSheet, has_borders
from covenant_review.extraction.plain_text import CELL_SEPARATOR

# A table without lines that holds one of these is the letterhead or the place for signatures.
_MOTTO = re.compile(r"CỘNG\s+H(?:ÒA|OÀ)\s+XÃ\s+HỘI|Độc\s+lập\s*[-–—]\s*Tự\s+do", re.IGNORECASE)
_SIGNING = re.compile(
    r"(?:TM\.|T/M|KT\.|TRƯỞNG |BÍ THƯ|CHỦ TỊCH|THƯ KÝ|ĐẠI DIỆN|THAY MẶT|XÁC NHẬN|NGƯỜI SOẠN|NƠI NHẬN)"
    r"|\((?:đã )?ký\b",
    re.IGNORECASE,
)
_MOST_COLUMNS = 63

ReadBlocks = Callable[[etree._Element], list[Block]]


@dataclass(slots=True)
class _Cell:
    """A cell with what it holds, the column where it begins and how many it covers."""

    blocks: list[Block]
    column: int
    span: int = 1
    begins_merge: bool = False
    continues_merge: bool = False

    @property
    def text(self) -> str:
        return " ".join(part for block in self.blocks for part in (block.number, _in_one_line(block)) if part)


def _in_one_line(block: Block) -> str:
    """A block's words inside a cell; the cells of a nested row stand side by side, so that " | " stays the outer row's."""
    words = " ".join(cell for cell in block.cells if cell) if block.kind == "table_row" else block.text
    return words.replace("\n", " ")


@dataclass(slots=True)
class _Row:
    cells: list[_Cell] = field(default_factory=list)
    is_header: bool = False


def table_blocks(
    table: etree._Element, read_blocks: ReadBlocks, styles: StyleSheet, notices: Notices, number: Callable[[], int]
) -> list[Block]:
    """The blocks of a w:tbl. `read_blocks` reads what stands in a cell; `number` gives the next table's number.

    A data table gives one "table_row" block a row, cells joined by " | "; a table nested in a cell becomes part of the
    cell's text. A table that only places text on the page (one row, one column, letterhead, signatures) gives its
    paragraphs, column by column.
    """
    rows = [_read_row(row, read_blocks) for row in _rows(table, notices)]
    if _only_places_text(table, rows, styles):
        return _column_by_column(rows)
    return _row_blocks(rows, number)


def _rows(table: etree._Element, notices: Notices) -> Iterator[etree._Element]:
    for child in table:
        name = local_name(child)
        if name == "tr":
            if child.find(f"{W}trPr/{W}del") is None:
                yield child
            else:
                notices.deleted += 1
        elif name in {"sdt", "sdtContent", "customXml", "ins", "moveTo"}:
            yield from _rows(child, notices)


def _read_row(row: etree._Element, read_blocks: ReadBlocks) -> _Row:
    properties = row.find(f"{W}trPr")
    read = _Row(is_header=bool(is_on(properties, "tblHeader")))
    column = number_of(properties, "gridBefore") or 0
    if column:
        read.cells.append(_Cell([], 0, span=column))
    for cell in _cells(row):
        setting = cell.find(f"{W}tcPr")
        blocks = read_blocks(cell)
        span = min(max(number_of(setting, "gridSpan") or 1, 1), _MOST_COLUMNS)
        if value_of(setting, "hMerge") in {"continue", ""} and read.cells:
            read.cells[-1].span += span
            column += span
            continue
        vertical = value_of(setting, "vMerge")
        continues = vertical is not None and vertical != "restart"
        read.cells.append(_Cell([] if continues else blocks, column, span, begins_merge=vertical == "restart", continues_merge=continues))
        column += span
    return read


def _cells(row: etree._Element) -> Iterator[etree._Element]:
    for child in row:
        name = local_name(child)
        if name == "tc":
            if child.find(f"{W}tcPr/{W}cellDel") is None:
                yield child
        elif name in {"sdt", "sdtContent", "customXml", "ins", "moveTo"}:
            yield from _cells(child)


def _only_places_text(table: etree._Element, rows: list[_Row], styles: StyleSheet) -> bool:
    filled = [row for row in rows if any(cell.text for cell in row.cells)]
    if len(filled) <= 1 or all(len(row.cells) <= 1 for row in filled):
        return True
    text = "\n".join(cell.text for row in filled for cell in row.cells)
    if _MOTTO.search(text):
        return True
    return not _has_lines(table, styles) and any(_SIGNING.match(cell.text) for row in filled[:2] for cell in row.cells)


def _has_lines(table: etree._Element, styles: StyleSheet) -> bool:
    properties = table.find(f"{W}tblPr")
    if has_borders(properties) or styles.named(value_of(properties, "tblStyle")).has_borders:
        return True
    return any(edge.get(f"{W}val", "none") not in {"none", "nil"} for borders in table.iter(f"{W}tcBorders") for edge in borders)


def _column_by_column(rows: list[_Row]) -> list[Block]:
    cells = [cell for row in rows for cell in row.cells]
    # The sort is stable: within a column the rows keep their order.
    return [block for cell in sorted(cells, key=lambda cell: cell.column) for block in cell.blocks]


def _row_blocks(rows: list[_Row], number: Callable[[], int]) -> list[Block]:
    table = number()
    blocks: list[Block] = []
    reaching: dict[int, str] = {}
    for row in rows:
        merged = tuple(reaching[cell.column] for cell in row.cells if cell.continues_merge and reaching.get(cell.column))
        for cell in row.cells:
            if not cell.continues_merge:
                reaching[cell.column] = cell.text if cell.begins_merge else ""
        cells = tuple(cell.text for cell in row.cells)
        if not any(cells):
            continue
        spans = tuple(cell.span for cell in row.cells)
        blocks.append(
            Block(
                kind="table_row",
                text=CELL_SEPARATOR.join(cells).strip(),
                cells=cells,
                table=table,
                row=len(blocks),
                header_row=row.is_header,
                spans=spans if any(span > 1 for span in spans) else (),
                merged=merged,
            )
        )
    return blocks
