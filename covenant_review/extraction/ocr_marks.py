"""Marks that recognition misread, put right where the ink proves it: "chỉ" over whose i there is but a dot, "phẩi" without a circumflex,
"thỦy".

Nothing is guessed and no word list is asked: what a dot and a circumflex look like is learned from the same page, and a mark is only
taken away where the ink is too small to be it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from statistics import median

import cv2
import numpy as np
from numpy.typing import NDArray

from covenant_review.extraction.ocr_engine import Word
from covenant_review.text.spelling import is_syllable

Ink = NDArray[np.uint8]

_HIGHEST, _LOWEST = 2.3, -0.1  # heights of a small letter above the baseline between which letters and marks are looked for
_OVER_LETTER = 0.95  # … above which a mark's lower edge lies
_BARE_LETTER = 1.16  # … and a letter without a mark of its own ends
_WIDEST_MARK = 1.2
_AS_A_DOT = 1.34  # a hook is over one and a half dots wide and high
_UNLIKE_CIRCUMFLEX = 0.92  # a hook's share of a circumflex's width, at most
_STACKED = 1.85  # circumflex heights: a mark on a circumflex is higher
_OVER_CAPITAL = 0.38  # heights of a small letter by which the mark of a capital stands above tall letters
_MOSTLY_SMALL = 0.7
_FEWEST_TO_LEARN = 5
_TALL = frozenset("bdđhklABCDĐEGHIKLMNOPQRSTUVXY")
_DOTTED = frozenset("iị")
_CIRCUMFLEX = frozenset("âêô")
_WITHOUT_HOOK = {"ỉ": "i"}
_WITHOUT_CIRCUMFLEX = {"ẩ": "ả", "ể": "ẻ", "ổ": "ỏ"}  # a breve is hardly wider than a hook: "ẳ" stays
_PART = re.compile(r"[^\W\d_]+")
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_TILDE = frozenset("\u0303")
_ABOVE = frozenset("\u0300\u0301\u0302\u0303\u0306\u0309")

Size = tuple[float, float]


def with_proven_marks(words: Sequence[Word], ink: Ink, letter: float) -> list[Word]:
    """`words` of one page with marks and capitals put right. `ink`: its strokes as 255 on 0; `letter`: height of a small letter.

    Words whose letters have no places (`Word.spans`) keep their marks.
    """
    seen = [_Seen(word, ink, letter) if len(word.spans) == len(word.text) else None for word in words]
    dot = _usual(seen, _DOTTED)
    circumflex = _usual(seen, _CIRCUMFLEX)
    tall = _tall_letters(seen)
    return [_corrected(word, sight, dot, circumflex, tall.get(word.line)) for word, sight in zip(words, seen, strict=True)]


class _Seen:
    """The ink around one word; all sizes in heights of a small letter."""

    def __init__(self, word: Word, ink: Ink, letter: float) -> None:
        self.word, self.letter = word, letter
        self.top = max(int(word.base - _HIGHEST * letter), 0)
        self.left = max(int(word.x0 - 0.2 * letter), 0)
        bottom = max(int(word.base - _LOWEST * letter), self.top + 1)
        crop = np.ascontiguousarray(ink[self.top : bottom, self.left : int(word.x1 + 0.2 * letter) + 1])
        self.parts: list[tuple[int, int, int, int]] = []
        if crop.size:
            _, _, stats, _ = cv2.connectedComponentsWithStats(crop, connectivity=8)
            # What the upper edge cuts through belongs to the line above.
            self.parts = [(int(x), int(y), int(x + w), int(y + h)) for x, y, w, h, area in stats[1:] if area >= 3 and y > 0]

    def mark(self, index: int) -> tuple[Size, float] | None:
        """Width and height of the mark over letter `index`, and the height of its upper edge above the baseline; None: none stands free."""
        over = self._over(index)
        if not over:
            return None
        x0, y0, x1, y1 = (pick(part[edge] for part in over) for edge, pick in enumerate((min, min, max, max)))
        if x1 - x0 > _WIDEST_MARK * self.letter:
            return None
        return ((x1 - x0) / self.letter, (y1 - y0) / self.letter), self._height(y0)

    def is_bare(self, index: int) -> bool:
        """Whether letter `index`, its free mark apart, ends where small letters do: no second mark clings to it."""
        over = set(self._over(index))
        start, end = self._reach(index)
        below = [part for part in self.parts if part not in over and part[0] < end and part[2] > start]
        own = [part for part in below if start <= (part[0] + part[2]) / 2 <= end]
        return bool(own) and all(self._height(part[1]) <= _BARE_LETTER for part in own)

    def letter_top(self, index: int) -> float | None:
        """How high the ink of letter `index` reaches above the baseline."""
        start, end = self._reach(index)
        tops = [self._height(part[1]) for part in self.parts if start <= (part[0] + part[2]) / 2 <= end]
        return max(tops, default=None)

    def _over(self, index: int) -> list[tuple[int, int, int, int]]:
        start, end = self._reach(index)
        slack = 0.15 * self.letter
        return [
            part for part in self.parts if self._height(part[3]) > _OVER_LETTER and start - slack <= (part[0] + part[2]) / 2 <= end + slack
        ]

    def _reach(self, index: int) -> tuple[float, float]:
        start, end = self.word.spans[index]
        return start - self.left, end - self.left

    def _height(self, row: int) -> float:
        return (self.word.base - self.top - row) / self.letter


def _usual(seen: Sequence[_Seen | None], letters: frozenset[str]) -> Size | None:
    """The usual size on the page of the mark over `letters`; None where there are too few of them."""
    sizes = [mark[0] for sight in seen if sight for index in _places(sight.word.text, letters) if (mark := sight.mark(index))]
    if len(sizes) < _FEWEST_TO_LEARN:
        return None
    return median(width for width, _ in sizes), median(height for _, height in sizes)


def _tall_letters(seen: Sequence[_Seen | None]) -> dict[int, float]:
    """How high letters with stems and capitals without marks stand, for each line that is mostly of small letters."""
    tops: dict[int, list[float]] = defaultdict(list)
    small: dict[int, list[bool]] = defaultdict(list)
    for sight in seen:
        if sight:
            small[sight.word.line] += [char.islower() for char in sight.word.text if char.isalpha()]
    for sight in seen:
        for index in _places(sight.word.text, _TALL) if sight else ():
            if sight and (top := sight.letter_top(index)) is not None:
                tops[sight.word.line].append(top)
    plain = {line: found for line, found in tops.items() if sum(small[line]) > _MOSTLY_SMALL * len(small[line])}
    together = [top for found in plain.values() for top in found]
    if len(together) < _FEWEST_TO_LEARN:
        return {}
    usual = median(together)
    return {line: min(median(found), usual) for line, found in plain.items()}


def _places(text: str, letters: frozenset[str]) -> Iterator[int]:
    return (index for index, char in enumerate(text) if char in letters)


def _corrected(word: Word, sight: _Seen | None, dot: Size | None, circumflex: Size | None, tall: float | None) -> Word:
    text = word.text
    if sight is not None:
        changed = "".join(_letter(char, index, sight, dot, circumflex) for index, char in enumerate(text))
        # What comes out must be a syllable as what went in was one, if it was.
        if _sense(changed) >= _sense(text):
            text = changed
    text = _PART.sub(lambda part: _case(part, sight, tall), text)
    return word if text == word.text else replace(word, text=text)


def _sense(text: str) -> int:
    return sum(is_syllable(part) for part in _PART.findall(text))


def _letter(char: str, index: int, sight: _Seen, dot: Size | None, circumflex: Size | None) -> str:
    plain = _WITHOUT_HOOK.get(char) or _WITHOUT_CIRCUMFLEX.get(char)
    mark = sight.mark(index) if plain else None
    if plain is None or mark is None:
        return char
    (width, height), _ = mark
    if char in _WITHOUT_HOOK:
        return plain if dot and width <= _AS_A_DOT * dot[0] and height <= _AS_A_DOT * dot[1] else char
    small = circumflex is not None and width <= _UNLIKE_CIRCUMFLEX * circumflex[0] and height <= _STACKED * circumflex[1]
    return plain if small and sight.is_bare(index) else char


def _case(part: re.Match[str], sight: _Seen | None, tall: float | None) -> str:
    """A run of letters with capitals where people set them: a syllable with a tone is no abbreviation."""
    text = part.group()
    lowered = text.lower() if len(text) == 1 else text[:1] + text[1:].lower()
    if not any(_has(char, _TONES) for char in text if char.isupper()) or not is_syllable(lowered):
        return text
    if any(char.islower() for char in text):
        return lowered
    return lowered if sight is not None and tall is not None and _is_small(part, sight, tall) else text


def _is_small(part: re.Match[str], sight: _Seen, tall: float) -> bool:
    """Whether the marked letters of a run of capitals stand hardly higher than the line's `tall` letters: then they are small."""
    text, start = part.group(), part.start()
    if any(_has(char, _TILDE) for char in text):
        return False  # too flat to tell
    marked = [index for index, char in enumerate(text) if (index or len(text) == 1) and _has(char, _ABOVE)]
    tops = [sight.letter_top(start + index) for index in marked]
    return bool(tops) and all(top is not None and top < tall + _OVER_CAPITAL for top in tops)


def _has(char: str, marks: frozenset[str]) -> bool:
    return any(mark in marks for mark in unicodedata.normalize("NFD", char))
