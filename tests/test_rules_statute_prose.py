"""A thousand harmless provisions in the manner of statutes, full of words of sex and kinship: the rules must leave them alone."""

from __future__ import annotations

import sys
from pathlib import Path

from covenant_review.screening.ruleset import default_rules_directory, load_ruleset
from covenant_review.screening.second_reader_corpus import default_corpus_directory

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "bench"))
from statute_prose import statute_clauses

MOST_RAISED = 5


def test_at_most_five_of_a_thousand_lawful_provisions_are_raised() -> None:
    engine = load_ruleset(default_rules_directory()).engine
    clauses = list(statute_clauses(default_corpus_directory() / "statute" / "provisions.jsonl"))
    assert len(clauses) == 1000
    raised = [clause.id for clause in clauses if any(f.outcome == "violation" for f in engine.screen(clause).findings)]
    assert len(raised) <= MOST_RAISED, raised
