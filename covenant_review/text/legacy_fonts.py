"""Text in the fonts of before Unicode: TCVN3 (".VnTime", ABC) and VNI ("VNI-Times"), told by font name and converted.

Such a font draws Vietnamese letters at the places of Western ones, so a program that knows nothing of it hands on
"Th«n ®«ng" or "Thoân ñoâng". Sources: TCVN 5712:1993 for TCVN3; the key tables of VNI for Windows for VNI.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

Encoding = Literal["tcvn3", "vni"]


@dataclass(frozen=True, slots=True)
class LegacyFont:
    """How a font's letters are to be read; `capitals`: it draws every letter as a capital (".VnTimeH")."""

    encoding: Encoding
    capitals: bool = False


# From 0xA1 on, one letter a place. "." leaves a place as it is: signs, and loose tone marks that nobody typed.
_TCVN3_LETTERS = (
    "ĂÂÊÔƠƯĐăâêôơưđẰ"  # A1-AF; 0xAD, Latin-1's soft hyphen, is ư
    ".....àảãáạẲằẳẵắẴ"  # B0-BF
    "ẮẦẨẪẤỀặầẩẫấậèỂẻẽ"  # C0-CF
    "éẹềểễếệìỉỄẾỒĩíịò"  # D0-DF
    "Ổỏõóọồổỗốộờởỡớợù"  # E0-EF
    "ỖủũúụừửữứựỳỷỹýỵỐ"  # F0-FF
)
_TCVN3 = {0xA1 + place: letter for place, letter in enumerate(_TCVN3_LETTERS) if letter != "."}

# VNI: a vowel, then a sign for its mark and tone together. The vowel's case decides.
_VNI_TONES = {"ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323"}
_VNI_CIRCUMFLEX = {"â": "", "á": "\u0301", "à": "\u0300", "å": "\u0309", "ã": "\u0303", "ä": "\u0323"}
_VNI_BREVE = {"ê": "", "é": "\u0301", "è": "\u0300", "ú": "\u0309", "ü": "\u0303", "ë": "\u0323"}
_VNI_SINGLE = {"ô": "ơ", "ö": "ư", "ñ": "đ", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}


def _vni_pairs() -> dict[str, str]:
    pairs: dict[str, str] = {}
    for vowels, marks, letter_mark in (
        ("aeouyôö", _VNI_TONES, ""),
        ("aeo", _VNI_CIRCUMFLEX, "\u0302"),
        ("a", _VNI_BREVE, "\u0306"),
    ):
        for vowel in vowels:
            for sign, tone in marks.items():
                letter = unicodedata.normalize("NFC", _VNI_SINGLE.get(vowel, vowel) + letter_mark + tone)
                for mark in {sign, sign.upper()}:
                    pairs[vowel + mark] = letter
                    pairs[vowel.upper() + mark] = letter.upper()
    return pairs


_VNI = _vni_pairs() | _VNI_SINGLE | {old.upper(): new.upper() for old, new in _VNI_SINGLE.items()}
_VNI_SEQUENCE = re.compile("|".join(sorted(map(re.escape, _VNI), key=len, reverse=True)))
VNI_MARKS = frozenset(sign for marks in (_VNI_TONES, _VNI_CIRCUMFLEX, _VNI_BREVE) for mark in marks for sign in (mark, mark.upper()))

_REPERTOIRES: dict[Encoding, frozenset[str]] = {
    "tcvn3": frozenset(map(chr, _TCVN3)),
    "vni": VNI_MARKS | frozenset(_VNI_SINGLE) | frozenset(old.upper() for old in _VNI_SINGLE) | frozenset("íìÍÌ"),
}

# Two ways in which programs move the letters of such a font away from Latin-1: the symbol fonts' private area, and the
# Vietnamese code page of Windows.
_FROM_SYMBOL_AREA = {0xF000 + code: code for code in range(0x20, 0x100)}
_FROM_CODE_PAGE_1258 = {ord(bytes([code]).decode("cp1258")): code for code in range(0xA1, 0x100)}
_TO_LATIN_1 = _FROM_SYMBOL_AREA | {sign: code for sign, code in _FROM_CODE_PAGE_1258.items() if sign > 0xFF}

_SUBSET = re.compile(r"^[A-Z]{6}\+")
_TCVN3_NAME = re.compile(
    r"\.vn(?=[a-z])|vn(?=time|arial|helvet|book|avant|centur|courier|black|teknical|univers|clarendon)|tcvn", re.IGNORECASE
)
_VNI_NAME = re.compile(r"vni(?![a-z])", re.I)
_STYLE_WORDS = re.compile(r"(?:[ ,_-]*(?:bold|italic|oblique|regular|normal|mt))+$", re.I)


def legacy_font(name: str | None) -> LegacyFont | None:
    """What the font `name` (as Word or a PDF gives it) says of its letters; None for a Unicode font or no name."""
    if not name:
        return None
    name = _SUBSET.sub("", name).strip()
    if _TCVN3_NAME.match(name):
        family = _STYLE_WORDS.sub("", name)
        return LegacyFont("tcvn3", capitals=family.endswith("H") or (family.islower() and family.endswith("h")))
    if _VNI_NAME.match(name):
        return LegacyFont("vni")
    return None


def as_latin_1(text: str) -> str:
    """Text of a run in an old font, brought back to Latin-1 places from where programs moved it. The length stays.

    Only for runs whose font is known to be old: elsewhere the private area holds symbols, and đ is đ.
    """
    return text.translate(_TO_LATIN_1)


def convert(text: str, font: LegacyFont) -> str:
    """`text` (at its Latin-1 places) as `font` draws it, in Unicode NFC. Signs that its table does not hold stay."""
    converted = from_tcvn3(text) if font.encoding == "tcvn3" else from_vni(text)
    return converted.upper() if font.capitals else converted


def from_tcvn3(text: str) -> str:
    """TCVN3 → Unicode, one letter for one: the length stays. The soft hyphen becomes ư."""
    return text.translate(_TCVN3)


def from_vni(text: str) -> str:
    """VNI → Unicode: a vowel and the sign behind it become one letter, so the text may get shorter."""
    return _VNI_SEQUENCE.sub(lambda sequence: _VNI[sequence.group()], text)


def is_written_in(word: str, encoding: Encoding) -> bool:
    """Whether every sign of `word` beyond ASCII has a place in the encoding's table."""
    return all(sign < "\x80" or sign in _REPERTOIRES[encoding] for sign in word)
