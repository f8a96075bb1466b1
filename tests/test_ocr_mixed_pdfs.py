"""Which pages of a PDF are read from their text layer and which from their picture: never both, and what is seen counts."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from covenant_review.extraction.document import Document
from covenant_review.extraction.pdf import read_pdf

SAMPLES = Path(__file__).parent / "data" / "samples"
WRONG = "Nhung chu nay khong ai thay tren trang giay"


def words(document: Document, page: int) -> list[str]:
    return " ".join(block.text for block in document.blocks if block.page == page).split()


@pytest.fixture(scope="module")
def sample() -> Document:
    return read_pdf((SAMPLES / "std00.pdf").read_bytes())


def drawn(index: int) -> Image.Image:
    page = pypdfium2.PdfDocument(str(SAMPLES / "std00.pdf"))[index]
    return Image.fromarray(np.ascontiguousarray(page.render(scale=170 / 72, rev_byteorder=True).to_numpy()[:, :, :3]))


def scanned_page(index: int, *, render_mode: int | None = None, under: bool = False) -> bytes:
    """A page that is a picture of the sample's page, with words of a text layer: unseen, under the picture, or seen."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(612, 792))

    def write() -> None:
        for line in range(40):
            text = canvas.beginText(60, 740 - 17 * line)
            if render_mode is not None:
                text.setTextRenderMode(render_mode)
            text.textOut(WRONG)
            canvas.drawText(text)

    if under:
        write()
    canvas.drawImage(ImageReader(drawn(index)), 0, 0, 612, 792)
    if render_mode is not None:
        write()
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def joined(*parts: tuple[bytes, int]) -> bytes:
    document = pypdfium2.PdfDocument.new()
    for data, index in parts:
        document.import_pages(pypdfium2.PdfDocument(data), [index])
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def test_a_scanned_page_between_text_pages_is_read_in_its_place(sample: Document) -> None:
    whole = (SAMPLES / "std00.pdf").read_bytes()
    document = read_pdf(joined((whole, 0), (scanned_page(1), 0), (whole, 2)))
    assert document.pages == 3
    assert document.status == "read"
    assert [(warning.code, warning.page) for warning in document.warnings] == [("read_by_ocr", 2)]
    for page in (1, 3):
        assert words(document, page) == words(sample, page)
    seen, expected = words(document, 2), words(sample, 2)
    assert len(set(expected) - set(seen)) <= 0.02 * len(expected)
    boxes = [box for block in document.blocks if block.page == 2 for box in block.boxes]
    assert all(50 < box.x0 < box.x1 < 562 and 0 < box.y0 < box.y1 < 792 for box in boxes)


@pytest.mark.parametrize("layer", [{"render_mode": 3}, {"under": True}])
def test_a_text_layer_that_nobody_sees_gives_way_to_what_is_seen(sample: Document, layer: dict[str, int]) -> None:
    document = read_pdf(scanned_page(1, **layer))  # type: ignore[arg-type]
    seen, expected = words(document, 1), words(sample, 2)
    assert "khong" not in seen
    assert len(set(expected) - set(seen)) <= 0.02 * len(expected)


def test_the_words_of_a_signature_over_a_scan_do_not_stand_for_its_text(sample: Document) -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(612, 792))
    canvas.drawImage(ImageReader(drawn(2)), 0, 0, 612, 792)
    canvas.drawString(300, 20, "Ky boi: Uy ban nhan dan xa, ngay 12/03/2024")
    canvas.showPage()
    canvas.save()
    document = read_pdf(buffer.getvalue())
    expected = words(sample, 3)
    assert len(set(expected) - set(words(document, 1))) <= 0.03 * len(expected)
