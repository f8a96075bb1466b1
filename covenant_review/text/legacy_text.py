"""Which encoding a line of text is in: its font's name says it first, the share of Vietnamese syllables has the last word.

A font's name may lie (Unicode typed into a .VnTime style) or be lost (.VnTime text set in Times New Roman), so each line
is tried both ways: as it stands, and converted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache

from covenant_review.text.legacy_fonts import Encoding, LegacyFont, as_latin_1, convert, is_written_in
from covenant_review.text.normal_form import normal_form
from covenant_review.text.spelling import is_syllable

ENCODINGS: tuple[Encoding, ...] = ("tcvn3", "vni")
ENCODING_NAMES: dict[Encoding, str] = {"tcvn3": "TCVN3", "vni": "VNI"}
SOFT_HYPHEN = "\u00ad"

# Words, with the signs that are letters in TCVN3 (« ¬ ®); ASCII signs, digits and typographic quotes part them.
_WORD = re.compile("[^\\s\x00-@\\[-`{-\x7f\u2000-\u206f\ue000-\uf8ff]+")
_NOT_ASCII = re.compile("[^\x00-\x7f]")
# What no line of Vietnamese in Unicode holds: other letters and signs of Latin-1, and vowels with a second accent behind.
_TRACES = re.compile("[\u00a1-\u00bf\u00d7\u00f7ÄÅÆÇËÎÏÑÖØÛÜÞßäåæçëîïñöøûüþ]|[aeoyôAEOYÔ][ùÙ]|[aeoAEO][âÂ]|[aA][êÊ]")
_VOWEL = re.compile("[aeiouyăâêôơư]", re.IGNORECASE)
_LETTERS = re.compile("[^\\W\\d_]+")
# The letters that TCVN3 holds small and as capitals.
_HAVE_CAPITALS = frozenset("abcdefghijklmnopqrstuvwxyzăâêôơưđABCDEFGHIJKLMNOPQRSTUVWXYZĂÂÊÔƠƯĐ")

_FEWEST_WORDS = 2  # in a line whose font says nothing
_FEWEST_WORDS_OF_A_STRETCH = 3  # in the middle of a line that is otherwise Unicode
_UNICODE_SHARE = 0.25  # words that speak against, for one that speaks for
_WRONG_SHARE = 0.02
_WRONG_WORDS = 3
# ư alone is in 8 words of 100; a text of this many words without one has lost it on the way.
_WORDS_WITHOUT_U_HORN = 100


@dataclass(frozen=True, slots=True)
class Usual:
    """What most of a document is in. `everywhere`: even where fonts say nothing; else only text with old font names."""

    encoding: Encoding
    everywhere: bool


@dataclass(frozen=True, slots=True)
class Settled:
    """How a line is to be read: in `encoding` (None: Unicode), over the stretches `parts` only if there are any.

    `words` have letters beyond ASCII; `wrong` of them are no syllables even when read so. `mixed`: a line of two
    encodings; `doubtful`: neither reading gives Vietnamese.
    """

    encoding: Encoding | None
    words: int = 0
    wrong: int = 0
    parts: tuple[tuple[int, int], ...] = ()
    doubtful: bool = False

    @property
    def mixed(self) -> bool:
        return bool(self.parts)


@dataclass(slots=True)
class _Count:
    """Words of a line: how many read well as they stand, in each encoding, and in one way only."""

    words: int = 0
    plain: int = 0
    fits: Counter[Encoding] = field(default_factory=Counter)
    speak_for: Counter[Encoding] = field(default_factory=Counter)
    speak_against: Counter[Encoding] = field(default_factory=Counter)


def settle(text: str, font: LegacyFont | None = None, usual: Usual | None = None) -> Settled:
    """Decide how a line (or a part of one that is in one font) is to be read.

    `text` as it stands in the file, soft hyphens included; `font` is what the font's name says, `usual` what is known
    of the whole document. Offsets in the answer are into `text`.
    """
    if font is None and usual is None and not _TRACES.search(text):
        return Settled(None)
    if font is not None:
        text = as_latin_1(text)
    count = _counted(text, font)
    if font is not None:
        encoding = _by_name(font.encoding, count)
    else:
        encoding = _by_statistics(count, usual)
    if encoding is not None:
        return Settled(encoding, count.words, count.words - count.fits[encoding])
    best = _best(count)
    if font is None and count.speak_for[best] >= _FEWEST_WORDS_OF_A_STRETCH:
        parts = tuple(_stretches(text, best))
        if parts:
            return Settled(best, count.words, 0, parts)
    unread = count.words - count.plain
    return Settled(None, count.words, doubtful=unread >= _WRONG_WORDS and 2 * unread >= count.words)


def _by_name(encoding: Encoding, count: _Count) -> Encoding | None:
    """The encoding that the font's name says, unless the words say clearly that it lies."""
    other: Encoding = "vni" if encoding == "tcvn3" else "tcvn3"
    if count.speak_for[other] >= _FEWEST_WORDS and count.fits[other] >= 2 * count.fits[encoding]:
        return other
    return encoding if count.speak_against[encoding] <= count.speak_for[encoding] else None


