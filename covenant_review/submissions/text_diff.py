"""Old words beside new ones: which were taken out, which were put in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class DiffPiece:
    """A run of words: in both ("same"), only in the old text ("old"), only in the new one ("new")."""

    kind: Literal["same", "old", "new"]
    text: str


def word_diff(old: str, new: str) -> list[DiffPiece]:
    """The difference word by word. "same" and "old" joined give `old`, "same" and "new" joined give `new`."""
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    pieces: list[DiffPiece] = []
    for _what, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        gone, come = "".join(before[i:j]), "".join(after[k:m])
        if gone == come:
            pieces.append(DiffPiece("same", gone))
            continue
        pieces += [DiffPiece("old", gone)] if gone else []
        pieces += [DiffPiece("new", come)] if come else []
    return pieces
