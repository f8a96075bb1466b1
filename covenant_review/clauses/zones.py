"""The parts of a covenant around its provisions: letterhead, title, preamble, place for signatures."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from covenant_review.clauses.lines import Line, is_capitals
from covenant_review.clauses.marks import UPPER, MarkKind

_HEAD_AT_MOST = 40  # lines; a title further down is a heading of something else
_TITLE_AT_MOST = 160  # characters
_PROSE_FROM = 150
_STRUCTURE: frozenset[MarkKind] = frozenset(
    {"part", "chapter", "section", "article", "old_article", "word_clause", "letter_head", "roman", "decimal"}
)

_GENRE = re.compile(
    r"(?:DỰ THẢO\s+)?(?:BẢN\s+)?(?:HƯƠNG ƯỚC|QU[YI] ƯỚC|TỘC ƯỚC|KHOÁN ƯỚC|GIA ƯỚC|LỆ ƯỚC|HƯƠNG LỆ|LỆ LÀNG|TỤC LỆ"
    r"|KHOÁN LỆ|NỘI QUY|GIA QUY|TỘC LỆ|QUY CHẾ|ĐIỀU LỆ|QUY ĐỊNH CỦA)\b",
    re.IGNORECASE,
)
_ONLY_GENRE = re.compile(rf"{_GENRE.pattern}\s*$", re.IGNORECASE)
_UNIT = (
    r"(?:thôn|làng|xóm|bản|ấp|buôn|khu phố|khu dân cư|tổ dân phố|khối phố|xã|phường|thị trấn|huyện|quận|thị xã"
    r"|thành phố|tỉnh|dòng họ|họ|tộc|chi họ)"
)
_PLACE_LINE = re.compile(rf"(?:của\s+)?{_UNIT}\s+\S.*", re.IGNORECASE)
_YEAR_LINE = re.compile(r"(?:năm|tháng)\s+\d{1,4}\b.*", re.IGNORECASE)
_MOTTO = re.compile(r"CỘNG\s+H(?:ÒA|OÀ)\s+XÃ\s+HỘI|^Độc\s+lập\b", re.IGNORECASE)
_LETTERHEAD = re.compile(rf"(?:UBND|U[ỶY] BAN|[UỦ][ỶY] BAN|MẶT TRẬN|BAN CÔNG TÁC|HỘI ĐỒNG|ĐẢNG BỘ|CHI BỘ|DỰ THẢO|{_UNIT})\b", re.IGNORECASE)
_FILE_NUMBER = re.compile(r"Số\s*:?\s*[\d./…]*\s*/?", re.IGNORECASE)
PLACE_AND_DATE = re.compile(
    r"[^.;:]{1,60}?,?\s*(?:ngày|rằm|mồng|mùng|tháng)\b[^;:]{0,60}?(?:\bnăm\b|/\s?\d|\d{4}|…)[^;:]{0,40}",
    re.IGNORECASE,
)
_PREAMBLE = re.compile(r"(?:lời nói đầu|lời mở đầu|lời tựa|lời dẫn|phần mở đầu|mở đầu)\s*[.:]?$", re.IGNORECASE)
_NO_WORDS = re.compile(r"[\W_oO0]*")

_SIGNS = re.compile(r"(?:TM|T/M|KT|TL|TUQ)\b[./ ]|XÁC NHẬN|PHÊ DUYỆT|DUYỆT\b|CHỨNG THỰC|CÔNG NHẬN CỦA", re.IGNORECASE)
_RECIPIENTS = re.compile(r"Nơi nhận\b", re.IGNORECASE)
_SIGNED = re.compile(r"\(?\s*(?:đã\s+)?ký\b[^.;]{0,60}$|\(\s*(?:đã\s+)?ký|\(?(?:họ|ghi rõ họ) (?:và )?tên", re.IGNORECASE)
_ROLE = re.compile(
    r"(?:các\s+|quyền\s+|q\.\s*|nguyên\s+)?(?:trưởng|phó|tổ trưởng|tổ phó|bí thư|chủ tịch|thư ký|đại diện|thay mặt"
    r"|già (?:bản|làng)|chi hội|công an|hội đồng|tộc trưởng|tộc phó|kế toán|thủ quỹ|thủ từ|chủ nhiệm|cán bộ|người soạn"
    r"|người lập|ban (?:soạn|công tác|khánh|quản|chấp|vận|cán)|mặt trận|hội (?:người|phụ|nông|cựu)|đoàn thanh)\b",
    re.IGNORECASE,
)
_ROLE_WORDS = frozenset(
    re.findall(
        r"\w+",
        "trưởng phó tổ bí thư chủ tịch ký đại diện thay mặt già bản làng chi hội công an đồng tộc kế toán quỹ "
        "thủ từ nhiệm cán bộ người soạn thảo lập ban tác trận đoàn thanh niên phụ nữ nông dân cựu chiến binh "
        "cao tuổi gia đình các hộ thôn xóm khu phố cụ ông bà anh chị em và của tm kt ubnd ủy uỷ nhân xã "
        "phường xác nhận phê duyệt họ tên ghi rõ đã quản lý khánh tiết vận động tư pháp viên ấp vạn thuyền "
        "chấp hành hòa hoà giải năm sáu bảy hai ba bốn mười toàn thể chức danh đóng dấu sở ngành mttq ctmt tl "
        "tuq trong đơn vị nghề quyền nguyên biểu ",
    )
)
_WORD = re.compile(r"[^\W\d_]+")
_SENTENCE_END = re.compile(r"[.;!?]\s*$")
_BETWEEN_OFFICERS = re.compile(r"\s+[-–]\s+|;\s*")
_NAME = re.compile(rf"(?:[{UPPER}][\w'’]*\s+){{1,5}}[{UPPER}][\w'’]*")
_CAPITALS_AND_COLON = re.compile(rf"[{UPPER}' ]{{4,40}}:\s")
_SIGNATURE_AT_MOST = 300
_APPENDICES_AT_MOST = 20


@dataclass(frozen=True, slots=True)
class Zones:
    """Which lines are what, as indices into the lines; every other line is body."""

    header: frozenset[int]
    title: tuple[int, ...]
    signature: frozenset[int]
    preamble: range


def zones_of(lines: Sequence[Line]) -> Zones:
    """Sort out letterhead, title, preamble and signatures. Whatever is not surely one of these stays a provision."""
    title = _title(lines)
    header = _header(lines, title)
    signature = _signatures(lines, first=max([*title, *header, -1]) + 1)
    return Zones(header, title, signature, _preamble(lines, header, title))


def is_preamble_heading(line: Line) -> bool:
    """Whether the line is the heading "LỜI NÓI ĐẦU" or one of its other names."""
    return line.mark is None and not line.is_row and bool(_PREAMBLE.match(line.text))


def title_text(lines: Sequence[Line], title: tuple[int, ...]) -> str:
    """The covenant's name from its title lines: the first, with those that go on in the same capitals if it is bare."""
    if not title:
        return ""
    words = lines[title[0]].text
    for index in title[1:]:
        if not _ONLY_GENRE.match(words):
            break
        words = f"{words} {lines[index].text}"
    return words


