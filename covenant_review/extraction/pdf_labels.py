"""The numbers that open a provision ("Điều 5.", "1.", "a)", "-"), and whether one is due at a given place."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

LabelKind = Literal["heading", "article", "clause", "point", "roman", "decimal", "dash"]

_HEADING = re.compile(r"^(?:chương|phần|mục|tiểu mục|phụ lục)\s+(?:[ivxlc]+|\d{1,3}|thứ\s+\S+)(?=$|[\s.:–-])", re.IGNORECASE)
_ARTICLE = re.compile(r"^(?:điều|ðiều)\s+(?:thứ\s+)?(\d{1,3}|nhất|[a-zà-ỹ]+)(\s*[a-zđ])?\s*([.:–-]|$|(?=\s))", re.IGNORECASE)
_ITEM_ARTICLE = re.compile(r"^nhất điều\b", re.IGNORECASE)
_DECIMAL = re.compile(r"^(\d{1,2}(?:\.\d{1,2})+)\.?\)?\s+(?=\S)")
_CLAUSE = re.compile(r"^(?:khoản\s+)?(\d{1,3})\s?[.)/](?=\s|[^\W\d_])", re.IGNORECASE)
_POINT = re.compile(r"^(?:điểm\s+)?([a-zđ])\s?[).](?=\s|[^\W\d_])")
_ROMAN = re.compile(r"^([IVXLC]{1,6}|[A-HĐ])\s?[.)](?=\s|$|[^\W\d_])")
_DASH = re.compile(r"^(?:[-–—+*•●▪■◦·‣○➢✓]|\uf0b7|\uf02d)(?=\s|[^\W\d_])")
_LETTER_ORDERS = ("abcdđeghiklmnopqrstuvxy", "abcdefghijklmnopqrstuvwxyz")  # Vietnamese, and as office programs count
# Words that are followed by a number inside a sentence: "theo khoản / 2. …" at a line's wrap opens nothing.
_TAKES_NUMBER = frozenset(
    (
        "khoản",
        "điểm",
        "điều",
        "mục",
        "chương",
        "phần",
        "số",
        "ngày",
        "tháng",
        "năm",
        "thứ",
        "từ",
        "đến",
        "là",
        "và",
        "hoặc",
        "quá",
        "gấp",
        "trên",
        "dưới",
        "các",
        "những",
        "cấp",
        "lần",
        "tại",
    )
)
SENTENCE_END = re.compile(r"[.;:!?…][\"”’')\]]*$")
_MOTTO = ("conghoaxahoichunghiavietnam", "doclaptudohanhphuc")  # without marks, spaces and signs


def is_start_of_motto(text: str) -> bool:
    """Whether `text` is the beginning, or the whole, of the name of the state or of its motto, however it is written."""
    if len(text) > 60 or text[:1].upper() not in "CĐ":
        return False
    marked = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    letters = "".join(char for char in marked if char.isascii() and char.isalpha())
    return len(letters) > 5 and any(motto.startswith(letters) for motto in _MOTTO)


@dataclass(frozen=True, slots=True)
class Label:
    """A label at the start of a line. `order` is its number (khoản 3 → 3), `letter` that of a điểm."""

    kind: LabelKind
    order: int | None
    length: int
    firm: bool = False  # whether it cannot well be part of a running sentence ("Điều 5." rather than "Điều 5 của …")
    letter: str = ""


@lru_cache(maxsize=4096)  # a line's label is asked for again and again
def read_label(text: str) -> Label | None:
    """The label that `text` starts with, or None. "15 ngày" and "22/2018" are none."""
    for reader in (_read_heading, _read_item):
        label = reader(text)
        if label is not None:
            return label
    return None


def _read_heading(text: str) -> Label | None:
    match = _HEADING.match(text)
    if match:
        rest = text[match.end() :].lstrip(" .:–-")
        firm = text[0].isupper() and (not rest or rest[:1].isupper())
        return Label("heading", None, match.end(), firm)
    match = _ARTICLE.match(text)
    if match and text[0].isupper():
        rest = text[match.end() :].lstrip()
        firm = match.group(3) != "" or not rest or rest[:1].isupper()
        order = int(match.group(1)) if match.group(1).isdigit() else None
        if order is None and not re.match(r"điều\s+thứ\s", text, re.IGNORECASE):
            return None
        return Label("article", order, match.end(), firm)
    match = _ITEM_ARTICLE.match(text)
    return Label("article", None, match.end(), text[0].isupper()) if match else None


def _read_item(text: str) -> Label | None:
    match = _DECIMAL.match(text)
    if match and text[match.end()].isalpha():
        return Label("decimal", None, match.end())
    match = _CLAUSE.match(text)
    if match:
        return Label("clause", int(match.group(1)), match.end())
    match = _POINT.match(text)
    if match:
        return Label("point", None, match.end(), letter=match.group(1))
    match = _ROMAN.match(text)
    if match:
        return Label("roman", None, match.end())
    match = _DASH.match(text)
    return Label("dash", None, match.end()) if match else None


class LabelSequence:
    """Which numbers came last, so that a number at the start of a line can be told from one that a wrap put there."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}
        self._last_point = ""
        self._kinds: set[str] = set()

    def note(self, text: str) -> None:
        """A paragraph that starts with `text` was accepted."""
        label = read_label(text)
        if label is None:
            return
        self._kinds.add(label.kind)
        if label.kind in ("article", "heading", "roman"):
            self._last.pop("clause", None)
        if label.kind == "point":
            self._last_point = label.letter
        elif label.kind != "dash":
            self._last_point = ""
        if label.order is not None:
            self._last[label.kind] = label.order

    def is_due(self, label: Label) -> bool:
        """Whether `label` opens a sequence or goes on with the one at hand."""
        if label.kind == "dash":
            return "dash" in self._kinds
        if label.kind == "point":
            return label.letter == "a" or any(self._last_point + label.letter in order for order in _LETTER_ORDERS)
        if label.order is None:
            return label.kind in self._kinds
        return label.order == 1 or label.order == self._last.get(label.kind, -1) + 1

    def opens_provision(self, text: str, before: str) -> bool:
        """Whether a full line `before`, followed by a line `text` with a label, ends there. Judged by words alone."""
        label = read_label(text)
        if label is None:
            return False
        ended = bool(SENTENCE_END.search(before))
        due = self.is_due(label)
        rest = text[label.length :].lstrip()
        last_word = before.rsplit(None, 1)[-1].lower() if before else ""
        if label.kind in ("heading", "article"):
            return label.firm and (ended or due) and last_word not in _TAKES_NUMBER
        if ended:
            return due or rest[:1].isupper() or label.kind in ("dash", "decimal")
        if last_word.strip(",;") in _TAKES_NUMBER or before.endswith(","):
            return False
        return due and label.kind in ("clause", "point") and (rest[:1].isupper() or label.kind == "point")
