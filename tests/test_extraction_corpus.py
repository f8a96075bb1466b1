"""The corpus of files from many producers (tests/data/extraction): characters, labels and words against each file's truth.

The floors stand a little under what `make bench-extraction` measures; scans and photos are left to that bench.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.extraction_measures import CorpusFile, Reading, Score, Truth, corpus_files, plain, read_by_us, score, truth_of

OFFICE = (".doc", ".rtf", ".odt")
# LibreOffice takes seconds a file: one of each kind here, all of them in the bench.
CONVERTED = ("libreoffice-clan-dinhvan.doc", "libreoffice-separate-kenh-abcde.rtf", "libreoffice-dongtu.odt", "libreoffice-tcvn3-kenh.doc")
FILES = [
    file
    for file in corpus_files()
    if file.kind not in ("scan", "photo") and (file.path.suffix not in OFFICE or file.path.name in CONVERTED)
]
# (largest character error rate, smallest share of provisions exact)
FLOORS = {"pdf": (0.0005, 0.98)}
USUAL_FLOOR = (0.0005, 0.99)


def parameters() -> list[object]:
    return [pytest.param(file, id=Path(file.file).name, marks=[pytest.mark.office] if file.path.suffix in OFFICE else []) for file in FILES]


def measured(file: CorpusFile) -> Score:
    return score(truth_of(file), read_by_us(file.path))


@pytest.mark.parametrize("file", parameters())
def test_file_of_some_producer(file: CorpusFile) -> None:
    most, least = FLOORS.get(file.kind, USUAL_FLOOR)
    found = measured(file)
    assert found.error_rate <= most
    assert found.exact >= least


@pytest.mark.parametrize("kind", ["tcvn3", "vni", "mixed"])
def test_files_in_old_letters_say_so_and_are_not_doubted(kind: str) -> None:
    files = [file for file in FILES if file.kind == kind and file.path.suffix not in OFFICE]
    assert files
    assert {file.file: set(read_by_us(file.path).warnings) for file in files} == {file.file: {"converted_font"} for file in files}


def test_corpus_has_many_producers_and_every_file_has_its_truth() -> None:
    files = corpus_files()
    assert len({(file.producer, file.path.suffix) for file in files}) >= 40
    for name in ("LibreOffice", "pandoc", "Chromium", "WeasyPrint", "ReportLab", "python-docx", "template", "ImageMagick"):
        assert any(name in file.producer for file in files), name
    assert [file.file for file in files if not file.path.is_file()] == []
    assert all(truth_of(file).text for file in files)


def test_the_measure_notices_what_is_lost_added_and_mislabelled() -> None:
    truth = Truth("Điều 1. Họp\n1. Ai cũng được dự.", (("Điều 1, khoản 1", "Ai cũng được dự."),))
    whole = Reading("Điều 1. Họp\n1. Ai cũng  được dự.", (("Điều 1, khoản 1", "Ai cũng được dự."),))
    assert score(truth, whole) == Score(0, len(plain(truth.text)), 1, 1, 0)
    assert score(truth, Reading("Điều 1. Họp\n1. Ai cũng dự.", (("Điều 1, khoản 1", "Ai cũng dự."),))) == Score(5, 31, 0, 1, 1)
    assert score(truth, Reading(whole.text, (("Khoản 1", "Ai cũng được dự."),))).exact == 0
    assert score(truth, Reading(unreadable="no_text")).error_rate == 1
