"""The way in: kinds told by bytes, plain text in its encodings, and bad files refused with the right reason."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from covenant_review.extraction import docx_package
from covenant_review.extraction.document import UnreadableFile
from covenant_review.extraction.kind import kind_of
from covenant_review.extraction.reading import SIZE_LIMIT, read, read_path

SAMPLES = Path(__file__).parent / "data" / "samples"
STANDARD = (SAMPLES / "std00.docx").read_bytes()
OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504


def compound_file(stream: str, beginning: bytes) -> bytes:
    """The smallest OLE2 file: header, allocation table, directory with one stream, and the beginning of that stream."""
    header = bytearray(OLE2[:8]) + bytearray(504)
    struct.pack_into("<H", header, 0x1E, 9)  # sectors of 512 bytes
    struct.pack_into("<I", header, 0x30, 1)  # the directory is sector 1
    struct.pack_into("<109I", header, 0x4C, 0, *[0xFFFFFFFF] * 108)  # the table is sector 0
    table = struct.pack("<128I", 0xFFFFFFFD, 0xFFFFFFFE, 0xFFFFFFFE, *[0xFFFFFFFF] * 125)
    name = stream.encode("utf-16-le") + b"\0\0"
    entry = name.ljust(64, b"\0") + struct.pack("<HB", len(name), 2) + bytes(49) + struct.pack("<III", 2, 4096, 0)
    return bytes(header) + table + entry.ljust(512, b"\0") + beginning.ljust(512, b"\0")


def reason(data: bytes, name: str = "", size_limit: int = SIZE_LIMIT) -> str:
    with pytest.raises(UnreadableFile) as caught:
        read(data, name, size_limit=size_limit)
    return caught.value.reason


def with_part(name: str, content: bytes) -> bytes:
    """The standard sample with one part replaced."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(STANDARD)) as source, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.namelist():
            target.writestr(entry, content if entry == name else source.read(entry))
    return buffer.getvalue()


def document_xml() -> bytes:
    with zipfile.ZipFile(io.BytesIO(STANDARD)) as archive:
        return archive.read("word/document.xml")


def test_kind_is_told_by_bytes_whatever_the_name_says() -> None:
    assert kind_of(STANDARD, "huong-uoc.pdf") == "docx"
    assert kind_of((SAMPLES / "std00.pdf").read_bytes(), "huong-uoc.docx") == "pdf"
    assert kind_of(STANDARD, "huong-uoc.txt") == "docx"


@pytest.mark.parametrize(
    ("data", "name", "expected"),
    [
        (b"", "a.docx", "empty"),
        (b"\0" * 100, "a.docx", "empty"),
        (b"  \r\n", "a.txt", "empty"),
        (b"MZ\x90\x00" + b"\x01" * 200, "huong-uoc.docx", "unknown_kind"),
        (b"MZ\x90\x00" + b"\x01" * 200, "huong-uoc.txt", "unknown_kind"),
        (b"\xff\xd8\xff\xe0" + b"\x01" * 200, "anh.docx", "damaged"),
        (b"\x89PNG\r\n\x1a\n" + b"\x01" * 200, "anh.pdf", "damaged"),
        ("Điều 1. Họp làng".encode(), "huong-uoc.docx", "unknown_kind"),
        (OLE2, "a.doc", "damaged"),
        (compound_file("Workbook", b""), "a.doc", "unknown_kind"),
        (compound_file("WordDocument", b"no document"), "a.doc", "damaged"),
        (compound_file("WordDocument", b"\xec\xa5" + bytes(8) + b"\x00\x01"), "a.doc", "encrypted"),
        (compound_file("EncryptedPackage", b""), "a.docx", "encrypted"),
        (STANDARD[:20000], "a.docx", "damaged"),
        (b"PK\x03\x04" + b"\x07" * 100, "a.docx", "damaged"),
    ],
)
def test_refused_with_the_right_reason(data: bytes, name: str, expected: str) -> None:
    assert reason(data, name) == expected


