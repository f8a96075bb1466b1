"""Concepts, sequences, contrasts and amounts, on the small rule set of the tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from covenant_review.clauses.clause import Clause
from covenant_review.screening.amounts import find_amounts
from covenant_review.screening.reading import Reading
from covenant_review.screening.ruleset import RuleSet, load_ruleset
from covenant_review.screening.schema import RuleFileError
from covenant_review.screening.sequences import Budget, find_sequence, parse_sequence

SMALL = Path(__file__).parent / "data" / "screening" / "small-rules"


@pytest.fixture(scope="module")
def small() -> RuleSet:
    return load_ruleset(SMALL)


def read(ruleset: RuleSet, text: str, lead_in: str = "") -> Reading:
    return ruleset.engine.read(Clause("c", "paragraph", "", "", text, lead_in=lead_in))


def concepts(ruleset: RuleSet, text: str) -> list[tuple[str, str]]:
    reading = read(ruleset, text)
    return [(mention.concept, reading.quote(mention.start, mention.end)) for mention in reading.mentions]


@pytest.mark.parametrize(
    "text",
    ["Nhân dân Việt Nam", "đi vào miền Nam", "Chi Hội Phụ nữ dọn vệ sinh", "ông Trần Nam Hải đọc báo cáo", "Trưởng xóm Nam họp"],
)
def test_names_and_masked_words_are_no_persons(small: RuleSet, text: str) -> None:
    assert concepts(small, text) == []


def test_capitals_everywhere_are_no_names(small: RuleSet) -> None:
    assert concepts(small, "NAM TỪ HAI MƯƠI TUỔI") == [("nam", "NAM")]


def test_a_comma_parts_a_masked_name_from_a_person(small: RuleSet) -> None:
    assert ("nu", "phụ nữ") in concepts(small, "Ngày hội, phụ nữ nấu cỗ")


def test_a_guard_before_a_word_keeps_it_out(small: RuleSet) -> None:
    assert ("bi-loai", "không được") not in concepts(small, "Không không được làm")


def match(ruleset: RuleSet, say: str, text: str) -> str | None:
    reading = read(ruleset, text)
    found = next(find_sequence(parse_sequence(say), reading, Budget(1.0)), None)
    return None if found is None else reading.quote(found[0].start, found[-1].end)


@pytest.mark.parametrize(
    ("say", "text", "expected"),
    [
        ("<nu> ~2 không được", "Đàn bà trong làng không được đi", "Đàn bà trong làng không được"),
        ("<nu> ~1 không được", "Đàn bà trong làng không được đi", None),
        ("<nu> ~5 không được", "Đàn bà ở nhà; khách không được vào", None),
        ("<nu> ~~5 không được", "Đàn bà ở nhà; khách không được vào", "Đàn bà ở nhà; khách không được"),
        ("<nu> (mà)? không được", "Đàn bà không được vào", "Đàn bà không được"),
        ("(cấm|kiêng) <nu>", "Làng kiêng đàn bà", "kiêng đàn bà"),
        ("^ <nu>", "Xóm có đàn bà", None),
        ("^ <nu>", "Hết lễ. Đàn bà về trước", "Đàn bà"),
        ("<nu> # đồng", "Phụ nữ 500.000 đồng", "Phụ nữ 500.000 đồng"),
        ("HOÀ giải", "tổ hòa giải", "hòa giải"),
    ],
)
def test_sequences(small: RuleSet, say: str, text: str, expected: str | None) -> None:
    assert match(small, say, text) == expected


@pytest.mark.parametrize("say", ["(a|b", "a)", "<Sai Tên>"])
def test_a_pattern_that_cannot_be_read_says_so(say: str) -> None:
    with pytest.raises(RuleFileError):
        parse_sequence(say)


def test_a_pattern_runs_on_from_the_lead_in(small: RuleSet) -> None:
    reading = read(small, "vào hậu cung.", lead_in="Đàn bà không được:")
    found = next(find_sequence(parse_sequence("<nu> ~3 (vào)? <le>"), reading, Budget(1.0)))
    assert [reading.place(part.start) for part in found] == ["lead_in", "text", "text"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hai phần", [(2, "phần")]),
        ("500.000 đồng", [(500000, "đồng")]),
        ("hai trăm nghìn đồng", [(200000, "đồng")]),
        ("ba trăm nghìn một ngày", [(300000, ""), (1, "ngày")]),
        ("nửa suất", [(0.5, "suất")]),
        ("mười tám tuổi", [(18, "tuổi")]),
        ("thứ hai, tư, sáu", []),
        ("mỗi năm họp", []),
        ("năm công", [(5, "công")]),
        ("ngày 20 tháng 10", []),
    ],
)
def test_amounts(small: RuleSet, text: str, expected: list[tuple[float, str]]) -> None:
    reading = read(small, text)
    values = [(amount.value, amount.unit) for amount in find_amounts(reading, 0, len(reading.words))]
    assert [value for value, _unit in values] == [value for value, _unit in expected]
    assert all(unit == wanted for (_v, unit), (_w, wanted) in zip(values, expected, strict=True) if wanted)


@pytest.mark.parametrize(
    ("text", "unequal"),
    [
        ("Con trai hai phần, con gái một phần.", True),
        ("Con trai một phần, con gái một phần.", False),
        ("Thưởng 200.000 đồng nếu là con trai, 100.000 đồng nếu là con gái.", True),
        ("Đàn ông được vào đình. Còn đàn bà không được vào.", True),
        ("Đàn ông được vào đình. Đàn bà cũng được vào.", False),
        ("Đàn bà nấu cỗ, đàn ông tiếp khách.", True),
        ("Đàn ông phải nộp một con lợn; đàn bà thì miễn.", True),
        ("Đàn ông, đàn bà mỗi người một phần.", False),
        ("Nam và nữ hai phần.", False),
    ],
)
def test_unequal_terms(small: RuleSet, text: str, unequal: bool) -> None:
    rule = small.find("politics/hai-muc")
    assert rule is not None
    reading = read(small, text)
    assert bool(list(rule.patterns[0].find(reading, Budget(1.0)))) is unequal


def row(text: str, header: str = "Đối tượng | Số công") -> Clause:
    cells, heads = tuple(text.split(" | ")), tuple(header.split(" | "))
    return Clause(text, "table_row", "", "", text, cells=cells, header_row=heads, table=1)


def contrast_in_row(ruleset: RuleSet, clause: Clause, *others: Clause) -> bool:
    return bool(ruleset.engine.screen(clause, tuple(ruleset.engine.read(other) for other in others)).findings)


def test_unequal_rows_and_columns_of_a_table(small: RuleSet) -> None:
    men, women, same = row("Lao động nam | 12 công"), row("Lao động nữ | 8 công"), row("Lao động nữ | 12 công")
    assert contrast_in_row(small, men, women)
    assert contrast_in_row(small, women, men)
    assert not contrast_in_row(small, men, same)
    header = "Việc | Nam | Nữ"
    assert contrast_in_row(small, row("Khắc ván | 180.000 | 150.000", header))
    assert not contrast_in_row(small, row("Phơi ván | 90.000 | 90.000", header))
