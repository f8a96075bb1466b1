"""Where on the pages of one reading the texts of another stand: for DOCX, whose own reading knows no pages.

Both readings are folded to letters and digits. Texts that occur once are anchors; the others are looked for between the
anchors around them, exactly first, then with slips. A text that is found nowhere gets no boxes: none is better than wrong.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from rapidfuzz import fuzz

from covenant_review.extraction.document import Block, Box
from covenant_review.text.folding import fold

_ANCHOR_AT_LEAST = 16  # letters and digits: shorter texts may stand anywhere
_WORDS_AT_LEAST = 8  # letters and digits of the words alone, where the number was not found with them
_SLIPS_AT_LEAST = 24  # letters and digits: shorter texts must be found exactly
_SCORE = 90.0
_LOOK_AHEAD = 1500  # letters and digits after which a short text is not looked for any more

Span = tuple[int, int]


def aligned_boxes(texts: Sequence[tuple[str, str]], blocks: Sequence[Block]) -> list[tuple[Box, ...]]:
    """For each of `texts` (number, words), in reading order, the boxes of the blocks that hold it (empty where not found).

    `blocks` are those of the reading that knows the pages, in its order. The number is only a help: programs that lay a
    document out do not always count as its author's did.
    """
    stream, starts = _stream(blocks)
    keys = [_key(number + words) for number, words in texts]
    spans = _anchors(keys, stream)
    _between(keys, spans, stream)
    _between([_key(words) if len(_key(words)) >= _WORDS_AT_LEAST else "" for _number, words in texts], spans, stream)
    return [_boxes(span, starts, blocks, len(stream)) for span in spans]


def _key(text: str) -> str:
    return "".join(mark for mark in fold(text) if mark.isalnum())


def _stream(blocks: Sequence[Block]) -> tuple[str, list[int]]:
    parts, starts, length = [], [], 0
    for block in blocks:
        starts.append(length)
        part = _key(f"{block.number} {block.text}")
        parts.append(part)
        length += len(part)
    return "".join(parts), starts


def _anchors(keys: Sequence[str], stream: str) -> list[Span | None]:
    """Spans of the keys that occur once in the stream; of those that cross each other, the longest chain in order is kept."""
    found = [(index, start) for index, key in enumerate(keys) if len(key) >= _ANCHOR_AT_LEAST and (start := _once(key, stream)) >= 0]
    spans: list[Span | None] = [None] * len(keys)
    for index, start in _longest_in_order(found):
        spans[index] = (start, start + len(keys[index]))
    return spans


def _once(key: str, stream: str) -> int:
    start = stream.find(key)
    return start if start >= 0 and stream.find(key, start + 1) < 0 else -1


def _longest_in_order(found: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest chain whose starts rise (patience sorting)."""
    tails: list[int] = []
    places: list[int] = []
    before: list[int] = []
    for position, (_index, start) in enumerate(found):
        place = bisect_right(tails, start)
        before.append(places[place - 1] if place else -1)
        if place == len(tails):
            tails.append(start)
            places.append(position)
        else:
            tails[place], places[place] = start, position
    chain = []
    position = places[-1] if places else -1
    while position >= 0:
        chain.append(found[position])
        position = before[position]
    return chain[::-1]


def _between(keys: Sequence[str], spans: list[Span | None], stream: str) -> None:
    """Fill in what stands between the anchors, from left to right."""
    cursor = 0
    for index, key in enumerate(keys):
        known = spans[index]
        if known is None and key:
            following = next((span[0] for span in spans[index + 1 :] if span is not None), len(stream))
            known = spans[index] = _found(key, stream, cursor, following)
        if known is not None:
            cursor = max(cursor, known[1])


def _found(key: str, stream: str, start: int, end: int) -> Span | None:
    if start >= end:
        return None
    if len(key) < _ANCHOR_AT_LEAST:
        end = min(end, start + _LOOK_AHEAD)
    exact = stream.find(key, start, end)
    if exact >= 0:
        return exact, exact + len(key)
    if len(key) < _SLIPS_AT_LEAST:
        return None
    window = stream[start : min(end, start + 4 * len(key) + _LOOK_AHEAD)]
    best = fuzz.partial_ratio_alignment(key, window, score_cutoff=_SCORE)
    # The whole text must be there, not the window inside a longer text.
    if best is None or best.src_end - best.src_start < 0.9 * len(key):
        return None
    return start + best.dest_start, start + best.dest_end


def _boxes(span: Span | None, starts: Sequence[int], blocks: Sequence[Block], length: int) -> tuple[Box, ...]:
    if span is None:
        return ()
    boxes: list[Box] = []
    first = max(0, bisect_right(starts, span[0]) - 1)
    for index in range(first, len(blocks)):
        begin, end = starts[index], starts[index + 1] if index + 1 < len(blocks) else length
        if begin >= span[1]:
            break
        if end > begin and span[0] < end:
            first_share = (max(span[0], begin) - begin) / (end - begin)
            boxes.extend(_lines(blocks[index].boxes, first_share, (min(span[1], end) - begin) / (end - begin)))
    return tuple(boxes)


def _lines(boxes: Sequence[Box], first: float, last: float) -> Sequence[Box]:
    """The lines of a block that the share `first`..`last` of its letters stands in; wide lines hold more of them."""
    if len(boxes) < 2 or (first <= 0 and last >= 1):
        return boxes
    total = sum(box.x1 - box.x0 for box in boxes) or 1.0
    kept, seen = [], 0.0
    for box in boxes:
        share = (box.x1 - box.x0) / total
        if seen < last - 0.01 and seen + share > first + 0.01:
            kept.append(box)
        seen += share
    return kept or boxes
