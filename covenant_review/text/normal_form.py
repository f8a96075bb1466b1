"""The normal form of Vietnamese text: one way to write each letter, and (apart from that) one place for the tone mark.

`normal_form` is what every reader applies before text enters the system: NFC, with the letters of Vietnamese as single
code points. `with_new_tone_placement` is for comparing only (hoà = hòa): it keeps length, so offsets hold, and it is
never applied to text that is shown.
"""

from __future__ import annotations

import re
import unicodedata

# Eth and the African D look like Đ; converters of old fonts put them in its place. Vietnamese uses neither.
_LOOKALIKES = str.maketrans({"\u00d0": "Đ", "\u0189": "Đ", "\u00f0": "đ", "\u0340": "\u0300", "\u0341": "\u0301"})
_COMBINING = re.compile("[\u0300-\u036f]")
_CLUSTER = re.compile("[^\u0300-\u036f][\u0300-\u036f]+")
_QUALITY_MARKS = "\u0302\u0306\u031b"  # circumflex, breve, horn: they make the letter; tones come after them

_ZERO_WIDTH = re.compile("[\u200b\u200c\u200d\u200e\u200f\u2060\ufeff]")
_SPACES = re.compile("[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_AROUND_LINE_BREAK = re.compile(" ?\n ?")

_OLD_PLACEMENT = re.compile("(?:([oO])([àáảãạÀÁẢÃẠèéẻẽẹÈÉẺẼẸ])|(?<![qQ])([uU])([ỳýỷỹỵỲÝỶỸỴ]))(?![^\\W\\d_])")


def normal_form(text: str) -> str:
    """`text` in NFC, with Vietnamese letters whole even where tone and letter mark were typed in the wrong order.

    The length may change (NFD becomes NFC), so this comes before anything that counts offsets. Tone placement, case,
    spaces and punctuation stay as they are. Source of the canonical order: Unicode Standard Annex 15.
    """
    composed = unicodedata.normalize("NFC", text).translate(_LOOKALIKES)
    if _COMBINING.search(composed):
        composed = _CLUSTER.sub(_recompose, composed)
    return composed


def _recompose(cluster: re.Match[str]) -> str:
    decomposed = unicodedata.normalize("NFD", cluster.group())
    base, marks = decomposed[0], decomposed[1:]
    ordered = sorted(marks, key=lambda mark: mark not in _QUALITY_MARKS)
    return unicodedata.normalize("NFC", base + "".join(ordered))


def tidy(text: str) -> str:
    """`text` in normal form with every run of blanks (tabs and no-break spaces too) as one space, trimmed at both ends.

    Line breaks stay, without blanks around them; characters of no width go; the no-break hyphen becomes a plain one.
    The soft hyphen stays: in the old TCVN3 fonts it is the letter ư, and only the reader of a run knows the font.
    """
    spaced = _SPACES.sub(" ", _ZERO_WIDTH.sub("", normal_form(text)).replace("\u2011", "-"))
    return _AROUND_LINE_BREAK.sub("\n", spaced).strip()


def with_new_tone_placement(text: str) -> str:
    """`text` with tone marks where the newer spelling puts them: hoà → hòa, khoẻ → khỏe, uỷ → ủy; quý and hoàn stay.

    Takes NFC and gives back exactly as many characters, so offsets into one are offsets into the other. For comparing
    only: a document's own spelling is what people are shown.
    """
    return _OLD_PLACEMENT.sub(_move_tone, text)


def _move_tone(vowels: re.Match[str]) -> str:
    first, second = (vowels.group(1), vowels.group(2)) if vowels.group(1) else (vowels.group(3), vowels.group(4))
    plain_and_tone = unicodedata.normalize("NFD", second)
    return unicodedata.normalize("NFC", first + plain_and_tone[1]) + plain_and_tone[0]
