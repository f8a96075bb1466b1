"""Frames: prohibition, abolition, the reported past, equality, lawful difference … One mechanism for all rules.

A frame has a cue ("nghiêm cấm", "nay bãi bỏ", "như nhau") and a scope. A match that lies in its scope does not count: the
frame takes it back, and the screening records which frame did and why. A frame whose cue is part of the match itself does
not act on it ("nghiêm cấm đàn bà vào đình": the ban is what the rule is about).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from covenant_review.screening.prefilter import RequirementTable, numbers_in
from covenant_review.screening.reading import Reading
from covenant_review.screening.result import Outcome
from covenant_review.screening.schema import FrameSpec
from covenant_review.screening.sequences import Budget, Element, Matcher, Node, parse_sequence
from covenant_review.text.syllables import COMMA

_TIME = 0.2
_CONCESSIONS = frozenset(("dù", "dẫu", "tuy", "mặc", "dầu"))
# These take a match back when they touch it; the others only when the match begins inside them.
_TOUCHING = frozenset({"equality", "lawful", "double_negation"})
# These do not act on a match that holds their cue: there the cue is what the rule is about.
_OWN_CUE = frozenset({"prohibition", "abolition", "past", "purpose", "quotation"})


@dataclass(frozen=True, slots=True)
class ActiveFrame:
    """A frame in a reading: its cue at syllables `cue`, its scope `start:end`; `above` if the cue stands over the clause."""

    spec: FrameSpec
    cue: tuple[int, int]
    start: int
    end: int
    above: bool
    cut: bool = False
    """Whether the scope ends before its time, at an "until" ("như nhau, nhưng …")."""


@dataclass(frozen=True, slots=True)
class _Compiled:
    spec: FrameSpec
    cues: tuple[Matcher, ...]
    until: tuple[Matcher, ...]
    unless: tuple[Matcher, ...]
    needs: tuple[Matcher, ...]


def _parse_all(patterns: Iterable[str]) -> tuple[Matcher, ...]:
    return tuple(Matcher(parse_sequence(pattern)) for pattern in patterns)


def _matches(cue: Matcher, reading: Reading) -> Iterable[tuple[Element, ...]]:
    return cue.find(reading, Budget(_TIME)) if cue.possible(reading.present) else ()


def _occurs(cue: Matcher, reading: Reading) -> bool:
    return pattern_occurs(cue, reading) is not None


def pattern_occurs(pattern: Matcher, reading: Reading) -> tuple[Element, ...] | None:
    """The first match of a pattern anywhere in the reading."""
    return next(iter(_matches(pattern, reading)), None)


class FrameSet:
    """All frames of the rule set, compiled."""

    def __init__(self, specs: Iterable[FrameSpec]) -> None:
        self._compiled = tuple(
            _Compiled(spec, _parse_all(spec.cue), _parse_all(spec.until), _parse_all(spec.unless), _parse_all(spec.needs)) for spec in specs
        )

    @cached_property
    def _cues(self) -> tuple[tuple[int, Matcher], ...]:
        """Every cue with the number of its frame, in order."""
        return tuple((number, cue) for number, frame in enumerate(self._compiled) for cue in frame.cues)

    @cached_property
    def _table(self) -> RequirementTable:
        return RequirementTable([cue.requires for _number, cue in self._cues])

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the frames, in the order of the files."""
        return tuple(frame.spec.id for frame in self._compiled)

    def without(self, frame_id: str) -> FrameSet:
        """The same frames but one."""
        fewer = FrameSet(())
        fewer._compiled = tuple(frame for frame in self._compiled if frame.spec.id != frame_id)
        return fewer

    @property
    def patterns(self) -> tuple[tuple[str, tuple[Node, ...]], ...]:
        """Every pattern with the id of its frame, for checking the concepts that it names."""
        return tuple(
            (frame.spec.id, one.nodes) for frame in self._compiled for one in (*frame.cues, *frame.until, *frame.unless, *frame.needs)
        )

    def active_in(self, reading: Reading) -> tuple[ActiveFrame, ...]:
        """The frames that stand in a reading, in the order of the files."""
        possible: dict[int, list[Matcher]] = {}
        for row in numbers_in(self._table.possible(reading.by_concept, reading.words)):
            number, cue = self._cues[row]
            possible.setdefault(number, []).append(cue)
        return tuple(
            frame
            for number, compiled in enumerate(self._compiled)
            if number in possible or compiled.spec.parity
            for frame in self._of_one(compiled, possible.get(number, ()), reading)
        )

    def _of_one(self, compiled: _Compiled, cues: Iterable[Matcher], reading: Reading) -> list[ActiveFrame]:
        if compiled.spec.parity:
            return [
                ActiveFrame(compiled.spec, (negation.start, negation.quantifier + 1), negation.start, negation.end, above=False)
                for negation in reading.negations
                if negation.harmless
            ]
        matches = [(elements[0].start, elements[-1].end) for cue in cues for elements in cue.find(reading, Budget(_TIME)) if elements]
        spec = compiled.spec
        matches = [cue for cue in matches if spec.where == "any" or (spec.where == "context") == (cue[0] < reading.own)]
        if spec.kind == "double_negation":
            matches = [cue for cue in matches if not _counted_as_harm(cue, reading)]
        if spec.kind == "equality":
            matches = [cue for cue in matches if not _conceded(cue, reading)]
        if not matches or any(_occurs(pattern, reading) for pattern in compiled.unless):
            return []
        if compiled.needs and not any(_occurs(pattern, reading) for pattern in compiled.needs):
            return []
        return [self._scope(compiled, cue, reading) for cue in matches]

    @staticmethod
    def _scope(compiled: _Compiled, cue: tuple[int, int], reading: Reading) -> ActiveFrame:
        spec = compiled.spec
        if cue[0] < reading.own:
            return ActiveFrame(spec, cue, 0, len(reading.words), above=True)
        if spec.scope == "clause":
            start, end = reading.own, len(reading.words)
        elif spec.scope == "sentence":
            start, end = reading.sentence(cue[0])
        elif spec.scope == "phrase":
            start, end = reading.bounds(cue[0], COMMA)
        elif spec.scope == "after":
            start, end = cue[0], reading.sentence(cue[0])[1]
        else:
            start, end = reading.segment(cue[0])
        whole = end
        for pattern in compiled.until:
            for elements in _matches(pattern, reading):
                if elements and cue[1] <= elements[0].start < end:
                    end = elements[0].start
        return ActiveFrame(spec, cue, start, end, above=False, cut=end < whole)


