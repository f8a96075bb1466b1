"""When a covenant was adopted and recognised: only days that the document says are its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from covenant_review.clauses.clause import Clause
from covenant_review.clauses.dates import WrittenDate, dates_in, may_be_year
from covenant_review.clauses.fact_parts import SENTENCE_END, Fact, Parts, fact
from covenant_review.text.folding import fold

_GENRE_MEANT = re.compile(r"hương ước|q[uy]+ ước|qui ước|tộc ước|khoán ước|văn bản này|bản này")
_AGREED = r"(?:thông qua|nhất trí|thống nhất|biểu quyết|tán thành|bàn định|bàn bạc)"
_MEETING = re.compile(r"\b(?:hội nghị|họp|đại hội|cuộc họp|phiên họp)\b")
_AGREES_BEFORE = re.compile(rf"\b{_AGREED}\b[^.;]{{0,60}}$")
_AGREES_AFTER = re.compile(rf"^[^.;]{{0,160}}\b{_AGREED}\b")
_OTHER_PAPER = re.compile(
    r"\b(?:số\s*:?\s*\d|nghị định|quyết định|chỉ thị|luật|pháp lệnh|thông tư|nghị quyết số|công văn|hướng dẫn|kế hoạch)[^.;]{0,90}$"
)
_OLD_ONE = re.compile(r"\b(?:thay thế|thay cho|thay bản|bãi bỏ|hết hiệu lực|bản cũ|(?:hương|quy) ước cũ|trước đây)\b")
_DECISION = re.compile(
    r"quyết định\s*(?:số\s*)?:?\s*(?P<number>\d{1,5}\s?(?:/\s?(?:19|20)\d\d\s?)?/?\s?qđ\s?[-–]\s?[a-zđ.]{2,12}(?:[-–][a-zđ.]{1,6})?)"
)
_CENTRAL_ORGAN = re.compile(r"qđ\s?[-–]\s?(?:ttg|tw|cp|btp|bvh|bnv|tanda|hđbt)")
_RECOGNISES = re.compile(r"\b(?:công nhận|phê duyệt|phê chuẩn|chuẩn y|duyệt y|kèm theo)\b")
_RECOGNISED_ELSE = re.compile(
    r"\bcông nhận\b[^.;]{0,30}\b(?:danh hiệu|làng văn hóa|gia đình|di tích|khu dân cư văn hóa|thôn văn hóa|nông thôn mới|làng nghề)\b"
)
_GROUNDS = re.compile(r"^\W*(?:căn cứ|thực hiện|theo)\b")
_CONFIRMS = re.compile(r"\b(?:xác nhận|phê duyệt|công nhận|chứng thực|ubnd|ủy ban)\b")
_DECISION_HEAD = re.compile(r"^\s*(?:quyết định\s*$|số\s*:.*qđ)")


def adoption(parts: Parts) -> tuple[Fact | None, Fact | None]:
    """The day of adoption and the year of the covenant.

    The words "thông qua ngày …", "họp ngày …, thống nhất" decide; else the date line of letterhead or signatures. More
    than a year between the two means that one of them is about something else.
    """
    said = _unique_day([one for clause in [*parts.title, *parts.preamble, *parts.ending] for one in _adoptions(clause)])
    line = _date_line(parts)
    if said is _CONTRADICTION or line is _CONTRADICTION:
        return None, None
    day = said if isinstance(said, _Dated) else None
    dated = line if isinstance(line, _Dated) else None
    titled = _title_year(parts)
    if day and day.day and dated and dated.day and abs((dated.day - day.day).days) > 366:
        return None, None
    best = day if day and day.day else dated
    years = {one.year for one in (day, dated, titled) if one and one.year}
    year = next((one for one in (day, dated, titled) if one and one.year), None)
    if len(years) > 1:
        year = best if titled is None and best and best.year else None
    return (
        fact("adopted_on", best.day.isoformat(), best.clause, best.start, best.end) if best and best.day else None,
        fact("year", str(year.year), year.clause, year.start, year.end) if year else None,
    )


@dataclass(frozen=True, slots=True)
class _Dated:
    clause: Clause
    start: int
    end: int
    day: date | None
    year: int | None
    cycle: int | None = None


_CONTRADICTION = object()


def _dated(clause: Clause, written: WrittenDate) -> _Dated:
    words = clause.text[written.start : written.end]
    start = written.start + len(words) - len(words.lstrip(" .…_"))
    return _Dated(clause, start, written.end, written.day, written.year, written.cycle)


def _unique_day(found: Sequence[_Dated]) -> _Dated | object | None:
    if len({one.day or one.year for one in found}) > 1:
        return _CONTRADICTION
    return found[0] if found else None


def _adoptions(clause: Clause) -> list[_Dated]:
    """The days on which the clause says that the covenant was agreed on."""
    folded = fold(clause.text)
    found = []
    for written in dates_in(clause.text):
        if written.day is None:
            continue
        before, after = _sentence_around(folded, written)
        if _OTHER_PAPER.search(before) or _OLD_ONE.search(before[-80:]):
            continue
        if _AGREES_BEFORE.search(before) or (_MEETING.search(before) and _AGREES_AFTER.search(after)):
            found.append(_dated(clause, written))
    return found


def _sentence_around(folded: str, written: WrittenDate) -> tuple[str, str]:
    return SENTENCE_END.split(folded[: written.start])[-1], SENTENCE_END.split(folded[written.end :])[0]


def _date_line(parts: Parts) -> _Dated | object | None:
    """The date in the letterhead, else that of the signatures, above whatever an authority wrote under it."""
    if any(_DECISION_HEAD.search(fold(clause.text)) for clause in parts.header):
        return None  # a decision's own letterhead stands in front of the covenant
    header = [one for clause in parts.header for one in _own_dates(clause)]
    own: list[_Dated] = []
    for clause in parts.signature:
        if _CONFIRMS.search(fold(clause.text)):
            break
        own.extend(_own_dates(clause))
    filled = [one for one in header if one.day or one.year] or [one for one in own if one.day or one.year]
    if not filled:
        return next(iter([*header, *own]), None)
    return _unique_day(filled)


def _own_dates(clause: Clause) -> list[_Dated]:
    """The dates of a line without those of another paper that it names ("theo Quyết định số … ngày …")."""
    folded = fold(clause.text)
    return [_dated(clause, one) for one in dates_in(clause.text) if not _OTHER_PAPER.search(_sentence_around(folded, one)[0])]


def _title_year(parts: Parts) -> _Dated | None:
    """The year in the title. Of two, the one that the signature's year of the sixty-year cycle names."""
    found = [one for clause in parts.title for one in _own_dates(clause) if one.year]
    if len(found) > 1:
        cycles = {one.cycle for clause in parts.signature for one in dates_in(clause.text) if one.cycle is not None}
        found = [one for one in found if any(may_be_year(cycle, one.year or 0) for cycle in cycles)]
    return found[0] if len(found) == 1 else None


