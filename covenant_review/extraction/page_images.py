"""Pages of an original as pictures, each with its size in points: what a person holds beside the words that were read.

The pictures use the coordinates of `document.Box`: points from the top-left corner of the page as it is shown. Files may
be hostile: call this where memory and time are limited.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pypdfium2
from PIL import Image

from covenant_review.extraction.document import FileKind, UnreadableFile
from covenant_review.extraction.office import OFFICE_KINDS, to_pdf
from covenant_review.extraction.pdf_glyphs import PDFIUM_LOCK

DOTS_PER_INCH = 110
BYTE_LIMIT = 200_000
PAGE_LIMIT = 200
MIMETYPE = "image/webp"
# Readers of pictures scale every picture to this width, in points (A4).
PICTURE_WIDTH = 595.0

_POINTS_PER_INCH = 72.0
_LONGEST_SIDE = 2600  # pixels; a page of four metres is drawn smaller, not with more memory
_QUALITIES = (72, 55, 40, 25)
_SMALLER = 0.75
_SMALLEST_SIDE = 400  # pixels; below that a page is no longer read


@dataclass(frozen=True, slots=True)
class PageImage:
    """One page: `number` from 1, `width` and `height` in points, `data` a WebP picture (`MIMETYPE`) of `pixels` (across, down)."""

    number: int
    width: float
    height: float
    pixels: tuple[int, int]
    data: bytes


def has_pages(kind: str) -> bool:
    """Whether files of this kind can be shown as pages at all (office files: where LibreOffice is installed)."""
    return kind != "text"


def is_converted(kind: str) -> bool:
    """Whether files of this kind become a PDF first: their reading knows no pages, so no boxes either."""
    return kind == "docx" or kind in OFFICE_KINDS


def pdf_of(data: bytes, kind: FileKind) -> bytes:
    """The PDF that shows a file: the file itself, or what LibreOffice makes of it (some seconds).

    Raises UnreadableFile as `office.to_pdf` does, and not_supported_yet for kinds that are not drawn by way of a PDF.
    """
    if kind == "pdf":
        return data
    if kind == "docx" or kind == "doc" or kind == "rtf" or kind == "odt":
        return to_pdf(data, kind)
    raise UnreadableFile("not_supported_yet", f"no pages of {kind}")


def page_images(data: bytes, kind: FileKind, *, page_limit: int = PAGE_LIMIT) -> Iterator[PageImage]:
    """The first `page_limit` pages in order, one at a time.

    A page that cannot be drawn is left out, the others keep their numbers. Raises UnreadableFile for the whole file:
    damaged, encrypted, office_missing, too_slow, too_large, too_many_pages, not_supported_yet (plain text has no pages).
    """
    if kind in ("image", "photos"):
        yield from _pages_of_pictures(data, kind, page_limit)
    else:
        yield from _pages_of_pdf(pdf_of(data, kind), page_limit)


def _pages_of_pdf(data: bytes, page_limit: int) -> Iterator[PageImage]:
    document = _opened(data)
    try:
        for index in range(min(len(document), page_limit)):
            # Held page by page: whoever takes the pages one at a time may do other things in between.
            with PDFIUM_LOCK:
                drawn = _drawn(document, index)
            if drawn is not None:
                yield _encoded(index + 1, *drawn)
    finally:
        document.close()


def _opened(data: bytes) -> Any:
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise UnreadableFile("damaged", str(error)) from error


def _drawn(document: Any, index: int) -> tuple[float, float, Image.Image] | None:
    """Width and height in points, and the picture; None for a page that PDFium cannot draw."""
    try:
        page = document[index]
    except pypdfium2.PdfiumError:
        return None
    try:
        width, height = (float(side) for side in page.get_size())
        if width <= 0 or height <= 0:
            return None
        scale = min(DOTS_PER_INCH / _POINTS_PER_INCH, _LONGEST_SIDE / max(width, height))
        bitmap = page.render(scale=scale, may_draw_forms=False)
        try:
            return width, height, bitmap.to_pil().convert("RGB")
        finally:
            bitmap.close()
    except (pypdfium2.PdfiumError, ValueError, MemoryError):
        return None
    finally:
        page.close()


def _pages_of_pictures(data: bytes, kind: FileKind, page_limit: int) -> Iterator[PageImage]:
    from covenant_review.extraction.pictures import loaders_of  # loads NumPy: only for who needs it

    for index, load in enumerate(loaders_of(data, kind)[:page_limit]):
        try:
            picture = Image.fromarray(load())
        except UnreadableFile:
            continue
        across, down = picture.size
        wanted = PICTURE_WIDTH * DOTS_PER_INCH / _POINTS_PER_INCH
        scale = min(1.0, wanted / across, _LONGEST_SIDE / max(across, down))
        small = picture.resize((max(1, round(across * scale)), max(1, round(down * scale))), Image.Resampling.LANCZOS)
        yield _encoded(index + 1, PICTURE_WIDTH, PICTURE_WIDTH * down / across, small)


def _encoded(number: int, width: float, height: float, picture: Image.Image) -> PageImage:
    """The picture within BYTE_LIMIT: a lower quality first, then fewer pixels."""
    while True:
        for quality in _QUALITIES:
            target = io.BytesIO()
            picture.save(target, "WEBP", quality=quality, method=3)
            if target.tell() <= BYTE_LIMIT:
                return PageImage(number, width, height, picture.size, target.getvalue())
        if max(picture.size) <= _SMALLEST_SIDE:
            return PageImage(number, width, height, picture.size, target.getvalue())
        picture = picture.resize(
            (max(1, round(picture.width * _SMALLER)), max(1, round(picture.height * _SMALLER))), Image.Resampling.LANCZOS
        )
