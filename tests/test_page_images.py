"""Pages as pictures: of PDF, of Word files through LibreOffice, of images; and clauses found on pages that were laid out anew."""

from __future__ import annotations

import io
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from covenant_review.clauses.splitting import split
from covenant_review.extraction import office
from covenant_review.extraction.document import Block, Box, UnreadableFile
from covenant_review.extraction.page_images import BYTE_LIMIT, PICTURE_WIDTH, PageImage, page_images, pdf_of
from covenant_review.extraction.pdf import read_pdf
from covenant_review.extraction.photo_bundle import Photo, pack
from covenant_review.extraction.reading import read_path
from covenant_review.extraction.text_alignment import aligned_boxes
from tests.pdf_files import HandmadePage, text_at, write_pdf

SAMPLES = Path(__file__).parent / "data" / "samples"
needs_office = pytest.mark.skipif(not office.is_available(), reason="LibreOffice is not installed")


def picture(page: PageImage) -> Image.Image:
    opened = Image.open(io.BytesIO(page.data))
    assert opened.format == "WEBP"
    return opened


def ink(page: PageImage, box: Box) -> float:
    """The share of dark pixels inside a box."""
    across = page.pixels[0] / page.width
    part = picture(page).convert("L").crop(tuple(round(value * across) for value in (box.x0, box.y0, box.x1, box.y1)))
    values = part.tobytes()
    return sum(value < 128 for value in values) / len(values)


def test_every_page_of_a_pdf_with_its_size_and_readable_resolution() -> None:
    data = (SAMPLES / "std00.pdf").read_bytes()
    pages = list(page_images(data, "pdf"))
    document = read_pdf(data)
    assert [page.number for page in pages] == list(range(1, (document.pages or 0) + 1))
    for page in pages:
        assert (round(page.width), round(page.height)) == (612, 792)
        assert len(page.data) <= BYTE_LIMIT
        assert page.pixels == picture(page).size
        assert page.pixels == (935, 1210)


def test_boxes_of_the_reading_lie_on_the_ink_of_the_picture() -> None:
    data = (SAMPLES / "std00.pdf").read_bytes()
    pages = {page.number: page for page in page_images(data, "pdf", page_limit=2)}
    boxes = [box for block in read_pdf(data).blocks for box in block.boxes if box.page in pages and box.x1 - box.x0 > 100]
    assert len(boxes) > 40
    assert all(ink(pages[box.page], box) > 0.03 for box in boxes)


def test_the_limit_of_pages() -> None:
    assert len(list(page_images((SAMPLES / "std00.pdf").read_bytes(), "pdf", page_limit=3))) == 3


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_a_turned_page_is_shown_as_it_is_read(rotation: int) -> None:
    data = write_pdf([HandmadePage(text_at(72, 700, "Dieu 1 Moi nguoi deu binh dang truoc le lang"), rotate=rotation)])
    (page,) = page_images(data, "pdf")
    turned = rotation in (90, 270)
    assert (page.width > page.height) is turned
    boxes = [box for block in read_pdf(data).blocks for box in block.boxes]
    assert boxes
    assert all(0 <= box.x0 < box.x1 <= page.width and ink(page, box) > 0.02 for box in boxes)


def test_a_huge_page_is_drawn_small() -> None:
    data = write_pdf([HandmadePage(text_at(72, 700, "Quy uoc"), media_box=(0, 0, 14_000, 14_000))])
    (page,) = page_images(data, "pdf")
    assert max(page.pixels) <= 2600
    assert page.width == 14_000


@pytest.mark.parametrize("data", [b"%PDF-1.7 nothing behind it", b""])
def test_a_damaged_file_says_so(data: bytes) -> None:
    with pytest.raises(UnreadableFile) as raised:
        list(page_images(data, "pdf"))
    assert raised.value.reason == "damaged"


def test_plain_text_has_no_pages() -> None:
    with pytest.raises(UnreadableFile) as raised:
        list(page_images(b"Quy uoc", "text"))
    assert raised.value.reason == "not_supported_yet"


def noisy(width: int, height: int) -> Image.Image:
    return Image.effect_noise((width, height), 90).convert("RGB")


def test_a_photo_counts_595_points_across_and_stays_within_its_bytes() -> None:
    photo = noisy(3000, 4000)
    ImageDraw.Draw(photo).rectangle((0, 0, 1500, 400), fill="black")
    target = io.BytesIO()
    photo.save(target, "JPEG", quality=90)
    (page,) = page_images(target.getvalue(), "image")
    assert page.width == PICTURE_WIDTH
    assert page.height == pytest.approx(PICTURE_WIDTH * 4 / 3, abs=0.5)
    assert len(page.data) <= BYTE_LIMIT
    assert ink(page, Box(1, 5, 5, 290, 70)) > 0.95