def recognition(parts: Parts) -> tuple[Fact | None, Fact | None]:
    """Day and number of the decision that recognised this covenant; nothing where two decisions are named."""
    found: list[tuple[Fact, Fact | None]] = []
    for clause in [*parts.header, *parts.title, *parts.preamble, *parts.ending, *parts.signature]:
        folded = fold(clause.text)
        for match in _DECISION.finditer(folded):
            before = SENTENCE_END.split(folded[: match.start()])[-1]
            after = SENTENCE_END.split(folded[match.end() :])[0]
            if not _recognises_this(before, after) or _CENTRAL_ORGAN.search(match["number"]):
                continue
            number = fact("decision_number", _number_written(clause.text[match.start("number") : match.end("number")]), clause,
                           match.start("number"), match.end("number"))  # fmt: skip
            found.append((number, _day_behind(clause, match.end())))
    if not found or len({number.value for number, _day in found}) > 1:
        return None, None
    days = [day for _number, day in found if day is not None]
    day = days[0] if len({one.value for one in days}) == 1 else None
    return day, found[0][0]


def _recognises_this(before: str, after: str) -> bool:
    around = f"{before} … {after}"
    if _GROUNDS.match(before) and not _RECOGNISES.search(before):
        return False
    if _OLD_ONE.search(before) or _RECOGNISED_ELSE.search(around):
        return False
    return bool(_RECOGNISES.search(before[-90:]) or (_RECOGNISES.search(after[:160]) and _GENRE_MEANT.search(after[:260])))


def _day_behind(clause: Clause, place: int) -> Fact | None:
    for written in dates_in(clause.text):
        gap = clause.text[place : written.start]
        if 0 <= written.start - place <= 60 and not re.search(r"[.;]\s", gap):
            if written.day is None:
                return None
            dated = _dated(clause, written)
            return fact("recognised_on", written.day.isoformat(), clause, dated.start, dated.end)
    return None


def _number_written(words: str) -> str:
    return re.sub(r"\s+", "", words).rstrip(".").replace("–", "-")
