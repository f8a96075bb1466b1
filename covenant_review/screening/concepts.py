"""Concepts: named word sets, found in a folded text as mentions. Masks keep lookalikes ("Việt Nam", "Hội Phụ nữ") out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise, zip_longest
from typing import NamedTuple

from covenant_review.screening.schema import ConceptSpec, RuleFileError, Sex
from covenant_review.text.folding import fold, strip_marks
from covenant_review.text.normal_form import normal_form
from covenant_review.text.syllables import COMMA, EDGE, SPACE, Syllables, split_syllables

LITERAL = "="
"""Before a plain word among the requirements of a pattern, to tell it from the name of a concept."""


class Mention(NamedTuple):
    """Words `start:end` (indices of syllables) that stand for a concept; `word` is the entry of the word set."""

    start: int
    end: int
    concept: str
    word: str


@dataclass(frozen=True, slots=True)
class _Entry:
    syllables: tuple[str, ...]
    breaks: tuple[int, ...]
    concept: str
    word: str


def _entry(phrase: str, concept: str, bare: bool) -> _Entry:
    folded = fold(normal_form(phrase))
    syllables = split_syllables(strip_marks(folded) if bare else folded)
    return _Entry(syllables.words, syllables.breaks, concept, phrase)


@lru_cache(maxsize=16384)
def phrase_syllables(phrase: str, *, bare: bool = False) -> tuple[str, ...]:
    """A phrase of a rule file as folded syllables."""
    folded = fold(normal_form(phrase))
    return split_syllables(strip_marks(folded) if bare else folded).words


@dataclass(slots=True)
class _Trie:
    """Entries by their first syllable (if that is all) or by their first two, longest first."""

    single: dict[str, list[_Entry]] = field(default_factory=dict)
    longer: dict[tuple[str, str], list[_Entry]] = field(default_factory=dict)

    def add(self, entry: _Entry) -> None:
        if len(entry.syllables) == 1:
            self.single.setdefault(entry.syllables[0], []).append(entry)
        else:
            self.longer.setdefault((entry.syllables[0], entry.syllables[1]), []).append(entry)

    def close(self) -> None:
        for entries in self.longer.values():
            entries.sort(key=lambda entry: -len(entry.syllables))

    def at(self, words: tuple[str, ...], breaks: tuple[int, ...]) -> Iterator[tuple[int, int, _Entry]]:
        """Every entry that stands in a row of syllables: start, end, entry, by start and then longest first."""
        single, longer = self.single, self.longer
        for start, (word, pair) in enumerate(zip_longest(words, pairwise(words))):
            if pair in longer:
                for entry in longer[pair]:
                    end = start + len(entry.syllables)
                    if (end - start == 2 or words[start:end] == entry.syllables) and _joined(breaks, entry, start, end):
                        yield start, end, entry
            if word in single:
                for entry in single[word]:
                    yield start, start + 1, entry


def _joined(breaks: tuple[int, ...], entry: _Entry, start: int, end: int) -> bool:
    """ "Hội, phụ nữ" is not "hội phụ nữ": only where the entry itself has a comma may one stand."""
    parts = breaks[start + 1 : end]
    return not any(parts) or all(found <= own for found, own in zip(parts, entry.breaks[1:], strict=True))


class ConceptIndex:
    """All concepts, ready to be found.

    `sex` gives the sex of a concept; `family[c]` the concepts that a mention of `c` also counts as (`includes`, closed).
    """

    def __init__(self, specs: Iterable[ConceptSpec]) -> None:
        self.specs: Mapping[str, ConceptSpec] = {spec.id: spec for spec in specs}
        self.sex: dict[str, Sex] = {spec.id: spec.sex for spec in self.specs.values() if spec.sex}
        self.contrast = frozenset(spec.id for spec in self.specs.values() if spec.contrast)
        self.houses = frozenset(spec.id for spec in self.specs.values() if spec.house)
        self.family: dict[str, tuple[str, ...]] = self._families()
        self.persons = frozenset(name for sexed in self.sex for name in self.family[sexed])
        self.person_words = frozenset(fold(word) for spec in self.specs.values() if spec.sex for word in spec.words if " " not in word)
        self._remembered = lru_cache(maxsize=4096)(self._read)
        self._tries: dict[bool, _Trie] = {}
        self._masks = frozenset(spec.id for spec in self.specs.values() if spec.mask)
        self._guards = {
            spec.id: (
                _by_word((phrase_syllables(phrase) for phrase in spec.not_after), -1),
                _by_word((phrase_syllables(phrase) for phrase in spec.not_before), 0),
            )
            for spec in self.specs.values()
            if spec.not_after or spec.not_before
        }

    def _families(self) -> dict[str, tuple[str, ...]]:
        parents: dict[str, list[str]] = {name: [] for name in self.specs}
        for spec in self.specs.values():
            for included in spec.includes:
                if included not in parents:
                    raise RuleFileError(f"concepts/{spec.id}: không có khái niệm “{included}” / no concept “{included}”")
                parents[included].append(spec.id)
        families: dict[str, tuple[str, ...]] = {}
        for name in self.specs:
            seen = [name]
            for current in seen:
                seen.extend(parent for parent in parents[current] if parent not in seen)
            families[name] = tuple(seen)
        return families

    def words_of(self, concept: str) -> tuple[str, ...]:
        """Every entry of a concept, those of the concepts that it includes too."""
        return tuple(word for spec in self.specs.values() if concept in self.family[spec.id] for word in spec.words)

    def _trie(self, bare: bool) -> _Trie:
        if bare not in self._tries:
            trie = _Trie()
            for spec in self.specs.values():
                for phrase in spec.words:
                    entry = _entry(phrase, spec.id, bare)
                    # Without diacritics a lone short syllable ("nam", "ba") says too little.
                    if entry.syllables and not (bare and len(entry.syllables) == 1 and len(entry.syllables[0]) < 4):
                        trie.add(entry)
                for phrase in spec.not_in:
                    trie.add(_entry(phrase, f"!{spec.id}", bare))
            trie.close()
            self._tries[bare] = trie
        return self._tries[bare]

    def read(self, text: str, *, bare: bool = False, remembered: bool = False) -> tuple[Syllables, list[Mention]]:
        """A text's syllables and mentions. What stands above many clauses is `remembered`; `bare` leaves out all marks."""
        return self._remembered(text, bare) if remembered else self._read(text, bare)

    def _read(self, text: str, bare: bool) -> tuple[Syllables, list[Mention]]:
        folded = fold(text)
        syllables = split_syllables(strip_marks(folded) if bare else folded)
        return syllables, self.find(syllables, text, bare=bare)

    def find(self, syllables: Syllables, original: str, *, bare: bool = False) -> list[Mention]:
        """All mentions in a text, in order of their start; `original` tells capitals ("miền Nam" is no man)."""
        words, breaks = syllables.words, syllables.breaks
        found: list[Mention] = []
        blocked: list[tuple[int, int, str]] = []
        persons: list[tuple[int, int]] = []
        titles: list[tuple[int, int]] = []
        for start, end, entry in self._trie(bare).at(words, breaks):
            concept = entry.concept
            if concept.startswith("!"):
                blocked.append((start, end, concept[1:]))
            elif concept in self._masks:
                blocked.append((start, end, ""))
            elif self._stands_free(concept, words, start, end):
                if concept in self.sex:
                    persons.append((start, end))
                    if concept in self.contrast:
                        titles.append((start, end))
                found.append(Mention(start, end, concept, entry.word))
        if not blocked and not persons:
            return found
        capitals = _capital_names(syllables, original, persons, titles)
        blocks, people = _Places((start, end, owner) for start, end, owner in blocked), _Places((start, end, "") for start, end in persons)
        return [mention for mention in found if self._kept(mention, blocks, people, capitals)]

    def _stands_free(self, concept: str, words: tuple[str, ...], start: int, end: int) -> bool:
        guards = self._guards.get(concept)
        if guards is None:
            return True
        after, before = guards
        if start and words[start - 1] in after:
            for guard in after[words[start - 1]]:
                if words[max(0, start - len(guard)) : start] == guard:
                    return False
        if end < len(words) and words[end] in before:
            for guard in before[words[end]]:
                if words[end : end + len(guard)] == guard:
                    return False
        return True

    def _kept(
        self,
        mention: Mention,
        blocked: _Places,
        persons: _Places,
        capitals: frozenset[int],
    ) -> bool:
        start, end, concept, _word = mention
        for _block_start, _block_end, owner in blocked.around(start, end):
            if owner in ("", concept):
                return False
        if concept not in self.sex:
            return True
        if capitals and not capitals.isdisjoint(range(start, end)):
            return False
        # "mẹ chồng" is one person: the longer word for a person hides the shorter inside it.
        return not any(other_end - other_start > end - start for other_start, other_end, _owner in persons.around(start, end))


