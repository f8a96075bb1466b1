"""What PDFium knows of the letters of a page: runs of characters with their place and font.

Everything here is in points from the top-left corner of the page as it is shown (rotation and crop box applied). The
caller holds `PDFIUM_LOCK` (PDFium is not thread-safe) and keeps the page open while it uses these functions.
"""

from __future__ import annotations

import ctypes
import math
import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, compress, islice
from operator import lt, ne, or_
from typing import Any

import pypdfium2.raw as pdfium

from covenant_review.extraction import pdf_calls
from covenant_review.extraction.pdf_calls import Handle
from covenant_review.text.legacy_fonts import LegacyFont, legacy_font

PDFIUM_LOCK = threading.Lock()

_BOLD_NAME = re.compile(r"bold|black|heavy|demi(?!light)|(?<![a-z])bd(?![a-z])", re.IGNORECASE)
_ITALIC_NAME = re.compile(r"italic|oblique|(?<![a-z])it(?![a-z])", re.IGNORECASE)
_FORCE_BOLD_FLAG = 1 << 18
_ITALIC_FLAG = 1 << 6
_FILL_AND_STROKE = 2
_LEAST_LEAN = 0.02
_SPACES = frozenset(" \t\u00a0\u2002\u2003\u2009\u202f")
_DROPPED = frozenset("\r\n\x00\u200b\u200c\u200d\ufeff")
_BLANKS = _SPACES | _DROPPED
_LIGATURES = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)}
_PDFIUM_HYPHEN = "\x02"  # PDFium puts this in the place of a hyphen at the end of a line
_ODD = re.compile("[" + _PDFIUM_HYPHEN + "\ufb00-\ufb06]")  # what `clean` changes


@dataclass(frozen=True, slots=True)
class FontFace:
    """A font as the PDF names it, without the subset prefix ("ABCDEF+").

    `legacy`: the name is that of a TCVN3 or VNI font, whose letters are not Unicode.
    """

    name: str
    bold: bool
    italic: bool
    legacy: LegacyFont | None = None


@dataclass(slots=True)
class Run:
    """Characters that one drawing operation put side by side without a space: a word, or a piece of one.

    `first` and `count` are PDFium's character indices, in the order of the file's stream; `spaces` characters follow
    there that are no letters: line ends, and spaces, some only PDFium's guesses (see `TextLayer.written_spaces`).
    """

    text: str
    x0: float
    x1: float
    base: float
    size: float
    face: FontFace
    first: int
    count: int
    spaces: int = 0


# A word, or a piece of one that is an object of its own: its characters, whether it begins its object's letters, how many
# blanks of the object follow it, and how many of objects without letters follow these.
_Word = tuple[int, int, bool, int, int]
# How a text object is set: base, size and face as in Run, whether at an angle, how far it leans, its base in user space.
_Setting = tuple[float, float, FontFace, bool, float, float]


class PageGeometry:
    """Turns PDF user space (origin bottom-left, before rotation) into points from the top-left corner as shown."""

    def __init__(self, page: Any) -> None:
        left, bottom, right, top = (float(edge) for edge in page.get_bbox())
        self._left, self._bottom, self._right, self._top = left, bottom, right, top
        self._rotation = page.get_rotation() % 360
        across, down = right - left, top - bottom
        self.width, self.height = (down, across) if self._rotation in (90, 270) else (across, down)

    @property
    def upright_left(self) -> float | None:
        """What to take from an x of user space on a page that is not turned; None on a turned one."""
        return self._left if self._rotation == 0 else None

    def point(self, x: float, y: float) -> tuple[float, float]:
        """A point of user space → (x from the left, y from the top) in points."""
        if self._rotation == 0:
            return x - self._left, self._top - y
        if self._rotation == 90:
            return y - self._bottom, x - self._left
        if self._rotation == 180:
            return self._right - x, y - self._bottom
        return self._top - y, self._right - x

    def heights(self, xs: Iterable[float], ys: Iterable[float]) -> list[float]:
        """The second coordinate of `point`, of many points."""
        if self._rotation == 0:
            top = self._top
            return [top - y for y in ys]
        return [self.point(x, y)[1] for x, y in zip(xs, ys, strict=True)]

    def angle(self, a: float, b: float) -> float:
        """Direction of writing of a text matrix in degrees, as shown on the page; 0 is from left to right."""
        return float((math.degrees(math.atan2(b, a)) - self._rotation) % 360)


