"""The number or sign at the head of a block: "Chương I", "Điều 5.", "1.", "đ)", "-"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

MarkKind = Literal[
    "part", "chapter", "section", "article", "old_article", "appendix", "letter_head", "roman", "decimal",
    "word_clause", "dotted", "letter", "dash", "plus", "bullet",
]  # fmt: skip

_DIGIT_WORDS = r"(?:nhất|nhì|nhị|một|hai|ba|tam|tư|bốn|năm|lăm|sáu|bảy|bẩy|tám|chín|mười|mươi|mốt)"
_WORDS = rf"{_DIGIT_WORDS}(?:\s+{_DIGIT_WORDS}){{0,2}}"
_ROMAN = r"(?=[IVXL])(?:XL|L?X{0,3})(?:IX|IV|V?I{0,3})"
UPPER = "A-ZÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬĐÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴ"
_OPENING = rf"[{UPPER}“\"‘'(\[]"
_LAWS = r"(?:Luật|Bộ luật|Nghị định|Nghị quyết|Thông tư|Hiến pháp|Quyết định|Pháp lệnh|Chỉ thị|Quy chế)\b"
# After a head word and its number: a separator, the end of the line, or a capital ("Chương II GIA ĐÌNH").
_HEAD_END = rf"(?:\s*[.:)–—/-]+(?=\s|$|{_OPENING})|(?=\s*$)|(?=\s+(?!{_LAWS}){_OPENING}))"


def _head(words: str, numbers: str) -> re.Pattern[str]:
    return re.compile(rf"(?P<number>(?i:{words})\s+(?P<ordinal>{numbers}){_HEAD_END})")


_WITH_THU = rf"(?i:thứ\s+(?:{_WORDS}|\d{{1,3}}))\b"
_ANY_NUMBER = rf"{_WITH_THU}|\d{{1,3}}[a-zđ]?(?![\w,])|{_ROMAN}(?!\w)|[A-HĐ](?!\w)"
_NUMBER_OR_WORD = rf"{_ANY_NUMBER}|(?i:{_WORDS})\b"

# "Phần hai" may begin a sentence ("Phần hai bên góp"): only a separator, the line's end or a name in capitals tells.
_FIRM_END = rf"(?:\s*[.:)–—/-]+(?=\s|$)|(?=\s*$)|(?=\s+[{UPPER}]{{2}}))"
_OLD_NUMBER = r"(?:nhì|nhị|tam|tứ|ngũ|lục|thất|bát|cửu|thập)"

_DECIMAL_END = r"(?P<style>[.)/]|\s?-(?=\s+\D|[^\W\d])|\.-|\s:)"
_SIGN_END = r"(?P<style>[.)/]|\s?[-–](?=\s)|:)"
_ROMAN_END = rf"(?P<style>[.)/]|\s?[-–](?=\s|{_OPENING})|:)"
_APPENDIX = rf"(?i:phụ lục)(?:\s+(?P<ordinal>\d{{1,2}}|{_ROMAN}|[A-Z])(?!\w))?(?:\s*[.:–-])?"
_AFTER_NUMBER = rf"(?=\s|$|{_OPENING})"

_PATTERNS: tuple[tuple[MarkKind, re.Pattern[str]], ...] = (
    ("part", _head("phần", _ANY_NUMBER)),
    ("part", re.compile(rf"(?P<number>(?i:phần)\s+(?P<ordinal>(?i:{_WORDS}))\b{_FIRM_END})")),
    ("chapter", _head("chương", _NUMBER_OR_WORD)),
    ("section", _head("mục|tiểu mục|tiết", _ANY_NUMBER)),
    ("article", _head("điều", _NUMBER_OR_WORD)),
    ("article", _head("lệ|khoán", _WITH_THU)),
    ("word_clause", _head("khoản", _ANY_NUMBER)),
    ("letter", re.compile(r"(?P<number>(?i:điểm)\s+(?P<ordinal>[a-zđ])(?:\s*[.:)/-]+(?=\s|$)))")),
    ("old_article", re.compile(r"(?P<number>(?P<ordinal>(?i:nhất\s+(?:điều|khoản|lệ)))\b\s*[.,:;–-]?)(?=\s|$)")),
    ("old_article", re.compile(rf"(?P<number>(?P<ordinal>(?i:{_OLD_NUMBER}\s+(?:điều|khoản|lệ)))\s*[.,:;–-])(?=\s|$)")),
    ("appendix", re.compile(rf"(?P<number>{_APPENDIX})(?=\s+{_OPENING}|\s*$)")),
    ("dotted", re.compile(r"(?P<number>(?P<ordinal>\d{1,2}(?:\.\d{1,2}){1,3})(?P<style>[.)]?))(?=\s+\S|$)")),
    ("decimal", re.compile(rf"(?P<number>\(?(?P<ordinal>\d{{1,3}}){_DECIMAL_END}){_AFTER_NUMBER}")),
    ("roman", re.compile(rf"(?P<number>(?P<ordinal>{_ROMAN}){_ROMAN_END}){_AFTER_NUMBER}")),
    ("letter_head", re.compile(rf"(?P<number>(?P<ordinal>[A-HKĐ]){_SIGN_END})(?=\s|$|[{UPPER}])")),
    ("letter", re.compile(r"(?P<number>\(?(?P<ordinal>[a-zđ]{1,2}|[a-zđ]\d)(?P<style>\)))(?=\s|$|[^\W\d_])")),
    ("letter", re.compile(rf"(?P<number>(?P<ordinal>[a-zđ])(?P<style>[./]|\s?-(?=\s)))(?=\s|$|[{UPPER}])")),
    ("dash", re.compile(r"(?P<number>[-–—−](?!\d))(?=\s|[^\W\d_]|[“\"(]|$)")),
    ("plus", re.compile(r"(?P<number>\+(?!\d))(?=\s|[^\W\d_]|$)")),
    ("bullet", re.compile(r"(?P<number>[•●▪■◆❖➢➲→➔⇨✓□☑❑*·○◦✗✔►▶])(?=\s|[^\W\d_]|$)")),
)
_AUTOMATIC_BULLET = re.compile(r"[^\w\s]{1,2}|o|[^\x00-\x7f]")
_SPELLED = {
    "nhất": 1, "một": 1, "mốt": 1, "nhì": 2, "nhị": 2, "hai": 2, "ba": 3, "tam": 3, "tư": 4, "bốn": 4, "năm": 5, "lăm": 5,
    "sáu": 6, "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9, "mười": 10,
}  # fmt: skip
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50}


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands before a block's words. `number` as printed, `ordinal` its bare part ("5", "đ", "thứ 2").

    `style` tells lists of one kind apart ("1." from "1)"). `automatic` numbers come from the file's own numbering and
    are never mistaken for words.
    """

    kind: MarkKind
    number: str
    ordinal: str
    style: str = ""
    automatic: bool = False

    @property
    def value(self) -> int | None:
        """The ordinal as a whole number, or None where it is none ("đ", "5.1")."""
        return ordinal_value(self.ordinal)


