"""Negations that cancel out, and those that do not: one count for all rules."""

from __future__ import annotations

import pytest

from covenant_review.clauses.clause import Clause
from covenant_review.screening.negation import quantified_negations
from covenant_review.screening.ruleset import RuleSet, default_rules_directory, load_ruleset
from covenant_review.screening.screen import screen_clause
from covenant_review.text.folding import fold
from covenant_review.text.syllables import split_syllables


@pytest.fixture(scope="module")
def rules() -> RuleSet:
    return load_ruleset(default_rules_directory())


def _raised(rules: RuleSet, text: str) -> bool:
    findings = screen_clause(Clause(id="x", kind="clause", label="", number="", text=text), rules).findings
    return any(finding.outcome in ("violation", "consider") for finding in findings)


@pytest.mark.parametrize(
    ("text", "harmless"),
    [
        ("Không nàng dâu nào phải thức đêm.", True),
        ("Chẳng cô nào được góp ý.", False),
        ("Chẳng bà nào lên chiếu trên mà bị mời xuống.", True),
        ("Chẳng bà nào lên chiếu trên mà không bị mời xuống.", False),
        ("Không người nào được nhận ao mà không có chồng ký.", False),
    ],
)
def test_every_negation_and_every_harm_turns_the_sense(text: str, harmless: bool) -> None:
    syllables = split_syllables(fold(text))
    (found,) = quantified_negations(syllables.words, syllables.breaks, 0)
    assert found.harmless is harmless


def test_a_negation_ends_with_its_stretch_and_needs_its_quantifier() -> None:
    syllables = split_syllables(fold("Không ai vắng; chị nào đến thì ghi tên."))
    assert quantified_negations(syllables.words, syllables.breaks, 0) == ()


@pytest.mark.parametrize(
    ("harmful", "harmless"),
    [
        ("Chẳng cô nào được vào họp.", "Không cô nào phải đứng ngoài họp."),
        ("Chẳng bà nào ngồi chiếu trên mà không bị mời xuống.", "Chẳng bà nào ngồi chiếu trên mà bị mời xuống."),
        ("Biên bản không thể thiếu chữ ký đàn ông trong nhà.", "Biên bản không thể thiếu chữ ký của chủ tọa."),
    ],
)
def test_twins_that_differ_by_one_negation(rules: RuleSet, harmful: str, harmless: str) -> None:
    assert _raised(rules, harmful)
    assert not _raised(rules, harmless)
