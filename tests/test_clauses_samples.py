"""The sample covenants: every number and label, checked against the plain text that the samples were made from.

The expected labels are worked out here from the numbers in the .txt, with nothing of the code under test.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from pathlib import Path

import pytest

from covenant_review.clauses.clause import Clause, CovenantText
from covenant_review.clauses.splitting import split
from covenant_review.extraction.reading import read_path

SAMPLES = Path(__file__).parent / "data" / "samples"


def covenant(name: str) -> CovenantText:
    return split(read_path(SAMPLES / name))


def expected_provisions(name: str) -> list[tuple[str, str, str]]:
    """(label, number, text) of every numbered line of the sample's plain text."""
    article = clause = ""
    found: list[tuple[str, str, str]] = []
    for line in (SAMPLES / name).read_text(encoding="utf-8").splitlines():
        if match := re.match(r"(Chương [IVX]+)$", line):
            found.append((match[1], match[1], ""))
        elif match := re.match(r"((Điều \d+)\.) (.*)", line):
            article = match[2]
            found.append((article, match[1], match[3]))
        elif match := re.match(r"((\d+)\.) (.*)", line):
            clause = f"{article}, khoản {match[2]}"
            found.append((clause, match[1], match[3]))
        elif match := re.match(r"(([a-zđ])\)) (.*)", line):
            found.append((f"{clause}, điểm {match[2]}", match[1], match[3]))
    return found


def chapter_names(name: str) -> dict[str, str]:
    lines = (SAMPLES / name).read_text(encoding="utf-8").splitlines()
    return {line: lines[i + 1] for i, line in enumerate(lines) if re.match(r"Chương [IVX]+$", line)}


@pytest.mark.parametrize(
    ("file", "truth"),
    [
        ("std00.docx", "std00.txt"),
        ("std01.docx", "std01.txt"),
        ("nfd00.docx", "std00.txt"),
        ("hard00.docx", "std00.txt"),
    ],
)
def test_label_number_and_text_of_every_provision(file: str, truth: str) -> None:
    read = {(c.label, c.number, c.text) for c in covenant(file).clauses}
    expected = expected_provisions(truth)
    if file == "hard00.docx":  # automatic numbering: a chapter's number and name are one paragraph
        names = chapter_names(truth)
        expected = [(label, number, names.get(label, text)) for label, number, text in expected]
    assert len(expected) > 100
    missed = [provision for provision in expected if provision not in read]
    assert missed == []


@pytest.mark.parametrize(("file", "truth"), [("std00.docx", "std00.txt"), ("nfd00.docx", "std00.txt")])
def test_nothing_is_lost_and_nothing_added(file: str, truth: str) -> None:
    lines = [" ".join(part for part in (c.number, c.text) if part) for c in covenant(file).clauses]
    read = Counter(cell for line in lines for cell in line.split(" | "))
    expected = Counter((SAMPLES / truth).read_text(encoding="utf-8").splitlines())
    assert read - expected == Counter({"XÃ LIÊN MẠC": 1, "THÔN ĐÔNG NGẠC": 1})  # the letterhead; the .txt leaves it out
    assert expected - read == Counter()


def test_every_mark_of_the_hard_sample_is_read_once_or_left_out_rightly() -> None:
    text = covenant("hard00.docx")
    lines = "\n".join(c.text for c in text.clauses)
    counts = {mark: lines.count(mark) for mark in re.findall(r"[A-Z]+MARK\b|SDT[A-Z]+|SMARTTAG", lines)}
    assert counts == dict.fromkeys(
        ["BOXMARK", "INSMARK", "SDTINLINE", "SMARTTAG", "FLDMARK", "SDTBLOCK", "BRMARK", "TABMARK", "NBHMARK",
         "MERGEMARK", "NESTMARK", "FOOTMARK"], 1,
    )  # fmt: skip
    assert {warning.code for warning in text.warnings} == {"deleted_text", "hidden_text"}
    assert "Mức thu là INSMARK 100.000 đồng một hộ." in lines
    assert "Dòng một BRMARK dòng hai TABMARK cột" in lines
    assert "Thôn-NBHMARK xóm" in lines


def test_kinds_of_the_standard_sample() -> None:
    kinds = Counter(c.kind for c in covenant("std00.docx").clauses)
    # 7 chapters with 7 names, 20 articles, the preamble's heading and the appendix's
    assert kinds["heading"] == 7 + 7 + 20 + 1 + 1
    assert kinds["clause"] == len([p for p in expected_provisions("std00.txt") if re.search(r"khoản \d+$", p[0])])
    assert kinds["point"] == len([p for p in expected_provisions("std00.txt") if "điểm" in p[0]])
    assert (kinds["header"], kinds["title"], kinds["signature"], kinds["table_row"]) == (4, 2, 6, 9)
    assert kinds["paragraph"] == 2


def by_label(text: CovenantText) -> dict[str, Clause]:
    return {c.label: c for c in text.clauses}


@pytest.mark.parametrize("file", ["std00.docx", "hard00.docx"])
def test_lead_in_and_headings_reach_a_point(file: str) -> None:
    clauses = by_label(covenant(file))
    point = clauses["Điều 6, khoản 2, điểm b"]
    lead = clauses["Điều 6, khoản 2"]
    assert lead.is_lead_in
    assert lead.kind == "clause"
    assert point.lead_in == lead.text
    assert point.parent == lead.id
    assert point.headings == ("Chương II XÂY DỰNG NẾP SỐNG VĂN HÓA", "Điều 6. Lễ hội và tín ngưỡng")
    assert clauses["Điều 6, khoản 3"].lead_in == ""


def test_table_rows_know_their_header() -> None:
    row = by_label(covenant("std00.docx"))["Bảng 1, dòng 8"]
    assert row.cells == ("Lệ phí cheo", "300.000", "Gia đình nhà gái", "Bãi bỏ từ 2026")
    assert row.header_row == ("Nội dung", "Mức (đồng)", "Đối tượng", "Ghi chú")
    assert row.headings == ("PHỤ LỤC: MỨC ĐÓNG GÓP VÀ XỬ LÝ VI PHẠM",)


def test_title_and_identities() -> None:
    text = covenant("std01.docx")
    assert text.title == "HƯƠNG ƯỚC LÀNG PHÚ THƯỢNG"
    assert [c.id for c in text.clauses] == [f"c{i}" for i in range(1, len(text.clauses) + 1)]
    assert len({c.label for c in text.clauses}) == len(text.clauses)


def test_plain_text_and_docx_of_one_covenant_agree() -> None:
    from_text = {(c.label, c.text) for c in covenant("std00.txt").clauses if c.kind in {"clause", "point"}}
    from_docx = {(c.label, c.text) for c in covenant("std00.docx").clauses if c.kind in {"clause", "point"}}
    # In the .txt each table cell is a line of its own, so only numbered provisions can agree.
    assert from_text == from_docx


def test_reading_takes_well_under_100_ms() -> None:
    covenant("std00.docx")
    times = []
    for _ in range(3):
        start = time.process_time()
        covenant("std00.docx")
        times.append(time.process_time() - start)
    assert min(times) < 0.1
