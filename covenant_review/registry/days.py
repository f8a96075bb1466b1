"""Days as people write them, and which day it is in Việt Nam."""

from __future__ import annotations

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l

from covenant_review.refusals import Invalid

# Earlier days are slips of the pen: today's covenants began in the 1990s, the oldest reform ones in 1921.
EARLIEST = date(1900, 1, 1)
_DAY_FIRST = re.compile(r"(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4})")
_YEAR_FIRST = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00)?)?")
_WORDS = re.compile(r"(?:ngày\s+)?(\d{1,2})\s+tháng\s+(\d{1,2})\s+năm\s+(\d{4})", re.IGNORECASE)
_SHORT_YEAR = re.compile(r"\d{1,2}\s*[/.-]\s*\d{1,2}\s*[/.-]\s*\d{2}")
_YEAR_ALONE = re.compile(r"(?:năm\s+)?(?:19|20)\d{2}", re.IGNORECASE)
_SERIAL = re.compile(r"\d{5}(?:\.0+)?")


def today() -> date:
    """The day it is now in Việt Nam."""
    return datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")).date()


def parse_day(text: str) -> date:
    """A day written dd/mm/yyyy (also with dots or dashes), yyyy-mm-dd, or "ngày 5 tháng 3 năm 2024".

    Raises Invalid with what is wrong and how to write it; never guesses a year, a day or the order of day and month.
    """
    text = " ".join(text.split())
    if found := _DAY_FIRST.fullmatch(text) or _WORDS.fullmatch(text):
        day, month, year = (int(part) for part in found.groups())
    elif found := _YEAR_FIRST.fullmatch(text):
        year, month, day = (int(part) for part in found.groups())
    else:
        raise _not_a_day(text)
    if month > 12 >= day:
        raise Invalid("month_first", _l("“%(text)s”: tháng phải từ 1 đến 12. Hãy viết ngày trước, tháng sau, ví dụ 25/03/2024.", text=text))
    try:
        return date(year, month, day)
    except ValueError:
        raise Invalid("no_such_day", _l("“%(text)s” không có trong lịch. Hãy kiểm tra lại ngày, tháng, năm.", text=text)) from None


def _not_a_day(text: str) -> Invalid:
    if _SHORT_YEAR.fullmatch(text):
        return Invalid("short_year", _l("“%(text)s”: hãy viết đủ bốn chữ số của năm, ví dụ 05/03/2024.", text=text))
    if _YEAR_ALONE.fullmatch(text):
        return Invalid("year_alone", _l("“%(text)s” mới có năm. Hãy viết đủ ngày/tháng/năm, ví dụ 05/03/2024.", text=text))
    if _SERIAL.fullmatch(text):
        return Invalid("serial_day", _l("“%(text)s” là số của Excel chứ không phải ngày. Hãy đặt định dạng ngày cho cột này.", text=text))
    return Invalid("not_a_day", _l("“%(text)s” không phải là ngày. Hãy viết ngày/tháng/năm, ví dụ 05/03/2024.", text=text[:60]))


def check_day(day: date) -> None:
    """Raise Invalid for a day to come, or one so early that it must be a slip."""
    if day > today():
        raise Invalid("day_in_future", _l("Ngày %(day)s còn chưa tới. Chỉ ghi những việc đã xảy ra.", day=day.strftime("%d/%m/%Y")))
    if day < EARLIEST:
        raise Invalid("day_too_early", _l("Năm %(year)s quá xa. Hãy kiểm tra lại năm.", year=day.year))
