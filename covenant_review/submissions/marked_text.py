"""A clause's words cut into pieces, so that a page can mark what a finding points at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words; `outcome` is that of the gravest finding over it, "" if there is none."""

    text: str
    outcome: str


_GRAVEST_FIRST = ("violation", "consider", "outdated", "positive")


def pieces(text: str, spans: Iterable[tuple[int, int, str]]) -> list[Piece]:
    """Cut `text` at the spans (start, end, outcome); offsets outside the text are cut back to it. Joined, they give `text`."""
    kept = [(max(0, start), min(len(text), end), outcome) for start, end, outcome in spans]
    kept = [span for span in kept if span[0] < span[1]]
    edges = sorted({0, len(text), *(edge for start, end, _outcome in kept for edge in (start, end))})
    result = []
    for start, end in pairwise(edges):
        over = [outcome for first, last, outcome in kept if first <= start and end <= last]
        gravest = min(over, key=_GRAVEST_FIRST.index, default="")
        result.append(Piece(text[start:end], gravest))
    return result
