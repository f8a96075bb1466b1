"""Word's older files, RTF and ODT: converted by a real LibreOffice, read by the DOCX walker."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import pytest

from covenant_review.clauses.splitting import split
from covenant_review.extraction import office
from covenant_review.extraction.document import UnreadableFile
from covenant_review.extraction.reading import read, read_path
from tests.test_clauses_samples import chapter_names, expected_provisions

SAMPLES = Path(__file__).parent / "data" / "samples"


def as_kind(kind: str, source: Path, folder: Path) -> bytes:
    """`source` in another format, written by LibreOffice: a file that we did not make ourselves."""
    command = ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to", kind]
    subprocess.run([*command, "--outdir", str(folder), str(source)], check=True, capture_output=True, timeout=120)
    return (folder / source.with_suffix(f".{kind}").name).read_bytes()


@pytest.mark.office
@pytest.mark.parametrize(
    ("name", "warnings"),
    [("std00.doc", ()), ("tcvn00.doc", ("converted_font",)), ("vni00.doc", ("converted_font",))],
)
def test_every_provision_of_an_old_word_file(name: str, warnings: tuple[str, ...]) -> None:
    document = read_path(SAMPLES / name)
    assert (document.kind, document.status) == ("doc", "read")
    assert tuple(warning.code for warning in document.warnings) == warnings
    found = {(clause.label, clause.number, clause.text) for clause in split(document).clauses}
    assert [provision for provision in expected_provisions("std00.txt") if provision not in found] == []


@pytest.mark.office
def test_automatic_numbers_of_an_old_word_file() -> None:
    """Its list counts the articles anew in each chapter: the program that wrote it kept no other setting."""
    found = [(clause.number, clause.text) for clause in split(read_path(SAMPLES / "hard00.doc")).clauses]
    names = chapter_names("std00.txt")
    article = 0
    for label, number, text in expected_provisions("std00.txt"):
        if label in names:
            article = 0
        elif label.startswith("Điều") and "," not in label:
            article += 1
            number = f"Điều {article}."
        assert (number, names.get(label, text)) in found


@pytest.mark.office
def test_a_level_that_counts_on_through_the_chapters_does_so_in_an_old_word_file() -> None:
    """The sample with the switch that Word sets for "Điều" ("restart list after": none) put back into its list."""
    data = bytearray((SAMPLES / "hard00.doc").read_bytes())
    level_above = "Chương \x00".encode("utf-16-le")
    header = data.index(level_above) + len(level_above)
    data[header + 5] |= 0x08
    found = {(clause.label, clause.number, clause.text) for clause in split(read(bytes(data))).clauses}
    names = chapter_names("std00.txt")
    expected = [(label, number, names.get(label, text)) for label, number, text in expected_provisions("std00.txt")]
    assert [provision for provision in expected if provision not in found] == []


@pytest.mark.office
@pytest.mark.parametrize("kind", ["rtf", "odt"])
@pytest.mark.parametrize("name", ["std00.docx", "tcvn00.docx"])
def test_rtf_and_odt(kind: str, name: str, tmp_path: Path) -> None:
    document = read(as_kind(kind, SAMPLES / name, tmp_path))
    assert (document.kind, document.status) == (kind, "read")
    found = {(clause.label, clause.number, clause.text) for clause in split(document).clauses}
    assert [provision for provision in expected_provisions("std00.txt") if provision not in found] == []


@pytest.mark.office
def test_what_libreoffice_cannot_open_is_refused_and_nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    whole = (SAMPLES / "std00.doc").read_bytes()
    with pytest.raises(UnreadableFile) as caught:
        read(whole[:3000] + bytes(3000))
    assert caught.value.reason == "damaged"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.office
def test_a_slow_conversion_is_ended_with_all_its_processes(tmp_path: Path) -> None:
    before = running()
    started = time.monotonic()
    with pytest.raises(UnreadableFile) as caught:
        office.to_docx((SAMPLES / "std00.doc").read_bytes(), "doc", seconds=0.3)
    assert caught.value.reason == "too_slow"
    assert time.monotonic() - started < 5
    assert running() <= before


def running() -> set[str]:
    """The ids of LibreOffice's processes that this process started."""
    found = set()
    for process in Path("/proc").iterdir():
        try:
            status = (process / "status").read_text()
        except OSError:
            continue
        if "Name:\tsoffice" in status and f"PPid:\t{os.getpid()}\n" in status:
            found.add(process.name)
    return found


def test_where_libreoffice_is_missing_the_reason_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not office.is_available()
    with pytest.raises(UnreadableFile) as caught:
        read_path(SAMPLES / "std00.doc")
    assert caught.value.reason == "office_missing"
    assert read_path(SAMPLES / "std00.docx").status == "read"
