"""One picture → the pages that it shows, with their words, ruled lines and tables, by recognition of letters.

Pictures are read one by one, several at a time if there are cores for it; what belongs together over pages is settled later
(`ocr.py`), with the same rules as for PDFs.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

import cv2
import numpy as np
from numpy.typing import NDArray

from covenant_review.extraction.document import Box
from covenant_review.extraction.ocr_alarm import broken_off, senseless_words, unread_ink, words_at_the_edge
from covenant_review.extraction.ocr_cleaning import CleanPage, clean
from covenant_review.extraction.ocr_engine import Engine, Word
from covenant_review.extraction.ocr_marks import with_proven_marks
from covenant_review.extraction.ocr_regions import EM, Area, find_bands, find_gutter, find_rules
from covenant_review.extraction.page_assembly import Page
from covenant_review.extraction.pdf_glyphs import FontFace, Run, TextLayer
from covenant_review.extraction.pdf_graphics import Ruling
from covenant_review.extraction.pdf_letters import LineLetters, Written
from covenant_review.extraction.pdf_lines import group_lines
from covenant_review.extraction.pdf_tables import fill_tables, find_tables
from covenant_review.text.spelling import is_syllable

PORTRAIT, LANDSCAPE = 595.0, 842.0  # points: how wide a page is laid out
_READABLE = 0.5  # share of words that are syllables; below, the page may stand on its head
_SMALLEST_LETTER = 7.5  # pixels of a small letter in the picture as it came; below, marks run together
_SURELY_READABLE = 0.8
_FEWEST_WORDS = 4
_SAME_SIZE = (0.78, 1.28)
_SIGNS = frozenset({"-", "–", "—", "+", "•", "*", "/", "“", "”", '"', "…", "..."})
_BOLD = 1.25
_NO_WORD = frozenset("|_~^`´¨=<>«»•·¬\\¦°*'\"‘’“”.,:;-–—[]{}()!?/")


@dataclass(slots=True)
class Sheet:
    """One page in a picture. `left`, `width`, `height`: its part of the cleaned picture, in pixels; `words` likewise.

    `signs` that something was missed: see `ocr_alarm.py`.
    """

    left: float
    width: float
    height: float
    words: list[Word] = field(default_factory=list)
    rules: list[Ruling] = field(default_factory=list)
    bold: dict[int, bool] = field(default_factory=dict)
    signs: set[str] = field(default_factory=set)


@dataclass(slots=True)
class ReadPicture:
    """A picture after recognition, without its pixels. `clean` says where its pixels were in the picture."""

    sheets: list[Sheet]
    to_picture: CleanPage
    letter: float


def read_picture(picture: NDArray[np.uint8], engine: Engine) -> ReadPicture:
    """Recognise one picture ((height, width, 3) RGB), whichever way up it is."""
    page = clean(picture)
    read = _read(page, engine)
    if _readable(read) < _READABLE:
        # Upside down, or lying on its side the other way: every way is tried, until one makes sense.
        first = _turns_of(page)
        for turn in (2, 1, 3):
            read = max(read, _read(clean(picture, (first + turn) % 4), engine), key=_syllables)
            if _readable(read) > _SURELY_READABLE:
                break
    read.to_picture.grey = read.to_picture.ink = np.zeros((0, 0), np.uint8)
    return read


def _turns_of(page: CleanPage) -> int:
    across, down = page.to_picture[0, 0], page.to_picture[0, 1]
    return 0 if abs(across) >= abs(down) else 1


def _readable(read: ReadPicture) -> float:
    words = _plain_words(read)
    return _syllables(read) / len(words) if len(words) >= _FEWEST_WORDS else 0.0 if words else 1.0


def _plain_words(read: ReadPicture) -> list[str]:
    texts = (word.text.strip("".join(_NO_WORD)) for sheet in read.sheets for word in sheet.words)
    return [text for text in texts if text and not any(char.isdigit() for char in text)]


def _syllables(read: ReadPicture) -> int:
    return sum(1 for text in _plain_words(read) if is_syllable(text) and len(text) > 1)


def _read(page: CleanPage, engine: Engine) -> ReadPicture:
    if not page.letter:
        return ReadPicture([Sheet(0.0, float(page.grey.shape[1]), float(page.grey.shape[0]))], page, 0.0)
    rules, mask = find_rules(page.ink, page.letter)
    grey = page.grey.copy()
    grey[cv2.dilate(mask, np.ones((3, 3), np.uint8)) > 0] = 255
    ink = np.asarray(cv2.bitwise_and(page.ink, cv2.bitwise_not(mask)), dtype=np.uint8)
    height, width = grey.shape
    cut = find_gutter(ink, page.letter)
    edges = [0, width] if cut is None else [0, int(cut), width]
    sheets = []
    for left, right in pairwise(edges):
        part = np.ascontiguousarray(grey[:, left:right])
        own = [Ruling(rule.x0 - left, rule.y0, rule.x1 - left, rule.y1) for rule in rules if left <= (rule.x0 + rule.x1) / 2 < right]
        sheet = Sheet(float(left), float(right - left), float(height), rules=own)
        part_ink, covered = (np.ascontiguousarray(image[:, left:right]) for image in (ink, mask))
        _read_sheet(sheet, part, part_ink, covered, page.letter, engine)
        sheet.signs.update(words_at_the_edge(sheet.words, page, sheet.left, page.letter))
        if page.source_letter < _SMALLEST_LETTER:
            sheet.signs.add("too_small")
        sheets.append(sheet)
    return ReadPicture(sheets, page, page.letter)


def _read_sheet(
    sheet: Sheet, grey: NDArray[np.uint8], ink: NDArray[np.uint8], covered: NDArray[np.uint8], letter: float, engine: Engine
) -> None:
    """Cells of tables and columns side by side are read one by one, the rest in one go."""
    strokes = ink
    engine.show(grey)
    areas = _cells(sheet, letter)
    rest, ink = grey.copy(), ink.copy()
    for table_area in areas:
        _blank(rest, table_area, 255)
        _blank(ink, table_area, 0)
    words: list[Word] = []
    for cells in areas.values():
        for cell in cells:
            words.extend(_in_area(engine, strokes, cell, letter))
    pad = 0.25 * EM * letter
    for band in find_bands(ink, letter):
        for x0, x1 in band.columns:
            words.extend(_in_area(engine, ink, (x0 - pad, band.top - pad, x1 + pad, band.bottom + pad), letter))
        area = (0.0, band.top - pad / 2, sheet.width, band.bottom + pad / 2)
        _blank(rest, area, 255)
        _blank(ink, area, 0)
    if cv2.countNonZero(ink) > 3 * letter:
        engine.show(rest)
        words.extend(engine.page())
    sheet.words = with_proven_marks([word for word in words if _is_word(word, strokes, letter)], strokes, letter)
    sheet.bold = _bold_lines(sheet.words, strokes)
    sheet.signs = {*unread_ink(grey, covered, sheet.words, letter), *senseless_words(sheet.words)}


def _cells(sheet: Sheet, letter: float) -> dict[Area, list[Area]]:
    """Each ruled table's area with its cells."""
    unit = EM * letter / 13.0
    tables = find_tables(_scaled(sheet.rules, 1 / unit), 1)
    found: dict[Area, list[Area]] = {}
    for table in tables:
        cells = dict.fromkeys(spot.cell for row in table.grid for spot in row if spot.begins)
        area = tuple(value * unit for value in table.area)
        found[(area[0], area[1], area[2], area[3])] = [(a * unit, b * unit, c * unit, d * unit) for a, b, c, d in cells]
    return found


