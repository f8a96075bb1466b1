"""Amounts in a clause: figures and Vietnamese number words, with what they count, so that two sides can be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from covenant_review.text.syllables import COMMA

if TYPE_CHECKING:
    from covenant_review.screening.reading import Reading

_ONES = {
    "một": 1,
    "mốt": 1,
    "hai": 2,
    "ba": 3,
    "bốn": 4,
    "tư": 4,
    "năm": 5,
    "lăm": 5,
    "sáu": 6,
    "bảy": 7,
    "bẩy": 7,
    "tám": 8,
    "chín": 9,
    "mười": 10,
    "chục": 10,
    "dăm": 5,
    "đôi": 2,
}
_SCALES = {"mươi": 10, "mười": 10, "chục": 10, "trăm": 100, "nghìn": 1000, "ngàn": 1000, "vạn": 10000, "triệu": 10**6, "tỷ": 10**9}
NUMBER_WORDS = frozenset(_ONES) - {"năm"} | {"nửa"}
_FIRST_WORDS = frozenset(_ONES) | {"nửa", "rưỡi"}
_NOT_AMOUNT_BEFORE = frozenset(
    {
        "thứ",
        "điều",
        "khoản",
        "điểm",
        "mẫu",
        "số",
        "lần",
        "lớp",
        "lúc",
        "ngày",
        "mồng",
        "mùng",
        "tháng",
        "rằm",
        "quyết",
        "khóa",
        "chương",
        "tổ",
        "xóm",
        "ngõ",
    }
)
_NOT_UNIT = frozenset(["giờ"])
_YEAR_AFTER = frozenset({"mỗi", "hằng", "hàng", "trong", "cuối", "đầu", "nhiều", "mấy", "đến", "từ", "vào", "ba", "hai", "một", "mươi"})

UNITS = frozenset(
    {
        "đồng",
        "công",
        "ngày",
        "buổi",
        "suất",
        "phần",
        "tháng",
        "năm",
        "tuổi",
        "thước",
        "sào",
        "mẫu",
        "cân",
        "trứng",
        "lần",
        "con",
        "đứa",
        "quan",
        "chỗ",
        "viên",
        "người",
        "ông",
        "bà",
        "anh",
        "bát",
        "gói",
        "mâm",
        "lạng",
        "kg",
        "chiếc",
        "cái",
        "điểm",
        "lượt",
        "xẻng",
        "thúng",
        "nồi",
        "lít",
        "chai",
        "vai",
        "tạ",
        "yến",
        "phiếu",
        "ghế",
        "vé",
        "quyển",
        "bộ",
    }
)


class Amount(NamedTuple):
    """`value` of `unit` (the syllable after the number) at syllables `start:end`."""

    value: float
    unit: str
    start: int
    end: int


def _figure(word: str) -> float | None:
    digits = word.rstrip("%")
    if not digits or not digits[0].isdigit():
        return None
    if digits.count(".") and all(len(group) == 3 for group in digits.split(".")[1:]):
        digits = digits.replace(".", "")
    try:
        return float(digits.replace(",", "."))
    except ValueError:
        return None


def find_amounts(reading: Reading, start: int, end: int) -> list[Amount]:
    """The amounts in syllables `start:end`. Week days, dates, hours, article numbers and "mỗi năm" are no amounts.

    The list is kept with the reading, since many rules ask the same: it is not to be changed.
    """
    amounts = reading.amounts.get((start, end))
    if amounts is None:
        amounts = reading.amounts[start, end] = _look_for_amounts(reading, start, end)
    return amounts


def _look_for_amounts(reading: Reading, start: int, end: int) -> list[Amount]:
    amounts: list[Amount] = []
    words = reading.words
    position = start
    while position < end:
        if words[position] not in _FIRST_WORDS and not words[position][0].isdigit():
            position += 1
            continue
        value, after = _number_at(reading, position, end)
        if value is None:
            position += 1
            continue
        value, after = _with_fraction(reading, value, after, end)
        before = reading.words[position - 1] if position > start else ""
        unit = reading.words[after] if after < end and reading.breaks[after] < COMMA else ""
        if before not in _NOT_AMOUNT_BEFORE and unit not in _NOT_UNIT and not _is_week_day(reading, position):
            amounts.append(Amount(value, unit, position, after))
        position = after
    return amounts


def _number_at(reading: Reading, position: int, end: int) -> tuple[float | None, int]:
    word = reading.words[position]
    figure = _figure(word)
    if figure is not None:
        after = position + 1
        while after < end and reading.words[after] in _SCALES and reading.breaks[after] < COMMA:
            figure *= _SCALES[reading.words[after]]
            after += 1
        return figure, after
    if word in ("nửa", "rưỡi"):
        return 0.5, position + 1
    if word not in _ONES or (word == "năm" and not _is_five(reading, position, end)):
        return None, position + 1
    total, current, after = 0.0, 0.0, position
    while after < end and (after == position or reading.breaks[after] < COMMA):
        word = reading.words[after]
        if word in _SCALES and after > position:
            current = (current or 1) * _SCALES[word] if _SCALES[word] < 1000 else current
            if _SCALES[word] >= 1000:
                total, current = (total + (current or 1)) * _SCALES[word], 0
        elif word in _ONES and total and not _scale_follows(reading, after, end):
            break  # "ba trăm nghìn một ngày": a new number
        elif word in _ONES and not (word == "năm" and after > position and reading.words[after - 1] in _ONES):
            current += _ONES[word]
        elif word == "rưỡi" and after > position:
            current *= 1.5
        else:
            break
        after += 1
    return total + current, after


def _with_fraction(reading: Reading, value: float, after: int, end: int) -> tuple[float, int]:
    """ "Sáu phần mười công" is 0.6 công, "ba phần tư suất" 0.75 suất."""
    if after + 1 < end and reading.words[after] == "phần" and max(reading.breaks[after : after + 2]) < COMMA:
        below = _ONES.get(reading.words[after + 1], 0)
        if below > value:
            return value / below, after + 2
    return value, after


def _is_week_day(reading: Reading, position: int) -> bool:
    """Whether the number belongs to a list such as "thứ hai, tư, sáu"."""
    while position and reading.words[position - 1] in _ONES:
        position -= 1
    return position > 0 and reading.words[position - 1] == "thứ"


def _scale_follows(reading: Reading, position: int, end: int) -> bool:
    return position + 1 < end and reading.words[position + 1] in _SCALES


def _is_five(reading: Reading, position: int, end: int) -> bool:
    if position and reading.words[position - 1] in _YEAR_AFTER:
        return False
    following = reading.words[position + 1] if position + 1 < end else ""
    return following in _SCALES or following in UNITS
