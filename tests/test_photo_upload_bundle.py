"""Photos packed as one document: order, names and bytes come back as they went in; a bundle made by others is not trusted."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from PIL import Image

from covenant_review.extraction.document import UnreadableFile
from covenant_review.extraction.photo_bundle import (
    INDEX,
    Photo,
    is_bundle,
    names_of,
    natural_order,
    open_bundle,
    pack,
    picture_format,
    reordered,
)


def picture(colour: str = "white", format_: str = "JPEG") -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (40, 60), colour).save(target, format_)
    return target.getvalue()


THREE = [
    Photo("trang 1.jpg", picture("white")),
    Photo("Trang 2 – đầu thôn.png", picture("gray", "PNG")),
    Photo("trang 10.tiff", picture("black", "TIFF")),
]


def by_hand(entries: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", compression) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return target.getvalue()


def index(*photos: tuple[str, str]) -> bytes:
    return json.dumps({"photos": [{"name": name, "entry": entry} for name, entry in photos]}).encode()


def test_photos_come_back_untouched_and_in_order() -> None:
    bundle = pack(THREE)
    assert is_bundle(bundle)
    assert list(open_bundle(bundle)) == THREE
    assert names_of(bundle) == tuple(photo.name for photo in THREE)
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        assert archive.namelist() == ["photo-001.jpg", "photo-002.png", "photo-003.tif", INDEX]
        assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}


def test_the_same_photos_in_the_same_order_are_the_same_bytes() -> None:
    assert pack(THREE) == pack(list(THREE))
    assert pack(THREE) != pack(THREE[::-1])


def test_reordering_moves_whole_photos_and_back_gives_the_first_bytes() -> None:
    bundle = pack(THREE)
    other = reordered(bundle, [2, 0, 1])
    assert list(open_bundle(other)) == [THREE[2], THREE[0], THREE[1]]
    assert reordered(other, [1, 2, 0]) == bundle


@pytest.mark.parametrize("order", [[0, 1], [0, 0, 1], [0, 1, 3], [0, 1, 2, 2]])
def test_an_order_must_name_every_photo_once(order: list[int]) -> None:
    with pytest.raises(ValueError, match="once"):
        reordered(pack(THREE), order)


def test_natural_order_reads_numbers_as_numbers() -> None:
    names = ["Trang 10.jpg", "trang 2.jpg", "IMG_0003.HEIC", "trang 2.jpg", "1.jpg", "bìa.jpg"]
    assert [names[place] for place in natural_order(names)] == [
        "1.jpg", "bìa.jpg", "IMG_0003.HEIC", "trang 2.jpg", "trang 2.jpg", "Trang 10.jpg",
    ]  # fmt: skip
    assert natural_order(["a2", "a10", "a"]) == [2, 0, 1]


def test_formats_are_told_by_bytes_alone() -> None:
    heic = b"\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00mif1heic"
    assert [picture_format(data) for data in (picture(), picture(format_="PNG"), picture(format_="TIFF"), heic)] == [
        "jpg", "png", "tif", "heic",
    ]  # fmt: skip
    for other in (b"", b"%PDF-1.7", b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00isommp42", b"GIF89a", picture(format_="BMP")):
        assert picture_format(other) is None


def test_what_is_no_picture_is_not_packed() -> None:
    with pytest.raises(UnreadableFile) as refused:
        pack([THREE[0], Photo("đơn.docx", b"PK\x03\x04")])
    assert (refused.value.reason, refused.value.detail) == ("unknown_kind", "đơn.docx")
    with pytest.raises(UnreadableFile, match="empty"):
        pack([])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04 broken",
        by_hand({"photo-001.jpg": picture()}),
        by_hand({INDEX: b"[]", "photo-001.jpg": picture()}),
        by_hand({INDEX: b"{not json", "photo-001.jpg": picture()}),
        by_hand({INDEX: index(), "photo-001.jpg": picture()}),
        by_hand({INDEX: index(("a", "photo-001.jpg"), ("b", "photo-001.jpg")), "photo-001.jpg": picture()}),
        by_hand({INDEX: index(("a", "photo-001.jpg"), ("b", "photo-002.jpg")), "photo-001.jpg": picture()}),
        by_hand({INDEX: index(("a", "../photo-001.jpg")), "../photo-001.jpg": picture()}),
        by_hand({INDEX: index(("a", "photo-001.jpg")), "photo-001.jpg": b"MZ no picture"}),
        by_hand({INDEX: index(("a", "photo-001.jpg")), "photo-001.jpg": picture()}, zipfile.ZIP_DEFLATED),
        pack(THREE)[:-40],
    ],
)
def test_a_bundle_that_is_not_right_is_damaged_never_a_crash(data: bytes) -> None:
    with pytest.raises(UnreadableFile) as refused:
        open_bundle(data)
    assert refused.value.reason == "damaged"
