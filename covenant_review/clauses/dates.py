"""Dates as covenants write them: in figures, in words, by the moon, with blanks left for the pen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from covenant_review.text.folding import fold

_UNITS = {
    "không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5, "nhăm": 5, "sáu": 6,
    "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9,
}  # fmt: skip
_MONTH_NAMES = {"giêng": 1, "chạp": 12}
_STEMS = ("giáp", "ất", "bính", "đinh", "mậu", "kỷ", "canh", "tân", "nhâm", "quý")
_BRANCHES = ("tý", "sửu", "dần", "mão", "thìn", "tỵ", "ngọ", "mùi", "thân", "dậu", "tuất", "hợi")
_OTHER_SPELLINGS = {"kỉ": "kỷ", "quí": "quý", "tí": "tý", "tị": "tỵ", "mẹo": "mão"}
_READ_AT_MOST = 4000  # characters; no paragraph that tells a date is longer
EARLIEST_YEAR, LATEST_YEAR = 1900, 2099

_WORD_NUMBER = r"(?:(?:" + "|".join([*_UNITS, "mười", "mươi", "trăm", "nghìn", "ngàn", "linh", "lẻ"]) + r")\b ?)"
_BLANK = r"[.…_\s]{0,80}"
_STEM = "|".join([*_STEMS, "kỉ", "quí"])
_BRANCH = "|".join([*_BRANCHES, "tí", "tị", "mẹo"])
_CYCLE_YEAR = rf"(?:{_STEM})\s+(?:{_BRANCH})\b"
_IN_FIGURES = re.compile(r"(?<![\d/.-])(\d{1,2})\s?([/.-])\s?(\d{1,2})\s?\2\s?(\d{4})(?![\d/])")
_IN_WORDS = re.compile(
    rf"(?:(?P<moon>rằm|mồng|mùng)\s*)?(?P<day>\d{{1,2}}|{_WORD_NUMBER}{{1,3}}?|{_BLANK})\s*"
    rf"(?<![^\W\d_])tháng\s*(?P<month>\d{{1,2}}|giêng|chạp|{_WORD_NUMBER}{{1,2}}?|{_BLANK})\s*(?:,\s*)?"
    rf"(?<![^\W\d_])năm\s*(?P<cycle>{_CYCLE_YEAR})?\s*(?P<open>\(\s*(?:năm\s+)?)?"
    rf"(?P<year>\d{{4}}(?!\d)|{_WORD_NUMBER}{{2,10}}|\d{{2,3}}[.…_]+)?"
)
_YEAR_ALONE = re.compile(rf"\bnăm\s+(?P<cycle>{_CYCLE_YEAR})?\s*\(?\s*(?P<year>(?:19|20)\d\d)(?!\d)")
_MONTH_AND_YEAR = re.compile(r"\btháng\s+\d{1,2}\s*[/-]\s*(?P<year>(?:19|20)\d\d)(?!\d)")
_THAT_IS = re.compile(r"[\s,]*(?:âm lịch)?[\s,]*\(?\s*(?:tức(?: là)?\s*)?(?:ngày\s*)?")
_BY_THE_MOON = re.compile(r"^[\s,)]*\(?\s*(?:âm lịch|lịch âm|âl|tức âm)\b|^[\s,(]*(?:al)\b")


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """A date at `start:end` of a text. `day` is None where no exact day of the civil calendar is sure (blanks, by the moon);
    `year` is None where even the year is left open; `cycle` is the year of the sixty-year cycle, 0-59, if it is named."""

    start: int
    end: int
    day: date | None
    year: int | None
    cycle: int | None = None


def dates_in(text: str) -> list[WrittenDate]:
    """The dates of an NFC text in order. A civil date in brackets behind one by the moon stands for both."""
    folded = fold(text[:_READ_AT_MOST])
    found = sorted([*_figures(folded), *_words(folded), *_years(folded)], key=lambda one: (one.start, -one.end))
    kept: list[WrittenDate] = []
    for one in found:
        before = kept[-1] if kept else None
        if before is None or one.start >= before.end:
            if before is not None and before.day is None and one.day is not None and _explains(folded, before, one):
                kept[-1] = WrittenDate(before.start, one.end, one.day, one.year, before.cycle)
            else:
                kept.append(one)
        elif before.day is None and one.day is not None:
            kept[-1] = WrittenDate(before.start, max(before.end, one.end), one.day, one.year, before.cycle)
    return kept


def may_be_year(cycle: int, year: int) -> bool:
    """Whether `year` carries that name in the sixty-year cycle (Giáp Tý is 0; 1984 was one)."""
    return (year - 4) % 60 == cycle


def number_in_words(words: str) -> int | None:
    """The number that Vietnamese number words say ("hai nghìn không trăm mười lăm", "một chín chín tám"); None if none."""
    tokens = words.split()
    if len(tokens) == 4 and all(word in _UNITS for word in tokens):
        return int("".join(str(_UNITS[word]) for word in tokens))
    total, pending = 0, None
    for word in tokens:
        if word in _UNITS:
            if pending is not None:
                return None
            pending = _UNITS[word]
        elif word == "mười":
            total, pending = total + 10, None
        elif word in ("linh", "lẻ"):
            continue
        else:
            scale = {"mươi": 10, "trăm": 100, "nghìn": 1000, "ngàn": 1000}.get(word)
            if scale is None or pending is None:
                return None
            total, pending = total + pending * scale, None
    return total + (pending or 0) if tokens else None


def _figures(folded: str) -> Iterator[WrittenDate]:
    for match in _IN_FIGURES.finditer(folded):
        day, month, year = int(match[1]), int(match[3]), int(match[4])
        lunar = bool(_BY_THE_MOON.match(folded[match.end() :]))
        exact = None if lunar else _civil(day, month, year)
        yield WrittenDate(match.start(), match.end(), exact, _sane(year))


def _words(folded: str) -> Iterator[WrittenDate]:
    for match in _IN_WORDS.finditer(folded):
        day, month, year = (_number(match[part]) for part in ("day", "month", "year"))
        cycle = _cycle(match["cycle"])
        lunar = bool(match["moon"] or cycle is not None or (match["month"] or "").strip() in _MONTH_NAMES)
        lunar = lunar or bool(_BY_THE_MOON.match(folded[match.end() :]))
        exact = None if lunar or None in (day, month, year) else _civil(day or 0, month or 0, year or 0)
        start = match.start("moon") if match["moon"] else match.start("day")
        yield WrittenDate(start, match.end(), exact, _sane(year), cycle)


def _years(folded: str) -> Iterator[WrittenDate]:
    for match in (*_YEAR_ALONE.finditer(folded), *_MONTH_AND_YEAR.finditer(folded)):
        cycle = _cycle(match.groupdict().get("cycle"))
        yield WrittenDate(match.start(), match.end(), None, _sane(int(match["year"])), cycle)


def _explains(folded: str, moon: WrittenDate, civil: WrittenDate) -> bool:
    """Whether the civil date stands right behind, in brackets or after "tức ngày"."""
    between = folded[moon.end : civil.start]
    return len(between) < 30 and bool(
        re.fullmatch(r"[\s,]*(?:âm lịch)?[\s,]*(?:\(|tức(?: là)?)?\s*(?:tức(?: là)?\s*)?(?:ngày\s*)?", between)
    )


def _number(written: str | None) -> int | None:
    text = (written or "").strip(" .…_\n\t")
    if not text:
        return None
    if text.isdigit():
        # A year with blanks behind it ("20…") is not written yet.
        return int(text) if (written or "").strip() == text else None
    return _MONTH_NAMES.get(text) or number_in_words(text)


def _cycle(written: str | None) -> int | None:
    if not written:
        return None
    stem, branch = (_OTHER_SPELLINGS.get(word, word) for word in written.split())
    first, second = _STEMS.index(stem), _BRANCHES.index(branch)
    return next((place for place in range(60) if place % 10 == first and place % 12 == second), None)


def _civil(day: int, month: int, year: int) -> date | None:
    if _sane(year) is None:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _sane(year: int | None) -> int | None:
    return year if year is not None and EARLIEST_YEAR <= year <= LATEST_YEAR else None
