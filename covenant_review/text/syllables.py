"""A folded text as syllables with offsets, and how strongly each is parted from the one before it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

# How strongly two neighbouring syllables are parted.
SPACE, COMMA, COLON, SEMICOLON, SENTENCE, CELL, EDGE = range(7)

_SYLLABLE = re.compile(r"(\d+(?:[.,]\d+)*%?|[^\W_]+)")
_LONGEST_GAP_KNOWN = 8
_SENTENCE_END = re.compile(r"[.!?…\n]")


@dataclass(frozen=True, slots=True)
class Syllables:
    """`words[i]` stands at `starts[i]:ends[i]`; `breaks[i]` is the break before it (EDGE for the first)."""

    words: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    breaks: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.words)


def _strength(gap: str) -> int:
    if "|" in gap:
        return CELL
    if _SENTENCE_END.search(gap):
        return SENTENCE
    if ";" in gap:
        return SEMICOLON
    if ":" in gap:
        return COLON
    if "," in gap or "(" in gap or ")" in gap or "/" in gap or " - " in gap:
        return COMMA
    return SPACE


_known_strength = lru_cache(maxsize=1024)(_strength)


def split_syllables(folded: str) -> Syllables:
    """The syllables (words between spaces and punctuation, numbers such as "500.000" whole) of a folded text, in order."""
    parts = _SYLLABLE.split(folded)
    offsets = list(accumulate(map(len, parts)))
    breaks = [SPACE if gap == " " else _known_strength(gap) if len(gap) <= _LONGEST_GAP_KNOWN else _strength(gap) for gap in parts[:-1:2]]
    if breaks:
        breaks[0] = EDGE
    return Syllables(tuple(parts[1::2]), tuple(offsets[:-1:2]), tuple(offsets[1::2]), tuple(breaks))