def _scaled(rules: Iterable[Ruling], factor: float) -> list[Ruling]:
    return [Ruling(rule.x0 * factor, rule.y0 * factor, rule.x1 * factor, rule.y1 * factor) for rule in rules]


def _blank(image: NDArray[np.uint8], area: Area, value: int) -> None:
    x0, y0, x1, y1 = (max(int(edge), 0) for edge in area)
    image[y0 : y1 + 1, x0 : x1 + 1] = value


def _in_area(engine: Engine, ink: NDArray[np.uint8], area: Area, letter: float) -> list[Word]:
    # Points under letters stand close to the line below them; the line itself is gone from the picture.
    aside, inset = 0.1 * EM * letter, 0.02 * EM * letter
    x0, y0, x1, y1 = (max(int(edge), 0) for edge in (area[0] + aside, area[1] + inset, area[2] - aside, area[3] - inset))
    rows = np.count_nonzero(ink[y0:y1, x0:x1], axis=1) > 0
    if np.count_nonzero(rows) < 0.4 * letter:
        return []
    lines = _line_count(rows, letter)
    return engine.area(x0, y0, x1, y1, one_line=lines <= 1)


def _line_count(rows: NDArray[np.bool_], letter: float) -> int:
    """How many stretches of rows hold ink, those as low as accents not counted."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], rows.astype(np.int8), [0]))))
    heights = edges[1::2] - edges[::2]
    return int(np.count_nonzero(heights > 0.8 * letter)) if not np.any(heights > 3.2 * letter) else 2


def _is_word(word: Word, ink: NDArray[np.uint8], letter: float) -> bool:
    """Without what recognition makes of specks: signs alone that stand in no line, words without ink."""
    x0, y0, x1, y1 = int(word.x0), int(word.y0), int(word.x1) + 1, int(word.y1) + 1
    if cv2.countNonZero(np.ascontiguousarray(ink[y0:y1, x0:x1])) < 0.03 * letter * letter:
        return False
    tall = word.y1 - word.y0
    if all(char in _NO_WORD for char in word.text):
        # Brackets are never specks: ")" alone may be all that was read of "c)".
        return set(word.text) <= set("()") or (word.text in _SIGNS and word.confidence > 30)
    return tall > 0.5 * letter and (word.confidence > 12 or is_syllable(word.text))


def _bold_lines(words: Sequence[Word], ink: NDArray[np.uint8]) -> dict[int, bool]:
    """Which lines are bold: strokes clearly thicker than the page's usual ones. By number of line."""
    eroded = cv2.erode(ink, np.ones((3, 3), np.uint8))
    widths: dict[int, list[float]] = defaultdict(list)
    for word in words:
        x0, y0, x1, y1 = int(word.x0), int(word.y0), int(word.x1) + 1, int(word.y1) + 1
        area = cv2.countNonZero(np.ascontiguousarray(ink[y0:y1, x0:x1]))
        core = cv2.countNonZero(np.ascontiguousarray(eroded[y0:y1, x0:x1]))
        if area > 20 and len(word.text) > 1:
            widths[word.line].append(2 * area / max(area - core, 1))
    by_line = {line: median(values) for line, values in widths.items()}
    if len(by_line) < 3:
        return {}
    usual = median(by_line.values())
    return {line: width > _BOLD * usual for line, width in by_line.items()}


