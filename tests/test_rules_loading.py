"""Loading: each fault is named with its file, one bad rule stays alone, and the hash tells which set it was."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from covenant_review.screening.ruleset import load_ruleset
from covenant_review.screening.schema import RuleFileError
from covenant_review.screening.self_test import test_rules as run_self_test

SMALL = Path(__file__).parent / "data" / "screening" / "small-rules"
RULE = "culture/nu-khong-vao-dinh.yml"


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SMALL, tmp_path / "rules"))


def change(rules: Path, old: str, new: str, name: str = RULE) -> None:
    path = rules / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_rule_set_carries_its_version_law_and_rules(rules: Path) -> None:
    ruleset = load_ruleset(rules)
    assert ruleset.version == "nhỏ-1"
    assert not ruleset.rejected
    assert ruleset.law["L1"].certainty == "seen"
    rule = ruleset.find("culture/nu-khong-vao-dinh")
    assert rule is not None and rule.runs and rule.state_name == "on" and rule.title_en == "Women kept out"
    assert ruleset.find("culture/khong-co") is None


def test_the_hash_follows_contents_not_line_ends_or_place(rules: Path, tmp_path: Path) -> None:
    before = load_ruleset(rules).sha256
    path = rules / RULE
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert load_ruleset(rules).sha256 == before
    moved = Path(shutil.copytree(rules, tmp_path / "elsewhere"))
    assert load_ruleset(moved).sha256 == before
    change(rules, "Ai cũng được vào.", "Ai cũng được vào")
    assert load_ruleset(rules).sha256 != before


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("severity: high", "severity: high\nmau: đỏ", "mau"),
        ("severity: high", "severity: huge", "severity"),
        ("field: culture\n", "", "field"),
        ("law: [L1]", "law: [L9]", "L9"),
        ("who: [nu]", "who: [nguoi-la]", "nguoi-la"),
        ("id: culture/nu-khong-vao-dinh", "id: culture/ten-khac", "ten-khac"),
        ("⟦Đàn bà không được vào hậu cung⟧.", "⟦Đàn bà⟧ không được vào hậu cung.", "thay vì"),
        ("⟦Đàn bà không được vào hậu cung⟧.", "⟦Làng mở hội⟧.", "phải khớp"),
        ("hút thuốc trong đình.", "hút thuốc. Đàn bà không được vào đình.", "không được khớp"),
        ("outcome: violation", "outcome: consider\nbroad: true", "broad"),
        ("examples:", "examples: [", "YAML"),
    ],
)
def test_a_faulty_rule_is_rejected_alone_with_its_reason(rules: Path, old: str, new: str, said: str) -> None:
    change(rules, old, new)
    ruleset = load_ruleset(rules)
    (rejected,) = ruleset.rejected
    assert rejected.path == RULE
    assert said in rejected.reason
    assert [rule.id for rule in ruleset.rules] == ["politics/hai-muc"]


def test_what_all_rules_share_must_be_whole(rules: Path) -> None:
    change(rules, "sex: female", "gioi: female", "concepts/words.yml")
    with pytest.raises(RuleFileError, match=r"words\.yml"):
        load_ruleset(rules)
    with pytest.raises(RuleFileError):
        load_ruleset(rules / "khong-co")


@pytest.mark.parametrize(("state", "runs"), [("on", True), ("trial", True), ("draft", False), ("off", False)])
def test_the_state_decides_whether_a_rule_screens(rules: Path, state: str, runs: bool) -> None:
    change(rules, "value: on", f"value: {state}")
    ruleset = load_ruleset(rules)
    assert not ruleset.rejected, "its examples are proved in every state"
    assert ("culture/nu-khong-vao-dinh" in {rule.id for rule in ruleset.engine.rules}) is runs


def test_the_self_test_reports_known_weaknesses_apart(rules: Path) -> None:
    report = run_self_test(rules)
    assert report.ok and not report.failures
    assert [result.text for result in report.open_todos] == ["Đàn bà lánh xa hậu cung."]
    change(rules, "[không được, chưa được]", "[không được, chưa được, lánh xa]", "concepts/words.yml")
    assert [result.text for result in run_self_test(rules).solved_todos] == ["Đàn bà lánh xa hậu cung."]
    change(rules, "⟦Đàn bà không được vào hậu cung⟧", "⟦Đàn bà⟧ không được vào hậu cung")
    assert not run_self_test(rules).ok
