"""Several provisions in one paragraph: "1. … 2. … 3. …", "a) …; b) …", taken apart only where their sequence proves it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from covenant_review.clauses.marks import UPPER, Mark

_Kind = Literal["article", "decimal", "letter", "dash"]

_CANDIDATE = re.compile(
    r"(?<=\s)(?:"
    rf"Điều\s+(?P<article>\d{{1,3}})(?P<article_style>[.:])(?=\s+[{UPPER}])"
    rf"|(?P<decimal>\d{{1,2}})(?P<decimal_style>[.)/])(?=\s+[{UPPER}])"
    r"|(?P<letter>[a-zđ])(?P<letter_style>\))(?=\s+\S)"
    r"|(?P<dash>[-–])(?=\s+\S)"
    r")"
)
_NUMBERED: tuple[_Kind, ...] = ("article", "decimal", "letter")
_SENTENCE_END = re.compile(r"[.;:!?…][\"”’')\]]*\s+$")
_LIST_END = re.compile(r"[.;:,!?…][\"”’')\]]*\s+$")
_COLON = re.compile(r":\s+$")
_LETTER_ORDERS = ("abcdđeghiklmnopqrstuvxy", "abcdefghijklmnopqrstuvwxyz")  # Vietnamese, and as office programs count
_HEADING_AT_MOST = 150  # characters of a heading after which the first khoản may stand without a full stop
_HEADS = frozenset({"article", "old_article", "section", "chapter"})


@dataclass(frozen=True, slots=True)
class _Found:
    """A number or sign inside the paragraph: where it stands, and what the words before it end in."""

    start: int
    kind: _Kind
    style: str
    ordinal: str
    after_sentence: bool
    after_item: bool
    after_colon: bool


def inline_starts(text: str, own: Mark | None) -> list[int]:
    """Where further provisions begin inside `text`, as offsets into it, in order; none where nothing proves them.

    `text` is a paragraph as it stands, `own` the mark at its head, typed or automatic. A number counts when it follows the one before it
    ("2." after "1."), stands where a sentence ends, and a capital follows; "1." and "a)" only where "2." and "b)" come
    after them. Dashes count after a colon, when there are at least two.
    """
    found = [_found(text, match) for match in _CANDIDATE.finditer(text)]
    if not found:
        return []
    return _Chain(own, text).run(found)


def _found(text: str, match: re.Match[str]) -> _Found:
    before = text[: match.start()]
    kind: _Kind = next((name for name in _NUMBERED if match[name]), "dash")
    style = match[f"{kind}_style"] if kind != "dash" else match["dash"]
    return _Found(
        match.start(),
        kind,
        style,
        match[kind],
        bool(_SENTENCE_END.search(before)),
        bool(_LIST_END.search(before)),
        bool(_COLON.search(before)),
    )


class _Chain:
    """The sequences that are open while a paragraph is read from left to right: an article, a khoản, a điểm, dashes."""

    def __init__(self, own: Mark | None, text: str) -> None:
        self._last: dict[str, tuple[str, str]] = {}
        self._heads = own is not None and own.kind in _HEADS
        self._dashes = False
        self._text = text
        if own is not None and own.kind in ("article", "decimal", "letter"):
            self._last[own.kind] = (own.ordinal, _style(own))

    def run(self, found: Sequence[_Found]) -> list[int]:
        """The starts that hold."""
        starts: list[int] = []
        for index, one in enumerate(found):
            if self._goes_on(one) or self._begins(one, found[index + 1 :], first=not starts):
                self._accept(one)
                starts.append(one.start)
        return starts

    def _goes_on(self, one: _Found) -> bool:
        if one.kind == "dash":
            return self._dashes and one.after_item
        ended = one.after_item if one.kind == "letter" else one.after_sentence
        last = self._last.get(one.kind)
        return ended and last is not None and last[1] in (one.style, "") and _follows(last[0], one)

    def _begins(self, one: _Found, rest: Sequence[_Found], *, first: bool) -> bool:
        """Whether a sequence starts here: its first member, with the second one after it."""
        second = next((other for other in rest if other.kind == one.kind and other.style == one.style), None)
        if second is None:
            return False
        if one.kind == "dash":
            return one.after_colon and second.after_item
        if one.kind == "article" or one.ordinal not in ("1", "a") or not _follows(one.ordinal, second):
            return False
        if one.kind == "letter":
            return one.after_item and second.after_item
        if one.kind in self._last:
            return False  # a khoản inside a khoản would be a quotation
        after_heading = self._heads and first and one.start <= _HEADING_AT_MOST
        return (one.after_sentence or after_heading) and second.after_sentence

    def _accept(self, one: _Found) -> None:
        if one.kind == "dash":
            self._dashes = True
            return
        self._dashes = False
        self._last[one.kind] = (one.ordinal, one.style)
        if one.kind == "article":
            self._last.pop("decimal", None)
            self._heads = True
        if one.kind != "letter":
            self._last.pop("letter", None)


def _follows(last: str, one: _Found) -> bool:
    if one.kind == "letter":
        return any(last + one.ordinal in order for order in _LETTER_ORDERS)
    return last.isdigit() and int(one.ordinal) == int(last) + 1


def _style(own: Mark) -> str:
    """The sign behind the number; "" where the mark does not keep it ("Điều 5.")."""
    return "" if own.kind == "article" else own.style
