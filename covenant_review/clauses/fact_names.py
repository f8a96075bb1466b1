"""The covenant's name, whose it is, and where: title, letterhead and preamble, in the document's own spelling."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from covenant_review.clauses.clause import Clause, CovenantText
from covenant_review.clauses.dates import dates_in
from covenant_review.clauses.fact_parts import GENRE, KIN, Fact, Parts, fact
from covenant_review.clauses.lines import is_capitals
from covenant_review.clauses.places import COMMUNITY_UNITS, Place, Spelling, places_in_line, places_in_prose, without_later_names
from covenant_review.text.folding import fold

_COPY = re.compile(r"[,(]?\s*\b(?:bản|BẢN)\s+(?:chép|CHÉP|sao|SAO|sửa|SỬA|dự thảo|DỰ THẢO|in|IN)\b.*$")
# What stands between genre or unit and name, and is no part of the name.
_DESCRIPTIONS = [
    phrase.split()
    for phrase in (
        "cộng đồng dân cư", "nông thôn mới", "an ninh trật tự", "xây dựng", "thực hiện", "nếp sống", "đời sống", "văn hóa", "văn minh",
        "sản xuất", "bảo vệ", "môi trường", "an ninh", "toàn tòng", "công giáo", "khoa bảng", "quan họ", "việc cưới", "việc tang",
        "lễ hội", "của", "nghề", "giáo", "trong", "và", "về",
    )
]  # fmt: skip
_UNIT_STARTS = sorted((unit.split() for unit in COMMUNITY_UNITS), key=len, reverse=True)
_OTHER_UNITS = [["thị", "trấn"], ["thị", "xã"], ["thành", "phố"], ["xã"], ["phường"], ["huyện"], ["quận"], ["tỉnh"]]
_PLACE_BEFORE_DATE = re.compile(r"(?:^|[.;\n]\s*|\s[-–]\s|phúc\s+)(?P<place>[^,.;:\n–-]{2,40}),\s*(?:ngày\s*)?$", re.IGNORECASE)


def name_of(text: CovenantText, parts: Parts) -> Fact | None:
    """The title, in small letters where it stands in capitals; nothing where it only says "HƯƠNG ƯỚC"."""
    genre = GENRE.match(fold(text.title))
    if genre is None or not text.title[genre.end() :].strip():
        return None
    start = genre.start("genre") if text.title.upper().startswith("DỰ THẢO") else 0
    words = _COPY.sub("", text.title[start:]).strip(" .,")
    spelt = _spelt(words, parts.spelling) if is_capitals(words) else words[:1].upper() + words[1:]
    first = parts.title[0]
    return Fact("name", spelt, text.title, first.id, 0, len(first.text))


def _spelt(title: str, spelling: Spelling) -> str:
    """A title in capitals as it stands in a register: "HƯƠNG ƯỚC LÀNG GỐM LÒ THƯỢNG" → "Hương ước làng gốm Lò Thượng"."""
    words = title.split()
    bare = [fold(word).strip(',.;:()“”"') for word in words]
    units = _words_of(bare, [*_UNIT_STARTS, *_OTHER_UNITS, ["dòng", "họ"], ["họ"], ["số"], ["năm"]])
    described = _words_of(bare, _DESCRIPTIONS)
    genre = len(found.group().split()) if (found := GENRE.match(fold(title))) else 0
    capital = [False] * len(words)
    first_unit = min((place for place in units if place >= genre), default=len(words))
    open_words = [place for place in range(genre, len(words)) if place not in units]
    runs = [
        range(place + run.start, place + run.stop)
        for place, stretch in _stretches(open_words)
        for run in spelling.proper_runs([bare[position] for position in stretch])
    ]
    in_runs = {position for run in runs for position in run}
    for position in open_words:
        after_run = any(position >= run.stop and set(range(run.stop, position + 1)) <= set(open_words) for run in runs)
        before_run = any(position < run.start for run in runs)
        # A title does not end in "trong" or "nghề": at its end, or right behind a known part of a name, such a word is a name.
        plain = position in described and position < len(words) - 1 and not any(position == run.stop for run in runs)
        capital[position] = position in in_runs or (not plain and (after_run or (position > first_unit and not before_run)))
        if position < first_unit and position not in in_runs and first_unit < len(words):
            capital[position] = False
    spelt = [_cased(word, is_name) for word, is_name in zip(words, capital, strict=True)]
    joined = " ".join(spelt)
    return joined[:1].upper() + joined[1:]


def _stretches(positions: Sequence[int]) -> list[tuple[int, list[int]]]:
    """Neighbouring positions together, with where each such stretch begins."""
    stretches: list[tuple[int, list[int]]] = []
    for position in positions:
        if stretches and stretches[-1][1][-1] == position - 1:
            stretches[-1][1].append(position)
        else:
            stretches.append((position, [position]))
    return stretches


def _words_of(bare: Sequence[str], phrases: Iterable[Sequence[str]]) -> set[int]:
    """Where the words of the phrases stand; the first phrase that fits wins."""
    listed, taken = list(phrases), set[int]()
    for place in range(len(bare)):
        if place not in taken:
            fitting = next((one for one in listed if list(bare[place : place + len(one)]) == list(one)), ())
            taken |= set(range(place, place + len(fitting)))
    return taken


def _cased(word: str, is_name: bool) -> str:
    if any(sign.isdigit() for sign in word) or re.fullmatch(r"[IVX]{2,}", word):
        return word
    return word[:1].upper() + word[1:].lower() if is_name else word.lower()


def community_of(parts: Parts) -> Fact | None:
    """Whose covenant it is: as the title says, else as letterhead and preamble agree. A clan or an association is none."""
    titled = _titled_community(parts)
    in_header = _only([(clause, place) for clause in parts.header for place in places_in_line(clause.text)], "community")
    if titled is not None:
        clause, place = titled
        if in_header and in_header[1].unit == place.unit and not _overlap(in_header[1], place):
            return None
        return fact("community", f"{place.unit} {place.name}", clause, place.start, place.end)
    if parts.title and KIN.search(fold(parts.title[0].text)):
        return None
    found = in_header or _only([(clause, place) for clause in parts.preamble for place in places_in_prose(clause.text)], "community")
    if found is None:
        return None
    clause, place = found
    return fact("community", f"{place.unit} {place.name}", clause, place.start, place.end)


def _titled_community(parts: Parts) -> tuple[Clause, Place] | None:
    """The community that the title names right behind the genre, with the name as the document spells it."""
    for clause in parts.title:
        for place in places_in_line(clause.text, keep_dashes=True):
            before = GENRE.sub("", fold(clause.text[: place.start]))
            if place.level != "community" or KIN.search(before):
                continue
            return clause, _without_description(clause, place, parts.spelling)
    return None


def _without_description(clause: Clause, place: Place, spelling: Spelling) -> Place:
    """ "LÀNG GỐM LÒ THƯỢNG" is làng Lò Thượng, where the document writes "Lò Thượng" elsewhere."""
    words = place.name.split()
    bare = [fold(word) for word in words]
    described = _words_of(bare, _DESCRIPTIONS)
    runs = [run for run in spelling.proper_runs(bare) if not described.issuperset(run)]
    first = 0
    if is_capitals(clause.text):
        leading = next((position for position in range(len(bare)) if position not in described), 0)
        first = runs[0].start if len(runs) == 1 and not any(sign.isdigit() for sign in "".join(words[: runs[0].start])) else leading
    name = " ".join(words[first:])
    return Place(place.level, place.unit, name, place.start, place.end) if name else place


def _only(found: Iterable[tuple[Clause, Place]], level: str) -> tuple[Clause, Place] | None:
    """The one place of that level; None when there is none, or when two different ones are named."""
    of_level = [one for one in found if one[1].level == level]
    return of_level[0] if len({place.same_as for _clause, place in of_level}) == 1 else None


def _overlap(one: Place, other: Place) -> bool:
    first, second = fold(one.name), fold(other.name)
    return first in second or second in first


def place_of(parts: Parts, level: str) -> Fact | None:
    """A place of `level`: as the title says it, else the letterhead, else the preamble, each where it names only one."""
    readings: tuple[tuple[Sequence[Clause], Callable[[str], list[Place]]], ...] = (
        (parts.title, places_in_line),
        (parts.header, places_in_line),
        (parts.preamble, places_in_prose),
    )
    for clauses, reading in readings:
        found = [(clause, place) for clause in clauses for place in without_later_names(clause.text, reading(clause.text))]
        found = [one for one in found if one[1].level == level]
        if level == "commune" and clauses is parts.title and any(_is_subject(clause, place) for clause, place in found):
            return None
        if not found:
            continue
        only = _only(found, level)
        if only is None:
            return None
        clause, place = only
        return fact(level, f"{place.unit} {place.name}", clause, place.start, place.end)
    return None


def _is_subject(clause: Clause, place: Place) -> bool:
    """Whether the title says "Hương ước xã …", "Quy ước phường bè …": a village of old or a guild, whose commune is another."""
    before = fold(clause.text[: place.start])
    return bool(GENRE.search(before)) and GENRE.sub("", before).strip() in ("", "cải lương")


def commune_of_date_line(parts: Parts, community: Fact | None) -> Fact | None:
    """The place before the date of the letterhead is the commune, unless it is the community itself; its unit is not said."""
    if community is None:
        return None
    for clause in parts.header:
        for written in dates_in(clause.text)[:1]:
            match = _PLACE_BEFORE_DATE.search(clause.text[: written.start])
            if match is None:
                continue
            place = match["place"].strip()
            known = fold(" ".join([community.value, *(title.text for title in parts.title)]))
            proper = all(word[:1].isupper() for word in place.split())
            if not proper or fold(place) in known or KIN.search(fold(place)):
                return None
            return fact("commune", place, clause, match.start("place"), match.end("place"))
    return None