def zip_of(**parts: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_other_archives() -> None:
    assert reason(zip_of(**{"xl/workbook.xml": b"<x/>", "[Content_Types].xml": b"<x/>"})) == "unknown_kind"
    secret = {"META-INF/manifest.xml": b"<manifest:encryption-data/>", "mimetype": b"application/vnd.oasis.opendocument.text"}
    assert reason(zip_of(**secret)) == "encrypted"
    assert reason(zip_of(**{"anh.jpg": b"x"})) == "unknown_kind"
    assert reason(zip_of(**{"[Content_Types].xml": b"<x/>"})) == "damaged"


def test_kinds_that_libreoffice_converts() -> None:
    assert kind_of((SAMPLES / "tcvn00.doc").read_bytes(), "a.docx") == "doc"
    assert kind_of(b"{\\rtf1 xin chao}", "a.doc") == "rtf"
    assert kind_of(zip_of(mimetype=b"application/vnd.oasis.opendocument.text"), "a.doc") == "odt"


def test_too_large_is_said_before_anything_is_opened(tmp_path: Path) -> None:
    assert reason(STANDARD, size_limit=1000) == "too_large"
    big = tmp_path / "big.docx"
    with big.open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    with pytest.raises(UnreadableFile) as caught:
        read_path(big)
    assert caught.value.reason == "too_large"


def test_docx_whose_xml_is_cut() -> None:
    assert reason(with_part("word/document.xml", document_xml()[:30000])) == "damaged"
    assert reason(with_part("word/styles.xml", b"<w:styles")) == "damaged"
    assert reason(with_part("word/document.xml", b"")) == "damaged"


def test_entities_are_refused() -> None:
    bomb = b'<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><d>&b;</d>'
    assert reason(with_part("word/document.xml", bomb)) == "damaged"
    outside = b'<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/hostname">]><d>&a;</d>'
    assert reason(with_part("word/document.xml", outside)) == "damaged"


def test_very_deep_xml_is_refused_not_crashed_on() -> None:
    deep = b"<w:document xmlns:w='x'>" + b"<w:p>" * 100_000 + b"</w:p>" * 100_000 + b"</w:document>"
    assert reason(with_part("word/document.xml", deep)) == "damaged"


def test_zip_bomb_is_refused_by_what_it_unpacks_to(monkeypatch: pytest.MonkeyPatch) -> None:
    padding = document_xml().replace(b"</w:body>", b"<!--" + b" " * 3_000_000 + b"--></w:body>")
    bomb = with_part("word/document.xml", padding)
    assert len(bomb) < 100_000
    assert read(bomb).blocks
    monkeypatch.setattr(docx_package, "PART_LIMIT", 1_000_000)
    assert reason(bomb) == "unpacks_too_large"


def test_docx_without_words() -> None:
    empty = b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body/></w:document>'
    assert reason(with_part("word/document.xml", empty)) == "no_text"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_in_its_encodings(encoding: str) -> None:
    document = read("Điều 1. Họp làng\r\n\r\n1. Một.\n".encode(encoding), "a.txt")
    assert (document.kind, [b.text for b in document.blocks]) == ("text", ["Điều 1. Họp làng", "1. Một."])


def test_text_in_an_older_encoding_is_refused_not_garbled() -> None:
    assert reason("Điều 1. Họp làng".encode("cp1258", "replace"), "a.txt") == "not_supported_yet"
    assert reason(b"abc\x00\x01\x02", "a.txt") == "unknown_kind"


def test_text_rows_become_tables() -> None:
    blocks = read(b"a | b\nc | \n\nx\nd | e", as_text=True).blocks
    assert [(b.kind, b.table, b.row, b.cells) for b in blocks] == [
        ("table_row", 0, 0, ("a", "b")), ("table_row", 0, 1, ("c", "")), ("paragraph", None, None, ()),
        ("table_row", 1, 0, ("d", "e")),
    ]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(STANDARD) - 1), st.binary(min_size=1, max_size=6))
def test_damage_anywhere_is_read_or_refused_never_a_crash(at: int, bytes_there: bytes) -> None:
    damaged = STANDARD[:at] + bytes_there + STANDARD[at + len(bytes_there) :]
    try:
        read(damaged, "a.docx")
    except UnreadableFile as error:
        assert error.reason in {"damaged", "unknown_kind", "encrypted", "unpacks_too_large", "no_text"}


XML = document_xml()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(XML) - 1), st.integers(0, 400))
def test_a_piece_cut_out_of_the_xml_is_read_or_refused(at: int, length: int) -> None:
    try:
        read(with_part("word/document.xml", XML[:at] + XML[at + length :]))
    except UnreadableFile as error:
        assert error.reason in {"damaged", "no_text"}
