"""Harmless provisions in the manner of statutes, full of words of sex and kinship: the system must leave them alone."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from covenant_review.screening.ruleset import RuleSet, default_rules_directory, load_ruleset
from covenant_review.screening.second_reader_corpus import default_corpus_directory

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "bench"))
from statute_prose import raised_as, statute_clauses_of

STATUTE = default_corpus_directory() / "statute"
MOST_RAISED = 5


@pytest.fixture(scope="module")
def shipped() -> RuleSet:
    return load_ruleset(default_rules_directory())


def test_at_most_five_of_a_thousand_lawful_provisions_are_raised(shipped: RuleSet) -> None:
    clauses = list(statute_clauses_of(STATUTE / "provisions.jsonl"))
    assert len(clauses) == 1000
    raised = [one for one, outcome in raised_as(STATUTE / "provisions.jsonl", shipped).items() if outcome == "violation"]
    assert len(raised) <= MOST_RAISED, raised


def test_usual_rules_need_no_second_reader_for_that(shipped: RuleSet) -> None:
    raised = [
        clause.id
        for clause in statute_clauses_of(STATUTE / "provisions.jsonl")
        if any(finding.outcome == "violation" and not finding.broad for finding in shipped.engine.screen(clause).findings)
    ]
    assert len(raised) <= MOST_RAISED, raised
