"""What a reader of files hands on: a Document of blocks in reading order, with where each stands on the page."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

BlockKind = Literal["paragraph", "table_row", "page_header", "page_footer", "footnote"]
FileKind = Literal["docx", "pdf", "text", "doc", "rtf", "odt", "image", "photos"]
ReadStatus = Literal["read", "partly_read"]
Alignment = Literal["left", "center", "right", "justify"]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page. `page` counts from 1; points (1/72 inch) from the page's top-left corner, y downwards."""

    page: int
    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class BlockStyle:
    """How a block looks, as far as the file tells. `indent` in points; `level` is the automatic list level, from 0."""

    bold: bool = False
    italic: bool = False
    alignment: Alignment | None = None
    font_size: float | None = None
    indent: float | None = None
    outline_level: int | None = None
    level: int | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph or one table row, in the document's own words.

    `text` is NFC and holds neither `number` nor leading or trailing white space; for a table row it is the
    cells joined by " | ". `number` is what automatic numbering prints before the text ("Điều 5.", "a)"); a
    number typed by hand stays in `text` (the clause tree splits it off). `table` and `row` count from 0 within
    the document and the table. A newline in `text` is a line break that the author made inside the paragraph.
    `spans` says how many columns each cell covers (empty: one each); `merged` are the texts of cells that began
    in a row above and reach down into this one.
    """

    kind: BlockKind
    text: str
    number: str = ""
    cells: tuple[str, ...] = ()
    table: int | None = None
    row: int | None = None
    header_row: bool = False
    spans: tuple[int, ...] = ()
    merged: tuple[str, ...] = ()
    page: int | None = None
    boxes: tuple[Box, ...] = ()
    style: BlockStyle = field(default_factory=BlockStyle)


@dataclass(frozen=True, slots=True)
class ReadingWarning:
    """Something a person should know before trusting the text: a `code` that the interface translates, and where."""

    code: str
    page: int | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A file, read. `pages` is None where the format has no fixed pages; `status` is "partly_read" when text may be missing."""

    kind: FileKind
    blocks: tuple[Block, ...]
    pages: int | None = None
    status: ReadStatus = "read"
    warnings: tuple[ReadingWarning, ...] = ()


class UnreadableFile(Exception):
    """The file holds no text that can be read. `reason` is a stable code; `detail` is for the log, never for the screen.

    Codes: empty, too_large, encrypted, unknown_kind, damaged, no_text, too_many_pages, not_supported_yet, too_many_parts and
    unpacks_too_large (of a ZIP file), too_long (more than any covenant has), too_heavy (memory), reader_died (a crash),
    office_missing (the kind needs LibreOffice, which is not installed), too_slow, ocr_missing (letters in pictures need
    Tesseract's Vietnamese data, package tesseract-ocr-vie), too_large_picture.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail
