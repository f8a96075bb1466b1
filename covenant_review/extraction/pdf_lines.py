"""Runs of characters → lines of text, by where they stand, whatever order the file wrote them in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from operator import attrgetter
from statistics import median

from covenant_review.extraction.document import Box
from covenant_review.extraction.pdf_glyphs import FontFace, Run, TextLayer
from covenant_review.extraction.pdf_letters import LineLetters, Written
from covenant_review.text.normal_form import normal_form

_SAME_BASELINE = 0.25  # of the font size
_WORD_GAP = 0.16  # in em; written spaces cannot be relied on, PDFium drops those after a guessed one
_NARROW_SPACE = 0.04  # in em: a smaller gap than a word's is one if the file writes a space there
_COLUMN_GAP_BARE = 0.85  # in em: a gap without a space in it
_COLUMN_GAP_WITHOUT_SPACES = 1.5  # in files that write no spaces at all
_COLUMN_GAP_OF_ITSELF, _TIMES_A_SPACE = 1.0, 2.5  # in such files, where the row's own spaces tell how wide one is
_GAPS_THAT_TELL, _ALIKE = 3, 1.15
_COLUMN_GAP_SPACED = 2.6
_SPACES_OF_A_COLUMN = 4  # columns made with the space bar
# Raised digits go through the lines as private characters, until it is known whether they point to a footnote.
_TO_RAISED = {ord(digit): 0xE0F0 + int(digit) for digit in "0123456789"}
RAISED_NUMBER = re.compile("[\ue0f0-\ue0f9]+")
_PLACE = attrgetter("x0", "first")
_FIRST_MARK = "\u0300"  # of Unicode's combining marks
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


def lower_digits(text: str) -> str:
    """`text` with its raised digits as plain ones ("m2")."""
    return RAISED_NUMBER.sub(lambda match: "".join(str(ord(digit) - 0xE0F0) for digit in match.group()), text)


def group_lines(runs: Iterable[Run], layer: TextLayer, letters: LineLetters) -> list[Line]:
    """Lines from top to bottom, left to right within one height. Gaps as wide as between columns end a line.

    `layer` must be open still: it is asked for single characters where runs overlap, which is how a letter from a
    fallback font shows that was written after its word. `letters` turns what stands in old fonts into Unicode.
    """
    lines: list[Line] = []
    spaced = layer.writes_spaces()
    for row in _rows(list(runs)):
        row = _interleave(row, layer)
        lines.extend(_line(piece, layer, letters) for piece in _cut_columns(row, layer, spaced=spaced))
    return lines


def _rows(runs: list[Run]) -> list[list[Run]]:
    """Runs that share a baseline; a small raised or lowered piece (a footnote sign) joins the row that it touches."""
    runs.sort(key=attrgetter("base"))
    rows: list[list[Run]] = []
    for run in runs:
        if rows:
            head = rows[-1][0]
            if run.base == head.base or run.base - head.base <= _SAME_BASELINE * min(
                max(run.size, head.size), 2 * min(run.size, head.size)
            ):
                rows[-1].append(run)
                continue
        rows.append([run])
    return _attach_raised(rows)


def _attach_raised(rows: list[list[Run]]) -> list[list[Run]]:
    kept: list[list[Run]] = []
    sizes = [max([run.size for run in row]) for row in rows]  # pieces that join a row are smaller and change nothing
    for index, row in enumerate(rows):
        host = None
        for beside in (index - 1, index + 1):
            if 0 <= beside < len(rows) and _is_raised_piece(row, sizes[index], rows[beside], sizes[beside]):
                host = rows[beside]
        if host is None:
            kept.append(row)
            continue
        for run in row:
            if run.text.isdecimal() and run.base < host[0].base:
                run.text = run.text.translate(_TO_RAISED)
        host.extend(row)
    return kept


def _is_raised_piece(row: list[Run], size: float, other: list[Run], host_size: float) -> bool:
    if size > 0.8 * host_size or abs(row[0].base - other[0].base) > 0.55 * host_size or len(row) > len(other):
        return False
    return all(any(-0.5 < run.x0 - host.x1 < 0.5 * host_size for host in other) for run in row)


def _interleave(row: list[Run], layer: TextLayer) -> list[Run]:
    """The row by place. Runs that overlap are taken apart, so that each letter comes to stand where it is seen."""
    row.sort(key=_PLACE)
    overlapping: set[int] = set()
    reach, reach_index = float("-inf"), -1
    for index, run in enumerate(row):
        if run.x0 < reach - 0.12 * run.size or (run.text[0] >= _FIRST_MARK and unicodedata.combining(run.text[0])):
            overlapping.update((index, reach_index) if reach_index >= 0 else (index,))
        if run.x1 > reach:
            reach, reach_index = run.x1, index
    if not overlapping:
        return row
    pieces: list[Run] = []
    for index, run in enumerate(row):
        if index in overlapping and run.count > 1:
            pieces.extend(layer.letters(run))
        else:
            pieces.append(run)
    pieces.sort(key=_PLACE)
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
                and abs(other.x0 - run.x0) < 0.08 * run.size
                and abs(other.first - run.first) > 2  # neighbours in the stream are a ligature's letters ("ff")
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
    bases = list(placed)
    for mark in sorted(marks, key=lambda run: run.first):
        if not bases:
            placed.append(mark)
            continue
        middle = (mark.x0 + mark.x1) / 2
        under = min(bases, key=lambda run: abs((run.x0 + run.x1) / 2 - middle))
        under.text += mark.text
    return placed


def _cut_columns(row: list[Run], layer: TextLayer, *, spaced: bool) -> list[list[Run]]:
    """The row, cut where the gap is a column's. Stretched spaces of justified text are no such gap: they are all alike.

    `spaced`: the file writes its spaces, so that a gap without one is no space.
    """
    narrowest_column = _COLUMN_GAP_BARE if spaced else _COLUMN_GAP_OF_ITSELF
    gaps = _gaps(row)
    if not gaps or max(gaps) <= narrowest_column:
        return [row]
    pieces: list[list[Run]] = [[row[0]]]
    usual: float | None = None
    bare_gap: float | None = None
    even: set[int] = set()
    for place, (gap, (last, run)) in enumerate(zip(gaps, pairwise(row), strict=True)):
        if gap > narrowest_column:
            if bare_gap is None:
                bare_gap = _COLUMN_GAP_BARE if spaced else _bare_gap_of(gaps)
                even = _evenly_spread(gaps)
            if gap <= (_COLUMN_GAP_SPACED if place in even else bare_gap):
                pieces[-1].append(run)
                continue
            spaces = layer.written_spaces(last)
            if spaces and usual is None:
                usual = median(width for width in gaps if width > _WORD_GAP)
            if spaces == 0:
                is_column = True
            elif spaces >= _SPACES_OF_A_COLUMN:
                is_column = gap > 1.0
            else:
                is_column = gap > max(_COLUMN_GAP_SPACED, 2.5 * (usual or 0.0))
            if is_column:
                pieces.append([run])
                continue
        pieces[-1].append(run)
    return pieces


def _evenly_spread(gaps: list[float]) -> set[int]:
    """The gaps, by place, that stand among others just as wide: a justified line whose spaces the file only moves over."""
    places = [place for place, gap in enumerate(gaps) if gap > _WORD_GAP]
    even: set[int] = set()
    stretch: list[int] = []
    for place in places:
        if stretch and not 1 / _ALIKE < gaps[place] / gaps[stretch[-1]] < _ALIKE:
            stretch = []
        stretch.append(place)
        if len(stretch) >= _GAPS_THAT_TELL:
            even.update(stretch)
    return even


def _bare_gap_of(gaps: list[float]) -> float:
    """In em: how wide a column's gap is on a row of a file that writes no spaces: far wider than the row's narrowest space."""
    narrowest = min((gap for gap in gaps if gap > _WORD_GAP), default=_COLUMN_GAP_WITHOUT_SPACES)
    return min(max(_COLUMN_GAP_OF_ITSELF, _TIMES_A_SPACE * narrowest), _COLUMN_GAP_WITHOUT_SPACES)


def _gaps(row: list[Run]) -> list[float]:
    """Gaps in em between neighbours in the row."""
    return [(run.x0 - last.x1) / (run.size if run.size > last.size else last.size) for last, run in pairwise(row)]


def _line(words: list[Run], layer: TextLayer, letters: LineLetters) -> Line:
    threshold = max(_WORD_GAP, _letter_spacing(words)) if len(words) > 2 else _WORD_GAP
    parts: list[Written] = []
    alike: list[str] = []  # the end of the line so far that is in one font, and not in an old one: read in one piece
    last: Run | None = None
    first_word_end: float | None = None
    sizes: dict[float, int] = {}
    total = bold = italic = 0
    for run in words:
        text, face, size = run.text, run.face, run.size
        if last is not None:
            gap = (run.x0 - last.x1) / (size if size > last.size else last.size)
            if gap > threshold or (gap > _NARROW_SPACE and last.spaces and _space_between(last, run, layer)):
                alike.append(" ")
                if first_word_end is None:
                    first_word_end = last.x1
            if face is not last.face or face.legacy is not None:
                parts.extend(_joined(alike, last.face))
                alike = []
        alike.append(text)
        weight = len(text)
        total += weight
        if face.bold:
            bold += weight
        if face.italic:
            italic += weight
        sizes[size] = sizes.get(size, 0) + weight
        last = run
    parts.extend(_joined(alike, words[-1].face))
    x0, x1 = words[0].x0, max([run.x1 for run in words])
    return Line(
        text=_SPACES.sub(" ", normal_form(letters.read(parts))).strip(),
        x0=x0,
        x1=x1,
        base=words[len(words) // 2].base,
        size=max(sizes, key=lambda size: (sizes[size], size)),
        bold=bold > 0.6 * total,
        italic=italic > 0.6 * total,
        order=min([run.first for run in words]),
        first_word=(first_word_end if first_word_end is not None else x1) - x0,
    )


_SPACES = re.compile(r"\s+")


def _joined(texts: list[str], face: FontFace) -> list[Written]:
    """What stands in one font, as one piece; in an old font as it was written, where each piece is converted by itself."""
    return [("".join(texts), face)] if face.legacy is None else [(text, face) for text in texts]


def _space_between(last: Run, run: Run, layer: TextLayer) -> bool:
    return run.first == last.first + last.count + last.spaces and layer.written_spaces(last) > 0


def _letter_spacing(words: list[Run]) -> float:
    """In em: the gap above which two runs are two words, on a line set letter by letter ("Q U Y  Ư Ớ C"); else 0."""
    single = len([True for run in words if len(run.text) == 1 and run.text.isalpha()])
    if single < (0.7 if len(words) > 4 else 1.0) * len(words):
        return 0.0
    gaps = sorted(_gaps(words))
    usual = gaps[len(gaps) // 2]
    return usual * 1.6 if usual > _WORD_GAP and gaps[len(gaps) // 4] > 0.6 * usual else 0.0


_VOWEL = re.compile(r"[aeiouyăâêôơư]", re.IGNORECASE)


def join_lines(texts: Iterable[str]) -> str:
    """Lines of one paragraph → its text: a space at each wrap, none after a hyphen that stands inside a word.

    A soft hyphen at the end of a line disappears with the wrap; so does a written hyphen, where only one half of the
    word could not be a syllable ("ngh-/iêng"). "QĐ-/TTg" keeps it.
    """
    joined = ""
    for text in texts:
        if not text:
            continue
        if not joined:
            joined = text
        elif joined.endswith("\u00ad"):
            joined = joined[:-1] + text
        elif len(joined) > 1 and joined[-1] in "-\u2010" and joined[-2].isalnum() and text[0].isalnum():
            joined = (joined[:-1] if _is_broken_word(joined, text) else joined) + text
        elif joined.endswith("/") and len(joined) > 1 and joined[-2] != " ":
            joined += text
        else:
            joined += " " + text
    return normal_form(joined.replace("\u00ad", "")).replace("\u2010", "-").strip()


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
