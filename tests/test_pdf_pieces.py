"""Joining lines and telling labels, apart from any file."""

from __future__ import annotations

import pytest

from covenant_review.extraction.pdf_labels import LabelSequence, is_start_of_motto, read_label
from covenant_review.extraction.pdf_lines import join_lines


@pytest.mark.parametrize(
    ("lines", "joined"),
    [
        (["hộ gia đình", "trong thôn"], "hộ gia đình trong thôn"),
        (["số 22/2018/QĐ-", "TTg"], "số 22/2018/QĐ-TTg"),
        (["từ năm 1995 -", "1998"], "từ năm 1995 - 1998"),
        (["ngh\u00ad", "iêng"], "nghiêng"),
        (["ngh-", "iêng ngả"], "nghiêng ngả"),
        (["Ma-", "rốc"], "Ma-rốc"),
        (["và/", "hoặc"], "và/hoặc"),
        (["ba\u0309n"], "bản"),
        ([], ""),
    ],
)
def test_lines_join_into_words(lines: list[str], joined: str) -> None:
    assert join_lines(lines) == joined


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Chương IV", "heading"),
        ("Mục 2. Việc cưới", "heading"),
        ("Điều 5. Việc tang", "article"),
        ("Điều thứ nhất", "article"),
        ("Nhất điều: các giáp", "article"),
        ("1. Hương ước", "clause"),
        ("2/ Việc cưới", "clause"),
        ("đ) hộ nghèo", "point"),
        ("1.2. Việc tang", "decimal"),
        ("- Trồng cây", "dash"),
        ("+ Nuôi bò", "dash"),
        ("I. Quy định chung", "roman"),
    ],
)
def test_labels(text: str, kind: str) -> None:
    label = read_label(text)
    assert label is not None
    assert label.kind == kind


@pytest.mark.parametrize("text", ["15 ngày kể từ", "22/2018/QĐ-TTg", "50.000 đồng", "Điều kiện xét", "2,5 mét", "mục tiêu 3"])
def test_no_labels(text: str) -> None:
    assert read_label(text) is None


@pytest.mark.parametrize(
    ("before", "line", "opens"),
    [
        ("hộ nghèo được miễn.", "3. Người vi phạm bị nhắc nhở", True),
        ("hộ nghèo được miễn;", "a) hộ mới tách", True),
        ("theo quy định tại khoản", "3. Người vi phạm", False),
        ("theo quy định tại điểm", "a) khoản 2 Điều này", False),
        ("thông qua ngày", "3. Tháng sau", False),
        ("theo quy định của", "Điều 7 Hương ước này", False),
        ("không được vi phạm các hành vi nêu tại", "Chương III của quy ước", False),
        ("được thôn biểu dương.", "Điều 8. Vệ sinh", True),
        ("các trường hợp sau:", "- hộ nghèo", True),
        ("danh hiệu gia đình văn hóa", "3. Quỹ khuyến học", True),
        ("danh hiệu gia đình văn hóa", "7. quỹ", False),
    ],
)
def test_a_label_at_a_wrap_opens_a_provision_or_not(before: str, line: str, opens: bool) -> None:
    sequence = LabelSequence()
    for earlier in ("Điều 7. Quỹ", "1. Quỹ hiếu", "2. Quỹ hỉ"):
        sequence.note(earlier)
    assert sequence.opens_provision(line, before) is opens


@pytest.mark.parametrize("text", ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA", "CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập – Tự do"])
def test_the_motto_is_known_in_part(text: str) -> None:
    assert is_start_of_motto(text)


@pytest.mark.parametrize("text", ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM Độc lập", "Độc giả", "C"])
def test_the_motto_ends(text: str) -> None:
    assert not is_start_of_motto(text)