def split_mark(text: str, number: str = "") -> tuple[Mark | None, str]:
    """The mark at the head of a block and the words after it.

    `number` is what automatic numbering prints; where it is given, it is the mark and `text` is left whole. Otherwise a
    mark typed by hand is split off `text`. Numbers that are part of the sentence stay ("1.240 nhân khẩu", "5 đường",
    "30.000 đồng", "Điều 5 của Luật này"). No mark gives (None, text).
    """
    if number:
        return _automatic_mark(number), text
    found = _match(text)
    if found is None:
        return None, text
    kind, match = found
    return _mark(kind, match), text[match.end() :].lstrip()


def starts_with_mark(text: str) -> bool:
    """Whether a number or sign stands at the head of `text`."""
    return _match(text) is not None


def ordinal_value(ordinal: str) -> int | None:
    """ "5", "V", "thứ 5", "thứ năm" → 5; None for letters and dotted numbers."""
    bare = re.sub(r"^thứ\s+", "", ordinal.strip().lower())
    digits = re.match(r"\d+", bare)
    if digits:
        return None if "." in bare else int(digits.group())
    if re.fullmatch(_ROMAN, ordinal.strip()):
        return _roman_value(ordinal.strip())
    words = bare.split()
    if words and all(word in _SPELLED or word == "mươi" for word in words):
        return _spelled_value(words)
    return None


def _match(text: str) -> tuple[MarkKind, re.Match[str]] | None:
    for kind, pattern in _PATTERNS:
        match = pattern.match(text)
        if match is not None:
            return kind, match
    return None


def _automatic_mark(number: str) -> Mark:
    found = _match(number + " ")
    if found is not None and found[1].end() >= len(number):
        mark = _mark(*found)
        return Mark(mark.kind, number, mark.ordinal, mark.style, automatic=True)
    if _AUTOMATIC_BULLET.fullmatch(number):
        return Mark("bullet", number, number, automatic=True)
    digits = re.search(r"\d+(?:\.\d+)*", number)
    if digits is None:
        return Mark("bullet", number, number, automatic=True)
    kind: MarkKind = "dotted" if "." in digits.group() else "decimal"
    return Mark(kind, number, digits.group(), number.replace(digits.group(), ""), automatic=True)


def _mark(kind: MarkKind, match: re.Match[str]) -> Mark:
    groups = match.groupdict()
    ordinal = re.sub(r"\s+", " ", groups.get("ordinal") or "")
    return Mark(kind, match.group("number").strip(), ordinal, (groups.get("style") or "").strip())


def _roman_value(roman: str) -> int:
    values = [_ROMAN_VALUES[sign] for sign in roman]
    followed = [*values[1:], 0]
    return sum(-value if value < following else value for value, following in zip(values, followed, strict=True))


def _spelled_value(words: list[str]) -> int:
    total = 0
    for word in words:
        total = total * 10 if word == "mươi" else total + _SPELLED[word]
    return total
