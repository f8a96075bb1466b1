"""PDFium asked many questions of one kind at once, about the characters or the objects of a page.

A page has thousands of characters, and most of the time of a single call goes into turning arguments to and fro. Here the
calls run inside `map`, on functions without declared arguments, and write into one buffer that is unpacked in one go. The
caller holds PDFIUM_LOCK (the buffer is shared) and gives valid handles: nothing is checked here.
"""

from __future__ import annotations

import ctypes
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from itertools import repeat
from typing import Any

import pypdfium2.raw as pdfium

_ROWS = 1024  # answers that the buffer holds
_ROW_BYTES = 32  # room for one answer: at most six floats, or two doubles

Handle = int | None


def _bare(function: Any, result: Any, *arguments: Any) -> Callable[..., Any]:
    """A function of PDFium; without declared arguments pointer objects and ints go through as they are, which is fastest.

    It keeps the interpreter's lock: to let go of it and win it back takes longer than these answers, which are read off.
    """
    return ctypes.PYFUNCTYPE(result, *arguments)(ctypes.cast(function, ctypes.c_void_p).value or 0)


_text_object = _bare(pdfium.FPDFText_GetTextObject, ctypes.c_void_p)
_font_size = _bare(pdfium.FPDFText_GetFontSize, ctypes.c_double)
_loose_box = _bare(pdfium.FPDFText_GetLooseCharBox, None)
_matrix = _bare(pdfium.FPDFText_GetMatrix, None)
_origin = _bare(pdfium.FPDFText_GetCharOrigin, None)
_font = _bare(pdfium.FPDFTextObj_GetFont, ctypes.c_void_p, ctypes.c_void_p)
_render_mode = _bare(pdfium.FPDFTextObj_GetTextRenderMode, ctypes.c_int, ctypes.c_void_p)
_page_object = _bare(pdfium.FPDFPage_GetObject, ctypes.c_void_p)
_object_type = _bare(pdfium.FPDFPageObj_GetType, ctypes.c_int, ctypes.c_void_p)

_buffer = ctypes.create_string_buffer(_ROWS * _ROW_BYTES)
_rows = [ctypes.byref(_buffer, row * _ROW_BYTES) for row in range(_ROWS)]
_seconds = [ctypes.byref(_buffer, row * _ROW_BYTES + 8) for row in range(_ROWS)]
_floats, _doubles = (memoryview(_buffer).cast("B").cast(kind) for kind in ("f", "d"))


def _answers(
    ask: Callable[..., Any], text_page: Any, indices: Sequence[int], answers: memoryview[float], *places: list[Any]
) -> list[list[float]]:
    """What `ask` writes about each character, by column. `answers`: the buffer as the numbers that it writes there."""
    step = _ROW_BYTES // answers.itemsize
    columns: list[list[float]] = [[] for _ in range(step)]
    for start in range(0, len(indices), _ROWS):
        some = indices[start : start + _ROWS]
        deque(map(ask, repeat(text_page), some, *places), maxlen=0)
        for number, column in enumerate(columns):
            column.extend(answers[number : len(some) * step : step].tolist())
    return columns


def text_objects(text_page: Any, count: int) -> list[Handle]:
    """The text object of each of a text page's `count` characters; None for a character of PDFium's own."""
    return list(map(_text_object, repeat(text_page), range(count)))


def font_sizes(text_page: Any, indices: Iterable[int]) -> list[float]:
    """The font size of each character, before its matrix."""
    return list(map(_font_size, repeat(text_page), indices))


def loose_boxes(text_page: Any, indices: Sequence[int]) -> list[list[float]]:
    """Left, top, right and bottom edges of the characters' advance boxes in user space: four lists."""
    return _answers(_loose_box, text_page, indices, _floats, _rows)[:4]


def matrices(text_page: Any, indices: Sequence[int]) -> list[list[float]]:
    """The characters' text matrices, without their place: four lists, of a, b, c and d."""
    return _answers(_matrix, text_page, indices, _floats, _rows)[:4]


def origins(text_page: Any, indices: Sequence[int]) -> list[list[float]]:
    """Where the characters' baselines begin, in user space: two lists, of x and y."""
    return _answers(_origin, text_page, indices, _doubles, _rows, _seconds)[:2]


def fonts(objects: Iterable[Handle]) -> list[Handle]:
    """The font of each text object; None of None."""
    return list(map(_font, objects))


def render_modes(objects: Iterable[Handle]) -> list[int]:
    """How each text object is painted (FPDF_TEXTRENDERMODE_…)."""
    return list(map(_render_mode, objects))


def object_types(page: Any, count: int) -> list[int]:
    """The type (FPDF_PAGEOBJ_…) of each of a page's `count` objects."""
    return list(map(_object_type, map(_page_object, repeat(page), range(count))))
