"""What a covenant holds and lacks, on the whole document; never a finding."""

from __future__ import annotations

import pytest

from covenant_review.clauses.clause import Clause, CovenantText
from covenant_review.screening.positive import positive_criteria
from covenant_review.screening.ruleset import RuleSet, default_rules_directory, load_ruleset
from covenant_review.screening.screen import screen


@pytest.fixture(scope="module")
def rules() -> RuleSet:
    return load_ruleset(default_rules_directory())


def _covenant(*texts: str) -> CovenantText:
    return CovenantText("", tuple(Clause(id=f"c{n}", kind="clause", label="", number="", text=text) for n, text in enumerate(texts)))


def test_there_are_at_least_fifteen_criteria_that_every_covenant_should_meet(rules: RuleSet) -> None:
    criteria = positive_criteria(_covenant("Họp thôn mỗi quý một lần."), rules)
    assert sum(criterion.must_be_present for criterion in criteria) >= 15
    assert not any(criterion.held for criterion in criteria)
    assert len({criterion.field for criterion in criteria}) == 8


def test_the_clauses_that_meet_a_criterion_are_named(rules: RuleSet) -> None:
    covenant = _covenant("Họp thôn mỗi quý một lần.", "Nghiêm cấm bạo lực gia đình.", "Bán đất thì vợ chồng cùng ký.")
    for criteria in (positive_criteria(covenant, rules), positive_criteria(covenant, rules, screen(covenant, rules))):
        held = {criterion.rule: criterion.clauses for criterion in criteria if criterion.held}
        assert held["family/chong-bao-luc"] == ("c1",)
        assert held["economy/cung-ky-giay"] == ("c2",)


def test_a_lacking_criterion_is_no_finding(rules: RuleSet) -> None:
    assert not any(result.findings for result in screen(_covenant("Họp thôn mỗi quý một lần."), rules))
