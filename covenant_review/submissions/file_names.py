"""Names of uploaded files: kept for people to recognise, never used as a path."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 255
NAMELESS = "tệp không tên"
# Joins emoji into one; every other invisible mark could make a name look like another.
_JOINER = "\N{ZERO WIDTH JOINER}"
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def shown_name(given: str | None) -> str:
    """The name to keep and show: without any folder, control or invisible characters, in NFC, at most 255 characters.

    Vietnamese letters and emoji stay. A name that is nothing but dots or folders becomes "tệp không tên".
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", given or ""))[-1]
    visible = "".join(mark for mark in last if mark == _JOINER or unicodedata.category(mark) not in _UNSEEN)
    name = " ".join(visible.split()).strip()
    if not name.strip(". " + _JOINER):
        return NAMELESS
    return _shortened(name)


def download_name(name: str, kind: str) -> str:
    """The name for saving the original: its ending says what the bytes are, whatever the given name said."""
    ending = {"docx": ".docx", "pdf": ".pdf", "text": ".txt", "doc": ".doc", "rtf": ".rtf", "odt": ".odt"}.get(kind, "")
    return name if name.lower().endswith(ending) else name + ending


def _shortened(name: str) -> str:
    if len(name) <= LONGEST:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 10:
        return name[: LONGEST - 1] + "…"
    return stem[: LONGEST - len(ending) - 2] + "…." + ending
