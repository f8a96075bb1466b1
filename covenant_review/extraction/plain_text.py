"""Plain text: one block a line, " | " between the cells of a table row."""

from __future__ import annotations

import codecs
import re

from covenant_review.extraction.document import Block, Document, UnreadableFile
from covenant_review.text.normal_form import tidy

CELL_SEPARATOR = " | "
_BETWEEN_CELLS = re.compile(r"(?:^|\s)\|(?=\s|$)")
_LINE_ENDS = re.compile("\r\n|[\n\r\f\v\x85\u2028\u2029]")
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NOT_TEXT = re.compile("[\x00-\x08\x0e-\x1f]")


def read_plain_text(data: bytes) -> Document:
    """The Document of a text file: UTF-8 (with or without its mark) or UTF-16 (with its mark).

    Empty lines are left out; lines with " | " between cells become table rows, and rows that follow each other make
    one table. Raises UnreadableFile: not_supported_yet (an older encoding), unknown_kind (no text at all), no_text.
    """
    blocks = _blocks(_decoded(data))
    if not blocks:
        raise UnreadableFile("no_text")
    return Document(kind="text", blocks=blocks)


def _decoded(data: bytes) -> str:
    encoding = next((name for mark, name in _BYTE_ORDER_MARKS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        if b"\0" in data:
            raise UnreadableFile("unknown_kind", "binary data") from error
        raise UnreadableFile("not_supported_yet", f"text that is not {encoding}") from error
    if _NOT_TEXT.search(text):
        raise UnreadableFile("unknown_kind", "control characters")
    return text


def _blocks(text: str) -> tuple[Block, ...]:
    blocks: list[Block] = []
    table = -1
    row = 0
    for line in _LINE_ENDS.split(text):
        content = tidy(line)
        if not content:
            continue
        if not _BETWEEN_CELLS.search(content) or not content.strip("| "):
            blocks.append(Block(kind="paragraph", text=content))
            continue
        if not blocks or blocks[-1].kind != "table_row":
            table, row = table + 1, 0
        cells = tuple(cell.strip() for cell in _BETWEEN_CELLS.split(content))
        blocks.append(Block(kind="table_row", text=CELL_SEPARATOR.join(cells).strip(), cells=cells, table=table, row=row))
        row += 1
    return tuple(blocks)
