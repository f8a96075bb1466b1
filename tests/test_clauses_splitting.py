"""The clause tree on small covenants written for one difficulty each."""

from __future__ import annotations

from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from covenant_review.clauses.clause import Clause, CovenantText
from covenant_review.clauses.splitting import split
from covenant_review.extraction.document import Block, BlockStyle, Document
from covenant_review.extraction.reading import read

HEAD = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\nHƯƠNG ƯỚC LÀNG MẪU\n"


def covenant(text: str, head: str = HEAD) -> CovenantText:
    return split(read((head + dedent(text).strip()).encode(), as_text=True))


def labels(text: str) -> list[str]:
    return [c.label for c in covenant(text).clauses[3:]]


def clause(text: str, label: str) -> Clause:
    found = {c.label: c for c in covenant(text).clauses}
    assert label in found, sorted(found)
    return found[label]


def test_repeated_article_numbers_are_told_apart_by_their_chapter() -> None:
    assert labels("""
        Chương I VIỆC LÀNG
        Điều 1. Họp làng
        1. Mỗi năm họp hai lần.
        Chương II VIỆC ĐÌNH
        Điều 1. Tế lễ
        1. Ngày rằm tháng Giêng.
    """) == ["Chương I", "Chương I, Điều 1", "Chương I, Điều 1, khoản 1",
             "Chương II", "Chương II, Điều 1", "Chương II, Điều 1, khoản 1"]  # fmt: skip


def test_numbering_that_restarts_or_skips_gives_every_clause_its_own_label() -> None:
    assert labels("""
        Điều 1. Việc cưới
        1. Một.
        2. Hai.
        1. Lại một.
        a) Điểm a.
        4. Bốn.
        Điều 1. Việc tang
        1. Ba.
    """) == ["Điều 1", "Điều 1, khoản 1", "Điều 1, khoản 2", "Điều 1, khoản 1 (lần 2)",
             "Điều 1, khoản 1 (lần 2), điểm a", "Điều 1, khoản 4", "Điều 1 (lần 2)", "Điều 1 (lần 2), khoản 1"]  # fmt: skip


@pytest.mark.parametrize(
    "line",
    [
        "1.240 nhân khẩu sống trong 300 nóc nhà.",
        "30.000 đồng là mức đóng của mỗi hộ.",
        "5 đường trục chính do xóm trông coi.",
        "15-20 người họp thành một tổ.",
        "1/3 số hộ yêu cầu thì họp bất thường.",
        "Điều 5 của Luật Bình đẳng giới được áp dụng.",
        "Điều 18 Luật Hôn nhân và gia đình có hiệu lực.",
        "Khoản tiền này nộp vào quỹ.",
        "Phần lớn dân làng đồng ý.",
        "Mục đích là giữ nếp làng.",
        "-5 độ thì nghỉ học.",
        "Chương trình nông thôn mới được thực hiện.",
        "H. Tiên Du nay là xã.",
        "1.5 triệu đồng một suất.",
    ],
)
def test_numbers_of_the_sentence_stay_in_it(line: str) -> None:
    found = clause(f"Điều 1. Chung\n1. Một điều.\n{line}", "Điều 1, khoản 1, đoạn 2")
    assert (found.number, found.text) == ("", line)


@pytest.mark.parametrize(
    ("line", "number", "text", "label"),
    [
        ("1.Về việc họp", "1.", "Về việc họp", "Điều 1, khoản 1"),
        ("1/ Họp làng.", "1/", "Họp làng.", "Điều 1, khoản 1"),
        ("1- Họp làng.", "1-", "Họp làng.", "Điều 1, khoản 1"),
        ("1) Họp làng.", "1)", "Họp làng.", "Điều 1, khoản 1"),
        ("Khoản 1. Họp làng.", "Khoản 1.", "Họp làng.", "Điều 1, khoản 1"),
        ("1.1. Họp làng.", "1.1.", "Họp làng.", "Điều 1, khoản 1.1"),
        ("đ) Họp làng.", "đ)", "Họp làng.", "Điều 1, điểm đ"),
        ("a. Họp làng.", "a.", "Họp làng.", "Điều 1, điểm a"),
        ("Điểm b) Họp làng.", "Điểm b)", "Họp làng.", "Điều 1, điểm b"),
        ("– Họp làng.", "–", "Họp làng.", "Điều 1, gạch đầu dòng 1"),
        ("+ Họp làng.", "+", "Họp làng.", "Điều 1, dấu cộng 1"),
        ("• Họp làng.", "•", "Họp làng.", "Điều 1, gạch đầu dòng 1"),
    ],
)
def test_ways_to_write_a_number(line: str, number: str, text: str, label: str) -> None:
    found = clause(f"Điều 1. Họp hành\n{line}", label)
    assert (found.number, found.text, found.is_judged) == (number, text, True)


