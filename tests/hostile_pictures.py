"""Pictures and bundles of photos that lie of their size, loop, swell, or are something else."""

from __future__ import annotations

import io
import json
import random
import struct
import zipfile
import zlib

from PIL import Image, ImageDraw

from tests.hostile_zip import Entry, plain, raw_zip


def good(kind: str = "JPEG", size: tuple[int, int] = (900, 500)) -> bytes:
    """A picture with a line of text."""
    image = Image.new("RGB", size, "white")
    ImageDraw.Draw(image).text((60, 60), "DIEU 1. HOP THON VAO DAU THANG", fill="black", font_size=40)
    target = io.BytesIO()
    image.save(target, kind)
    return target.getvalue()


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int, height: int, data: bytes = b"", *before: bytes) -> bytes:
    """A PNG of this size with these packed lines."""
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(before) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def png_header_lies() -> bytes:
    """60,000 x 60,000 dots, says the header; there are none."""
    return png(60_000, 60_000, zlib.compress(bytes(1000)))


def png_bomb(side: int = 10_500) -> bytes:
    """Just below the limit of dots, all white."""
    packer = zlib.compressobj(9)
    line = b"\0" + b"\xff" * (side * 3)
    return png(side, side, b"".join(packer.compress(line) for _ in range(side)) + packer.flush())


def png_text_bomb() -> bytes:
    """Texts and a colour profile in the file that unpack to hundreds of megabytes."""
    bomb = zlib.compress(bytes(150_000_000), 9)
    lines = zlib.compress(b"\0" + bytes(300) + b"\0" + bytes(300))
    return png(100, 2, lines, _chunk(b"zTXt", b"a\0\0" + bomb), _chunk(b"iCCP", b"a\0\0" + bomb), _chunk(b"iTXt", b"a\0\1\0\0\0" + bomb))


def tiff(directories: list[list[tuple[int, int, int, int]]], *, loop_to: int | None = None, tail: bytes = b"") -> bytes:
    """A TIFF of these directories of (tag, type, count, value); the last one leads on to `loop_to`."""
    data = bytearray(b"II*\0" + struct.pack("<I", 8))
    for number, tags in enumerate(directories):
        following = len(data) + 2 + 12 * len(tags) + 4
        last = number == len(directories) - 1
        data += struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", *tag) for tag in tags)
        data += struct.pack("<I", (loop_to or 0) if last else following)
    return bytes(data) + tail


