"""A rule of the rule set, as people see it and as the engine runs it."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as keep
from typing import Literal

from covenant_review.screening.patterns import Pattern
from covenant_review.screening.result import Field, Outcome, Severity
from covenant_review.screening.schema import ExamplesSpec, ExceptionSpec, RuleStateName, StateSpec
from covenant_review.screening.sequences import Matcher

Certainty = Literal["seen", "second_hand", "general"]


@dataclass(frozen=True, slots=True)
class Citation:
    """A row of the citation table. `says` is in our own words; only `certainty == "seen"` may be shown as established."""

    key: str
    document: str
    article: str
    says: str
    certainty: Certainty


@dataclass(frozen=True)
class RuleException:
    """Takes a match back where one of its patterns occurs in the clause (`own`), above it (`context`) or in `any`."""

    spec: ExceptionSpec
    patterns: tuple[Matcher, ...] = keep(repr=False)
    unless: tuple[Matcher, ...] = keep(default=(), repr=False)
    """Where one of these occurs, the exception does not act."""


@dataclass(frozen=True)
class Rule:
    """One rule: its file `path` is relative to the rule directory; a `trial` rule never goes past "consider"."""

    id: str
    path: str
    title_vi: str
    title_en: str
    field: Field
    outcome: Outcome
    severity: Severity
    state: StateSpec
    law: tuple[str, ...]
    explanation: str
    suggestion: str
    patterns: tuple[Pattern, ...] = keep(repr=False)
    exceptions: tuple[RuleException, ...] = keep(repr=False)
    examples: ExamplesSpec = keep(repr=False)
    must_be_present: bool = False
    broad: bool = False

    @property
    def weight(self) -> Outcome:
        """What frames and other findings take its matches for: a broad rule says too little to be taken for a violation."""
        return "consider" if self.broad else self.outcome

    @property
    def runs(self) -> bool:
        """Whether the rule screens covenants: only when its state is on or trial."""
        return self.state.value in ("on", "trial")

    @property
    def state_name(self) -> RuleStateName:
        """draft, trial, on or off."""
        return self.state.value


@dataclass(frozen=True, slots=True)
class RejectedRule:
    """A rule file that did not load: `reason` says why, for the person who wrote it. The other rules are not touched."""

    path: str
    rule_id: str | None
    reason: str
