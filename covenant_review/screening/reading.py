"""A clause as the rules read it: its own syllables after those of the lead-in that it continues, with all mentions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from covenant_review.clauses.clause import Clause
from covenant_review.screening.amounts import Amount
from covenant_review.screening.concepts import LITERAL, ConceptIndex, Mention
from covenant_review.screening.negation import QuantifiedNegation, quantified_negations
from covenant_review.screening.sides import Chunk, equal_persons
from covenant_review.text.folding import fold, has_lost_marks
from covenant_review.text.syllables import CELL, COLON, COMMA, EDGE, SEMICOLON, SENTENCE

DENIED = "bi-loai"
"""The concept that an odd number of negations stands for."""

# Words that may stand between two persons who are named side by side ("nam hay nữ", "con trai, các con gái").
_JOINERS = frozenset(
    {"và", "một", "hay", "hoặc", "lẫn", "cùng", "với", "cũng", "như", "cả", "các", "những", "là", "đến", "người", "con", "em", "bên"}
)
_JOINED_WITHIN, _LIKE_WITHIN, _LIKE_NEAR = 4, 16, 3
_OR = frozenset(["hay", "hoặc", "lẫn"])
_AND = _OR | {"và", "cùng", "với"}
_AND_WITHIN = 4
_LIKE = frozenset(["như", "bằng", "ngang"])
_UNLIKE = frozenset(["không", "chưa", "chẳng", "nửa", "phần", "coi", "còn", "trừ", "chỉ", "nghe", "theo", "phải", "lời"])
_TOGETHER = frozenset(["bằng", "như", "ngang", "cùng", "với"])
_PLURALS = frozenset(["các", "những", "mấy", "bọn"])
_SEX_WORDS = frozenset({"nam", "nữ", "trai", "gái", "ông", "bà", "anh", "chị", "vợ", "chồng", "dâu", "rể", "cô", "cậu"})
_OPPOSITES = tuple(
    frozenset(pair)
    for pair in (
        ("nam", "nữ"),
        ("trai", "gái"),
        ("ông", "bà"),
        ("anh", "chị"),
        ("vợ", "chồng"),
        ("dâu", "rể"),
        ("cô", "cậu"),
        ("cô", "chú"),
    )
)
_PARENTS = frozenset({"cha", "mẹ", "bố", "má", "tía", "ba", "u", "bầm"})
_GIVING = frozenset(["mỗi", "phần", "cho", "giao", "với", "dành", "là", "thuộc", "về", "xếp", "tên", "nhận", "gọi"])
_OWNING = frozenset(["của", "là", "cho", "thuộc", "chuyện", "phần", "giao", "gồm"])
_DEVOTED = frozenset(["dành", "riêng", "chỉ", "giao"])
_STAYING = frozenset({("ở", "lại"), ("ở", "nhà"), ("ở", "dưới"), ("ở", "ngoài")})
_ACTING = frozenset(
    ["không", "chưa", "chẳng", "thì", "mà", "chỉ", "phải", "nên", "đến", "đi", "lo", "ra", "về", "khỏi", "đứng", "ngồi", "xuống"]
)
_HANDING = frozenset({("giao",), ("nhận",), ("gọi",), ("dành",)})
_LIST_GOES_ON = frozenset(
    ["như", "đều", "bằng", "cùng", "mỗi", "trong", "của", "ở", "từ", "đủ", "và", "hay", "hoặc", "trên", "dưới", "cả", "cao", "già"]
)
_CONTINUING_HEADING = ("đối với", "những", "các hành vi", "nghiêm cấm", "cấm", "không", "các trường hợp", "các lệ", "bãi bỏ")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the reading: where it comes from ("lead_in", "heading", "header_row" or "text") and its original words."""

    place: str
    original: str


