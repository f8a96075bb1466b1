"""Runs of characters → lines of text, by where they stand, whatever order the file wrote them in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median

from covenant_review.extraction.document import Box
from covenant_review.extraction.pdf_glyphs import Run

_SAME_BASELINE = 0.25  # of the font size
_WORD_GAP_WITH_SPACES = 0.28  # in em: where the line's spaces are written out, a smaller gap is letter spacing
_WORD_GAP_BARE = 0.17
_COLUMN_GAP_BARE = 0.85  # in em: a gap without a space in it
_COLUMN_GAP_SPACED = 2.6
_SPACES_OF_A_COLUMN = 4  # columns made with the space bar
_ASCENT, _DESCENT = 0.8, 0.22  # of the font size, for boxes


@dataclass(slots=True)
class Line:
    """One line of one column. `first_word` is the width of its first word: whether it would have fitted further up.

    `order` is the smallest place of its characters in the file's stream. All lengths are points.
    """

    text: str
    x0: float
    x1: float
    base: float
    size: float
    bold: bool
    italic: bool
    order: int
    first_word: float
    page: int = 0
    legacy: bool = False

    @property
    def top(self) -> float:
        return self.base - _ASCENT * self.size

    @property
    def bottom(self) -> float:
        return self.base + _DESCENT * self.size

    @property
    def center(self) -> float:
        return (self.x0 + self.x1) / 2

    def box(self) -> Box:
        return Box(self.page, round(self.x0, 2), round(self.top, 2), round(self.x1, 2), round(self.bottom, 2))


Splitter = Callable[[Run], list[Run]]


def group_lines(runs: Iterable[Run], letters: Splitter) -> list[Line]:
    """Lines from top to bottom, left to right within one height. Gaps as wide as between columns end a line.

    `letters` takes a run apart into its characters; it is asked only where runs overlap, which is how a letter from a
    fallback font shows when it was written after its word.
    """
    lines: list[Line] = []
    for row in _rows(list(runs)):
        row = _interleave(row, letters)
        lines.extend(_line(piece) for piece in _cut_columns(row))
    return lines


def _rows(runs: list[Run]) -> list[list[Run]]:
    """Runs that share a baseline; a small raised or lowered piece (a footnote sign) joins the row that it touches."""
    runs.sort(key=lambda run: run.base)
    rows: list[list[Run]] = []
    for run in runs:
        if rows:
            head = rows[-1][0]
            if run.base - head.base <= _SAME_BASELINE * min(max(run.size, head.size), 2 * min(run.size, head.size)):
                rows[-1].append(run)
                continue
        rows.append([run])
    return _attach_raised(rows)


def _attach_raised(rows: list[list[Run]]) -> list[list[Run]]:
    kept: list[list[Run]] = []
    for index, row in enumerate(rows):
        words = [run for run in row if not run.is_space]
        if not words:
            continue
        size = max(run.size for run in words)
        host = None
        for other in (rows[index - 1] if index else None, rows[index + 1] if index + 1 < len(rows) else None):
            if other is None or not _is_raised_piece(words, size, other):
                continue
            host = other
        if host is None:
            kept.append(row)
        else:
            host.extend(row)
    return kept


def _is_raised_piece(words: list[Run], size: float, other: list[Run]) -> bool:
    host_words = [run for run in other if not run.is_space]
    if not host_words:
        return False
    host_size = max(run.size for run in host_words)
    distance = abs(words[0].base - host_words[0].base)
    if size > 0.8 * host_size or distance > 0.55 * host_size or len(words) > len(host_words):
        return False
    return all(any(-0.5 < run.x0 - host.x1 < 0.5 * host_size for host in host_words) for run in words)


def _interleave(row: list[Run], letters: Splitter) -> list[Run]:
    """The row by place. Runs that overlap are taken apart, so that each letter comes to stand where it is seen."""
    row.sort(key=lambda run: (run.x0, run.order))
    overlapping: set[int] = set()
    reach, reach_index = float("-inf"), -1
    for index, run in enumerate(row):
        if run.is_space:
            continue
        if run.x0 < reach - 0.12 * run.size or unicodedata.combining(run.text[0]):
            overlapping.update((index, reach_index) if reach_index >= 0 else (index,))
        if run.x1 > reach:
            reach, reach_index = run.x1, index
    if not overlapping:
        return row
    pieces: list[Run] = []
    for index, run in enumerate(row):
        if index in overlapping and run.count > 1:
            pieces.extend(letters(run))
        else:
            pieces.append(run)
    pieces.sort(key=lambda run: (run.x0, run.order))
    return _place_marks(_drop_doubles(pieces))


def _drop_doubles(pieces: list[Run]) -> list[Run]:
    """Without letters drawn twice at nearly one place, which some programs do to make them look bold."""
    kept: list[Run] = []
    for run in pieces:
        twin = next(
            (
                other
                for other in reversed(kept[-4:])
                if other.text == run.text
                and not run.is_space
                and abs(other.x0 - run.x0) < 0.08 * run.size
                and abs(other.order - run.order) > 2  # neighbours in the stream are a ligature's letters ("ff")
            ),
            None,
        )
        if twin is None:
            kept.append(run)
    return kept


def _place_marks(pieces: list[Run]) -> list[Run]:
    """Combining marks move behind the letter that they stand over or under."""
    marks = [run for run in pieces if unicodedata.combining(run.text[0])]
    if not marks:
        return pieces
    placed = [run for run in pieces if not unicodedata.combining(run.text[0])]
    bases = [run for run in placed if not run.is_space]
    for mark in sorted(marks, key=lambda run: run.order):
        if not bases:
            placed.append(mark)
            continue
        middle = (mark.x0 + mark.x1) / 2
        under = min(bases, key=lambda run: abs((run.x0 + run.x1) / 2 - middle))
        under.text += mark.text
    return placed


def _cut_columns(row: list[Run]) -> list[list[Run]]:
    """The row, cut where the gap is a column's. Stretched spaces of justified text are no such gap."""
    words = [run for run in row if not run.is_space]
    if not words:
        return []
    has_spaces = any(run.is_space for run in row)
    gaps = _gaps(row)
    usual = median(gap for gap, spaces in gaps if spaces) if any(spaces for _, spaces in gaps) else 0.0
    pieces: list[list[Run]] = []
    current: list[Run] = []
    last: Run | None = None
    pending: list[Run] = []
    for run in row:
        if run.is_space:
            pending.append(run)
            continue
        if last is not None:
            gap = (run.x0 - last.x1) / max(run.size, last.size)
            spaced = sum(1 for space in pending if space.x0 >= last.x1 - 0.5 * last.size)
            if spaced == 0:
                is_column = gap > (_COLUMN_GAP_BARE if has_spaces else 1.5)
            elif spaced >= _SPACES_OF_A_COLUMN:
                is_column = gap > 1.0
            else:
                is_column = gap > max(_COLUMN_GAP_SPACED, 2.5 * usual)
            if is_column:
                pieces.append(current)
                current, pending = [], []
        current.extend(pending)
        pending = []
        current.append(run)
        last = run
    pieces.append(current)
    return pieces


