"""A folded text as syllables with offsets, and how strongly each is parted from the one before it."""

from __future__ import annotations

import re
from dataclasses import dataclass

# How strongly two neighbouring syllables are parted.
SPACE, COMMA, COLON, SEMICOLON, SENTENCE, CELL, EDGE = range(7)

_SYLLABLE = re.compile(r"\d+(?:[.,]\d+)*%?|[^\W_]+")
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
    if gap == " ":
        return SPACE
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


def split_syllables(folded: str) -> Syllables:
    """The syllables (words between spaces and punctuation, numbers such as "500.000" whole) of a folded text, in order."""
    words: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    breaks: list[int] = []
    previous_end = 0
    for match in _SYLLABLE.finditer(folded):
        breaks.append(_strength(folded[previous_end : match.start()]) if words else EDGE)
        words.append(match.group())
        starts.append(match.start())
        ends.append(match.end())
        previous_end = match.end()
    return Syllables(tuple(words), tuple(starts), tuple(ends), tuple(breaks))
