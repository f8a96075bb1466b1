"""Damage by chance to good and hostile files, the same for the same seed: bytes, pieces, words of XML inside a ZIP, numbers."""

from __future__ import annotations

import io
import random
import re
import zipfile
import zlib
from collections.abc import Callable, Sequence

Mutation = Callable[[bytes, random.Random], bytes]
_NUMBERS = (0, 1, -1, 2, 7, 255, 256, 65535, 65536, 2**31 - 1, 2**31, 2**32 - 1, 2**32, -(2**31), 10**9, 10**18, 10**40)
_TOKEN = re.compile(rb"<[^<>]{1,400}>")
_NUMBER = re.compile(rb"-?\d+(?:\.\d+)?")
_VALUE = re.compile(rb'"([^"<>]{0,200})"')
_STREAM = re.compile(rb"/FlateDecode[^>]*>>\s*stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_OBJECT = re.compile(rb"\d+ 0 obj\b.*?endobj", re.DOTALL)
_REFERENCE = re.compile(rb"\d+ 0 R")
_NAME = re.compile(rb"/[A-Za-z][A-Za-z0-9]{1,20}")
_LARGEST = 20_000_000
_ODD = (b"\0", b"\xff\xff", b"&a;", b"<!--", b"]]>", b"%s%n", b"\xed\xa0\x80", b"(" * 50, b"[" * 500, b"<<" * 500, b"NaN", b"9" * 50)


def flip_bits(data: bytes, chance: random.Random) -> bytes:
    """A few bits turned over."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 3, 10, 60))):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def other_bytes(data: bytes, chance: random.Random) -> bytes:
    """A few bytes replaced, often by the edges of their range."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 5, 30))):
        changed[chance.randrange(len(changed))] = chance.choice((0, 255, 127, 128, chance.randrange(256)))
    return bytes(changed)


def _piece(data: bytes, chance: random.Random) -> tuple[int, int]:
    start = chance.randrange(len(data))
    return start, min(len(data), start + int(chance.paretovariate(0.6) * 4))


def delete_piece(data: bytes, chance: random.Random) -> bytes:
    """A piece left out."""
    start, end = _piece(data, chance)
    return data[:start] + data[end:]


def double_piece(data: bytes, chance: random.Random) -> bytes:
    """A piece repeated, sometimes hundreds of times."""
    start, end = _piece(data, chance)
    times = chance.choice((1, 2, 20, 300)) if end - start < 20_000 else 1
    return data[:end] + data[start:end] * times + data[end:]


def move_piece(data: bytes, chance: random.Random) -> bytes:
    """A piece at another place."""
    start, end = _piece(data, chance)
    rest = data[:start] + data[end:]
    place = chance.randrange(len(rest) + 1)
    return rest[:place] + data[start:end] + rest[place:]


def cut_off(data: bytes, chance: random.Random) -> bytes:
    """The end missing."""
    return data[: chance.randrange(1, len(data) + 1)]


def insert_odd(data: bytes, chance: random.Random) -> bytes:
    """Something that does not belong there."""
    place = chance.randrange(len(data) + 1)
    return data[:place] + chance.choice(_ODD) + data[place:]


def change_numbers(data: bytes, chance: random.Random) -> bytes:
    """Numbers made too large, too small, negative, or swapped with other ones."""
    found = list(_NUMBER.finditer(data))
    if not found:
        return data
    for match in sorted(chance.sample(found, min(len(found), chance.choice((1, 2, 8)))), key=lambda one: -one.start()):
        other = chance.choice((str(chance.choice(_NUMBERS)).encode(), chance.choice(found).group()))
        data = data[: match.start()] + other + data[match.end() :]
    return data


def swap(pattern: re.Pattern[bytes]) -> Mutation:
    """A mutation that exchanges, doubles or leaves out things that a pattern finds."""

    def mutation(data: bytes, chance: random.Random) -> bytes:
        found = list(pattern.finditer(data))
        if len(found) < 2:
            return flip_bits(data, chance)
        for _ in range(chance.choice((1, 2, 6))):
            one, other = chance.choice(found), chance.choice(found)
            replacement = chance.choice((other.group(), other.group() + one.group(), b"", other.group() * 50))
            data = data[: one.start()] + replacement + data[one.end() :]
        return data

    return mutation


_ANYWHERE: tuple[Mutation, ...] = (flip_bits, other_bytes, delete_piece, double_piece, move_piece, cut_off, insert_odd, change_numbers)
_IN_XML: tuple[Mutation, ...] = (*_ANYWHERE, *(swap(pattern) for pattern in (_TOKEN, _TOKEN, _TOKEN, _VALUE, _NUMBER)))
_IN_PDF: tuple[Mutation, ...] = (*_ANYWHERE, *(swap(pattern) for pattern in (_OBJECT, _REFERENCE, _NAME, _NUMBER)))


def mutated(data: bytes, chance: random.Random) -> tuple[bytes, str]:
    """`data` with one to four mutations, and what they were called."""
    done: list[str] = []
    for _ in range(chance.choice((1, 1, 2, 4))):
        way = (
            _inside_zip
            if data.startswith(b"PK") and chance.random() < 0.75
            else _inside_stream
            if data[:5] == b"%PDF-" and chance.random() < 0.4
            else None
        )
        if way is None:
            mutation = chance.choice(_IN_PDF if data[:5] == b"%PDF-" else _ANYWHERE)
            data = mutation(data or b"\0", chance)
            done.append(mutation.__name__)
        else:
            data, name = way(data, chance)
            done.append(name)
        data = data[:_LARGEST]
    return data, "+".join(done)


def _inside_zip(data: bytes, chance: random.Random) -> tuple[bytes, str]:
    """One part of the archive damaged, and packed again so that it is read."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as source:
            parts = [(entry.filename, source.read(entry)) for entry in source.infolist()]
    except Exception:
        return flip_bits(data, chance), "flip_bits"
    texts = [name for name, content in parts if content and name.endswith((".xml", ".rels"))]
    if not texts:
        return flip_bits(data, chance), "flip_bits"
    main = [name for name in texts if name.startswith("word/")] or texts
    chosen = chance.choice(main if chance.random() < 0.85 else texts)
    mutation = chance.choice(_IN_XML)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _part_order(parts, chance):
            archive.writestr(name, mutation(content, chance)[:_LARGEST] if name == chosen else content)
    return target.getvalue(), f"{chosen.rsplit('/', 1)[-1]}:{mutation.__name__}"


def _part_order(parts: Sequence[tuple[str, bytes]], chance: random.Random) -> list[tuple[str, bytes]]:
    """The parts, sometimes with two contents exchanged or one part missing."""
    chosen = list(parts)
    dice = chance.random()
    if dice < 0.05 and len(chosen) > 1:
        one, other = chance.sample(range(len(chosen)), 2)
        (name, content), (second, others) = chosen[one], chosen[other]
        chosen[one], chosen[other] = (name, others), (second, content)
    elif dice < 0.1:
        del chosen[chance.randrange(len(chosen))]
    return chosen


def _inside_stream(data: bytes, chance: random.Random) -> tuple[bytes, str]:
    """One packed stream of a PDF damaged inside, and packed again."""
    found = list(_STREAM.finditer(data))
    if not found:
        return change_numbers(data, chance), "change_numbers"
    chosen = chance.choice(found)
    try:
        content = zlib.decompress(chosen.group(1))
    except zlib.error:
        return flip_bits(data, chance), "flip_bits"
    mutation = chance.choice(_IN_PDF)
    packed = zlib.compress(mutation(content or b"\0", chance)[:_LARGEST])
    # The length before it is wrong now: readers look for "endstream" then, and so is every offset behind it.
    return data[: chosen.start(1)] + packed + data[chosen.end(1) :], f"stream:{mutation.__name__}"
