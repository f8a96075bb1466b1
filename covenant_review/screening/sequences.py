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
from collections.abc import Iterable, Iterator, Mapping
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
    """The time that one rule may take on one clause, checked every few hundred steps."""

    __slots__ = ("_deadline", "_steps")

    def __init__(self, seconds: float) -> None:
        self._deadline = time.perf_counter() + seconds
        self._steps = 0

    def spend(self) -> None:
        """Count a step; RuleTimeout once the time is up."""
        self._steps += 1
        if not self._steps % 256 and time.perf_counter() > self._deadline:
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


def find_sequence(nodes: tuple[Node, ...], reading: Reading, budget: Budget) -> Iterator[tuple[Element, ...]]:
    """Every match, at most one per starting syllable, as the parts that matched (gaps left out)."""
    for start in _starting_points(nodes, reading):
        for _end, elements in _match(nodes, 0, start, reading, budget):
            yield elements
            break


def _starting_points(nodes: tuple[Node, ...], reading: Reading) -> list[int]:
    first = nodes[0]
    if isinstance(first, ConceptRef):
        return reading.starts_of(first.name)
    if isinstance(first, Phrases) and not first.optional:
        starts = [start for word in first.by_first if word in reading.positions for start in reading.positions[word]]
        return sorted(starts) if len(first.by_first) > 1 else starts
    if isinstance(first, Choice) and not first.optional and all(first.options):
        return sorted({start for option in first.options for start in _starting_points(option, reading)})
    return list(range(len(reading.words)))


def _match(nodes: tuple[Node, ...], at: int, position: int, reading: Reading, budget: Budget) -> Iterator[tuple[int, tuple[Element, ...]]]:
    budget.spend()
    if at == len(nodes):
        yield position, ()
        return
    node = nodes[at]
    if isinstance(node, Gap):
        yield from _match_gap(nodes, at, position, reading, budget)
        return
    if isinstance(node, Phrases):
        words = reading.words
        if position < len(words):
            for phrase in node.by_first.get(words[position], ()):
                end = position + len(phrase)
                if len(phrase) == 1 or words[position:end] == phrase:
                    for last, rest in _match(nodes, at + 1, end, reading, budget):
                        yield last, (Element(position, end, None), *rest)
        if node.optional:
            yield from _match(nodes, at + 1, position, reading, budget)
        return
    if isinstance(node, Choice):
        for option in node.options:
            for middle, elements in _match(option, 0, position, reading, budget):
                for end, rest in _match(nodes, at + 1, middle, reading, budget):
                    yield end, elements + rest
        if node.optional:
            yield from _match(nodes, at + 1, position, reading, budget)
        return
    for end, concept in _match_one(node, position, reading):
        for last, rest in _match(nodes, at + 1, end, reading, budget):
            here = (Element(position, end, concept),) if end > position else ()
            yield last, here + rest


def _match_gap(
    nodes: tuple[Node, ...], at: int, position: int, reading: Reading, budget: Budget
) -> Iterator[tuple[int, tuple[Element, ...]]]:
    gap = nodes[at]
    assert isinstance(gap, Gap)
    following = nodes[at + 1] if at + 1 < len(nodes) else None
    for skipped in range(gap.most + 1):
        here = position + skipped
        if here >= len(reading.words) and skipped:
            return
        if here < len(reading.words) and reading.breaks[here] >= gap.strength and here > 0:
            return
        if isinstance(following, Phrases) and not following.optional and here < len(reading.words):
            if reading.words[here] not in following.by_first:
                continue
        elif isinstance(following, ConceptRef) and (following.name, here) not in reading.ends_at:
            continue
        yield from _match(nodes, at + 1, here, reading, budget)


def _match_one(node: Node, position: int, reading: Reading) -> list[tuple[int, str | None]]:
    if isinstance(node, Anchor):
        return [(end, None) for end in _match_anchor(node.sign, position, reading)]
    if position >= len(reading.words):
        return []
    assert isinstance(node, ConceptRef)
    return [(end, node.name) for end in reading.ends_at.get((node.name, position), ())]


def _match_anchor(sign: str, position: int, reading: Reading) -> list[int]:
    length = len(reading.words)
    if sign == "^":
        return [position] if position < length and (reading.breaks[position] >= COLON or position == reading.own) else []
    if sign == "$":
        return [position] if position == length or reading.breaks[position] >= COMMA else []
    if sign == "@own":
        return [position] if position == reading.own else []
    if position < length and (reading.words[position][0].isdigit() or reading.words[position] in NUMBER_WORDS):
        return [position + 1]
    return []
