"""`one_sex_only` and its kin: a right, duty, share, office or burden given to one sex, with no other beside it on equal terms."""

from __future__ import annotations

from collections.abc import Iterator

from covenant_review.screening.concepts import Mention
from covenant_review.screening.contrasts import has_equal_row
from covenant_review.screening.reading import Reading
from covenant_review.screening.schema import PatternKind, PatternSpec
from covenant_review.screening.sequences import Budget, Element
from covenant_review.screening.sides import sex_sides
from covenant_review.text.syllables import COMMA

_ANOTHER = frozenset(("ai", "kẻ", "đánh", "ép", "cấm", "chê", "mời", "giúp", "đưa", "cho", "tặng", "thăm"))
_OPENING_WORDS = 3
"""So many words may stand before a bearer who begins a clause: "Đối với các chị em …"."""
DEFAULT_BEARERS: dict[PatternKind, tuple[str, ...]] = {
    "male_default": ("suat-dinh", "truong-nam", "gia-truong"),
    "child_sex": ("nha-khong-con-trai", "nguoi-co-con-trai"),
    "life_state": ("goa-phu", "chua-hoang", "kinh-nguyet", "o-cu", "co-thai", "gai-xuat-gia", "o-re", "hiem-muon"),
}


def bearers_of(spec: PatternSpec) -> tuple[str, ...]:
    """The concepts that may bear: those of the pattern, else those of its kind."""
    return spec.who or DEFAULT_BEARERS.get(spec.kind, ())


def find_bearers(spec: PatternSpec, reading: Reading, budget: Budget) -> Iterator[tuple[Element, ...]]:
    """Every bearer with one mention of each group of `all` near it, at least one of them in the clause itself."""
    if reading.rows and not spec.paired and has_equal_row(reading, sex_sides(reading)):
        return
    for concept in bearers_of(spec):
        for who in reading.by_concept.get(concept, ()):
            budget.spend()
            if not spec.paired and (who.start in reading.paired or reading.place(who.start) == "header_row"):
                continue
            if spec.at_start and not _begins(who, reading):
                continue
            start, end = _stretch(spec, who, reading)
            if _any_inside(spec.none, reading, start, end):
                continue
            parts = _nearest_of_each(spec, who, reading, start, end)
            if parts is None:
                continue
            elements = (Element(who.start, who.end, concept), *parts)
            if any(element.end > reading.own for element in elements):
                yield tuple(sorted(elements, key=lambda element: element.start))


def _stretch(spec: PatternSpec, who: Mention, reading: Reading) -> tuple[int, int]:
    """Where the other parts may stand: in the bearer's segment, its sentence, or anywhere; in a table row, anywhere."""
    if reading.header_row or spec.scope == "clause":
        return 0, len(reading.words)
    return reading.sentence(who.start) if spec.scope == "sentence" else reading.segment(who.start)


def _begins(who: Mention, reading: Reading) -> bool:
    """Whether a bearer opens a phrase; "ai xúc phạm phụ nữ …" is about another."""
    start = reading.bounds(who.start, COMMA)[0]
    start = max(start, reading.own if who.start >= reading.own else start)
    opening = reading.words[start : who.start]
    return len(opening) <= _OPENING_WORDS and not _ANOTHER.intersection(opening)


def _any_inside(concepts: tuple[str, ...], reading: Reading, start: int, end: int) -> bool:
    return any(start <= mention.start < end for concept in concepts for mention in reading.by_concept.get(concept, ()))


def _nearest_of_each(spec: PatternSpec, who: Mention, reading: Reading, start: int, end: int) -> tuple[Element, ...] | None:
    parts = []
    for group in spec.all:
        best: tuple[int, Element] | None = None
        for concept in group:
            for mention in reading.by_concept.get(concept, ()):
                if mention.start < start or mention.end > end or (mention.start < who.end and who.start < mention.end):
                    continue
                before = mention.end <= who.start
                if before and spec.order == "who_first":
                    continue
                distance = who.start - mention.end if before else mention.start - who.end
                if distance <= spec.within and (best is None or distance < best[0]):
                    best = distance, Element(mention.start, mention.end, concept)
        if best is None:
            return None
        parts.append(best[1])
    return tuple(parts)
