"""What is drawn on a PDF page besides letters: ruled lines, and how much of it images cover.

Points from the top-left corner of the page as shown. The caller holds `PDFIUM_LOCK` and keeps the page open.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pypdfium2.raw as pdfium

from covenant_review.extraction.pdf_calls import object_types
from covenant_review.extraction.pdf_glyphs import PageGeometry

_THINNEST_CELL = 3.5  # a filled path thinner than this is a line, not an area
_MAX_FORM_DEPTH = 4
_MAX_PATH_OBJECTS = 20_000
_MAX_SEGMENTS = 400  # a path of more is a drawing
_DRAWN = frozenset({pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_FORM})


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
class PageGraphics:
    """What is drawn on a page besides letters: rulings, the number of paths, the share of its area under images."""

    rulings: list[Ruling] = field(default_factory=list)
    image_share: float = 0.0
    path_count: int = 0


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


def read_graphics(page: Any, geometry: PageGeometry) -> PageGraphics:
    """Rulings, paths and images of an open page, also inside form objects. Drawings of many points are only counted."""
    raw = page.raw
    graphics = PageGraphics()
    types = object_types(raw, int(pdfium.FPDFPage_CountObjects(raw)))
    drawn = [index for index, kind in enumerate(types) if kind in _DRAWN]
    _walk((pdfium.FPDFPage_GetObject(raw, index) for index in drawn), _Matrix(), geometry, graphics, 0)
    graphics.image_share = min(graphics.image_share / max(geometry.width * geometry.height, 1.0), 1.0)
    return graphics


def _walk(items: Iterable[Any], outer: _Matrix, geometry: PageGeometry, graphics: PageGraphics, depth: int) -> None:
    for item in items:
        if not item:
            continue
        kind = int(pdfium.FPDFPageObj_GetType(item))
        if kind == pdfium.FPDF_PAGEOBJ_PATH:
            graphics.path_count += 1
            if graphics.path_count <= _MAX_PATH_OBJECTS:
                _add_path(item, _matrix_of(item).then(outer), geometry, graphics)
        elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            matrix = _matrix_of(item).then(outer)
            corners = [geometry.point(*matrix.apply(x, y)) for x, y in ((0, 0), (1, 0), (0, 1), (1, 1))]
            xs, ys = [corner[0] for corner in corners], [corner[1] for corner in corners]
            graphics.image_share += (max(xs) - min(xs)) * (max(ys) - min(ys))
        elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _MAX_FORM_DEPTH:
            inner = _matrix_of(item).then(outer)
            held = range(int(pdfium.FPDFFormObj_CountObjects(item)))
            _walk((pdfium.FPDFFormObj_GetObject(item, index) for index in held), inner, geometry, graphics, depth + 1)


def _add_path(path: Any, matrix: _Matrix, geometry: PageGeometry, graphics: PageGraphics) -> None:
    """Straight lines of one path: strokes along the axes, and filled areas so thin that they are lines to the eye."""
    segment_count = int(pdfium.FPDFPath_CountSegments(path))
    if segment_count > _MAX_SEGMENTS:
        return
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(path, fill, stroke)
    for points in _subpaths(path, segment_count, matrix, geometry):
        xs, ys = [point[0] for point in points], [point[1] for point in points]
        x0, x1, y0, y1 = min(xs), max(xs), min(ys), max(ys)
        if fill.value and min(x1 - x0, y1 - y0) <= _THINNEST_CELL and max(x1 - x0, y1 - y0) > 4:
            if x1 - x0 >= y1 - y0:
                graphics.rulings.append(Ruling(x0, (y0 + y1) / 2, x1, (y0 + y1) / 2))
            else:
                graphics.rulings.append(Ruling((x0 + x1) / 2, y0, (x0 + x1) / 2, y1))
        elif stroke.value:
            for (ax, ay), (bx, by) in pairwise(points):
                if (abs(ax - bx) < 0.5 or abs(ay - by) < 0.5) and max(abs(ax - bx), abs(ay - by)) > 4:
                    graphics.rulings.append(Ruling(min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)))


def _subpaths(path: Any, segment_count: int, matrix: _Matrix, geometry: PageGeometry) -> Iterator[list[tuple[float, float]]]:
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
