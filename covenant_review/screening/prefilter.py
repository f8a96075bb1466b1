"""Which clauses and which patterns are worth the rules' time.

Two filters. `Gate` dismisses a clause before any Python work on its words: one RE2 expression, run over the folded text,
holds an anchor of every pattern (a group of concepts and words of which at least one must occur for the pattern to match).
`AnchorIndex` then tells, for a clause that was read, which patterns have their anchor in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence, Set
from functools import lru_cache

import re2

from covenant_review.screening.concepts import LITERAL, ConceptIndex, phrase_syllables
from covenant_review.text.folding import fold

# RE2's \b and \w know ASCII only; the text is brought to syllables parted by single spaces instead, so that literals do.
_BETWEEN_SYLLABLES = re.compile(r"[\W_]+")
_MEMORY = 256 << 20
_RARER_WITH_EACH_SYLLABLE = 5
_PERSONS_FIRST = 10_000

Group = frozenset[str]


def _options() -> re2.Options:
    options = re2.Options()
    options.max_mem = _MEMORY
    options.log_errors = False
    options.never_capture = True
    return options


def phrases_of(part: str, index: ConceptIndex) -> Iterable[str]:
    """The folded phrases that stand for one part of a group: a plain word ("=word") or a concept."""
    if part.startswith(LITERAL):
        return (part[len(LITERAL) :],)
    return (" ".join(phrase_syllables(word)) for word in index.words_of(part))


class AnchorIndex:
    """For each of a row of requirements, the group that is likely the rarest: its anchor."""

    def __init__(self, index: ConceptIndex, requirements: Sequence[Sequence[Group]]) -> None:
        """`requirements[i]` are the groups of pattern i; a pattern with none has no anchor and is always tried."""
        weight = lru_cache(maxsize=None)(lambda group: _commonness(group, index))
        self.anchors = [min(groups, key=weight) if groups else None for groups in requirements]
        self._by_part: dict[str, list[int]] = {}
        for number, anchor in enumerate(self.anchors):
            for part in anchor or ():
                self._by_part.setdefault(part, []).append(number)
        self._free = [number for number, anchor in enumerate(self.anchors) if anchor is None]

    def tried_on(self, present: Set[str]) -> list[int]:
        """The numbers of the patterns whose anchor is among what a reading holds, in order."""
        numbers = set(self._free)
        for part in present & self._by_part.keys():
            numbers.update(self._by_part[part])
        return sorted(numbers)


def _commonness(group: Group, index: ConceptIndex) -> float:
    """How often a group is likely to occur: every phrase counts, the fewer its syllables the more."""
    return sum(float(_RARER_WITH_EACH_SYLLABLE) ** -phrase.count(" ") for part in group for phrase in phrases_of(part, index))


def _commonness_at_the_gate(group: Group, index: ConceptIndex) -> float:
    """Persons of one sex come first: nearly every pattern has them, so that the gate stays one short list."""
    persons = all(_is_person(part, index) for part in group)
    return _commonness(group, index) / (_PERSONS_FIRST if persons else 1)


def _is_person(part: str, index: ConceptIndex) -> bool:
    if not part.startswith(LITERAL):
        return part in index.persons
    words = part[len(LITERAL) :].split(" ")
    return any(word in index.person_words for word in words)


class Gate:
    """One RE2 expression that holds every anchor: a clause without any of them, in it or above it, cannot match."""

    def __init__(self, index: ConceptIndex, patterns: Iterable[Sequence[Group]]) -> None:
        """`patterns` holds the groups of each pattern that has any; the likely rarest of each becomes its anchor."""
        weight = lru_cache(maxsize=None)(lambda group: _commonness_at_the_gate(group, index))
        parts = sorted({part for groups in patterns for part in min(groups, key=weight)})
        phrases = sorted({phrase for part in parts for phrase in phrases_of(part, index) if phrase})
        shortest = [phrase for phrase in phrases if not _held_by_shorter(phrase, set(phrases))]
        self._expression = re2.compile(f" (?:{'|'.join(map(re2.escape, shortest))}) ", _options()) if shortest else None
        self._of_context = lru_cache(maxsize=4096)(self._occurs_in)

    def _occurs_in(self, text: str) -> bool:
        if not text or self._expression is None:
            return False
        return self._expression.search(f" {_BETWEEN_SYLLABLES.sub(' ', fold(text))} ") is not None

    def opens_for(self, text: str, context: Iterable[str]) -> bool:
        """Whether any anchor occurs in a clause or above it; texts above are remembered."""
        return self._occurs_in(text) or any(self._of_context(piece) for piece in context)


def _held_by_shorter(phrase: str, phrases: Set[str]) -> bool:
    """Whether another phrase stands inside this one, so that it need not be looked for."""
    words = phrase.split(" ")
    return any(
        " ".join(words[start:end]) in phrases
        for start in range(len(words))
        for end in range(start + 1, len(words) + 1)
        if end - start < len(words)
    )