def test_a_photo_taken_sideways_is_upright() -> None:
    photo = Image.new("RGB", (400, 200), "white")
    exif = Image.Exif()
    exif[0x0112] = 6
    target = io.BytesIO()
    photo.save(target, "JPEG", exif=exif)
    (page,) = page_images(target.getvalue(), "image")
    assert page.height == pytest.approx(2 * page.width)


def test_several_photos_are_pages_in_their_order_and_a_damaged_one_is_left_out() -> None:
    def jpeg(shade: int) -> bytes:
        target = io.BytesIO()
        Image.new("RGB", (600, 800), (shade, shade, shade)).save(target, "JPEG")
        return target.getvalue()

    photos = [Photo("một.jpg", jpeg(10)), Photo("hai.jpg", jpeg(120)[:300] + b"\0" * 200), Photo("ba.jpg", jpeg(240))]
    pages = list(page_images(pack(photos), "photos"))
    assert pages[0].number == 1 and pages[-1].number == 3
    assert picture(pages[0]).getpixel((5, 5))[0] < 40 and picture(pages[-1]).getpixel((5, 5))[0] > 200


@needs_office
def test_clauses_of_a_word_file_are_found_on_the_pages_of_its_pdf() -> None:
    path = SAMPLES / "std00.docx"
    clauses = split(read_path(path)).clauses
    pdf = pdf_of(path.read_bytes(), "docx")
    blocks = read_pdf(pdf).blocks
    found = aligned_boxes([(clause.number, clause.text) for clause in clauses], blocks)
    assert sum(map(bool, found)) / len(clauses) > 0.98
    places = [(boxes[0].page, boxes[0].y0) for boxes in found if boxes]
    assert sum(one <= other for one, other in pairwise(places)) / len(places) > 0.97
    pages = {page.number: page for page in page_images(pdf, "pdf", page_limit=2)}
    assert all(ink(pages[box.page], box) > 0.01 for boxes in found for box in boxes if box.page in pages)


def block(text: str, page: int, y: float, lines: int = 1) -> Block:
    return Block("paragraph", text, page=page, boxes=tuple(Box(page, 70, y + 14 * line, 500, y + 14 * line + 12) for line in range(lines)))


LAND = "Con gái đã đi lấy chồng thì không được chia phần đất của cha mẹ để lại."
FEAST = "Đám cưới tổ chức vui tươi, lành mạnh, tiết kiệm."
ROAD = "Mỗi hộ góp hai công một năm để tu sửa đường làng."
PAGE = [block(f"1. {FEAST}", 1, 100), block(f"2. {LAND}", 1, 130, 2), block("3. " + ROAD, 2, 100)]


def tops(texts: list[tuple[str, str]], blocks: list[Block]) -> list[float | None]:
    return [boxes[0].y0 + 1000 * boxes[0].page if boxes else None for boxes in aligned_boxes(texts, blocks)]


def test_texts_are_found_in_order_even_with_slips_and_other_numbers() -> None:
    slips = LAND.replace("chồng", "chòng").replace("phần", "phân")
    assert tops([("1.", FEAST), ("2.", slips), ("7.", ROAD)], PAGE) == [1100, 1130, 2100]


def test_a_text_that_is_not_there_gets_no_box() -> None:
    other = "Ai vi phạm lệ làng thì nộp phạt theo mức do thôn định ra hằng năm."
    assert tops([("1.", FEAST), ("2.", other), ("3.", ROAD)], PAGE) == [1100, None, 2100]
    assert tops([("1.", FEAST), ("", "a)"), ("", "")], [PAGE[0]]) == [1100, None, None]


def test_the_same_words_twice_are_found_each_in_its_place() -> None:
    blocks = [block(FEAST, 1, 100), block("- phụ nữ", 1, 130), block(ROAD, 1, 160), block("- phụ nữ", 1, 190), block(LAND, 1, 220)]
    assert tops([("", FEAST), ("-", "phụ nữ"), ("", ROAD), ("-", "phụ nữ"), ("", LAND)], blocks) == [1100, 1130, 1160, 1190, 1220]


def test_two_clauses_in_one_paragraph_share_it_by_lines() -> None:
    joined = Block(
        "paragraph", f"{FEAST} {LAND}", page=1, boxes=(Box(1, 70, 100, 500, 112), Box(1, 70, 114, 500, 126), Box(1, 70, 128, 400, 140))
    )
    first, second = aligned_boxes([("", FEAST), ("", LAND)], [joined])
    assert first[0].y0 == 100 and second[-1].y0 == 128
    assert len(first) < 3 and len(second) < 3
