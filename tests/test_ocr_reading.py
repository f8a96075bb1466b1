"""Recognition of letters on real scans and photos, and on pages made from them: words, clauses, places, order."""

from __future__ import annotations

import io
import re
from pathlib import Path

import cv2
import numpy as np
import pypdfium2
import pytest
from numpy.typing import NDArray
from PIL import Image
from rapidfuzz.distance import Levenshtein

from bench.extraction_measures import CORPUS, corpus_files, read_by_us, score
from bench.extraction_measures import truth_of as truth_of_file
from bench.scan_damage import damaged, red_stamp
from covenant_review.clauses.splitting import split
from covenant_review.extraction import ocr_engine
from covenant_review.extraction.document import Document, UnreadableFile
from covenant_review.extraction.ocr_cleaning import clean
from covenant_review.extraction.pdf_scans import render
from covenant_review.extraction.photo_bundle import Photo, pack
from covenant_review.extraction.reading import read, read_path

SCANS = Path(__file__).parent / "data" / "scans"
SAMPLES = Path(__file__).parent / "data" / "samples"
TRUTH = ["XÃ LIÊN MẠC", "THÔN ĐÔNG NGẠC", *(SAMPLES / "std00.txt").read_text(encoding="utf-8").splitlines()]
LABELLED = re.compile(r"(Chương [IVX]+)$|Điều \d+\. |\d+\. |[a-zđ]\) ")


def text_of(document: Document) -> str:
    return "\n".join(block.text for block in document.blocks if block.kind in ("paragraph", "table_row"))


def nearest(line: str) -> int:
    return min(range(len(TRUTH)), key=lambda index: Levenshtein.normalized_distance(TRUTH[index], line))


def truth_of(document: Document) -> list[str]:
    """The part of the sample's plain text that the pages of `document` hold."""
    lines = text_of(document).split("\n")
    return TRUTH[nearest(lines[0]) : nearest(lines[-1]) + 1]


def error_rate(document: Document) -> float:
    truth = "\n".join(truth_of(document))
    return Levenshtein.distance(truth, text_of(document)) / len(truth)


def provisions(lines: list[str]) -> list[str]:
    return [line for line in lines if LABELLED.match(line)]


@pytest.fixture(scope="module")
def scan() -> Document:
    return read_path(SCANS / "scan00.pdf")


@pytest.fixture(scope="module")
def photo() -> Document:
    return read_path(SCANS / "photo00_01.jpg")


@pytest.fixture(scope="module")
def picture() -> NDArray[np.uint8]:
    """Page 2 of the sample covenant, drawn as a scanner would see it."""
    return page_picture(1)


def page_picture(index: int, dots: int = 170) -> NDArray[np.uint8]:
    page = pypdfium2.PdfDocument(str(SAMPLES / "std00.pdf"))[index]
    return np.ascontiguousarray(page.render(scale=dots / 72, rev_byteorder=True).to_numpy()[:, :, :3])


def jpeg(picture: NDArray[np.uint8]) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "JPEG", quality=80)
    return buffer.getvalue()


def test_a_scanned_pdf_is_read_from_end_to_end(scan: Document) -> None:
    assert scan.kind == "pdf"
    assert scan.pages == 5
    assert scan.status == "read"
    assert [(warning.code, warning.page) for warning in scan.warnings if warning.code == "read_by_ocr"] == [
        ("read_by_ocr", page) for page in range(1, 6)
    ]
    assert len(truth_of(scan)) > 70
    assert error_rate(scan) < 0.01


def test_most_clauses_of_a_scan_are_exact_in_label_and_text(scan: Document) -> None:
    read_ones = {f"{clause.number} {clause.text}".strip() for clause in split(scan).clauses}
    expected = provisions(truth_of(scan))
    exact = [line for line in expected if line in read_ones]
    assert len(expected) == 69
    assert len(exact) >= 0.85 * len(expected)


def test_the_header_of_a_scan_is_read_column_by_column(scan: Document) -> None:
    assert text_of(scan).split("\n")[:4] == TRUTH[:4]


def test_a_shaded_photo_is_read(photo: Document) -> None:
    assert (photo.kind, photo.pages, photo.status) == ("image", 1, "read")
    assert len(truth_of(photo)) > 12
    assert error_rate(photo) < 0.02