def _page(width: int, height: int, strip: int, size: int) -> list[tuple[int, int, int, int]]:
    return [(256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (273, 4, 1, strip),
            (277, 3, 1, 1), (278, 4, 1, height), (279, 4, 1, size)]  # fmt: skip


def tiff_in_circles() -> bytes:
    """A directory that leads to itself."""
    return tiff([_page(100, 100, 8, 10_000)], loop_to=8)


def tiff_of_many_pages(count: int = 5000) -> bytes:
    """Five thousand pages that share one picture."""
    return tiff([_page(8, 8, 8, 64)] * count, tail=bytes(64))


def tiff_lies() -> bytes:
    """Four thousand million strips of four gigabytes, and tags that point outside."""
    tags = [(256, 4, 1, 60_000), (257, 4, 1, 60_000), (258, 3, 3, 0xFFFFFFF0), (259, 3, 1, 5), (262, 3, 1, 2), (273, 4, 0xFFFFFFFF, 8),
            (277, 3, 1, 3), (279, 4, 0xFFFFFFFF, 8), (34675, 7, 0xFFFFFFFF, 0)]  # fmt: skip
    return tiff([tags], tail=bytes(64))


def tiff_compressed_noise(method: int) -> bytes:
    """Noise that is said to be packed (5: LZW, 7: JPEG, 4: fax, 50000: Zstandard)."""
    noise = random.Random(method).randbytes(4000)
    tags = [(256, 4, 1, 3000), (257, 4, 1, 3000), (258, 3, 1, 1 if method == 4 else 8), (259, 3, 1, method), (262, 3, 1, 1), (273, 4, 1, 130),
            (277, 3, 1, 1), (278, 4, 1, 3000), (279, 4, 1, len(noise))]  # fmt: skip
    return tiff([tags], tail=noise)


def jpeg_header_lies() -> bytes:
    """65,500 x 65,500 dots, says the header."""
    data = good()
    place = data.index(b"\xff\xc0")
    return data[: place + 5] + struct.pack(">HH", 65_500, 65_500) + data[place + 9 :]


def jpeg_of_many_scans(count: int = 3000) -> bytes:
    """A progressive JPEG whose last scan is repeated thousands of times: each costs a walk over all dots."""
    image = Image.new("RGB", (6000, 6000), "white")
    target = io.BytesIO()
    image.save(target, "JPEG", progressive=True, quality=10)
    data = target.getvalue()
    scan = data[data.rindex(b"\xff\xda") : -2]
    return data[:-2] + scan * count + data[-2:]


def jpeg_with_exif(exif: bytes) -> bytes:
    """A good JPEG with these EXIF bytes."""
    data = good()
    body = b"Exif\0\0" + exif
    return data[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + data[2:]


def exif_in_circles() -> bytes:
    """EXIF directories that lead to themselves, with an orientation that does not exist."""
    return jpeg_with_exif(tiff([[(0x0112, 3, 1, 99), (0x8769, 4, 1, 8), (0x8825, 4, 1, 8), (0xA005, 4, 1, 8)]], loop_to=8))


def exif_lies() -> bytes:
    """EXIF values of four thousand million items."""
    return jpeg_with_exif(
        tiff([[(0x0112, 3, 0xFFFFFFFF, 0), (0x9286, 7, 0xFFFFFFFF, 8), (0x927C, 7, 0x7FFFFFFF, 8), (0x010E, 2, 0xFFFFFFF0, 8)]])
    )


def truncated(kind: str = "JPEG") -> bytes:
    """A good picture without its second half."""
    data = good(kind)
    return data[: len(data) // 2]


def heic_lies() -> bytes:
    """Boxes of a HEIC file whose sizes are larger than the file, or zero."""
    head = struct.pack(">I", 24) + b"ftypheic" + bytes(4) + b"mif1heic"
    meta = struct.pack(">I", 0xFFFFFFFF) + b"meta" + bytes(4) + struct.pack(">I", 0) + b"hdlr" + bytes(8) + b"pict" + bytes(500)
    return head + meta + struct.pack(">IIQ", 1, 0x6D646174, 2**63) + random.Random(4).randbytes(2000)


def heic_of_the_wrong_brand() -> bytes:
    """A film that is said to be a picture."""
    return struct.pack(">I", 24) + b"ftypheic" + bytes(4) + b"isommp42" + struct.pack(">I", 8) + b"moov" + bytes(4000)


def gif() -> bytes:
    """A GIF (it will be called .jpg)."""
    return good("GIF")


def svg(address: str) -> bytes:
    """A drawing with an entity from outside (it will be called .png)."""
    return f'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "{address}">]><svg xmlns="http://www.w3.org/2000/svg"><text>&x;</text></svg>'.encode()


def with_html_behind() -> bytes:
    """A good JPEG with a page of HTML and a script behind its end."""
    return good() + b"<html><script>alert(document.cookie)</script></html>"


def bundle(photos: list[bytes], index: object = None, *extra: Entry, packed: bool = False) -> bytes:
    """A bundle of photos; `index` instead of the true list."""
    names = [f"photo-{number:03}.jpg" for number in range(1, len(photos) + 1)]
    listed = {"photos": [{"name": f"{name}", "entry": name} for name in names]} if index is None else index
    body = listed if isinstance(listed, bytes) else json.dumps(listed).encode()
    entries = [*(plain(name, data) for name, data in zip(names, photos, strict=True)), plain("photos.json", body), *extra]
    if not packed:
        return raw_zip(entries)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in entries:
            archive.writestr(entry.name.decode(), entry.packed)
    return target.getvalue()


def bundle_of_lost_photos() -> bytes:
    """A list that names photos which are not there, climb out, or are named twice."""
    entries = ("photo-009.jpg", "../../../etc/passwd", "photo-001.jpg", "photo-001.jpg", "photos.json", "/etc/passwd")
    return bundle([good()], {"photos": [{"name": "../../x", "entry": entry} for entry in entries]})


def bundle_of_deep_json() -> bytes:
    """A list that is nothing but brackets."""
    return bundle([good()], b"[" * 500_000)


def bundle_of_a_bomb() -> bytes:
    """Photos that are packed although they must not be: hundreds of megabytes come out."""
    return bundle([b"\xff\xd8\xff" + bytes(100_000_000)], packed=True)


def bundle_that_is_a_docx_too() -> bytes:
    """A bundle with the text part of a DOCX."""
    return bundle([good()], None, plain("word/document.xml", b"<w:document/>"), plain("[Content_Types].xml", b"<Types/>"))


def bundle_of_something_else() -> bytes:
    """Photos that are a program, a PDF, and half a picture."""
    return bundle([b"MZ" + bytes(500), b"%PDF-1.7\n", good()[:3000]])


def bundle_of_many(count: int = 999) -> bytes:
    """More photos than a document may have pages."""
    photo = good(size=(40, 40))
    return bundle([photo] * count)
