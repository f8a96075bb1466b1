"""Names of places in letterheads, titles and prose: thôn, làng …, xã, phường, huyện, tỉnh, with how they are spelt."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from covenant_review.clauses.lines import is_capitals
from covenant_review.text.folding import fold
from covenant_review.text.normal_form import with_new_tone_placement

Level = Literal["community", "commune", "district", "province"]

COMMUNITY_UNITS = (
    "tổ dân phố", "khu dân cư", "cụm dân cư", "khu tập thể", "khối phố", "khu phố", "khu trại", "vạn chài",
    "tổ dp", "tdp", "thôn", "làng", "bản", "ấp", "buôn", "xóm", "khối", "phum", "sóc", "vạn", "khu", "tổ",
)  # fmt: skip
_COMMUNE_UNITS = ("thị trấn", "phường", "xã")
_DISTRICT_UNITS = ("thị xã", "thành phố", "huyện", "quận", "tp.", "tp")
_LEVELS: dict[str, Level] = {
    **dict.fromkeys(COMMUNITY_UNITS, "community"),
    **dict.fromkeys(_COMMUNE_UNITS, "commune"),
    **dict.fromkeys(_DISTRICT_UNITS, "district"),
    "tỉnh": "province",
}
# Cities that stand directly under the state: there is no tỉnh above them.
CENTRAL_CITIES = frozenset({"hà nội", "hải phòng", "đà nẵng", "cần thơ", "huế", "hồ chí minh"})
_UNIT = "|".join(re.escape(unit) for unit in sorted(_LEVELS, key=len, reverse=True))
# Words that begin like a unit and name no place.
_NO_PLACE = (
    r"(?!xã\s+(?:hội|viên|đội)\b|tổ\s+(?:tiên|chức|trưởng|phó|quốc|hòa|liên|ấm|nghề|soạn)\b|phường\s+(?:hội|nghề|thợ|hàn|mộc)\b"
    r"|bản\s+(?:này|chép|sao|sửa|soạn|dự|in|thân|hương\s+ước|quy\s+ước|tộc\s+ước)\b|(?:thôn|làng|xóm|bản|khu)\s+(?:ta|này|xóm)\b)"
)
_UNIT_WORD = re.compile(rf"(?<![^\W_])(?<!hợp tác ){_NO_PLACE}(?P<unit>{_UNIT})(?![^\W_])\s*(?:[:.]\s*)?")
_CUT_BUT_DASHES = re.compile(r"[,;|()\n:“”\"]|\.(?=\s|$)|\sNĂM\s+\d")
_NOW = re.compile(r"\bnay (?:là|thuộc)\s*$")
_CUT = re.compile(rf"\s[-–—]+\s|{_CUT_BUT_DASHES.pattern}")
_UPPER = "".join(chr(code) for code in range(0x41, 0x1F00) if chr(code).isupper())
_PROPER_WORD = rf"(?:[{_UPPER}][\w'’]*|\d{{1,3}}[A-Z]?)"
_PROPER = re.compile(rf"(?:số\s+)?{_PROPER_WORD}(?:[ ]{_PROPER_WORD}){{0,5}}")
_MOST_NAME_WORDS = 6
_EVIDENCE_RUN = 5


@dataclass(frozen=True, slots=True)
class Place:
    """A place named at `start:end` of a text: `unit` folded ("xã"; "tp." and "tp" as "thành phố"), `name` as it was spelt."""

    level: Level
    unit: str
    name: str
    start: int
    end: int

    @property
    def same_as(self) -> tuple[Level, str]:
        """What makes two mentions the same place: level and name, without case and tone placement."""
        return self.level, fold(self.name)


def places_in_line(text: str, *, keep_dashes: bool = False) -> list[Place]:
    """The places that a line of a letterhead or title names: a name in capitals goes on to a comma or the next unit.

    It also ends at a dash, unless `keep_dashes`: a title has them inside a name ("KHU PHỐ BẮC - NAM"), a letterhead between names.
    """
    if is_capitals(_words_only(text)):
        return [place for place in _in_capitals(text, keep_dashes) if _is_name(place.name)]
    return places_in_prose(text)


def without_later_names(text: str, places: Iterable[Place]) -> list[Place]:
    """The places without those that the text calls later ones ("xã Nội Duệ, nay là xã Tiên Du"): a covenant keeps its own time's."""
    return [place for place in places if not _NOW.search(fold(text[: place.start]))]