@dataclass
class Reading:
    """Syllables of context and clause in one row. Index `own` is the clause's first syllable."""

    words: tuple[str, ...]
    breaks: tuple[int, ...]
    spans: tuple[tuple[int, int, int], ...]
    """Per syllable: number of its piece, start and end offset within that piece."""
    pieces: tuple[Piece, ...]
    own: int
    mentions: tuple[Mention, ...]
    index: ConceptIndex
    bare: bool = False
    cells: tuple[str, ...] = ()
    header_row: tuple[str, ...] = ()
    rows: tuple[Reading, ...] = field(default=(), repr=False)
    negations: tuple[QuantifiedNegation, ...] = ()
    """Stretches under "không … nào", with what their negations add up to."""

    @cached_property
    def opposed(self) -> dict[object, list[tuple[Chunk, Chunk]]]:
        """Per choice of sides, the pairs of stretches on unequal terms, once somebody has asked (`contrasts.py`)."""
        return {}

    @cached_property
    def amounts(self) -> dict[tuple[int, int], list[Amount]]:
        """Per stretch of syllables the amounts in it, once somebody has asked (`amounts.py`)."""
        return {}

    @cached_property
    def by_concept(self) -> dict[str, list[Mention]]:
        """Mentions per concept, those of included concepts too, in order."""
        result: dict[str, list[Mention]] = {}
        for mention in self.mentions:
            for concept in self.index.family[mention.concept]:
                result.setdefault(concept, []).append(mention)
        return result

    def starts_of(self, concept: str) -> list[int]:
        """Where mentions of a concept begin, in order, each place once."""
        starts = self._starts.get(concept)
        if starts is None:
            starts = self._starts[concept] = sorted({mention.start for mention in self.by_concept.get(concept, ())})
        return starts

    @cached_property
    def _starts(self) -> dict[str, list[int]]:
        return {}

    def ends_of(self, concept: str) -> dict[int, list[int]]:
        """Start index → end indices of a concept's mentions, longest first; persons beside the other sex are left out."""
        ends = self._ends.get(concept)
        if ends is None:
            ends = self._ends[concept] = {}
            for mention in self.by_concept.get(concept, ()):
                if mention.concept not in self.index.sex or mention.start not in self.paired:
                    ends.setdefault(mention.start, []).append(mention.end)
            for places in ends.values():
                places.sort(reverse=True)
        return ends

    @cached_property
    def _ends(self) -> dict[str, dict[int, list[int]]]:
        return {}

    @cached_property
    def present(self) -> frozenset[str]:
        """The concepts mentioned and, behind LITERAL, the words used: what a pattern can hope to find."""
        return frozenset(self.by_concept) | {LITERAL + word for word in self.words}

    @cached_property
    def positions(self) -> dict[str, list[int]]:
        """Word → indices."""
        result: dict[str, list[int]] = {}
        for position, word in enumerate(self.words):
            result.setdefault(word, []).append(position)
        return result

    @cached_property
    def persons(self) -> tuple[Mention, ...]:
        """Mentions of persons of one sex, in order, one per place."""
        seen: dict[tuple[int, int], Mention] = {}
        for mention in self.mentions:
            if mention.concept in self.index.sex:
                seen.setdefault((mention.start, mention.end), mention)
        return tuple(sorted(seen.values()))

    @cached_property
    def both_sexes(self) -> bool:
        """Whether persons of both sexes are named."""
        return len({self.index.sex[mention.concept] for mention in self.persons}) > 1

    @cached_property
    def coordinated(self) -> frozenset[int]:
        """Starts of persons who stand side by side with the other sex ("nam, nữ", "vợ hoặc chồng")."""
        sex = self.index.sex
        result: set[int] = set()
        for first, second in zip(self.persons, self.persons[1:], strict=False):
            if sex[first.concept] == sex[second.concept] or not 0 <= second.start - first.end:
                continue
            if second.start - first.end > _JOINED_WITHIN:
                if second.start - first.end <= _LIKE_WITHIN and self._joined_otherwise(first, second):
                    result.update((first.start, second.start))
                    result.update(self._same_sex_before(first))
                continue
            between = range(first.end, second.start)
            strongest = max(self.breaks[position] for position in range(first.end, second.start + 1))
            if not all(self.words[position] in _JOINERS for position in between) or strongest > COMMA:
                if self._joined_otherwise(first, second):
                    result.update((first.start, second.start))
                continue
            if between or self._one_list(first, second):
                result.update((first.start, second.start))
                if _OR.intersection(self.words[first.end : second.start]):
                    result.update(self._same_sex_before(first))
        return frozenset(result)

    def _same_sex_before(self, person: Mention) -> list[int]:
        """Starts of the persons of the same sex earlier in the sentence: who is likened to the other sex is named there."""
        start = max(self.sentence(person.start)[0], self.own)
        sex = self.index.sex
        return [m.start for m in self.persons if start <= m.start < person.start and sex[m.concept] == sex[person.concept]]

    def _joined_otherwise(self, first: Mention, second: Mention) -> bool:
        """Side by side in other words: "sinh trai sinh gái", "họ cha hoặc họ mẹ", "gái ốm … như trai"."""
        between = self.words[first.end : second.start]
        before = self.words[max(0, first.start - 2) : first.start]
        if max(self.breaks[position] for position in range(first.end, second.start + 1)) > COMMA:
            return False
        if before and between and between[-1:] == before[-1:] and set(between) <= _JOINERS | set(before):
            return True
        handed = before[-1:] in _HANDING and not _PARENTS.intersection(self.words[first.start : first.end])
        if not handed and self._alike_in_turn(between, second):
            return True
        if _OR.intersection(between[-2:]):
            return True
        near = between[-_LIKE_NEAR:]
        if "tính" in between and "bằng" in between:
            return False  # "ba công của đàn bà tính bằng hai công của đàn ông"
        rest = self.words[second.end : self.sentence(second.start)[1]]
        if "nhưng" in rest or "song" in rest:
            return False  # "làm như đàn ông nhưng hưởng tám phần"
        return bool(_LIKE.intersection(near)) and not _UNLIKE.intersection(between[-_LIKE_NEAR - 2 :])

    def _alike_in_turn(self, between: tuple[str, ...], second: Mention) -> bool:
        """The same words after both: "nam dưới 18 tuổi và nữ dưới 18 tuổi không được …", "cha nuôi, mẹ nuôi"."""
        joined = next((place for place, word in enumerate(between) if place and word in _AND), len(between))
        said = between[:joined]
        if not said or len(between) - joined > _AND_WITHIN or self.words[second.end : second.end + len(said)] != said:
            return False
        after = second.end + len(said)
        goes_on = after < self.bounds(second.start, COMMA)[1]
        if goes_on and joined == len(between) and not _PARENTS.intersection(self.words[second.start : second.end]):
            return False  # "… để cụ ông ngồi, cụ bà ngồi ghế dài"
        return self.words[after : after + 1] != ("thì",)

    def _one_list(self, first: Mention, second: Mention) -> bool:
        """Whether two persons parted by a comma only are one list ("con trai, con gái được …"), not "… của các bà, đàn ông không …"."""
        one, other = set(self.words[first.start : first.end]), set(self.words[second.start : second.end])
        alike = bool(one & other - _PLURALS) or any(one & pair and other & pair for pair in _OPPOSITES)
        before = self.words[first.start - 1] if first.start else ""
        next_words = self.words[second.end : second.end + 2]
        owned = before in _OWNING and (before != "cho" or self.words[first.start - 2] in _DEVOTED)
        if owned and next_words and (next_words[0] in _ACTING or next_words in _STAYING):
            return False  # "lớp võ dành cho nam, nữ đến cổ vũ"
        if other & _PLURALS and not one & _PLURALS and self.breaks[second.start] < COMMA:
            return False  # "vợ các ông"
        if one & _PARENTS and other & _PARENTS:
            return True
        ends = second.end >= len(self.words) or self.breaks[second.end] >= COMMA
        after = "" if ends else self.words[second.end]
        if not after or after in _LIST_GOES_ON:
            alike = alike or bool(one & _SEX_WORDS and other & _SEX_WORDS)
        if before == "mỗi" and (first.start == self.own + 1 or self.breaks[first.start - 1] >= COMMA):
            return alike  # "mỗi con trai, con gái được …"
        if before in _GIVING - {"mỗi"} and second.end - second.start == first.end - first.start == 1:
            clause_end = self.bounds(second.start, COMMA)[1]
            return alike and "thì" not in self.words[second.end : clause_end]  # "giao nam, nữ đã tập huấn"
        return alike and not (before in _GIVING and after and after not in _LIST_GOES_ON)

    @cached_property
    def paired(self) -> frozenset[int]:
        """Starts of persons beside whom the other sex stands on equal terms: coordinated, or with the same terms in turn."""
        return self.coordinated | equal_persons(self)

    def bounds(self, position: int, strength: int) -> tuple[int, int]:
        """The stretch around a syllable up to the next break of at least `strength`, as half-open indices."""
        start = position
        while start > 0 and self.breaks[start] < strength:
            start -= 1
        end = position + 1
        while end < len(self.words) and self.breaks[end] < strength:
            end += 1
        return start, end

    def segment(self, position: int) -> tuple[int, int]:
        """The stretch between semicolons, full stops or cell borders."""
        return self.bounds(position, SEMICOLON)

    def sentence(self, position: int) -> tuple[int, int]:
        """The stretch between full stops or cell borders."""
        return self.bounds(position, SENTENCE)

    def quote(self, start: int, end: int) -> str:
        """The original words of syllables `start:end` (of one piece: the last one's)."""
        piece = self.spans[end - 1][0]
        first = next(position for position in range(start, end) if self.spans[position][0] == piece)
        return self.pieces[piece].original[self.spans[first][1] : self.spans[end - 1][2]]

    def place(self, position: int) -> str:
        """Where a syllable stands: text, lead_in, heading or header_row."""
        return self.pieces[self.spans[position][0]].place


