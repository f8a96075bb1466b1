"""PDF files → Document.

PDFium gives the characters and where they stand; lines, columns, tables and paragraphs are put together again from the
places alone, because files written with a fallback font hold their letters in a broken order.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache

import pypdfium2
import pypdfium2.raw as pdfium

from covenant_review.extraction.document import (
    Block,
    Document,
    ReadingWarning,
    ReadStatus,
    UnreadableFile,
)
from covenant_review.extraction.page_assembly import Page, assemble
from covenant_review.extraction.pdf_doubts import Doubt, doubt_of
from covenant_review.extraction.pdf_glyphs import (
    PDFIUM_LOCK,
    PageGeometry,
    Run,
    TextLayer,
)
from covenant_review.extraction.pdf_graphics import PageGraphics, read_graphics
from covenant_review.extraction.pdf_letters import LineLetters
from covenant_review.extraction.pdf_lines import Line, group_lines
from covenant_review.extraction.pdf_tables import (
    fill_tables,
    find_tables,
)
from covenant_review.extraction.reading_progress import Progress, no_progress
from covenant_review.text.legacy_text import LegacyTally, Usual

MAX_PAGES = 500
_FEW_LETTERS = 20  # a page with fewer letters under a picture of the whole page is a scan
_SCANNED_SHARE = 0.4  # of the page under images
_DRAWN_PATHS = 150  # a page without letters but with so many paths has its text drawn as outlines
_GARBLED_SHARE = 0.2
_END_MARK_WINDOW = 2048  # bytes at the end of the file in which "%%EOF" must stand

_PAGES_BETWEEN = 10  # of which progress is told
_NO_LOSS = frozenset({"converted_font", "read_by_ocr", "label_repaired"})  # warnings of nothing that could be missing

PageReading = tuple[Page, Doubt | None]
_log = logging.getLogger(__name__)


def read_pdf(data: bytes, progress: Progress = no_progress) -> Document:
    """Read a PDF: its text layer, and pages without one (or with one that cannot be trusted) by recognition of letters.

    `data`: the file. `progress(done, total)` is told of the pages now and then. Returns a Document of kind "pdf":
    paragraphs and table rows in reading order, page headers and footers set apart, each block with its page (from 1) and
    one box per line (points, top-left origin). Numbers before a provision, typed or automatic, stay in `text`.

    `status` is "partly_read" when text may be missing or wrong; `warnings` say where: page_without_text (a picture only),
    garbled_text (letters that stand for nothing), page_unreadable, file_cut (the file's end is missing), legacy_font
    (TCVN3 or VNI letters whose conversion may be wrong). converted_font says that such letters were converted well; it is
    no reason for "partly_read", and neither is read_by_ocr: the page was read from its picture. page_may_be_incomplete:
    recognition seems to have missed something there. label_repaired: a misread number was put right, as its neighbours prove.

    Raises UnreadableFile: empty, encrypted, damaged, too_many_pages, no_text, ocr_missing.
    """
    if not data.strip(b"\x00\r\n\t "):
        raise UnreadableFile("empty")
    readings, legacy = _read_all(data, None, progress)
    usual = legacy.usual()
    if usual is not None:
        # Most of the text turned out to be in an old encoding: the short lines that told nothing are read by that light.
        readings, legacy = _read_all(data, usual, progress)
    count = len(readings)
    pages, back = _with_pictures_read(data, readings, progress)
    warnings = [warning for page in pages for warning in page.warnings]
    if not any(page.letters for page in pages):
        unreadable = sum(1 for warning in warnings if warning.code == "page_unreadable")
        if unreadable == count:
            raise UnreadableFile("damaged", f"none of {count} pages loads")
        raise UnreadableFile("no_text", f"{count} pages without text")
    if b"%%EOF" not in data[-_END_MARK_WINDOW:]:
        warnings.append(ReadingWarning("file_cut"))
    legacy = _together(pages)
    if legacy.looks_wrong and not any(warning.code == "legacy_font" for warning in warnings):
        warnings.append(ReadingWarning("legacy_font", detail=legacy.detail))
    elif legacy.has_converted and not legacy.looks_wrong:
        warnings.append(ReadingWarning("converted_font", detail=legacy.detail))
    blocks = [back(block) for block in assemble(pages)]
    recognised = {warning.page for warning in warnings if warning.code == "read_by_ocr" and warning.page}
    if recognised:
        from covenant_review.extraction.ocr_labels import repair_labels

        blocks, repairs = repair_labels(blocks, recognised)
        warnings.extend(repairs)
    status: ReadStatus = "partly_read" if any(warning.code not in _NO_LOSS for warning in warnings) else "read"
    return Document("pdf", tuple(blocks), count, status, tuple(warnings))


def _with_pictures_read(data: bytes, readings: Sequence[PageReading], progress: Progress) -> tuple[list[Page], Callable[[Block], Block]]:
    pages = [page for page, _ in readings]
    if not any(doubt for _, doubt in readings):
        return pages, lambda block: block
    # Imported when needed: most PDFs have a text layer and should not wait for OpenCV.
    from covenant_review.extraction.pdf_scans import recognise_doubted

    return recognise_doubted(data, pages, [doubt for _, doubt in readings], progress)


def _read_all(data: bytes, usual: Usual | None, progress: Progress) -> tuple[list[PageReading], LegacyTally]:
    with PDFIUM_LOCK:
        readings = list(_read_pages(data, usual, progress))
    return readings, _together(page for page, _ in readings)


def _together(pages: Iterable[Page]) -> LegacyTally:
    legacy = LegacyTally()
    for page in pages:
        legacy = legacy.together_with(page.legacy)
    return legacy


def _read_pages(data: bytes, usual: Usual | None, progress: Progress) -> Iterator[PageReading]:
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
            if index % _PAGES_BETWEEN == 0:
                progress(index, count)
            yield _read_page(document, index, usual)
    finally:
        document.close()


def _read_page(document: pypdfium2.PdfDocument, index: int, usual: Usual | None) -> PageReading:
    number = index + 1
    try:
        page = document[index]
    except pypdfium2.PdfiumError as error:
        _log.warning("page %d does not load: %s", number, error)
        return Page(number, 0.0, 0.0, warnings=[ReadingWarning("page_unreadable", number, str(error))]), None
    try:
        geometry = PageGeometry(page)
        graphics = read_graphics(page, geometry)
        with TextLayer(page, geometry) as layer:
            laid_out = Page(number, geometry.width, geometry.height, rulings=graphics.rulings)
            _lay_out(laid_out, graphics, layer, LineLetters(usual))
        return laid_out, doubt_of(page.raw, laid_out, graphics.image_share)
    except pypdfium2.PdfiumError as error:
        _log.warning("page %d is not readable: %s", number, error)
        return Page(number, 0.0, 0.0, warnings=[ReadingWarning("page_unreadable", number, str(error))]), None
    finally:
        page.close()


def _lay_out(page: Page, graphics: PageGraphics, layer: TextLayer, letters: LineLetters) -> None:
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


def _slanted_lines(runs: Sequence[Run], letters: LineLetters) -> list[Line]:
    """Text at an angle (watermarks, stamps, labels on the side) as the file wrote it, one line per stretch."""
    if not runs:
        return []
    text = unicodedata.normalize("NFC", letters.read((run.text + " " * min(run.spaces, 1), run.face) for run in runs))
    x0, x1 = min(run.x0 for run in runs), max(run.x1 for run in runs)
    text = re.sub(r"\s+", " ", text).strip()
    return [Line(text, x0, x1, runs[0].base, runs[0].size, False, False, runs[0].first, x1 - x0)]


def _check(graphics: PageGraphics, page: Page) -> list[ReadingWarning]:
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
_LONG_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]+|[\u0300-\u036f]+)+")
_FEWEST_LONG_WORDS = 40
_NO_LETTERS = frozenset({"Co", "Cn", "Cc", "Cs"})  # of Unicode's categories


def _is_garbled(words: Sequence[str]) -> bool:
    """Whether a text layer stands for nothing: letters without meaning in Unicode, or words without vowels."""
    text = "".join(words)
    if not text:
        return False
    nothing = sum(times for char, times in Counter(text).items() if char == "\ufffd" or unicodedata.category(char) in _NO_LETTERS)
    if nothing > _GARBLED_SHARE * len(text):
        return True
    told = [_long_words(word) for word in words]
    long_words = sum(count for count, _ in told)
    return long_words >= _FEWEST_LONG_WORDS and sum(voiced for _, voiced in told) < 0.5 * long_words


@lru_cache(maxsize=8192)  # most words of a page come again and again
def _long_words(text: str) -> tuple[int, int]:
    """Of a text without blanks: how many words of more than one letter, not in capitals, it has, and how many with a vowel."""
    words = [word for word in _LONG_WORD.findall(unicodedata.normalize("NFD", text)) if not word.isupper()]
    return len(words), sum(1 for word in words if _VOWEL.search(word))


__all__ = ["MAX_PAGES", "PDFIUM_LOCK", "read_pdf"]
