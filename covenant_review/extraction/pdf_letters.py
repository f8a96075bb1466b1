"""Letters of old fonts (TCVN3, VNI) in a PDF's lines → Unicode."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from covenant_review.extraction.pdf_glyphs import FontFace
from covenant_review.text.legacy_fonts import Encoding, LegacyFont, as_latin_1, convert
from covenant_review.text.legacy_text import LegacyTally, Usual, settle, with_u_horns

Written = tuple[str, FontFace]


class LineLetters:
    """Reads the lines of one page and counts what it converted. `usual`: what an earlier reading of the document showed."""

    def __init__(self, usual: Usual | None = None) -> None:
        self.tally = LegacyTally()
        self._usual = usual

    def read(self, written: Iterable[Written]) -> str:
        """The text of one line in Unicode. `written`: its words in order, blanks included, each with its font.

        Stretches whose fonts say the same are judged alone. PDF writers take TCVN3's ư for the hyphen whose place it
        has; it is put back where that makes a syllable.
        """
        written = list(written)
        if len(written) == 1:  # most lines are in one font
            return self._stretch(_named_encoding(written[0]), written)
        return "".join(self._stretch(encoding, list(stretch)) for encoding, stretch in groupby(written, key=_named_encoding))

    def _stretch(self, named: Encoding | None, written: list[Written]) -> str:
        text = "".join(words for words, _ in written)
        if named is not None:
            text = as_latin_1(text)
        fonts = {face.legacy for _, face in written}
        font = fonts.pop() if len(fonts) == 1 else LegacyFont(named) if named else None
        expected = named or (self._usual.encoding if self._usual else None)
        restored = with_u_horns(text) if expected == "tcvn3" else text
        settled = settle(restored, font, self._usual)
        if settled.encoding == "tcvn3" and expected != "tcvn3" and not settled.mixed:
            restored = with_u_horns(text)
            settled = settle(restored, font, self._usual)
        self.tally.add(restored, settled, {face.name for _, face in written} if named else ())
        if settled.encoding is None:
            return text
        if settled.mixed:
            return _with_parts_converted(restored, settled.parts, settled.encoding)
        if len({face.legacy for _, face in written}) == 1:
            return convert(restored, LegacyFont(settled.encoding, capitals=font is not None and font.capitals))
        return "".join(
            convert(part, LegacyFont(settled.encoding, capitals=face.legacy is not None and face.legacy.capitals))
            for part, face in _cut_again(restored, written)
        )


def _named_encoding(written: Written) -> Encoding | None:
    font = written[1].legacy
    return None if font is None else font.encoding


def _cut_again(text: str, written: list[Written]) -> Iterable[Written]:
    """`text`, of the same length as what was written, cut where the fonts change."""
    start = 0
    for words, face in written:
        yield text[start : start + len(words)], face
        start += len(words)


def _with_parts_converted(text: str, parts: Iterable[tuple[int, int]], encoding: Encoding) -> str:
    done, out = 0, ""
    for start, end in parts:
        out += text[done:start] + convert(text[start:end], LegacyFont(encoding))
        done = end
    return out + text[done:]