def _by_statistics(count: _Count, usual: Usual | None) -> Encoding | None:
    best = _best(count)
    if count.speak_for[best] >= _FEWEST_WORDS and count.speak_against[best] <= _UNICODE_SHARE * count.speak_for[best]:
        return best
    if usual is None:
        return None
    ahead = count.speak_for[usual.encoding] - count.speak_against[usual.encoding]
    return usual.encoding if ahead > 0 or (usual.everywhere and ahead == 0 and count.fits[usual.encoding]) else None


def _best(count: _Count) -> Encoding:
    return max(ENCODINGS, key=lambda encoding: (count.speak_for[encoding], count.fits[encoding]))


def _counted(text: str, font: LegacyFont | None) -> _Count:
    count = _Count()
    for word in _WORD.findall(text):
        if not _NOT_ASCII.search(word):
            continue
        plain = _reads_plainly(word)
        fits = {encoding: _reads_in(word, encoding, font) for encoding in ENCODINGS}
        if not plain and None in fits.values():
            continue  # an abbreviation, or the label of a point: says nothing
        count.words += 1
        count.plain += plain
        for encoding, fit in fits.items():
            count.fits[encoding] += bool(fit)
            count.speak_for[encoding] += bool(fit) and not plain
            count.speak_against[encoding] += plain and not fit
    return count


@lru_cache(maxsize=20_000)
def _reads_plainly(word: str) -> bool:
    word = normal_form(word.replace(SOFT_HYPHEN, ""))
    return is_syllable(word) or is_syllable(word.strip("«»°§·•…“”"))


@lru_cache(maxsize=20_000)
def _reads_in(word: str, encoding: Encoding, font: LegacyFont | None) -> bool | None:
    """Whether a word is a syllable when converted; None for what is none and need not be ("QĐ", "đ")."""
    if not is_written_in(word, encoding):
        return False
    converted = convert(word, replace(font, encoding=encoding) if font else LegacyFont(encoding))
    if is_syllable(converted) or (encoding == "tcvn3" and _is_in_capitals_but_for_tones(converted) and is_syllable(converted.lower())):
        return True
    is_abbreviation = converted in ("đ", "Đ") or (converted.isupper() and not _VOWEL.search(normal_form(converted)))
    return None if is_abbreviation and converted.isalpha() else False


def _is_in_capitals_but_for_tones(word: str) -> bool:
    """ "HộI": TCVN3 has no capitals with tones; those letters are small ones, in a second font of capitals or in none."""
    tells = [letter for letter in word if letter in _HAVE_CAPITALS]
    return bool(tells) and all(letter.isupper() for letter in tells)


def with_capitals(text: str) -> str:
    """A converted TCVN3 text without fonts, its toned capitals put back: "HƯƠNG ƯớC LàNG" → "HƯƠNG ƯỚC LÀNG".

    A word is raised where a letter behind its first one is a capital, and so is one beside such words that may be
    either ("Và"), in a line of capitals. A first letter alone ("ủy ban") says nothing and stays. The length stays.
    """
    return "".join(_line_with_capitals(line) for line in text.splitlines(keepends=True))


def _line_with_capitals(line: str) -> str:
    words = list(_LETTERS.finditer(line))
    shown = [_shows_capitals(word.group()) for word in words]
    mostly = 2 * sum(shown) >= len(words)
    raised = list(line)
    for index, word in enumerate(words):
        beside = shown[index - 1] if index else any(shown[1:2])
        leads = index + 1 == len(words) or shown[index + 1] or _may_be_capitals(words[index + 1].group())
        if shown[index] or (mostly and beside and leads and _may_be_capitals(word.group())):
            shown[index] = True
            raised[word.start() : word.end()] = word.group().upper()
    return "".join(raised)


def _shows_capitals(word: str) -> bool:
    return any(letter.isupper() for letter in word[1:]) and _is_in_capitals_but_for_tones(word)


def _may_be_capitals(word: str) -> bool:
    return all(letter.isupper() or letter not in _HAVE_CAPITALS for letter in word)


_HYPHENATED = re.compile("[^\\s\x00-,./:;<-@\\[-`{-\x7f\u2000-\u206f]*-[^\\s\x00-,./:;<-@\\[-`{-\x7f\u2000-\u206f]*")


def with_u_horns(text: str) -> str:
    """TCVN3 text in which a program wrote a hyphen for ư: the letter is put back where the word is a syllable with it.

    "h-¬ng -íc" (hương ước) is mended, "Q§-TTg" and "Êp-lµng" stay: there the halves are words, or the whole is none.
    The length stays.
    """
    return _HYPHENATED.sub(_with_u_horn, text) if "-" in text else text


