"""What the second reader sees in a clause: words, units (persons by sex, concepts) and how the sexes stand to each other.

Every feature is a name and the syllables of the reading that it rests on, so that a judgement can be explained by words.
Findings of rules are no features: rules are tuned on the corpus that the reader learns from, and there a silent rule would
teach the reader that all is well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from covenant_review.screening.amounts import find_amounts
from covenant_review.screening.contrasts import columns_by_side, has_equal_row
from covenant_review.screening.frames import ActiveFrame
from covenant_review.screening.reading import Reading
from covenant_review.screening.sides import Chunk, chunks_of, first_unequal, same_terms, sex_sides
from covenant_review.text.syllables import COMMA, SEMICOLON, SENTENCE

Span = tuple[int, int]

_REACH = 7
_LONGEST = 4
_CONTEXT_LONGEST = 2


class Feature(NamedTuple):
    """`name`, whose first letter is its group, and the syllables (half-open spans of the reading) that it rests on."""

    name: str
    spans: tuple[Span, ...]


class Unit(NamedTuple):
    """A step of the clause: a person, a concept, a word or a break. `sex` is "F" or "M" for a person who stands alone."""

    text: str
    start: int
    end: int
    sex: str = ""
    person: str = ""


def features_of(reading: Reading, active: Sequence[ActiveFrame]) -> list[Feature]:
    """All features of a reading; the same name may come more than once, with other words."""
    own = units_of(reading, reading.own, len(reading.words))
    context = units_of(reading, 0, reading.own)
    return [
        *_words(reading),
        *_characters(reading),
        *_sequences(own),
        *_around_persons(own),
        *_context(reading, context, own),
        *_concepts(reading),
        *_standing(reading, own, context),
        *_frames(active),
    ]


def units_of(reading: Reading, start: int, end: int) -> list[Unit]:
    """The syllables `start:end` as units, longest mention first, with breaks between them."""
    at: dict[int, tuple[int, str]] = {}
    sex = reading.index.sex
    for mention in reading.mentions:
        if start <= mention.start and mention.end <= end:
            known = at.get(mention.start)
            person = mention.concept in sex
            if known is None or (mention.end, person) > (known[0], known[1] in sex):
                at[mention.start] = mention.end, mention.concept
    units: list[Unit] = []
    position = start
    while position < end:
        if position > start and reading.breaks[position] >= COMMA:
            sign = "." if reading.breaks[position] >= SENTENCE else ";" if reading.breaks[position] >= SEMICOLON else ","
            units.append(Unit(sign, position, position))
        found = at.get(position)
        if found is None:
            word = reading.words[position]
            units.append(Unit("#" if word[0].isdigit() else word, position, position + 1))
            position += 1
            continue
        stop, concept = found
        if concept not in sex:
            units.append(Unit(f"<{concept}>", position, stop))
        elif position in reading.paired:
            units.append(Unit("E", position, stop, person=concept))
        else:
            units.append(Unit("S", position, stop, "F" if sex[concept] == "female" else "M", concept))
        position = stop
    return units


def _words(reading: Reading) -> Iterator[Feature]:
    words, breaks = reading.words, reading.breaks
    for start in range(reading.own, len(words)):
        name = f"w {words[start]}"
        yield Feature(name, ((start, start + 1),))
        for last in (start + 1, start + 2):
            if last >= len(words) or breaks[last] >= COMMA:
                break
            name = f"{name} {words[last]}"
            yield Feature(name, ((start, last + 1),))


def _characters(reading: Reading) -> Iterator[Feature]:
    """Runs of 5 characters that reach over syllables: what is left of a phrase after a slip of OCR."""
    words = reading.words
    for start in range(reading.own, len(words)):
        following = words[start + 1] if start + 1 < len(words) else ""
        span = ((start, min(start + 2, len(words))),)
        for name in _pieces(words[start], following):
            yield Feature(name, span)


@lru_cache(maxsize=20_000)
def _pieces(word: str, following: str) -> tuple[str, ...]:
    text = f"{word} {following} " if following else f"{word} "
    return tuple(f"c {text[offset : offset + 5]}" for offset in range(len(word)) if len(text) >= offset + 5)


def _sequences(units: Sequence[Unit]) -> Iterator[Feature]:
    """Runs of units that hold a person: by "one sex" alone, and once more by which."""
    texts = ["^", *(unit.text for unit in units), "$"]
    sexes = ["", *(unit.sex for unit in units), ""]
    spans = [(units[0].start, units[0].start) if units else (0, 0), *((unit.start, unit.end) for unit in units), (0, 0)]
    for start in range(len(texts)):
        for length in range(1, _LONGEST + 1):
            end = start + length
            if end > len(texts):
                break
            part = texts[start:end]
            if "S" not in part and "E" not in part:
                continue
            covered = tuple(span for span in spans[start:end] if span[0] < span[1])
            yield Feature("u " + " ".join(part), covered)
            if length <= 2 and any(sexes[start:end]):
                sexed = [sexes[place] or texts[place] for place in range(start, end)]
                yield Feature("u " + " ".join(sexed), covered)


def _around_persons(units: Sequence[Unit]) -> Iterator[Feature]:
    """A person of one sex and what stands near, before and after, in the same sentence."""
    for position, unit in enumerate(units):
        if not unit.person:
            continue
        for step in (-1, 1):
            for distance in range(1, _REACH + 1):
                place = position + step * distance
                if not 0 <= place < len(units) or units[place].text == ".":
                    break
                other = units[place]
                arrow = "<" if step < 0 else ">"
                spans = ((unit.start, unit.end), (other.start, other.end))
                yield Feature(f"s {unit.text}{arrow}{other.text}", spans)
                if unit.sex and (other.text[0] == "<" or other.sex):
                    yield Feature(f"s {unit.sex}{arrow}{other.sex or other.text}", spans)
                    yield Feature(f"s {unit.person}{arrow}{other.sex or other.text}", spans)
    for position, unit in enumerate(units):
        if unit.text[0] != "<":
            continue
        for other in units[position + 1 : position + 1 + _REACH]:
            if other.text == ".":
                break
            if other.text[0] == "<":
                yield Feature(f"s {unit.text}..{other.text}", ((unit.start, unit.end), (other.start, other.end)))


def _context(reading: Reading, context: Sequence[Unit], own: Sequence[Unit]) -> Iterator[Feature]:
    """What stands above, alone and together with the sex that the clause names."""
    lead = [unit for unit in context if reading.place(min(unit.start, reading.own - 1)) != "heading"]
    heading = [unit for unit in context if reading.place(min(unit.start, reading.own - 1)) == "heading"]
    named = _sex_named(own)
    for mark, units in (("l", lead), ("h", heading)):
        for start in range(len(units)):
            for length in range(1, _CONTEXT_LONGEST + 1):
                part = units[start : start + length]
                if len(part) < length:
                    break
                text = " ".join(unit.text for unit in part)
                spans = tuple((unit.start, unit.end) for unit in part if unit.start < unit.end)
                yield Feature(f"x {mark} {text}", spans)
                if mark == "l" or length == 1:
                    yield Feature(f"x {mark}&{named} {text}", spans)
    if own and lead:
        yield Feature(f"x l&len {'short' if len(own) <= 8 else 'long'} {named}", ())
    yield Feature(f"x place {reading.pieces[-2].place if len(reading.pieces) > 1 else 'none'} {named}", ())


def _sex_named(units: Iterable[Unit]) -> str:
    units = list(units)
    sexes = {unit.sex for unit in units if unit.sex}
    if len(sexes) == 2:
        return "both"
    return next(iter(sexes), "pair" if any(unit.person for unit in units) else "no")


def _concepts(reading: Reading) -> Iterator[Feature]:
    """Each concept of the clause, the concepts that include it too, and the sex that stands in the same sentence."""
    alone = [mention for mention in reading.persons if mention.start not in reading.paired]
    for concept, mentions in reading.by_concept.items():
        for mention in mentions:
            if mention.start < reading.own:
                yield Feature(f"k ka {concept}", ((mention.start, mention.end),))
                continue
            span = (mention.start, mention.end)
            yield Feature(f"k k {concept}", (span,))
            if mention.concept in reading.index.sex:
                if mention.start in reading.paired:
                    yield Feature(f"k k= {concept}", (span,))
                continue
            start, end = reading.sentence(mention.start)
            near = {reading.index.sex[person.concept] for person in alone if start <= person.start < end}
            yield Feature(f"k k&{'+'.join(sorted(near)) or 'no'} {concept}", (span,))
            if near:
                yield Feature(f"k k&one {concept}", (span,))


def _standing(reading: Reading, own: Sequence[Unit], context: Sequence[Unit]) -> Iterator[Feature]:
    """How the sexes stand to each other: named alone or paired, with equal or other amounts, in other rows of a table."""
    named, above = _sex_named(own), _sex_named(context)
    yield Feature(f"e named {named}", ())
    yield Feature(f"e named {named} above {above}", ())
    persons = [unit for unit in own if unit.person]
    alone = [unit for unit in persons if unit.sex]
    spans = tuple((unit.start, unit.end) for unit in alone)
    yield Feature(f"e alone {min(len(alone), 3)}", spans)
    yield Feature(f"e paired {min(len(persons) - len(alone), 2)}", ())
    for unit in persons:
        yield Feature(f"e first {unit.person} {'alone' if unit.sex else 'paired'}", ((unit.start, unit.end),))
        yield Feature(f"e first at {min(unit.start - reading.own, 8) // 2}", ((unit.start, unit.end),))
        break
    length = len(reading.words) - reading.own
    yield Feature(f"e length {min(length // 8, 6)}", ())
    yield Feature(f"e length {min(length // 8, 6)} {named}", ())
    yield from _contrasts(reading)
    yield from _rows(reading)
    yield from _columns(reading)


def _contrasts(reading: Reading) -> Iterator[Feature]:
    chunks = chunks_of(reading, sex_sides(reading))
    for position, first in enumerate(chunks):
        for second in chunks[position + 1 : position + 3]:
            if first.side == second.side:
                continue
            spans = ((first.start, first.end), (second.start, second.end))
            if same_terms(reading, first, reading, second):
                yield Feature("e terms same", spans)
                continue
            yield Feature("e terms other", spans)
            left = find_amounts(reading, first.start, first.end)
            right = find_amounts(reading, second.start, second.end)
            if first_unequal(left, right) is not None:
                yield Feature("e amounts differ", spans)
            elif left and right:
                yield Feature("e amounts alike", spans)
            for concept in ("bi-loai", "duoc-mien", "ganh-chiu", "bac-thap", "bac-cao", "duoc-huong", "chi-danh"):
                has = [_mentions(reading, concept, chunk) for chunk in (first, second)]
                if has[0] != has[1]:
                    yield Feature(f"e one side {concept}", spans)


def _mentions(reading: Reading, concept: str, chunk: Chunk) -> bool:
    return any(chunk.start <= mention.start < chunk.end for mention in reading.by_concept.get(concept, ()))


def _rows(reading: Reading) -> Iterator[Feature]:
    """A row that names one sex while another row of the table names the other."""
    own = {reading.index.sex[mention.concept] for mention in reading.persons if mention.start >= reading.own}
    if len(own) != 1 or not reading.rows:
        return
    others = {row.index.sex[mention.concept] for row in reading.rows for mention in row.persons if mention.start >= row.own}
    if others - own:
        yield Feature("e rows other sex", ())
        yield Feature(f"e rows {'alike' if has_equal_row(reading, sex_sides(reading)) else 'differ'}", ())
    else:
        yield Feature("e rows this sex only", ())


def _columns(reading: Reading) -> Iterator[Feature]:
    """A row whose cells under the columns of the two sexes are the same or not: its own words name nobody."""
    columns = columns_by_side(reading, sex_sides(reading))
    sides = {side: reading.words[slice(*cell)] for side, cell in columns}
    if len(sides) == 2:
        yield Feature(
            f"e columns {'alike' if len({tuple(words) for words in sides.values()}) == 1 else 'differ'}",
            tuple(cell for _side, cell in columns),
        )


def _frames(active: Sequence[ActiveFrame]) -> Iterator[Feature]:
    for frame in active:
        place = "above" if frame.above else "own"
        yield Feature(f"e frame {frame.spec.kind} {place}", (frame.cue,))
