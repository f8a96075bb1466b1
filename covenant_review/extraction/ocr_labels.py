"""Numbers of provisions that recognition misread ("Điều l.", "e)" between "b)" and "d)"), put right where the sequence proves it.

Nothing is guessed: the number before and the number after must leave one possible value, and the letters read must look
like it. Every repair is a warning.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from covenant_review.extraction.document import Block, ReadingWarning

LABEL_REPAIRED = "label_repaired"
Kind = Literal["chapter", "roman", "article", "clause", "point"]

_PATTERNS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("chapter", re.compile(r"(?:Chương|CHƯƠNG)\s+(\S{1,6}?)(?=[.:]?(?:\s|$))")),
    ("article", re.compile(r"(?:Điều|ĐIỀU)\s+(\S{1,3}?)(?=[.:]?(?:\s|$))")),
    ("roman", re.compile(r"((?=[VX]|[^.]*[IVX][^.]|[^.]+[IVX])[IVXl1|HUTÍÌỊ]{1,5})(?=\.\s)")),  # "I." alone may be a clause's 1
    ("clause", re.compile(r"(\w{1,2})(?=\.\s)")),
    ("point", re.compile(r"(\w{0,2})(?=\)\s)")),
)
_ORDER: dict[Kind, int] = {"chapter": 0, "roman": 0, "article": 1, "clause": 2, "point": 3}
_LETTERS = ("abcdđeghiklmnopqrstuvxy", "abcdefghijklmnopqrstuvwxyz")  # Vietnamese, and as office programs count
_LOOK_ALIKE = ("1lIiíìJ|t", "0OoQ", "2Z", "3B", "5S", "8B", "6bó", "9gq", "ceco", "dđ", "aàáăâ", "eéèê", "gqd", "hbn", "kl", "iílìj")
_IN_ROMAN = frozenset({"chapter", "roman"})
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV")


@dataclass(slots=True)
class _Item:
    """A label at the start of block `index`: what was read (`token`, at `start`)."""

    index: int
    kind: Kind
    token: str
    start: int


def repair_labels(blocks: Sequence[Block], recognised: Iterable[int]) -> tuple[list[Block], list[ReadingWarning]]:
    """`blocks` with misread numbers put right on the pages in `recognised`, and a label_repaired warning for each of them."""
    pages = set(recognised)
    result = list(blocks)
    warnings: list[ReadingWarning] = []
    for scope in _scopes(blocks):
        for place, item in enumerate(scope):
            block = result[item.index]
            if block.page not in pages:
                continue
            before = scope[place - 1].token if place else ""
            after = scope[place + 1].token if place + 1 < len(scope) else ""
            due = _due(item.kind, before, after)
            if due is None or due == item.token or not _looks_like(item.token, due, item.kind):
                continue
            if not before and _is_number(item.kind, item.token):
                continue  # the first of its kind may stand on any number: pages may be missing before it
            end = item.start + len(item.token)
            result[item.index] = replace(block, text=block.text[: item.start] + due + block.text[end:])
            warnings.append(ReadingWarning(LABEL_REPAIRED, block.page, f"{item.token} → {due}"))
            item.token = due
    return result, warnings


def _scopes(blocks: Sequence[Block]) -> list[list[_Item]]:
    """Labels that count on from each other: chapters and articles over the whole, clauses in their article, points in their clause."""
    open_scopes: dict[Kind, list[_Item]] = {}
    scopes: list[list[_Item]] = []
    for index, block in enumerate(blocks):
        if block.kind != "paragraph":
            continue
        for kind, pattern in _PATTERNS:
            match = pattern.match(block.text)
            if match is None:
                continue
            for deeper in _ORDER:
                # Articles count on through the chapters; what stands lower begins anew.
                if _ORDER[deeper] > max(_ORDER[kind], 1):
                    open_scopes.pop(deeper, None)
            if kind not in open_scopes:
                scopes.append(open_scopes.setdefault(kind, []))
            open_scopes[kind].append(_Item(index, kind, match.group(1), match.start(1)))
            break
    return scopes


def _due(kind: Kind, before: str, after: str) -> str | None:
    """What must stand between two labels; `before` is "" for the first of its kind. None where they leave it open."""
    if kind == "point":
        for order in _LETTERS:
            place = order.find(before) + 1 if before else 0
            if (not before or before in order) and place + 1 < len(order) and order[place + 1] == after:
                return order[place]
        return None
    if kind in _IN_ROMAN and (after in _ROMAN or before in _ROMAN):
        place = _ROMAN.index(before) + 1 if before in _ROMAN else 0 if not before else -1
        return _ROMAN[place] if 0 <= place < len(_ROMAN) - 1 and _ROMAN[place + 1] == after else None
    if before and not before.isdecimal():
        return None
    number = int(before or "0") + 1
    return str(number) if after == str(number + 1) else None


def _is_number(kind: Kind, token: str) -> bool:
    return token in _ROMAN if kind in _IN_ROMAN else token != "" and token in _LETTERS[1] + "đ" if kind == "point" else token.isdecimal()


def _looks_like(token: str, due: str, kind: Kind) -> bool:
    if kind in _IN_ROMAN and set(due) <= set("IVX"):
        # Narrow strokes side by side are run together or counted wrongly.
        return set(token) <= set("IVXl1i|HUTÍÌỊ") and abs(len(token) - len(due)) <= 2
    if kind == "point" and not token:
        return True  # nothing but its bracket was read
    return len(token) == len(due) and all(a == b or _alike(a, b) for a, b in zip(token, due, strict=True))


def _alike(one: str, other: str) -> bool:
    return any(one in group and other in group for group in _LOOK_ALIKE)
