"""DOCX files of a covenant: numbers typed by hand, automatic ones of several templates, old fonts, tables."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt
from docx.text.paragraph import Paragraph
from variant_letters import in_tcvn3, in_vni, tcvn3_runs
from variant_truth import Piece

Writer = Callable[[Paragraph, str, bool], None]
_CENTRED = frozenset({"title", "chapter", "name", "appendix"})
_BOLD = frozenset({"title", "chapter", "name", "article", "section", "appendix"})


def _set_font(run: Any, name: str) -> None:
    properties = run._element.get_or_add_rPr()
    fonts = properties.get_or_add_rFonts()
    for attribute in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(attribute), name)


def unicode_writer(paragraph: Paragraph, text: str, bold: bool) -> None:
    """Plain Unicode in Times New Roman."""
    run = paragraph.add_run(text)
    run.bold = bold
    _set_font(run, "Times New Roman")


def loose_marks_writer(paragraph: Paragraph, text: str, bold: bool) -> None:
    """NFD: every mark a sign of its own, as files from a Mac hold them."""
    unicode_writer(paragraph, unicodedata.normalize("NFD", text), bold)


def broken_runs_writer(paragraph: Paragraph, text: str, bold: bool) -> None:
    """A run for every few letters, as years of editing leave them."""
    for start in range(0, len(text), 5):
        unicode_writer(paragraph, text[start : start + 5], bold)


def tcvn3_writer(paragraph: Paragraph, text: str, bold: bool) -> None:
    """.VnTime, with .VnTimeH for capitals that carry a tone."""
    for letters, capitals in tcvn3_runs(text):
        run = paragraph.add_run(letters)
        run.bold = bold
        _set_font(run, ".VnTimeH" if capitals else ".VnTime")


def vni_writer(paragraph: Paragraph, text: str, bold: bool) -> None:
    """VNI-Times."""
    run = paragraph.add_run(in_vni(text))
    run.bold = bold
    _set_font(run, "VNI-Times")


class MixedWriter:
    """Unicode text in which every ninth long line without toned capitals was pasted from an old file, font name lost."""

    def __init__(self) -> None:
        self._count = 0

    def __call__(self, paragraph: Paragraph, text: str, bold: bool) -> None:
        """Write `text` into `paragraph`."""
        self._count += len(text) > 60
        letters, capitals = "", True
        if len(text) > 60 and self._count % 9 == 0:
            runs = tcvn3_runs(text)
            letters, capitals = in_tcvn3(text), any(run[1] for run in runs)
        unicode_writer(paragraph, text if capitals else letters, bold)


@dataclass(slots=True)
class Look:
    """How the file is made. `tables`: real tables (else lines with bars); `letterhead`: two columns without lines."""

    write: Writer = unicode_writer
    letterhead: bool = True
    nested: bool = False
    inline: bool = False
    numbering: str = ""
    table_indent: bool = False
    levels: dict[str, int] = field(default_factory=dict)


def docx_of(pieces: Sequence[Piece], look: Look) -> bytes:
    """The file's bytes."""
    document = docx.Document()
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Times New Roman", Pt(13)
    numbers = _Numbers(document, look) if look.numbering else None
    rest = list(pieces)
    header = [piece for piece in rest if piece.kind == "header"]
    if look.letterhead and len(header) > 2:
        _letterhead(document, header, look)
        rest = [piece for piece in rest if piece.kind != "header"]
    for is_table, group in groupby(rest, key=lambda piece: piece.kind == "table_row"):
        if is_table:
            _table(document, list(group), look)
        elif look.inline:
            _inline(document, list(group), look)
        else:
            for piece in group:
                _paragraph(document, piece, look, numbers)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _letterhead(document: Document, header: Sequence[Piece], look: Look) -> None:
    motto = [piece for piece in header if piece.text.startswith(("CỘNG", "Độc"))]
    left = [piece for piece in header if piece not in motto and "ngày" not in piece.text]
    table = document.add_table(rows=1, cols=2)
    for cell, lines in zip(table.rows[0].cells, (left, motto), strict=True):
        for index, piece in enumerate(lines):
            paragraph = cell.paragraphs[0] if index == 0 else cell.add_paragraph()
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            look.write(paragraph, piece.text, True)
    for piece in header:
        if piece not in motto and piece not in left:
            paragraph = document.add_paragraph()
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            look.write(paragraph, piece.text, False)


def _paragraph(document: Document, piece: Piece, look: Look, numbers: _Numbers | None) -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if piece.kind in _CENTRED else WD_ALIGN_PARAGRAPH.JUSTIFY
    automatic = numbers is not None and numbers.attach(paragraph, piece)
    look.write(paragraph, piece.text if automatic else piece.line, piece.kind in _BOLD)


def _inline(document: Document, pieces: Sequence[Piece], look: Look) -> None:
    """The khoản of an article typed one after the other in a single paragraph, as many villages do."""
    for runs_on, group in groupby(pieces, key=lambda piece: piece.kind in {"clause", "point"}):
        lines = list(group)
        if not runs_on:
            for piece in lines:
                _paragraph(document, piece, look, None)
            continue
        paragraph = document.add_paragraph()
        look.write(paragraph, " ".join(piece.line for piece in lines), False)


