"""What screening says of a clause. Unmatched, matched, silenced and not checked are four different states."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Outcome = Literal["violation", "consider", "outdated", "positive"]
Severity = Literal["high", "medium", "low"]
Field = Literal["politics", "economy", "labour", "education", "science", "culture", "health", "family"]
ScreeningState = Literal["unmatched", "matched", "silenced", "not_checked"]

OUTCOMES: tuple[Outcome, ...] = ("violation", "consider", "outdated", "positive")


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule matched. `start` and `end` are offsets into the clause's `text`, `quote` is `text[start:end]`.

    Where the words that made it match stand in the lead-in, a heading or a header row, the span covers the clause's own
    part and `trail` names the other places. `score` runs to 100 (exact). `why`, `suggestion` are Vietnamese sentences;
    `law` are citation keys of `rules/law.yml`. `title_vi`, `title_en` are the rule's titles. `broad`: the rule asks for a
    second reading's agreement.
    """

    rule: str
    outcome: Outcome
    severity: Severity
    field: Field
    start: int
    end: int
    quote: str
    title_vi: str
    title_en: str
    why: str
    law: tuple[str, ...]
    suggestion: str
    score: int
    trail: Mapping[str, Any]
    broad: bool = False


@dataclass(frozen=True, slots=True)
class Silenced:
    """A rule matched and one of its exceptions took the match back: recorded, never lost."""

    rule: str
    exception: str
    reason: str
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class NotChecked:
    """A rule that could not run on this clause: never the same as "no match"."""

    rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class ClauseScreening:
    """All that the rule set says of one clause, by the clause's id.

    `probability` is how likely the second reader finds the clause to treat the sexes differently, None where it did not read it.
    """

    clause_id: str
    findings: tuple[Finding, ...] = ()
    silenced: tuple[Silenced, ...] = ()
    not_checked: tuple[NotChecked, ...] = ()
    probability: float | None = None

    @property
    def state(self) -> ScreeningState:
        """The state shown to people: a rule that could not run outranks every other but a match."""
        if self.findings:
            return "matched"
        if self.not_checked:
            return "not_checked"
        return "silenced" if self.silenced else "unmatched"