class TextLayer:
    """The characters of one open page. Holds PDFium's text page; use as a context manager."""

    def __init__(self, page: Any, geometry: PageGeometry) -> None:
        self._text_page = page.get_textpage()
        self._raw = self._text_page.raw
        self._geometry = geometry
        self._rect = pdfium.FS_RECTF()
        self._rect_reference = ctypes.byref(self._rect)
        self._upright_left = geometry.upright_left
        self._faces: dict[tuple[Handle, int], FontFace] = {}
        self._writes_spaces: bool | None = None
        self.text = self._read_text()

    def __enter__(self) -> TextLayer:
        return self

    def __exit__(self, *_: object) -> None:
        self._text_page.close()

    def _read_text(self) -> str:
        """One character per PDFium index: in one call, or one by one where that does not line up."""
        count = int(pdfium.FPDFText_CountChars(self._raw))
        if count <= 0:
            return ""
        buffer = (ctypes.c_ushort * (count + 1))()
        written = int(pdfium.FPDFText_GetText(self._raw, 0, count, buffer)) - 1
        if written == count:
            text = bytes(buffer)[: 2 * count].decode("utf-16-le", errors="replace")
            if len(text) == count:
                return text
        codes = (int(pdfium.FPDFText_GetUnicode(self._raw, index)) for index in range(count))
        return "".join(chr(code) if code < 0xD800 or 0xDFFF < code <= 0x10FFFF else "\ufffd" for code in codes)

    def span(self, index: int) -> tuple[float, float]:
        """Left and right edge of a character's advance, as shown."""
        pdfium.FPDFText_GetLooseCharBox(self._raw, index, self._rect_reference)
        rect = self._rect
        if self._upright_left is not None:
            return rect.left - self._upright_left, rect.right - self._upright_left
        return self._turned(rect.left, rect.top, rect.right, rect.bottom)

    def ink(self, index: int) -> tuple[float, float]:
        """Left and right edge of a character's own ink: where a mark without advance really stands."""
        left, right, bottom, top = (ctypes.c_double() for _ in range(4))
        pdfium.FPDFText_GetCharBox(self._raw, index, left, right, bottom, top)
        return self._turned(left.value, top.value, right.value, bottom.value)

    def _words(self) -> tuple[list[_Word], list[Handle]]:
        """The page's words, in stream order, and the text objects of those that begin one's letters."""
        count = len(self.text)
        found = pdf_calls.text_objects(self._raw, count)
        # Characters of PDFium's own, which have no object, stand alone each; so does what follows the last character.
        objects = [-1 - index if here is None else here for index, here in enumerate((*found, None))]
        blank = list(map(_BLANKS.__contains__, self.text))
        changes = list(map(or_, map(ne, objects, islice(objects, 1, count)), map(ne, blank, islice(blank, 1, None))))
        # "blank < change": a letter, and a change.
        firsts = list(compress(range(count), map(lt, blank, chain((True,), changes))))
        stops = compress(range(1, count + 1), map(lt, blank, chain(changes, (True,))))
        words: list[_Word] = []
        begun: list[Handle] = []
        begins = True
        for first, stop, following in zip(firsts, stops, (*firsts[1:], count), strict=False):
            here, there = objects[first], objects[following]
            if begins:
                begun.append(here if here > 0 else None)
            end = stop
            while end < following and objects[end] == here:
                end += 1
            start = following
            if end < start:  # blanks at the start of the next word's object are not counted
                while start > end and objects[start - 1] == there:
                    start -= 1
            words.append((first, stop, begins, end - stop, start - end))
            begins = end < following or there != here
        return words, begun

    def runs(self) -> tuple[list[Run], list[Run]]:
        """The page's runs in stream order: those written from left to right, and those at an angle."""
        words, objects = self._words()
        settings = self._settings([word[0] for word in words if word[2]], objects)
        edges = self._edges([word[0] for word in words], [word[1] - 1 for word in words])
        text = self.text
        is_odd = _ODD.search(text) is not None
        straight: list[Run] = []
        slanted: list[Run] = []
        for (first, stop, begins, inside, between), (x0, x1) in zip(words, edges, strict=True):
            if begins:
                base, size, face, is_slanted, lean, baseline = next(settings)
            word = text[first:stop]
            if is_odd and _ODD.search(word):
                word = clean(word, face)
            run = Run(word, x0, x1, base, size, face, first, stop - first, inside)
            if lean:
                self._straighten(run, lean, baseline)
            (slanted if is_slanted else straight).append(run)
            if between and straight:
                straight[-1].spaces += between
        return straight, slanted

    def _settings(self, indices: Sequence[int], objects: Sequence[Handle]) -> Iterator[_Setting]:
        """How the text of each object is set, told by one of its characters."""
        raw = self._raw
        turns: dict[tuple[float, ...], tuple[float, bool, float]] = {}
        sizes = pdf_calls.font_sizes(raw, indices)
        matrices = zip(*pdf_calls.matrices(raw, indices), strict=True)
        xs, ys = pdf_calls.origins(raw, indices)
        bases = self._geometry.heights(xs, ys)
        for base, y, size, matrix, face in zip(bases, ys, sizes, matrices, self._faces_of(objects), strict=True):
            turn = turns.get(matrix)
            if turn is None:
                turn = turns[matrix] = self._turn(*matrix)
            scale, is_slanted, lean = turn
            yield base, abs(size) * scale or 1.0, face, is_slanted, lean, y

    def _turn(self, a: float, b: float, c: float, d: float) -> tuple[float, bool, float]:
        """What a text matrix does: how much it enlarges, whether it writes at an angle, how far upright letters lean."""
        angle = self._geometry.angle(a, b)
        # An upright font slanted by its matrix: PDFium's boxes then hold the slanted letter, wider than its advance.
        lean = c / d if angle < 3 and d and self._upright_left is not None else 0.0
        return math.hypot(c, d), not (angle < 3 or angle > 357), lean if abs(lean) > _LEAST_LEAN else 0.0

    def _faces_of(self, objects: Sequence[Handle]) -> Iterator[FontFace]:
        known = self._faces
        for here, font, mode in zip(objects, pdf_calls.fonts(objects), pdf_calls.render_modes(objects), strict=True):
            face = known.get((font, mode))
            if face is None:
                face = known[font, mode] = _read_face(here, stroked=mode == _FILL_AND_STROKE) if font else FontFace("", False, False)
            yield face

    def _edges(self, firsts: Sequence[int], lasts: Sequence[int]) -> Iterator[tuple[float, float]]:
        """How far each word reaches, left and right: as far as its first or its last character."""
        boxes, others = pdf_calls.loose_boxes(self._raw, firsts), pdf_calls.loose_boxes(self._raw, lasts)
        left = self._upright_left
        if left is not None:
            for x0, other0, x1, other1 in zip(boxes[0], others[0], boxes[2], others[2], strict=True):
                yield (x0 if x0 <= other0 else other0) - left, (x1 if x1 >= other1 else other1) - left
            return
        for box, other in zip(zip(*boxes, strict=True), zip(*others, strict=True), strict=True):
            (x0, x1), (other0, other1) = self._turned(*box), self._turned(*other)
            yield min(x0, other0), max(x1, other1)

    def _turned(self, left: float, top: float, right: float, bottom: float) -> tuple[float, float]:
        x0, _ = self._geometry.point(left, bottom)
        x1, _ = self._geometry.point(right, top)
        return (x0, x1) if x0 <= x1 else (x1, x0)

    def _straighten(self, run: Run, slant: float, baseline: float) -> None:
        """Bring a slanted run back to its advances on the baseline (in user space)."""
        self.span(run.first)
        run.x0 += slant * (baseline - self._rect.bottom)
        self.span(run.first + run.count - 1)
        run.x1 -= slant * (self._rect.top - baseline)

    def letters(self, run: Run) -> list[Run]:
        """A run taken apart into one run per character, each with its own place."""
        parts = []
        for index in range(run.first, run.first + run.count):
            char = self.text[index]
            x0, x1 = self.ink(index) if unicodedata.combining(char) else self.span(index)
            parts.append(Run(clean(char, run.face), x0, x1, run.base, run.size, run.face, index, 1))
        if parts:
            parts[-1].spaces = run.spaces
        return parts

    def written_spaces(self, run: Run) -> int:
        """How many spaces the file itself writes after a run. PDFium drops some where letters come out of order."""
        end = run.first + run.count
        return sum(
            1
            for index in range(end, end + run.spaces)
            if self.text[index] in _SPACES and int(pdfium.FPDFText_IsGenerated(self._raw, index)) != 1
        )

    def writes_spaces(self) -> bool:
        """Whether the file writes spaces at all, or only moves on; judged by the first ones of the page."""
        if self._writes_spaces is None:
            self._writes_spaces = self._find_written_spaces()
        return self._writes_spaces

    def _find_written_spaces(self) -> bool:
        indices = list(islice((index for index, char in enumerate(self.text[:2000]) if char in _SPACES), 40))
        written = sum(1 for index in indices if int(pdfium.FPDFText_IsGenerated(self._raw, index)) != 1)
        return 2 * written > len(indices)


