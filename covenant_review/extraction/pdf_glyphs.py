"""What PDFium knows of a page: runs of characters with their place, the fonts, the ruled lines, whether it holds images.

Everything here is in points from the top-left corner of the page as it is shown (rotation and crop box applied). The
caller holds `PDFIUM_LOCK` (PDFium is not thread-safe) and keeps the page open while it uses these functions.
"""

from __future__ import annotations

import ctypes
import math
import re
import threading
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pypdfium2.raw as pdfium

PDFIUM_LOCK = threading.Lock()

_LEGACY_FONT = re.compile(r"^\.?vn[a-z]|^vni(?![a-z])|^vni-|^tcvn|^\.vn", re.IGNORECASE)
_BOLD_NAME = re.compile(r"bold|black|heavy|demi(?!light)|(?<![a-z])bd(?![a-z])", re.IGNORECASE)
_ITALIC_NAME = re.compile(r"italic|oblique|(?<![a-z])it(?![a-z])", re.IGNORECASE)
_FORCE_BOLD_FLAG = 1 << 18
_ITALIC_FLAG = 1 << 6
_FILL_AND_STROKE = 2
_SPACES = frozenset(" \t\u00a0\u2002\u2003\u2009\u202f")
_DROPPED = frozenset("\r\n\x00\u200b\u200c\u200d\ufeff")
_LIGATURES = {chr(code): unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)}
_PDFIUM_HYPHEN = "\x02"  # PDFium puts this in the place of a hyphen at the end of a line
_THINNEST_CELL = 3.5  # a filled path thinner than this is a line, not an area
_MAX_FORM_DEPTH = 4
_MAX_PATH_OBJECTS = 20_000


@dataclass(frozen=True, slots=True)
class FontFace:
    """A font as the PDF names it, without the subset prefix ("ABCDEF+")."""

    name: str
    bold: bool
    italic: bool

    @property
    def is_legacy(self) -> bool:
        """Whether the name is that of a TCVN3 or VNI font, whose letters are not Unicode."""
        return bool(_LEGACY_FONT.match(self.name))


@dataclass(slots=True)
class Run:
    """Characters that one drawing operation put side by side without a space. `order` is the place in the file's stream.

    `first` and `count` are PDFium's character indices, so that a run can be taken apart later. A run of one space keeps
    its place too: it says where words end, in files whose stream order is broken.
    """

    text: str
    x0: float
    x1: float
    base: float
    size: float
    face: FontFace
    order: int
    first: int
    count: int

    @property
    def is_space(self) -> bool:
        return self.text == " "


