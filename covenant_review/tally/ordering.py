"""The order of the Vietnamese alphabet, for lists of names: a ă â b c d đ e ê …, tones last."""

from __future__ import annotations

import unicodedata

_ALPHABET = {letter: place for place, letter in enumerate("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz")}
# No tone, huyền, hỏi, ngã, sắc, nặng.
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}


def vietnamese_order(name: str) -> tuple[list[tuple[int, int]], list[int], str]:
    """A sort key: letters first, then the tones, then the name itself; digits and signs come before letters."""
    letters: list[tuple[int, int]] = []
    tones: list[int] = []
    for character in unicodedata.normalize("NFC", name).lower():
        parts = unicodedata.normalize("NFD", character)
        tone = next((_TONES[mark] for mark in parts if mark in _TONES), 0)
        bare = unicodedata.normalize("NFC", "".join(mark for mark in parts if mark not in _TONES))
        place = _ALPHABET.get(bare)
        letters.append((0, ord(character)) if place is None else (1, place))
        tones.append(tone)
    return letters, tones, name
