"""Long lists, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from flask import request

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Paged(Generic[T]):
    """One page of a list of `total` rows; pages count from 1, and an empty list has one page."""

    rows: Sequence[T]
    total: int
    page: int
    size: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        """Place in the list of the first row shown, counted from 1; 0 for an empty list."""
        return (self.page - 1) * self.size + 1 if self.rows else 0

    @property
    def last(self) -> int:
        """Place in the list of the last row shown."""
        return self.first + len(self.rows) - 1 if self.rows else 0


def asked_page(total: int, size: int) -> int:
    """The page that the request asks for (`?page=`), kept between first and last; nonsense is the first."""
    asked = request.args.get("page", "1")
    page = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 1
    return min(max(1, page), max(1, -(-total // size)))


def paged(rows: Sequence[T], size: int = 100) -> Paged[T]:
    """The asked page of a list that is at hand."""
    page = asked_page(len(rows), size)
    return Paged(rows[(page - 1) * size : page * size], len(rows), page, size)