@pytest.mark.parametrize(
    ("line", "number", "label"),
    [
        ("Điều 5: Ai trộm lúa thì phạt.", "Điều 5:", "Điều 5"),
        ("Điều 5 - Ai trộm lúa thì phạt.", "Điều 5 -", "Điều 5"),
        ("ĐIỀU 5. Ai trộm lúa thì phạt.", "ĐIỀU 5.", "Điều 5"),
        ("Điều thứ nhất: Ai trộm lúa thì phạt.", "Điều thứ nhất:", "Điều thứ nhất"),
        ("Điều thứ 12. Ai trộm lúa thì phạt.", "Điều thứ 12.", "Điều thứ 12"),
        ("Nhất điều, ai trộm lúa thì phạt.", "Nhất điều,", "Nhất điều 1"),
    ],
)
def test_ways_to_write_an_article(line: str, number: str, label: str) -> None:
    found = clause(line, label)
    assert (found.kind, found.number) == ("clause", number)


def test_old_items_count_on() -> None:
    assert labels("""
        Nhất điều ai đánh nhau ở đình thì phạt trầu.
        Nhất điều ai say rượu thì phạt lợn.
    """) == ["Nhất điều 1", "Nhất điều 2"]


def test_article_with_children_is_a_heading_and_reaches_them() -> None:
    text = """
        Điều 6. Những việc thôn cấm trong cưới xin
        - Thách cưới.
        - Tảo hôn.
    """
    assert clause(text, "Điều 6").kind == "heading"
    item = clause(text, "Điều 6, gạch đầu dòng 2")
    assert (item.headings, item.lead_in) == (("Điều 6. Những việc thôn cấm trong cưới xin",), "")


def test_article_with_a_provision_and_children_is_judged() -> None:
    text = """
        Điều 6. Hội làng mở ba ngày, ai cũng được dự. Những người sau đây không được vào hậu cung:
        a) Đàn bà, con gái;
        b) Người đang có tang.
    """
    assert (clause(text, "Điều 6").kind, clause(text, "Điều 6").is_lead_in) == ("clause", True)
    # Only the sentence that the items continue, not the one before it.
    assert clause(text, "Điều 6, điểm a").lead_in == "Những người sau đây không được vào hậu cung:"


def test_heading_with_a_full_stop_is_still_a_heading() -> None:
    assert clause("Điều 5. Việc tang.\n1. Không để quá 48 giờ.", "Điều 5").kind == "heading"


def test_short_provision_with_children_is_never_taken_for_a_heading() -> None:
    assert clause("Điều 5. Cấm con gái vào đình.\n1. Ai trái thì phạt trầu.", "Điều 5").is_judged


def test_nested_lead_ins_come_outermost_first() -> None:
    text = """
        Điều 3. Trật tự
        1. Nghiêm cấm các hành vi sau:
        a) Trong ngày hội:
        - Say rượu;
        - Đánh bạc;
        b) Thả rông trâu bò.
        2. Mọi người giữ trật tự.
    """
    assert clause(text, "Điều 3, khoản 1, điểm a, gạch đầu dòng 2").lead_in == "Nghiêm cấm các hành vi sau: Trong ngày hội:"
    assert clause(text, "Điều 3, khoản 1, điểm b").lead_in == "Nghiêm cấm các hành vi sau:"
    assert clause(text, "Điều 3, khoản 2").lead_in == ""


def test_khoan_under_a_lead_in_paragraph() -> None:
    text = """
        Điều 3. Lễ hội
        Những người sau đây không được dự tế:
        1. Đàn bà, con gái.
        2. Người có tang.
        Điều 4. Việc khác
        1. Giữ gìn đường làng.
    """
    assert clause(text, "Điều 3, khoản 2").lead_in == "Những người sau đây không được dự tế:"
    assert clause(text, "Điều 3, đoạn 1").is_lead_in
    assert clause(text, "Điều 4, khoản 1").lead_in == ""


