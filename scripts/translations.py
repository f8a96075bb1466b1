"""Extract the Vietnamese source strings, bring the English catalogue up to date, compile it. Prints what lacks English.

python scripts/translations.py [MORE.json …]    each JSON: {"Vietnamese": "English"}
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
PO = ROOT / "covenant_review/translations/en/LC_MESSAGES/messages.po"
KEYWORDS = {"_": None, "_l": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2), "lazy_ngettext": (1, 2)}


def extracted() -> Catalog:
    """All strings of the package and the templates, in order of place."""
    catalog = Catalog(locale="en", project="covenant-review", charset="utf-8", fuzzy=False)
    for folder, method in ((ROOT / "covenant_review", [("**.py", "python")]), (ROOT / "templates", [("**.html", "jinja2")])):
        options = {"**.html": {"trimmed": "true", "silent": "false"}}
        for name, _line, message, _comments, context in extract_from_dir(folder, method, options, keywords=KEYWORDS):
            catalog.add(message, None, [(f"{folder.name}/{name}", 0)], context=context)
    return catalog


def known() -> dict[str, str]:
    """English that is there already, and what the given files add."""
    english: dict[str, str] = {}
    if PO.exists():
        with PO.open("rb") as file:
            english |= {str(message.id): str(message.string) for message in read_po(file) if message.id and message.string}
    for name in sys.argv[1:]:
        english |= json.loads(Path(name).read_text(encoding="utf-8"))
    return english


def main() -> None:
    """Write messages.po and messages.mo; exit 1 when English is missing."""
    english, catalog = known(), extracted()
    missing = []
    for message in catalog:
        if not message.id:
            continue
        message.string = english.get(str(message.id), "")
        message.locations = sorted({(name, None) for name, _line in message.locations})
        if not message.string:
            missing.append(str(message.id))
    PO.parent.mkdir(parents=True, exist_ok=True)
    catalog.header_comment = "# English for the Vietnamese source strings."
    with PO.open("wb") as file:
        write_po(file, catalog, width=120, sort_output=True, omit_header=False, include_lineno=False, ignore_obsolete=True)
    with PO.with_suffix(".mo").open("wb") as file:
        write_mo(file, catalog)
    for text in missing:
        print(f"no English: {text!r}", file=sys.stderr)
    sys.exit(1 if missing else 0)


if __name__ == "__main__":
    main()
