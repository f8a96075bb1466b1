"""What a covenant does for equality, and what it lacks: the positive criteria, judged on the whole document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from covenant_review.clauses.clause import CovenantText
from covenant_review.screening.result import ClauseScreening, Field
from covenant_review.screening.rule import Rule
from covenant_review.screening.ruleset import RuleSet
from covenant_review.screening.screen import screen


@dataclass(frozen=True, slots=True)
class PositiveCriterion:
    """A positive rule on a covenant. `clauses` are the ids of the clauses that meet it, in order; `must_be_present` says
    that every covenant should hold it: missing, it is worth a recommendation, never a sign of discrimination."""

    rule: str
    title_vi: str
    title_en: str
    field: Field
    law: tuple[str, ...]
    suggestion: str
    must_be_present: bool
    clauses: tuple[str, ...]

    @property
    def held(self) -> bool:
        """Whether some clause meets it."""
        return bool(self.clauses)


def positive_criteria(
    covenant_text: CovenantText, ruleset: RuleSet, screenings: Sequence[ClauseScreening] | None = None
) -> tuple[PositiveCriterion, ...]:
    """Every positive rule that runs, with the clauses of the covenant that meet it; those a covenant lacks have none.

    `screenings` are the results of `screen` on the same covenant, if at hand. A clause that also shows signs of
    discrimination meets no criterion.
    """
    results = screen(covenant_text, ruleset) if screenings is None else screenings
    meeting: dict[str, list[str]] = {}
    for result in results:
        for finding in result.findings:
            if finding.outcome == "positive":
                meeting.setdefault(finding.rule, []).append(result.clause_id)
    return tuple(_criterion(rule, tuple(meeting.get(rule.id, ()))) for rule in ruleset.rules if rule.outcome == "positive" and rule.runs)


def _criterion(rule: Rule, clauses: tuple[str, ...]) -> PositiveCriterion:
    return PositiveCriterion(
        rule=rule.id,
        title_vi=rule.title_vi,
        title_en=rule.title_en,
        field=rule.field,
        law=rule.law,
        suggestion=rule.suggestion,
        must_be_present=rule.must_be_present,
        clauses=clauses,
    )
