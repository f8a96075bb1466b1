"""A clause: the smallest provision that is judged, with everything above it that gives it its meaning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from covenant_review.extraction.document import Box, ReadingWarning, ReadStatus

ClauseKind = Literal["title", "heading", "clause", "point", "bullet", "paragraph", "table_row", "header", "signature"]
JUDGED_KINDS: frozenset[str] = frozenset({"clause", "point", "bullet", "paragraph", "table_row"})


@dataclass(frozen=True, slots=True)
class Clause:
    """One block of the covenant in reading order.

    `text` is the document's own wording in NFC without `number`; all offsets of findings point into it (or into `lead_in`,
    where the trail says so). `lead_in` is the sentence that this clause continues ("Nghiêm cấm các hành vi sau:"), "" if
    none. `headings` are the headings above it, outermost first, each as number + text. `header_row` holds the cells of the
    header row for a table row. `parent` is the id of the clause or heading that it hangs under.
    """

    id: str
    kind: ClauseKind
    label: str
    number: str
    text: str
    lead_in: str = ""
    headings: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()
    header_row: tuple[str, ...] = ()
    table: int | None = None
    parent: str | None = None
    is_lead_in: bool = False
    page: int | None = None
    boxes: tuple[Box, ...] = ()

    @property
    def is_judged(self) -> bool:
        """Whether a reviewer must decide on it. Headings, titles, headers and signatures are shown, not judged."""
        return self.kind in JUDGED_KINDS


@dataclass(frozen=True, slots=True)
class CovenantText:
    """A covenant, split: every block in reading order, so that number + text, line by line, gives the document back."""

    title: str
    clauses: tuple[Clause, ...]
    pages: int | None = None
    status: ReadStatus = "read"
    warnings: tuple[ReadingWarning, ...] = ()
