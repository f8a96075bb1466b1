"""PDF pages whose text layer cannot be trusted, read by recognition of letters instead: never both.

A page is doubted (`pdf_doubts.py`) when it has no text, a text layer that stands for nothing, one that nobody sees (under
a scan), or only a few letters over a scan (a digital signature's words). What recognition reads counts only where it makes
more sense than the text layer does; otherwise the layer stays, with its warning.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import pypdfium2
from numpy.typing import NDArray

from covenant_review.extraction.document import Block, Box, UnreadableFile
from covenant_review.extraction.ocr import recognise, warnings_of
from covenant_review.extraction.ocr_engine import tessdata
from covenant_review.extraction.ocr_page import ReadPicture, SheetPlace, lay_out
from covenant_review.extraction.page_assembly import Page
from covenant_review.extraction.pdf_doubts import Doubt, sense_of, words_of
from covenant_review.extraction.pdf_glyphs import PDFIUM_LOCK
from covenant_review.extraction.pictures import KEPT_PIXELS
from covenant_review.extraction.reading_progress import Progress

MAX_RECOGNISED = 200  # pages
_DOTS_PER_INCH = 270
_SENSE = 0.6  # share of the words that must be syllables
# What a text layer was warned of; recognition in its place answers it.
_ANSWERED = frozenset({"page_without_text", "garbled_text", "legacy_font"})


def recognise_doubted(
    data: bytes, pages: Sequence[Page], doubts: Sequence[Doubt | None], progress: Progress
) -> tuple[list[Page], Callable[[Block], Block]]:
    """Read the doubted ones of `pages` (of the PDF `data`, in order) from their pictures.

    Returns pages for `assemble`, numbered anew (a scan may show two pages at once), and a function that brings its blocks back
    to the PDF's own pages and points. The text layer's words of a page go where recognition reads more sense. Raises
    UnreadableFile("ocr_missing") where no page has any text to show and recognition is not installed.
    """
    doubted = [page for page, doubt in zip(pages, doubts, strict=True) if doubt is not None and page.width > 0][:MAX_RECOGNISED]
    if not doubted or not _can_recognise(pages):
        return list(pages), lambda block: block
    loaders = [partial(render, data, page.number - 1) for page in doubted]
    read: dict[int, ReadPicture] = {}
    for page, outcome in zip(doubted, recognise(loaders, progress), strict=True):
        if not isinstance(outcome, UnreadableFile):
            read[page.number] = outcome
    return _put_together(pages, doubts, read)


def _can_recognise(pages: Sequence[Page]) -> bool:
    try:
        tessdata()
    except UnreadableFile:
        if not any(page.letters for page in pages):
            raise
        return False
    return True


def _put_together(
    pages: Sequence[Page], doubts: Sequence[Doubt | None], read: dict[int, ReadPicture]
) -> tuple[list[Page], Callable[[Block], Block]]:
    result: list[Page] = []
    places: list[SheetPlace | int] = []  # a sheet's place, or the number of a page that keeps its text layer
    for page, doubt in zip(pages, doubts, strict=True):
        sheets = _sheets(page, doubt, read.get(page.number), len(result) + 1)
        if sheets is None:
            places.append(page.number)
            result.append(_renumbered(page, len(result) + 1))
            continue
        for sheet, place in sheets:
            result.append(sheet)
            places.append(place)

    def back(block: Block) -> Block:
        return _brought_back(block, places)

    return result, back


def _sheets(page: Page, doubt: Doubt | None, picture: ReadPicture | None, number: int) -> list[tuple[Page, SheetPlace]] | None:
    """The recognised sheets in the place of `page`, numbered from `number` on; None where its text layer is better."""
    if doubt is None or picture is None:
        return None
    points = page.width / max(picture.to_picture.picture_size[0], 1)
    sheets: list[tuple[Page, SheetPlace]] = []
    for offset, sheet in enumerate(picture.sheets):
        laid_out, pixels = lay_out(picture, sheet, number + offset, page.width if len(picture.sheets) == 1 else None)
        sheets.append((laid_out, SheetPlace(picture.to_picture, sheet.left, pixels, points, page.number)))
    if not _is_better(doubt, page, [sheet for sheet, _ in sheets]):
        return None
    kept = [warning for warning in page.warnings if warning.code not in _ANSWERED]
    sheets[0][0].warnings = [*kept, *warnings_of(picture, page.number)]
    return sheets


def _is_better(doubt: Doubt, page: Page, sheets: Iterable[Page]) -> bool:
    sheets = list(sheets)
    mine = [word for sheet in sheets for word in words_of(sheet)]
    if not mine:
        return False
    if doubt == "no_text":
        return True
    layer = words_of(page)
    if doubt == "few_letters":
        return sense_of(mine) > _SENSE and sum(map(len, mine)) > 1.3 * sum(map(len, layer))
    if doubt == "hidden":
        return sense_of(mine) > _SENSE or sense_of(mine) >= sense_of(layer)
    return sense_of(mine) > max(_SENSE, sense_of(layer))


def _renumbered(page: Page, number: int) -> Page:
    if page.number == number:
        return page
    page.number = number
    for line in (*page.lines, *page.watermarks):
        line.page = number
    for table in page.tables:
        table.page = number
        for row in table.rows:
            row.boxes = [replace(box, page=number) for box in row.boxes]
        for line in table.lines:
            line.page = number
    return page


def _brought_back(block: Block, places: Sequence[SheetPlace | int]) -> Block:
    def box(one: Box) -> Box:
        place = places[one.page - 1]
        return place.box(one) if isinstance(place, SheetPlace) else replace(one, page=place)

    page = None if block.page is None else _page_at(places, block.page)
    return replace(block, page=page, boxes=tuple(box(one) for one in block.boxes))


def _page_at(places: Sequence[SheetPlace | int], number: int) -> int:
    place = places[number - 1]
    return place.page if isinstance(place, SheetPlace) else place


def render(data: bytes, index: int) -> NDArray[np.uint8]:
    """Page `index` (from 0) of the PDF `data` as (height, width, 3) RGB, as it is shown. Raises UnreadableFile("damaged")."""
    try:
        with PDFIUM_LOCK:
            document = pypdfium2.PdfDocument(data)
            try:
                page = document[index]
                width, height = page.get_size()
                scale = min(_DOTS_PER_INCH / 72, math.sqrt(KEPT_PIXELS / max(width * height, 1.0)))
                bitmap = page.render(scale=scale, rev_byteorder=True, prefer_bgrx=False)
                pixels = bitmap.to_numpy()
                return np.ascontiguousarray(pixels[:, :, :3] if pixels.ndim == 3 and pixels.shape[2] >= 3 else _as_colour(pixels))
            finally:
                document.close()
    except (pypdfium2.PdfiumError, ValueError, MemoryError) as error:
        raise UnreadableFile("damaged", f"page {index + 1} is not drawn: {error}") from error


def _as_colour(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    flat = grey if grey.ndim == 2 else grey[:, :, 0]
    return np.stack([flat, flat, flat], axis=2)