def test_items_without_any_mark_still_continue_their_lead_in() -> None:
    text = """
        Điều 3. Lễ hội
        Những người sau đây không được dự tế:
        Đàn bà, con gái;
        Người có tang.
        Hội mở ba ngày.
    """
    lead = "Những người sau đây không được dự tế:"
    assert clause(text, "Điều 3, đoạn 2").lead_in == lead
    assert clause(text, "Điều 3, đoạn 3").lead_in == lead
    assert clause(text, "Điều 3, đoạn 4").lead_in == ""


def test_lead_in_where_the_colon_was_forgotten() -> None:
    text = """
        Điều 3. Lễ hội
        1. Những người sau đây không được dự tế
        a) Đàn bà, con gái;
        b) Người có tang.
    """
    assert clause(text, "Điều 3, khoản 1, điểm a").lead_in == "Những người sau đây không được dự tế"


def test_preamble_does_not_lead_into_articles() -> None:
    text = """
        LỜI NÓI ĐẦU
        Dân làng cùng nhau đặt ra hương ước như sau:
        Điều 1. Họp làng
        1. Họp hai lần.
    """
    assert clause(text, "Lời nói đầu, đoạn 1").kind == "paragraph"
    found = clause(text, "Điều 1, khoản 1")
    assert (found.lead_in, found.headings) == ("", ("Điều 1. Họp làng",))


def test_heading_numbers_on_a_line_of_their_own() -> None:
    text = """
        Chương II
        NẾP SỐNG VĂN HÓA
        Điều 4
        Việc cưới
        1. Báo trước ba ngày.
    """
    assert clause(text, "Chương II, tên chương").text == "NẾP SỐNG VĂN HÓA"
    assert clause(text, "Điều 4, khoản 1").headings == ("Chương II NẾP SỐNG VĂN HÓA", "Điều 4 Việc cưới")


def test_headings_in_capitals_without_numbers() -> None:
    text = """
        VIỆC CƯỚI VÀ VIỆC TANG
        - Báo trước ba ngày.
        VIỆC HỌC
        Con em đến tuổi phải đi học.
    """
    assert clause(text, "Mục “VIỆC CƯỚI VÀ VIỆC TANG”, gạch đầu dòng 1").headings == ("VIỆC CƯỚI VÀ VIỆC TANG",)
    assert clause(text, "Mục “VIỆC HỌC”, đoạn 1").kind == "paragraph"


def test_covenant_without_any_structure_is_still_judged_line_by_line() -> None:
    found = covenant("Ai trộm lúa thì phạt.\nAi say rượu thì phạt.").clauses[3:]
    assert [(c.label, c.is_judged) for c in found] == [("Đoạn 1", True), ("Đoạn 2", True)]


def test_table_between_bullets() -> None:
    text = """
        3. Về ngày công
        Ngày công theo bảng sau:
        Đối tượng | Số công
        Nam | 12 công
        Nữ | 8 công
        - Ai vắng thì nộp tiền.
    """
    row = clause(text, "Mục 3, Bảng 1, dòng 2")
    assert (row.cells, row.header_row) == (("Nữ", "8 công"), ("Đối tượng", "Số công"))
    assert (row.lead_in, row.headings) == ("Ngày công theo bảng sau:", ("3. Về ngày công",))
    assert clause(text, "Mục 3, Bảng 1, dòng tiêu đề").header_row == ()
    assert clause(text, "Mục 3, gạch đầu dòng 1").lead_in == ""


def test_table_without_header_has_none() -> None:
    assert clause("Điều 1. Mức phạt\nTrộm | 50.000 đ\nĐánh bạc | 100.000 đ", "Điều 1, Bảng 1, dòng 1").header_row == ()


def test_paragraph_after_a_finished_table_does_not_continue_its_lead_in() -> None:
    text = """
        Điều 5. Hằng năm mỗi nhà đóng góp theo bảng sau:
        Khoản | Mức
        Tiền đình | 50.000 đ
        Khách phương xa không phải đóng góp.
    """
    assert clause(text, "Điều 5, Bảng 1, dòng 1").lead_in == "Hằng năm mỗi nhà đóng góp theo bảng sau:"
    assert clause(text, "Điều 5, đoạn 2").lead_in == ""


def test_numbered_sections_are_known_by_what_stands_below_them() -> None:
    text = """
        PHẦN I LÀM ĂN
        1. Chăn nuôi, trồng trọt
        - Nuôi gà phải tiêm phòng.
        2. Rừng, nước
        - Không đốt rừng.
        PHẦN II LỆ LÀNG
        1. Con gái lấy chồng xa không được chia đất
        2. Ai trộm lúa thì phạt
    """
    assert clause(text, "Mục 2, gạch đầu dòng 1").headings == ("PHẦN I LÀM ĂN", "2. Rừng, nước")
    assert clause(text, "Phần II, khoản 1").kind == "clause"
    kinds = [c.kind for c in covenant(text).clauses[3:]]
    assert kinds == ["heading", "heading", "bullet", "heading", "bullet", "heading", "clause", "clause"]


