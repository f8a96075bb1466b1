"""Rows of a table, each with what gives it its meaning: header row, caption, group row, merged cells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from covenant_review.clauses.outline import Node
from covenant_review.extraction.document import Block

# A cell that holds a quantity ("50.000 đ", "12 công"); header rows hold names.
_AMOUNT = re.compile(r"\W*\d[\d.,/ ]*(?:\s*[^\W\d_/%]{1,6}){0,2}\W*(?:/\s*\w+)?", re.IGNORECASE)
_TITLE_OF_TABLE = "tên bảng"
_HEADER = "dòng tiêu đề"
_BETWEEN = ", "


@dataclass(frozen=True, slots=True)
class RowReading:
    """How to read one row: its place in words, the header over each of its cells, and what stands above it."""

    table: int
    place: str
    header_row: tuple[str, ...] = ()
    above: tuple[str, ...] = ()


def read_rows(nodes: Sequence[Node]) -> dict[int, RowReading]:
    """The reading of every table row among `nodes`, by line index. Tables are numbered from 1 in reading order."""
    rows = [node for node in nodes if node.kind == "row"]
    readings: dict[int, RowReading] = {}
    tables = groupby(rows, key=lambda node: (node.line.block.table, id(node.parent)))
    for number, (_, table) in enumerate(tables, start=1):
        readings |= _read_table(list(table), number)
    return readings


def _read_table(rows: list[Node], number: int) -> dict[int, RowReading]:
    blocks = [row.line.block for row in rows]
    captions = _leading(blocks, _is_full_width(blocks))
    headers = _header_count(blocks, captions)
    columns = _columns_of_header(blocks[captions : captions + headers])
    above = [block.text for block in blocks[:captions]]
    full_width = _is_full_width(blocks)
    group = ""
    readings: dict[int, RowReading] = {}
    data = 0
    for index, (row, block) in enumerate(zip(rows, blocks, strict=True)):
        if index < captions:
            place = _TITLE_OF_TABLE if index == 0 else f"{_TITLE_OF_TABLE} {index + 1}"
            readings[row.index] = RowReading(number, place)
        elif index < captions + headers:
            place = _HEADER if index == captions else f"{_HEADER} {index - captions + 1}"
            readings[row.index] = RowReading(number, place)
        else:
            data += 1
            is_group = full_width[index]
            context = [*above, *([group] if group and not is_group else []), *block.merged]
            header = () if is_group else _aligned(block, columns)
            readings[row.index] = RowReading(number, f"dòng {data}", header, tuple(context))
            group = block.text if is_group else group
    return readings


def _is_full_width(blocks: Sequence[Block]) -> list[bool]:
    """For each row: whether a single cell runs across a table of several columns."""
    widest = max(_width(block) for block in blocks)
    return [widest > 1 and len(block.cells) == 1 and (not block.spans or block.spans[0] > 1) for block in blocks]


def _leading(blocks: Sequence[Block], full_width: list[bool]) -> int:
    count = 0
    while count < len(blocks) - 1 and full_width[count]:
        count += 1
    return count


def _width(block: Block) -> int:
    return sum(block.spans) if block.spans else len(block.cells)


def _header_count(blocks: Sequence[Block], start: int) -> int:
    """How many rows from `start` are headers: those that the file marks; else the first, unless it holds amounts."""
    marked = 0
    while start + marked < len(blocks) and blocks[start + marked].header_row:
        marked += 1
    if marked:
        return min(marked, len(blocks) - start)
    if len(blocks) - start < 2 or any(_AMOUNT.fullmatch(cell) for cell in blocks[start].cells if cell):
        return 0
    # Cells merged sideways in the first row get their own names in the second.
    first, second = blocks[start], blocks[start + 1]
    names_below = bool(first.spans) and not any(_AMOUNT.fullmatch(cell) for cell in second.cells if cell)
    return 2 if names_below and len(blocks) - start > 2 and _width(second) == _width(first) else 1


def _columns_of_header(blocks: Sequence[Block]) -> list[str]:
    """The name of each column: header cells one below the other, merged cells counted for each column they cover."""
    columns: list[list[str]] = [[] for _ in range(max((_width(block) for block in blocks), default=0))]
    for block in blocks:
        column = 0
        for cell, span in zip(block.cells, block.spans or (1,) * len(block.cells), strict=True):
            for covered in range(column, min(column + span, len(columns))):
                if cell:
                    columns[covered].append(cell)
            column += span
    return [" ".join(names) for names in columns]


def _aligned(block: Block, columns: list[str]) -> tuple[str, ...]:
    """The column names over each cell of the row; a cell across several columns gets all of their names."""
    if not columns:
        return ()
    names: list[str] = []
    column = 0
    for span in block.spans or (1,) * len(block.cells):
        names.append(_BETWEEN.join(dict.fromkeys(name for name in columns[column : column + span] if name)))
        column += span
    return tuple(names)
