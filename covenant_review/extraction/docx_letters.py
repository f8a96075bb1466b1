"""Pieces of a DOCX paragraph → Unicode: letters of old fonts (TCVN3, VNI) converted, symbols named, soft hyphens dropped."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby

from covenant_review.extraction.docx_number_formats import UNKNOWN_SYMBOL, symbol
from covenant_review.extraction.docx_styles import RunLook
from covenant_review.text.legacy_fonts import VNI_MARKS, Encoding, LegacyFont, as_latin_1, convert, legacy_font
from covenant_review.text.legacy_text import SOFT_HYPHEN, LegacyTally, Settled, Usual, settle

_PRIVATE_USE = re.compile("[\ue000-\uf8ff]")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some text in one look."""

    text: str
    look: RunLook


class LetterReader:
    """Reads the pieces of one paragraph after the other. `usual` is what an earlier reading of the document showed."""

    def __init__(self, tally: LegacyTally, usual: Usual | None) -> None:
        self._tally = tally
        self._usual = usual

    def read(self, pieces: list[Piece]) -> list[Piece]:
        """The pieces in Unicode: each line, and in it each stretch of runs whose fonts say the same, is judged alone."""
        read: list[Piece] = []
        for line in _lines(pieces):
            for encoding, stretch in groupby(line, key=_named_encoding):
                read += self._stretch(list(stretch), None if encoding is None else LegacyFont(encoding))
        return read

    def text(self, text: str, font_name: str | None) -> str:
        """A text of one look, such as the words around an automatic number."""
        return "".join(piece.text for piece in self.read([Piece(text, RunLook(font=font_name))]))

    def _stretch(self, pieces: list[Piece], font: LegacyFont | None) -> list[Piece]:
        text = "".join(piece.text for piece in pieces)
        # A capital font tells how its words look, and so whether they are words: asked only where it is alone.
        fonts = {legacy_font(piece.look.font) for piece in pieces}
        settled = settle(text, fonts.pop() if len(fonts) == 1 else font, self._usual)
        self._tally.add(text, settled, {piece.look.font for piece in pieces if piece.look.font} if font is not None else ())
        if settled.encoding is None:
            return [replace(piece, text=_as_unicode(piece.text)) for piece in pieces]
        if settled.mixed:
            return [Piece(_convert_parts("".join(piece.text for piece in pieces), settled), pieces[0].look)]
        return [_converted(piece, settled.encoding) for piece in _marks_with_their_vowels(pieces, settled.encoding)]


def _lines(pieces: Iterable[Piece]) -> Iterable[list[Piece]]:
    line: list[Piece] = []
    for piece in pieces:
        for part in piece.text.splitlines(keepends=True) if "\n" in piece.text else (piece.text,):
            line.append(replace(piece, text=part))
            if part.endswith("\n"):
                yield line
                line = []
    if line:
        yield line


def _named_encoding(piece: Piece) -> Encoding | None:
    font = legacy_font(piece.look.font)
    return None if font is None else font.encoding


def _converted(piece: Piece, encoding: Encoding) -> Piece:
    named = legacy_font(piece.look.font)
    text = piece.text if named is None else as_latin_1(piece.text)
    return replace(piece, text=convert(text, LegacyFont(encoding, capitals=named is not None and named.capitals)))


def _convert_parts(text: str, settled: Settled) -> str:
    assert settled.encoding is not None
    done, out = 0, ""
    for start, end in settled.parts:
        out += _as_unicode(text[done:start]) + convert(text[start:end], LegacyFont(settled.encoding))
        done = end
    return out + _as_unicode(text[done:])


def _marks_with_their_vowels(pieces: list[Piece], encoding: Encoding) -> list[Piece]:
    """In VNI a vowel's mark may begin the next run; it is moved to its vowel, so that each run converts alone."""
    moved = list(pieces)
    for index in range(1, len(moved) if encoding == "vni" else 0):
        before, here = moved[index - 1].text, moved[index].text
        if before and here and here[0] in VNI_MARKS and before[-1].isalpha():
            moved[index - 1] = replace(moved[index - 1], text=before + here[0])
            moved[index] = replace(moved[index], text=here[1:])
    return moved


def _as_unicode(text: str) -> str:
    if _PRIVATE_USE.search(text):
        text = _PRIVATE_USE.sub(lambda sign: symbol(ord(sign.group())) or UNKNOWN_SYMBOL, text)
    return text.replace(SOFT_HYPHEN, "")
