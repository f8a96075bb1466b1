"""A clause as the rules read it: its own syllables after those of the lead-in that it continues, with all mentions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from covenant_review.clauses.clause import Clause
from covenant_review.screening.concepts import LITERAL, ConceptIndex, Mention
from covenant_review.screening.sides import equal_persons
from covenant_review.text.folding import fold, has_lost_marks, strip_marks
from covenant_review.text.syllables import CELL, COLON, COMMA, EDGE, SEMICOLON, SENTENCE, Syllables, split_syllables

# Words that may stand between two persons who are named side by side ("nam hay nữ", "con trai, các con gái").
_JOINERS = frozenset(
    {
        "và", "một", "hay", "hoặc", "lẫn", "cùng", "với", "cũng", "như", "cả", "các", "những", "là", "đến", "người",
        "con", "em", "bên"
    }
)
_PLURALS = frozenset(["các", "những", "mấy", "bọn"])
_SEX_WORDS = frozenset(
    {
        "nam", "nữ", "trai", "gái", "ông", "bà", "anh", "chị", "vợ", "chồng", "dâu", "rể", "cô", "cậu"
    }
)
_GIVING = frozenset(["cho", "của", "do", "giao", "với", "dành", "là"])
_BEGINNING = frozenset(["được", "không", "thì", "phải", "chẳng", "khỏi", "chưa", "chớ", "đừng", "cấm", "miễn", "lo", "kiêng", "tránh"])
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

    @cached_property
    def by_concept(self) -> dict[str, list[Mention]]:
        """Mentions per concept, those of included concepts too, in order."""
        result: dict[str, list[Mention]] = {}
        for mention in self.mentions:
            for concept in self.index.family[mention.concept]:
                result.setdefault(concept, []).append(mention)
        return result

    @cached_property
    def ends_at(self) -> dict[tuple[str, int], tuple[int, ...]]:
        """(concept, start index) → end indices, longest first; persons who stand beside the other sex are left out."""
        result: dict[tuple[str, int], list[int]] = {}
        for concept, mentions in self.by_concept.items():
            for mention in mentions:
                if mention.concept not in self.index.sex or mention.start not in self.paired:
                    result.setdefault((concept, mention.start), []).append(mention.end)
        return {key: tuple(sorted(ends, reverse=True)) for key, ends in result.items()}

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
    def coordinated(self) -> frozenset[int]:
        """Starts of persons who stand side by side with the other sex ("nam, nữ", "vợ hoặc chồng")."""
        sex = self.index.sex
        result: set[int] = set()
        for first, second in zip(self.persons, self.persons[1:], strict=False):
            if sex[first.concept] == sex[second.concept] or not 0 <= second.start - first.end <= 4:
                continue
            between = range(first.end, second.start)
            strongest = max(self.breaks[position] for position in range(first.end, second.start + 1))
            if not all(self.words[position] in _JOINERS for position in between) or strongest > COMMA:
                continue
            if between or strongest < COMMA or self._one_list(first, second):
                result.update((first.start, second.start))
        return frozenset(result)

    def _one_list(self, first: Mention, second: Mention) -> bool:
        """Whether two persons parted by a comma only are one list ("con trai, con gái được …"), not "… của các bà, đàn ông không …"."""
        one, other = set(self.words[first.start : first.end]), set(self.words[second.start : second.end])
        alike = len(one) == len(other) or bool(one & other - _PLURALS) or bool(one & _SEX_WORDS and other & _SEX_WORDS)
        before = self.words[first.start - 1] if first.start else ""
        after = self.words[second.end] if second.end < len(self.words) else ""
        return alike and not (before in _GIVING and after in _BEGINNING)

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


def _context_pieces(clause: Clause) -> list[tuple[Piece, int]]:
    """What stands above the clause, with the break between it and the clause."""
    pieces: list[tuple[Piece, int]] = []
    if clause.headings:
        heading = clause.headings[-1]
        folded = fold(heading).rstrip()
        continues = folded.endswith(":") or any(word in folded for word in _CONTINUING_HEADING)
        last = not clause.lead_in and not clause.header_row
        pieces.append((Piece("heading", heading), COLON if continues and last else SENTENCE))
    if clause.lead_in:
        pieces.append((Piece("lead_in", _last_sentence(clause.lead_in)), CELL if clause.header_row else COLON))
    if clause.header_row:
        pieces.append((Piece("header_row", " | ".join(clause.header_row)), CELL))
    return pieces


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
        folded = fold(piece.original)
        syllables: Syllables = split_syllables(strip_marks(folded) if bare else folded)
        offset = len(words)
        words.extend(syllables.words)
        piece_breaks = list(syllables.breaks)
        if piece_breaks:
            piece_breaks[0] = join if offset else EDGE
            join = next_join
        breaks.extend(piece_breaks)
        spans.extend((number, start, end) for start, end in zip(syllables.starts, syllables.ends, strict=True))
        found = index.find(syllables, piece.original, bare=bare)
        mentions.extend(
            Mention(mention.start + offset, mention.end + offset, mention.concept, mention.word) for mention in found
        )
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
        header_row=clause.header_row,
        rows=tuple(rows),
    )
