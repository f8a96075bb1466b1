"""Names that people see, and originals that are there whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import time
from pathlib import Path

import pytest

from covenant_review.submissions.file_names import LONGEST, NAMELESS, download_name, shown_name
from covenant_review.submissions.marked_text import Piece, pieces
from covenant_review.submissions.storage import OriginalStore, TooLarge


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("Hương ước thôn Lim 🌾.docx", "Hương ước thôn Lim 🌾.docx"),
        ("Hu\u031bo\u031bng u\u031bo\u031b\u0301c.pdf", "Hương ước.pdf"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\C:\\thu mục\\a.docx", "a.docx"),
        ("/", NAMELESS),
        ("..", NAMELESS),
        ("", NAMELESS),
        (None, NAMELESS),
        ("a\x00b\r\nc\t.docx", "abc.docx"),
        ("fdp.\u202excod.exe", "fdp.xcod.exe"),
        ("  quy   ước .docx ", "quy ước .docx"),
        ("gia đình 👩\u200d👧.docx", "gia đình 👩\u200d👧.docx"),
    ],
)
def test_names_are_cleaned_for_people(given: str | None, shown: str) -> None:
    assert shown_name(given) == shown


def test_long_names_keep_their_ending() -> None:
    name = shown_name("ư" * 400 + ".docx")
    assert len(name) == LONGEST
    assert name.endswith("….docx")
    assert len(shown_name("a" * 400)) == LONGEST


def test_a_download_is_named_after_its_bytes() -> None:
    assert download_name("quy ước.DOCX", "docx") == "quy ước.DOCX"
    assert download_name("ảnh.exe", "docx") == "ảnh.exe.docx"


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name != ".lock")


def test_an_original_lands_under_its_digest(tmp_path: Path) -> None:
    store, data = OriginalStore(tmp_path), "quy ước".encode() * 1000
    with store.arriving(io.BytesIO(data), 10**6) as arrived, store.kept(arrived):
        pass
    digest = hashlib.sha256(data).hexdigest()
    assert (arrived.sha256, arrived.size) == (digest, len(data))
    assert files(tmp_path) == [tmp_path / digest[:2] / digest[2:4] / digest]
    assert store.path(digest).read_bytes() == data


def test_too_many_bytes_leave_nothing_and_are_not_read_to_the_end(tmp_path: Path) -> None:
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1) -> bytes:
            self.given += size
            return bytes(size)

    stream = Endless()
    with pytest.raises(TooLarge), OriginalStore(tmp_path).arriving(stream, 3 * 2**20):
        raise AssertionError("never came in whole")
    assert stream.given <= 5 * 2**20
    assert files(tmp_path) == []


def test_a_full_disk_leaves_nothing(tmp_path: Path) -> None:
    class Breaking(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError), OriginalStore(tmp_path).arriving(Breaking(), 100):
        pass
    assert files(tmp_path) == []


def test_a_new_file_without_its_row_is_taken_away_and_an_old_one_stays(tmp_path: Path) -> None:
    store = OriginalStore(tmp_path)

    def keep(fails: bool) -> None:
        with store.arriving(io.BytesIO(b"abc"), 100) as arrived, store.kept(arrived):
            if fails:
                raise RuntimeError

    with pytest.raises(RuntimeError):
        keep(fails=True)
    assert files(tmp_path) == []
    keep(fails=False)
    with pytest.raises(RuntimeError):
        keep(fails=True)
    assert [path.read_bytes() for path in files(tmp_path)] == [b"abc"]


def test_a_damaged_original_is_made_whole_by_the_same_file(tmp_path: Path) -> None:
    store = OriginalStore(tmp_path)
    with store.arriving(io.BytesIO(b"abcdef"), 100) as arrived, store.kept(arrived):
        pass
    store.path(arrived.sha256).write_bytes(b"abc")
    with store.arriving(io.BytesIO(b"abcdef"), 100) as arrived, store.kept(arrived):
        pass
    assert store.path(arrived.sha256).read_bytes() == b"abcdef"


def test_what_a_killed_process_left_is_swept_after_a_day(tmp_path: Path) -> None:
    store = OriginalStore(tmp_path)
    (tmp_path / "arriving").mkdir()
    old, young = tmp_path / "arriving" / "old", tmp_path / "arriving" / "young"
    old.write_bytes(b"1")
    young.write_bytes(b"1")
    os.utime(old, (time.time() - 90_000,) * 2)
    assert store.sweep() == 1
    assert files(tmp_path) == [young]


def test_only_digests_name_originals(tmp_path: Path) -> None:
    for bad in ("../" * 21 + "a", "a" * 63, "/" * 64):
        with pytest.raises(ValueError):
            OriginalStore(tmp_path).path(bad)


def test_words_are_cut_where_findings_point_and_nothing_is_lost() -> None:
    text = "Con gái không được chia đất."
    cut = pieces(text, [(0, 7, "consider"), (4, 18, "violation"), (20, 99, "positive"), (5, 5, "consider")])
    assert "".join(piece.text for piece in cut) == text
    assert cut[:3] == [Piece("Con ", "consider"), Piece("gái", "violation"), Piece(" không được", "violation")]
    assert pieces("", []) == []
