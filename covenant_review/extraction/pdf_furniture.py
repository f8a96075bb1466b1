"""Page headers, page footers and page numbers: lines that repeat at one place of the pages, or count them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from covenant_review.extraction.pdf_graphics import Ruling
from covenant_review.extraction.pdf_labels import read_label
from covenant_review.extraction.pdf_lines import RAISED_NUMBER, Line, lower_digits

_EDGE = 0.14  # of the page height: furniture stands within this distance of the top or bottom
_SAME_PLACE = 4.0  # points
_DEPTH = 4  # rows looked at from each edge
_PAGE_NUMBER = re.compile(
    r"^(?:trang|page|tr\.?)?\s*[-–—|\[(~]*\s*(\d{1,4})\s*[-–—|\])~]*(?:\s*(?:/|trên|of)\s*(\d{1,4}))?$", re.IGNORECASE
)
_NOTE_MARK = re.compile(r"^(?:[\d\ue0f0-\ue0f9]{1,3}|\*{1,3}|\[\d{1,3}\])\s?[^\W\d_]")

Edge = Literal["top", "bottom"]


@dataclass(frozen=True, slots=True)
class PageLines:
    """A page's lines, its size, and its number from 1."""

    number: int
    width: float
    height: float
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class _Candidate:
    page: PageLines
    line: Line
    edge: Edge
    from_edge: float
    words: str  # digits replaced by "#"
    numbers: tuple[int, ...]


def find_furniture(pages: Sequence[PageLines]) -> dict[int, Edge]:
    """id(line) → "top" or "bottom" for every line that is page furniture. The other lines are the flow of the text.

    Repeated words count when they stand at one height on at least half of the pages, or half of the odd or even ones;
    their digits must stay the same or go up with the pages. A number alone counts when it is the page's number.
    """
    found: dict[int, Edge] = {}
    for edge in ("top", "bottom"):
        rows = [_edge_rows(page, edge) for page in pages]
        for depth in range(_DEPTH):
            layer = [candidate for page_rows in rows if len(page_rows) > depth for candidate in page_rows[depth]]
            for candidate in _repeated(layer, len(pages)) + _page_numbers(layer, len(pages)):
                found[id(candidate.line)] = candidate.edge
            # Deeper rows are furniture only under (or over) furniture: the text starts at the first row that is not.
            rows = [
                page_rows
                if len(page_rows) > depth and all(id(candidate.line) in found for candidate in page_rows[depth])
                else page_rows[:depth]
                for page_rows in rows
            ]
    return found


def _edge_rows(page: PageLines, edge: Edge) -> list[list[_Candidate]]:
    lines = sorted(page.lines, key=lambda line: line.base, reverse=edge == "bottom")
    rows: list[list[_Candidate]] = []
    for line in lines:
        from_edge = line.base if edge == "top" else page.height - line.base
        if from_edge > _EDGE * page.height:
            break
        words = re.sub(r"\d+", "#", line.text)
        numbers = tuple(int(number) for number in re.findall(r"\d{1,9}", line.text))
        candidate = _Candidate(page, line, edge, from_edge, words, numbers)
        if rows and abs(rows[-1][0].line.base - line.base) < 0.4 * line.size:
            rows[-1].append(candidate)
        else:
            rows.append([candidate])
    return rows[:_DEPTH]


def _repeated(layer: list[_Candidate], page_count: int) -> list[_Candidate]:
    groups: dict[str, list[_Candidate]] = defaultdict(list)
    for candidate in layer:
        label = read_label(candidate.line.text)
        is_provision = label is not None and label.kind in ("article", "clause", "point")
        if re.search(r"[^\W\d_]", candidate.words) and not is_provision:
            groups[candidate.words].append(candidate)
    furniture: list[_Candidate] = []
    for group in groups.values():
        usual, _ = Counter(round(candidate.from_edge / _SAME_PLACE) for candidate in group).most_common(1)[0]
        group = [candidate for candidate in group if abs(candidate.from_edge / _SAME_PLACE - usual) <= 1.0]
        numbers = {candidate.page.number for candidate in group}
        if len(numbers) >= 2 and _on_enough_pages(numbers, page_count) and _digits_agree(group):
            furniture.extend(group)
    return furniture