def _last_sentence(text: str) -> str:
    cut = max(text.rfind(". "), text.rfind("! "), text.rfind("? "))
    return text[cut + 2 :] if cut >= 0 else text


def _parted(clause: Clause) -> tuple[str, tuple[str, ...]]:
    """Lead-in and header row; a lead-in that ends in a row of cells ("Mức góp: Hạng | Nam | Nữ") holds both."""
    if clause.header_row or "|" not in clause.lead_in or not clause.cells:
        return clause.lead_in, clause.header_row
    lead_in, colon, row = clause.lead_in.rpartition(":")
    return lead_in + colon, tuple(cell.strip() for cell in row.split("|"))


def _context_pieces(clause: Clause) -> list[tuple[Piece, int]]:
    """What stands above the clause, with the break between it and the clause."""
    pieces: list[tuple[Piece, int]] = []
    if clause.headings:
        heading = clause.headings[-1]
        folded = fold(heading).rstrip()
        continues = folded.endswith(":") or any(word in folded for word in _CONTINUING_HEADING)
        last = not clause.lead_in and not clause.header_row
        pieces.append((Piece("heading", heading), COLON if continues and last else SENTENCE))
    lead_in, header = _parted(clause)
    if lead_in:
        pieces.append((Piece("lead_in", _last_sentence(lead_in)), CELL if header else COLON))
    if header:
        pieces.append((Piece("header_row", " | ".join(header)), CELL))
    return pieces


