"""Tesseract, kept warm: words with their places from a cleaned page or a part of it."""

from __future__ import annotations

import functools
import os
import queue
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from covenant_review.extraction.document import UnreadableFile

LANGUAGE = "vie"
_DATA = f"{LANGUAGE}.traineddata"
_USUAL_PLACES = ("/usr/share/tesseract-ocr/*/tessdata", "/usr/share/tessdata", "/usr/local/share/tessdata", "/opt/homebrew/share/tessdata")
_NEVER_WRITTEN = "§|~^`{}<>=€£¥¢©®™¬¦\\_«»"  # signs that no covenant holds: what looks like one is something else
_FOREIGN_LETTERS = "øØæÆåÅäÄëËïÏöÖüÜÿßçÇñÑœŒşŞłŁžŽčČšŠûÛîÎ"  # which the data holds as well; Vietnamese writes none of them
_RESOLUTION = 300  # what a cleaned page counts as: its letters have the size that they have at 300 dpi


@dataclass(slots=True)
class Word:
    """A recognised word: its ink's box and its line's baseline in pixels of the page; `confidence` in percent.

    Words of one line share the number `line`; no other line of the page has it. `spans`: from where to where each letter of
    `text` reaches; empty where letters and places do not match.
    """

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    base: float
    confidence: float
    line: int
    spans: tuple[tuple[float, float], ...] = ()


@functools.cache
def tessdata() -> Path:
    """The folder of the Vietnamese recognition data: TESSDATA_PREFIX, else where packages put it.

    Raises UnreadableFile("ocr_missing").
    """
    named = os.environ.get("TESSDATA_PREFIX", "")
    places = [Path(named), Path(named) / "tessdata"] if named else []
    for pattern in _USUAL_PLACES:
        root = Path(pattern.split("*")[0])
        places += sorted(root.glob(pattern[len(str(root)) + 1 :]), reverse=True) if "*" in pattern else [root]
    for place in places:
        if (place / _DATA).is_file():
            return place
    raise UnreadableFile("ocr_missing", f"no {_DATA}; the package tesseract-ocr-vie holds it")


class Engine:
    """One Tesseract with the Vietnamese data. Used by one thread at a time."""

    def __init__(self) -> None:
        place = tessdata()
        # Two pages at once on two cores are faster than one page on two threads. Read when the library loads.
        os.environ.setdefault("OMP_THREAD_LIMIT", "1")
        try:
            import tesserocr
        except ImportError as error:
            raise UnreadableFile("ocr_missing", "no tesserocr") from error
        self._tesserocr = tesserocr
        try:
            self._api = tesserocr.PyTessBaseAPI(path=str(place) + os.sep, lang=LANGUAGE, psm=tesserocr.PSM.AUTO)
        except RuntimeError as error:
            raise UnreadableFile("ocr_missing", str(error)) from error
        self._api.SetVariable("debug_file", os.devnull)
        self._api.SetVariable("tessedit_char_blacklist", _NEVER_WRITTEN + _FOREIGN_LETTERS)
        self._lines = 0

    def show(self, grey: NDArray[np.uint8]) -> None:
        """The page that is to be read next."""
        self._api.SetImage(Image.fromarray(grey))
        self._api.SetSourceResolution(_RESOLUTION)
        self._size = (grey.shape[1], grey.shape[0])

    def page(self) -> list[Word]:
        """The words of the whole page, laid out as Tesseract finds it."""
        self._api.SetPageSegMode(self._tesserocr.PSM.AUTO)
        self._api.SetRectangle(0, 0, *self._size)
        return self._words()

    def area(self, x0: float, y0: float, x1: float, y1: float, *, one_line: bool = False) -> list[Word]:
        """The words of one rectangle of the page, which holds lines of one column (or a single line)."""
        modes = self._tesserocr.PSM
        self._api.SetPageSegMode(modes.SINGLE_LINE if one_line else modes.SINGLE_BLOCK)
        left, top = max(int(x0), 0), max(int(y0), 0)
        right, bottom = min(int(x1) + 1, self._size[0]), min(int(y1) + 1, self._size[1])
        if right - left < 3 or bottom - top < 3:
            return []
        self._api.SetRectangle(left, top, right - left, bottom - top)
        return self._words()

    def close(self) -> None:
        """Give the memory back."""
        self._api.End()

    def _words(self) -> list[Word]:
        # Recognize lets other threads run; asking for the text without it would not.
        if not self._api.Recognize():
            return []
        iterator = self._api.GetIterator()
        level = self._tesserocr.RIL
        words: list[Word] = []
        word: Word | None = None
        letters: list[str] = []
        for item in self._tesserocr.iterate_level(iterator, level.SYMBOL) if iterator is not None else ():
            if item.IsAtBeginningOf(level.TEXTLINE):
                self._lines += 1
            if item.IsAtBeginningOf(level.WORD):
                word, letters = self._word(item, level), []
                if word is not None:
                    words.append(word)
            if word is not None:
                _add_letter(word, letters, item, level)
        return [word if len(word.spans) == len(word.text) else replace(word, spans=()) for word in words]

    def _word(self, item: Any, level: Any) -> Word | None:
        if item.Empty(level.WORD):
            return None
        text = item.GetUTF8Text(level.WORD).strip()
        box = item.BoundingBox(level.WORD)
        baseline = item.Baseline(level.TEXTLINE)
        if not text or box is None:
            return None
        x0, y0, x1, y1 = map(float, box)
        base = y1
        if baseline is not None:
            (ax, ay), (bx, by) = baseline
            middle = (x0 + x1) / 2
            base = ay + (by - ay) * ((middle - ax) / (bx - ax)) if bx != ax else float(ay)
        return Word(text, x0, y0, x1, y1, float(base), float(item.Confidence(level.WORD)), self._lines)


def _add_letter(word: Word, letters: list[str], item: Any, level: Any) -> None:
    """Put the letter at `item`, where it is the one due, among the word's `spans`."""
    text, box = item.GetUTF8Text(level.SYMBOL), item.BoundingBox(level.SYMBOL)
    if text and box is not None and len(text) == 1 and word.text.startswith("".join((*letters, text))):
        letters.append(text)
        word.spans = (*word.spans, (float(box[0]), float(box[2])))


class EnginePool:
    """Engines for a few threads, made when they are first needed and kept."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._free: queue.LifoQueue[Engine | None] = queue.LifoQueue()
        for _ in range(size):
            self._free.put(None)

    @contextmanager
    def engine(self) -> Iterator[Engine]:
        """An engine for this thread alone, until the block ends."""
        held = self._free.get()
        try:
            if held is None:
                held = Engine()
            yield held
        finally:
            self._free.put(held)