def _title(lines: Sequence[Line]) -> tuple[int, ...]:
    for index, line in enumerate(lines[:_HEAD_AT_MOST]):
        if line.mark is not None and line.mark.kind in _STRUCTURE:
            break
        if _is_title(line):
            return (index, *_title_goes_on(lines, index + 1))
    return ()


def _is_title(line: Line) -> bool:
    match = None if line.is_row or line.mark is not None else _GENRE.match(line.text)
    if match is None or len(line.text) > _TITLE_AT_MOST or _SENTENCE_END.search(line.text):
        return False
    look = line.block.style
    return is_capitals(match.group()) or look.bold or look.alignment == "center"


def _title_goes_on(lines: Sequence[Line], start: int) -> list[int]:
    found: list[int] = []
    for index in range(start, min(start + 4, len(lines))):
        line = lines[index]
        text = line.text
        if line.is_row or line.mark is not None or is_preamble_heading(line) or not text:
            break
        if _NO_WORDS.fullmatch(text) or PLACE_AND_DATE.fullmatch(text) or _MOTTO.search(text):
            break
        in_brackets = text.startswith("(") and text.endswith(")")
        short = len(text) <= _TITLE_AT_MOST and not re.search(r"[.;:]\s*$", text)
        # Under a bare "HƯƠNG ƯỚC" any capitals go on with the name; elsewhere they may head the first section.
        goes_on = is_capitals(text) and index == start and bool(_ONLY_GENRE.match(lines[start - 1].text))
        if not (in_brackets or (short and (goes_on or _names_a_place(text) or _YEAR_LINE.fullmatch(text)))):
            break
        found.append(index)
    return found


def _names_a_place(text: str) -> bool:
    return bool(_PLACE_LINE.fullmatch(text)) and len(_WORD.findall(text)) <= 16


def _header(lines: Sequence[Line], title: tuple[int, ...]) -> frozenset[int]:
    if title:
        before = {i for i in range(title[0]) if not _is_prose(lines[i])}
        start = title[-1] + 1
    else:
        before, start = set(), 0
    for index in range(start, min(start + 12, len(lines))):
        if not _is_letterhead(lines[index]):
            break
        before.add(index)
    return frozenset(before)


def _is_prose(line: Line) -> bool:
    return len(line.text) > _PROSE_FROM and not _MOTTO.search(line.text)


