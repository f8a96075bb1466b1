"""The little of an OLE2 compound file (the container of old Office files) that tells what is inside.

Source: [MS-CFB] for the container, [MS-DOC] for the beginning of a Word document.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADER_SIZE = 512
_ENTRY_SIZE = 128
_LAST_SECTOR = 0xFFFFFFFA  # from here on a sector number is a mark, not a number
_MOST_SECTORS_OF_DIRECTORY = 4096
_SMALL_STREAM = 4096
_STREAM = 2
_WORD_MARKS = (0xA5EC, 0xA5DC)  # Word 97 and later; Word 6 and 95
_ENCRYPTED_FLAG = 0x0100


class NotACompoundFile(Exception):
    """The bytes begin like an OLE2 file, but its directory cannot be found."""


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream of the file: its name, its length as the directory says, its first sector and the first bytes of it."""

    name: str
    size: int
    sector: int
    beginning: bytes


def streams(data: bytes) -> list[Stream]:
    """The streams of an OLE2 file, storages left out. Raises NotACompoundFile."""
    if not data.startswith(SIGNATURE) or len(data) < _HEADER_SIZE:
        raise NotACompoundFile("too short")
    shift, directory = struct.unpack_from("<H", data, 0x1E)[0], struct.unpack_from("<I", data, 0x30)[0]
    if shift not in (9, 12):
        raise NotACompoundFile(f"sectors of 2^{shift} bytes")
    found = [stream for sector in _chain(data, directory, shift) for stream in _entries(data, (sector + 1) << shift, 1 << shift, shift)]
    if not found:
        raise NotACompoundFile("no streams")
    return found


def content(data: bytes, stream: Stream) -> bytes:
    """All bytes of a stream that is longer than the container's small ones (4096 bytes, as Word's are); else b""."""
    if stream.size < _SMALL_STREAM:
        return b""
    shift = struct.unpack_from("<H", data, 0x1E)[0]
    sectors = _chain(data, stream.sector, shift, most=(stream.size >> shift) + 1)
    return b"".join(data[(sector + 1) << shift : (sector + 2) << shift] for sector in sectors)[: stream.size]


def is_encrypted_word(document: bytes) -> bool | None:
    """From the first bytes of a "WordDocument" stream: whether it has a password; None if it is no Word document."""
    if len(document) < 12:
        return None
    mark, flags = struct.unpack_from("<H", document, 0)[0], struct.unpack_from("<H", document, 0x0A)[0]
    return bool(flags & _ENCRYPTED_FLAG) if mark in _WORD_MARKS else None


def _chain(data: bytes, first: int, shift: int, most: int = _MOST_SECTORS_OF_DIRECTORY) -> Iterator[int]:
    """The sectors of a chain, by the allocation table; a table that runs in circles or out of the file ends it."""
    table = struct.unpack_from("<109I", data, 0x4C)
    per_sector = (1 << shift) // 4
    seen: set[int] = set()
    sector = first
    while sector < _LAST_SECTOR and sector not in seen and len(seen) < most:
        seen.add(sector)
        yield sector
        place = sector // per_sector
        if place >= len(table) or table[place] >= _LAST_SECTOR:
            return
        offset = ((table[place] + 1) << shift) + 4 * (sector % per_sector)
        if offset + 4 > len(data):
            return
        sector = struct.unpack_from("<I", data, offset)[0]


def _entries(data: bytes, start: int, size: int, shift: int) -> Iterator[Stream]:
    for offset in range(start, min(start + size, len(data) - _ENTRY_SIZE + 1), _ENTRY_SIZE):
        length, kind = struct.unpack_from("<HB", data, offset + 0x40)
        if kind != _STREAM or not 2 <= length <= 64:
            continue
        name = data[offset : offset + length - 2].decode("utf-16-le", "replace")
        sector, size = struct.unpack_from("<II", data, offset + 0x74)
        begin = (sector + 1) << shift
        yield Stream(name, size, sector, data[begin : begin + 64])
