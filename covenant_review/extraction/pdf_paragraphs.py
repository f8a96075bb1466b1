"""Lines → paragraphs: where one provision ends and the next begins, by space, fit, indents, labels and sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from covenant_review.extraction.document import Alignment, Block, BlockStyle
from covenant_review.extraction.pdf_columns import Column
from covenant_review.extraction.pdf_labels import SENTENCE_END, LabelSequence, is_start_of_motto, read_label
from covenant_review.extraction.pdf_lines import Line, join_lines

_INDENT = 8.0  # points: more than this is an indent, less is noise
_SAME_X = 3.0
_CENTERED = 2.5
_FLUSH = 1.5  # points: closer to the margin than this is at it
_NEXT_SENTENCE = re.compile(r"[.!?](?<=[^\W\d_]{2}.)[\"”’')]* (?=[^\W\d_a-zà-ỹ])")
_FULL_STOP = re.compile(r"[.!?][\"”’')]*$")
_FEWEST_WRAPS = 4  # wraps that must be seen before their spacing counts as known
_USUAL_REACH = 1.62  # in em: baseline distance inside a paragraph, where the document does not tell


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How a document sets its paragraphs, learned from its plain wraps.

    `reach`: the largest distance in em between baselines of one paragraph; `spaced`: paragraphs always stand farther
    apart; `first_line_indent`: they open indented, by `indent` points; `justified`: every line but a paragraph's last reaches the margin;
    `short_paragraphs`: sentences end with their paragraph more often than inside it.
    """

    reach: float = _USUAL_REACH
    spaced: bool = False
    first_line_indent: bool = False
    indent: float = 0.0
    justified: bool = False
    short_paragraphs: bool = False


@dataclass(slots=True)
class Paragraph:
    """Lines of one paragraph, each with the column that it stands in."""

    lines: list[Line]
    columns: list[Column]


def learn_rhythm(columns: Iterable[Column]) -> Rhythm:
    """Look at neighbouring lines: sure wraps (a full line, then a small letter) against sure ends (a short line)."""
    wraps: list[float] = []
    ends: list[float] = []
    indents: list[float] = []
    flush = sentences_inside = sentences_ending = 0
    for column in columns:
        sentences_inside += sum(len(_NEXT_SENTENCE.findall(line.text)) for line in column.lines)
        for before, line in pairwise(column.lines):
            if before.page != line.page or line.base - before.base < 0.5 * line.size:
                continue
            distance = (line.base - before.base) / max(line.size, before.size)
            if _is_full(before, line, column):
                if _flows(before, line) and line.text[:1].islower() and distance < 3:
                    wraps.append(distance)
                    indents += [before.x0 - line.x0] if before.x0 - line.x0 > _INDENT else []
                    flush += column.right - before.x1 < _FLUSH
            elif not _flows(before, line):
                ends.append(distance)
                ended = bool(SENTENCE_END.search(before.text))
                sentences_ending += ended and read_label(line.text) is None and not _is_centered(line, column)
    if len(wraps) < _FEWEST_WRAPS:
        return Rhythm()
    wraps.sort()
    reach = wraps[int(0.95 * (len(wraps) - 1))] * 1.08 + 0.04
    ends.sort()
    return Rhythm(
        reach=reach,
        spaced=len(ends) >= 3 and ends[int(0.12 * len(ends))] > reach,
        first_line_indent=len(indents) >= 0.25 * len(wraps),
        indent=median(indents) if indents else 0.0,
        justified=flush >= 0.85 * len(wraps),
        short_paragraphs=sentences_ending > sentences_inside,
    )


def group_paragraphs(columns: Sequence[Column], rhythm: Rhythm, sequence: LabelSequence) -> list[Paragraph]:
    """Paragraphs of columns that follow each other in reading order, across pages as well.

    `sequence` remembers the numbers of the provisions from one call to the next.
    """
    paragraphs: list[Paragraph] = []
    for column in columns:
        for line in column.lines:
            if paragraphs and not _opens(paragraphs[-1], line, column, rhythm, sequence):
                paragraphs[-1].lines.append(line)
                paragraphs[-1].columns.append(column)
            else:
                paragraphs.append(Paragraph([line], [column]))
                sequence.note(line.text)
    return paragraphs


def _flows(before: Line, line: Line) -> bool:
    """Whether the words run on: no sentence ended, no label, no capital."""
    if SENTENCE_END.search(before.text) or read_label(line.text) is not None:
        return False
    return not line.text[:1].isupper()


def _is_centered(line: Line, column: Column) -> bool:
    label = read_label(line.text)
    if label is not None and label.kind in ("clause", "point", "dash"):
        return False
    middle = (column.left + column.right) / 2
    return abs(line.center - middle) < _CENTERED and line.x0 - column.left > _SAME_X


def _is_set_centered(line: Line, column: Column, rhythm: Rhythm) -> bool:
    """As `_is_centered`, but for a plain line that only opens with the usual indent and happens to end as far from the right."""
    if not _is_centered(line, column):
        return False
    indented = rhythm.first_line_indent and abs(line.x0 - column.left - rhythm.indent) < _SAME_X
    return not indented or line.bold or line.text.isupper()


def _is_full(before: Line, line: Line, column: Column, rhythm: Rhythm | None = None) -> bool:
    """Whether the first word of `line` would not have fitted at the end of `before`."""
    if _is_set_centered(before, column, rhythm or Rhythm()):
        room = (column.right - column.left) - (before.x1 - before.x0)
    else:
        room = column.right - before.x1
    return room < line.first_word + 0.25 * line.size + 1.0


