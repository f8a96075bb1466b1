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
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pypdfium2.raw as pdfium

from covenant_review.text.legacy_fonts import LegacyFont, legacy_font

PDFIUM_LOCK = threading.Lock()

_BOLD_NAME = re.compile(r"bold|black|heavy|demi(?!light)|(?<![a-z])bd(?![a-z])", re.IGNORECASE)
_ITALIC_NAME = re.compile(r"italic|oblique|(?<![a-z])it(?![a-z])", re.IGNORECASE)
_FORCE_BOLD_FLAG = 1 << 18
_ITALIC_FLAG = 1 << 6
_FILL_AND_STROKE = 2
_SPACES = frozenset(" \t\u00a0\u2002\u2003\u2009\u202f")
_DROPPED = frozenset("\r\n\x00\u200b\u200c\u200d\ufeff")
_WORD = re.compile("[^" + "".join(sorted(_SPACES | _DROPPED)) + "]+")
_LIGATURES = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)}
_PDFIUM_HYPHEN = "\x02"  # PDFium puts this in the place of a hyphen at the end of a line


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
        self._faces: dict[int, FontFace] = {}
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
        x0, _ = self._geometry.point(rect.left, rect.bottom)
        x1, _ = self._geometry.point(rect.right, rect.top)
        return (x0, x1) if x0 <= x1 else (x1, x0)

    def ink(self, index: int) -> tuple[float, float]:
        """Left and right edge of a character's own ink: where a mark without advance really stands."""
        left, right, bottom, top = (ctypes.c_double() for _ in range(4))
        pdfium.FPDFText_GetCharBox(self._raw, index, left, right, bottom, top)
        x0, _ = self._geometry.point(left.value, bottom.value)
        x1, _ = self._geometry.point(right.value, top.value)
        return (x0, x1) if x0 <= x1 else (x1, x0)

    def _object_at(self, index: int) -> int:
        pointer = pdfium.FPDFText_GetTextObject(self._raw, index)
        return ctypes.addressof(pointer.contents) if pointer else 0

    def _object_ends(self) -> Iterator[tuple[int, int]]:
        """(start, end) of each text object's characters. Gallops, because one object's characters stand together."""
        count = len(self.text)
        start = 0
        while start < count:
            here = self._object_at(start)
            if here == 0:  # a character of PDFium's own, between objects
                yield start, start + 1
                start += 1
                continue
            known, step = start, 8
            while known + step < count and self._object_at(known + step) == here:
                known += step
            low, high = known, min(known + step, count)
            while high - low > 1:
                middle = (low + high) // 2
                if self._object_at(middle) == here:
                    low = middle
                else:
                    high = middle
            yield start, low + 1
            start = low + 1

    def _face(self, index: int) -> FontFace:
        pointer = pdfium.FPDFText_GetTextObject(self._raw, index)
        if not pointer:
            return FontFace("", False, False)
        font = pdfium.FPDFTextObj_GetFont(pointer)
        if not font:
            return FontFace("", False, False)
        stroked = int(pdfium.FPDFTextObj_GetTextRenderMode(pointer)) == _FILL_AND_STROKE
        key = ctypes.addressof(font.contents) * 2 + stroked
        face = self._faces.get(key)
        if face is None:
            face = self._faces[key] = _read_face(font, stroked)
        return face

    def runs(self) -> tuple[list[Run], list[Run]]:
        """The page's runs in stream order: those written from left to right, and those at an angle."""
        straight: list[Run] = []
        slanted: list[Run] = []
        matrix = pdfium.FS_MATRIX()
        x, y = ctypes.c_double(), ctypes.c_double()
        text = self.text
        for start, end in self._object_ends():
            word = _WORD.search(text, start, end)
            if word is None:
                if straight:
                    straight[-1].spaces += end - start
                continue
            first = word.start()
            pdfium.FPDFText_GetMatrix(self._raw, first, matrix)
            pdfium.FPDFText_GetCharOrigin(self._raw, first, x, y)
            _, base = self._geometry.point(x.value, y.value)
            size = abs(float(pdfium.FPDFText_GetFontSize(self._raw, first))) * math.hypot(matrix.c, matrix.d)
            angle = self._geometry.angle(matrix.a, matrix.b)
            out = straight if angle < 3 or angle > 357 else slanted
            # An upright font slanted by its matrix: PDFium's boxes then hold the slanted letter, wider than its advance.
            slant = matrix.c / matrix.d if angle < 3 and matrix.d and self._upright_left is not None else 0.0
            self._cut_object(first, end, base, size or 1.0, self._face(first), out)
            if abs(slant) > 0.02:
                self._straighten(out, first, slant, y.value)
        return straight, slanted

    def _cut_object(self, start: int, end: int, base: float, size: float, face: FontFace, out: list[Run]) -> None:
        text, span = self.text, self.span
        done = start
        for match in _WORD.finditer(text, start, end):
            first, stop = match.span()
            if out and first > done:
                out[-1].spaces += first - done
            x0, x1 = span(first)
            if stop - first > 1:
                other0, other1 = span(stop - 1)
                x0, x1 = min(x0, other0), max(x1, other1)
            word = match.group()
            if not word.isascii() or _PDFIUM_HYPHEN in word:
                word = clean(word, face)
            out.append(Run(word, x0, x1, base, size, face, first, stop - first))
            done = stop
        if out:
            out[-1].spaces += end - done

    def _straighten(self, out: list[Run], first: int, slant: float, baseline: float) -> None:
        """Bring the runs from character `first` on back to their advances on the baseline (in user space)."""
        for run in reversed(out):
            if run.first < first:
                break
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
        indices = [index for index, char in enumerate(self.text[:2000]) if char in _SPACES][:40]
        written = sum(1 for index in indices if int(pdfium.FPDFText_IsGenerated(self._raw, index)) != 1)
        return 2 * written > len(indices)


def clean(text: str, face: FontFace) -> str:
    """Undo what PDFium and typesetting did to characters: its hyphen sign, ligatures. Soft hyphens stay."""
    # In a TCVN3 font the soft hyphen is the letter ư, and PDFium takes it for a hyphen at the end of a line.
    text = text.replace(_PDFIUM_HYPHEN, "-" if face.legacy is None else "\u00ad")
    return text.translate(_LIGATURES)


def _read_face(font: Any, stroked: bool) -> FontFace:
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