def _on_enough_pages(numbers: set[int], page_count: int) -> bool:
    if len(numbers) >= 0.5 * page_count:
        return True
    for parity in (0, 1):
        same = sum(1 for number in range(1, page_count + 1) if number % 2 == parity)
        if same >= 3 and sum(1 for number in numbers if number % 2 == parity) >= 0.5 * same:
            return True
    return len(numbers) >= 5


def _digits_agree(group: list[_Candidate]) -> bool:
    """Whether each number in the words is the same on all pages, or counts the pages."""
    length = min(len(candidate.numbers) for candidate in group)
    for position in range(length):
        constant = len({candidate.numbers[position] for candidate in group}) == 1
        counting = len({candidate.numbers[position] - candidate.page.number for candidate in group}) == 1
        if not constant and not counting:
            return False
    return True


def _page_numbers(layer: list[_Candidate], page_count: int) -> list[_Candidate]:
    numbered: list[tuple[_Candidate, int]] = []
    for candidate in layer:
        match = _PAGE_NUMBER.match(candidate.line.text)
        if match:
            numbered.append((candidate, int(match.group(1)) - candidate.page.number))
    offsets = Counter(offset for _, offset in numbered)
    return [
        candidate
        for candidate, offset in numbered
        # A number that is this page's own is enough in itself; another one must count along over several pages.
        if (offset == 0 and (page_count > 1 or not candidate.line.text.isdigit())) or offsets[offset] >= 3
    ]


def find_footnotes(lines: Sequence[Line], rulings: Sequence[Ruling], width: float, height: float, body_size: float) -> set[int]:
    """id(line) of the footnotes: lines under the short rule that parts them from the text.

    They are in smaller letters than the text's, or open with a bare number or star.
    """
    rules = [
        ruling.y0
        for ruling in rulings
        if ruling.is_horizontal and 0.08 * width < ruling.x1 - ruling.x0 < 0.5 * width and ruling.y0 > 0.4 * height
    ]
    for rule in sorted(rules):
        below = [line for line in lines if line.base > rule]
        if not below or not any(line.base < rule for line in lines):
            continue
        first = min(below, key=lambda line: line.base)
        small = all(line.size < 0.93 * body_size for line in below)
        marked = _NOTE_MARK.match(first.text) is not None and first.base - rule < 2 * first.size
        if small or marked:
            return {id(line) for line in below}
    return set()


def settle_raised_digits(lines: Sequence[Line], notes: set[int]) -> None:
    """Raised digits of one page become text: a footnote's sign goes where its footnote is found, others are plain digits.

    `notes` holds id(line) of the footnotes; each keeps its number before its text.
    """
    numbers: set[str] = set()
    for line in lines:
        if id(line) in notes:
            line.text = re.sub(r"^(\d{1,3})\s?(?=[^\W\d_])", r"\1 ", lower_digits(line.text))
            match = re.match(r"\d+", line.text)
            if match:
                numbers.add(match.group())
    for line in lines:
        if RAISED_NUMBER.search(line.text):
            line.text = RAISED_NUMBER.sub(
                lambda match: "" if lower_digits(match.group()) in numbers else lower_digits(match.group()), line.text
            ).strip()


def find_ghosts(page: PageLines, following: PageLines) -> set[int]:
    """id(line) of letters that a printing browser leaves, clipped and unseen, under a page's last line.

    They are the tall letters of the next page's first line, at their places in it.
    """
    if not page.lines or not following.lines:
        return set()
    last = max(line.base for line in page.lines)
    row = [line for line in page.lines if last - line.base < 0.4 * line.size]
    row.sort(key=lambda line: line.x0)
    first = min(following.lines, key=lambda line: line.base)
    if any(len(line.text) > 2 or line.text.isascii() for line in row) or len(first.text) <= 2 * len(row):
        return set()
    at = 0
    for line in row:
        at = first.text.find(line.text, at)
        seen_at = first.x0 + (first.x1 - first.x0) * at / len(first.text)
        if at < 0 or abs(line.x0 - seen_at) > 2 * line.size:
            return set()
        at += 1
    return {id(line) for line in row}
