"""Pages of lines and tables → blocks of the whole document in reading order.

Where the lines come from does not matter here: a PDF's text layer and recognised pictures go the same way.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from covenant_review.extraction.document import Block, BlockKind, BlockStyle, ReadingWarning
from covenant_review.extraction.pdf_columns import Column, Part, join_split_columns, read_columns
from covenant_review.extraction.pdf_furniture import Edge, PageLines, find_footnotes, find_furniture, find_ghosts, settle_raised_digits
from covenant_review.extraction.pdf_graphics import Ruling
from covenant_review.extraction.pdf_labels import LabelSequence
from covenant_review.extraction.pdf_lines import Line
from covenant_review.extraction.pdf_paragraphs import Rhythm, group_paragraphs, learn_rhythm, to_block
from covenant_review.extraction.pdf_tables import RuledTable, TableRow, append_rows, drop_lone_rows, starts_with_header
from covenant_review.text.legacy_text import LegacyTally


@dataclass(slots=True)
class Page:
    """What stands on one page: its size and places are in points from its top-left corner, `number` counts from 1."""

    number: int
    width: float
    height: float
    lines: list[Line] = field(default_factory=list)
    tables: list[RuledTable] = field(default_factory=list)
    watermarks: list[Line] = field(default_factory=list)
    rulings: list[Ruling] = field(default_factory=list)
    warnings: list[ReadingWarning] = field(default_factory=list)
    letters: int = 0
    legacy: LegacyTally = field(default_factory=LegacyTally)


def assemble(pages: Sequence[Page]) -> list[Block]:
    """Blocks of the whole document in reading order."""
    for index, page in enumerate(pages):
        before = pages[index - 1].tables if index else []
        after = pages[index + 1].tables if index + 1 < len(pages) else []
        page.lines.extend(drop_lone_rows(page.tables, before, after))
    furniture = find_furniture([PageLines(page.number, page.width, page.height, page.lines) for page in pages])
    notes = _footnotes(pages, furniture)
    for page in pages:
        settle_raised_digits(page.lines, notes)
    apart = notes | set(furniture)
    flow_lines = {page.number: [line for line in page.lines if id(line) not in apart] for page in pages}
    _drop_ghosts(pages, flow_lines)
    margins = _Margins(pages, flow_lines)
    parts: list[Part | RuledTable] = []
    for page in pages:
        parts.extend(_page_parts(page, flow_lines[page.number], margins))
    parts = join_split_columns(parts)
    rhythm = learn_rhythm(part for part in parts if isinstance(part, Column))
    body = _blocks(parts, rhythm)
    return list(_with_furniture(pages, body, furniture, notes))


def _footnotes(pages: Sequence[Page], furniture: dict[int, Edge]) -> set[int]:
    sizes = Counter[float]()
    for page in pages:
        for line in page.lines:
            sizes[round(line.size, 1)] += len(line.text)
    if not sizes:
        return set()
    body_size = sizes.most_common(1)[0][0]
    notes: set[int] = set()
    for page in pages:
        lines = [line for line in page.lines if id(line) not in furniture]
        notes.update(find_footnotes(lines, page.rulings, page.width, page.height, body_size))
    return notes


def _drop_ghosts(pages: Sequence[Page], flow_lines: dict[int, list[Line]]) -> None:
    for page, following in pairwise(pages):
        here, there = (PageLines(item.number, item.width, item.height, flow_lines[item.number]) for item in (page, following))
        ghosts = find_ghosts(here, there)
        if ghosts:
            flow_lines[page.number] = [line for line in flow_lines[page.number] if id(line) not in ghosts]


class _Margins:
    """How far text reaches to the left and right: on pages of one width, odd and even ones apart (they may mirror)."""

    def __init__(self, pages: Sequence[Page], flow_lines: dict[int, list[Line]]) -> None:
        groups: dict[tuple[int, int], list[Line]] = defaultdict(list)
        for page in pages:
            for parity in (page.number % 2, 2):
                groups[(round(page.width), parity)].extend(flow_lines[page.number])
        self._known = {key: _text_edges(lines) for key, lines in groups.items()}

    def of(self, page: Page) -> tuple[float, float]:
        """(left, right) in points."""
        own = self._known.get((round(page.width), page.number % 2))
        all_pages = self._known.get((round(page.width), 2))
        if own is not None and all_pages is not None and abs(own[0] - all_pages[0]) < 6:
            return all_pages  # no mirrored margins: more lines tell more
        return own or all_pages or (0.0, page.width)


def _text_edges(lines: Sequence[Line]) -> tuple[float, float] | None:
    if not lines:
        return None
    lefts = sorted(line.x0 for line in lines)
    rights = sorted((line.x1 for line in lines), reverse=True)
    needed = 3 if len(lines) > 30 else 2 if len(lines) > 6 else 1
    left = next((x for index, x in enumerate(lefts[:-1]) if lefts[min(index + needed, len(lefts)) - 1] - x < 2), lefts[0])
    right = next((x for index, x in enumerate(rights[:-1]) if x - rights[min(index + needed, len(rights)) - 1] < 8), rights[0])
    return left, right


def _page_parts(page: Page, lines: Sequence[Line], margins: _Margins) -> list[Part | RuledTable]:
    """Columns and tables of one page in reading order: a ruled table stands between the lines above and below it."""
    left, right = margins.of(page)
    parts: list[Part | RuledTable] = []
    rest = list(lines)
    for table in sorted(page.tables, key=lambda table: table.base):
        above = [line for line in rest if line.base < table.base]
        rest = [line for line in rest if line.base >= table.base]
        parts.extend(read_columns(above, left, right))
        parts.append(table)
    parts.extend(read_columns(rest, left, right))
    return parts


def _blocks(parts: Sequence[Part | RuledTable], rhythm: Rhythm) -> list[Block]:
    blocks: list[Block] = []
    columns: list[Column] = []
    sequence = LabelSequence()
    tables = 0
    index = 0
    while index < len(parts):
        part = parts[index]
        index += 1
        if isinstance(part, Column):
            columns.append(part)
            continue
        blocks.extend(to_block(paragraph) for paragraph in group_paragraphs(columns, rhythm, sequence))
        columns = []
        rows = list(part.rows)
        if isinstance(part, RuledTable):
            last = part
            while index < len(parts):
                following = parts[index]
                if not (isinstance(following, RuledTable) and following.page == last.page + 1 and following.continues(last)):
                    break
                append_rows(rows, following.rows)
                last = following
                index += 1
        blocks.extend(_table_blocks(rows, tables))
        tables += 1
    blocks.extend(to_block(paragraph) for paragraph in group_paragraphs(columns, rhythm, sequence))
    return blocks


def _table_blocks(rows: Sequence[TableRow], table: int) -> Iterator[Block]:
    header = starts_with_header(rows)
    for number, row in enumerate(rows):
        yield Block(
            kind="table_row",
            text=" | ".join(row.cells).strip(),
            cells=tuple(row.cells),
            table=table,
            row=number,
            header_row=header and number == 0,
            spans=row.spans,
            merged=row.merged,
            page=row.boxes[0].page,
            boxes=tuple(row.boxes),
            style=BlockStyle(bold=row.bold),
        )


def _with_furniture(pages: Sequence[Page], body: Sequence[Block], furniture: dict[int, Edge], notes: set[int]) -> Iterator[Block]:
    """The body in its order; each page's headers before its first block, footnotes and footers after its last."""
    waiting = list(pages)
    current: Page | None = None
    for block in (*body, None):
        while waiting and (block is None or (block.page or 0) >= waiting[0].number):
            if current is not None:
                yield from _foot(current, furniture, notes)
            current = waiting.pop(0)
            yield from _head(current, furniture)
        if block is not None:
            yield block
    if current is not None:
        yield from _foot(current, furniture, notes)


def _head(page: Page, furniture: dict[int, Edge]) -> Iterator[Block]:
    yield from (_single(line, "page_header") for line in page.lines if furniture.get(id(line)) == "top")
    yield from (_single(line, "page_header") for line in page.watermarks)


def _foot(page: Page, furniture: dict[int, Edge], notes: set[int]) -> Iterator[Block]:
    yield from (_single(line, "footnote") for line in page.lines if id(line) in notes)
    yield from (_single(line, "page_footer") for line in page.lines if furniture.get(id(line)) == "bottom")


def _single(line: Line, kind: BlockKind) -> Block:
    style = BlockStyle(bold=line.bold, italic=line.italic, font_size=round(line.size, 1))
    return Block(kind, line.text, page=line.page, boxes=(line.box(),), style=style)
