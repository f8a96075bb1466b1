"""ZIP files are opened within limits, and what the end record says is what Python walks."""

from __future__ import annotations

import io
import time
import zipfile

import pytest

from covenant_review.extraction.document import UnreadableFile
from covenant_review.extraction.kind import kind_of
from covenant_review.extraction.zip_archive import DIRECTORY_LIMIT, ENTRIES_LIMIT, directory_size, open_archive, read_entry
from tests.hostile_zip import Entry, deflated_bomb, many_entries, many_entries_in_64_bits, plain, raw_zip, with_entry
from tests.submissions_data import docx_bytes


def reason(data: bytes) -> str:
    with pytest.raises(UnreadableFile) as caught:
        open_archive(data)
    return caught.value.reason


@pytest.mark.parametrize("comment", [b"", b"ghi ch\xc3\xba", b"x" * 0xFFFF])
def test_the_size_of_the_directory_is_known_whatever_the_comment(comment: bytes) -> None:
    entries = [plain("a.xml", b"a"), plain("b.xml", b"b")]
    assert directory_size(raw_zip(entries, comment=comment)) == 2 * (46 + 5)


def test_the_64_bit_record_counts_too() -> None:
    assert directory_size(many_entries_in_64_bits(5000)) > 5000 * 46


def test_a_directory_of_hundreds_of_thousands_is_refused_before_it_is_walked() -> None:
    for data in (many_entries(200_000), many_entries_in_64_bits(200_000)):
        began = time.thread_time()
        with pytest.raises(UnreadableFile) as caught:
            kind_of(data)
        assert caught.value.reason == "too_many_parts"
        assert time.thread_time() - began < 0.2


def test_too_many_entries_below_the_size_are_refused_as_well() -> None:
    data = many_entries(ENTRIES_LIMIT + 1)
    assert directory_size(data) < DIRECTORY_LIMIT
    assert reason(data) == "too_many_parts"


def test_a_document_with_a_thousand_pictures_is_opened() -> None:
    with zipfile.ZipFile(io.BytesIO(docx_bytes())) as source:
        entries = [plain(name, source.read(name)) for name in source.namelist()]
    data = raw_zip([*entries, *(plain(f"word/media/hinh-anh-{number}.jpeg", b"x") for number in range(1000))])
    assert kind_of(data) == "docx"


def test_what_an_entry_says_of_its_size_is_not_believed() -> None:
    packed, _size, _crc = deflated_bomb(50)
    data = with_entry(Entry(b"word/document.xml", packed, size=100))
    with open_archive(data) as archive, pytest.raises(UnreadableFile) as caught:
        read_entry(archive, archive.getinfo("word/document.xml"), 1000)
    assert caught.value.reason == "damaged"


@pytest.mark.parametrize(("method", "flags", "expected"), [(14, 0, "damaged"), (12, 0, "damaged"), (8, 1, "encrypted")])
def test_other_ways_of_packing_are_not_tried(method: int, flags: int, expected: str) -> None:
    data = with_entry(Entry(b"word/document.xml", b"\0" * 100, method=method, flags=flags))
    with open_archive(data) as archive, pytest.raises(UnreadableFile) as caught:
        read_entry(archive, archive.getinfo("word/document.xml"), 1000)
    assert caught.value.reason == expected


def test_no_archive_at_all_is_damaged() -> None:
    assert reason(b"PK\x03\x04") == "damaged"
    assert reason(docx_bytes()[:2000]) == "damaged"
