"""The second reader as an installation has it: on, switched off, unusable; and what both readers say together."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from covenant_review.clauses.clause import CovenantText
from covenant_review.clauses.splitting import split
from covenant_review.extraction.plain_text import read_plain_text
from covenant_review.screening.ruleset import RuleSet, default_rules_directory, load_ruleset
from covenant_review.screening.screen import screen
from covenant_review.screening.second_reader import RULE_ID
from covenant_review.screening.second_reader_use import DOUBT, SecondReaderInUse, screen_by_both, second_reader_of
from covenant_review.screening.second_reader_weights import WEIGHTS_FILE
from tests.second_reader_data import rules_with_reader, weights
from tests.submissions_data import write_rules

SAMPLE = Path(__file__).parent / "data" / "samples" / "std00.txt"


@pytest.fixture(scope="module")
def shipped() -> RuleSet:
    return load_ruleset(default_rules_directory())


@pytest.fixture(scope="module")
def sample() -> CovenantText:
    return split(read_plain_text(SAMPLE.read_bytes()))


def small(folder: Path, words: dict[str, int] | None = None) -> RuleSet:
    return load_ruleset(rules_with_reader(folder, words or {"w đám": 90_000}))


def test_it_reads_where_its_weights_can_be_used(tmp_path: Path) -> None:
    used = second_reader_of(small(tmp_path))
    assert (used.state, used.reason, used.stamp.version) == ("on", "", "thu")
    assert used.weights is not None and used.stamp.sha256 == used.weights.sha256
    assert used.learnt_elsewhere


def test_the_switch_keeps_it_from_reading(tmp_path: Path, sample: CovenantText) -> None:
    ruleset = small(tmp_path)
    used = second_reader_of(ruleset, wanted=False)
    assert (used.state, used.reader, used.reason, used.stamp.sha256) == ("off", None, "", "")
    assert screen_by_both(sample, ruleset, used) == screen(sample, ruleset)


def leave_out(path: Path) -> None:
    """Leave the weights out altogether."""
    path.unlink()


def spoil_hash(path: Path) -> None:
    path.write_text(path.read_text("utf-8").replace('"threshold":0.6', '"threshold":0.1', 1), "utf-8")


def spoil_whole(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:200])


def spoil_concepts(path: Path) -> None:
    weights({"k k co-o-noi-khac": 9, "k k cung-the": 9, "k k lang": 9}).save(path)


@pytest.mark.parametrize(
    ("spoil", "why"),
    [(leave_out, "Không có tệp"), (spoil_hash, "mã băm"), (spoil_whole, "không đọc được"), (spoil_concepts, "2 trong 3 khái niệm")],
)
def test_weights_that_cannot_be_used_leave_the_rules_at_work_and_say_why(
    tmp_path: Path, sample: CovenantText, spoil: Any, why: str
) -> None:
    ruleset = small(tmp_path)
    spoil(tmp_path / WEIGHTS_FILE)
    used = second_reader_of(ruleset)
    assert (used.state, used.reader, used.stamp.sha256) == ("unavailable", None, "")
    assert why in used.reason
    assert screen_by_both(sample, ruleset, used) == screen(sample, ruleset)


def test_it_adds_and_softens_but_never_accuses_and_never_hides(shipped: RuleSet, sample: CovenantText) -> None:
    used = second_reader_of(shipped)
    assert used.state == "on", used.reason
    for by_rules, by_both in zip(screen(sample, shipped), screen_by_both(sample, shipped, used), strict=True):
        kept = [finding.rule for finding in by_both.findings if finding.rule != RULE_ID]
        assert kept == [finding.rule for finding in by_rules.findings]
        assert by_both.silenced == by_rules.silenced
        for before, after in zip(by_rules.findings, by_both.findings, strict=False):
            if after.outcome == before.outcome:
                continue
            assert (before.outcome, after.outcome) == ("violation", "consider")
            assert by_both.probability is not None and by_both.probability < DOUBT.least(broad=before.broad)
            assert "ít khả năng" in after.why
        added = by_both.findings[len(by_rules.findings) :]
        assert [finding.outcome for finding in added] in ([], ["consider"])


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONIOENCODING": "utf-8", **more}


def check(folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "covenant_review", "check", "-", "--rules", str(folder), *arguments]
    text = "Điều 1. Đám hiếu\n1. Đám hiếu tổ chức trang nghiêm.\n2. Con gái không được chia đất.\n"
    return subprocess.run(command, input=text.encode(), capture_output=True, check=False, env=environment(**more))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return rules_with_reader(tmp_path / "rules", {"w đám": 90_000})


def test_check_shows_what_it_found_and_how_likely(folder: Path) -> None:
    answer = json.loads(check(folder, "--format", "json").stdout)
    assert (answer["second_reader"]["state"], answer["second_reader"]["version"]) == ("on", "thu")
    clauses = {clause["number"]: clause for clause in answer["documents"][0]["clauses"]}
    (finding,) = clauses["1."]["findings"]
    assert (finding["rule"], finding["outcome"], finding["law"]) == (RULE_ID, "consider", [])
    assert clauses["1."]["probability"] > 0.9 > 0.1 > clauses["2."]["probability"]
    (doubted,) = clauses["2."]["findings"]
    assert (doubted["rule"], doubted["outcome"]) == ("family/dat-cua-cha-me", "consider")
    words = check(folder).stdout.decode()
    assert "Máy đọc thứ hai thu" in words and "“Đám”" in words
    assert "vi phạm" not in words


def test_check_in_sarif_names_the_reader_and_each_probability(folder: Path) -> None:
    (run,) = json.loads(check(folder, "--format", "sarif").stdout)["runs"]
    known = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    assert {result["ruleId"] for result in run["results"]} == {RULE_ID, "family/dat-cua-cha-me"} <= known
    assert all(result["level"] == "warning" and result["properties"]["probability"] is not None for result in run["results"])
    assert run["properties"]["secondReader"]["state"] == "on"


@pytest.mark.parametrize(("arguments", "more"), [(["--no-second-reader"], {}), ([], {"COVENANT_SECOND_READER": "off"})])
def test_check_without_it(folder: Path, arguments: list[str], more: dict[str, str]) -> None:
    answer = json.loads(check(folder, "--format", "json", *arguments, **more).stdout)
    assert answer["second_reader"]["state"] == "off"
    clauses = answer["documents"][0]["clauses"]
    assert {clause["probability"] for clause in clauses} == {None}
    assert [finding["outcome"] for clause in clauses for finding in clause["findings"]] == ["violation"]


def test_check_says_why_it_does_not_read(folder: Path) -> None:
    shutil.rmtree(folder / "second_reader")
    done = check(folder, "--format", "sarif")
    (run,) = json.loads(done.stdout)["runs"]
    (notice,) = run["invocations"][0]["toolConfigurationNotifications"]
    assert "rules train" in notice["message"]["text"]
    assert "rules train" in done.stderr.decode()
    assert "Máy đọc thứ hai: chưa đọc" in check(folder).stdout.decode()
    assert done.returncode == 1


def test_rules_without_a_reader_are_no_reader_switched_off(tmp_path: Path) -> None:
    used: SecondReaderInUse = second_reader_of(load_ruleset(write_rules(tmp_path)))
    assert used.state == "unavailable"