class _Layer(TextLayer):
    """Recognised words in the place of a PDF's text layer: they never overlap, and a blank follows each but a line's last."""

    def __init__(self) -> None:
        self.text = ""

    def letters(self, run: Run) -> list[Run]:
        return [run]

    def written_spaces(self, run: Run) -> int:
        return run.spaces

    def writes_spaces(self) -> bool:
        return True


class _Letters(LineLetters):
    """Recognised letters are Unicode already."""

    def read(self, written: Iterable[Written]) -> str:
        return "".join(text for text, _ in written)


@dataclass(frozen=True, slots=True)
class SheetPlace:
    """Turns the layout points of one sheet back into points of the picture or page that it was read from."""

    clean: CleanPage
    left: float
    pixels_per_point: float
    points_per_picture_pixel: float
    page: int

    def box(self, box: Box) -> Box:
        """`box` in points of the picture, around its place there."""
        k = self.pixels_per_point
        pixels = np.array([[box.x0 * k + self.left, box.y0 * k, box.x1 * k + self.left, box.y1 * k]])
        x0, y0, x1, y1 = (round(float(value) * self.points_per_picture_pixel, 2) for value in self.clean.boxes_in_picture(pixels)[0])
        return Box(self.page, x0, y0, x1, y1)


def lay_out(read: ReadPicture, sheet: Sheet, number: int, picture_width: float | None = None) -> tuple[Page, float]:
    """A sheet as page `number` of lines and tables, in points; also how many cleaned pixels a point has.

    `picture_width`: how many points the whole picture is wide; None: A4, upright or lying, or two of them side by side.
    """
    matrix = read.to_picture.to_picture
    across = read.to_picture.picture_size[0 if abs(matrix[0, 0]) >= abs(matrix[0, 1]) else 1]
    upright_width = across / float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
    if picture_width is not None:
        wide = picture_width * upright_width * float(np.sqrt(abs(np.linalg.det(matrix[:, :2])))) / read.to_picture.picture_size[0]
    elif len(read.sheets) > 1:
        wide = PORTRAIT * len(read.sheets)
    else:
        wide = LANDSCAPE if upright_width > 1.15 * sheet.height else PORTRAIT
    pixels = max(upright_width / wide, 1e-6)
    page = Page(number, sheet.width / pixels, sheet.height / pixels, rulings=_scaled(sheet.rules, 1 / pixels))
    runs = _runs(sheet, read.letter, pixels)
    page.letters = sum(run.count for run in runs)
    layer, letters = _Layer(), _Letters()
    page.tables = find_tables(page.rulings, number)
    outside = fill_tables(page.tables, runs, layer, letters) if page.tables else runs
    page.tables = [table for table in page.tables if table.rows]
    page.lines = group_lines(outside, layer, letters)
    for line in (*page.lines, *(line for table in page.tables for line in table.lines)):
        line.page = number
    sheet.signs.update(broken_off(page))
    return page, pixels