@dataclass(frozen=True, slots=True)
class Ruling:
    """A straight ruled line, horizontal or vertical."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def is_horizontal(self) -> bool:
        return self.x1 - self.x0 >= self.y1 - self.y0


@dataclass(slots=True)
class PageContent:
    """One page: its size, its runs, what stands at an angle (watermarks), its rulings and the share covered by images."""

    width: float
    height: float
    runs: list[Run] = field(default_factory=list)
    slanted: list[Run] = field(default_factory=list)
    rulings: list[Ruling] = field(default_factory=list)
    image_share: float = 0.0
    path_count: int = 0


class PageGeometry:
    """Turns PDF user space (origin bottom-left, page rotation not applied) into points from the shown top-left corner."""

    def __init__(self, page: Any) -> None:
        left, bottom, right, top = page.get_bbox()
        self._left, self._bottom, self._right, self._top = left, bottom, right, top
        self._rotation = page.get_rotation() % 360
        across, down = right - left, top - bottom
        self.width, self.height = (down, across) if self._rotation in (90, 270) else (across, down)

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
        return (math.degrees(math.atan2(b, a)) - self._rotation) % 360


class TextLayer:
    """The characters of one open page. Holds PDFium's text page; use as a context manager."""

    def __init__(self, page: Any, geometry: PageGeometry) -> None:
        self._text_page = page.get_textpage()
        self._raw = self._text_page.raw
        self._geometry = geometry
        self._rect = pdfium.FS_RECTF()
        self._rect_reference = ctypes.byref(self._rect)
        self._faces: dict[int, FontFace] = {}
        self.text = self._read_text()

    def __enter__(self) -> TextLayer:
        return self

    def __exit__(self, *_: object) -> None:
        self._text_page.close()

    def _read_text(self) -> str:
        """One character per PDFium index. One call for the page; character by character only where that does not line up."""
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
            first = next((index for index in range(start, end) if text[index] not in _DROPPED), None)
            if first is None:
                continue
            pdfium.FPDFText_GetMatrix(self._raw, first, matrix)
            pdfium.FPDFText_GetCharOrigin(self._raw, first, x, y)
            _, base = self._geometry.point(x.value, y.value)
            size = abs(float(pdfium.FPDFText_GetFontSize(self._raw, first))) * math.hypot(matrix.c, matrix.d)
            angle = self._geometry.angle(matrix.a, matrix.b)
            out = straight if angle < 3 or angle > 357 else slanted
            self._cut_object(first, end, base, size or 1.0, self._face(first), out)
        return straight, slanted

    def _cut_object(self, start: int, end: int, base: float, size: float, face: FontFace, out: list[Run]) -> None:
        text = self.text
        index = start
        while index < end:
            char = text[index]
            if char in _DROPPED:
                index += 1
            elif char in _SPACES:
                x0, x1 = self.span(index)
                if x1 - x0 > 0.01:  # PDFium's own guesses at spaces have no width; the line is regrouped by gaps instead
                    out.append(Run(" ", x0, x1, base, size, face, index, index, 1))
                index += 1
            else:
                stop = index + 1
                while stop < end and text[stop] not in _SPACES and text[stop] not in _DROPPED:
                    stop += 1
                x0, x1 = self.span(index)
                if stop - index > 1:
                    other0, other1 = self.span(stop - 1)
                    x0, x1 = min(x0, other0), max(x1, other1)
                out.append(Run(clean(text[index:stop], face), x0, x1, base, size, face, index, index, stop - index))
                index = stop

    def letters(self, run: Run) -> list[Run]:
        """A run taken apart into one run per character, each with its own place."""
        parts = []
        for index in range(run.first, run.first + run.count):
            char = self.text[index]
            x0, x1 = self.ink(index) if unicodedata.combining(char) else self.span(index)
            parts.append(Run(clean(char, run.face), x0, x1, run.base, run.size, run.face, index, index, 1))
        return parts


def clean(text: str, face: FontFace) -> str:
    """Undo what PDFium and typesetting did to characters: its hyphen sign, ligatures. Soft hyphens stay (see join_lines)."""
    if text.isascii() and _PDFIUM_HYPHEN not in text:
        return text
    # In a TCVN3 font the soft hyphen is the letter ư, and PDFium takes it for a hyphen at the end of a line.
    text = text.replace(_PDFIUM_HYPHEN, "\u00ad" if face.is_legacy else "-")
    return "".join(_LIGATURES.get(char, char) for char in text)


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
    return FontFace(name, bold, italic)


@dataclass(frozen=True, slots=True)
class _Matrix:
    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    d: float = 1.0
    e: float = 0.0
    f: float = 0.0

    def then(self, other: _Matrix) -> _Matrix:
        return _Matrix(
            self.a * other.a + self.b * other.c,
            self.a * other.b + self.b * other.d,
            self.c * other.a + self.d * other.c,
            self.c * other.b + self.d * other.d,
            self.e * other.a + self.f * other.c + other.e,
            self.e * other.b + self.f * other.d + other.f,
        )

    def apply(self, x: float, y: float) -> tuple[float, float]:
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f


def _matrix_of(page_object: Any) -> _Matrix:
    matrix = pdfium.FS_MATRIX()
    if not pdfium.FPDFPageObj_GetMatrix(page_object, matrix):
        return _Matrix()
    return _Matrix(matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)


