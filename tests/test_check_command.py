"""`covenant-review check` as other programs call it: exit status, JSON, SARIF, standard input, folders, bad files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from covenant_review.screening.second_reader import RULE_ID

SAMPLES = Path(__file__).parent / "data" / "samples"
DISCRIMINATING = (
    "Điều 1. Việc họp\n1. Phụ nữ trong thôn không được dự họp và không được biểu quyết.\n2. Đường làng quét dọn vào sáng thứ bảy.\n"
)
HARMLESS = "Điều 1. Vệ sinh\n1. Đường làng quét dọn vào sáng thứ bảy.\n"


def check(*arguments: str, text: str | bytes = b"", folder: Path | None = None) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "COVENANT_DATABASE_URL": "nonsense://nowhere", "PYTHONIOENCODING": "utf-8"}
    data = text.encode() if isinstance(text, str) else text
    return subprocess.run(
        [sys.executable, "-m", "covenant_review", "check", *arguments], input=data, capture_output=True, cwd=folder, env=environment
    )


def as_json(done: subprocess.CompletedProcess[bytes]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_json_has_the_promised_shape() -> None:
    done = check(str(SAMPLES / "std00.docx"), "--format", "json")
    assert done.returncode == 1
    result = as_json(done)
    assert set(result["ruleset"]) == {"version", "sha256", "rules"}
    assert result["ruleset"]["rules"] >= 30
    (document,) = result["documents"]
    assert set(document) == {"path", "status", "pages", "warnings", "title", "clauses"}
    assert document["status"] == "read"
    kinds = {"title", "heading", "clause", "point", "bullet", "paragraph", "table_row", "header", "signature"}
    for clause in document["clauses"]:
        assert set(clause) == {
            "id", "label", "kind", "number", "text", "lead_in", "page", "boxes", "findings", "silenced", "not_checked", "probability",
        }  # fmt: skip
        assert clause["kind"] in kinds
        for finding in clause["findings"]:
            assert clause["text"][finding["start"] : finding["end"]] == finding["quote"]
            assert finding["outcome"] in {"violation", "consider", "outdated", "positive"}
            assert finding["severity"] in {"high", "medium", "low"}
            assert bool(finding["law"]) == (finding["rule"] != RULE_ID)
            assert finding["trail"]
    assert len({clause["id"] for clause in document["clauses"]}) == len(document["clauses"])


def test_the_clause_that_keeps_women_out_of_the_shrine_is_found_with_its_words() -> None:
    result = as_json(check(str(SAMPLES / "std00.docx"), "--format", "json"))
    clause = next(one for one in result["documents"][0]["clauses"] if one["label"] == "Điều 6, khoản 2")
    assert "violation" in {finding["outcome"] for finding in clause["findings"]}


def test_number_and_text_give_the_document_back() -> None:
    result = as_json(check(str(SAMPLES / "std00.docx"), "--format", "json"))
    lines = [f"{one['number']} {one['text']}".strip() for one in result["documents"][0]["clauses"]]
    wanted = [line.strip() for line in (SAMPLES / "std00.txt").read_text("utf-8").splitlines() if line.startswith("Điều ")]
    assert wanted
    assert [line for line in lines if line in set(wanted)] == wanted


@pytest.mark.parametrize(("level", "text", "status"), [
    ("violation", DISCRIMINATING, 1),
    ("never", DISCRIMINATING, 0),
    ("violation", HARMLESS, 0),
    ("consider", HARMLESS, 0),
])  # fmt: skip
def test_exit_status_follows_the_level(level: str, text: str, status: int) -> None:
    assert check("-", "--fail-on", level, text=text).returncode == status


def test_text_output_is_for_people() -> None:
    done = check("-", text=DISCRIMINATING)
    shown = done.stdout.decode()
    for part in ("Có dấu hiệu phân biệt đối xử về giới", "Điều 1, khoản 1", "không được", "73/2006/QH11", "Gợi ý sửa"):
        assert part in shown
    assert "\x1b[" not in shown
    assert "vi phạm" not in shown.lower()


def test_sarif_names_rule_and_clause() -> None:
    run = json.loads(check("-", "--format", "sarif", text=DISCRIMINATING).stdout)["runs"][0]
    rules = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    assert run["results"]
    for result in run["results"]:
        assert result["ruleId"] in rules
        assert result["locations"][0]["logicalLocations"][0]["name"] == "Điều 1, khoản 1"


def test_folder_is_read_and_other_files_are_named_as_skipped(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(DISCRIMINATING, "utf-8")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "b.txt").write_text(HARMLESS, "utf-8")
    (tmp_path / "song.mp3").write_bytes(b"ID3")
    done = check(str(tmp_path), "--format", "json")
    assert done.returncode == 1
    assert [Path(one["path"]).name for one in as_json(done)["documents"]] == ["a.txt", "b.txt"]
    assert "bỏ qua 1 tệp" in done.stderr.decode()


@pytest.mark.parametrize("content", [b"", b"MZ\x90\x00 not a covenant", b"PK\x03\x04 broken", b"%PDF-1.7\nbroken"])
def test_unreadable_input_ends_with_2_and_a_reason(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "covenant.docx"
    path.write_bytes(content)
    done = check(str(path), "--format", "json")
    assert done.returncode == 2
    (document,) = as_json(done)["documents"]
    assert document["status"] == "unreadable"
    assert document["warnings"]
    assert document["clauses"] == []
    shown = check(str(path))
    assert shown.returncode == 2
    assert "KHÔNG ĐỌC ĐƯỢC" in shown.stdout.decode()
    assert b"Traceback" not in shown.stderr


def test_wrong_usage_ends_with_2(tmp_path: Path) -> None:
    assert check().returncode == 2
    assert check("-", "--format", "xml").returncode == 2
    assert check("-", "--rules", str(tmp_path / "none"), text=HARMLESS).returncode == 2
    assert check("-", "--rules", str(tmp_path), text=HARMLESS).returncode == 2
    missing = check(str(tmp_path / "not there.docx"))
    assert missing.returncode == 2
    assert b"Traceback" not in missing.stderr


def test_one_unreadable_file_does_not_stop_the_others(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(b"MZ")
    (tmp_path / "b.txt").write_text(DISCRIMINATING, "utf-8")
    done = check(str(tmp_path), "--format", "json")
    assert done.returncode == 2
    assert [one["status"] for one in as_json(done)["documents"]] == ["unreadable", "read"]
