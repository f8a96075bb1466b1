"""The text inside one paragraph of a DOCX file, as a person reads it with all changes accepted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from covenant_review.extraction.docx_letters import LetterReader, Piece
from covenant_review.extraction.docx_number_formats import UNKNOWN_SYMBOL, symbol
from covenant_review.extraction.docx_package import W, local_name, value_of
from covenant_review.extraction.docx_styles import RunLook, StyleSheet, run_look
from covenant_review.text.legacy_fonts import as_latin_1, convert, legacy_font
from covenant_review.text.legacy_text import SOFT_HYPHEN, LegacyTally, Usual

# Properties and instructions: words in them are not words of the document.
_NO_TEXT_INSIDE = frozenset({"pPr", "rPr", "sdtPr", "sdtEndPr", "customXmlPr", "smartTagPr", "instrText", "delText",
                             "delInstrText", "ctrlPr", "rt", "binData", "annotationRef"})  # fmt: skip
_TAKEN_OUT = frozenset({"del", "moveFrom"})
_BREAKS = {"br": "\n", "cr": "\n", "tab": "\t", "ptab": "\t", "noBreakHyphen": "-"}


@dataclass(slots=True)
class Notices:
    """What a person should know of the file besides its text; filled while walking, turned into warnings at the end."""

    deleted: int = 0
    hidden: int = 0
    pictures: int = 0
    embedded: int = 0
    contents_lines: int = 0
    unknown_symbols: int = 0
    legacy: LegacyTally = field(default_factory=LegacyTally)


@dataclass(slots=True)
class Inline:
    """What one paragraph holds: its text, the text boxes anchored in it, and the notes that it refers to."""

    pieces: list[Piece] = field(default_factory=list)
    boxes: list[etree._Element] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    lost_text: bool = False

    @property
    def text(self) -> str:
        """The text as it stands in the runs: line breaks as newlines, blanks untouched."""
        return "".join(piece.text for piece in self.pieces)


class InlineReader:
    """Reads paragraphs one after the other; remembers fields that run on from one paragraph into the next."""

    def __init__(self, styles: StyleSheet, notices: Notices, usual: Usual | None = None) -> None:
        self._styles = styles
        self._notices = notices
        self._letters = LetterReader(notices.legacy, usual)
        # One entry for each open field: True while its instruction runs, False once its result has begun.
        self._fields: list[bool] = []

    def read(self, paragraph: etree._Element, look: RunLook) -> Inline:
        """The content of `paragraph`, whose style gives its runs `look`."""
        inline = Inline()
        self._walk(paragraph, look, inline)
        inline.pieces = self._letters.read(inline.pieces)
        return inline

    def number(self, text: str, font: str | None) -> str:
        """The words around an automatic number ("Điều 5."), which stand in the font that the list names, if any."""
        return self._letters.text(text, font)

    def _walk(self, parent: etree._Element, look: RunLook, inline: Inline) -> None:
        for child in parent:
            name = local_name(child)
            if name == "r":
                self._run(child, look, inline)
            elif name in _TAKEN_OUT:
                if name == "del" and any(True for _ in child.iter(f"{W}delText", f"{W}t")):
                    self._notices.deleted += 1
                    inline.lost_text = True
            elif name == "AlternateContent":
                chosen = chosen_alternative(child)
                if chosen is not None:
                    self._walk(chosen, look, inline)
            elif name in {"oMath", "oMathPara"}:
                formula = "".join(part.text or "" for part in child.iter() if local_name(part) == "t")
                inline.pieces.append(Piece(formula, look))
            elif name not in _NO_TEXT_INSIDE:
                self._walk(child, look, inline)

    def _run(self, run: etree._Element, look: RunLook, inline: Inline) -> None:
        properties = run.find(f"{W}rPr")
        if properties is not None:
            style = value_of(properties, "rStyle")
            if style is not None:
                look = look.under(self._styles.named(style).run)
            look = look.under(run_look(properties))
        text = "".join(self._run_content(run, look, inline))
        if not text:
            return
        if look.hidden:
            if text.strip():
                self._notices.hidden += 1
                inline.lost_text = True
            return
        inline.pieces.append(Piece(text, look))

    def _run_content(self, run: etree._Element, look: RunLook, inline: Inline) -> Iterator[str]:
        for child in run:
            name = local_name(child)
            if name == "fldChar":
                self._field_mark(child.get(f"{W}fldCharType", ""))
            elif any(self._fields) or name in _NO_TEXT_INSIDE:
                continue
            elif name == "t":
                yield child.text or ""
            elif name in _BREAKS:
                yield _BREAKS[name]
            elif name == "softHyphen":
                yield SOFT_HYPHEN
            elif name == "sym":
                yield self._symbol(child, look)
            elif name in {"footnoteReference", "endnoteReference"}:
                if not look.hidden:
                    inline.notes.append((name.removesuffix("Reference"), child.get(f"{W}id", "")))
            elif name == "AlternateContent":
                chosen = chosen_alternative(child)
                if chosen is not None:
                    yield from self._run_content(chosen, look, inline)
            elif name in {"drawing", "pict", "object"}:
                self._drawn(child, name, look, inline)
            elif name in {"ruby", "rubyBase"}:
                self._walk(child, look, inline)

    def _field_mark(self, kind: str) -> None:
        if kind == "begin":
            self._fields.append(True)
        elif kind == "separate" and self._fields:
            self._fields[-1] = False
        elif kind == "end" and self._fields:
            self._fields.pop()

    def _drawn(self, drawing: etree._Element, name: str, look: RunLook, inline: Inline) -> None:
        if look.hidden:
            return
        boxes = list(text_boxes(drawing))
        inline.boxes.extend(boxes)
        if name == "object":
            self._notices.embedded += 1
        elif not boxes and any(local_name(part) in {"blip", "imagedata"} for part in drawing.iter()):
            self._notices.pictures += 1

    def _symbol(self, element: etree._Element, look: RunLook) -> str:
        font = legacy_font(element.get(f"{W}font"))
        try:
            code = int(element.get(f"{W}char", ""), 16)
            if font is None:
                sign = symbol(code)
            else:
                # In a run that is in an old font itself, it is converted with the run.
                sign = as_latin_1(chr(code)) if legacy_font(look.font) else convert(as_latin_1(chr(code)), font)
        except (ValueError, OverflowError):
            sign = None
        if sign is None:
            self._notices.unknown_symbols += 1
        return sign or UNKNOWN_SYMBOL


def chosen_alternative(element: etree._Element) -> etree._Element | None:
    """The one branch of mc:AlternateContent to read: the first choice that holds something, else the fallback."""
    fallback = None
    for branch in element:
        name = local_name(branch)
        if name == "Choice" and len(branch):
            return branch
        if name == "Fallback":
            fallback = branch
    return fallback


def text_boxes(element: etree._Element) -> Iterator[etree._Element]:
    """The text boxes inside a drawing, each once, outermost only."""
    for child in element:
        name = local_name(child)
        if name == "txbxContent":
            yield child
        elif name == "AlternateContent":
            chosen = chosen_alternative(child)
            if chosen is not None:
                yield from text_boxes(chosen)
        else:
            yield from text_boxes(child)
