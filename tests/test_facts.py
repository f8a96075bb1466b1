"""Facts that a covenant tells of itself: found with the words and the place, and nothing where it is not sure."""

from __future__ import annotations

import unicodedata

import pytest

from covenant_review.clauses.clause import CovenantText
from covenant_review.clauses.dates import dates_in
from covenant_review.clauses.facts import facts_of
from covenant_review.clauses.splitting import split
from covenant_review.extraction.reading import read

TITLE = "HƯƠNG ƯỚC THÔN ĐÔNG NGẠC"
BODY = ("Điều 1. Mọi người đều được bàn bạc việc chung.", "Điều 2. Đường làng giữ sạch.")


def text_of(*lines: str) -> CovenantText:
    return split(read("\n".join(lines).encode(), as_text=True))


def told(*lines: str) -> dict[str, str]:
    return {fact.kind: fact.value for fact in facts_of(text_of(*lines)).found()}


def test_letterhead_title_and_meeting_tell_everything() -> None:
    assert told(
        "UỶ BAN NHÂN DÂN XÃ LIÊN MẠC - THÔN ĐÔNG NGẠC",
        "CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        TITLE,
        "(Công nhận theo Quyết định số 123/QĐ-UBND ngày 05/6/2015 của Chủ tịch UBND huyện)",
        "xã Liên Mạc, huyện Từ Liêm, thành phố Hà Nội",
        "LỜI NÓI ĐẦU",
        "Căn cứ Quyết định số 22/2018/QĐ-TTg ngày 08 tháng 5 năm 2018 của Thủ tướng Chính phủ;",
        "Hội nghị nhân dân thôn họp ngày 12/3/2015 đã thảo luận và nhất trí thông qua hương ước này.",
        *BODY,
    ) == {
        "name": "Hương ước thôn Đông Ngạc",
        "community": "thôn Đông Ngạc",
        "commune": "xã Liên Mạc",
        "district": "huyện Từ Liêm",
        "province": "thành phố Hà Nội",
        "year": "2015",
        "adopted_on": "2015-03-12",
        "recognised_on": "2015-06-05",
        "decision_number": "123/QĐ-UBND",
    }


def test_every_fact_carries_where_it_was_read() -> None:
    text = text_of("XÃ LIÊN MẠC", TITLE, "Liên Mạc, ngày 5 tháng 3 năm 2010", *BODY)
    clauses = {clause.id: clause for clause in text.clauses}
    facts = facts_of(text).found()
    assert {fact.kind for fact in facts} == {"name", "community", "commune", "year", "adopted_on"}
    for fact in facts:
        assert clauses[fact.clause_id].text[fact.start : fact.end] == fact.quote, fact


def test_decomposed_letters_and_capitals_make_no_difference() -> None:
    lines = ("XÃ LIÊN MẠC", TITLE, "Liên Mạc, ngày 5 tháng 3 năm 2010", *BODY)
    assert told(*(unicodedata.normalize("NFD", line) for line in lines)) == told(*lines)


@pytest.mark.parametrize(
    ("line", "year", "day"),
    [
        ("Liên Mạc, ngày … tháng … năm 2015", "2015", None),
        ("Liên Mạc, ngày      tháng      năm 20…", None, None),
        ("Liên Mạc, ngày .... tháng .... năm .....", None, None),
        ("Liên Mạc, ngày 10 tháng 3 năm Ất Mùi (28/4/2015)", "2015", "2015-04-28"),
        ("Liên Mạc, rằm tháng Giêng năm Giáp Tuất (1994)", "1994", None),
        ("Liên Mạc, ngày 17 tháng Hai năm Đinh Sửu", None, None),
        ("Liên Mạc, ngày 31/02/2015", "2015", None),
        ("Liên Mạc, ngày mười lăm tháng ba năm một nghìn chín trăm chín mươi tám", "1998", "1998-03-15"),
        ("Liên Mạc, ngày 05.6.2015", "2015", "2015-06-05"),
        ("Liên Mạc, tháng 2 năm 1991", "1991", None),
    ],
)
def test_the_date_line_as_people_write_it(line: str, year: str | None, day: str | None) -> None:
    found = told("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", line, TITLE, *BODY)
    assert (found.get("year"), found.get("adopted_on")) == (year, day)


