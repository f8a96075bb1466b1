"""The order of the Vietnamese alphabet, for lists of names."""

from __future__ import annotations

import unicodedata

# The Vietnamese alphabet, so that Đ follows D and Â follows A; the tones come after the letters.
_ALPHABET = {sign: place for place, sign in enumerate("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz")}
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}


def vietnamese_order(name: str) -> tuple[list[tuple[int, int]], list[int]]:
    """The place of a name in Vietnamese order (a ă â … d đ …; tones ngang huyền hỏi ngã sắc nặng), numbers as numbers."""
    letters: list[tuple[int, int]] = []
    tones: list[int] = []
    number = ""
    for sign in unicodedata.normalize("NFC", name.lower()) + " ":
        if sign.isdigit():
            number += sign
            continue
        if number:
            letters.append((0, int(number)))
            number = ""
        pieces = unicodedata.normalize("NFD", sign)
        tones.append(next((_TONES[piece] for piece in pieces if piece in _TONES), 0))
        toneless = unicodedata.normalize("NFC", "".join(piece for piece in pieces if piece not in _TONES))
        letters.append((1, _ALPHABET[toneless]) if toneless in _ALPHABET else (-1, ord(toneless[0])))
    return letters, tones
