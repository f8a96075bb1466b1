"""read_pdf on real files: every block of the sample covenants, and of pages that another program printed."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import html
from rapidfuzz.distance import Levenshtein

from covenant_review.extraction.document import Block, Document
from covenant_review.extraction.pdf import read_pdf

SAMPLES = Path(__file__).parent / "data" / "samples"
PRINTED = Path(__file__).parent / "data" / "pdf"
STATE_HEADER = ["XÃ LIÊN MẠC", "THÔN ĐÔNG NGẠC"]  # printed beside the motto, left out of the sample's plain text


def read(path: Path) -> Document:
    return read_pdf(path.read_bytes())


def flow(document: Document) -> list[Block]:
    return [block for block in document.blocks if block.kind in ("paragraph", "table_row")]


def sample_blocks(name: str, first_cell: str = "Nội dung", columns: int = 4, rows: int = 9) -> list[str]:
    """The plain text of a sample, one block a line; its table stands there with one cell a line."""
    lines = (SAMPLES / name).read_text(encoding="utf-8").rstrip("\n").split("\n")
    start = lines.index(first_cell)
    end = start + columns * rows
    table = [" | ".join(lines[at : at + columns]) for at in range(start, end, columns)]
    return lines[:start] + table + lines[end:]


def printed_blocks(name: str) -> list[str]:
    """Paragraphs and rows of the HTML that a PDF was printed from."""
    blocks = []
    for element in html.parse(str(PRINTED / f"{name}.html")).iter("p", "tr"):
        if element.tag == "p":
            blocks.append(" ".join(element.text_content().split()))
        elif any(parent.get("class") == "ruled" for parent in element.iterancestors("table")):
            blocks.append(" | ".join(cell.text_content() for cell in element).strip())
    return blocks


def share_exact(expected: list[str], blocks: list[Block]) -> float:
    """Share of the expected blocks found exactly, each found block counted once."""
    left = [block.text for block in blocks]
    hits = 0
    for text in expected:
        if text in left:
            left.remove(text)
            hits += 1
    return hits / len(expected)


@pytest.mark.parametrize("name", ["std00.pdf", "std00-fallback-font.pdf"])
def test_every_block_of_a_covenant_is_read_in_its_place(name: str) -> None:
    document = read(SAMPLES / name)
    texts = [block.text for block in flow(document)]
    assert texts == STATE_HEADER + sample_blocks("std00.txt")
    assert document.status == "read"
    assert document.warnings == ()
    assert document.pages == 12


@pytest.mark.parametrize("name", ["std00.pdf", "std00-fallback-font.pdf"])
def test_the_character_error_rate_is_below_one_in_a_thousand(name: str) -> None:
    got = "\n".join(block.text for block in flow(read(SAMPLES / name)))
    expected = "\n".join(STATE_HEADER + sample_blocks("std00.txt"))
    assert Levenshtein.distance(expected, got) / len(expected) <= 0.001


@pytest.mark.parametrize(
    ("name", "least"),
    [("justified", 0.99), ("narrow", 0.97), ("two-columns", 0.99), ("traps", 0.99), ("unspaced", 0.99)],
)
def test_pages_printed_by_a_browser_are_put_together_again(name: str, least: float) -> None:
    document = read(PRINTED / f"{name}.pdf")
    assert share_exact(printed_blocks(name), flow(document)) >= least
    assert len(flow(document)) <= len(printed_blocks(name)) * 1.03
    assert document.status == "read"


def test_words_do_not_run_together_where_only_the_place_parts_them() -> None:
    """The fallback font's letters come last in the file's order, and the spaces beside them are lost there."""
    words = {word for block in flow(read(SAMPLES / "std00-fallback-font.pdf")) for word in block.text.split()}
    expected = {word for text in STATE_HEADER + sample_blocks("std00.txt") for word in text.split()}
    assert words - {"|"} == expected - {"|"}


def test_page_headers_and_numbers_are_no_part_of_the_text() -> None:
    document = read(PRINTED / "justified.pdf")
    headers = [block.text for block in document.blocks if block.kind == "page_header"]
    footers = [block.text for block in document.blocks if block.kind == "page_footer"]
    assert headers == ["Hương ước làng Phú Thượng - Bản dự thảo"] * 11
    assert footers == [f"Trang {page}/11" for page in range(1, 12)]
    numbers = [block.text for block in read(PRINTED / "tables.pdf").blocks if block.kind == "page_footer"]
    assert numbers == ["1", "2", "3"]


def test_lines_that_repeat_at_the_top_of_pages_but_are_provisions_stay() -> None:
    document = read(PRINTED / "traps.pdf")
    assert not [block for block in document.blocks if block.kind != "paragraph"]


def test_headers_stand_before_and_footers_after_the_text_of_their_page() -> None:
    kinds = [(block.page, block.kind) for block in read(PRINTED / "justified.pdf").blocks]
    for page in range(1, 12):
        of_page = [kind for number, kind in kinds if number == page]
        assert of_page[0] == "page_header"
        assert of_page[-1] == "page_footer"


def test_what_stands_side_by_side_is_read_column_by_column() -> None:
    texts = [block.text for block in flow(read(PRINTED / "justified.pdf"))]
    assert texts[:4] == [
        "ỦY BAN NHÂN DÂN",
        "XÃ HOẰNG QUỲ",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
    ]
    assert texts[-6:] == [
        "TRƯỞNG LÀNG",
        "Nguyễn Văn Thụy",
        "TRƯỞNG BAN CÔNG TÁC MẶT TRẬN",
        "Hoàng Thị Thủy",
        "ĐẠI DIỆN NGƯỜI CAO TUỔI",
        "Cụ Lê Quý Đoàn",
    ]


def test_a_table_over_three_pages_is_one_table_with_one_header() -> None:
    document = read(PRINTED / "tables.pdf")
    rows = [block for block in document.blocks if block.kind == "table_row" and block.table == 0]
    expected = [text for text in printed_blocks("tables") if " | " in text][:46]
    assert [row.text for row in rows] == expected
    assert [row.row for row in rows] == list(range(46))
    assert [row.header_row for row in rows] == [True] + [False] * 45
    assert {row.page for row in rows} == {1, 2, 3}
    assert rows[1].cells == (
        "1",
        "Đổ rác, phế thải xây dựng ra đường làng, ngõ xóm, kênh mương (lần thứ 1)",
        "50.000",
        "Nộp quỹ vệ sinh",
    )


def test_cells_over_several_rows_or_columns_are_read_once() -> None:
    rows = [block for block in read(PRINTED / "tables.pdf").blocks if block.kind == "table_row" and block.table == 1]
    assert [row.cells for row in rows] == [
        ("Đối tượng", "Nam", "Nữ"),
        ("Ngày công lao động công ích mỗi năm", "10 công", "8 công"),
        ("", "12 công", "9 công"),
        ("Hộ nghèo, hộ cận nghèo được miễn",),
    ]
    assert [row.spans for row in rows] == [(), (), (), (3,)]
    assert [row.merged for row in rows] == [(), (), ("Ngày công lao động công ích mỗi năm",), ()]


def test_a_table_cut_after_its_header_goes_on_with_it() -> None:
    """In this file the header row alone stands at the foot of a page."""
    rows = [block for block in read(SAMPLES / "std00-fallback-font.pdf").blocks if block.kind == "table_row"]
    assert [(row.page, row.header_row) for row in rows[:2]] == [(11, True), (12, False)]
    assert {row.table for row in rows} == {0}
    assert all(len(row.cells) == 4 for row in rows)


def test_places_and_looks_of_blocks() -> None:
    blocks = flow(read(SAMPLES / "std00.pdf"))
    title = next(block for block in blocks if block.text == "HƯƠNG ƯỚC THÔN ĐÔNG NGẠC")
    assert (title.style.bold, title.style.alignment, title.style.font_size, title.page) == (True, "center", 13.0, 1)
    provision = next(block for block in blocks if block.text.startswith("1. Hương ước này quy định"))
    assert (provision.style.bold, provision.page, len(provision.boxes)) == (False, 1, 3)
    heights = [box.y0 for box in provision.boxes]
    assert heights == sorted(heights)
    for block in blocks:
        assert block.page is not None and block.boxes and block.boxes[0].page == block.page
        for box in block.boxes:
            assert 0 <= box.x0 < box.x1 <= 612 and 0 <= box.y0 < box.y1 <= 792


def test_a_provision_over_a_page_break_is_one_block_with_boxes_on_both_pages() -> None:
    both = [block for block in flow(read(PRINTED / "justified.pdf")) if len({box.page for box in block.boxes}) == 2]
    assert both
    assert all(block.text in printed_blocks("justified") for block in both)


def test_text_is_nfc_and_trimmed() -> None:
    import unicodedata

    for block in read(SAMPLES / "std00-fallback-font.pdf").blocks:
        assert block.text == unicodedata.normalize("NFC", block.text).strip() != ""
