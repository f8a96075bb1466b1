"""Automatic numbering of a DOCX file: which number Word prints before which paragraph.

The text of such a number stands nowhere in the file; it follows from numbering.xml, the styles and the order of the
paragraphs. Source: ECMA-376 part 1, 17.9.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from lxml import etree

from covenant_review.extraction.doc_lists import ListRestarts
from covenant_review.extraction.docx_number_formats import bullet, formatted
from covenant_review.extraction.docx_package import W, is_on, number_of, value_of
from covenant_review.extraction.docx_styles import Style, StyleSheet, numbering_of
from covenant_review.text.normal_form import normal_form

LEVELS = 9
_PLACE = re.compile(r"%([1-9])")
_SYMBOL_FONTS = ("symbol", "wingdings", "webdings", "zapfdingbats")


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list. `restart_after`: None for "after any level above", 0 for never, else that level from 1."""

    start: int = 1
    number_format: str = "decimal"
    text: str = ""
    restart_after: int | None = None
    legal: bool = False
    style: str | None = None
    in_symbol_font: bool = False
    hidden: bool = False
    font: str | None = None


@dataclass(slots=True)
class _Numbering:
    """A w:num: the abstract list that it draws on, and what it overrides there."""

    abstract: str
    levels: dict[int, Level] = field(default_factory=dict)
    starts: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PrintedNumber:
    """What is printed before a paragraph ("Điều 5.", "-"; "" for an invisible number) and its list level from 0.

    `font` is the one that the list names for it; None where it names none.
    """

    text: str
    level: int
    font: str | None = None
    is_bullet: bool = False


