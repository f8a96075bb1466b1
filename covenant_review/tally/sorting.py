"""Sorting the table by commune on any of its columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from covenant_review.tally.counting import CommuneTally
from covenant_review.text.alphabet import vietnamese_order

_NUMBERS: dict[str, Callable[[CommuneTally], int | Fraction | None]] = {
    "in_force": lambda line: line.tally.in_force,
    "compliant": lambda line: line.tally.compliant,
    "not_compliant": lambda line: line.tally.not_compliant,
    "in_review": lambda line: line.tally.in_review,
    "unreadable": lambda line: line.tally.unreadable,
    "not_received": lambda line: line.tally.not_received,
    "rate": lambda line: line.tally.rate,
    "share_reviewed": lambda line: line.tally.share_reviewed,
}
COLUMNS = ("name", *_NUMBERS)


def sorted_lines(lines: Sequence[CommuneTally], sort: str) -> list[CommuneTally]:
    """The lines by a column of COLUMNS, descending with "-" before it; ties by name; lines without a rate come last.

    An unknown column sorts by name.
    """
    by_name = sorted(lines, key=lambda line: (vietnamese_order(line.commune.name), line.commune.code))
    column, descending = sort.removeprefix("-"), sort.startswith("-")
    number = _NUMBERS.get(column)
    if number is None:
        return by_name[::-1] if descending and column == "name" else by_name
    known = [(value, line) for line in by_name if (value := number(line)) is not None]
    unknown = [line for line in by_name if number(line) is None]
    return [line for _value, line in sorted(known, key=lambda pair: pair[0], reverse=descending)] + unknown
