"""`unequal_terms`: both sexes named, each with its own terms, and the terms differ; in a sentence, across them, in a table."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from covenant_review.screening.amounts import Amount, find_amounts
from covenant_review.screening.concepts import ConceptIndex, Mention
from covenant_review.screening.reading import Reading
from covenant_review.screening.schema import Difference, PatternSpec
from covenant_review.screening.sequences import Budget, Element
from covenant_review.screening.sides import (
    PARTING_WORDS,
    SCHEDULE_WORDS,
    Chunk,
    around_words,
    chunks_of,
    content_words,
    first_unequal,
    same_terms,
    sex_sides,
)
from covenant_review.text.syllables import CELL, SEMICOLON

DENY, EXEMPT, BURDEN = "bi-loai", "duoc-mien", "ganh-chiu"
_LEAST_CONTENT = 2
_LEAST_STRETCH = 3
LOW_ROLE, HIGH_ROLE = "bac-thap", "bac-cao"
USED_CONCEPTS = (DENY, EXEMPT, BURDEN, LOW_ROLE, HIGH_ROLE)


def find_contrasts(spec: PatternSpec, reading: Reading, budget: Budget) -> Iterator[tuple[tuple[Element, ...], Difference]]:
    """Every pair of stretches, rows or columns whose terms differ in one of the ways of `differ`, with that way."""
    if not _topic_present(spec, reading) or (spec.sides is None and not reading.both_sexes and not reading.cells):
        return
    sides = _sides(spec, reading)
    if CELL in reading.breaks[reading.own + 1 :] or reading.header_row:
        yield from _find_in_table(spec, reading, sides)
    for first, second in _opposed(spec, reading, sides):
        budget.spend()
        found = _difference(spec.differ, reading, first, reading, second)
        if found is not None:
            kind, evidence = found
            elements = (_person(first.person), *evidence[0], _person(second.person), *evidence[1])
            yield _in_order(elements), kind


def _opposed(spec: PatternSpec, reading: Reading, sides: Mapping[str, int]) -> list[tuple[Chunk, Chunk]]:
    """The pairs of stretches of opposite sides on unequal terms; remembered, since many rules ask the same."""
    pairs = reading.opposed.get(spec.sides)
    if pairs is None:
        chunks = chunks_of(reading, sides)
        pairs = reading.opposed[spec.sides] = [
            (first, second)
            for position, first in enumerate(chunks)
            for second in chunks[position + 1 : position + 3]
            if first.side != second.side and not same_terms(reading, first, reading, second) and not _denied(reading, first, second)
        ]
    return pairs


def _denied(reading: Reading, first: Chunk, second: Chunk) -> bool:
    """ "Không lớp nào dành ghế cho các ông trước, các bà sau": what is denied is the difference."""
    return any(
        negation.denies_difference and negation.quantifier < first.person.start and second.person.start < negation.end
        for negation in reading.negations
    )


def _in_order(elements: Iterable[Element]) -> tuple[Element, ...]:
    return tuple(sorted(set(elements), key=lambda element: (element.start, element.end)))


def _topic_present(spec: PatternSpec, reading: Reading) -> bool:
    return all(any(reading.by_concept.get(concept) for concept in group) for group in spec.all) and not any(
        reading.by_concept.get(concept) for concept in spec.none
    )


def _sides(spec: PatternSpec, reading: Reading) -> Mapping[str, int]:
    """Concept → side. Without `sides` in the pattern, every concept with a sex takes part."""
    return sex_sides(reading) if spec.sides is None else _named_sides(spec.sides, reading.index)


@lru_cache(maxsize=256)
def _named_sides(sides: tuple[tuple[str, ...], tuple[str, ...]], index: ConceptIndex) -> Mapping[str, int]:
    wanted: dict[str, int] = {}
    for side, names in enumerate(sides):
        for concept, family in index.family.items():
            if concept in index.sex and any(name in family for name in names):
                wanted[concept] = side
    return wanted


def _person(mention: Mention) -> Element:
    return Element(mention.start, mention.end, mention.concept)


def _has(reading: Reading, concept: str, start: int, end: int) -> Element | None:
    for mention in reading.by_concept.get(concept, ()):
        if start <= mention.start and mention.end <= end:
            return Element(mention.start, mention.end, concept)
    return None


_Evidence = tuple[tuple[Element, ...], tuple[Element, ...]]


def _difference(
    kinds: tuple[Difference, ...], left: Reading, first: Chunk, right: Reading, second: Chunk
) -> tuple[Difference, _Evidence] | None:
    for kind in kinds:
        evidence: _Evidence | None = None
        if kind == "amount":
            evidence = _unequal_amounts(find_amounts(left, first.start, first.end), find_amounts(right, second.start, second.end))
        elif kind == "polarity":
            evidence = _unequal_polarity(left, first, right, second)
        elif kind == "role":
            evidence = _unequal_roles(left, first, right, second)
        elif (kind == "any" and min(first.end - first.start, second.end - second.start) >= _LEAST_STRETCH) or (
            kind == "terms" and _told_apart(left, first, right, second)
        ):
            evidence = (), ()
        if evidence is not None:
            return kind, evidence
    return None


def _told_apart(left: Reading, first: Chunk, right: Reading, second: Chunk) -> bool:
    """Whether each side is given something of its own: enough words of content, and the stretches clearly parted."""
    if left.index.houses.issuperset((first.person.concept, second.person.concept)):
        return False  # what each family brings to a wedding
    words = content_words(left, first) - SCHEDULE_WORDS, content_words(right, second) - SCHEDULE_WORDS
    parted = left is not right or right.breaks[second.start] >= SEMICOLON or right.words[second.start] in PARTING_WORDS
    if parted and sum(map(len, words)) > _LEAST_CONTENT and max(map(len, words)) >= _LEAST_CONTENT:
        around = [around_words(reading, chunk) - SCHEDULE_WORDS for reading, chunk in ((left, first), (right, second))]
        return bool(around[0] and around[1])
    if min(map(len, words)) < _LEAST_CONTENT:
        return False
    return "thì" in left.words[first.start : first.end] or len(words[0] ^ words[1]) > len(words[0] & words[1])


def _unequal_amounts(left: list[Amount], right: list[Amount]) -> _Evidence | None:
    pair = first_unequal(left, right)
    if pair is None:
        return None
    return (Element(pair[0].start, pair[0].end, None),), (Element(pair[1].start, pair[1].end, None),)


def _unequal_polarity(left: Reading, first: Chunk, right: Reading, second: Chunk) -> _Evidence | None:
    deny = _has(left, DENY, first.start, first.end), _has(right, DENY, second.start, second.end)
    if (deny[0] is None) != (deny[1] is None):
        return (deny[0],) if deny[0] else (), (deny[1],) if deny[1] else ()
    exempt = _has(left, EXEMPT, first.start, first.end), _has(right, EXEMPT, second.start, second.end)
    burden = _has(left, BURDEN, first.start, first.end), _has(right, BURDEN, second.start, second.end)
    if exempt[1] and burden[0] and not exempt[0]:
        return (burden[0],), (exempt[1],)
    if exempt[0] and burden[1] and not exempt[1]:
        return (exempt[0],), (burden[1],)
    amounts = find_amounts(left, first.start, first.end), find_amounts(right, second.start, second.end)
    if exempt[1] and not exempt[0] and amounts[0] and not amounts[1]:
        return (), (exempt[1],)
    if exempt[0] and not exempt[1] and amounts[1] and not amounts[0]:
        return (exempt[0],), ()
    return None


def _unequal_roles(left: Reading, first: Chunk, right: Reading, second: Chunk) -> _Evidence | None:
    for low, high in ((LOW_ROLE, HIGH_ROLE), (HIGH_ROLE, LOW_ROLE)):
        one, other = _has(left, low, first.start, first.end), _has(right, high, second.start, second.end)
        if one and other and not _has(right, low, second.start, second.end):
            return (one,), (other,)
    return None


# Tables -----------------------------------------------------------------------------------------------------------


def _cells(reading: Reading, start: int, end: int) -> list[tuple[int, int]]:
    borders = [start, *(p for p in range(start + 1, end) if reading.breaks[p] == CELL), end]
    return list(itertools.pairwise(borders))


def _first_person(reading: Reading, sides: Mapping[str, int], start: int, end: int) -> Mention | None:
    inside = [mention for mention in reading.persons if start <= mention.start < end and mention.concept in sides]
    if not inside or inside[0].start in reading.coordinated:
        return None
    cell_end = reading.bounds(inside[0].start, CELL)[1]
    both = {sides[mention.concept] for mention in inside if mention.start < cell_end}
    return inside[0] if len(both) == 1 else None


def _find_in_table(spec: PatternSpec, reading: Reading, sides: Mapping[str, int]) -> Iterator[tuple[tuple[Element, ...], Difference]]:
    yield from _find_in_columns(spec, reading, sides)
    if has_equal_row(reading, sides):
        return
    for here, row, there in _rows_opposite(reading, sides):
        found = _difference(spec.differ, reading, here, row, there)
        if found is None and "amount" in spec.differ and _values_differ(reading, here, row, there):
            found = "amount", ((), ())
        if found is not None:
            yield _in_order((_person(here.person), *found[1][0])), found[0]
            return


def has_equal_row(reading: Reading, sides: Mapping[str, int]) -> bool:
    """Whether another row gives the other side the same amounts ("Con trai | 300.000", "Con gái | 300.000"), whatever a third says."""
    return any(_values_agree(reading, here, row, there) for here, row, there in _rows_opposite(reading, sides))


def _rows_opposite(reading: Reading, sides: Mapping[str, int]) -> Iterator[tuple[Chunk, Reading, Chunk]]:
    """The row's own stretch beside each row of the table that begins with a person of the other side, and that row's stretch."""
    own = _first_person(reading, sides, reading.own, len(reading.words)) if reading.rows else None
    if own is None:
        return
    here = Chunk(own.end, len(reading.words), sides[own.concept], own)
    for row in reading.rows:
        other = _first_person(row, sides, row.own, len(row.words))
        if other is not None and sides[other.concept] != here.side:
            yield here, row, Chunk(other.end, len(row.words), sides[other.concept], other)


def _values_differ(reading: Reading, here: Chunk, row: Reading, there: Chunk) -> bool:
    """Whether the cells after the first differ between two rows of opposite sex."""
    left, right = _values(reading, here), _values(row, there)
    return bool(left) and len(left) == len(right) and left != right


def _values_agree(reading: Reading, here: Chunk, row: Reading, there: Chunk) -> bool:
    """Whether all cells after the first, an amount among them, are the same in two rows of opposite sex."""
    left = _values(reading, here)
    return left == _values(row, there) and any(word[0].isdigit() for cell in left for word in cell)


def _values(reading: Reading, chunk: Chunk) -> list[Sequence[str]]:
    return [reading.words[start:end] for start, end in _cells(reading, reading.own, chunk.end)[1:]]


def _find_in_columns(spec: PatternSpec, reading: Reading, sides: Mapping[str, int]) -> Iterator[tuple[tuple[Element, ...], Difference]]:
    """Header cells of opposite sex over cells of the row that differ."""
    marked = columns_by_side(reading, sides)
    for side, cell in marked:
        for other_side, other in marked:
            if side == 0 and other_side == 1 and reading.words[slice(*cell)] != reading.words[slice(*other)]:
                yield _in_order((Element(*cell, None), Element(*other, None))), "amount"
                return


def columns_by_side(reading: Reading, sides: Mapping[str, int]) -> list[tuple[int, tuple[int, int]]]:
    """The cells of a table row (syllables, half-open) that stand under a header cell naming one side only, each with that side."""
    header = next((number for number, piece in enumerate(reading.pieces) if piece.place == "header_row"), None)
    if header is None:
        return []
    places = [position for position, span in enumerate(reading.spans) if span[0] == header]
    if not places:
        return []
    heads = _cells(reading, places[0], places[-1] + 1)
    cells = _cells(reading, reading.own, len(reading.words))
    if len(heads) != len(cells):
        return []
    named = ((_first_person(reading, sides, *head), cell) for head, cell in zip(heads, cells, strict=True))
    return [(sides[person.concept], cell) for person, cell in named if person is not None]
