"""Pictures of a file: kinds, pages, which way up, and limits. No letters are read here."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from covenant_review.extraction.document import UnreadableFile
from covenant_review.extraction.kind import kind_of
from covenant_review.extraction.photo_bundle import Photo, pack
from covenant_review.extraction.pictures import KEPT_PIXELS, loaders_of, pictures_of

SCANS = Path(__file__).parent / "data" / "scans"


def corner_picture(width: int = 300, height: int = 400) -> Image.Image:
    """White, with its top-left corner black."""
    pixels = np.full((height, width, 3), 255, np.uint8)
    pixels[: height // 4, : width // 4] = 0
    return Image.fromarray(pixels)


def saved(image: Image.Image, form: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def is_upright(picture: NDArray[np.uint8]) -> bool:
    height, width = picture.shape[:2]
    dark = picture.mean(axis=2) < 128
    return bool(dark[: height // 4 - 4, : width // 4 - 4].all()) and dark.mean() < 0.08


@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF", "HEIF"])
def test_each_kind_of_picture_is_known_and_opened(form: str) -> None:
    # A phone's HEIC is only read here, never written: the sample was made elsewhere.
    data = (SCANS / "corner.heic").read_bytes() if form == "HEIF" else saved(corner_picture(), form)
    assert kind_of(data, "bất kỳ") == "image"
    (picture,) = pictures_of(data, "image")
    assert picture.shape == (400, 300, 3)
    assert is_upright(picture)


@pytest.mark.parametrize(
    ("orientation", "turn"), [(3, Image.Transpose.ROTATE_180), (6, Image.Transpose.ROTATE_90), (8, Image.Transpose.ROTATE_270)]
)
def test_pictures_stand_upright_as_their_exif_says(orientation: int, turn: Image.Transpose) -> None:
    turned = corner_picture().transpose(turn)
    exif = turned.getexif()
    exif[0x0112] = orientation
    (picture,) = pictures_of(saved(turned, "JPEG", exif=exif, quality=90), "image")
    assert picture.shape == (400, 300, 3)
    assert is_upright(picture)


def test_every_page_of_a_tiff_is_a_page_whatever_its_colours() -> None:
    pages = [corner_picture().convert("1"), corner_picture().convert("L"), corner_picture().convert("P")]
    data = saved(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    pictures = list(pictures_of(data, "image"))
    assert [is_upright(picture) for picture in pictures] == [True] * 3


def test_what_is_transparent_is_paper() -> None:
    image = Image.new("RGBA", (100, 100), (0, 0, 0, 0))
    (picture,) = pictures_of(saved(image, "PNG"), "image")
    assert picture.min() == 255


def test_photos_of_a_bundle_come_in_its_order() -> None:
    bundle = pack([Photo("x.png", saved(corner_picture(200, 100), "PNG")), Photo("y.jpg", saved(corner_picture(100, 200), "JPEG"))])
    assert kind_of(bundle) == "photos"
    assert [picture.shape[:2] for picture in pictures_of(bundle, "photos")] == [(100, 200), (200, 100)]


def bomb(width: int, height: int) -> bytes:
    """A PNG that says it is huge, with hardly a byte in it."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(("width", "height"), [(12_000, 12_000), (60_000, 60_000)])
def test_a_picture_of_too_many_pixels_is_refused_before_it_is_unpacked(width: int, height: int) -> None:
    with pytest.raises(UnreadableFile) as caught:
        list(pictures_of(bomb(width, height), "image"))
    assert caught.value.reason == "too_large_picture"


def test_a_large_photo_is_made_smaller_and_stays_upright() -> None:
    turned = corner_picture(6000, 4500).transpose(Image.Transpose.ROTATE_90)
    exif = turned.getexif()
    exif[0x0112] = 6
    (picture,) = pictures_of(saved(turned, "JPEG", exif=exif, quality=60), "image")
    assert picture.shape[0] * picture.shape[1] <= KEPT_PIXELS
    assert picture.shape[1] > picture.shape[0]
    assert is_upright(picture)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF"])
def test_a_picture_that_is_cut_is_damaged(form: str) -> None:
    noise = Image.fromarray(np.random.default_rng(1).integers(0, 255, (200, 200, 3), dtype=np.uint8))
    whole = saved(noise, form)
    for share in (0.05, 0.5, 0.9):
        with pytest.raises(UnreadableFile) as caught:
            list(pictures_of(whole[: int(len(whole) * share)], "image"))
        assert caught.value.reason == "damaged"


def test_pages_are_counted_before_any_is_unpacked() -> None:
    pages = [Image.new("1", (10, 10))] * 201
    data = saved(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    with pytest.raises(UnreadableFile) as caught:
        loaders_of(data, "image")
    assert caught.value.reason == "too_many_pages"
