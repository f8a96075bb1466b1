"""read_pdf on files that are broken, locked, turned, pictured or oddly written."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from covenant_review.extraction.document import Document, ReadingWarning, UnreadableFile
from covenant_review.extraction.pdf import MAX_PAGES, read_pdf
from tests.pdf_files import HandmadePage, text_at, write_pdf

DATA = Path(__file__).parent / "data"
SENTENCE = "1. Hoi nghi dai bieu thon thong qua quy uoc nay."
PICTURE = "q 500 0 0 700 40 70 cm /Im0 Do Q\n"


def page_of(*lines: str, size: float = 12) -> HandmadePage:
    return HandmadePage("".join(text_at(72, 700 - 16 * at, line, size) for at, line in enumerate(lines)))


def texts(document: Document, kind: str = "paragraph") -> list[str]:
    return [block.text for block in document.blocks if block.kind == kind]


def reason_for(data: bytes) -> str:
    with pytest.raises(UnreadableFile) as caught:
        read_pdf(data)
    return caught.value.reason


def test_a_password_is_asked_for_by_its_reason() -> None:
    assert reason_for(write_pdf([page_of(SENTENCE)], password="bi mat")) == "encrypted"


def test_an_encrypted_file_that_opens_without_a_password_is_read() -> None:
    assert texts(read_pdf(write_pdf([page_of(SENTENCE)], password=""))) == [SENTENCE]


@pytest.mark.parametrize("data", [b"", b"\n\n  \n", b"\0" * 100])
def test_an_empty_file(data: bytes) -> None:
    assert reason_for(data) == "empty"


@pytest.mark.parametrize("data", [b"%PDF-1.7\nnothing here", b"MZ\x90\x00 not a pdf", b"%PDF-1.4\n%%EOF"])
def test_bytes_that_are_no_pdf(data: bytes) -> None:
    assert reason_for(data) == "damaged"


def test_a_file_without_pages() -> None:
    assert reason_for(write_pdf([])) == "damaged"


def test_too_many_pages() -> None:
    assert reason_for(write_pdf([page_of(SENTENCE)] * (MAX_PAGES + 1))) == "too_many_pages"
    assert read_pdf(write_pdf([page_of(SENTENCE)] * 3)).pages == 3


def test_a_cut_file_is_never_taken_for_a_whole_one() -> None:
    whole = (DATA / "samples" / "std00.pdf").read_bytes()
    for share in (0.02, 0.1, 0.3, 0.5, 0.8, 0.9, 0.97, 0.99, 0.999):
        try:
            document = read_pdf(whole[: int(len(whole) * share)])
        except UnreadableFile as unreadable:
            assert unreadable.reason in ("damaged", "no_text")
        else:
            assert document.status == "partly_read"
            assert ReadingWarning("file_cut") in document.warnings


def test_bytes_changed_here_and_there_end_in_a_document_or_a_reason() -> None:
    whole = (DATA / "samples" / "std00.pdf").read_bytes()
    for start in range(200, len(whole), 4001):
        broken = bytearray(whole)
        broken[start : start + 40] = b"\xff" * 40
        try:
            read_pdf(bytes(broken))
        except UnreadableFile as unreadable:
            assert unreadable.reason in ("damaged", "no_text", "encrypted")


def test_a_picture_of_text_is_no_text() -> None:
    assert reason_for(write_pdf([HandmadePage(PICTURE, picture=True)] * 2)) == "no_text"


def test_a_scanned_page_among_others_is_named() -> None:
    scanned = HandmadePage(PICTURE + text_at(290, 30, "2"), picture=True)
    document = read_pdf(write_pdf([page_of(SENTENCE), scanned, HandmadePage("")]))
    assert document.status == "partly_read"
    assert document.warnings == (ReadingWarning("page_without_text", 2),)
    assert texts(document) == [SENTENCE]


def test_a_small_picture_beside_text_is_no_loss() -> None:
    logo = HandmadePage("q 60 0 0 60 40 740 cm /Im0 Do Q\n" + page_of(SENTENCE).content, picture=True)
    assert read_pdf(write_pdf([logo])).status == "read"


def tcvn3(*lines: str) -> HandmadePage:
    """A page of lines in TCVN3, as its letters stand in Latin-1."""
    return HandmadePage("".join(text_at(72, 760 - 16 * index, line) for index, line in enumerate(lines)), base_font=".VnTime")


OLD_LINES = ("Con g¸i ch­a chång vµ ng­êi gãa bôa ®­îc dù héi h­¬ng ­íc.", "Hé gia ®×nh cã viÖc tang th× xãm giÒng ®Õn gióp ®ì.")
NEW_LINES = "Con gái chưa chồng và người góa bụa được dự hội hương ước. Hộ gia đình có việc tang thì xóm giềng đến giúp đỡ."


def test_letters_of_an_old_font_become_unicode_and_the_u_horn_stays() -> None:
    document = read_pdf(write_pdf([tcvn3(*OLD_LINES)]))
    assert " ".join(texts(document)) == NEW_LINES
    assert document.warnings == (ReadingWarning("converted_font", None, ".VnTime"),)
    assert document.status == "read"


def test_old_letters_in_a_font_whose_name_says_nothing() -> None:
    page = HandmadePage(tcvn3("Môc 2. Ma chay", *OLD_LINES).content)
    document = read_pdf(write_pdf([page]))
    assert " ".join(texts(document)) == "Mục 2. Ma chay " + NEW_LINES
    assert document.warnings == (ReadingWarning("converted_font", None, "TCVN3"),)


def test_plain_words_in_an_old_font_are_no_reason_to_warn() -> None:
    assert read_pdf(write_pdf([HandmadePage(page_of(SENTENCE).content, base_font=".VnTime")])).warnings == ()


def test_old_letters_that_lost_their_u_horn_are_reported() -> None:
    lost = [line.replace("\xad", "") for line in OLD_LINES]
    document = read_pdf(write_pdf([tcvn3(*lost * 8)]))
    assert [(warning.code, warning.page) for warning in document.warnings] == [("legacy_font", 1)]
    assert document.status == "partly_read"


def test_a_text_layer_without_sense_is_reported() -> None:
    noise = ["xqz brt wkl mnp ghtr fgt lkj zzx cvb nmk"] * 8
    document = read_pdf(write_pdf([page_of(SENTENCE), page_of(*noise)]))
    assert document.warnings == (ReadingWarning("garbled_text", 2),)
    assert document.status == "partly_read"


@pytest.mark.parametrize(
    ("rotate", "matrix"),
    [
        (90, "0 1 -1 0 100 72"),
        (180, "-1 0 0 -1 523 100"),
        (270, "0 -1 1 0 495 770"),
    ],
)
def test_a_turned_page_is_read_as_it_is_seen(rotate: int, matrix: str) -> None:
    words = f"BT /F1 12 Tf {matrix} Tm ({SENTENCE}) Tj ET\n"
    document = read_pdf(write_pdf([HandmadePage(words, rotate=rotate)]))
    assert texts(document) == [SENTENCE]
    box = document.blocks[0].boxes[0]
    assert (box.x0, box.y1) == (pytest.approx(72, abs=1), pytest.approx(102, abs=2))


def test_boxes_count_from_the_corner_of_the_page_that_is_shown() -> None:
    shifted = HandmadePage(text_at(172, 1000, SENTENCE), media_box=(100, 300, 695, 1142))
    box = read_pdf(write_pdf([shifted])).blocks[0].boxes[0]
    assert (box.x0, box.y0 < 142 < box.y1) == (pytest.approx(72, abs=1), True)


def test_letters_written_after_their_word_return_to_it() -> None:
    """As a fallback font does it: the word with holes first, the missing letters afterwards."""
    content = "BT /F1 12 Tf 1 0 0 1 72 700 Tm [(Th) -500 (n x) -500 (m)] TJ ET\n"  # holes as wide as an o
    content += text_at(85.33, 700, "o") + text_at(106.33, 700, "o")
    assert texts(read_pdf(write_pdf([HandmadePage(content)]))) == ["Thon xom"]


def test_words_drawn_twice_to_look_bold_are_read_once() -> None:
    twice = text_at(72, 700, "QUY UOC THON DONG") + text_at(72.3, 700, "QUY UOC THON DONG")
    assert texts(read_pdf(write_pdf([HandmadePage(twice)]))) == ["QUY UOC THON DONG"]


def test_capitals_set_apart_are_words() -> None:
    spaced = "BT /F1 14 Tf 5 Tc 1 0 0 1 72 700 Tm (QUY UOC) Tj ET\n"
    assert texts(read_pdf(write_pdf([HandmadePage(spaced)]))) == ["QUY UOC"]


def test_words_that_are_only_moved_apart_are_words() -> None:
    moved = text_at(72, 700, "Dieu") + text_at(99, 700, "mot") + text_at(121, 700, "hai")
    assert texts(read_pdf(write_pdf([HandmadePage(moved)]))) == ["Dieu mot hai"]


def test_a_table_without_lines_is_told_by_its_amounts() -> None:
    rows = [("Do rac", "50.000", "Nop quy"), ("Tha rong", "100.000", "Tai pham"), ("Mat trat tu", "200.000", "Hop")]
    content = "".join(text_at(x, 700 - 18 * at, cell) for at, row in enumerate(rows) for x, cell in zip((72, 250, 400), row, strict=True))
    content += text_at(72, 760, "Bang muc dong gop cua thon trong nam nay va cac nam tiep theo nhu sau duoc ap dung:")
    document = read_pdf(write_pdf([HandmadePage(content)]))
    assert texts(document, "table_row") == [" | ".join(row) for row in rows]


def test_a_watermark_across_the_page_stays_out_of_the_text() -> None:
    slanted = "BT /F1 40 Tf 0.7 0.7 -0.7 0.7 150 300 Tm (BAN NHAP) Tj ET\n"
    document = read_pdf(write_pdf([HandmadePage(page_of(SENTENCE).content + slanted)]))
    assert texts(document) == [SENTENCE]
    assert texts(document, "page_header") == ["BAN NHAP"]


def test_raised_digits() -> None:
    content = text_at(72, 700, "Dien tich 200 m") + text_at(149.8, 705, "2", 7) + text_at(156.5, 700, "dat o")
    assert texts(read_pdf(write_pdf([HandmadePage(content)]))) == ["Dien tich 200 m2 dat o"]


def test_a_footnote_and_its_sign_leave_the_text() -> None:
    document = read_pdf((DATA / "pdf" / "hard00.pdf").read_bytes())
    assert texts(document, "footnote") == ["1 FOOTMARK Bãi bỏ theo quyết định năm 2018"]
    assert any(text.endswith("đồng một hộ.") for text in texts(document))


def test_text_around_a_box_on_the_page_is_not_mixed_with_it() -> None:
    blocks = texts(read_pdf((DATA / "pdf" / "hard00.pdf").read_bytes()))
    assert "BOXMARK Làng văn hóa cấp huyện năm 2019" in blocks
    expected = (DATA / "samples" / "std00.txt").read_text(encoding="utf-8").split("\n")
    preamble = next(line for line in expected if line.startswith("Thôn đông ngạc"))
    assert preamble in blocks


def test_every_provision_of_the_hard_file() -> None:
    """The numbers of the articles are LibreOffice's there, so only khoản and điểm are compared."""
    blocks = set(texts(read_pdf((DATA / "pdf" / "hard00.pdf").read_bytes())))
    lines = (DATA / "samples" / "std00.txt").read_text(encoding="utf-8").split("\n")
    provisions = [line for line in lines if line[:2].rstrip(".)").isalnum() and line[1:2] in ".)"]
    assert len(provisions) > 100
    assert [line for line in provisions if line not in blocks] == []


def test_readers_in_several_threads_do_not_disturb_each_other() -> None:
    data = [(DATA / "samples" / name).read_bytes() for name in ("std00.pdf", "std00-fallback-font.pdf")] * 3
    alone = [read_pdf(item) for item in data]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(read_pdf, data)) == alone