def test_two_years_in_the_title_are_told_apart_by_the_signature_or_not_at_all() -> None:
    title = ("HƯƠNG ƯỚC LÀNG PHÙ LUẬT", "(Bàn định năm Đinh Sửu 1997, theo khoán ước cũ năm Mậu Dần 1938)")
    assert "year" not in told(*title, *BODY)
    assert told(*title, *BODY, "Làng Phù Luật, ngày 17 tháng Hai năm Đinh Sửu", "TRƯỞNG THÔN: Ngô Bá Thực")["year"] == "1997"


def test_days_that_contradict_each_other_are_not_proposed() -> None:
    found = told("Liên Mạc, ngày 10 tháng 3 năm 2010", TITLE, *BODY, "Điều 3. Hội nghị ngày 12/3/2016 thông qua hương ước này.")
    assert "adopted_on" not in found and "year" not in found


def test_a_recognition_before_the_adoption_makes_both_doubtful() -> None:
    found = told(
        TITLE,
        "(Kèm theo Quyết định số 7/QĐ-UBND ngày 01/02/2014 của UBND huyện)",
        "Hội nghị ngày 12/3/2015 đã thông qua hương ước này.",
        *BODY,
    )
    assert "adopted_on" not in found and "recognised_on" not in found


@pytest.mark.parametrize(
    "line",
    [
        "Căn cứ Quyết định số 22/2018/QĐ-TTg ngày 08 tháng 5 năm 2018 của Thủ tướng Chính phủ về hương ước, quy ước;",
        "Thôn được công nhận làng văn hóa theo Quyết định số 88/QĐ-UBND ngày 01/01/2010 của UBND huyện.",
        "Hương ước này thay thế hương ước công nhận theo Quyết định số 12/QĐ-UB ngày 3/4/2000.",
        "(Kèm theo Quyết định số …/QĐ-UBND ngày … tháng … năm 20…)",
        "Quyết định số 15/QĐ-UBND ngày 02/3/2016 về việc giao chỉ tiêu thu ngân sách.",
    ],
)
def test_decisions_about_other_things_recognise_nothing(line: str) -> None:
    found = told(TITLE, line, *BODY)
    assert not {"recognised_on", "decision_number", "adopted_on"} & found.keys()


def test_two_decisions_are_one_too_many() -> None:
    lines = ("(Công nhận theo Quyết định số 1/QĐ-UBND ngày 05/6/2015)", "(Phê duyệt tại Quyết định số 2/QĐ-UBND ngày 05/6/2016)")
    assert not {"recognised_on", "decision_number"} & told(TITLE, *lines, *BODY).keys()


def test_a_stamp_at_the_end_and_a_date_of_the_authority() -> None:
    found = told(
        "QUY ƯỚC", "TỔ DÂN PHỐ SỐ 7", *BODY, "TM. BAN SOẠN THẢO", "Ngày 5 tháng 6 năm 2016", "XÁC NHẬN CỦA UBND PHƯỜNG",
        "ngày 8 tháng 8 năm 2017",
    )  # fmt: skip
    assert found == {
        "name": "Quy ước tổ dân phố số 7",
        "community": "tổ dân phố số 7",
        "year": "2016",
        "adopted_on": "2016-06-05",
    }


def test_the_place_before_the_date_is_the_commune_but_not_the_village_itself() -> None:
    assert told("Đại Quán, ngày 2 tháng 9 năm 2004", TITLE, *BODY)["commune"] == "Đại Quán"
    assert "commune" not in told("Đông Ngạc, ngày 2 tháng 9 năm 2004", TITLE, *BODY)