class _Places:
    """Stretches of syllables (start, end, owner) by where they begin: in a text of thousands of words only the near ones are looked at."""

    def __init__(self, stretches: Iterable[tuple[int, int, str]]) -> None:
        self._by_start: dict[int, list[tuple[int, int, str]]] = {}
        self._longest = 0
        for stretch in stretches:
            self._by_start.setdefault(stretch[0], []).append(stretch)
            self._longest = max(self._longest, stretch[1] - stretch[0])

    def around(self, start: int, end: int) -> Iterator[tuple[int, int, str]]:
        """The stretches that hold all of start:end."""
        for begin in range(max(0, end - self._longest), start + 1):
            for stretch in self._by_start.get(begin, ()):
                if end <= stretch[1]:
                    yield stretch


def _by_word(phrases: Iterable[tuple[str, ...]], place: int) -> dict[str, list[tuple[str, ...]]]:
    """Phrases by their first (0) or last (-1) word."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for phrase in phrases:
        if phrase:
            found.setdefault(phrase[place], []).append(phrase)
    return found


def _capital_names(
    syllables: Syllables, original: str, persons: Iterable[tuple[int, int]], titles: Iterable[tuple[int, int]]
) -> frozenset[int]:
    """Of the syllables of these persons, the indices of those that carry a capital where no sentence begins: names; and
    of the titles those before a name ("ông Trai, bà Tráng")."""
    starts = syllables.starts
    places = {place for start, end in persons for place in range(start, end) if original[starts[place]].isupper()}
    named = {start for start, end in titles if _is_before_a_name(syllables, original, end)}
    if not places and not named:
        return frozenset()
    letters = [character for character in original if character.isalpha()]
    if sum(character.isupper() for character in letters) > 0.6 * max(1, len(letters)):
        return frozenset()
    names = set(named)
    for index in places:
        start = starts[index]
        word = original[start : syllables.ends[index]]
        if len(word) > 1 and word.isupper():
            continue
        begins = syllables.breaks[index] not in (SPACE, COMMA) or index == 0 or original[start - 1] in "“\"'(-+"
        following = index + 1
        next_is_capital = (
            following < len(syllables) and syllables.breaks[following] == SPACE and original[syllables.starts[following]].isupper()
        )
        if not begins or (next_is_capital and syllables.breaks[index] in (EDGE, *range(2, 7))):
            names.add(index)
    return frozenset(names)


def _is_before_a_name(syllables: Syllables, original: str, index: int) -> bool:
    if index >= len(syllables) or syllables.breaks[index] != SPACE:
        return False
    word = original[syllables.starts[index] : syllables.ends[index]]
    return len(word) > 1 and word[0].isupper() and not word.isupper()
