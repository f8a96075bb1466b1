"""A document's blocks as lines to be sorted: one provision each, its mark split off."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from covenant_review.clauses.inline import inline_starts
from covenant_review.clauses.marks import Mark, split_mark, starts_with_mark
from covenant_review.extraction.document import Block, Document

_LETTER = re.compile(r"[^\W\d_]")
_FLOW_KINDS = frozenset({"paragraph", "table_row", "footnote"})


@dataclass(slots=True)
class Line:
    """One line of the covenant: `mark` and `text` once the number is split off, `whole` as the block has it."""

    block: Block
    whole: str
    mark: Mark | None
    text: str

    @property
    def is_row(self) -> bool:
        """Whether the line is a row of a table."""
        return self.block.kind == "table_row"

    @property
    def is_note(self) -> bool:
        """Whether the line is a footnote."""
        return self.block.kind == "footnote"

    @property
    def number(self) -> str:
        """The number as printed, "" without a mark."""
        return "" if self.mark is None else self.mark.number

    def take_mark_back(self) -> None:
        """Undo the split: what looked like a number belongs to the sentence."""
        self.mark, self.text = None, self.whole


def lines_of(document: Document) -> list[Line]:
    """The lines of the body in reading order, footnotes last; page headers and footers are left out.

    A paragraph with line breaks of the author's own is one line, unless a number or sign begins after a break (several
    khoản in one paragraph) or it is centred or in capitals (a heading over two lines). Several khoản that run on in one
    paragraph are lines of their own where their numbers prove it.
    """
    flow = [block for block in document.blocks if block.kind in _FLOW_KINDS]
    ordered = [block for block in flow if block.kind != "footnote"] + [b for b in flow if b.kind == "footnote"]
    return [line for block in ordered for line in _lines_of_block(block)]


def _lines_of_block(block: Block) -> Iterator[Line]:
    if block.kind == "table_row":
        yield Line(block, block.text, None, block.text)
        return
    for index, text in enumerate(_parts(block)):
        number = block.number if index == 0 else ""
        if block.kind == "footnote":
            yield Line(block, text, Mark("decimal", number, number, automatic=True) if number else None, text)
            continue
        yield from _provisions(block, text, number)


def _provisions(block: Block, text: str, number: str) -> Iterator[Line]:
    """One line, or several where further numbers inside the paragraph go on with its own ("1. … 2. … 3. …")."""
    starts = [0, *inline_starts(text, split_mark(text, number)[0]), len(text)]
    for start, end in pairwise(starts):
        part = text[start:end].strip()
        mark, words = split_mark(part, number if start == 0 else "")
        yield Line(block, part, mark, words)


def _parts(block: Block) -> list[str]:
    written = [part for part in block.text.split("\n") if part] or [""]
    if len(written) == 1 or block.style.alignment == "center" or is_capitals(block.text):
        return written
    parts = written[:1]
    for part in written[1:]:
        if starts_with_mark(part):
            parts.append(part)
        else:
            parts[-1] = f"{parts[-1]} {part}".strip()
    return parts


def is_capitals(text: str) -> bool:
    """Whether `text` is written in capitals (and holds letters at all)."""
    return bool(_LETTER.search(text)) and text == text.upper()
