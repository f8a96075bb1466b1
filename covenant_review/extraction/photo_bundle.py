"""Several photos handed in as one document: packed into one file in reading order, every photo's bytes untouched.

The file is a ZIP with stored (uncompressed) entries "photo-001.jpg", "photo-002.heic" … in reading order and, last,
"photos.json": {"photos": [{"name": the sender's name, "entry": "photo-001.jpg"}, …]}. The same photos in the same order
under the same names give the same bytes, so that a bundle handed in twice is known by its SHA-256.
"""

from __future__ import annotations

import io
import json
import re
import shutil
import unicodedata
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Literal

from covenant_review.extraction.document import UnreadableFile

PictureFormat = Literal["jpg", "png", "tif", "heic"]
INDEX = "photos.json"
MOST_PHOTOS = 200
_BYTES_LIMIT = 512 * 1024 * 1024
_INDEX_LIMIT = 1024 * 1024
_LONGEST_NAME = 255
_BEGINNING, _PIECE = 512, 1024 * 1024  # bytes: enough to tell the format; what is copied at once
# No clock: the day a bundle is packed must not change its digest.
_NO_DATE = (1980, 1, 1, 0, 0, 0)
_ENTRY = re.compile(r"photo-(\d{3})\.(?:jpg|png|tif|heic)")
_ZIP_ERRORS = (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError, EOFError, KeyError)
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_NUMBERS = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class Photo:
    """One picture of a bundle: the name that the sender gave it (for people, never a path), and its bytes."""

    name: str
    data: bytes