class NumberingSheet:
    """Walks along with the paragraphs and gives each its number. One sheet per reading: it counts."""

    def __init__(self, root: etree._Element | None, styles: StyleSheet) -> None:
        self._styles = styles
        self._levels: dict[str, dict[int, Level]] = {}
        self._links: dict[str, str] = {}
        self._numberings: dict[str, _Numbering] = {}
        self._counts: dict[str, list[int | None]] = {}
        self._started: set[tuple[str, int]] = set()
        if root is not None:
            for abstract in root.iterfind(f"{W}abstractNum"):
                self._take_abstract(abstract)
            for numbering in root.iterfind(f"{W}num"):
                self._take_numbering(numbering)

    def keep_counting(self, lists: Iterable[ListRestarts]) -> None:
        """Put back what a conversion dropped: the lists that print the same texts get these restarts."""
        for restarts in lists:
            for levels in self._levels.values():
                # A simple list has one level; a converter fills up the other eight.
                if all(levels.get(index, Level()).text == text for index, text in enumerate(restarts.texts)):
                    for index, after in restarts.restart_after.items():
                        levels[index] = replace(levels.get(index, Level()), restart_after=after)

    def next_number(self, properties: etree._Element | None, style: Style) -> PrintedNumber | None:
        """The number of the paragraph with these w:pPr and this style, counted on; None for a paragraph without one."""
        own = numbering_of(properties)
        numbering_id = (own[0] if own else None) or (style.numbering[0] if style.numbering else None)
        if numbering_id is None or numbering_id not in self._numberings:
            return None
        numbering = self._numberings[numbering_id]
        abstract = self._followed(numbering.abstract)
        level = self._level_of(own, style, abstract)
        number = self._counted(numbering_id, numbering, abstract, level)
        look = self._level(numbering, abstract, level)
        printed = self._printed(numbering, abstract, level, number)
        return PrintedNumber(printed, level, look.font, is_bullet=look.number_format == "bullet")

    def _level_of(self, own: tuple[str | None, int | None] | None, style: Style, abstract: str) -> int:
        """The level: said by the paragraph, tied to its style in the list, said by the style, or the first."""
        if own is not None and own[1] is not None:
            return min(max(own[1], 0), LEVELS - 1)
        # A paragraph's own list counts from its first level, whatever level its style has in another list.
        if own is None or own[0] is None:
            for index, level in self._levels.get(abstract, {}).items():
                if level.style is not None and level.style == style.id:
                    return index
            if style.numbering is not None and style.numbering[1] is not None:
                return min(max(style.numbering[1], 0), LEVELS - 1)
        return 0

    def _counted(self, numbering_id: str, numbering: _Numbering, abstract: str, level: int) -> int:
        counts = self._counts.setdefault(abstract, [None] * LEVELS)
        current = counts[level]
        if level in numbering.starts and (numbering_id, level) not in self._started:
            number = numbering.starts[level]
        elif current is None:
            number = numbering.starts.get(level, self._level(numbering, abstract, level).start)
        else:
            number = current + 1
        self._started.add((numbering_id, level))
        counts[level] = number
        for deeper in range(level + 1, LEVELS):
            after = self._level(numbering, abstract, deeper).restart_after
            if after is None or (after > 0 and level < after):
                counts[deeper] = None
        return number

    def _printed(self, numbering: _Numbering, abstract: str, level: int, number: int) -> str:
        look = self._level(numbering, abstract, level)
        if look.hidden:
            return ""
        if look.number_format == "bullet":
            return normal_form(bullet(look.text, look.in_symbol_font))
        counts = self._counts[abstract]

        def place(match: re.Match[str]) -> str:
            index = int(match.group(1)) - 1
            shown = self._level(numbering, abstract, index)
            count = counts[index] if index != level else number
            if count is None:
                count = numbering.starts.get(index, shown.start)
            number_format = "decimal" if look.legal and shown.number_format != "none" else shown.number_format
            return formatted(count, number_format)

        return normal_form(_PLACE.sub(place, look.text)).strip()

    def _level(self, numbering: _Numbering, abstract: str, level: int) -> Level:
        return numbering.levels.get(level) or self._levels.get(abstract, {}).get(level) or Level()

    def _followed(self, abstract: str) -> str:
        """The abstract list that really holds the levels: one may only name a list style that points to another."""
        seen = {abstract}
        while abstract in self._links:
            style = self._styles.named(self._links[abstract])
            target = style.numbering[0] if style.numbering else None
            if target is None or target not in self._numberings or self._numberings[target].abstract in seen:
                break
            abstract = self._numberings[target].abstract
            seen.add(abstract)
        return abstract

    def _take_abstract(self, abstract: etree._Element) -> None:
        identity = abstract.get(f"{W}abstractNumId", "")
        self._levels[identity] = _levels(abstract)
        link = value_of(abstract, "numStyleLink")
        if link:
            self._links[identity] = link

    def _take_numbering(self, numbering: etree._Element) -> None:
        taken = _Numbering(abstract=value_of(numbering, "abstractNumId") or "")
        for override in numbering.iterfind(f"{W}lvlOverride"):
            index = _index(override)
            taken.levels |= _levels(override)
            start = number_of(override, "startOverride")
            if start is not None:
                taken.starts[index] = start
        identity = numbering.get(f"{W}numId", "")
        # numId 0 means "no numbering" whatever the file defines for it.
        if identity != "0":
            self._numberings[identity] = taken


def _levels(parent: etree._Element) -> dict[int, Level]:
    return {_index(level): _level_from(level) for level in parent.iterfind(f"{W}lvl")}


def _index(element: etree._Element) -> int:
    try:
        return int(element.get(f"{W}ilvl", "0"))
    except ValueError:
        return 0


def _level_from(element: etree._Element) -> Level:
    properties = element.find(f"{W}rPr")
    fonts = None if properties is None else properties.find(f"{W}rFonts")
    font = "" if fonts is None else (fonts.get(f"{W}hAnsi") or fonts.get(f"{W}ascii") or "")
    level = Level(
        number_format=value_of(element, "numFmt") or "decimal",
        text=value_of(element, "lvlText") or "",
        restart_after=number_of(element, "lvlRestart"),
        legal=bool(is_on(element, "isLgl")),
        style=value_of(element, "pStyle"),
        in_symbol_font=font.lower().startswith(_SYMBOL_FONTS),
        hidden=bool(is_on(properties, "vanish")),
        font=font or None,
    )
    start = number_of(element, "start")
    return level if start is None else replace(level, start=start)
