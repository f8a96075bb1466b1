"""Words in the encodings of before Unicode, as old files hold them: TCVN3 (ABC), VNI, Windows-1258, loose marks."""

from __future__ import annotations

import re
import unicodedata

from covenant_review.text.legacy_fonts import from_tcvn3

_TCVN3 = {from_tcvn3(chr(code)): chr(code) for code in range(0xA1, 0xFF) if from_tcvn3(chr(code)) != chr(code)}
# The capitals with tones stand in the standard's table, but not in the fonts: those had a second font of capitals.
_TCVN3_CAPITALS = {letter: sign for letter, sign in _TCVN3.items() if letter.islower() or letter in "ĂÂÊÔƠƯĐ"}
_TONES = {"\u0301": "ù", "\u0300": "ø", "\u0309": "û", "\u0303": "õ", "\u0323": "ï"}
_VNI_CIRCUMFLEX = {"": "â", "\u0301": "á", "\u0300": "à", "\u0309": "å", "\u0303": "ã", "\u0323": "ä"}
_VNI_BREVE = {"": "ê", "\u0301": "é", "\u0300": "è", "\u0309": "ú", "\u0303": "ü", "\u0323": "ë"}
_VNI_WHOLE = {"í": "í", "ì": "ì", "ỉ": "æ", "ĩ": "ó", "ị": "ò", "ỵ": "î", "đ": "ñ"}


def in_tcvn3(text: str) -> str:
    """Small letters and the capitals that TCVN3's fonts hold; other capitals with tones as small ones."""
    return "".join(_TCVN3_CAPITALS.get(sign) or _TCVN3_CAPITALS.get(sign.lower(), sign) for sign in text)


def tcvn3_letters() -> list[str]:
    """The letters beyond ASCII that TCVN3's fonts hold."""
    return list(_TCVN3_CAPITALS)


def tcvn3_runs(text: str) -> list[tuple[str, bool]]:
    """`text` in TCVN3 as Word files have it: (letters, whether in the font of capitals) by run."""
    runs: list[tuple[str, bool]] = []
    for sign in text:
        small = sign.lower()
        needs_capitals = sign != small and small in _TCVN3_CAPITALS and sign not in _TCVN3_CAPITALS
        if runs and runs[-1][1] == needs_capitals:
            runs[-1] = (runs[-1][0] + in_tcvn3(sign), needs_capitals)
        else:
            runs.append((in_tcvn3(sign), needs_capitals))
    return runs


def as_plain_tcvn3_says(text: str) -> str:
    """What a TCVN3 text without fonts can still say: in words that are not all capitals, "Ủy" has become "ủy"."""
    return re.sub(
        r"[^\W\d_]+", lambda word: word.group() if word.group().isupper() and len(word.group()) > 1 else _lower(word.group()), text
    )


def _lower(word: str) -> str:
    return "".join(sign.lower() if sign.lower() in _TCVN3_CAPITALS and sign not in _TCVN3_CAPITALS else sign for sign in word)


def in_vni(text: str) -> str:
    """A letter of VNI is one sign, or a vowel and a sign for its mark and tone."""
    return "".join(_vni_letter(sign) for sign in unicodedata.normalize("NFC", text))


def _vni_letter(letter: str) -> str:
    lower = letter.lower()
    if lower in _VNI_WHOLE:
        written = _VNI_WHOLE[lower]
    else:
        base, *marks = unicodedata.normalize("NFD", lower)
        tone = next((mark for mark in marks if mark in _TONES), "")
        if "\u0302" in marks:
            written = base + _VNI_CIRCUMFLEX[tone]
        elif "\u0306" in marks:
            written = base + _VNI_BREVE[tone]
        else:
            written = ({"o": "ô", "u": "ö"}[base] if "\u031b" in marks else base) + _TONES.get(tone, "")
    return written.upper() if letter.isupper() else written


def in_code_page_1258(text: str) -> bytes:
    """Windows-1258: the tone is a sign of its own behind its vowel."""
    written = bytearray()
    for sign in unicodedata.normalize("NFC", text):
        try:
            written += sign.encode("cp1258")
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", sign)
            tones = "".join(mark for mark in parts if mark in _TONES)
            vowel = unicodedata.normalize("NFC", "".join(mark for mark in parts if mark not in _TONES))
            written += (vowel + tones).encode("cp1258")
    return bytes(written)
