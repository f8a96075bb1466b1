"""Which stretch of a clause speaks of which sex, and where both are given the same terms."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from covenant_review.screening.amounts import Amount, find_amounts
from covenant_review.screening.concepts import Mention
from covenant_review.text.syllables import COMMA, SENTENCE

if TYPE_CHECKING:
    from covenant_review.screening.reading import Reading

_PARTING_WORDS = frozenset(("còn", "nhưng", "song", "riêng"))
_NEGATIONS = frozenset(("không", "chưa", "chẳng", "thôi", "chớ", "đừng"))
_EMPTY_WORDS = frozenset(
    {
        "thì", "là", "được", "cho", "của", "các", "những", "và", "với", "mỗi", "nào", "ấy", "này", "kia",
        "đến", "đều", "cũng", "còn", "nếu", "khi"
    }
)
_MEASURES = (
    frozenset(("ngày", "tuần", "tháng", "năm", "buổi")),
    frozenset(("sào", "thước", "mẫu", "ha")),
    frozenset(("cân", "kg", "tạ", "yến", "tấn", "lạng")),
)
_SAME = 0.7
_FEW = 2


@dataclass(frozen=True, slots=True)
class Chunk:
    """Syllables `start:end`, which speak of one side (0 or 1) by the first `person` in them."""

    start: int
    end: int
    side: int
    person: Mention


def sex_sides(reading: Reading) -> dict[str, int]:
    """Every concept with a sex: women 0, men 1."""
    return {concept: 0 if sex == "female" else 1 for concept, sex in reading.index.sex.items()}


def chunks_of(reading: Reading, sides: Mapping[str, int]) -> list[Chunk]:
    """The clause's own words cut at punctuation and "còn"; stretches without a person go with the one before them."""
    borders = [reading.own]
    for position in range(reading.own + 1, len(reading.words)):
        if reading.breaks[position] >= COMMA or reading.words[position] in _PARTING_WORDS:
            borders.append(position)
    borders.append(len(reading.words))
    chunks: list[Chunk] = []
    neutral = False
    for start, end in itertools.pairwise(borders):
        persons = [mention for mention in reading.persons if start <= mention.start < end]
        if persons and persons[0].start in reading.coordinated:
            neutral = True
            continue
        persons = [mention for mention in persons if mention.concept in sides and mention.start not in reading.coordinated]
        if persons:
            chunks.append(Chunk(start, end, sides[persons[0].concept], persons[0]))
            neutral = False
        elif chunks and not neutral and start < end and reading.breaks[start] < SENTENCE and chunks[-1].end == start:
            chunks[-1] = Chunk(chunks[-1].start, end, chunks[-1].side, chunks[-1].person)
    return chunks


def first_unequal(left: list[Amount], right: list[Amount]) -> tuple[Amount, Amount] | None:
    """The first amounts, in order, that count the same thing and differ."""
    for one, other in zip(left, right, strict=False):
        same_unit = one.unit == other.unit or not one.unit or not other.unit
        one_measure = any(one.unit in measure and other.unit in measure for measure in _MEASURES)
        if (same_unit and one.value != other.value) or (one_measure and one.unit != other.unit):
            return one, other
    return None


def same_terms(left: Reading, first: Chunk, right: Reading, second: Chunk) -> bool:
    """Whether two stretches give both sides the same: equal amounts, "cũng …", or nearly the same words."""
    words = [
        {word for word in reading.words[chunk.person.end : chunk.end] if word not in _EMPTY_WORDS}
        for reading, chunk in ((left, first), (right, second))
    ]
    amounts = find_amounts(left, first.start, first.end), find_amounts(right, second.start, second.end)
    if first_unequal(*amounts) is not None:
        return False
    if bool(words[0] & _NEGATIONS) != bool(words[1] & _NEGATIONS) or _exempt(left, first) != _exempt(right, second):
        return False
    if "cũng" in right.words[second.start : second.end] or "vậy" in right.words[second.end - 1 : second.end]:
        return True
    if amounts[0] and len(amounts[0]) == len(amounts[1]):
        return True
    shared, fewest = words[0] & words[1], min(len(words[0]), len(words[1]))
    if len(amounts[0]) == len(amounts[1]) and fewest >= _FEW and len(shared) == fewest:
        return True
    return bool(shared) and len(shared) >= _SAME * len(words[0] | words[1])


def _exempt(reading: Reading, chunk: Chunk) -> bool:
    words = reading.words[chunk.start : chunk.end]
    return "miễn" in words or ("không", "phải") in pairwise(words)


def equal_persons(reading: Reading) -> frozenset[int]:
    """Starts of the persons whose stretch has a twin for the other sex on the same terms."""
    chunks = chunks_of(reading, sex_sides(reading))
    equal: set[int] = set()
    for position, first in enumerate(chunks):
        for second in chunks[position + 1 : position + 3]:
            if first.side != second.side and same_terms(reading, first, reading, second):
                equal.update((first.person.start, second.person.start))
    return frozenset(equal)
