"""Harmless prose in the manner of statutes: what the rules raise there as a violation is a false alarm, with its id."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from covenant_review.clauses.clause import Clause
from covenant_review.screening.ruleset import RuleSet

_POINT = re.compile(r"^[a-zđ]{1,2}\) ")


def statute_clauses(path: Path) -> Iterator[Clause]:
    """The provisions of a file, each under its lead-in; the point's letter belongs to the label, not to the words."""
    for line in path.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        text = _POINT.sub("", record["text"])
        yield Clause(id=record["id"], kind="clause", label="", number="", text=text, lead_in=record.get("lead_in", ""))


def statute_lines(folder: Path, ruleset: RuleSet) -> Iterator[str]:
    """Per file of `corpus/statute`: how many provisions are raised as a violation, how many for a person to weigh, and which."""
    for path in sorted((folder / "statute").glob("*.jsonl")):
        raised: list[str] = []
        weighed = count = 0
        for clause in statute_clauses(path):
            count += 1
            outcomes = {finding.outcome for finding in ruleset.engine.screen(clause).findings}
            if "violation" in outcomes:
                raised.append(clause.id)
            elif "consider" in outcomes:
                weighed += 1
        found = f"{len(raised)} of {count} harmless raised as violation, {weighed} as consider"
        yield f"statute-like prose, {path.name}: {found}; {' '.join(raised)}"
