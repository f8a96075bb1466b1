"""Where the clauses of a submission stand on the pictures of its pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from covenant_review.submissions.models import SubmittedClause
from covenant_review.submissions.page_store import DrawnPages, StoredPage

_MARGIN = 26.0  # points around a cut-out: a line above and below
_SIDE_MARGIN = 18.0
_LEAST_HEIGHT = 60.0
_AROUND_BOX = 2.0


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle in points from the page's top-left corner."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class ClauseOnPage:
    """A clause and its rectangles on one page."""

    clause: SubmittedClause
    rects: tuple[Rect, ...]


@dataclass(frozen=True, slots=True)
class Cutout:
    """A strip of a page around a clause, as wide as the text there. `is_exact` False: not found, this is its neighbourhood."""

    page: StoredPage
    left: float
    top: float
    width: float
    height: float
    rects: tuple[Rect, ...]
    is_exact: bool = True


def on_page(clauses: Sequence[SubmittedClause], number: int) -> list[ClauseOnPage]:
    """The clauses that have boxes on a page, in reading order."""
    found = [ClauseOnPage(clause, _rects(clause, number)) for clause in clauses]
    return [each for each in found if each.rects]


def first_page(clause: SubmittedClause, clauses: Sequence[SubmittedClause]) -> int | None:
    """The page on which a clause begins, or that of the nearest clause before it that was found; None if none was."""
    for each in reversed([other for other in clauses if other.position <= clause.position]):
        if each.boxes:
            return int(each.boxes[0][0])
        if each.page is not None:
            return each.page
    return None


def cutouts(clause: SubmittedClause, clauses: Sequence[SubmittedClause], drawn: DrawnPages, below: float = 0.0) -> list[Cutout]:
    """The strips that show a clause, one per page; the last one reaches `below` points further down.

    Where the clause was not found: the strip between its neighbours; [] if neither was found.
    """
    strips = []
    numbers = list(dict.fromkeys(int(box[0]) for box in clause.boxes))
    for number in numbers:
        page = drawn.page(number)
        if page is not None:
            strip = _strip(page, _rects(clause, number), clauses, is_exact=True)
            further = min(below, page.height - strip.top - strip.height) if number == numbers[-1] else 0.0
            strips.append(replace(strip, height=round(strip.height + max(0.0, further), 1)))
    return strips or _neighbourhood(clause, clauses, drawn)


def _neighbourhood(clause: SubmittedClause, clauses: Sequence[SubmittedClause], drawn: DrawnPages) -> list[Cutout]:
    before = next((other for other in reversed(clauses) if other.position < clause.position and other.boxes), None)
    after = next((other for other in clauses if other.position > clause.position and other.boxes), None)
    near = before or after
    if near is None:
        return []
    number = int(near.boxes[-1 if near is before else 0][0])
    page = drawn.page(number)
    if page is None:
        return []
    rects = _rects(near, number)
    top = min(rect.y for rect in rects) if near is before else 0.0
    bottom = max(rect.y + rect.height for rect in rects) if near is after else page.height
    if near is before and after is not None and int(after.boxes[0][0]) == number:
        bottom = max(rect.y + rect.height for rect in _rects(after, number))
    return [_strip(page, (Rect(0.0, top, page.width, max(1.0, bottom - top)),), clauses, is_exact=False)]


def _strip(page: StoredPage, rects: tuple[Rect, ...], clauses: Sequence[SubmittedClause], *, is_exact: bool) -> Cutout:
    top = min(rect.y for rect in rects) - _MARGIN
    bottom = max(rect.y + rect.height for rect in rects) + _MARGIN
    missing = max(0.0, _LEAST_HEIGHT - (bottom - top))
    top, bottom = max(0.0, top - missing / 2), min(page.height, bottom + missing / 2)
    left, right = _sides(page, clauses) if is_exact else (0.0, page.width)
    shown = rects if is_exact else ()
    return Cutout(page, round(left, 1), round(top, 1), round(right - left, 1), round(max(1.0, bottom - top), 1), shown, is_exact)


def _sides(page: StoredPage, clauses: Sequence[SubmittedClause]) -> tuple[float, float]:
    """Where the text of a page begins and ends, left and right, a little air around it; margins show nothing and cost size."""
    boxes = [box for clause in clauses for box in clause.boxes if int(box[0]) == page.number]
    left = max(0.0, min(box[1] for box in boxes) - _SIDE_MARGIN)
    right = min(page.width, max(box[3] for box in boxes) + _SIDE_MARGIN)
    return (left, right) if right - left >= page.width / 3 else (0.0, page.width)


def _rects(clause: SubmittedClause, number: int) -> tuple[Rect, ...]:
    return tuple(
        Rect(
            round(x0 - _AROUND_BOX, 1),
            round(y0 - _AROUND_BOX, 1),
            round(max(0.0, x1 - x0) + 2 * _AROUND_BOX, 1),
            round(max(0.0, y1 - y0) + 2 * _AROUND_BOX, 1),
        )
        for page, x0, y0, x1, y1 in clause.boxes
        if int(page) == number
    )
