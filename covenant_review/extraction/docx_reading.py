"""DOCX → Document: a walk over the file's own XML, in reading order, as Word shows it with all changes accepted."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from covenant_review.extraction.doc_lists import ListRestarts
from covenant_review.extraction.document import (
    Alignment,
    Block,
    BlockKind,
    BlockStyle,
    Document,
    ReadingWarning,
    UnreadableFile,
)
from covenant_review.extraction.docx_letters import Piece
from covenant_review.extraction.docx_numbering import NumberingSheet, PrintedNumber
from covenant_review.extraction.docx_package import Package, R, Relation, W, local_name, number_of, value_of
from covenant_review.extraction.docx_runs import Inline, InlineReader, Notices, chosen_alternative
from covenant_review.extraction.docx_styles import RunLook, Style, StyleSheet, indent_of
from covenant_review.extraction.docx_tables import table_blocks
from covenant_review.text.legacy_text import Usual
from covenant_review.text.normal_form import tidy

_LETTER_OR_DIGIT = re.compile(r"[^\W_]")
_ALIGNMENTS: dict[str, Alignment] = {
    "left": "left", "start": "left", "center": "center", "right": "right", "end": "right", "both": "justify",
    "distribute": "justify",
}  # fmt: skip
_PASSED_THROUGH = frozenset({"sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag"})
_BODY_LEVEL = 9  # outline level 9 is Word's word for "body text"


def read_docx(data: bytes, list_restarts: tuple[ListRestarts, ...] = ()) -> Document:
    """The Document of a DOCX file; `list_restarts` is what its conversion from .doc dropped.

    Raises UnreadableFile: damaged, encrypted, too_many_parts, unpacks_too_large, no_text.

    Body blocks come in reading order, then footnotes and endnotes (kind "footnote"), then page headers and footers.
    Text in old fonts (TCVN3, VNI) becomes Unicode. Warnings: deleted_text, hidden_text, pictures, embedded_object,
    table_of_contents, unknown_symbol; converted_font (read, for the record), legacy_font (the conversion may be wrong).
    """
    package = Package(data)
    name = package.document_name()
    root = package.xml(name)
    body = None if root is None else root.find(f"{W}body")
    if body is None:
        raise UnreadableFile("damaged", "no body")
    relations = package.relations(name)
    walk, blocks = _read_body(package, relations, body, list_restarts, None)
    usual = walk.notices.legacy.usual()
    if usual is not None:
        # Most of the text turned out to be in an old encoding: the short lines that told nothing are read by that light.
        walk, blocks = _read_body(package, relations, body, list_restarts, usual)
    if not any(_LETTER_OR_DIGIT.search(block.text) for block in blocks):
        raise UnreadableFile("no_text", f"{walk.notices.pictures} pictures")
    blocks += walk.margin_blocks(body)
    warnings = _warnings(walk.notices)
    partly = any(warning.code in {"legacy_font", "embedded_object"} for warning in warnings)
    return Document(kind="docx", blocks=tuple(blocks), status="partly_read" if partly else "read", warnings=warnings)


def _read_body(
    package: Package, relations: list[Relation], body: etree._Element, lists: tuple[ListRestarts, ...], usual: Usual | None
) -> tuple[_Walk, list[Block]]:
    walk = _Walk(package, relations, lists, usual)
    blocks = walk.blocks(body)
    return walk, blocks + walk.note_blocks()


class _Walk:
    """One reading of one file: the sheets that it needs, and what it counts on the way."""

    def __init__(self, package: Package, relations: list[Relation], lists: tuple[ListRestarts, ...], usual: Usual | None) -> None:
        self.notices = Notices()
        self._package = package
        self._relations = relations
        self._styles = StyleSheet(self._part("styles"))
        self._numbering = NumberingSheet(self._part("numbering"), self._styles)
        self._numbering.keep_counting(lists)
        self._inline = InlineReader(self._styles, self.notices, usual)
        self._tables = itertools.count()
        self._notes: list[tuple[str, str]] = []
        # Text of a paragraph whose end mark was deleted: it runs on into the next paragraph.
        self._run_on: list[Piece] = []

    def blocks(self, container: etree._Element) -> list[Block]:
        """The blocks of everything that stands in `container` (body, cell, text box, note, header)."""
        return list(self._walk(container))

    def note_blocks(self) -> list[Block]:
        """Footnotes and endnotes in the order in which the body refers to them, numbered from 1 within each kind."""
        blocks: list[Block] = []
        for kind in ("footnote", "endnote"):
            root = self._part(f"{kind}s")
            referred = dict.fromkeys(identity for note, identity in self._notes if note == kind)
            notes = {} if root is None else {note.get(f"{W}id", ""): note for note in root.iterfind(f"{W}{kind}")}
            for number, identity in enumerate(referred, start=1):
                if identity in notes:
                    blocks += self._as_note(self.blocks(notes[identity]), str(number))
        return blocks

    def margin_blocks(self, body: etree._Element) -> list[Block]:
        """The page headers and footers that the sections name, each text once."""
        names = {relation.id: relation.target for relation in self._relations}
        seen: set[str] = set()
        blocks: list[Block] = []
        for reference in body.iter(f"{W}headerReference", f"{W}footerReference"):
            root = self._package.xml(names.get(reference.get(f"{R}id", ""), ""))
            kind: BlockKind = "page_header" if local_name(reference) == "headerReference" else "page_footer"
            for block in [] if root is None else self.blocks(root):
                if block.text not in seen:
                    seen.add(block.text)
                    blocks.append(Block(kind=kind, text=block.text.replace("\n", " "), style=block.style))
        return blocks

    def _part(self, kind: str) -> etree._Element | None:
        target = next((relation.target for relation in self._relations if relation.kind == kind), None)
        return None if target is None else self._package.xml(target)

    def _walk(self, container: etree._Element) -> Iterator[Block]:
        for child in container:
            name = local_name(child)
            if name == "p":
                yield from self._paragraph(child)
            elif name == "tbl":
                yield from table_blocks(child, self.blocks, self._styles, self.notices, lambda: next(self._tables))
            elif name in _PASSED_THROUGH:
                yield from self._walk(child)
            elif name == "AlternateContent":
                chosen = chosen_alternative(child)
                if chosen is not None:
                    yield from self._walk(chosen)
            elif name in {"del", "moveFrom"}:
                self.notices.deleted += 1
            elif name == "altChunk":
                self.notices.embedded += 1

    def _paragraph(self, paragraph: etree._Element) -> Iterator[Block]:
        properties = paragraph.find(f"{W}pPr")
        style = self._styles.paragraph(value_of(properties, "pStyle"))
        look = self._styles.defaults.under(style.run)
        inline = self._inline.read(paragraph, look)
        self._notes += inline.notes
        inline.pieces[:0] = self._run_on
        self._run_on = []
        if _mark_is_deleted(properties):
            self._run_on = inline.pieces
        elif style.is_contents_entry:
            self.notices.contents_lines += 1
        else:
            yield from self._paragraph_block(inline, properties, style)
        for box in inline.boxes:
            yield from self._walk(box)

    def _paragraph_block(self, inline: Inline, properties: etree._Element | None, style: Style) -> Iterator[Block]:
        text = tidy(inline.text)
        if not text and inline.lost_text:
            return
        number = self._numbering.next_number(properties, style)
        if number is not None and not number.is_bullet:
            number = replace(number, text=self._inline.number(number.text, number.font or style.run.font))
        if not text and not (number is not None and _LETTER_OR_DIGIT.search(number.text)):
            return
        yield Block(
            kind="paragraph",
            text=text,
            number="" if number is None else number.text,
            style=_look_of(inline, properties, style, number),
        )

    @staticmethod
    def _as_note(blocks: list[Block], number: str) -> list[Block]:
        return [replace(block, kind="footnote", number=number if index == 0 else block.number) for index, block in enumerate(blocks)]


def _mark_is_deleted(properties: etree._Element | None) -> bool:
    mark = None if properties is None else properties.find(f"{W}rPr")
    return mark is not None and (mark.find(f"{W}del") is not None or mark.find(f"{W}moveFrom") is not None)


def _look_of(inline: Inline, properties: etree._Element | None, style: Style, number: PrintedNumber | None) -> BlockStyle:
    letters = [(len(piece.text.strip()), piece.look) for piece in inline.pieces if piece.text.strip()]
    total = sum(length for length, _ in letters)
    outline = number_of(properties, "outlineLvl")
    if outline is None:
        outline = style.outline_level
    indent = indent_of(properties)
    longest = max(letters, key=lambda pair: pair[0])[1] if letters else RunLook()
    return BlockStyle(
        bold=total > 0 and 2 * sum(length for length, look in letters if look.bold) > total,
        italic=total > 0 and 2 * sum(length for length, look in letters if look.italic) > total,
        alignment=_ALIGNMENTS.get(value_of(properties, "jc") or style.alignment or ""),
        font_size=longest.size,
        indent=indent if indent is not None else style.indent,
        outline_level=outline if outline is not None and outline < _BODY_LEVEL else None,
        level=None if number is None else number.level,
    )


def _warnings(notices: Notices) -> tuple[ReadingWarning, ...]:
    counted = {
        "deleted_text": notices.deleted,
        "hidden_text": notices.hidden,
        "pictures": notices.pictures,
        "embedded_object": notices.embedded,
        "table_of_contents": notices.contents_lines,
        "unknown_symbol": notices.unknown_symbols,
    }
    warnings = [ReadingWarning(code, detail=str(count)) for code, count in counted.items() if count]
    legacy = notices.legacy
    if legacy.looks_wrong or legacy.has_converted:
        warnings.append(ReadingWarning("legacy_font" if legacy.looks_wrong else "converted_font", detail=legacy.detail))
    return tuple(warnings)
