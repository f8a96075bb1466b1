"""A pattern of a rule, compiled once: what it needs, and how it is looked for in a reading."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass, field

from covenant_review.screening.bearers import bearers_of, find_bearers
from covenant_review.screening.concepts import ConceptIndex
from covenant_review.screening.contrasts import USED_CONCEPTS, find_contrasts
from covenant_review.screening.fuzzy import FuzzyPhrases
from covenant_review.screening.prefilter import Group
from covenant_review.screening.reading import Reading
from covenant_review.screening.schema import PatternSpec, RuleFileError
from covenant_review.screening.sequences import (
    Budget,
    Element,
    Matcher,
    concepts_in,
    parse_sequence,
    phrase_groups,
)

EXACT_SCORE = 100
BARE_SCORE = 85
_WEAK_EQUALITY = frozenset({"nhu-nhau-hai-gioi"})


@dataclass(frozen=True, slots=True)
class PatternMatch:
    """What a pattern found: the parts that matched, in order, and how sure (100 = exact)."""

    elements: tuple[Element, ...]
    score: int
    ignored: frozenset[str] = frozenset()
    """Frames that do not act on this match, beside those of the pattern."""


@dataclass(frozen=True)
class Pattern:
    """A compiled pattern. `description` is how the trail shows it; `ignored` are frames that do not act on its matches."""

    spec: PatternSpec
    description: str
    ignored: frozenset[str]
    requires: tuple[Group, ...]
    gates: tuple[Group, ...] = ()
    """Like `requires`, for clauses that are no row of a table, with words in a row as phrases ("=chữ ký"): for the filter."""
    _matcher: Matcher | None = field(default=None, repr=False)
    fuzzy: FuzzyPhrases | None = field(default=None, repr=False)

    def near(self, words: Set[str], text: str) -> bool:
        """Whether a fuzzy pattern's phrase is in a text, given also by its `words` without marks; no other pattern is asked."""
        return self.fuzzy is not None and self.fuzzy.near(words, text)

    def possible(self, present: Set[str]) -> bool:
        """Whether a reading that holds these concepts and words ("=word") can match."""
        return not any(map(present.isdisjoint, self.requires))

    def find(self, reading: Reading, budget: Budget) -> Iterator[PatternMatch]:
        """Every match that touches the clause's own words."""
        if self.fuzzy is not None:
            for elements, score in self.fuzzy.find(reading, budget):
                yield PatternMatch(elements, score)
            return
        score = BARE_SCORE if reading.bare else EXACT_SCORE
        if self._matcher is not None:
            found = self._matcher.find(reading, budget)
        elif self.spec.kind == "unequal_terms":
            for elements, difference in find_contrasts(self.spec, reading, budget):
                # "như nhau" about something else does not make unequal amounts equal.
                ignored = _WEAK_EQUALITY if difference == "amount" else frozenset()
                yield PatternMatch(elements, score, ignored | {"double_negation"})
            return
        else:
            found = find_bearers(self.spec, reading, budget)
        for elements in found:
            if elements and any(element.end > reading.own for element in elements):
                yield PatternMatch(elements, score)


def compile_pattern(spec: PatternSpec, index: ConceptIndex) -> Pattern:
    """The pattern ready to run; RuleFileError where a key is missing for its kind or a concept does not exist."""
    ignored = frozenset(spec.ignores) | (frozenset({"prohibition"}) if spec.under else frozenset())
    if spec.kind == "fuzzy":
        if not spec.phrases:
            raise RuleFileError("mẫu fuzzy cần khóa “phrases” / a fuzzy pattern needs “phrases”")
        description = f"fuzzy ≥ {spec.threshold}: " + " / ".join(spec.phrases)
        return Pattern(spec, description, ignored, (), fuzzy=FuzzyPhrases(spec))
    if spec.kind == "sequence":
        if not spec.say:
            raise RuleFileError("mẫu sequence cần khóa “say” / a sequence needs “say”")
        matcher = Matcher(parse_sequence(spec.say))
        check_concepts(concepts_in(matcher.nodes), index)
        return Pattern(spec, spec.say, ignored, matcher.requires, phrase_groups(matcher.nodes), matcher)
    if spec.kind == "unequal_terms":
        return _compile_contrast(spec, index, ignored)
    who = bearers_of(spec)
    if not who:
        raise RuleFileError(f"mẫu {spec.kind} cần khóa “who” / a {spec.kind} pattern needs “who”")
    check_concepts({*who, *spec.none, *(concept for group in spec.all for concept in group)}, index)
    parts = " + ".join(" | ".join(f"<{concept}>" for concept in group) for group in spec.all) or "…"
    description = f"{spec.kind}: {' | '.join(f'<{concept}>' for concept in who)} + {parts} (≤ {spec.within} tiếng)"
    groups = (frozenset(who), *(frozenset(group) for group in spec.all))
    return Pattern(spec, description, ignored, groups, groups)


def _compile_contrast(spec: PatternSpec, index: ConceptIndex, ignored: frozenset[str]) -> Pattern:
    if not spec.differ:
        raise RuleFileError("mẫu unequal_terms cần khóa “differ” / unequal_terms needs “differ”")
    named = tuple(name for side in spec.sides or ((), ()) for name in side)
    check_concepts({*named, *USED_CONCEPTS, *spec.none, *(concept for group in spec.all for concept in group)}, index)
    persons = frozenset(named) if named else frozenset(index.sex)
    sides = "hai giới" if not spec.sides else " ↔ ".join("/".join(side) for side in spec.sides)
    description = f"unequal_terms: {sides}; khác về {', '.join(spec.differ)}"
    topics = tuple(frozenset(group) for group in spec.all)
    # Outside tables both sides stand in one clause; in a table the other side may stand in another row.
    both = spec.sides or tuple(tuple(name for name in index.sex if index.sex[name] == sex) for sex in ("female", "male"))
    return Pattern(spec, description, ignored, (persons, *topics), (*map(frozenset, both), *topics))


def check_concepts(names: set[str] | frozenset[str], index: ConceptIndex) -> None:
    """RuleFileError naming the first concept that does not exist."""
    for name in sorted(names):
        if name not in index.specs:
            raise RuleFileError(f"không có khái niệm “{name}” / there is no concept “{name}”")