class LazyFrames:
    """The frames of one reading, looked for only once a rule has matched: most clauses never need them."""

    def __init__(self, frames: FrameSet, reading: Reading) -> None:
        self._frames = frames
        self._reading = reading

    @cached_property
    def found(self) -> tuple[ActiveFrame, ...]:
        """The frames that stand in the reading."""
        return self._frames.active_in(self._reading)


def silencing_frame(
    active: Sequence[ActiveFrame], elements: tuple[Element, ...], own: int, outcome: Outcome, ignored: frozenset[str]
) -> ActiveFrame | None:
    """The first frame that takes a match back; `ignored` holds ids and kinds of frames that the pattern knows of."""
    mine = [element for element in elements if element.end > own] or list(elements)
    first, last = mine[0].start, mine[-1].end
    for frame in active:
        spec = frame.spec
        if outcome not in spec.outcomes or spec.id in ignored or spec.kind in ignored:
            continue
        if spec.kind in _OWN_CUE and not frame.above and _inside(frame.cue, elements):
            continue
        if frame.cut and spec.kind == "equality" and last > frame.end:
            continue  # "cũng như con, nhưng không được chia đất"
        if spec.kind in _TOUCHING:
            covers = first < frame.end and frame.start < last
        else:
            covers = frame.start <= first < frame.end
        if covers:
            return frame
    return None


def _counted_as_harm(cue: tuple[int, int], reading: Reading) -> bool:
    """Whether the cue's negation is one of those that together deny something: counted once, it does not act again."""
    return any(not negation.harmless and negation.start <= cue[0] < negation.end for negation in reading.negations)


def _conceded(cue: tuple[int, int], reading: Reading) -> bool:
    """ "Dù cùng làm một việc" grants what the rest of the sentence then takes back."""
    start = reading.bounds(cue[0], COMMA)[0]
    return reading.words[start] in _CONCESSIONS


def _inside(cue: tuple[int, int], elements: tuple[Element, ...]) -> bool:
    return all(any(part.start <= position < part.end for part in elements) for position in range(*cue))