def table_document(*rows: Block) -> Document:
    return Document("docx", (Block("paragraph", "HƯƠNG ƯỚC LÀNG MẪU"), Block("paragraph", "Điều 1. Mức đóng"), *rows))


def row(*cells: str, spans: tuple[int, ...] = (), merged: tuple[str, ...] = (), header: bool = False) -> Block:
    return Block("table_row", " | ".join(cells), cells=cells, table=0, spans=spans, merged=merged, header_row=header)


def test_header_of_two_rows_with_merged_cells() -> None:
    found = split(
        table_document(
            row("Khoản", "Mức đóng", spans=(1, 2)),
            row("", "Nam", "Nữ", merged=("Khoản",)),
            row("Tiền đình", "50.000", "0"),
            row("Tiền hội", "10.000", spans=(1, 2)),
        )
    ).clauses
    assert found[4].header_row == ("Khoản", "Mức đóng Nam", "Mức đóng Nữ")
    assert found[5].header_row == ("Khoản", "Mức đóng Nam, Mức đóng Nữ")


def test_caption_group_rows_and_merged_cells_lead_into_rows() -> None:
    found = split(
        table_document(
            row("Bảng mức phạt", spans=(3,)),
            row("Đối tượng", "Việc", "Mức", header=True),
            row("Đối với nữ", spans=(3,)),
            row("Dâu mới", "Vắng giỗ", "10.000"),
            row("", "Vào hậu cung", "20.000", merged=("Dâu mới",)),
        )
    ).clauses
    assert found[2].label == "Điều 1, Bảng 1, tên bảng"
    assert found[6].lead_in == "Bảng mức phạt Đối với nữ Dâu mới"
    assert found[6].header_row == ("Đối tượng", "Việc", "Mức")


def test_signatures_of_several_kinds_are_set_apart() -> None:
    text = """
        Điều 1. Trưởng thôn, Ban công tác Mặt trận tổ chức thực hiện.
        Đông Ngạc, ngày 5 tháng 3 năm 2020
        TM. BAN SOẠN THẢO
        TRƯỞNG THÔN
        (Ký, ghi rõ họ tên)
        Nguyễn Văn Thụy
        XÁC NHẬN CỦA UBND XÃ
        Nơi nhận:
        - UBND xã;
        - Lưu thôn.
    """
    kinds = [c.kind for c in covenant(text).clauses[3:]]
    assert kinds == ["clause", *["signature"] * 9]


@pytest.mark.parametrize(
    "last",
    [
        "Trưởng thôn chịu trách nhiệm tổ chức thực hiện hương ước này.",
        "Trưởng họ là con trai trưởng của chi Trưởng",
        "Đại diện mỗi hộ phải là đàn ông",
        "Phụ nữ không được ký",
    ],
)
def test_last_provision_is_not_taken_for_a_signature(last: str) -> None:
    assert covenant(f"Điều 1. Thi hành\n1. Một.\n{last}").clauses[-1].is_judged


def test_signature_before_an_appendix() -> None:
    text = """
        Điều 1. Ai cũng phải theo.
        TRƯỞNG THÔN
        Nguyễn Văn Thụy
        PHỤ LỤC: MỨC PHẠT
        Việc | Mức
        Trộm | 50.000
    """
    assert [c.kind for c in covenant(text).clauses[3:]] == [
        "clause", "signature", "signature", "heading", "table_row", "table_row"
    ]  # fmt: skip
    assert clause(text, "Bảng 1, dòng 1").headings == ("PHỤ LỤC: MỨC PHẠT",)


def test_title_over_two_lines() -> None:
    head = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nHƯƠNG ƯỚC\nTHÔN ĐÔNG NGẠC, XÃ LIÊN MẠC\n(Ban hành năm 2020)\n"
    text = covenant("Điều 1. Ai cũng phải theo.", head)
    assert text.title == "HƯƠNG ƯỚC THÔN ĐÔNG NGẠC, XÃ LIÊN MẠC"
    assert [c.kind for c in text.clauses] == ["header", "title", "title", "title", "clause"]


