"""ZIP files opened with limits: a directory of bounded size, only the two ways of packing that documents use, counted bytes.

Python reads a ZIP file's whole central directory when it opens the file, and makes an object of each entry; a file of
the permitted size can hold a million of them. So the size that the end record gives is looked at first.
Source: APPNOTE.TXT (PKWARE), 4.3.14 - 4.3.16.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from covenant_review.extraction.document import UnreadableFile

# A covenant with a thousand pictures stays far below both.
ENTRIES_LIMIT = 10_000
DIRECTORY_LIMIT = 2 * 1024 * 1024
_END = b"PK\x05\x06"
_END_SIZE = 22
_END_64 = b"PK\x06\x06"
_END_64_SIZE = 56
_LOCATOR_64 = b"PK\x06\x07"
_LOCATOR_64_SIZE = 20
_LONGEST_COMMENT = 0xFFFF
_ERRORS = (
    zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError, EOFError, KeyError, IndexError, OverflowError,
    struct.error, zlib.error, MemoryError,
)  # fmt: skip


def open_archive(data: bytes) -> zipfile.ZipFile:
    """The archive in `data`. Raises UnreadableFile: damaged, too_many_parts (more entries than any document has)."""
    size = directory_size(data)
    if size > DIRECTORY_LIMIT:
        raise UnreadableFile("too_many_parts", f"zip: a directory of {size} bytes")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except _ERRORS as error:
        raise UnreadableFile("damaged", f"zip: {error}") from error
    if len(archive.infolist()) > ENTRIES_LIMIT:
        raise UnreadableFile("too_many_parts", f"zip: {len(archive.infolist())} entries")
    return archive


def read_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limit: int) -> bytes:
    """The bytes of an entry, whatever it says of its size.

    Raises UnreadableFile: encrypted, damaged (also: packed in a way that documents do not use), unpacks_too_large (more
    than `limit` bytes, said or found).
    """
    if entry.flag_bits & 0x1:
        raise UnreadableFile("encrypted", "zip entry with a password")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise UnreadableFile("damaged", f"{entry.filename!r}: packed by method {entry.compress_type}")
    if entry.file_size > limit:
        raise UnreadableFile("unpacks_too_large", f"{entry.filename!r}: {entry.file_size} bytes")
    try:
        with archive.open(entry) as part:
            raw = part.read(limit + 1)
    except _ERRORS as error:
        raise UnreadableFile("damaged", f"{entry.filename!r}: {error}") from error
    if len(raw) > limit:
        raise UnreadableFile("unpacks_too_large", f"{entry.filename!r}: more than it says")
    return raw


def directory_size(data: bytes) -> int:
    """How many bytes long the central directory is, as the end record says (the larger of both, where there are two of them).

    That many bytes are walked when the file is opened. 0 where there is no end record: the file does not open then.
    """
    end = _end_of_directory(data)
    if end is None:
        return 0
    size = int.from_bytes(data[end + 12 : end + 16], "little")
    locator = end - _LOCATOR_64_SIZE
    record = locator - _END_64_SIZE
    if record >= 0 and data.startswith(_LOCATOR_64, locator) and data.startswith(_END_64, record):
        # The larger one counts; a 64-bit record that lies downwards is not what a careful writer leaves behind either.
        return max(0 if size == 0xFFFFFFFF else size, int.from_bytes(data[record + 40 : record + 48], "little"))
    return size


def _end_of_directory(data: bytes) -> int | None:
    """Where the end record begins: right at the end, else the last that is followed by a comment only."""
    at_end = len(data) - _END_SIZE
    if at_end >= 0 and data.startswith(_END, at_end) and data.endswith(b"\0\0"):
        return at_end
    found = data.rfind(_END, max(0, len(data) - _END_SIZE - _LONGEST_COMMENT))
    return found if 0 <= found <= at_end else None
