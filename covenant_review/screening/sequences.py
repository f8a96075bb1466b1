"""The written form of a pattern: words, <concepts>, gaps and options in a row, matched against a reading.

    <nu> ~4 (không được|chưa được) ~3 <hop-ban>

`<c>` a mention of concept c; `~4` up to four syllables, not past a semicolon; `~~9` up to nine, past anything; `(a|b)` one
of; `(a)?` may be missing; `^` the beginning of a sentence, list item or cell; `$` its end; `#` a number, in figures or one
number word; `@own` the clause's own first syllable. Everything else is a word, taken as written (case, tone placement and
punctuation do not count). A person who stands beside the other sex on equal terms ("nam, nữ") is not matched by `<c>`.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from types import MappingProxyType

from covenant_review.screening.amounts import NUMBER_WORDS
from covenant_review.screening.concepts import LITERAL, phrase_syllables
from covenant_review.screening.reading import Reading
from covenant_review.screening.schema import RuleFileError
from covenant_review.text.syllables import COLON, COMMA, EDGE, SEMICOLON


class RuleTimeout(Exception):
    """A rule passed its time limit on a clause."""


class Budget:
    """The time that one rule may take on one clause, checked every few hundred steps.

    It is the processor's time for this thread: on a busy machine a rule must not run out of time while others run. The
    clock is first looked at after some steps, since most rules never take so many.
    """

    __slots__ = ("_deadline", "_seconds", "_steps")

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._deadline: float | None = None
        self._steps = 0

    def spend(self) -> None:
        """Count a step; RuleTimeout once the time is up."""
        self._steps += 1
        if self._steps % 256:
            return
        now = time.thread_time()
        if self._deadline is None:
            self._deadline = now + self._seconds
        if now > self._deadline:
            raise RuleTimeout


@dataclass(frozen=True, slots=True)
class Word:
    text: str


@dataclass(frozen=True, slots=True)
class ConceptRef:
    name: str


@dataclass(frozen=True, slots=True)
class Gap:
    most: int
    strength: int
    """Breaks of this strength and more stop the gap."""


@dataclass(frozen=True, slots=True)
class Choice:
    options: tuple[tuple[Node, ...], ...]
    optional: bool


@dataclass(frozen=True, slots=True)
class Anchor:
    sign: str


@dataclass(frozen=True, slots=True)
class Phrases:
    """One of some phrases of plain words, by their first word, longest first."""

    by_first: Mapping[str, tuple[tuple[str, ...], ...]]
    optional: bool

    @property
    def phrases(self) -> tuple[tuple[str, ...], ...]:
        """All phrases."""
        return tuple(phrase for phrases in self.by_first.values() for phrase in phrases)


Node = Word | Phrases | ConceptRef | Gap | Choice | Anchor


@dataclass(frozen=True, slots=True)
class Element:
    """What one part of a pattern matched: syllables `start:end`; `concept` is None for plain words."""

    start: int
    end: int
    concept: str | None


_LEXER = re.compile(
    r"\s*(?:<(?P<concept>[a-z0-9-]+)>|~~(?P<far>\d+)|~(?P<gap>\d+)"
    r"|(?P<sign>\)\?|[()|^$#]|@own)|(?P<word>[^\s<>~()|^$#@]+))"
)


def parse_sequence(say: str) -> tuple[Node, ...]:
    """The pattern as nodes; RuleFileError where it cannot be read."""
    tokens = []
    position = 0
    text = say.rstrip()
    while position < len(text):
        match = _LEXER.match(text, position)
        if not match:
            raise RuleFileError(f"không đọc được mẫu từ chỗ “{text[position:]}” / cannot read the pattern from there")
        tokens.append(match)
        position = match.end()
    nodes, used = _parse(tokens, 0)
    if used != len(tokens):
        raise RuleFileError(f"thừa dấu đóng ngoặc trong mẫu “{say}” / unbalanced bracket")
    return _compact(nodes)


def _compact(nodes: tuple[Node, ...]) -> tuple[Node, ...]:
    """The same pattern with plain words in a row, and choices among such, as phrases: they are looked up, not tried."""
    result: list[Node] = []
    run: list[str] = []
    for node in (*nodes, None):
        if isinstance(node, Word):
            run.append(node.text)
            continue
        if run:
            result.append(_phrases([tuple(run)], optional=False))
            run = []
        if isinstance(node, Choice):
            result.append(_compact_choice(node))
        elif node is not None:
            result.append(node)
    return tuple(result)


def _compact_choice(choice: Choice) -> Node:
    plain = [tuple(node.text for node in option if isinstance(node, Word)) for option in choice.options]
    if all(words and len(words) == len(option) for words, option in zip(plain, choice.options, strict=True)):
        return _phrases(plain, optional=choice.optional)
    return Choice(tuple(_compact(option) for option in choice.options), choice.optional)


def _phrases(phrases: Iterable[tuple[str, ...]], *, optional: bool) -> Phrases:
    by_first: dict[str, list[tuple[str, ...]]] = {}
    for phrase in phrases:
        by_first.setdefault(phrase[0], []).append(phrase)
    return Phrases(MappingProxyType({first: tuple(found) for first, found in by_first.items()}), optional)


def _parse(tokens: list[re.Match[str]], position: int) -> tuple[tuple[Node, ...], int]:
    nodes: list[Node] = []
    while position < len(tokens):
        token = tokens[position]
        sign = token["sign"]
        if sign == "(":
            choice, position = _parse_choice(tokens, position + 1)
            nodes.append(choice)
            continue
        if sign in ("|", ")", ")?"):
            break
        if sign:
            nodes.append(Anchor(sign))
        elif token["concept"]:
            nodes.append(ConceptRef(token["concept"]))
        elif token["far"]:
            nodes.append(Gap(int(token["far"]), EDGE))
        elif token["gap"]:
            nodes.append(Gap(int(token["gap"]), SEMICOLON))
        else:
            nodes.extend(Word(syllable) for syllable in phrase_syllables(token["word"]))
        position += 1
    return tuple(nodes), position


def _parse_choice(tokens: list[re.Match[str]], position: int) -> tuple[Choice, int]:
    options = []
    while True:
        option, position = _parse(tokens, position)
        options.append(option)
        if position >= len(tokens):
            raise RuleFileError("thiếu dấu đóng ngoặc trong mẫu / a bracket is not closed")
        sign = tokens[position]["sign"]
        position += 1
        if sign != "|":
            return Choice(tuple(options), optional=sign == ")?"), position


def concepts_in(nodes: tuple[Node, ...]) -> frozenset[str]:
    """Every concept that a pattern names, for checking that it exists."""
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ConceptRef):
            found.add(node.name)
        elif isinstance(node, Choice):
            for option in node.options:
                found |= concepts_in(option)
    return frozenset(found)


def requirements(nodes: tuple[Node, ...]) -> tuple[frozenset[str], ...]:
    """Groups of concepts and words ("=word"): the pattern can match only where at least one of each group occurs."""
    groups: list[frozenset[str]] = []
    for node in nodes:
        if isinstance(node, ConceptRef):
            groups.append(frozenset({node.name}))
        elif isinstance(node, Phrases) and not node.optional:
            if len(node.phrases) == 1:
                groups.extend(frozenset({LITERAL + word}) for word in node.phrases[0])
            else:
                # The rarest word of a phrase is not known here; the longest is a fair guess.
                groups.append(frozenset(LITERAL + max(phrase, key=len) for phrase in node.phrases))
        elif isinstance(node, Choice) and not node.optional:
            options = [requirements(option) for option in node.options]
            if all(options):
                groups.append(frozenset().union(*(max(option, key=_weight) for option in options)))
    return tuple(dict.fromkeys(groups))


def phrase_groups(nodes: tuple[Node, ...]) -> tuple[frozenset[str], ...]:
    """Like `requirements`, with words that stand in a row kept together ("=chữ ký của chồng"): rarer, so better to look for."""
    groups: list[frozenset[str]] = []
    for node in nodes:
        if isinstance(node, ConceptRef):
            groups.append(frozenset({node.name}))
        elif isinstance(node, Phrases) and not node.optional:
            groups.append(frozenset(LITERAL + " ".join(phrase) for phrase in node.phrases))
        elif isinstance(node, Choice) and not node.optional:
            options = [phrase_groups(option) for option in node.options]
            if all(options):
                groups.append(frozenset().union(*(max(option, key=_length) for option in options)))
    return tuple(dict.fromkeys(groups))


def _length(group: frozenset[str]) -> tuple[int, int]:
    return max(part.count(" ") if part.startswith(LITERAL) else 1 for part in group), -len(group)


def _weight(group: frozenset[str]) -> tuple[int, int]:
    return -len(group), max(len(part) for part in group)


Step = Callable[[int, Reading, Budget], "tuple[Element, ...] | None"]
"""Tries the rest of a pattern from a syllable on: the parts that matched (gaps left out), None where it does not match."""


class Matcher:
    """A parsed pattern, ready to be looked for. The functions that do so are made when it is first tried."""

    __slots__ = ("_starts", "_step", "nodes", "requires")

    def __init__(self, nodes: tuple[Node, ...]) -> None:
        self.nodes = nodes
        self.requires = requirements(nodes)
        self._starts: Callable[[Reading], Iterable[int]] | None = None
        self._step: Step = _at_end

    def possible(self, present: Set[str]) -> bool:
        """Whether a reading that holds these concepts and words ("=word") can match."""
        return not any(map(present.isdisjoint, self.requires))

    def find(self, reading: Reading, budget: Budget) -> Iterator[tuple[Element, ...]]:
        """Every match, at most one per starting syllable, as the parts that matched (gaps left out)."""
        if self._starts is None:
            self._step = _chain(self.nodes, _at_end)
            self._starts = _starts_of(self.nodes)
        step = self._step
        for start in self._starts(reading):
            elements = step(start, reading, budget)
            if elements is not None:
                yield elements


def find_sequence(nodes: tuple[Node, ...], reading: Reading, budget: Budget) -> Iterator[tuple[Element, ...]]:
    """Every match of a pattern that is tried once; `Matcher` is for those that are tried often."""
    return Matcher(nodes).find(reading, budget)


def _starts_of(nodes: tuple[Node, ...]) -> Callable[[Reading], Iterable[int]]:
    """The syllables where a pattern may begin, told by its first part."""
    first = nodes[0]
    if isinstance(first, ConceptRef):
        concept = first.name
        return lambda reading: reading.starts_of(concept)
    if isinstance(first, Phrases) and not first.optional:
        by_first = tuple(first.by_first)
        return lambda reading: _places_of(by_first, reading)
    if isinstance(first, Choice) and not first.optional and all(first.options):
        options = [_starts_of(option) for option in first.options]
        return lambda reading: sorted({start for option in options for start in option(reading)})
    if isinstance(first, Anchor) and first.sign in ("^", "@own"):
        begins = _ANCHORS[first.sign]
        return lambda reading: [position for position in range(len(reading.words)) if begins(position, reading) is not None]
    return lambda reading: range(len(reading.words))


def _places_of(words: tuple[str, ...], reading: Reading) -> list[int]:
    positions = reading.positions
    if len(words) == 1:
        return positions.get(words[0], [])
    return sorted(start for word in words if word in positions for start in positions[word])


def _at_end(position: int, reading: Reading, budget: Budget) -> tuple[Element, ...] | None:
    return ()


def _chain(nodes: tuple[Node, ...], then: Step) -> Step:
    """One function for a row of parts, each of which goes on with the next, the last with `then`."""
    following: Node | None = None
    for node in reversed(nodes):
        if isinstance(node, Gap):
            then = _gap(node, following, then)
        elif isinstance(node, Phrases):
            then = _phrase(node, then)
        elif isinstance(node, Choice):
            then = _choice(node, then)
        elif isinstance(node, ConceptRef):
            then = _concept(node.name, then)
        elif isinstance(node, Anchor):
            then = _anchor(node.sign, then)
        following = node
    return then


def _gap(gap: Gap, following: Node | None, then: Step) -> Step:
    most, strength = gap.most, gap.strength
    by_first = following.by_first if isinstance(following, Phrases) and not following.optional else None
    concept = following.name if isinstance(following, ConceptRef) else None

    def step(position: int, reading: Reading, budget: Budget) -> tuple[Element, ...] | None:
        words, breaks = reading.words, reading.breaks
        length = len(words)
        if position >= length:
            return then(position, reading, budget)
        ends = reading.ends_of(concept) if concept is not None else None
        for here in range(position, min(position + most + 1, length)):
            if breaks[here] >= strength and here:
                return None
            if ends is not None:
                if here not in ends:
                    continue
            elif by_first is not None and words[here] not in by_first:
                continue
            budget.spend()
            elements = then(here, reading, budget)
            if elements is not None:
                return elements
        return None

    return step


def _phrase(node: Phrases, then: Step) -> Step:
    by_first, optional = node.by_first, node.optional

    def step(position: int, reading: Reading, budget: Budget) -> tuple[Element, ...] | None:
        words = reading.words
        if position < len(words):
            for phrase in by_first.get(words[position], ()):
                end = position + len(phrase)
                if len(phrase) == 1 or words[position:end] == phrase:
                    budget.spend()
                    rest = then(end, reading, budget)
                    if rest is not None:
                        return Element(position, end, None), *rest
        return then(position, reading, budget) if optional else None

    return step


def _choice(node: Choice, then: Step) -> Step:
    options = [_chain(option, then) for option in node.options]
    if node.optional:
        options.append(then)

    def step(position: int, reading: Reading, budget: Budget) -> tuple[Element, ...] | None:
        budget.spend()
        for option in options:
            elements = option(position, reading, budget)
            if elements is not None:
                return elements
        return None

    return step


def _concept(name: str, then: Step) -> Step:
    def step(position: int, reading: Reading, budget: Budget) -> tuple[Element, ...] | None:
        for end in reading.ends_of(name).get(position, ()):
            budget.spend()
            rest = then(end, reading, budget)
            if rest is not None:
                return Element(position, end, name), *rest
        return None

    return step


def _anchor(sign: str, then: Step) -> Step:
    holds = _ANCHORS[sign]

    def step(position: int, reading: Reading, budget: Budget) -> tuple[Element, ...] | None:
        end = holds(position, reading)
        if end is None:
            return None
        rest = then(end, reading, budget)
        if rest is None or end == position:
            return rest
        return Element(position, end, None), *rest

    return step


def _begins(position: int, reading: Reading) -> int | None:
    here = position < len(reading.words) and (reading.breaks[position] >= COLON or position == reading.own)
    return position if here else None


def _ends(position: int, reading: Reading) -> int | None:
    return position if position == len(reading.words) or reading.breaks[position] >= COMMA else None


def _begins_own(position: int, reading: Reading) -> int | None:
    return position if position == reading.own else None


def _number(position: int, reading: Reading) -> int | None:
    if position >= len(reading.words):
        return None
    word = reading.words[position]
    return position + 1 if word[0].isdigit() or word in NUMBER_WORDS else None


_ANCHORS: Mapping[str, Callable[[int, Reading], int | None]] = {"^": _begins, "$": _ends, "@own": _begins_own, "#": _number}
