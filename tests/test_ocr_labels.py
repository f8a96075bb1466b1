"""Misread numbers: put right where their neighbours prove it, left alone everywhere else."""

from __future__ import annotations

import pytest

from covenant_review.extraction.document import Block, ReadingWarning
from covenant_review.extraction.ocr_labels import repair_labels


def repaired(*texts: str, recognised: tuple[int, ...] = (1,)) -> tuple[list[str], list[ReadingWarning]]:
    blocks, warnings = repair_labels([Block("paragraph", text, page=1) for text in texts], recognised)
    return [block.text for block in blocks], warnings


@pytest.mark.parametrize(
    ("read", "right"),
    [
        (["Điều l. Tên gọi", "Điều 2. Phạm vi"], ["Điều 1. Tên gọi", "Điều 2. Phạm vi"]),
        (["Điều 4. A", "Điều S. B", "Điều 6. C"], ["Điều 4. A", "Điều 5. B", "Điều 6. C"]),
        (["a) một", "b) hai", "e) ba", "d) bốn"], ["a) một", "b) hai", "c) ba", "d) bốn"]),
        (["a) một", "b) hai", ") ba", "d) bốn"], ["a) một", "b) hai", "c) ba", "d) bốn"]),
        (["c) ba", "d) bốn", "d) năm", "e) sáu"], ["c) ba", "d) bốn", "đ) năm", "e) sáu"]),
        (["Điều 1. A", "I. một", "2. hai", "3. ba"], ["Điều 1. A", "1. một", "2. hai", "3. ba"]),
        (
            ["Chương II", "Điều 4. X", "Chương II", "Điều 5. Y", "Chương IV"],
            ["Chương II", "Điều 4. X", "Chương III", "Điều 5. Y", "Chương IV"],
        ),
    ],
)
def test_a_number_between_its_neighbours_is_put_right_and_noted(read: list[str], right: list[str]) -> None:
    texts, warnings = repaired(*read)
    assert texts == right
    assert [warning.code for warning in warnings] == ["label_repaired"]
    assert warnings[0].page == 1


@pytest.mark.parametrize(
    "texts",
    [
        ["Chương II", "Điều 4. X", "Chương II", "Điều 5. Y"],  # nothing after it proves a III
        ["a) một", "c) ba", "d) bốn"],  # a point is missing, not misread
        ["1. một", "2. hai", "2. hai nữa", "5. năm"],
        ["Điều 3. A", "Điều 7. B", "Điều 5. C"],  # a 7 does not look like a 4
        ["I. PHẦN CHUNG", "II. PHẦN RIÊNG", "III. ĐIỀU KHOẢN"],
        ["Điều 1. A", "1. một", "2. hai", "Điều 2. B", "1. một", "2. hai", "3. ba"],
        ["a) một", "b) hai", "c) ba", "d) bốn", "e) năm", "f) sáu"],
        ["a) một", "b) hai", "c) ba", "d) bốn", "đ) năm", "e) sáu"],
    ],
)
def test_what_the_sequence_does_not_prove_stays(texts: list[str]) -> None:
    assert repaired(*texts) == (texts, [])


def test_pages_with_a_text_layer_are_left_as_they_are() -> None:
    texts = ["Điều l. Tên gọi", "Điều 2. Phạm vi"]
    assert repaired(*texts, recognised=(2,)) == (texts, [])


def test_roman_numbers_of_parts_are_put_right_between_their_neighbours() -> None:
    texts = ["I. Tổ chức", "II. Thu chi", "II. Xưởng", "IV. Học nghề", "V. Hôn nhân", "VỊ. Dân số", "VII. Trật tự"]
    blocks, warnings = repair_labels([Block("paragraph", text, page=1) for text in texts], [1])
    assert [block.text.split(".")[0] for block in blocks] == ["I", "II", "III", "IV", "V", "VI", "VII"]
    assert [warning.detail for warning in warnings] == ["II → III", "VỊ → VI"]


def test_roman_numbers_that_nothing_proves_wrong_stay() -> None:
    texts = ["I. Tổ chức", "II. Thu chi", "II. Xưởng"]
    blocks, warnings = repair_labels([Block("paragraph", text, page=1) for text in texts], [1])
    assert [block.text for block in blocks] == texts
    assert warnings == []