def test_boxes_are_in_points_of_the_picture_and_stand_on_its_ink(photo: Document) -> None:
    grey = np.asarray(Image.open(SCANS / "photo00_01.jpg").convert("L"))
    scale = grey.shape[1] / 595
    for block in photo.blocks:
        for box in block.boxes:
            assert box.page == 1
            assert 0 <= box.x0 < box.x1 <= 595
            assert 0 <= box.y0 < box.y1 <= grey.shape[0] / scale
            inside = grey[int(box.y0 * scale) : int(box.y1 * scale), int(box.x0 * scale) : int(box.x1 * scale)]
            assert inside.min() < 0.45 * np.median(inside)
    tops = [block.boxes[0].y0 for block in photo.blocks]
    assert tops == sorted(tops)


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_pages_lying_on_their_side_or_head_are_read_all_the_same(picture: NDArray[np.uint8], turns: int) -> None:
    document = read(jpeg(np.ascontiguousarray(np.rot90(picture, turns))))
    assert error_rate(document) < 0.02


def test_two_pages_in_one_picture_are_read_left_before_right() -> None:
    left, right = page_picture(1, 130), page_picture(2, 130)
    document = read(jpeg(np.hstack([left, right])))
    assert document.pages == 1
    assert {block.page for block in document.blocks} == {1}
    assert error_rate(document) < 0.02
    middles = [(block.boxes[0].x0 + block.boxes[0].x1) / 2 for block in document.blocks]
    turn = next(index for index, middle in enumerate(middles) if middle > 595 / 2)
    assert turn > 10
    assert all(middle > 595 / 2 for middle in middles[turn:])


def test_a_red_stamp_over_the_text_takes_no_letter_away_and_adds_none(picture: NDArray[np.uint8]) -> None:
    document = read(jpeg(red_stamp(picture, 3)))
    assert error_rate(document) < 0.01
    assert document.status == "read"


def test_words_that_a_blot_hides_raise_the_alarm(picture: NDArray[np.uint8]) -> None:
    document = read(jpeg(damaged(picture, "blot", 5)))
    assert document.status == "partly_read"
    assert [warning.page for warning in document.warnings if warning.code == "page_may_be_incomplete"] == [1]


def test_photos_of_a_bundle_are_pages_in_their_order_and_a_damaged_one_is_named(picture: NDArray[np.uint8]) -> None:
    small = cv2.resize(picture[:400], None, fx=0.8, fy=0.8, interpolation=cv2.INTER_AREA)
    good = jpeg(np.asarray(small, dtype=np.uint8))
    told: list[tuple[int, int]] = []
    bundle = pack([Photo("b.jpg", good), Photo("hong.jpg", good[:600]), Photo("a.jpg", good)])
    document = read(bundle, progress=lambda done, total: told.append((done, total)))
    assert (document.kind, document.pages, document.status) == ("photos", 3, "partly_read")
    assert {block.page for block in document.blocks} == {1, 3}
    assert [warning.page for warning in document.warnings if warning.code == "page_unreadable"] == [2]
    assert told == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_without_recognition_data_the_reason_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TESSDATA_PREFIX", "/nowhere")
    monkeypatch.setattr(ocr_engine, "_USUAL_PLACES", ())
    ocr_engine.tessdata.cache_clear()
    try:
        with pytest.raises(UnreadableFile) as caught:
            read_path(SCANS / "photo00_01.jpg")
        assert caught.value.reason == "ocr_missing"
        with pytest.raises(UnreadableFile) as caught:
            read_path(SCANS / "scan00.pdf")
        assert caught.value.reason == "ocr_missing"
    finally:
        ocr_engine.tessdata.cache_clear()


@pytest.mark.parametrize("name", ["scan-vinhan.pdf", "scan-tuonglac.pdf", "scan-cautruc.tiff"])
def test_scans_of_other_producers_are_read_clause_by_clause(name: str) -> None:
    (file,) = [file for file in corpus_files() if file.path.name == name]
    found = score(truth_of_file(file), read_by_us(file.path))
    assert found.error_rate < 0.004
    assert found.exact >= 0.85


def test_a_ruled_table_of_two_rows_is_a_table() -> None:
    document = read_path(CORPUS / "files" / "scan-tuonglac.pdf")
    rows = [block for block in document.blocks if block.kind == "table_row"]
    assert [row.cells for row in rows[-2:]] == [("Đối tượng", "Số suất", "Điều kiện"), ("Thanh niên nam", "12", "Học hết lớp 9")]


def test_pages_of_one_scan_are_found_to_have_letters_of_one_size() -> None:
    data = (CORPUS / "files" / "scan-vinhan.pdf").read_bytes()
    first, second = (clean(render(data, index)).source_letter for index in range(2))
    assert first == pytest.approx(second, abs=2)
