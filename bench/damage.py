"""What happens to a text before it reaches the system: bad scans, lost diacritics, capitals, other ways to write the same."""

from __future__ import annotations

import random
import re
import unicodedata
import zlib
from collections.abc import Callable

from covenant_review.screening.second_reader_corpus import without_marks

OCR_SHARE = 0.02
"""Share of the letters that a bad scan gets wrong."""
_CONFUSED = {
    "ơ": "o", "ớ": "ó", "ờ": "ò", "ợ": "ọ", "ư": "u", "ứ": "ú", "ừ": "ù", "ữ": "ũ", "ự": "ụ", "ô": "o", "ố": "ó", "ộ": "ọ", "ồ": "ổ",
    "ê": "e", "ế": "é", "ề": "ể", "ệ": "ẹ", "â": "a", "ấ": "ẩ", "ầ": "ẩ", "ậ": "ạ", "ă": "ã", "ắ": "ấ", "ặ": "ạ", "á": "à", "à": "á",
    "ả": "á", "ã": "ả", "ạ": "a", "đ": "d", "l": "1", "i": "ì", "í": "i", "n": "h", "h": "n", "m": "rn", "c": "e", "e": "c", "t": "f",
    "g": "q", "u": "ư", "o": "0", "ỉ": "i", "ý": "y", "ỏ": "ó", "ú": "ủ", "ủ": "ú", "ụ": "u", "ó": "ò", "ò": "ó",
}  # fmt: skip
_OLD_PLACE = re.compile(r"(?<![qQ])([òóỏõọÒÓỎÕỌ])([aeAE])(?!\w)|(?<![qQ])([ùúủũụÙÚỦŨỤ])([yY])(?!\w)")


def ocr_slips(text: str) -> str:
    """One letter in fifty misread; which ones depends on the text alone."""
    chance = random.Random(zlib.crc32(text.encode()))
    return "".join(_CONFUSED.get(letter, letter) if chance.random() < OCR_SHARE else letter for letter in text)


def capitals(text: str) -> str:
    """The whole text in capitals."""
    return text.upper()


def decomposed(text: str) -> str:
    """NFD: every mark a character of its own."""
    return unicodedata.normalize("NFD", text)


def old_tones(text: str) -> str:
    """The older place of the tone mark: hòa → hoà, khỏe → khoẻ, ủy → uỷ."""
    return _OLD_PLACE.sub(_move, text)


def _move(vowels: re.Match[str]) -> str:
    first, second = (vowels[1], vowels[2]) if vowels[1] else (vowels[3], vowels[4])
    base, tone = unicodedata.normalize("NFD", first)
    return base + unicodedata.normalize("NFC", second + tone)


DAMAGES: dict[str, Callable[[str], str]] = {
    "ocr": ocr_slips,
    "no-marks": without_marks,
    "capitals": capitals,
    "nfd": decomposed,
    "old-tones": old_tones,
}
