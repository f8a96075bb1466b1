"""A representative part of the hostile files on the real way: no crash of the worker, no leak, an outcome that has words.

All of them, and the fuzzer: `make bench-hostile`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from covenant_review.extraction import office
from covenant_review.submissions.kinds import recognition_is_available
from tests.hostile_files import OFFICE, PICTURES, Hostile, hostile_files, hostile_names
from tests.hostile_way import HostileWay, hostile_way
from tests.submissions_data import docx_bytes

SECONDS = 20


@pytest.fixture(scope="module")
def way() -> Iterator[HostileWay]:
    with hostile_way(SECONDS) as opened:
        yield opened


def marked(file: Hostile) -> object:
    marks = [pytest.mark.xdist_group("hostile")]
    if file.needs == OFFICE:
        marks.append(pytest.mark.office)
        marks.append(pytest.mark.skipif(not office.is_available(), reason="LibreOffice is not installed"))
    if file.needs == PICTURES:
        marks.append(pytest.mark.skipif(not recognition_is_available(), reason="letters in pictures cannot be recognised here"))
    return pytest.param(file, id=file.name, marks=marks)


@pytest.mark.parametrize("file", [marked(file) for file in hostile_files() if file.quick])
def test_a_hostile_file_hurts_nobody(way: HostileWay, file: Hostile) -> None:
    outcome = way.judge(file.make(way.trap), file.name + file.ending)
    assert not outcome.wrong
    assert outcome.result in file.allowed


@pytest.mark.xdist_group("hostile")
def test_names_lead_nowhere(way: HostileWay) -> None:
    for number, name in enumerate(hostile_names()):
        data = docx_bytes(f"Điều {number + 1}. Họp thôn.")
        if number % 10 == 0:
            outcome = way.judge(data, name)
            assert not outcome.wrong, name
            assert outcome.result == "read", name
        else:
            receipt = way.hand_in(data, name)
            assert receipt.outcome == "accepted", name
            assert 0 < len(receipt.file_name) <= 255 and not {"/", "\\", "\0", "\n"} & set(receipt.file_name), name
            way.forget_jobs()
    assert not list(way.left_behind())
    stored = [path for path in (way.root / "uploads").rglob("*") if path.is_file() and path.name != ".lock"]
    assert all(len(path.name) == 64 or "pages" in path.parts for path in stored), stored


@pytest.mark.xdist_group("hostile")
def test_the_worker_still_works(way: HostileWay) -> None:
    assert way.judge(docx_bytes("Điều 1. Sau tất cả, thôn vẫn họp."), "tot.docx").result == "read"


def test_there_are_enough_of_them_with_names_of_their_own() -> None:
    names = [file.name for file in hostile_files()]
    assert len(names) == len(set(names))
    assert len(names) >= 60
