"""Signs that recognition missed something on a page. Each was measured on damaged pages and good ones (bench_ocr_alarm.py).

Tesseract's own confidence stays high while half of a page is missing; what counts here is ink without words, words at the
picture's edge, words that are none, and sentences that break off inside the page.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

import cv2
import numpy as np
from numpy.typing import NDArray

from covenant_review.extraction.ocr_cleaning import CleanPage
from covenant_review.extraction.ocr_engine import Word
from covenant_review.extraction.ocr_regions import EM
from covenant_review.extraction.page_assembly import Page
from covenant_review.extraction.pdf_labels import SENTENCE_END, read_label
from covenant_review.extraction.pdf_lines import Line
from covenant_review.text.spelling import is_syllable

Grey = NDArray[np.uint8]

_FAINTEST = 12.0  # grey levels between letters and paper, after smoothing
_NOISE = 4.5  # … or so many times the paper's own grain
_UNREAD_WIDTH = 4.0  # font sizes of letters in a row that no word covers
_UNREAD_LETTERS = 5
_SMEAR = 4.0  # font sizes: letters run together by blur
_SOLID = 0.42  # font sizes from the middle of a dark spot to its edge: no letter is so thick
_SPOT = 1.3  # font sizes across
_EDGE = 0.45  # font sizes between a word and the picture's edge
_EDGE_LINES = 3
_SENSE = 0.8  # share of a page's words that must be syllables
_LINE_SENSE, _LINE_CONFIDENCE = 0.55, 62.0
_ROOM = 5.0  # font sizes free at the end of a line that does not end there
_FEWEST_WORDS = 8
_WORD = re.compile(r"[^\W\d_]+")


def unread_ink(grey: Grey, covered: Grey, words: Sequence[Word], letter: float) -> Iterator[str]:
    """Signs in the picture of a page: "dark_spot", "unread_ink".

    `grey`: the cleaned page without ruled lines; `covered`: 255 where ruled lines were. `letter`: height of a small letter.
    """
    em = EM * letter
    if _has_spot(grey, em):
        yield "dark_spot"
    letters = _faint_letters(grey, em)
    letters[covered > 0] = 0
    reach = int(0.35 * em)
    for word in words:
        x0, y0, x1, y1 = (max(int(edge), 0) for edge in (word.x0 - reach, word.y0 - reach, word.x1 + reach, word.y1 + reach))
        letters[y0:y1, x0:x1] = 0
    if _has_row_of_letters(letters, em, letter):
        yield "unread_ink"


def _has_spot(grey: Grey, em: float) -> bool:
    small = cv2.resize(grey, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    _, dark = cv2.threshold(small, 130, 255, cv2.THRESH_BINARY_INV)
    depth = cv2.distanceTransform(dark, cv2.DIST_L2, 3)
    _, _, stats, _ = cv2.connectedComponentsWithStats((depth > _SOLID * em / 2).astype(np.uint8), connectivity=8)
    return any(min(width, height) > (_SPOT - _SOLID) * em / 2 for _, _, width, height, _ in stats[1:])


def _faint_letters(grey: Grey, em: float) -> Grey:
    """255 where strokes are darker than what is around them, be it ever so little."""
    smooth = cv2.GaussianBlur(grey, (0, 0), max(em / 22, 0.8))
    reach = int(0.9 * em) | 1
    depth = cv2.morphologyEx(smooth, cv2.MORPH_BLACKHAT, np.ones((reach, reach), np.uint8))
    grain = float(np.median(depth[::3, ::3]))
    least = max(_FAINTEST, _NOISE * grain)
    return np.asarray(cv2.threshold(depth, least, 255, cv2.THRESH_BINARY)[1], dtype=np.uint8)


def _has_row_of_letters(letters: Grey, em: float, letter: float) -> bool:
    count, labels, stats, _ = cv2.connectedComponentsWithStats(letters, connectivity=8)
    fitting = [False] * count
    for index in range(1, count):
        _, _, width, height, area = stats[index]
        fitting[index] = 0.5 * letter <= height <= 3.0 * letter and area >= 0.1 * letter * letter
    kept = np.array(fitting, dtype=np.uint8)[labels] * 255
    rows = cv2.morphologyEx(kept, cv2.MORPH_CLOSE, np.ones((1, int(0.9 * em)), np.uint8))
    _, row_labels, row_stats, _ = cv2.connectedComponentsWithStats(rows, connectivity=8)
    for index, (x, y, width, height, _) in enumerate(row_stats[1:], 1):
        if width < _UNREAD_WIDTH * em or height > 4 * letter:
            continue
        inside = labels[y : y + height, x : x + width][row_labels[y : y + height, x : x + width] == index]
        found = [one for one in np.unique(inside) if one and fitting[one]]
        if len(found) >= _UNREAD_LETTERS or max((stats[one][2] for one in found), default=0) >= _SMEAR * em:
            return True
    return False


def words_at_the_edge(words: Sequence[Word], page: CleanPage, left: float, letter: float) -> Iterator[str]:
    """ "cut_off" where lines of text run up to the edge of the picture: what stood further out is not in it."""
    if not words:
        return
    boxes = np.array([[word.x0 + left, word.y0, word.x1 + left, word.y1] for word in words])
    corners = page.boxes_in_picture(boxes)
    scale = float(np.sqrt(abs(np.linalg.det(page.to_picture[:, :2]))))
    near = _EDGE * EM * letter * scale
    width, height = page.picture_size
    at_edge = (corners[:, 0] < near) | (corners[:, 1] < near) | (corners[:, 2] > width - near) | (corners[:, 3] > height - near)
    lines = {word.line for word, is_there in zip(words, at_edge, strict=True) if is_there}
    if len(lines) >= _EDGE_LINES:
        yield "cut_off"


def senseless_words(words: Sequence[Word]) -> Iterator[str]:
    """ "no_sense" where a page, or a line of it, holds words that cannot be Vietnamese, as recognition makes of blurred letters."""
    lines: dict[int, list[Word]] = defaultdict(list)
    for word in words:
        if _WORD.search(word.text):
            lines[word.line].append(word)
    together = [word for line in lines.values() for word in line]
    if len(together) >= _FEWEST_WORDS and _sense(together) < _SENSE:
        yield "no_sense"
        return
    for line in lines.values():
        if len(line) >= 4 and _sense(line) < _LINE_SENSE and median(word.confidence for word in line) < _LINE_CONFIDENCE:
            yield "no_sense"
            return


def _sense(words: Sequence[Word]) -> float:
    parts = [part for word in words for part in _WORD.findall(word.text)]
    return sum(1 for part in parts if is_syllable(part)) / len(parts) if parts else 1.0


def broken_off(page: Page) -> Iterator[str]:
    """ "broken_off" where a sentence stops inside the page though its line had room, or a line begins late in the middle of one."""
    lines = sorted(page.lines, key=lambda line: (line.base, line.x0))
    if len(lines) < 6:
        return
    lefts, rights = sorted(line.x0 for line in lines), sorted(line.x1 for line in lines)
    left, right = lefts[len(lefts) // 5], rights[(9 * len(rights)) // 10]
    usual = median(line.size for line in lines)
    steps = [line.base - before.base for before, line in pairwise(lines) if 0.8 * usual < line.base - before.base < 2.5 * usual]
    step = median(steps) if steps else 1.3 * usual
    alone = [line for line in lines if not any(line is not other and abs(line.base - other.base) < 0.6 * usual for other in lines)]
    found = sum(1 for before, line in pairwise(alone) if _breaks(before, line, left, right, usual, step))
    if found or _gaps_inside(lines, left, right, usual) > 1:
        yield "broken_off"


def _breaks(before: Line, line: Line, left: float, right: float, size: float, step: float) -> bool:
    if SENTENCE_END.search(before.text) or read_label(line.text) is not None or not line.text[:1].islower():
        return False
    if abs(before.size - size) > 0.2 * size or before.text.isupper() or _centred(before, left, right) or _centred(line, left, right):
        return False
    distance = line.base - before.base
    starts_at_margin = line.x0 - left < 2 * size
    if starts_at_margin and distance > 2.6 * step:
        return True
    if distance > 2.2 * step:
        return False
    if starts_at_margin:
        return right - before.x1 > _ROOM * size and before.x0 - left < 4 * size
    late = line.x0 - left > _ROOM * size and line.x0 - before.x0 > _ROOM * size
    return late and right - line.x1 < 4 * size and right - before.x1 < 4 * size


def _centred(line: Line, left: float, right: float) -> bool:
    return abs((line.x0 - left) - (right - line.x1)) < 6 and line.x0 - left > 6


def _gaps_inside(lines: Sequence[Line], left: float, right: float, size: float) -> int:
    """Rows of two pieces that read as one broken sentence, whose gap is no column's."""
    gaps: list[tuple[Line, Line]] = []
    for pair in pairwise(lines):
        before, line = sorted(pair, key=lambda one: one.x0)
        same_row = abs(before.base - line.base) < 0.5 * size and line.x0 - before.x1 > 2 * size
        wide = before.x0 - left < 4 * size and right - line.x1 < 4 * size
        if same_row and wide and line.text[:1].islower() and not SENTENCE_END.search(before.text):
            gaps.append((before, line))
    starts = [line.x0 for _, line in gaps]
    return sum(1 for start in starts if sum(abs(start - other) < 0.5 * size for other in starts) < 3)
