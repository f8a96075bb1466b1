"""Which kinds of file are taken, and what this machine lacks for some of them."""

from __future__ import annotations

import importlib.util

from covenant_review.extraction import office
from covenant_review.extraction.document import UnreadableFile

PICTURE_KINDS = ("image", "photos")
ACCEPTED_KINDS = ("docx", "pdf", *office.OFFICE_KINDS, *PICTURE_KINDS)
_ALWAYS = (".docx", ".pdf")
_BY_OFFICE = (".doc", ".rtf", ".odt")
PICTURE_ENDINGS = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".heic", ".heif")
_RECOGNITION = "tesserocr"


def recognition_is_available() -> bool:
    """Whether letters in pictures can be read here: Tesseract with its Vietnamese data (package tesseract-ocr-vie)."""
    if importlib.util.find_spec(_RECOGNITION) is None:
        return False
    from covenant_review.extraction.ocr_engine import tessdata

    try:
        tessdata()
    except UnreadableFile:
        return False
    return True


def check_accepted(kind: str) -> None:
    """Raise UnreadableFile for a kind that is not taken: unknown_kind, or office_missing, ocr_missing on this machine."""
    if kind not in ACCEPTED_KINDS:
        raise UnreadableFile("unknown_kind", kind)
    if kind in office.OFFICE_KINDS and not office.is_available():
        raise UnreadableFile("office_missing", kind)
    if kind in PICTURE_KINDS and not recognition_is_available():
        raise UnreadableFile("ocr_missing", kind)


def offered_endings() -> tuple[str, ...]:
    """The endings that the upload page offers in its file dialogue; what decides are the bytes."""
    by_office = _BY_OFFICE if office.is_available() else ()
    return (*_ALWAYS, *by_office, *(PICTURE_ENDINGS if recognition_is_available() else ()))