def test_units_without_commas_and_merged_communes() -> None:
    found = told("QUY ƯỚC TDP LÊ LỢI PHƯỜNG NINH XÁ THÀNH PHỐ BẮC NINH TỈNH BẮC NINH", *BODY)
    assert (found["community"], found["commune"], found["district"], found["province"]) == (
        "tổ dân phố Lê Lợi", "phường Ninh Xá", "thành phố Bắc Ninh", "tỉnh Bắc Ninh",
    )  # fmt: skip
    merged = told("HƯƠNG ƯỚC THÔN LIM NĂM 2015", "xã Nội Duệ (nay là xã Tiên Du), huyện Tiên Du, tỉnh Hà Bắc", *BODY)
    assert (merged["commune"], merged["province"], merged["year"]) == ("xã Nội Duệ", "tỉnh Hà Bắc", "2015")


def test_letterheads_that_disagree_on_the_commune_give_none() -> None:
    assert "commune" not in told("UBND XÃ LIÊN MẠC", "MẶT TRẬN XÃ ĐÔNG HỘI", TITLE, *BODY)


def test_names_are_spelt_as_the_document_spells_them_elsewhere() -> None:
    found = told("HƯƠNG ƯỚC LÀNG GỐM LÒ THƯỢNG", "Làng Lò Thượng ở bờ nam sông Cầu.", *BODY)
    assert (found["name"], found["community"]) == ("Hương ước làng gốm Lò Thượng", "làng Lò Thượng")


def test_a_clan_or_an_association_is_no_community() -> None:
    for title in ("TỘC ƯỚC HỌ ĐINH VĂN", "QUY ƯỚC HỘI ĐỒNG HƯƠNG LÀNG HÀ THANH"):
        assert "community" not in told(title, "Hội đồng gia tộc làng Lãng Trì lập bản này.", *BODY)


def test_a_bare_title_or_none_proposes_no_name() -> None:
    assert told("HƯƠNG ƯỚC", *BODY) == {}
    assert told(*BODY) == {}


def test_sums_and_years_inside_provisions_are_left_alone() -> None:
    found = told(TITLE, "Điều 1. Đỗ cấp huyện 200.000 đồng, cấp tỉnh. Từ ngày 01/01/1990 xã Hoài Lâm thu quỹ.", "Điều 2. Giữ sạch.")
    assert found == {"name": "Hương ước thôn Đông Ngạc", "community": "thôn Đông Ngạc"}


def test_a_civil_date_in_brackets_stands_for_the_one_by_the_moon() -> None:
    (one,) = dates_in("ngày 10 tháng 3 năm Ất Mùi, tức ngày 28 tháng 4 năm 2015")
    assert one.day is not None and one.day.isoformat() == "2015-04-28"
    (alone,) = dates_in("ngày 12/3/2015 (âm lịch)")
    assert (alone.day, alone.year) == (None, 2015)


@pytest.mark.parametrize("line", ["ngày " + ". " * 4000, "…" * 9000, "hai nghìn " * 900, "tháng " * 2000, "1/" * 4000])
def test_odd_lines_take_no_time_and_tell_nothing(line: str) -> None:
    assert all(one.day is None for one in dates_in(line))


@pytest.mark.parametrize("title", ["QUY ƯỚC PHƯỜNG VẢI", "HƯƠNG ƯỚC CẢI LƯƠNG XÃ TAM GIÁP"])
def test_a_guild_or_an_old_village_that_the_title_is_of_is_no_commune(title: str) -> None:
    assert "commune" not in told(title, "Điều 1. Ai cũng giữ sạch giếng.")
    assert told("QUY ƯỚC THÔN ĐOÀI, XÃ TAM GIÁP", "Điều 1. Ai cũng giữ sạch giếng.")["commune"] == "xã Tam Giáp"