def _denies_a_difference(negation: QuantifiedNegation, words: Sequence[str], mentions: Sequence[Mention], index: ConceptIndex) -> bool:
    """ "Không lớp nào dành ghế trước cho các ông, ghế sau cho các bà": what is denied is the difference between the sexes."""
    named = {
        index.sex[mention.concept]
        for mention in mentions
        if mention.concept in index.sex and negation.quantifier < mention.start < negation.end
    }
    return len(named) > 1 and not _TOGETHER.intersection(words[negation.quantifier : negation.end])


def _without_lone_kin(mentions: list[Mention], index: ConceptIndex, *, alone: bool) -> list[Mention]:
    """Kin words ("ông", "má") say nothing of a sex unless one of the other sex is named too; a table's other rows may do so."""
    if not alone or not any(mention.concept in index.contrast for mention in mentions):
        return mentions
    sexes = {index.sex[mention.concept] for mention in mentions if mention.concept in index.sex}
    if len(sexes) > 1:
        return mentions
    return [mention for mention in mentions if mention.concept not in index.contrast]


def read_clause(clause: Clause, index: ConceptIndex, rows: Sequence[Reading] = ()) -> Reading:
    """The clause with its context, all syllables and mentions found. `rows` are the other rows of its table."""
    words: list[str] = []
    breaks: list[int] = []
    spans: list[tuple[int, int, int]] = []
    mentions: list[Mention] = []
    pieces = [*_context_pieces(clause), (Piece("text", clause.text), EDGE)]
    bare = has_lost_marks(clause.text)
    own = 0
    join = EDGE
    for number, (piece, next_join) in enumerate(pieces):
        if piece.place == "text":
            own = len(words)
        syllables, found = index.read(piece.original, bare=bare, remembered=piece.place != "text")
        offset = len(words)
        words.extend(syllables.words)
        piece_breaks = list(syllables.breaks)
        if piece_breaks:
            piece_breaks[0] = join if offset else EDGE
            join = next_join
        breaks.extend(piece_breaks)
        spans.extend((number, start, end) for start, end in zip(syllables.starts, syllables.ends, strict=True))
        mentions.extend(Mention(mention.start + offset, mention.end + offset, mention.concept, mention.word) for mention in found)
    negations = tuple(
        negation._replace(harmless=True, denies_difference=True)
        if not negation.harmless and _denies_a_difference(negation, words, mentions, index)
        else negation
        for negation in quantified_negations(words, breaks, own)
    )
    if DENIED in index.specs:
        mentions.extend(
            Mention(negation.quantifier, negation.quantifier + 1, DENIED, "không … nào") for negation in negations if not negation.harmless
        )
    mentions = _without_lone_kin(mentions, index, alone=not clause.cells)
    return Reading(
        words=tuple(words),
        breaks=tuple(breaks),
        spans=tuple(spans),
        pieces=tuple(piece for piece, _join in pieces),
        own=own,
        mentions=tuple(mentions),
        index=index,
        bare=bare,
        cells=clause.cells,
        header_row=_parted(clause)[1],
        rows=tuple(rows),
        negations=negations,
    )