def _table(document: Document, rows: Sequence[Piece], look: Look) -> None:
    columns = max(len(piece.cells) for piece in rows)
    if look.nested:  # a table inside the only cell of another: a frame that someone drew around it
        outer = document.add_table(rows=1, cols=1, style="Table Grid").rows[0].cells[0]
        table = outer.add_table(rows=0, cols=columns)
        table.style = document.styles["Table Grid"]
    else:
        table = document.add_table(rows=0, cols=columns, style="Table Grid")
    for index, piece in enumerate(rows):
        cells = table.add_row().cells
        for cell, text in zip(cells, piece.cells, strict=False):
            look.write(cell.paragraphs[0], text, index == 0)


# --- automatic numbering

# kind of piece → (level, format, printed text)
TEMPLATES: dict[str, dict[str, tuple[int, str, str]]] = {
    "multi-level": {"chapter": (0, "upperRoman", "Chương %1"), "article": (1, "decimal", "Điều %2."),
                    "clause": (2, "decimal", "%3."), "point": (3, "lowerLetter", "%4)")},
    "clan": {"chapter": (0, "upperLetter", "%1."), "section": (1, "upperRoman", "%2."), "clause": (2, "decimal", "%3.")},
    "sections": {"section": (0, "decimal", "%1."), "bullet": (1, "bullet", "-")},
    "separate": {"clause": (0, "decimal", "%1."), "point": (1, "lowerLetter", "%2)"), "bullet": (0, "bullet", "-")},
    "legal": {"article": (0, "decimal", "Điều %1."), "clause": (1, "decimal", "%1.%2."), "point": (2, "lowerLetter", "%3)")},
}  # fmt: skip


class _Numbers:
    """A list of the document's own making; "separate" gives each article's khoản a list that starts anew."""

    def __init__(self, document: Document, look: Look) -> None:
        self._template = TEMPLATES[look.numbering]
        self._separate = look.numbering == "separate"
        self._part = document.part.numbering_part.element
        self._abstract: dict[str, int] = {}
        self._number = 100
        self._current = 0
        self._dashes = 0
        self._by_style = look.numbering == "clan"
        self._document = document
        restart_articles = "article" in self._template and self._template["article"][0] == 1
        items = list(self._template.items())
        if self._separate:
            self._add_abstract(90, [item for item in items if item[0] != "bullet"], restart_articles)
            self._add_abstract(91, [item for item in items if item[0] == "bullet"], restart_articles)
            self._dashes = self._add_number(91, restart=False)
        else:
            self._add_abstract(90, items, restart_articles)
            self._current = self._add_number(90, restart=False)
        if self._by_style:
            self._add_styles()

    def _add_abstract(self, identity: int, items: list[tuple[str, tuple[int, str, str]]], on_through: bool) -> None:
        levels = "".join(
            f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
            + ('<w:lvlRestart w:val="0"/>' if kind == "article" and on_through else "")
            + f'<w:lvlText w:val="{text}"/><w:lvlJc w:val="left"/></w:lvl>'
            for kind, (level, form, text) in items
        )
        xml = f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{identity}"><w:multiLevelType w:val="multilevel"/>{levels}</w:abstractNum>'
        first = self._part.find(qn("w:num"))
        element = parse_xml(xml)
        first.addprevious(element) if first is not None else self._part.append(element)

    def _add_number(self, abstract: int, *, restart: bool) -> int:
        self._number += 1
        override = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>' if restart else ""
        xml = f'<w:num {nsdecls("w")} w:numId="{self._number}"><w:abstractNumId w:val="{abstract}"/>{override}</w:num>'
        self._part.append(parse_xml(xml))
        return self._number

    def _add_styles(self) -> None:
        for kind, (level, _, _) in self._template.items():
            style = self._document.styles.add_style(f"Covenant {kind}", 1)
            style.base_style = self._document.styles["Normal"]
            style.element.get_or_add_pPr().append(self._properties(level, self._current))

    @staticmethod
    def _properties(level: int, number: int) -> object:
        properties = OxmlElement("w:numPr")
        for tag, value in (("w:ilvl", level), ("w:numId", number)):
            child = OxmlElement(tag)
            child.set(qn("w:val"), str(value))
            properties.append(child)
        return properties

    def attach(self, paragraph: Paragraph, piece: Piece) -> bool:
        """Number `paragraph`; False where the template has no level for it, so that the number must be typed."""
        if piece.kind not in self._template or not piece.number:
            return False
        level = self._template[piece.kind][0]
        if self._by_style:
            paragraph.style = self._document.styles[f"Covenant {piece.kind}"]
            return True
        if self._separate and piece.kind == "clause" and re.match(r"1\b", piece.number):
            self._current = self._add_number(90, restart=True)
        number = self._dashes if self._separate and piece.kind == "bullet" else self._current
        if not number:
            return False
        paragraph._element.get_or_add_pPr().append(self._properties(level, number))
        return True
