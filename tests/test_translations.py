"""English is complete, compiled, and keeps every placeholder."""

from __future__ import annotations

import re
import runpy
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
PO = ROOT / "covenant_review/translations/en/LC_MESSAGES/messages.po"


def catalogue() -> dict[str, str]:
    with PO.open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id}


def test_every_string_has_its_english() -> None:
    script = runpy.run_path(str(ROOT / "scripts/translations.py"))
    english = catalogue()
    missing = [str(message.id) for message in script["extracted"]() if message.id and not english.get(str(message.id))]
    assert missing == [], "run: make translations"


def test_no_english_is_left_over() -> None:
    script = runpy.run_path(str(ROOT / "scripts/translations.py"))
    assert set(catalogue()) == {str(message.id) for message in script["extracted"]() if message.id}


def test_placeholders_survive_translation() -> None:
    for source, english in catalogue().items():
        assert sorted(re.findall(r"%\(\w+\)\w", source)) == sorted(re.findall(r"%\(\w+\)\w", english)), source


def test_the_compiled_catalogue_is_the_written_one() -> None:
    with PO.open("rb") as file:
        compiled = BytesIO()
        write_mo(compiled, read_po(file))
    assert compiled.getvalue() == PO.with_suffix(".mo").read_bytes(), "run: make translations"
