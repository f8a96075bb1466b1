"""PDF files with a text layer → Document.

PDFium gives the characters and where they stand; lines, columns, tables and paragraphs are put together again from the
places alone, because files written with a fallback font hold their letters in a broken order.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import pypdfium2
import pypdfium2.raw as pdfium

from covenant_review.extraction.document import (
    Block,
    BlockKind,
    BlockStyle,
    Document,
    ReadingWarning,
    ReadStatus,
    UnreadableFile,
)
from covenant_review.extraction.pdf_columns import Column, Part, join_split_columns, read_columns
from covenant_review.extraction.pdf_furniture import Edge, PageLines, find_footnotes, find_furniture, find_ghosts, settle_raised_digits
from covenant_review.extraction.pdf_glyphs import (
    PDFIUM_LOCK,
    PageGeometry,
    Run,
    TextLayer,
)
from covenant_review.extraction.pdf_graphics import PageGraphics, Ruling, read_graphics
from covenant_review.extraction.pdf_labels import LabelSequence
from covenant_review.extraction.pdf_letters import LineLetters
from covenant_review.extraction.pdf_lines import Line, group_lines
from covenant_review.extraction.pdf_paragraphs import Rhythm, group_paragraphs, learn_rhythm, to_block
from covenant_review.extraction.pdf_tables import (
    RuledTable,
    TableRow,
    append_rows,
    drop_lone_rows,
    fill_tables,
    find_tables,
    starts_with_header,
)
from covenant_review.text.legacy_text import LegacyTally, Usual

MAX_PAGES = 500
_FEW_LETTERS = 20  # a page with fewer letters under a picture of the whole page is a scan
_SCANNED_SHARE = 0.4  # of the page under images
_DRAWN_PATHS = 150  # a page without letters but with so many paths has its text drawn as outlines
_GARBLED_SHARE = 0.2
_END_MARK_WINDOW = 2048  # bytes at the end of the file in which "%%EOF" must stand

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Page:
    """A page after PDFium has been let go."""

    number: int
    width: float
    height: float
    lines: list[Line] = field(default_factory=list)
    tables: list[RuledTable] = field(default_factory=list)
    watermarks: list[Line] = field(default_factory=list)
    rulings: list[Ruling] = field(default_factory=list)
    warnings: list[ReadingWarning] = field(default_factory=list)
    letters: int = 0
    legacy: LegacyTally = field(default_factory=LegacyTally)


def read_pdf(data: bytes) -> Document:
    """Read a PDF's text layer.

    `data`: the file. Returns a Document of kind "pdf": paragraphs and table rows in reading order, page headers and
    footers set apart, each block with its page (from 1) and one box per line (points, top-left origin). Numbers before
    a provision, typed or automatic, stay in `text`.

    `status` is "partly_read" when text may be missing or wrong; `warnings` say where: page_without_text (a picture only),
    garbled_text (letters that stand for nothing), page_unreadable, file_cut (the file's end is missing), legacy_font
    (TCVN3 or VNI letters whose conversion may be wrong). converted_font says that such letters were converted well; it is
    no reason for "partly_read".

    Raises UnreadableFile: empty, encrypted, damaged, too_many_pages, no_text.
    """
    if not data.strip(b"\x00\r\n\t "):
        raise UnreadableFile("empty")
    pages, legacy = _read_all(data, None)
    usual = legacy.usual()
    if usual is not None:
        # Most of the text turned out to be in an old encoding: the short lines that told nothing are read by that light.
        pages, legacy = _read_all(data, usual)
    warnings = [warning for page in pages for warning in page.warnings]
    if not any(page.letters for page in pages):
        unreadable = sum(1 for warning in warnings if warning.code == "page_unreadable")
        if unreadable == len(pages):
            raise UnreadableFile("damaged", f"none of {len(pages)} pages loads")
        raise UnreadableFile("no_text", f"{len(pages)} pages without text")
    if b"%%EOF" not in data[-_END_MARK_WINDOW:]:
        warnings.append(ReadingWarning("file_cut"))
    status: ReadStatus = "partly_read" if warnings else "read"
    if legacy.looks_wrong and not any(warning.code == "legacy_font" for warning in warnings):
        warnings.append(ReadingWarning("legacy_font", detail=legacy.detail))
        status = "partly_read"
    elif legacy.has_converted and not legacy.looks_wrong:
        warnings.append(ReadingWarning("converted_font", detail=legacy.detail))
    return Document("pdf", tuple(_assemble(pages)), len(pages), status, tuple(warnings))


def _read_all(data: bytes, usual: Usual | None) -> tuple[list[_Page], LegacyTally]:
    with PDFIUM_LOCK:
        pages = list(_read_pages(data, usual))
    legacy = LegacyTally()
    for page in pages:
        legacy = legacy.together_with(page.legacy)
    return pages, legacy


def _read_pages(data: bytes, usual: Usual | None) -> Iterator[_Page]:
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY):
            raise UnreadableFile("encrypted", str(error)) from error
        raise UnreadableFile("damaged", str(error)) from error
    try:
        count = len(document)
        if count == 0:
            raise UnreadableFile("damaged", "no pages")
        if count > MAX_PAGES:
            raise UnreadableFile("too_many_pages", f"{count} pages")
        for index in range(count):
            yield _read_page(document, index, usual)
    finally:
        document.close()


def _read_page(document: pypdfium2.PdfDocument, index: int, usual: Usual | None) -> _Page:
    number = index + 1
    try:
        page = document[index]
    except pypdfium2.PdfiumError as error:
        _log.warning("page %d does not load: %s", number, error)
        return _Page(number, 0.0, 0.0, warnings=[ReadingWarning("page_unreadable", number, str(error))])
    try:
        geometry = PageGeometry(page)
        graphics = read_graphics(page, geometry)
        with TextLayer(page, geometry) as layer:
            return _lay_out(_Page(number, geometry.width, geometry.height, rulings=graphics.rulings), graphics, layer, LineLetters(usual))
    except pypdfium2.PdfiumError as error:
        _log.warning("page %d is not readable: %s", number, error)
        return _Page(number, 0.0, 0.0, warnings=[ReadingWarning("page_unreadable", number, str(error))])
    finally:
        page.close()


def _lay_out(page: _Page, graphics: PageGraphics, layer: TextLayer, letters: LineLetters) -> _Page:
    """Fill `page` with lines and tables while PDFium has it open."""
    runs, slanted = layer.runs()
    page.letters = sum(run.count for run in runs) + sum(run.count for run in slanted)
    page.tables = find_tables(graphics.rulings, page.number)
    outside = fill_tables(page.tables, runs, layer, letters) if page.tables else runs
    page.tables = [table for table in page.tables if table.rows]
    page.lines = group_lines(outside, layer, letters)
    page.watermarks = _slanted_lines(slanted, letters)
    page.legacy = letters.tally
    page.warnings = _check(graphics, page)
    for line in (*page.lines, *page.watermarks, *(line for table in page.tables for line in table.lines)):
        line.page = page.number
    return page


def _slanted_lines(runs: Sequence[Run], letters: LineLetters) -> list[Line]:
    """Text at an angle (watermarks, stamps, labels on the side) as the file wrote it, one line per stretch."""
    if not runs:
        return []
    text = unicodedata.normalize("NFC", letters.read((run.text + " " * min(run.spaces, 1), run.face) for run in runs))
    x0, x1 = min(run.x0 for run in runs), max(run.x1 for run in runs)
    text = re.sub(r"\s+", " ", text).strip()
    return [Line(text, x0, x1, runs[0].base, runs[0].size, False, False, runs[0].first, x1 - x0)]


def _check(graphics: PageGraphics, page: _Page) -> list[ReadingWarning]:
    """What is wrong with a page's text layer."""
    warnings: list[ReadingWarning] = []
    pictured = graphics.image_share > _SCANNED_SHARE or graphics.path_count > _DRAWN_PATHS
    if (page.letters < _FEW_LETTERS and pictured) or (page.letters == 0 and graphics.image_share > 0):
        warnings.append(ReadingWarning("page_without_text", page.number))
    in_tables = (cell for table in page.tables for row in table.rows for cell in row.cells)
    if page.legacy.looks_wrong:
        warnings.append(ReadingWarning("legacy_font", page.number, page.legacy.detail))
    elif _is_garbled([word for text in (*(line.text for line in page.lines), *in_tables) for word in text.split()]):
        warnings.append(ReadingWarning("garbled_text", page.number))
    return warnings


_VOWEL = re.compile(r"[aeiouy]", re.IGNORECASE)


def _is_garbled(words: Sequence[str]) -> bool:
    """Whether a text layer stands for nothing: letters without meaning in Unicode, or words without vowels."""
    text = "".join(words)
    if not text:
        return False
    nothing = sum(1 for char in text if char == "\ufffd" or unicodedata.category(char) in ("Co", "Cn", "Cc", "Cs"))
    if nothing > _GARBLED_SHARE * len(text):
        return True
    plain = unicodedata.normalize("NFD", " ".join(words))
    long_words = [word for word in re.findall(r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f])+", plain) if not word.isupper()]
    if len(long_words) < 40:
        return False
    return sum(1 for word in long_words if _VOWEL.search(word)) < 0.5 * len(long_words)


def _assemble(pages: Sequence[_Page]) -> list[Block]:
    """Blocks of the whole document in reading order."""
    for index, page in enumerate(pages):
        before = pages[index - 1].tables if index else []
        after = pages[index + 1].tables if index + 1 < len(pages) else []
        page.lines.extend(drop_lone_rows(page.tables, before, after))
    furniture = find_furniture([PageLines(page.number, page.width, page.height, page.lines) for page in pages])
    notes = _footnotes(pages, furniture)
    for page in pages:
        settle_raised_digits(page.lines, notes)
    apart = notes | set(furniture)
    flow_lines = {page.number: [line for line in page.lines if id(line) not in apart] for page in pages}
    _drop_ghosts(pages, flow_lines)
    margins = _Margins(pages, flow_lines)
    parts: list[Part | RuledTable] = []
    for page in pages:
        parts.extend(_page_parts(page, flow_lines[page.number], margins))
    parts = join_split_columns(parts)
    rhythm = learn_rhythm(part for part in parts if isinstance(part, Column))
    body = _blocks(parts, rhythm)
    return list(_with_furniture(pages, body, furniture, notes))


def _footnotes(pages: Sequence[_Page], furniture: dict[int, Edge]) -> set[int]:
    sizes = Counter[float]()
    for page in pages:
        for line in page.lines:
            sizes[round(line.size, 1)] += len(line.text)
    if not sizes:
        return set()
    body_size = sizes.most_common(1)[0][0]
    notes: set[int] = set()
    for page in pages:
        lines = [line for line in page.lines if id(line) not in furniture]
        notes.update(find_footnotes(lines, page.rulings, page.width, page.height, body_size))
    return notes


def _drop_ghosts(pages: Sequence[_Page], flow_lines: dict[int, list[Line]]) -> None:
    for page, following in pairwise(pages):
        here, there = (PageLines(item.number, item.width, item.height, flow_lines[item.number]) for item in (page, following))
        ghosts = find_ghosts(here, there)
        if ghosts:
            flow_lines[page.number] = [line for line in flow_lines[page.number] if id(line) not in ghosts]


class _Margins:
    """How far text reaches to the left and right: on pages of one width, odd and even ones apart (they may mirror)."""

    def __init__(self, pages: Sequence[_Page], flow_lines: dict[int, list[Line]]) -> None:
        groups: dict[tuple[int, int], list[Line]] = defaultdict(list)
        for page in pages:
            for parity in (page.number % 2, 2):
                groups[(round(page.width), parity)].extend(flow_lines[page.number])
        self._known = {key: _text_edges(lines) for key, lines in groups.items()}

    def of(self, page: _Page) -> tuple[float, float]:
        """(left, right) in points."""
        own = self._known.get((round(page.width), page.number % 2))
        all_pages = self._known.get((round(page.width), 2))
        if own is not None and all_pages is not None and abs(own[0] - all_pages[0]) < 6:
            return all_pages  # no mirrored margins: more lines tell more
        return own or all_pages or (0.0, page.width)


def _text_edges(lines: Sequence[Line]) -> tuple[float, float] | None:
    if not lines:
        return None
    lefts = sorted(line.x0 for line in lines)
    rights = sorted((line.x1 for line in lines), reverse=True)
    needed = 3 if len(lines) > 30 else 2 if len(lines) > 6 else 1
    left = next((x for index, x in enumerate(lefts[:-1]) if lefts[min(index + needed, len(lefts)) - 1] - x < 2), lefts[0])
    right = next((x for index, x in enumerate(rights[:-1]) if x - rights[min(index + needed, len(rights)) - 1] < 8), rights[0])
    return left, right


def _page_parts(page: _Page, lines: Sequence[Line], margins: _Margins) -> list[Part | RuledTable]:
    """Columns and tables of one page in reading order: a ruled table stands between the lines above and below it."""
    left, right = margins.of(page)
    parts: list[Part | RuledTable] = []
    rest = list(lines)
    for table in sorted(page.tables, key=lambda table: table.base):
        above = [line for line in rest if line.base < table.base]
        rest = [line for line in rest if line.base >= table.base]
        parts.extend(read_columns(above, left, right))
        parts.append(table)
    parts.extend(read_columns(rest, left, right))
    return parts


def _blocks(parts: Sequence[Part | RuledTable], rhythm: Rhythm) -> list[Block]:
    blocks: list[Block] = []
    columns: list[Column] = []
    sequence = LabelSequence()
    tables = 0
    index = 0
    while index < len(parts):
        part = parts[index]
        index += 1
        if isinstance(part, Column):
            columns.append(part)
            continue
        blocks.extend(to_block(paragraph) for paragraph in group_paragraphs(columns, rhythm, sequence))
        columns = []
        rows = list(part.rows)
        if isinstance(part, RuledTable):
            last = part
            while index < len(parts):
                following = parts[index]
                if not (isinstance(following, RuledTable) and following.page == last.page + 1 and following.continues(last)):
                    break
                append_rows(rows, following.rows)
                last = following
                index += 1
        blocks.extend(_table_blocks(rows, tables))
        tables += 1
    blocks.extend(to_block(paragraph) for paragraph in group_paragraphs(columns, rhythm, sequence))
    return blocks


def _table_blocks(rows: Sequence[TableRow], table: int) -> Iterator[Block]:
    header = starts_with_header(rows)
    for number, row in enumerate(rows):
        yield Block(
            kind="table_row",
            text=" | ".join(row.cells).strip(),
            cells=tuple(row.cells),
            table=table,
            row=number,
            header_row=header and number == 0,
            spans=row.spans,
            merged=row.merged,
            page=row.boxes[0].page,
            boxes=tuple(row.boxes),
            style=BlockStyle(bold=row.bold),
        )


def _with_furniture(pages: Sequence[_Page], body: Sequence[Block], furniture: dict[int, Edge], notes: set[int]) -> Iterator[Block]:
    """The body in its order; each page's headers before its first block, footnotes and footers after its last."""
    waiting = list(pages)
    current: _Page | None = None
    for block in (*body, None):
        while waiting and (block is None or (block.page or 0) >= waiting[0].number):
            if current is not None:
                yield from _foot(current, furniture, notes)
            current = waiting.pop(0)
            yield from _head(current, furniture)
        if block is not None:
            yield block
    if current is not None:
        yield from _foot(current, furniture, notes)


def _head(page: _Page, furniture: dict[int, Edge]) -> Iterator[Block]:
    yield from (_single(line, "page_header") for line in page.lines if furniture.get(id(line)) == "top")
    yield from (_single(line, "page_header") for line in page.watermarks)


def _foot(page: _Page, furniture: dict[int, Edge], notes: set[int]) -> Iterator[Block]:
    yield from (_single(line, "footnote") for line in page.lines if id(line) in notes)
    yield from (_single(line, "page_footer") for line in page.lines if furniture.get(id(line)) == "bottom")


def _single(line: Line, kind: BlockKind) -> Block:
    style = BlockStyle(bold=line.bold, italic=line.italic, font_size=round(line.size, 1))
    return Block(kind, line.text, page=line.page, boxes=(line.box(),), style=style)


__all__ = ["MAX_PAGES", "PDFIUM_LOCK", "read_pdf"]
