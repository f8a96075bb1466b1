"""The rule set itself: whole, cited, and right on sentences that were written for these tests alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from covenant_review.clauses.clause import Clause
from covenant_review.screening.result import OUTCOMES
from covenant_review.screening.ruleset import RuleSet, default_rules_directory, load_ruleset
from covenant_review.screening.screen import screen_clause

DATA = Path(__file__).parent / "data" / "screening"
FIELDS = {"politics", "economy", "labour", "education", "science", "culture", "health", "family"}


@pytest.fixture(scope="module")
def rules() -> RuleSet:
    return load_ruleset(default_rules_directory())


def sentences(name: str) -> list[str]:
    lines = (DATA / name).read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def outcome(rules: RuleSet, text: str, lead_in: str = "") -> str:
    """The gravest outcome; a broad rule counts as "consider", since no second reader stands beside the rules here."""
    findings = screen_clause(Clause("c", "paragraph", "", "", text, lead_in=lead_in), rules).findings
    found = {"consider" if finding.broad else finding.outcome for finding in findings}
    return next((name for name in OUTCOMES if name in found), "none")


def test_every_rule_file_loads_and_proves_itself(rules: RuleSet) -> None:
    assert [(rejected.path, rejected.reason) for rejected in rules.rejected] == []


def test_there_are_rules_for_every_field_and_outcome(rules: RuleSet) -> None:
    assert len(rules.rules) >= 150
    assert {rule.field for rule in rules.rules} == FIELDS
    assert {rule.field for rule in rules.rules if rule.outcome == "violation"} == FIELDS
    assert {rule.outcome for rule in rules.rules} == set(OUTCOMES)
    assert {pattern.spec.kind for rule in rules.rules for pattern in rule.patterns} == {
        "sequence", "one_sex_only", "unequal_terms", "male_default", "child_sex", "life_state", "fuzzy",
    }  # fmt: skip


def test_every_rule_speaks_two_languages_explains_and_suggests(rules: RuleSet) -> None:
    for rule in rules.rules:
        assert rule.title_vi and rule.title_en and rule.title_vi != rule.title_en, rule.id
        assert rule.explanation and rule.suggestion, rule.id
        assert "vi phạm" not in rule.explanation.lower(), f"{rule.id}: the machine never says “vi phạm” of its own"


def test_violations_rest_on_the_article_that_binds_covenants(rules: RuleSet) -> None:
    for rule in rules.rules:
        if rule.outcome == "violation":
            assert "73/2006/QH11 Đ40.1.c" in rule.law, rule.id
            assert any(rules.law[key].certainty == "seen" for key in rule.law), rule.id


def test_loading_and_proving_takes_under_a_second_of_work() -> None:
    """In a process of its own: in one that holds the corpus of other tests, Python counts their objects over and over."""
    work = (
        "import time; from covenant_review.screening.ruleset import default_rules_directory as where, load_ruleset as load; load(where())\n"
        "for _ in range(3):\n"
        "    started = time.process_time(); load(where()); print(time.process_time() - started)"
    )
    printed = subprocess.run([sys.executable, "-c", work], capture_output=True, check=True, text=True).stdout
    # 0.6 s measured alone; the best of three, and the rest is room for a busy machine.
    assert min(map(float, printed.split())) < 1.5


def test_sentences_that_discriminate_reach_a_person(rules: RuleSet) -> None:
    lines = sentences("discriminating.txt")
    missed = [line for line in lines if outcome(rules, line) not in ("violation", "consider")]
    assert len(missed) <= 0.05 * len(lines), missed


def test_harmless_prose_is_left_alone(rules: RuleSet) -> None:
    lines = sentences("harmless-prose.txt")
    accused = [line for line in lines if outcome(rules, line) == "violation"]
    raised = [line for line in lines if outcome(rules, line) == "consider"]
    assert accused == []
    assert len(raised) <= 0.03 * len(lines), raised


@pytest.mark.parametrize(
    ("lead_in", "text", "expected"),
    [
        ("Những người sau không được lên thượng điện:", "Phụ nữ;", "violation"),
        ("Nghiêm cấm:", "Xúc phạm, đuổi phụ nữ ra khỏi đình;", "none"),
        ("Các tục lệ nay bãi bỏ:", "Con gái không có phần gia tài;", "none"),
        ("Các lệ sau đây làng vẫn giữ:", "Con gái không có phần gia tài;", "violation"),
        ("", "Trước đây phụ nữ không được bàn việc làng, nay ai cũng được bàn.", "none"),
        ("", "Người xưa không cho phụ nữ bàn việc làng, làng vẫn theo lệ ấy.", "violation"),
        ("", "Không ai cấm phụ nữ vào hậu cung.", "none"),
        ("", "Ai cũng được vào hậu cung, trừ phụ nữ.", "violation"),
        ("", "Nam đủ 20 tuổi, nữ đủ 18 tuổi mới được kết hôn.", "none"),
        ("", "Nam đủ 20 tuổi, nữ đủ 25 tuổi mới được ứng cử trưởng thôn.", "violation"),
        ("", "Mỗi nhà sinh một đến hai con, sinh con thứ ba thì phạt.", "outdated"),
        ("", "Nghiêm cấm bạo lực gia đình.", "positive"),
    ],
)
def test_the_same_words_in_another_frame(rules: RuleSet, lead_in: str, text: str, expected: str) -> None:
    assert outcome(rules, text, lead_in) == expected