def _gaps(row: list[Run]) -> list[tuple[float, int]]:
    """(gap in em, spaces written in it) between neighbouring words of the row."""
    gaps: list[tuple[float, int]] = []
    last: Run | None = None
    spaces = 0
    for run in row:
        if run.is_space:
            spaces += 1
            continue
        if last is not None:
            gaps.append(((run.x0 - last.x1) / max(run.size, last.size), spaces))
        last, spaces = run, 0
    return gaps


def _line(row: list[Run]) -> Line:
    words = [run for run in row if not run.is_space]
    has_spaces = any(run.is_space for run in row)
    threshold = _WORD_GAP_WITH_SPACES if has_spaces else _WORD_GAP_BARE
    spread = _letter_spacing(words) if len(words) > 4 else 0.0
    threshold = max(threshold, spread)
    parts: list[str] = []
    last: Run | None = None
    space_pending = False
    first_word_end: float | None = None
    for run in row:
        if run.is_space:
            space_pending = True
            continue
        if last is not None and (space_pending or (run.x0 - last.x1) / max(run.size, last.size) > threshold):
            parts.append(" ")
            if first_word_end is None:
                first_word_end = last.x1
        parts.append(run.text)
        last, space_pending = run, False
    x0, x1 = min(run.x0 for run in words), max(run.x1 for run in words)
    weights = [(len(run.text), run) for run in words]
    total = sum(weight for weight, _ in weights)
    size = max(words, key=lambda run: (sum(w for w, other in weights if other.size == run.size), run.size)).size
    return Line(
        text=re.sub(r"\s+", " ", unicodedata.normalize("NFC", "".join(parts))).strip(),
        x0=x0,
        x1=x1,
        base=median(run.base for run in words),
        size=size,
        bold=sum(weight for weight, run in weights if run.face.bold) > 0.6 * total,
        italic=sum(weight for weight, run in weights if run.face.italic) > 0.6 * total,
        order=min(run.order for run in words),
        first_word=(first_word_end if first_word_end is not None else x1) - x0,
        legacy=any(run.face.is_legacy for run in words),
    )


def _letter_spacing(words: list[Run]) -> float:
    """In em: the gap above which two runs are two words, on a line set letter by letter ("Q U Y  Ư Ớ C"); else 0."""
    if sum(1 for run in words if len(run.text) == 1) < 0.7 * len(words):
        return 0.0
    gaps = sorted((b.x0 - a.x1) / max(a.size, b.size) for a, b in zip(words, words[1:], strict=False))
    usual = gaps[len(gaps) // 2]
    return usual * 1.6 if usual > _WORD_GAP_BARE else 0.0


_VOWEL = re.compile(r"[aeiouyăâêôơư]", re.IGNORECASE)


def join_lines(texts: Iterable[str], legacy: bool = False) -> str:
    """Lines of one paragraph → its text: a space at each wrap, none after a hyphen that stands inside a word.

    A soft hyphen at the end of a line disappears with the wrap; so does a written hyphen, where only one half of the
    word could not be a syllable ("ngh-/iêng"). "QĐ-/TTg" keeps it. In legacy fonts the soft hyphen is a letter (ư).
    """
    joined = ""
    for text in texts:
        if not text:
            continue
        if not joined:
            joined = text
        elif not legacy and joined.endswith("\u00ad"):
            joined = joined[:-1] + text
        elif len(joined) > 1 and joined[-1] in "-\u2010" and joined[-2].isalnum() and text[0].isalnum():
            joined = (joined[:-1] if _is_broken_word(joined, text) else joined) + text
        elif joined.endswith("/") and len(joined) > 1 and joined[-2] != " ":
            joined += text
        else:
            joined += " " + text
    if not legacy:
        joined = joined.replace("\u00ad", "")
    return unicodedata.normalize("NFC", joined).replace("\u2010", "-").strip()


def _is_broken_word(before: str, after: str) -> bool:
    head = re.split(r"[\s/-]", before[:-1])[-1]
    tail = re.split(r"[\s/,.;:-]", after)[0]
    if not (head.islower() and tail.islower()):
        return False
    if before[-1] == "\u2010":
        return True
    return not _has_vowel(head) or not _has_vowel(tail)


def _has_vowel(word: str) -> bool:
    return bool(_VOWEL.search(unicodedata.normalize("NFD", word)))