def clean(text: str, face: FontFace) -> str:
    """Undo what PDFium and typesetting did to characters: its hyphen sign, ligatures. Soft hyphens stay."""
    # In a TCVN3 font the soft hyphen is the letter ư, and PDFium takes it for a hyphen at the end of a line.
    text = text.replace(_PDFIUM_HYPHEN, "-" if face.legacy is None else "\u00ad")
    return text.translate(_LIGATURES)


def _read_face(text_object: Handle, *, stroked: bool) -> FontFace:
    font = pdfium.FPDFTextObj_GetFont(ctypes.cast(text_object or 0, pdfium.FPDF_PAGEOBJECT))
    length = int(pdfium.FPDFFont_GetBaseFontName(font, None, 0))
    buffer = ctypes.create_string_buffer(max(length, 1))
    pdfium.FPDFFont_GetBaseFontName(font, buffer, length)
    name = buffer.value.decode("utf-8", errors="replace")
    name = re.sub(r"^[A-Z]{6}\+", "", name)
    flags = max(int(pdfium.FPDFFont_GetFlags(font)), 0)
    bold = bool(_BOLD_NAME.search(name)) or stroked or bool(flags & _FORCE_BOLD_FLAG)
    bold = bold or int(pdfium.FPDFFont_GetWeight(font)) >= 600
    italic = bool(_ITALIC_NAME.search(name)) or bool(flags & _ITALIC_FLAG)
    return FontFace(name, bold, italic, legacy_font(name))
