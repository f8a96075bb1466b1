"""Harmless prose in the manner of statutes: what the rules raise there as a violation is a false alarm, with its id."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from covenant_review.clauses.clause import Clause, CovenantText
from covenant_review.screening.ruleset import RuleSet
from covenant_review.screening.second_reader_corpus import statute_clauses
from covenant_review.screening.second_reader_use import screen_by_both, second_reader_of


def statute_clauses_of(path: Path) -> Iterator[Clause]:
    """The provisions of a file, as clauses."""
    return statute_clauses(json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())


def raised_as(path: Path, ruleset: RuleSet) -> dict[str, str]:
    """For each provision of a file that rules and second reader together raise, "violation" or "consider"."""
    second = second_reader_of(ruleset)
    raised: dict[str, str] = {}
    for clause in statute_clauses_of(path):
        (screening,) = screen_by_both(CovenantText("", (clause,)), ruleset, second)
        outcomes = {finding.outcome for finding in screening.findings}
        for outcome in ("violation", "consider"):
            if outcome in outcomes:
                raised.setdefault(clause.id, outcome)
    return raised


def statute_lines(folder: Path, ruleset: RuleSet) -> Iterator[str]:
    """Per file of `corpus/statute`: how many provisions are raised as a violation, how many for a person to weigh, and which."""
    for path in sorted((folder / "statute").glob("*.jsonl")):
        count = sum(1 for _clause in statute_clauses_of(path))
        raised = raised_as(path, ruleset)
        wrong = [one for one, outcome in raised.items() if outcome == "violation"]
        found = f"{len(wrong)} of {count} harmless raised as violation, {len(raised) - len(wrong)} as consider"
        yield f"statute-like prose, {path.name}: {found}; {' '.join(wrong)}"
