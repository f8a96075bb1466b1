"""Whether a PDF page's text layer is what a person would see there, before the page is taken at its word."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Sequence
from typing import Any, Literal

import pypdfium2.raw as pdfium

from covenant_review.extraction.page_assembly import Page
from covenant_review.text.spelling import is_syllable

Doubt = Literal["no_text", "garbled", "hidden", "few_letters", "no_syllables", "legacy_font"]
_FEW_OVER_A_SCAN = 300  # letters
_SCAN_SHARE = 0.5  # of the page under images
_COVERED = 0.8
_HIDDEN_SHARE = 0.5  # of the text objects
_INVISIBLE, _CLIP_ONLY = 3, 7
_NONSENSE = 0.45  # share of the words that are syllables
_JUDGED_WORDS = 30
_MAX_OBJECTS = 5000
_WORD = re.compile(r"[^\W\d_]+")


def doubt_of(raw_page: Any, page: Page, image_share: float) -> Doubt | None:
    """Why the text layer of an open, laid-out page should not be trusted; None where it may. The caller holds PDFIUM_LOCK."""
    codes = {warning.code for warning in page.warnings}
    if "page_without_text" in codes:
        return "no_text"
    if "garbled_text" in codes:
        return "garbled"
    if "legacy_font" in codes:
        return "legacy_font"
    if image_share > _SCAN_SHARE:
        if _is_hidden(raw_page):
            return "hidden"
        if page.letters < _FEW_OVER_A_SCAN:
            return "few_letters"
    words = words_of(page)
    if len(words) >= _JUDGED_WORDS and sense_of(words) < _NONSENSE:
        return "no_syllables"
    return None


def _is_hidden(raw_page: Any) -> bool:
    """Whether most text objects are drawn unseen, or under a picture that covers them."""
    width, height = pdfium.FPDF_GetPageWidthF(raw_page), pdfium.FPDF_GetPageHeightF(raw_page)
    texts = hidden = under = 0
    for index in range(min(int(pdfium.FPDFPage_CountObjects(raw_page)), _MAX_OBJECTS)):
        item = pdfium.FPDFPage_GetObject(raw_page, index)
        kind = int(pdfium.FPDFPageObj_GetType(item))
        if kind == pdfium.FPDF_PAGEOBJ_TEXT:
            texts += 1
            hidden += int(pdfium.FPDFTextObj_GetTextRenderMode(item)) in (_INVISIBLE, _CLIP_ONLY)
        elif kind == pdfium.FPDF_PAGEOBJ_IMAGE and _area(item) > _COVERED * width * height:
            under = texts
    return texts > 0 and max(hidden, under) > _HIDDEN_SHARE * texts


def _area(item: Any) -> float:
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    if not pdfium.FPDFPageObj_GetBounds(item, left, bottom, right, top):
        return 0.0
    return float((right.value - left.value) * (top.value - bottom.value))


def words_of(page: Page) -> list[str]:
    """The words without digits of a laid-out page, tables included."""
    cells = (cell for table in page.tables for row in table.rows for cell in row.cells)
    return [word for text in (*(line.text for line in page.lines), *cells) for word in _WORD.findall(text)]


def sense_of(words: Sequence[str]) -> float:
    """Share of `words` that have the form of Vietnamese syllables; 0 without words."""
    return sum(1 for word in words if is_syllable(word)) / len(words) if words else 0.0