def _runs(sheet: Sheet, letter: float, pixels: float) -> list[Run]:
    """Words → runs in points, in the order of reading; one baseline and one size a line."""
    lines: dict[int, list[Word]] = defaultdict(list)
    for word in sheet.words:
        lines[word.line].append(word)
    usual = median(sizes) if (sizes := [_size(word) for word in sheet.words if len(word.text) > 1]) else EM * letter
    runs: list[Run] = []
    count = 0
    for number, words in lines.items():
        base = median(word.base for word in words)
        own = median(_size(word) for word in words)
        size = usual if _SAME_SIZE[0] < own / usual < _SAME_SIZE[1] else own
        face = FontFace("", sheet.bold.get(number, False), False)
        words.sort(key=lambda word: word.x0)
        for index, word in enumerate(words):
            last = index + 1 == len(words)
            end = word.x1 if last else max(min(word.x1, words[index + 1].x0 - 0.2 * size), word.x0 + 1)
            text = unicodedata.normalize("NFC", word.text)
            runs.append(Run(text, word.x0 / pixels, end / pixels, base / pixels, size / pixels, face, count, len(text), 0 if last else 1))
            count += len(text) + 1
    return runs


def _size(word: Word) -> float:
    """The font size that a word's height speaks for, in pixels: how high it must be depends on its letters."""
    up, down = 0.46, 0.0
    for char in word.text:
        plain = unicodedata.normalize("NFD", char)
        marks = len(plain) - 1
        if char.isupper():
            up = max(up, 0.92 if marks else 0.68)
        elif char.isdigit() or plain[0] in "bdfhklđ/()%!?":
            up = max(up, 0.69 + 0.12 * (marks > 1))
        elif marks or char in "ijt":
            up = max(up, 0.66 + 0.12 * (marks > 1))
        if char in "gpqyj(),;/" or "\u0323" in plain:
            down = max(down, 0.21)
    return (word.y1 - word.y0) / (up + down)
