"""What LibreOffice drops from the lists of a .doc file: levels that count on where a level above begins anew.

"Điều %2." under "Chương %1" usually runs on through the chapters; without this every chapter would begin with Điều 1.
Source: [MS-DOC] 2.9.131 (LSTF), 2.9.150 (LVLF), 2.9.147 (LVL).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from covenant_review.extraction import ole2

_LEVELS = 9
_LIST_TABLE = 73  # the place of fcPlfLst in the table of (offset, length) pairs
_IN_TABLE_1 = 0x0200
_SIMPLE_LIST = 0x01
_NO_RESTART = 0x08
_LIST_HEADER, _LEVEL_HEADER = 28, 28


@dataclass(frozen=True, slots=True)
class ListRestarts:
    """A list with such levels. `texts`: what each level prints, with "%2" for the number of its second level.

    `restart_after`: for the levels (from 0) that do not simply restart: after which level (from 1) they do; 0 is never.
    """

    texts: tuple[str, ...]
    restart_after: dict[int, int]


def list_restarts(data: bytes) -> tuple[ListRestarts, ...]:
    """The lists of a .doc file whose levels do not restart after each level above. Nothing where they cannot be found."""
    try:
        return tuple(found for found in _lists(data) if found.restart_after)
    except (ole2.NotACompoundFile, struct.error, IndexError):
        return ()


def _lists(data: bytes) -> Iterator[ListRestarts]:
    streams = {stream.name: stream for stream in ole2.streams(data)}
    word = ole2.content(data, streams["WordDocument"]) if "WordDocument" in streams else b""
    name = "1Table" if struct.unpack_from("<H", word, 0x0A)[0] & _IN_TABLE_1 else "0Table"
    table = ole2.content(data, streams[name]) if name in streams else b""
    start, length = _list_table(word)
    count = struct.unpack_from("<H", table, start)[0] if length else 0
    place = start + length
    for index in range(count):
        is_simple = table[start + 2 + index * _LIST_HEADER + 26] & _SIMPLE_LIST
        texts: list[str] = []
        restarts: dict[int, int] = {}
        for level in range(1 if is_simple else _LEVELS):
            flags, characters, paragraphs, limit = table[place + 5], table[place + 24], table[place + 25], table[place + 26]
            if flags & _NO_RESTART:
                restarts[level] = limit
            place += _LEVEL_HEADER + characters + paragraphs
            letters = struct.unpack_from("<H", table, place)[0]
            text = table[place + 2 : place + 2 + 2 * letters].decode("utf-16-le", "replace")
            texts.append("".join(f"%{ord(sign) + 1}" if ord(sign) < _LEVELS else sign for sign in text))
            place += 2 + 2 * letters
        yield ListRestarts(tuple(texts), restarts)


def _list_table(word: bytes) -> tuple[int, int]:
    """(offset, length) of the list table, from the file information block, whose parts say how long they are."""
    place = 32
    place += 2 + 2 * struct.unpack_from("<H", word, place)[0]
    place += 2 + 4 * struct.unpack_from("<H", word, place)[0]
    pairs = struct.unpack_from("<H", word, place)[0]
    if pairs <= _LIST_TABLE:
        return 0, 0
    offset, length = struct.unpack_from("<II", word, place + 2 + 8 * _LIST_TABLE)
    return offset, length
