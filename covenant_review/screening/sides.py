"""Which stretch of a clause speaks of which sex, and where both are given the same terms."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from covenant_review.screening.amounts import UNITS, Amount, find_amounts
from covenant_review.screening.concepts import ConceptIndex, Mention
from covenant_review.text.syllables import COMMA, SENTENCE

if TYPE_CHECKING:
    from covenant_review.screening.reading import Reading

PARTING_WORDS = frozenset(("còn", "nhưng", "song", "riêng"))
_NEGATIONS = frozenset(("không", "chưa", "chẳng", "thôi", "chớ", "đừng", "khỏi"))
EMPTY_WORDS = frozenset(
    {
        "thì",
        "là",
        "được",
        "cho",
        "của",
        "các",
        "những",
        "và",
        "với",
        "mỗi",
        "nào",
        "ấy",
        "này",
        "kia",
        "đến",
        "đều",
        "cũng",
        "còn",
        "nếu",
        "khi",
        "một",
        "cứ",
        "ai",
        "thế",
        "vậy",
        "nấy",
        "bên",
    }
)
SCHEDULE_WORDS = frozenset(
    {
        "sáng",
        "chiều",
        "tối",
        "trưa",
        "đêm",
        "thứ",
        "hai",
        "ba",
        "tư",
        "năm",
        "sáu",
        "bảy",
        "chủ",
        "nhật",
        "giờ",
        "ngày",
        "buổi",
        "hôm",
        "tháng",
        "ca",
        "bên",
        "phía",
        "tả",
        "hữu",
        "đông",
        "tây",
        "từ",
        "lúc",
        "tuần",
        "dãy",
        "bảng",
        "sân",
        "khu",
        "đội",
        "tổ",
        "nhóm",
        "lớp",
        "phiên",
        "lượt",
    }
)
_MEASURES = (
    frozenset(("ngày", "tuần", "tháng", "năm", "buổi")),
    frozenset(("sào", "thước", "mẫu", "ha")),
    frozenset(("cân", "kg", "tạ", "yến", "tấn", "lạng")),
)
_NUMBERS = frozenset(("hai", "ba", "tư", "năm", "sáu", "bảy", "một"))
_LIKEWISE_WITHIN = 5
_GRUDGING = frozenset(("thôi", "ngoài", "hiên", "sau", "chỉ", "xin"))
_MARRIED = frozenset(("chồng", "vợ"))
_CONCESSIONS = frozenset(("dù", "dẫu", "dầu", "tuy", "có"))
_SAME = 0.7
_FEW = 2
_PERSON = "⟨⟩"


@dataclass(frozen=True, slots=True)
class Chunk:
    """Syllables `start:end`, which speak of one side (0 or 1) by the first `person` in them."""

    start: int
    end: int
    side: int
    person: Mention


def sex_sides(reading: Reading) -> Mapping[str, int]:
    """Every concept with a sex: women 0, men 1."""
    return _sides_by_sex(reading.index)


@lru_cache(maxsize=8)
def _sides_by_sex(index: ConceptIndex) -> Mapping[str, int]:
    return {concept: 0 if sex == "female" else 1 for concept, sex in index.sex.items()}


def chunks_of(reading: Reading, sides: Mapping[str, int]) -> list[Chunk]:
    """The clause's own words cut at punctuation and "còn"; stretches without a person go with the one before them."""
    borders = [reading.own]
    for position in range(reading.own + 1, len(reading.words)):
        if reading.breaks[position] >= COMMA or reading.words[position] in PARTING_WORDS:
            borders.append(position)
    borders.append(len(reading.words))
    everyone = _comparable(reading)
    chunks: list[Chunk] = []
    neutral = False
    for start, end in itertools.pairwise(borders):
        persons = [mention for mention in everyone if start <= mention.start < end]
        if persons and persons[0].start in reading.coordinated:
            neutral = True
            continue
        persons = [mention for mention in persons if mention.concept in sides and mention.start not in reading.coordinated]
        if persons:
            chunks.append(Chunk(start, end, sides[persons[0].concept], persons[0]))
            neutral = False
        elif chunks and not neutral and start < end and reading.breaks[start] < SENTENCE and chunks[-1].end == start:
            chunks[-1] = Chunk(chunks[-1].start, end, chunks[-1].side, chunks[-1].person)
    return chunks


