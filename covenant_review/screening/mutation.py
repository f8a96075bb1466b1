"""Do the examples guard the rules? Each pattern, exception and frame is taken out in turn; some example must notice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from covenant_review.screening.concepts import ConceptIndex
from covenant_review.screening.frames import FrameSet
from covenant_review.screening.rule import Rule
from covenant_review.screening.ruleset import load_ruleset
from covenant_review.screening.self_test import run_examples

LEAST_SHARE = 0.95
"""So many of the mutations must be noticed for `rules test --mutate` to pass."""


@dataclass(frozen=True, slots=True)
class Mutation:
    """One part taken out: `part` says which (a pattern as written, the id of an exception or frame)."""

    rule: str
    kind: Literal["pattern", "exception", "frame"]
    part: str
    noticed: bool

    def __str__(self) -> str:
        return f"{self.rule}: {self.part}"


@dataclass(frozen=True, slots=True)
class MutationReport:
    """All mutations tried on a rule set."""

    mutations: tuple[Mutation, ...]

    @property
    def unnoticed(self) -> tuple[Mutation, ...]:
        """Parts that could be lost without any example failing: each lacks an example."""
        return tuple(mutation for mutation in self.mutations if not mutation.noticed)

    @property
    def share(self) -> float:
        """The share of mutations that some example noticed, 0 to 1; 1 where there was nothing to break."""
        return 1.0 - len(self.unnoticed) / len(self.mutations) if self.mutations else 1.0

    @property
    def ok(self) -> bool:
        """Whether enough were noticed."""
        return self.share >= LEAST_SHARE


def mutate_rules(directory: Path) -> MutationReport:
    """Every rule of a directory without each of its patterns and exceptions, and all rules without each frame.

    A mutation is noticed when an example (known weaknesses left out) that held before fails. Rules that do not load are not
    tried: `rules test` names them. RuleFileError as from `load_ruleset`.
    """
    ruleset = load_ruleset(directory)
    index, frames = ruleset.engine.index, ruleset.engine.frames
    tried: list[Mutation] = []
    for rule in ruleset.rules:
        tried.extend(Mutation(rule.id, kind, part, _notices(mutant, index, frames)) for kind, part, mutant in _mutants(rule))
    guarded = [rule for rule in ruleset.rules if rule.examples.no_match]
    for frame_id in frames.ids:
        fewer = frames.without(frame_id)
        noticed = any(_notices(rule, index, fewer) for rule in guarded)
        tried.append(Mutation("context", "frame", frame_id, noticed))
    return MutationReport(tuple(tried))


def _mutants(rule: Rule) -> Iterator[tuple[Literal["pattern", "exception"], str, Rule]]:
    for number, pattern in enumerate(rule.patterns):
        rest = (*rule.patterns[:number], *rule.patterns[number + 1 :])
        yield "pattern", pattern.description, replace(rule, patterns=rest)
    for number, exception in enumerate(rule.exceptions):
        others = (*rule.exceptions[:number], *rule.exceptions[number + 1 :])
        yield "exception", exception.spec.id, replace(rule, exceptions=others)


def _notices(rule: Rule, index: ConceptIndex, frames: FrameSet) -> bool:
    return any(not result.passed and not result.todo for result in run_examples(rule, index, frames))