def places_in_prose(text: str) -> list[Place]:
    """The places that a text in mixed case names: the unit's word and the capitalised words behind it."""
    folded = fold(text)
    found = []
    for match in _UNIT_WORD.finditer(folded):
        name = _PROPER.match(text, match.end())
        goes_on = match.group()[-1:] == " " and not match.group().rstrip().endswith((":", "."))
        if name is not None and (goes_on or match["unit"] == "tp.") and _may_name(match["unit"], text, name):
            found.append(_place(match["unit"], name.group(), match.start(), name.end()))
    return found


def title_case(words: str) -> str:
    """A place's name in capitals as it is written in a sentence: "AN HÒA TÂY" → "An Hòa Tây", "SỐ 7 KHU BẮC" → "số 7 khu Bắc";
    "CT2" and "III" stay."""
    return " ".join(word.lower() if fold(word) in ("số", "khu") else _capitalised(word) for word in words.split())


class Spelling:
    """How a document itself spells names that its title has in capitals only."""

    def __init__(self, texts: Iterable[str]) -> None:
        mixed = (text for text in texts if text and not is_capitals(text))
        self._text = with_new_tone_placement("\n".join(mixed))

    def proper_runs(self, words: list[str]) -> list[range]:
        """Which neighbouring `words` (two to five, any case) the document writes as a name with capitals; longest first."""
        runs: list[range] = []
        place = 0
        while place < len(words):
            longest = min(_EVIDENCE_RUN, len(words) - place)
            length = next((size for size in range(longest, 1, -1) if self._has(words[place : place + size])), 0)
            if length:
                runs.append(range(place, place + length))
            place += length or 1
        return runs

    def _has(self, words: list[str]) -> bool:
        phrase = with_new_tone_placement(" ".join(_capitalised(word) for word in words))
        return re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", self._text) is not None


def _in_capitals(text: str, keep_dashes: bool) -> Iterator[Place]:
    folded = fold(text)
    marks = [match for match in _UNIT_WORD.finditer(folded) if not _inside_a_name(folded, match.start())]
    for index, match in enumerate(marks):
        end = marks[index + 1].start() if index + 1 < len(marks) else len(text)
        cut = (_CUT_BUT_DASHES if keep_dashes else _CUT).search(text, match.end(), end)
        end = cut.start() if cut else end
        name = text[match.end() : end].strip(" -–—.:")
        if name:
            start = text.index(name, match.end())
            yield _place(match["unit"], title_case(name), match.start(), start + len(name))


def _inside_a_name(folded: str, start: int) -> bool:
    """A short unit word in the middle of a name ("KHU PHỐ BẢN NGUYÊN"): units begin a line or follow a sign, office or unit."""
    before = folded[:start].rstrip()
    if not before or before[-1] in '-–—,;|(:."“':
        return False
    unit = _UNIT_WORD.match(folded, start)
    weak = unit is not None and unit["unit"] in {"bản", "tổ", "khu", "vạn", "khối", "sóc", "ấp", "buôn"}
    return weak and not before.endswith(("ước", "dân", "của"))


def _may_name(unit: str, text: str, name: re.Match[str]) -> bool:
    """A number alone names a phường, quận, tổ, khu …, never a xã or huyện ("cấp huyện 200.000 đồng")."""
    if any(sign.isalpha() for sign in name.group()):
        return True
    numbered = _LEVELS[unit] == "community" or unit in ("phường", "quận")
    return numbered and not re.match(r"[.,]?\d|\s*(?:đồng|hộ|người|%)", text[name.end() :])


def _place(unit: str, name: str, start: int, end: int) -> Place:
    plain = {"tp.": "thành phố", "tp": "thành phố", "tdp": "tổ dân phố", "tổ dp": "tổ dân phố"}.get(unit, unit)
    level = _LEVELS[plain]
    if plain == "thành phố" and fold(name) in CENTRAL_CITIES:
        level = "province"
    return Place(level, plain, " ".join(name.split()), start, end)


def _is_name(name: str) -> bool:
    return len(name.split()) <= _MOST_NAME_WORDS and any(sign.isalnum() for sign in name)


def _words_only(text: str) -> str:
    """The text without what stands in brackets, which may be in small letters below capitals."""
    return re.sub(r"\([^)]*\)", "", text)


def _capitalised(word: str) -> str:
    if any(sign.isdigit() for sign in word) or re.fullmatch(r"[IVX]{2,}", word):
        return word
    return word[:1].upper() + word[1:].lower()