def _comparable(reading: Reading) -> list[Mention]:
    """The persons, without a bride's or groom's family where the other family is not named: "nhà vợ" is no woman."""
    index = reading.index
    houses = {index.sex[mention.concept] for mention in reading.persons if mention.concept in index.houses}
    return [mention for mention in reading.persons if mention.concept not in index.houses or len(houses) > 1]


def first_unequal(left: list[Amount], right: list[Amount]) -> tuple[Amount, Amount] | None:
    """The first amounts that count the same thing and differ: by their unit, else by their order."""
    for one in left:
        other = next((amount for amount in right if one.unit in UNITS and amount.unit == one.unit), None)
        if other is not None and one.value != other.value:
            return one, other
    for one, other in zip(left, right, strict=False):
        same_unit = one.unit == other.unit or one.unit not in UNITS or other.unit not in UNITS
        one_measure = any(one.unit in measure and other.unit in measure for measure in _MEASURES)
        if (same_unit and one.value != other.value) or (one_measure and one.unit != other.unit):
            return one, other
    return None


def content_words(reading: Reading, chunk: Chunk) -> set[str]:
    """The words of a stretch after its person that say something."""
    return {word for word in reading.words[chunk.person.end : chunk.end] if word not in EMPTY_WORDS}


def around_words(reading: Reading, chunk: Chunk) -> set[str]:
    """The words of a person's own phrase, the person left out, that say something."""
    start, end = reading.bounds(chunk.person.start, COMMA)
    words = (*reading.words[max(start, chunk.start) : chunk.person.start], *reading.words[chunk.person.end : min(end, chunk.end)])
    return {word for word in words if word not in EMPTY_WORDS}


def same_terms(left: Reading, first: Chunk, right: Reading, second: Chunk) -> bool:
    """Whether two stretches give both sides the same: one mould ("vợ góp đề tên vợ, chồng góp đề tên chồng"), equal amounts,
    "cũng …", or nearly the same words."""
    words = [content_words(reading, chunk) for reading, chunk in ((left, first), (right, second))]
    amounts = find_amounts(left, first.start, first.end), find_amounts(right, second.start, second.end)
    if first_unequal(*amounts) is not None:
        return False
    moulds = sorted((_mould(left, first), _mould(right, second)), key=len)
    if len(moulds[0]) > 1 and (moulds[0] == moulds[1] or _holds(moulds[1], moulds[0])):
        return True
    if left is right and _in_turn(left, first, second):
        return True
    same_values = [amount.value for amount in amounts[0]] == [amount.value for amount in amounts[1]]
    if bool(words[0] & _NEGATIONS) != bool(words[1] & _NEGATIONS) or _exempt(left, first) != _exempt(right, second):
        return False
    if _likewise(right, second):
        return True
    if amounts[0] and same_values and not _ends_apart(left, first, right, second):
        return True
    if _same_restraint(left, first, right, second):
        return True
    shared, fewest = words[0] & words[1], min(len(words[0]), len(words[1]))
    if same_values and fewest >= _FEW and len(shared) == fewest:
        return True
    return bool(shared) and len(shared) >= _SAME * len(words[0] | words[1])


def _ends_apart(left: Reading, first: Chunk, right: Reading, second: Chunk) -> bool:
    """ "Ông đủ 60 tuổi thì vào sổ hàng lão, bà đủ 60 tuổi thì ghi sang sổ vãi": equal conditions, unlike consequences."""
    ends = []
    for reading, chunk in ((left, first), (right, second)):
        words = reading.words[chunk.person.end : chunk.end]
        if "thì" not in words:
            return False
        ends.append({word for word in words[words.index("thì") + 1 :] if word not in EMPTY_WORDS})
    return min(map(len, ends)) >= _FEW and len(ends[0] & ends[1]) * 2 <= min(map(len, ends))