def test_prose_above_the_title_is_not_lost_to_the_reviewer() -> None:
    prose = "Dân làng ta từ xưa đến nay con gái đi lấy chồng thì không được chia ruộng, " * 3
    assert covenant("Điều 1. Ai cũng phải theo.", f"{prose}\nHƯƠNG ƯỚC LÀNG MẪU\n").clauses[0].is_judged


def test_reform_era_clauses_above_articles() -> None:
    text = """
        PHẦN THỨ NHẤT VIỆC LÀNG
        Khoản thứ 1. Hội đồng làng
        Điều thứ 1. Mỗi xóm cử hai người.
        Điều thứ 2. Người ra ứng cử phải là đàn ông.
    """
    assert clause(text, "Khoản thứ 1").kind == "heading"
    assert clause(text, "Điều thứ 2").headings == ("PHẦN THỨ NHẤT VIỆC LÀNG", "Khoản thứ 1. Hội đồng làng")


def test_several_khoan_in_one_paragraph_with_line_breaks() -> None:
    document = Document(
        "docx",
        (
            Block("paragraph", "HƯƠNG ƯỚC\nLÀNG MẪU", style=BlockStyle(alignment="center")),
            Block("paragraph", "Điều 1. Họp làng\n1. Họp hai lần\nmỗi năm.\n2. Ai cũng được dự."),
        ),
    )
    found = split(document)
    assert found.title == "HƯƠNG ƯỚC LÀNG MẪU"
    assert [(c.label, c.text) for c in found.clauses[2:]] == [
        ("Điều 1", "Họp làng"),
        ("Điều 1, khoản 1", "Họp hai lần mỗi năm."),
        ("Điều 1, khoản 2", "Ai cũng được dự."),
    ]


def test_automatic_numbers_are_the_number_and_the_text_stays_whole() -> None:
    document = Document(
        "docx",
        (
            Block("paragraph", "HƯƠNG ƯỚC LÀNG MẪU"),
            Block("paragraph", "Việc cưới", number="Điều 4."),
            Block("paragraph", "5 mâm là đủ.", number="1."),
            Block("paragraph", "Báo trước.", number="•"),
        ),
    )
    found = split(document).clauses
    assert [(c.label, c.number, c.text) for c in found[1:]] == [
        ("Điều 4", "Điều 4.", "Việc cưới"),
        ("Điều 4, khoản 1", "1.", "5 mâm là đủ."),
        ("Điều 4, khoản 1, gạch đầu dòng 1", "•", "Báo trước."),
    ]


def test_page_headers_stay_out_and_notes_come_last() -> None:
    document = Document(
        "docx",
        (
            Block("page_header", "Bản dự thảo"),
            Block("paragraph", "HƯƠNG ƯỚC LÀNG MẪU"),
            Block("footnote", "Con gái không tính.", number="1"),
            Block("paragraph", "Điều 1. Ai cũng phải theo."),
        ),
    )
    found = split(document).clauses
    assert [c.label for c in found] == ["Tên văn bản", "Điều 1", "Chú thích 1"]
    assert found[-1].is_judged


LINES = st.lists(
    st.sampled_from(
        ["HƯƠNG ƯỚC LÀNG", "Chương I", "Chương II A", "Điều 1. Việc", "Điều 1", "1. Một", "1) Hai:", "a) Ba;", "- Bốn",
         "- Năm:", "+ Sáu", "A. BẢY", "I. Tám", "Chín.", "Mười như sau:", "TRƯỞNG THÔN", "a | b", "c | 5 đ", "LỜI NÓI ĐẦU",
         "Phần thứ nhất", "Khoản thứ 1. X", "PHỤ LỤC", "1.1. Y", "Nguyễn Văn A", "Nơi nhận:", "ngày 5 tháng 3 năm 2020"]
    ),
    min_size=1,
    max_size=25,
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(LINES)
def test_any_order_of_lines_gives_the_document_back_with_unique_labels(lines: list[str]) -> None:
    found = split(read("\n".join(lines).encode(), as_text=True)).clauses
    assert [" ".join(part for part in (c.number, c.text) if part) for c in found] == lines
    assert len({c.label for c in found}) == len(found)
    identities = {c.id for c in found}
    assert all(c.parent is None or c.parent in identities for c in found)


@settings(max_examples=200, deadline=None)
@given(st.text(min_size=1, max_size=300))
def test_any_text_can_be_split(text: str) -> None:
    split(Document("text", tuple(Block("paragraph", line) for line in text.split("\n") if line.strip())))
