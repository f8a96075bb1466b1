"""A clause's text cut where findings begin and end, so that a template can mark the words without touching them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

CELL_BREAK = " | "
# Where findings overlap, the words are marked as the gravest of them.
_GRAVEST_FIRST = ("violation", "outdated", "consider", "positive")


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of the text; `mark` is the gravest outcome of the findings over it, "" where there is none."""

    text: str
    mark: str = ""


def segments(text: str, spans: Iterable[tuple[int, int, str]]) -> tuple[Segment, ...]:
    """The whole `text` as segments in order; `spans` are (start, end, outcome) with offsets into `text`, in any order.

    Offsets beyond the text are cut back to it, so that a wrong one never loses a word.
    """
    inside = [(max(0, start), min(len(text), end), outcome) for start, end, outcome in spans]
    inside = [span for span in inside if span[0] < span[1]]
    edges = sorted({0, len(text), *(edge for start, end, _outcome in inside for edge in (start, end))})
    found: list[Segment] = []
    for start, end in pairwise(edges):
        covering = {outcome for first, last, outcome in inside if first <= start and end <= last}
        mark = next((outcome for outcome in _GRAVEST_FIRST if outcome in covering), "")
        if found and found[-1].mark == mark:
            found[-1] = Segment(found[-1].text + text[start:end], mark)
        else:
            found.append(Segment(text[start:end], mark))
    return tuple(found)


def cell_segments(text: str, cells: Sequence[str], spans: Sequence[tuple[int, int, str]]) -> tuple[tuple[Segment, ...], ...] | None:
    """The segments of each cell of a table row whose `text` is its cells joined by " | "; None if the text is not that."""
    if not cells or CELL_BREAK.join(cells) != text:
        return None
    row, start = [], 0
    for cell in cells:
        row.append(segments(cell, [(first - start, last - start, outcome) for first, last, outcome in spans]))
        start += len(cell) + len(CELL_BREAK)
    return tuple(row)