def _is_letterhead(line: Line) -> bool:
    text = line.text
    if line.mark is not None and line.mark.kind in _STRUCTURE:
        return False
    if _MOTTO.search(text) or _NO_WORDS.fullmatch(line.whole) or PLACE_AND_DATE.fullmatch(text):
        return True
    if line.mark is not None or line.is_row or _is_prose(line):
        return False
    return bool(_FILE_NUMBER.fullmatch(text.split("/")[0])) or (is_capitals(text) and bool(_LETTERHEAD.match(text)))


def _preamble(lines: Sequence[Line], header: frozenset[int], title: tuple[int, ...]) -> range:
    start = max([*title, *header, -1]) + 1
    headed = False
    for index in range(start, len(lines)):
        line = lines[index]
        headed = headed or is_preamble_heading(line)
        if line.mark is not None and line.mark.kind in _STRUCTURE:
            return range(start, index)
        if line.mark is None and not line.is_row and _is_plain_heading(line) and not is_preamble_heading(line):
            return range(start, index)
    first_item = next((i for i in range(start, len(lines)) if lines[i].mark is not None or lines[i].is_row), None)
    if first_item is not None:
        return range(start, first_item)
    return range(start, len(lines)) if headed else range(start, start)


def _is_plain_heading(line: Line) -> bool:
    return is_capitals(line.text) and len(_WORD.findall(line.text)) > 1 and not _SENTENCE_END.search(line.text)


def _signatures(lines: Sequence[Line], first: int) -> frozenset[int]:
    """The last lines, and those before an appendix, as long as they hold nothing but offices, names and dates."""
    ends = [i for i, line in enumerate(lines) if line.mark is not None and line.mark.kind == "appendix"]
    last = next((i for i, line in enumerate(lines) if line.is_note), len(lines))
    found: set[int] = set()
    for end in [*ends[:_APPENDICES_AT_MOST], last]:
        run: list[int] = []
        strong = -1
        recipients = _recipients_before(lines, first, end)
        for index in range(end - 1, first - 1, -1):
            line = lines[index]
            if (recipients is not None and index >= recipients) or _is_strong(line):
                strong = index
            elif not _is_weak(line):
                break
            run.append(index)
        found |= {index for index in run if 0 <= strong <= index}
    return frozenset(found)


def _recipients_before(lines: Sequence[Line], first: int, end: int) -> int | None:
    """Where a list of recipients begins near `end`: its dash items are no provisions."""
    for index in range(max(first, end - 15), end):
        if _RECIPIENTS.match(lines[index].text):
            items = lines[index + 1 : end]
            if all(line.mark is None or line.mark.kind in {"dash", "plus", "bullet"} for line in items):
                return index
    return None


def _is_strong(line: Line) -> bool:
    if line.mark is not None:
        return False
    if line.is_row:
        return _cells_fit(line) and any(_is_strong_text(cell) for cell in line.block.cells)
    return _is_strong_text(line.text)


def _is_strong_text(text: str) -> bool:
    if len(text) > _SIGNATURE_AT_MOST or re.search(r"[.;!?]\s*$", text):
        return False
    if _SIGNED.match(text) or PLACE_AND_DATE.fullmatch(text):
        return True
    return (bool(_ROLE.match(text) or _SIGNS.match(text)) and _only_offices_and_names(text)) or _lists_officers(text)


def _lists_officers(text: str) -> bool:
    """Whether several officers sign in one line: "Trưởng thôn Vũ Đình Khải - Chi hội trưởng Phụ nữ Lê Thị Mận"."""
    parts = _BETWEEN_OFFICERS.split(text)
    named = sum(1 for part in parts if _NAME.search(part))
    words = _WORD.findall(text)
    mostly_names = 2 * sum(word[0].isupper() for word in words) >= len(words)
    return (
        len(parts) > 1
        and named > 1
        and named >= len(parts) - 1
        and mostly_names
        and bool(_ROLE.match(text) or _CAPITALS_AND_COLON.match(text))
    )


def _is_weak(line: Line) -> bool:
    if line.mark is not None:
        return bool(_NO_WORDS.fullmatch(line.text))
    return _cells_fit(line) if line.is_row else _is_weak_text(line.text)


def _is_weak_text(text: str) -> bool:
    if _NO_WORDS.fullmatch(text) or _is_strong_text(text):
        return True
    words = _WORD.findall(text)
    if len(words) == 1:
        return is_capitals(text) and words[0].lower() in _ROLE_WORDS  # the wrapped end of an office: "… MẶT / TRẬN"
    return 1 < len(words) <= 8 and not re.search(r"[.;:!?]\s*$", text) and _only_offices_and_names(text)


def _cells_fit(line: Line) -> bool:
    return all(_is_weak_text(cell) for cell in line.block.cells if cell)


def _only_offices_and_names(text: str) -> bool:
    """Whether every word is part of an office ("trưởng thôn") or a name written with a capital."""
    words = _WORD.findall(text)
    return bool(words) and all(word[0].isupper() or word.lower() in _ROLE_WORDS for word in words)
