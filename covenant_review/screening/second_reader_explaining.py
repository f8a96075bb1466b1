"""What the second reader says of itself, in Vietnamese and English: why it raised a clause, why it doubts a rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from covenant_review.screening.reading import Reading

TITLE_VI = "Máy đọc thứ hai: có thể đối xử khác nhau theo giới"
TITLE_EN = "Second reader: may treat the sexes differently"
SUGGESTION = "Nếu một giới bị thiệt hoặc bị gạt ra thì viết lại: mọi người, nam hay nữ, được hưởng và phải làm như nhau."
_PLACES = {
    "lead_in": ("câu dẫn", "lead-in"),
    "heading": ("tiêu đề", "heading"),
    "header_row": ("dòng đầu bảng", "header row"),
}


@dataclass(frozen=True, slots=True)
class WeighingWords:
    """Words of a reading that spoke for discrimination: syllables `start:end` and how much of the score they carry."""

    start: int
    end: int
    weight: float


def why_raised(reading: Reading, words: Sequence[WeighingWords], probability: float) -> tuple[str, str]:
    """Why a clause is raised, in Vietnamese and in English, with the words that weighed most and where they stand."""
    vi, en = quoted_words(reading, words)
    percent = percent_of(probability)
    return (
        "Không quy tắc nào nêu, nhưng máy đọc thứ hai (học từ các điều khoản đã có người gắn nhãn) thấy điều khoản này giống "
        f"những điều khoản đối xử khác nhau theo giới, khả năng {percent} %."
        + (f" Các từ nặng cân nhất: {vi}." if vi else "")
        + " Chưa đối chiếu với căn cứ pháp lý nào; cần người đọc cân nhắc.",
        "No rule hit, but the second reader (learnt from provisions that people labelled) finds this provision like those that "
        f"treat the sexes differently, likelihood {percent} %."
        + (f" The words that weighed most: {en}." if en else "")
        + " No legal basis has been checked; a person must weigh it.",
    )


def why_doubted(probability: float, least: float) -> tuple[str, str]:
    """Why what a rule calls a violation is shown as "consider", in Vietnamese and in English."""
    percent, limit = percent_of(probability), percent_of(least)
    return (
        f"Quy tắc nêu dấu hiệu, nhưng máy đọc thứ hai cho là ít khả năng ({percent} %, dưới mức {limit} %), nên điều khoản chỉ được "
        "đưa ra để cân nhắc.",
        f"A rule found a sign of discrimination, but the second reader finds it unlikely ({percent} %, below {limit} %), so the "
        "provision is only put forward to be weighed.",
    )


def why_agreed(probability: float, words: tuple[str, str]) -> tuple[str, str]:
    """Why a broad rule's violation stands, in Vietnamese and in English; `words` as from `quoted_words`."""
    percent = percent_of(probability)
    vi, en = words
    return (
        f"Máy đọc thứ hai cũng thấy điều khoản này giống những điều khoản đối xử khác nhau theo giới, khả năng {percent} %."
        + (f" Các từ nặng cân nhất: {vi}." if vi else ""),
        f"The second reader agrees: this provision is like those that treat the sexes differently, likelihood {percent} %."
        + (f" The words that weighed most: {en}." if en else ""),
    )


def quoted_words(reading: Reading, words: Sequence[WeighingWords]) -> tuple[str, str]:
    """The words as a list in a sentence, with where they stand: in Vietnamese and in English; "" where there are none."""
    vi, en = ("; ".join(dict.fromkeys(_quoted(reading, one, language) for one in words)) for language in (0, 1))
    return vi, en


def percent_of(probability: float) -> int:
    """A probability as a whole percentage; never 0 or 100, since the reader is never certain."""
    return min(99, max(1, round(100 * probability)))


def words_in_trail(reading: Reading, words: Sequence[WeighingWords]) -> list[dict[str, Any]]:
    """The words for the trail. `start` and `end` are offsets into the clause's text, left out for words above the clause."""
    listed: list[dict[str, Any]] = []
    for one in words:
        entry: dict[str, Any] = {
            "words": reading.quote(one.start, one.end),
            "place": reading.place(one.end - 1),
            "weight": round(one.weight, 3),
        }
        if one.start >= reading.own:
            entry |= {"start": reading.spans[one.start][1], "end": reading.spans[one.end - 1][2]}
        listed.append(entry)
    return listed


def _quoted(reading: Reading, one: WeighingWords, language: int) -> str:
    words = f"“{reading.quote(one.start, one.end)}”"
    place = _PLACES.get(reading.place(one.end - 1))
    if place is None:
        return words
    return f"{words} (ở {place[0]})" if language == 0 else f"{words} (in the {place[1]})"