def _with_u_horn(match: re.Match[str]) -> str:
    word = match.group()
    if not is_syllable(convert(word.replace("-", SOFT_HYPHEN), LegacyFont("tcvn3"))):
        return word
    halves = [half for half in word.split("-") if half]
    are_words = all(_reads_in(half, "tcvn3", None) for half in halves)
    return word if not halves or (len(halves) > 1 and are_words) else word.replace("-", SOFT_HYPHEN)


def _stretches(text: str, encoding: Encoding) -> Iterable[tuple[int, int]]:
    """(start, end) of the pieces of a mixed line that are in `encoding`.

    A piece ends at words that can only be Unicode, and at punctuation beyond its first or last word that shows it.
    """
    for clause in _between_unicode_words(text, encoding):
        shown = [word for word in clause if _NOT_ASCII.search(word.group()) and not _reads_plainly(word.group())]
        if len(shown) < _FEWEST_WORDS_OF_A_STRETCH:
            continue
        first, last = clause.index(shown[0]), clause.index(shown[-1])
        while first > 0 and text[clause[first - 1].end() : clause[first].start()].isspace():
            first -= 1
        while last + 1 < len(clause) and text[clause[last].end() : clause[last + 1].start()].isspace():
            last += 1
        yield clause[first].start(), clause[last].end()


def _between_unicode_words(text: str, encoding: Encoding) -> Iterable[list[re.Match[str]]]:
    words: list[re.Match[str]] = []
    for match in _WORD.finditer(text):
        word = match.group()
        if _NOT_ASCII.search(word) and _reads_plainly(word) and not _reads_in(word, encoding, None):
            yield words
            words = []
        else:
            words.append(match)
    yield words


@dataclass(slots=True)
class LegacyTally:
    """What was found of old encodings in one document or page: counts of words, and the names of old fonts."""

    fonts: set[str] = field(default_factory=set)
    converted: Counter[Encoding] = field(default_factory=Counter)
    by_statistics: Counter[Encoding] = field(default_factory=Counter)
    plain: int = 0
    wrong: int = 0
    mixed_lines: int = 0
    doubtful_lines: int = 0
    undecided_lines: int = 0
    tcvn3_words: int = 0
    tcvn3_u_horns: int = 0

    def add(self, text: str, settled: Settled, font_names: Iterable[str] = ()) -> None:
        """Count one line: `text` as the file has it; `font_names` where its fonts are old ones."""
        encoding = settled.encoding
        if encoding is None:
            # Lines of plain Unicode are not taken apart into words; such a word has a little more than one letter with marks.
            words = settled.words or (len(_NOT_ASCII.findall(text)) + 1) // 2
            self.plain += words
            self.doubtful_lines += settled.doubtful
            self.undecided_lines += words > 0
            return
        names = frozenset(font_names)
        if not names:
            self.by_statistics[encoding] += settled.words
        elif settled.words:
            self.fonts |= names
        self.converted[encoding] += settled.words
        self.wrong += settled.wrong
        self.mixed_lines += settled.mixed
        if encoding == "tcvn3":
            self.tcvn3_words += settled.words
            self.tcvn3_u_horns += text.count(SOFT_HYPHEN) + text.count("¦")

    def usual(self) -> Usual | None:
        """What most of the document is in, where short lines were left undecided: worth a second reading. Else None."""
        if not self.undecided_lines:
            return None
        encoding = max(ENCODINGS, key=lambda one: self.converted[one])
        if self.converted[encoding] <= self.plain:
            return None
        return Usual(encoding, everywhere=self.by_statistics[encoding] > self.plain)

    def together_with(self, other: LegacyTally) -> LegacyTally:
        """Both counts as one."""
        return LegacyTally(
            self.fonts | other.fonts,
            self.converted + other.converted,
            self.by_statistics + other.by_statistics,
            self.plain + other.plain,
            self.wrong + other.wrong,
            self.mixed_lines + other.mixed_lines,
            self.doubtful_lines + other.doubtful_lines,
            self.undecided_lines + other.undecided_lines,
            self.tcvn3_words + other.tcvn3_words,
            self.tcvn3_u_horns + other.tcvn3_u_horns,
        )

    @property
    def has_converted(self) -> bool:
        """Whether anything was converted."""
        return any(self.converted.values())

    @property
    def looks_wrong(self) -> bool:
        """Whether a person must look: too many words are no syllables, encodings change within a line, ư is lost."""
        words = sum(self.converted.values())
        return (
            (self.wrong >= _WRONG_WORDS and self.wrong > _WRONG_SHARE * words)
            or self.mixed_lines > 0
            or self.doubtful_lines > 0
            or (self.tcvn3_words >= _WORDS_WITHOUT_U_HORN and self.tcvn3_u_horns == 0)
        )

    @property
    def detail(self) -> str:
        """For a warning: the old fonts by name, or the encodings where the fonts' names say nothing."""
        return ", ".join(sorted(self.fonts) or [ENCODING_NAMES[one] for one in ENCODINGS if self.converted[one]])
