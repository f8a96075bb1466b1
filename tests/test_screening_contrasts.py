"""Both sexes named: when are their terms equal?"""

from __future__ import annotations

import pytest

from covenant_review.clauses.clause import Clause, CovenantText
from covenant_review.screening.ruleset import RuleSet, default_rules_directory, load_ruleset
from covenant_review.screening.screen import header_rows, screen, screen_clause


@pytest.fixture(scope="module")
def rules() -> RuleSet:
    return load_ruleset(default_rules_directory())


def _outcomes(rules: RuleSet, clause: Clause) -> set[str]:
    return {finding.outcome for finding in screen_clause(clause, rules).findings} & {"violation", "consider"}


def _clause(text: str, lead_in: str = "") -> Clause:
    cells = tuple(text.split(" | ")) if " | " in text else ()
    return Clause(id="x", kind="table_row" if cells else "clause", label="", number="", text=text, lead_in=lead_in, cells=cells)


@pytest.mark.parametrize(
    "text",
    [
        "Vợ góp thì đề tên vợ, chồng góp thì đề tên chồng.",
        "Đào ao: trai mười xẻng, gái mười xẻng là một công.",
        "Chồng phụ vợ nấu cơm, vợ phụ chồng đan lưới.",
        "Con gái đưa tang mẹ được đứng hàng đầu như con trai.",
        "Con mang họ cha hoặc họ mẹ là do hai người tính.",
        "Nhà gái không đòi, nhà trai không khoe.",
        "Không lớp nào dành ghế trước cho các ông, ghế sau cho các bà.",
        "Thứ hai chị em tập, thứ ba anh em tập.",
    ],
)
def test_equal_terms_are_left_alone(rules: RuleSet, text: str) -> None:
    assert "violation" not in _outcomes(rules, _clause(text))


@pytest.mark.parametrize(
    "text",
    [
        "Công gặt, ông tính một công, bà tính sáu phần mười công.",
        "Chạy thi: nam chạy ba vòng, thưởng 300.000 đồng; nữ chạy ba vòng, thưởng 100.000 đồng.",
        "Bố đi họp thì giơ tay; má đi thay thì ngồi nghe.",
        "Vợ mất thì chồng cày hết hạn; chồng mất thì vợ trả ruộng ngay.",
        "Con trai đỗ thì rước từ đình về; con gái đỗ thì mừng ở lớp.",
        "Dù làm cùng giờ, nam một công, nữ nửa công.",
    ],
)
def test_unequal_terms_are_found(rules: RuleSet, text: str) -> None:
    assert "violation" in _outcomes(rules, _clause(text))


def test_a_header_row_carried_by_the_lead_in_gives_the_columns_their_sex(rules: RuleSet) -> None:
    lead_in = "Mức góp mỗi năm: Việc | Nam | Nữ"
    assert "violation" in _outcomes(rules, _clause("Làm đường | 200.000 đồng | 100.000 đồng", lead_in))
    assert not _outcomes(rules, _clause("Làm đường | 100.000 đồng | 100.000 đồng", lead_in))


def test_kin_words_name_a_sex_only_beside_the_other(rules: RuleSet) -> None:
    assert not _outcomes(rules, _clause("Ông Tư giữ chìa khóa kho, chưa ai được mở khi ông đi vắng."))
    assert _outcomes(rules, _clause("Ông được mở kho; bà muốn mở thì hỏi ông."))


def test_a_short_heading_lays_nothing_down(rules: RuleSet) -> None:
    heading = Clause(id="h", kind="heading", label="", number="Khoản 2", text="Sổ đinh")
    below = Clause(id="c", kind="clause", label="", number="1", text="Ai thả trâu thì đền.", headings=("Khoản 2 Sổ đinh",), parent="h")
    assert [result.findings for result in screen(CovenantText("", (heading, below)), rules)] == [(), ()]


def test_a_row_is_equal_where_any_row_of_the_other_sex_gives_the_same(rules: RuleSet) -> None:
    table = [("Con trai", "300.000 đồng"), ("Con gái ở làng", "300.000 đồng"), ("Rể ở cùng nhà vợ", "500.000 đồng")]
    rows = [
        Clause(f"r{place}", "table_row", "", "", " | ".join(cells), cells=cells, header_row=("Hạng người", "Mức góp"), table=1)
        for place, cells in enumerate(table)
    ]
    head = Clause("head", "table_row", "", "", "Hạng người | Mức góp", cells=("Hạng người", "Mức góp"), table=1)
    found = screen(CovenantText("", (head, *rows)), rules)
    assert [bool(one.findings) for one in found] == [False, False, False, True]


def test_a_header_row_is_no_provision_and_no_neighbour(rules: RuleSet) -> None:
    header = ("Việc", "Công nam", "Công nữ")
    head = Clause("head", "table_row", "", "", " | ".join(header), cells=header, table=1)
    alike = Clause("a", "table_row", "", "", "Đan | 4 | 4", cells=("Đan", "4", "4"), header_row=header, table=1)
    other = Clause("b", "table_row", "", "", "Nữ nuôi con nhỏ | 2 | 2", cells=("Nữ nuôi con nhỏ", "2", "2"), header_row=header, table=1)
    assert header_rows((head, alike, other)) == {"head"}
    found = screen(CovenantText("", (head, alike, other)), rules)
    assert not found[0].findings and not found[1].findings