def _same_restraint(left: Reading, first: Chunk, right: Reading, second: Chunk) -> bool:
    """ "Nhà gái không đòi, nhà trai không khoe": the same negation right after both."""
    one, other = left.words[first.person.end : first.person.end + 1], right.words[second.person.end : second.person.end + 1]
    return bool(one) and one == other and one[0] in _NEGATIONS


def _holds(longer: tuple[str, ...], shorter: tuple[str, ...]) -> bool:
    """ "Trai mười hai xẻng, gái mười hai xẻng tính một công": the one only says more, and of both."""
    rest = len(longer) - len(shorter)
    if longer[: len(shorter)] == shorter:
        return not _NEGATIONS.intersection(longer[len(shorter) :])
    return len(shorter) > _FEW and any(longer[start : start + len(shorter)] == shorter for start in range(1, rest + 1))


def _in_turn(reading: Reading, first: Chunk, second: Chunk) -> bool:
    """ "Chồng phụ vợ rửa bát, vợ phụ chồng vá lưới": each does to the other what the other does to them."""
    acts = []
    for chunk in (first, second):
        others = [m for m in reading.persons if chunk.person.end <= m.start < chunk.end]
        if not others or reading.index.sex[others[0].concept] == reading.index.sex[chunk.person.concept]:
            return False
        acts.append(reading.words[chunk.person.end : others[0].start])
    return bool(acts[0]) and acts[0] == acts[1] and "thì" not in acts[0]


def _likewise(reading: Reading, chunk: Chunk) -> bool:
    """ "Con gái cũng được", "… như vậy"; not "nghe cũng được" (may as well) and not "cũng thôi"."""
    near = reading.words[chunk.person.end : chunk.person.end + _LIKEWISE_WITHIN]
    if "cũng" in near and not _CONCESSIONS.intersection(near) and not _grudged(reading, chunk):
        return True
    last = reading.words[chunk.end - 2 : chunk.end]
    return last[-1:] == ("vậy",) or last in (("cũng", "thế"), ("như", "thế"), ("như", "nhau"))


def _grudged(reading: Reading, chunk: Chunk) -> bool:
    """ "Đứng ngoài hiên nghe cũng được"; "lấy vợ ngoài" (from outside the village) grudges nothing."""
    words = enumerate(reading.words[chunk.person.end : chunk.end], chunk.person.end)
    return any(word in _GRUDGING and not (word == "ngoài" and reading.words[place - 1] in _MARRIED) for place, word in words)


def _mould(reading: Reading, chunk: Chunk) -> tuple[str, ...]:
    """The person's own phrase (between commas), every person in it as a blank, words that only order it left out."""
    start, end = reading.bounds(chunk.person.start, COMMA)
    start, end = max(start, chunk.start), min(end, chunk.end)
    spans = {mention.start: mention.end for mention in reading.persons}
    mould = []
    position = start
    while position < end:
        if position in spans:
            mould.append(_PERSON)
            position = spans[position]
            continue
        word = reading.words[position]
        if (word not in SCHEDULE_WORDS or word in _NUMBERS) and (word not in EMPTY_WORDS or word == "một"):
            mould.append(word)
        position += 1
    return tuple(mould)


def _exempt(reading: Reading, chunk: Chunk) -> bool:
    words = reading.words[chunk.start : chunk.end]
    return "miễn" in words or ("không", "phải") in pairwise(words)


def equal_persons(reading: Reading) -> frozenset[int]:
    """Starts of the persons whose stretch has a twin for the other sex on the same terms."""
    chunks = chunks_of(reading, sex_sides(reading))
    equal: set[int] = set()
    for position, first in enumerate(chunks):
        for second in chunks[position + 1 : position + 3]:
            if first.side != second.side and same_terms(reading, first, reading, second):
                equal.update(_persons_of_phrase(reading, first), _persons_of_phrase(reading, second))
    return frozenset(equal)


def _persons_of_phrase(reading: Reading, chunk: Chunk) -> list[int]:
    start, end = reading.bounds(chunk.person.start, COMMA)
    return [mention.start for mention in reading.persons if max(start, chunk.start) <= mention.start < min(end, chunk.end)]
