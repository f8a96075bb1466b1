"""Folding Vietnamese text for comparison, with its length kept: offset i of the folded text is offset i of the original."""

from __future__ import annotations

import re
import unicodedata

from covenant_review.text.normal_form import with_new_tone_placement

_DASHES = "‐‑‒–—―−"
_SINGLE_QUOTES = "‘’‚‛′`´"
_DOUBLE_QUOTES = "“”„‟″«»"
_SPACES = "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u3000\t"


def _lower_one(character: str) -> str:
    lowered = character.lower()
    return lowered if len(lowered) == 1 else character


def _table() -> dict[int, str]:
    table = {code: _lower_one(chr(code)) for code in range(0x41, 0x2000) if chr(code).lower() != chr(code)}
    for group, plain in ((_DASHES, "-"), (_SINGLE_QUOTES, "'"), (_DOUBLE_QUOTES, '"'), (_SPACES, " ")):
        table.update({ord(character): plain for character in group})
    return table


def _bare_table() -> dict[int, str]:
    table: dict[int, str] = {ord("đ"): "d"}
    for code in range(0xC0, 0x1F00):
        character = chr(code)
        base = unicodedata.normalize("NFD", character)[0]
        if base != character and base.isascii() and base.isalpha():
            table[code] = base
    return table


_FOLD = _table()
# Letters that only a text with its marks has; almost every text shows one among its first words.
_MARKED = re.compile("[À-ÃÈ-ÊÌÍÒ-ÕÙÚÝà-ãè-êìíò-õùúýĂăĐđĨĩŨũƠơƯưẠ-ỹ]")
_BARE = _bare_table()


def fold(text: str) -> str:
    """Lower case, the newer tone placement, plain quotes, dashes and spaces; "đ" and all diacritics stay.

    `text` must be NFC. The result has the same length, so offsets into it are offsets into `text`.
    """
    return with_new_tone_placement(text).translate(_FOLD)


def strip_marks(folded: str) -> str:
    """The second level, for text that lost its diacritics: a folded text without any mark, "đ" as "d". Same length."""
    return folded.translate(_BARE)


def has_lost_marks(text: str) -> bool:
    """Whether a Vietnamese text of some length carries no diacritics at all: typed or scanned without them."""
    if _MARKED.search(text):
        return False
    letters = [character for character in text if character.isalpha()]
    return len(letters) >= 20 and all(character.isascii() for character in letters)