def _opens(paragraph: Paragraph, line: Line, column: Column, rhythm: Rhythm, sequence: LabelSequence) -> bool:
    """Whether `line` opens a new paragraph."""
    before, before_column = paragraph.lines[-1], paragraph.columns[-1]
    flows = _flows(before, line)
    full = _is_full(before, line, before_column, rhythm)
    if abs(line.size - before.size) > 0.12 * before.size and not flows:
        return True
    if column is before_column and is_start_of_motto(" ".join([*(earlier.text for earlier in paragraph.lines), line.text])):
        return False
    if column is not before_column and not (column.body and before_column.body and line.page != before.page):
        return not (flows and full)
    near = False
    if line.page == before.page:
        distance = (line.base - before.base) / max(line.size, before.size)
        if distance > rhythm.reach:
            return not (flows and full and distance < 1.25 * rhythm.reach)
        if distance < 0.3:
            return True
        near = rhythm.spaced
    if _style_changes(paragraph, line) and not flows:
        return True
    aligned = abs(line.x0 - before.x0) < 1 and abs(line.x1 - before.x1) > 2 * _CENTERED  # one left edge, so not centred
    centered = (False, False) if aligned else (_is_set_centered(before, before_column, rhythm), _is_set_centered(line, column, rhythm))
    if centered[0] != centered[1] and _centering_ends(paragraph, line, column, centered[0], flows, full):
        return True
    if rhythm.justified and not any(centered) and column.body and before_column.right - before.x1 > 2 * _FLUSH:
        full = False  # a justified line that stops short of the margin is a paragraph's last
    if not full:
        return not (flows and not any(centered) and _is_long(before, before_column))
    if read_label(line.text) is not None:
        ended = bool(SENTENCE_END.search(before.text))
        indent_says = _indent_opens(paragraph, line, column, rhythm, flows)
        if near and not ended:
            return False
        return sequence.opens_provision(line.text, before.text) or (indent_says and ended)
    if near or all(centered):
        return False
    sentence_begins = line.text[:1].isupper() and bool(_FULL_STOP.search(before.text))
    alone = rhythm.short_paragraphs and sentence_begins
    return alone or _indent_opens(paragraph, line, column, rhythm, flows)


def _style_changes(paragraph: Paragraph, line: Line) -> bool:
    """Bold lines and lines in capitals are titles: plain text after them is something else, and the other way round."""
    before = paragraph.lines[-1]
    if before.text.isupper() != line.text.isupper() and min(len(before.text), len(line.text)) > 3:
        return any(letter.isalpha() for letter in line.text)
    all_bold = all(earlier.bold for earlier in paragraph.lines)
    return (all_bold and not line.bold) or (line.bold and not any(earlier.bold for earlier in paragraph.lines))


def _centering_ends(paragraph: Paragraph, line: Line, column: Column, before_centered: bool, flows: bool, full: bool) -> bool:
    if before_centered:
        # A centred title, then a line from the margin; a centred line as wide as the column still is one.
        return not (full and line.x0 - column.left < _SAME_X and flows)
    before = paragraph.lines[-1]
    same_look = line.bold == before.bold and line.text.isupper() == before.text.isupper()
    return not (full and (flows or (same_look and (line.bold or line.text.isupper()))))


def _is_long(line: Line, column: Column) -> bool:
    return line.x1 - column.left > 0.6 * (column.right - column.left)


def _indent_opens(paragraph: Paragraph, line: Line, column: Column, rhythm: Rhythm, flows: bool) -> bool:
    """Whether the left edge says that a new paragraph begins, after a full line."""
    if flows:
        return False
    indent = line.x0 - column.left
    first = paragraph.lines[0].x0 - paragraph.columns[0].left
    if len(paragraph.lines) == 1:
        if rhythm.first_line_indent and indent > _INDENT and abs(indent - first) < _SAME_X:
            return True
        return indent > first + _INDENT and read_label(paragraph.lines[0].text) is None
    second = paragraph.lines[1].x0 - paragraph.columns[1].left
    return abs(indent - second) > _INDENT


def to_block(paragraph: Paragraph) -> Block:
    """A paragraph as a Block: lines joined, one box a line, the look of its letters."""
    lines, columns = paragraph.lines, paragraph.columns
    total = sum(len(line.text) for line in lines) or 1
    style = BlockStyle(
        bold=sum(len(line.text) for line in lines if line.bold) > 0.6 * total,
        italic=sum(len(line.text) for line in lines if line.italic) > 0.6 * total,
        alignment=_alignment(lines, columns),
        font_size=round(median(line.size for line in lines), 1),
        indent=round(max(lines[0].x0 - columns[0].left, 0.0), 1),
    )
    return Block(
        kind="paragraph",
        text=join_lines(line.text for line in lines),
        page=lines[0].page,
        boxes=tuple(line.box() for line in lines),
        style=style,
    )


def _alignment(lines: Sequence[Line], columns: Sequence[Column]) -> Alignment:
    pairs = list(zip(lines, columns, strict=True))
    if all(_is_centered(line, column) for line, column in pairs):
        return "center"
    if len(pairs) > 1 and all(column.right - line.x1 < _SAME_X for line, column in pairs[:-1]):
        return "justify"
    if all(column.right - line.x1 < _SAME_X and line.x0 - column.left > 4 * _INDENT for line, column in pairs):
        return "right"
    return "left"