def read_graphics(page: Any, geometry: PageGeometry, content: PageContent) -> None:
    """Fill `content` with the page's rulings, the number of its paths and the share of its area under images."""
    raw = page.raw
    count = int(pdfium.FPDFPage_CountObjects(raw))
    _walk(lambda index: pdfium.FPDFPage_GetObject(raw, index), count, _Matrix(), geometry, content, 0)
    content.image_share = min(content.image_share / max(content.width * content.height, 1.0), 1.0)


def _walk(
    get: Callable[[int], Any], count: int, outer: _Matrix, geometry: PageGeometry, content: PageContent, depth: int
) -> None:
    for index in range(count):
        item = get(index)
        if not item:
            continue
        kind = int(pdfium.FPDFPageObj_GetType(item))
        if kind == pdfium.FPDF_PAGEOBJ_PATH:
            content.path_count += 1
            if content.path_count <= _MAX_PATH_OBJECTS:
                _add_path(item, _matrix_of(item).then(outer), geometry, content)
        elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            matrix = _matrix_of(item).then(outer)
            corners = [geometry.point(*matrix.apply(x, y)) for x, y in ((0, 0), (1, 0), (0, 1), (1, 1))]
            xs, ys = [corner[0] for corner in corners], [corner[1] for corner in corners]
            content.image_share += (max(xs) - min(xs)) * (max(ys) - min(ys))
        elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _MAX_FORM_DEPTH:
            inner = _matrix_of(item).then(outer)
            inner_count = int(pdfium.FPDFFormObj_CountObjects(item))

            def get_inner(position: int, form: Any = item) -> Any:
                return pdfium.FPDFFormObj_GetObject(form, position)

            _walk(get_inner, inner_count, inner, geometry, content, depth + 1)


def _add_path(path: Any, matrix: _Matrix, geometry: PageGeometry, content: PageContent) -> None:
    """Straight lines of one path: strokes along the axes, and filled areas so thin that they are lines to the eye."""
    segment_count = int(pdfium.FPDFPath_CountSegments(path))
    if segment_count > 400:  # a drawing
        return
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(path, fill, stroke)
    for points in _subpaths(path, segment_count, matrix, geometry):
        xs, ys = [point[0] for point in points], [point[1] for point in points]
        x0, x1, y0, y1 = min(xs), max(xs), min(ys), max(ys)
        if fill.value and min(x1 - x0, y1 - y0) <= _THINNEST_CELL and max(x1 - x0, y1 - y0) > 4:
            if x1 - x0 >= y1 - y0:
                content.rulings.append(Ruling(x0, (y0 + y1) / 2, x1, (y0 + y1) / 2))
            else:
                content.rulings.append(Ruling((x0 + x1) / 2, y0, (x0 + x1) / 2, y1))
        elif stroke.value:
            for (ax, ay), (bx, by) in zip(points, points[1:], strict=False):
                if (abs(ax - bx) < 0.5 or abs(ay - by) < 0.5) and max(abs(ax - bx), abs(ay - by)) > 4:
                    content.rulings.append(Ruling(min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)))


def _subpaths(
    path: Any, segment_count: int, matrix: _Matrix, geometry: PageGeometry
) -> Iterator[list[tuple[float, float]]]:
    x, y = ctypes.c_float(), ctypes.c_float()
    points: list[tuple[float, float]] = []
    for index in range(segment_count):
        segment = pdfium.FPDFPath_GetPathSegment(path, index)
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        point = geometry.point(*matrix.apply(x.value, y.value))
        if int(pdfium.FPDFPathSegment_GetType(segment)) == pdfium.FPDF_SEGMENT_MOVETO and points:
            yield points
            points = []
        points.append(point)
        if pdfium.FPDFPathSegment_GetClose(segment) and len(points) > 2:
            points.append(points[0])
    if len(points) > 1:
        yield points
