"""ZIP files that lie: about sizes, entries, names, ways of packing, and how much comes out of them."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass

from tests.submissions_data import docx_bytes

OUTSIDE = "covenant-hostile-outside.txt"
_MEGABYTE = 1024 * 1024


@dataclass
class Entry:
    """One entry, with what its headers say of it; None: the truth."""

    name: bytes
    packed: bytes
    method: int = 8
    size: int | None = None
    crc: int = 0
    flags: int = 0
    packed_size: int | None = None
    offset: int | None = None
    local: bool = True


def raw_zip(entries: list[Entry], *, count: int | None = None, directory_size: int | None = None, comment: bytes = b"") -> bytes:
    """A ZIP file written byte by byte."""
    body, directory = io.BytesIO(), io.BytesIO()
    for entry in entries:
        offset = body.tell() if entry.offset is None else entry.offset
        size = entry.size if entry.size is not None else len(entry.packed)
        packed_size = entry.packed_size if entry.packed_size is not None else len(entry.packed)
        fields = struct.pack("<HHHHIIIHH", entry.flags, entry.method, 0, 33, entry.crc, packed_size, size, len(entry.name), 0)
        if entry.local:
            body.write(b"PK\x03\x04" + struct.pack("<H", 20) + fields + entry.name + entry.packed)
        directory.write(b"PK\x01\x02" + struct.pack("<HH", 20, 20) + fields + struct.pack("<HHHII", 0, 0, 0, 0, offset) + entry.name)
    start, central = body.tell(), directory.getvalue()
    count = min(len(entries), 0xFFFF) if count is None else count
    size = len(central) if directory_size is None else directory_size
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, count, count, size, start, len(comment)) + comment
    return body.getvalue() + central + end


def deflated_bomb(megabytes: int, unit: bytes = b" ", *, begin: bytes = b"", end: bytes = b"") -> tuple[bytes, int, int]:
    """(packed bytes, size, CRC 0) of `begin`, so many megabytes of `unit`, and `end`: packed once and repeated."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    head = packer.compress(begin) + packer.flush(zlib.Z_FULL_FLUSH)
    block = unit * (_MEGABYTE // len(unit))
    packed = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    tail = packer.compress(end) + packer.flush(zlib.Z_FINISH)
    return head + packed * megabytes + tail, len(begin) + len(block) * megabytes + len(end), 0


def plain(name: str, data: bytes, **said: int) -> Entry:
    """An entry that is stored as it is."""
    return Entry(name.encode(), data, method=0, crc=zlib.crc32(data), **said)


def with_parts(parts: dict[str, bytes], *, packing: int = zipfile.ZIP_DEFLATED, base: bytes | None = None) -> bytes:
    """A good DOCX in which these parts are replaced or added."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(base or docx_bytes())) as source, zipfile.ZipFile(target, "w", packing) as archive:
        for name in source.namelist():
            if name not in parts:
                archive.writestr(name, source.read(name))
        for name, data in parts.items():
            archive.writestr(name, data)
    return target.getvalue()


def with_entry(entry: Entry) -> bytes:
    """A DOCX whose parts are stored as they are, and one entry more (or in place of the one of that name)."""
    with zipfile.ZipFile(io.BytesIO(docx_bytes())) as source:
        return raw_zip([*(plain(name, source.read(name)) for name in source.namelist() if name.encode() != entry.name), entry])


def many_entries(count: int = 400_000) -> bytes:
    """A small DOCX among hundreds of thousands of empty entries."""
    return raw_zip([plain("word/document.xml", b"<d/>"), *(Entry(b"%07d" % i, b"", method=0, local=False, offset=0) for i in range(count))])


def many_entries_in_64_bits(count: int = 100_000) -> bytes:
    """The same behind a 64-bit end record, while the old one names two entries."""
    data = many_entries(count)
    end = len(data) - 22
    size, start = struct.unpack_from("<II", data, end + 12)
    record = b"PK\x06\x06" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, count + 1, count + 1, size, start)
    locator = b"PK\x06\x07" + struct.pack("<IQI", 0, end, 1)
    old = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 2, 2, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return data[:end] + record + locator + old


def count_lies() -> bytes:
    """4,294,967,295 bytes of directory, says the end record."""
    return raw_zip([plain("word/document.xml", b"<d/>")], count=0xFFFF, directory_size=0xFFFFFFFE)


def high_ratio(megabytes: int = 3000) -> bytes:
    """Three megabytes that become three gigabytes of blanks inside the text part."""
    packed, size, crc = deflated_bomb(megabytes, begin=b"<w:document>")
    return with_entry(Entry(b"word/document.xml", packed, size=size, crc=crc))


def lying_size(megabytes: int = 3000) -> bytes:
    """The same, said to be a thousand bytes."""
    packed, _size, crc = deflated_bomb(megabytes, begin=b"<w:document>")
    return with_entry(Entry(b"word/document.xml", packed, size=1000, crc=crc))


def just_below_the_limit() -> bytes:
    """Parts of 48 MB each, every one below what a part may have, all of them asked for."""
    packed, size, crc = deflated_bomb(48, begin=b"<x>", end=b"</x>")
    names = ("styles", "numbering", "footnotes", "endnotes", "header1", "footer1")
    with zipfile.ZipFile(io.BytesIO(docx_bytes())) as source:
        kept = [plain(name, source.read(name)) for name in source.namelist() if not any(f"word/{part}.xml" == name for part in names)]
    return raw_zip([*kept, *(Entry(f"word/{name}.xml".encode(), packed, size=size, crc=crc) for name in names)])


def overlapping() -> bytes:
    """Thousands of entries that all share the same packed bytes."""
    packed, size, crc = deflated_bomb(200)
    entries = [Entry(b"word/document.xml", packed, size=size, crc=crc)]
    entries += [Entry(b"word/part%d.xml" % i, packed, size=size, crc=crc, local=False, offset=0) for i in range(5000)]
    return raw_zip(entries)


def nested(depth: int = 6, width: int = 10) -> bytes:
    """A good DOCX that carries ZIP files inside ZIP files as if they were pictures."""
    packed, size, crc = deflated_bomb(500)
    inner = raw_zip([Entry(b"0", packed, size=size, crc=crc)])
    for _ in range(depth):
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for number in range(width):
                archive.writestr(f"{number}.zip", inner)
        inner = target.getvalue()
    return with_parts({"word/media/image1.zip": inner, "word/embeddings/a.docx": inner})


def doubled_names() -> bytes:
    """Two text parts of the same name: another program may show the other one."""
    other = docx_bytes("Điều 1. Nội dung khác hẳn.")
    with zipfile.ZipFile(io.BytesIO(docx_bytes())) as source, zipfile.ZipFile(io.BytesIO(other)) as second:
        entries = [plain(name, source.read(name)) for name in source.namelist()]
        return raw_zip([*entries, plain("word/document.xml", second.read("word/document.xml"))])


def climbing_names() -> bytes:
    """Entries that would land outside if anybody unpacked them."""
    names = (
        f"../../../../../../tmp/{OUTSIDE}",
        f"/tmp/{OUTSIDE}",
        f"C:\\{OUTSIDE}",
        f"..\\..\\{OUTSIDE}",
        f"word/../../{OUTSIDE}",
        f"~/{OUTSIDE}",
    )
    return with_parts(dict.fromkeys(names, b"outside"))


def odd_names() -> bytes:
    """Names with NUL, line ends, emoji, nothing, and 60,000 letters."""
    with zipfile.ZipFile(io.BytesIO(docx_bytes())) as source:
        kept = [plain(name, source.read(name)) for name in source.namelist()]
    odd = (b"word/a\0b.xml", b"a\nb", "🏡📜.xml".encode(), b"", b"x" * 60_000, b"\xff\xfe", "word/\u202excod.xml".encode())
    return raw_zip([*kept, *(Entry(name, b"x", method=0, crc=zlib.crc32(b"x"), flags=0x800) for name in odd if name)])


def bad_utf8_names() -> bytes:
    """A name that says it is UTF-8 and is not."""
    return raw_zip([plain("word/document.xml", b"<d/>"), Entry(b"\xff\xfe\xfa", b"x", method=0, flags=0x800)])


def encrypted_entry() -> bytes:
    """The text part with the mark of a password."""
    return with_entry(Entry(b"word/document.xml", b"\x01" * 500, flags=1))


def other_packing(method: int) -> bytes:
    """The text part packed in a way that Word does not know (12: bzip2, 14: LZMA with a dictionary of 4 GB)."""
    lzma = struct.pack("<BBHBI", 9, 4, 5, 0x5D, 0xFFFFFFFF) + b"\0" * 200
    return with_entry(Entry(b"word/document.xml", lzma, method=method, size=5000))


def wrong_checksum() -> bytes:
    """The text part with another CRC than it says."""
    return with_entry(Entry(b"word/document.xml", b"<w:document/>", method=0, crc=12345))


def sizes_of_ffffffff() -> bytes:
    """Every size of the text part is 0xFFFFFFFF, without the 64-bit field that would explain it."""
    return with_entry(Entry(b"word/document.xml", b"<w:document/>", method=0, size=0xFFFFFFFF, packed_size=0xFFFFFFFF))


def offset_outside() -> bytes:
    """The text part begins four gigabytes behind the end."""
    return with_entry(Entry(b"word/document.xml", b"<d/>", method=0, offset=0xFFFFFFF0))


def without_directory() -> bytes:
    """A DOCX without the end."""
    data = docx_bytes()
    return data[: data.rindex(b"PK\x01\x02")]


def spreadsheet() -> bytes:
    """A workbook that was given another ending."""
    return raw_zip([plain("[Content_Types].xml", b"<Types/>"), plain("xl/workbook.xml", b"<workbook/>")])


def with_pdf_mark() -> bytes:
    """A DOCX whose first entry makes it look like a PDF as well."""
    with zipfile.ZipFile(io.BytesIO(docx_bytes())) as source:
        return raw_zip([plain("%PDF-1.7", b"%PDF-1.7\n%%EOF"), *(plain(name, source.read(name)) for name in source.namelist())])