def picture_format(data: bytes) -> PictureFormat | None:
    """The picture format that the first bytes tell ("jpg", "png", "tif", "heic"); None when it is none of these."""
    if data.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data.startswith((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")):
        return "tif"
    if data[4:8] == b"ftyp" and _HEIC_BRANDS & _brands(data):
        return "heic"
    return None


def pack(photos: Sequence[Photo]) -> bytes:
    """The bundle of `photos` in the given order.

    Raises UnreadableFile: empty (no photo at all), too_many_pages (more than MOST_PHOTOS), unknown_kind (one of them is no
    JPEG, PNG, TIFF or HEIC; `detail` is its name).
    """
    target = io.BytesIO()
    pack_into(target, [(photo.name, io.BytesIO(photo.data)) for photo in photos])
    return target.getvalue()


def pack_into(target: BinaryIO, photos: Sequence[tuple[str, BinaryIO]]) -> None:
    """Write the bundle of (name, stream at its beginning) to `target`, piece by piece: photos of a phone are large.

    Raises as `pack` does; then `target` holds nothing that can be used.
    """
    if not photos:
        raise UnreadableFile("empty", "no photo")
    if len(photos) > MOST_PHOTOS:
        raise UnreadableFile("too_many_pages", f"{len(photos)} photos")
    listed = []
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for number, (name, stream) in enumerate(photos, 1):
            beginning = stream.read(_BEGINNING)
            ending = picture_format(beginning)
            if ending is None:
                raise UnreadableFile("unknown_kind", name)
            entry = f"photo-{number:03}.{ending}"
            with archive.open(_header(entry), "w") as inside:
                inside.write(beginning)
                shutil.copyfileobj(stream, inside, _PIECE)
            listed.append({"name": name[:_LONGEST_NAME], "entry": entry})
        index = json.dumps({"photos": listed}, ensure_ascii=False, separators=(",", ":"))
        with archive.open(_header(INDEX), "w") as inside:
            inside.write(index.encode("utf-8", "replace"))


def open_bundle(data: bytes) -> tuple[Photo, ...]:
    """The photos of a bundle in reading order.

    Nothing is unpacked to disk and no entry outside the index is read; an entry that is compressed, doubled, too large or
    no picture is refused. Raises UnreadableFile: damaged, too_large, too_many_pages.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = {info.filename: info for info in archive.infolist()}
            listed = _listed(archive, entries)
            photos = tuple(Photo(name, archive.read(entry)) for name, entry in listed)
    except _ZIP_ERRORS as error:
        raise UnreadableFile("damaged", f"photo bundle: {error}") from error
    for photo in photos:
        if picture_format(photo.data) is None:
            raise UnreadableFile("damaged", f"photo bundle: {photo.name} is no picture")
    return photos


def names_of(data: bytes) -> tuple[str, ...]:
    """The names of a bundle's photos in reading order. Raises as `open_bundle` does, without reading the pictures."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = {info.filename: info for info in archive.infolist()}
            return tuple(name for name, _entry in _listed(archive, entries))
    except _ZIP_ERRORS as error:
        raise UnreadableFile("damaged", f"photo bundle: {error}") from error


def is_bundle(data: bytes) -> bool:
    """Whether a ZIP file says of itself that it is a bundle of photos: it holds "photos.json" and "photo-001.…"."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
    except _ZIP_ERRORS:
        return False
    return INDEX in names and any(_ENTRY.fullmatch(name) for name in names)


def reordered(data: bytes, order: Sequence[int]) -> bytes:
    """The bundle with its photos in another order: `order` holds each position of the present one (from 0) once.

    Raises UnreadableFile as `open_bundle` does, and ValueError when `order` leaves a photo out or names one twice.
    """
    photos = open_bundle(data)
    if sorted(order) != list(range(len(photos))):
        raise ValueError("an order names every photo once")
    return pack([photos[position] for position in order])


def natural_order(names: Iterable[str]) -> list[int]:
    """Positions of `names` in the order of people: "trang 2" before "trang 10", whatever the case; equal ones stay put."""
    keys = [natural_key(name) for name in names]
    return sorted(range(len(keys)), key=keys.__getitem__)


def natural_key(name: str) -> tuple[tuple[int, int, str], ...]:
    """A key that sorts names with their numbers as numbers."""
    folded = unicodedata.normalize("NFC", name).casefold()
    parts = (part for part in _NUMBERS.split(folded) if part)
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts)


def _listed(archive: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo]) -> list[tuple[str, str]]:
    """(name, entry) of each photo as the index lists them, after checking that every entry is what it should be."""
    if entries[INDEX].file_size > _INDEX_LIMIT:
        raise UnreadableFile("too_large", "index of a photo bundle")
    index = json.loads(archive.read(INDEX).decode("utf-8"))
    photos = index.get("photos") if isinstance(index, dict) else None
    if not isinstance(photos, list) or not photos:
        raise ValueError("no list of photos")
    if len(photos) > MOST_PHOTOS:
        raise UnreadableFile("too_many_pages", f"{len(photos)} photos")
    listed = [_name_and_entry(photo) for photo in photos]
    if len({entry for _name, entry in listed}) != len(listed):
        raise ValueError("a photo is listed twice")
    total = 0
    for _name, entry in listed:
        info = entries[entry]
        if info.compress_type != zipfile.ZIP_STORED or info.flag_bits & 0x1:
            raise ValueError(f"{entry} is not stored as it is")
        total += info.file_size
    if total > _BYTES_LIMIT:
        raise UnreadableFile("too_large", f"{total} bytes of photos")
    return listed


def _name_and_entry(photo: object) -> tuple[str, str]:
    name, entry = (photo.get("name"), photo.get("entry")) if isinstance(photo, dict) else (None, None)
    if not isinstance(name, str) or not isinstance(entry, str) or not _ENTRY.fullmatch(entry):
        raise ValueError("a photo without a name or an entry")
    return name[:_LONGEST_NAME], entry


def _header(name: str) -> zipfile.ZipInfo:
    header = zipfile.ZipInfo(name, _NO_DATE)
    header.compress_type = zipfile.ZIP_STORED
    header.create_system, header.external_attr = 3, 0o600 << 16
    return header


def _brands(data: bytes) -> set[bytes]:
    """The brands that an ISO media file names in its first box."""
    size = min(int.from_bytes(data[:4], "big"), 256)
    return {data[8:12], *(data[start : start + 4] for start in range(16, size, 4))}
