"""Names of uploaded files: kept for people to recognise, never used as a path."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from covenant_review.submissions.kinds import PICTURE_ENDINGS

LONGEST = 255
NAMELESS = "tệp không tên"
_ENDINGS = {"docx": ".docx", "pdf": ".pdf", "text": ".txt", "doc": ".doc", "rtf": ".rtf", "odt": ".odt", "photos": ".zip"}
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
    if kind == "image":
        return name if name.lower().endswith(PICTURE_ENDINGS) else name + ".jpg"
    ending = _ENDINGS.get(kind, "")
    return name if name.lower().endswith(ending) else name + ending


def bundle_name(names: Sequence[str]) -> str:
    """The name shown for several photos that are one document: "3 ảnh: trang 1.jpg … trang 3.jpg"."""
    between = ", " if len(names) == 2 else " … "
    ends = names[:1] if len(names) == 1 else (names[0], names[-1])
    return _shortened(f"{len(names)} ảnh: {between.join(_shortened(name, 110) for name in ends)}")


def _shortened(name: str, longest: int = LONGEST) -> str:
    if len(name) <= longest:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 10:
        return name[: longest - 1] + "…"
    return stem[: longest - len(ending) - 2] + "…." + ending
