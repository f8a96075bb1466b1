"""Several provisions in one paragraph, and the ways in which old covenants number: taken apart only where the sequence proves it."""

from __future__ import annotations

import pytest

from covenant_review.clauses.splitting import split
from covenant_review.extraction.document import Block, Document
from covenant_review.extraction.reading import read

HEAD = "HƯƠNG ƯỚC LÀNG MẪU\n"


def provisions(*lines: str) -> list[tuple[str, str]]:
    found = split(read((HEAD + "\n".join(lines)).encode(), as_text=True)).clauses[1:]
    return [(clause.label, clause.text) for clause in found]


def test_khoan_that_run_on_in_one_paragraph() -> None:
    assert provisions("Điều 1. Họp làng", "1. Mỗi năm họp hai kỳ. 2. Ai cũng được dự. 3. Ghi sổ đầy đủ.", "4. Niêm yết ở đình.") == [
        ("Điều 1", "Họp làng"),
        ("Điều 1, khoản 1", "Mỗi năm họp hai kỳ."),
        ("Điều 1, khoản 2", "Ai cũng được dự."),
        ("Điều 1, khoản 3", "Ghi sổ đầy đủ."),
        ("Điều 1, khoản 4", "Niêm yết ở đình."),
    ]


def test_article_with_its_khoan_behind_its_name() -> None:
    assert provisions("Điều 1. Việc cưới 1. Báo trước ba ngày. 2. Không thách cưới.") == [
        ("Điều 1", "Việc cưới"),
        ("Điều 1, khoản 1", "Báo trước ba ngày."),
        ("Điều 1, khoản 2", "Không thách cưới."),
    ]


def test_diem_inside_khoan_keep_their_lead_in() -> None:
    text = "Điều 3. Lễ hội\n1. Không được dự tế: a) đàn bà, con gái; b) người có tang; c) người say; d) trẻ con; đ) người lạ. 2. Hội mở ba ngày."
    found = {c.label: c for c in split(read((HEAD + text).encode(), as_text=True)).clauses}
    assert found["Điều 3, khoản 1, điểm a"].text == "đàn bà, con gái;"
    assert found["Điều 3, khoản 1, điểm a"].lead_in == "Không được dự tế:"
    assert found["Điều 3, khoản 1, điểm đ"].text == "người lạ."
    assert found["Điều 3, khoản 2"].lead_in == ""


def test_dashes_after_a_colon() -> None:
    assert [label for label, _ in provisions("Điều 3. Nghiêm cấm: - Say rượu; - Đánh bạc; - Thả rông trâu bò.")] == [
        "Điều 3", "Điều 3, gạch đầu dòng 1", "Điều 3, gạch đầu dòng 2", "Điều 3, gạch đầu dòng 3",
    ]  # fmt: skip


def test_articles_that_run_on() -> None:
    assert [label for label, _ in provisions("Điều 1. Ai trộm lúa thì phạt. Điều 2. Ai say rượu thì phạt. Điều 3. Ai đánh nhau thì phạt.")] == [
        "Điều 1", "Điều 2", "Điều 3"
    ]  # fmt: skip


def test_automatic_number_with_typed_ones_behind_it() -> None:
    blocks = (Block("paragraph", "HƯƠNG ƯỚC LÀNG MẪU"), Block("paragraph", "Họp hai kỳ. 2. Ai cũng được dự.", number="1."))
    assert [(c.number, c.text) for c in split(Document("docx", blocks)).clauses[1:]] == [("1.", "Họp hai kỳ."), ("2.", "Ai cũng được dự.")]


@pytest.mark.parametrize(
    "line",
    [
        "1. Theo khoản 2. Điều này không áp dụng cho ai.",
        "1. Mỗi hộ góp 5 công. 7. Ai vắng thì nộp tiền.",
        "1. Giải nhất 3. Giải nhì 2. Giải ba 1.",
        "1. Họp vào ngày 2. tháng Giêng.",
        "1. Nhóm a) và nhóm b) cùng họp.",
        "1. Ai ở xóm a) thì theo xóm ấy.",
        "1. Họp làng - Ban khánh tiết - Mặt trận cùng dự.",
        "1. Như đã nói: - Không ai được miễn.",
        "Mỗi năm họp hai kỳ. 2. Ai cũng được dự.",
        "1. Xem Điều 2. Việc khác do làng quyết.",
    ],
)
def test_numbers_that_prove_nothing_stay_in_the_sentence(line: str) -> None:
    assert len(provisions("Điều 1. Chung", "1. Một điều.", line)) == 3


def test_words_come_back_whole() -> None:
    line = "1. Họp: a) hai kỳ; b) bốn phiên. 2. Ai cũng được dự."
    found = split(read((HEAD + line).encode(), as_text=True)).clauses[1:]
    assert " ".join(f"{c.number} {c.text}" for c in found) == line


@pytest.mark.parametrize(
    ("line", "number", "label"),
    [
        ("Điều thứ nhì. Ai say rượu thì phạt.", "Điều thứ nhì.", "Điều thứ nhì"),
        ("Lệ thứ hai. Ai say rượu thì phạt.", "Lệ thứ hai.", "Lệ thứ hai"),
        ("Nhì điều, ai say rượu thì phạt.", "Nhì điều,", "Nhì điều"),
        ("Tam điều: ai đánh bạc thì phạt.", "Tam điều:", "Tam điều"),
        ("Phần hai VIỆC LÀNG", "Phần hai", "Phần hai"),
        ("I- VIỆC LÀNG", "I-", "Mục I"),
        ("I-Việc làng", "I-", "Mục I"),
    ],
)
def test_old_ways_to_number(line: str, number: str, label: str) -> None:
    found = split(read((HEAD + line + "\nAi cũng phải theo.").encode(), as_text=True)).clauses[1]
    assert (found.number, found.label) == (number, label)


def test_part_in_words_is_no_heading_within_a_sentence() -> None:
    assert provisions("Điều 1. Chia phần", "Phần hai bên góp thì chia đôi.")[1] == ("Điều 1, đoạn 1", "Phần hai bên góp thì chia đôi.")


def test_officers_who_sign_in_one_line_are_set_apart() -> None:
    found = split(
        read((HEAD + "Điều 1. Ai cũng phải theo.\nTrưởng thôn Vũ Đình Khải - Chi hội trưởng Phụ nữ Lê Thị Mận").encode(), as_text=True)
    )
    assert [c.kind for c in found.clauses] == ["title", "clause", "signature"]
    provision = "Trưởng thôn Vũ Đình Khải chịu trách nhiệm chung; Phó thôn Lê Thị Mận giữ sổ sách thu chi"
    found = split(read((HEAD + f"Điều 1. Ai cũng phải theo.\n{provision}").encode(), as_text=True))
    assert found.clauses[-1].is_judged
