"""Plain text: one block a line, " | " between the cells of a table row."""

from __future__ import annotations

import codecs
import re

from covenant_review.extraction.document import Block, Document, ReadingWarning, UnreadableFile
from covenant_review.text.legacy_fonts import LegacyFont, convert
from covenant_review.text.legacy_text import SOFT_HYPHEN, LegacyTally, Settled, Usual, settle, with_capitals
from covenant_review.text.normal_form import normal_form, tidy
from covenant_review.text.spelling import is_syllable

CELL_SEPARATOR = " | "
_BETWEEN_CELLS = re.compile(r"(?:^|\s)\|(?=\s|$)")
_LINE_ENDS = re.compile("\r\n|[\n\r\f\v\x85\u2028\u2029]")
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WINDOWS_SIGNS = {code: bytes([code]).decode("cp1252") for code in (0x85, 0x91, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97)}
_WORD = re.compile("[^\\W\\d_]+")
_LOST_LETTER = re.compile(r"[^\W\d_]\?[^\W\d_]")  # what a program leaves that could not write a letter: "H?p"
_VIETNAMESE_SHARE = 0.85  # of the words with letters beyond ASCII; the others are names and abbreviations
_BEGINNING = 4000  # bytes
_FEWEST_BYTES = 16
_ZEROS_OF_UTF_16 = 0.3  # of every second byte: Vietnamese has that much ASCII, blanks alone are a fifth
_NOT_TEXT = re.compile("[\x00-\x08\x0e-\x1f]")


def read_plain_text(data: bytes) -> Document:
    """The Document of a text file: UTF-8, UTF-16, Windows-1258, or TCVN3 and VNI from before Unicode.

    UTF-8 and UTF-16 are known by their mark or by their form; the others by the share of Vietnamese syllables, line by
    line, so that a line in an old encoding inside Unicode text is converted too. The warning converted_font says that
    something was converted; legacy_font, with "partly_read", that a person must look.

    Empty lines are left out; lines with " | " between cells become table rows, and rows that follow each other make
    one table. Raises UnreadableFile: not_supported_yet (an encoding that none of these explains), unknown_kind (no text
    at all), no_text.
    """
    text = _unicode(data)
    in_bytes = text is None
    if text is None:
        text = _code_page_1258(data) or _as_western(data)
    if _NOT_TEXT.search(text):
        raise UnreadableFile("unknown_kind", "control characters")
    text, tally = _converted(text)
    if in_bytes and not _is_vietnamese(text):
        raise UnreadableFile("not_supported_yet", "text in an encoding that is not known")
    blocks = _blocks(text)
    if not blocks:
        raise UnreadableFile("no_text")
    if tally.looks_wrong:
        return Document("text", blocks, status="partly_read", warnings=(ReadingWarning("legacy_font", detail=tally.detail),))
    warnings = (ReadingWarning("converted_font", detail=tally.detail),) if tally.has_converted else ()
    return Document("text", blocks, warnings=warnings)


def _unicode(data: bytes) -> str | None:
    """The text, where the bytes are UTF-8 or UTF-16, with or without a mark; None where they are neither."""
    encoding = next((name for mark, name in _BYTE_ORDER_MARKS if data.startswith(mark)), None) or _utf_16_without_mark(data) or "utf-8"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        if b"\0" in data:
            raise UnreadableFile("unknown_kind", "binary data") from error
        return None


def _utf_16_without_mark(data: bytes) -> str | None:
    """UTF-16's byte order, told by the blanks and letters of ASCII in it: every second byte of those is zero."""
    beginning = data[:_BEGINNING]
    if len(beginning) < _FEWEST_BYTES:
        return None
    for order, zeros, letters in (("utf-16-le", beginning[1::2], beginning[::2]), ("utf-16-be", beginning[::2], beginning[1::2])):
        if zeros.count(0) > _ZEROS_OF_UTF_16 * len(zeros) and not letters.count(0):
            return order
    return None


def _code_page_1258(data: bytes) -> str | None:
    """The text, where Windows-1258 makes Vietnamese of the bytes (the tone is a sign of its own behind its vowel)."""
    try:
        text = normal_form(data.decode("cp1258"))
    except UnicodeDecodeError:
        return None
    return text if _is_vietnamese(text) else None


def _is_vietnamese(text: str) -> bool:
    words = [word for word in _WORD.findall(text) if not word.isascii()]
    return bool(words) and not _LOST_LETTER.search(text) and sum(map(is_syllable, words)) >= _VIETNAMESE_SHARE * len(words)


def _as_western(data: bytes) -> str:
    """Bytes at their Latin-1 places, where the tables of TCVN3 and VNI stand, with Windows' quotation marks and dashes."""
    return data.decode("latin-1").translate(_WINDOWS_SIGNS)


def _converted(text: str) -> tuple[str, LegacyTally]:
    """The text in Unicode, and what was converted in it; read twice where most of it is in an old encoding."""
    converted, tally = _convert_lines(text, None)
    usual = tally.usual()
    return _convert_lines(text, usual) if usual is not None else (converted, tally)


def _convert_lines(text: str, usual: Usual | None) -> tuple[str, LegacyTally]:
    tally = LegacyTally()
    lines = []
    for line in _LINE_ENDS.split(text):
        settled = settle(line, usual=usual)
        tally.add(line, settled)
        lines.append(_convert_line(line, settled))
    return "\n".join(lines), tally


def _convert_line(line: str, settled: Settled) -> str:
    if settled.encoding is None:
        return line.replace(SOFT_HYPHEN, "")
    font = LegacyFont(settled.encoding)
    done, converted = 0, ""
    for start, end in settled.parts or ((0, len(line)),):
        converted += line[done:start] + convert(line[start:end], font)
        done = end
    converted += line[done:]
    return with_capitals(converted) if settled.encoding == "tcvn3" else converted


def _blocks(text: str) -> tuple[Block, ...]:
    blocks: list[Block] = []
    table = -1
    row = 0
    for line in _LINE_ENDS.split(text):
        content = tidy(line)
        if not content:
            continue
        if not _BETWEEN_CELLS.search(content) or not content.strip("| "):
            blocks.append(Block(kind="paragraph", text=content))
            continue
        if not blocks or blocks[-1].kind != "table_row":
            table, row = table + 1, 0
        cells = tuple(cell.strip() for cell in _BETWEEN_CELLS.split(content))
        blocks.append(Block(kind="table_row", text=CELL_SEPARATOR.join(cells).strip(), cells=cells, table=table, row=row))
        row += 1
    return tuple(blocks)
