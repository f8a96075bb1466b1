"""Which clauses and which patterns are worth the rules' time: counted with bits, before and after a clause is read.

Every pattern has requirements: groups of concepts and words, of each of which at least one member must occur. A
`RequirementTable` holds all groups of all patterns as the bits of one large number: what a text holds is or-ed together, and
a pattern stays possible where the bits of all its groups are set. `SurfaceIndex` asks the same of the plain words of a text,
before any reading: it may call a pattern possible that is not, never the other way round.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, reduce
from itertools import chain, pairwise
from operator import or_

from covenant_review.screening.concepts import LITERAL, ConceptIndex
from covenant_review.screening.reading import DENIED
from covenant_review.text.folding import fold, strip_marks
from covenant_review.text.normal_form import normal_form

Group = frozenset[str]

# Figures part words here: "3kg" is read as "3" and "kg", and no rule can need a figure that this filter would know of.
_LETTERS = re.compile(r"[^\W\d_]+")
_QUANTIFIER = "nào"
"""The word that a denying "không … nào" puts the concept of denial on (`reading.py`)."""
_COMMON_WORDS = """
    và là của có không được thì cho các những trong với ở ra vào lên xuống đi đến tới từ một hai ba người nhà con này đó ấy khi nếu mà
    phải đã đang sẽ cũng chỉ do bởi vì để theo về trên dưới sau trước tại bị làm việc nào ai gì mỗi mọi cả đều lại rồi còn hay hoặc
    thôn xã làng họ nhau cùng như bằng hơn nhất ngày năm tháng ông bà chưa chẳng đừng ăn lấy đủ số tiền công nhiều ít lớn nhỏ mới cũ
"""
_COMMON = frozenset(_COMMON_WORDS.split())
"""Words that most texts hold: of a long phrase, two words in a row without them tell more. Any choice is right, some are faster."""
_MOST_WORDS_KNOWN = 50_000
_MOST_GROUPS = 3  # `RequirementTable.met` is written for so many
_LONGEST_CHUNK_KNOWN = 40
_FIGURES = "0123456789.,;:()/%-–+"
_MOST_TEXTS_KNOWN = 4096


class _Chunks(dict[str, tuple[str, ...]]):
    """What stands between blanks, with its punctuation, as folded words: each kind of chunk is taken apart once."""

    def __missing__(self, chunk: str) -> tuple[str, ...]:
        words = tuple(map(fold, _LETTERS.findall(chunk.lower())))
        if len(chunk) <= _LONGEST_CHUNK_KNOWN:
            if len(self) >= _MOST_WORDS_KNOWN:
                self.clear()
            self[chunk] = words
        return words


class _SeveralWords(Exception):
    """A chunk holds more words than one: "và/hoặc"."""


class _OneWord(dict[str, str]):
    """The only word of a chunk, "" where it has none; `_SeveralWords` where it has more. Rows of words would take twice the time."""

    def __missing__(self, chunk: str) -> str:
        if not chunk.strip(_FIGURES):
            return ""  # without end, and as quickly told as remembered
        words = _words_of_chunk(chunk)
        if len(words) > 1:
            raise _SeveralWords
        word = words[0] if words else ""
        if len(chunk) <= _LONGEST_CHUNK_KNOWN:
            if len(self) >= _MOST_WORDS_KNOWN:
                self.clear()
            self[chunk] = word
        return word


class _Bare(dict[str, str]):
    """Folded words without marks."""

    def __missing__(self, word: str) -> str:
        if len(self) >= _MOST_WORDS_KNOWN:
            self.clear()
        bare = self[word] = strip_marks(word)
        return bare


_words_of_chunk = _Chunks().__getitem__
_word_of_chunk = _OneWord().__getitem__
_bare = _Bare()


def plain_words(text: str) -> list[str]:
    """The folded words of a text in order, figures left out: what the surface of a text is asked by."""
    chunks = text.split()
    try:
        return list(filter(None, map(_word_of_chunk, chunks)))
    except _SeveralWords:
        return list(chain.from_iterable(map(_words_of_chunk, chunks)))


def bare_words(words: Iterable[str]) -> frozenset[str]:
    """The words without marks."""
    return frozenset(_bare[word] for word in words)


Pair = tuple[str, str]


class WordBits:
    """Bits by the words that they stand for: a single word, or two in a row for a phrase of two words or more."""

    def __init__(self, phrases: Mapping[tuple[str, ...], int]) -> None:
        """`phrases` gives the bits of each phrase; of a long one the two words in a row that are rarest among all are kept."""
        self.always = 0
        """Bits of phrases without words: this index cannot tell."""
        single: dict[str, int] = {}
        pairs: dict[Pair, int] = {}
        counts = Counter(pair for words in phrases for pair in pairwise(words))

        def rarity(pair: Pair) -> tuple[int, int, int]:
            first, second = pair
            return (first in _COMMON) + (second in _COMMON), counts[pair], -len(first) - len(second)

        for words, bits in phrases.items():
            if not words:
                self.always |= bits
            elif len(words) == 1:
                single[words[0]] = single.get(words[0], 0) | bits
            else:
                rarest = min(pairwise(words), key=rarity)
                pairs[rarest] = pairs.get(rarest, 0) | bits
        self.single, self.pair = single.get, pairs.get

    def of_pairs(self, pairs: Iterable[Pair], mask: int = 0) -> int:
        """`mask` with the bits of the phrases of which these two words in a row may be a part."""
        return reduce(or_, filter(None, map(self.pair, pairs)), mask)

    def of(self, words: Sequence[str], mask: int = 0) -> int:
        """`mask` with the bits of all phrases that may stand in these words."""
        mask = reduce(or_, filter(None, map(self.single, words)), mask)
        return reduce(or_, filter(None, map(self.pair, pairwise(words))), mask)


class RequirementTable:
    """The groups of a row of patterns as bits: pattern i is bit i of a result."""

    def __init__(self, requirements: Sequence[Sequence[Group]]) -> None:
        """`requirements[i]` are the groups of pattern i; a pattern with none is always possible.

        Of many groups the smallest few are asked for: the others would sift out little more.
        """
        self.count = len(requirements)
        requirements = [sorted(groups, key=len)[:_MOST_GROUPS] for groups in requirements]
        self._all = (1 << self.count) - 1
        self.width = self.count * _MOST_GROUPS
        """Bits that a mask has."""
        self.concepts: dict[str, int] = {}
        self.phrases: dict[tuple[str, ...], int] = {}
        """Plain words in a row, as the patterns have them."""
        self.free = 0
        """Groups that are not there, so met from the start: every mask begins with these bits."""
        for number, groups in enumerate(requirements):
            for place in range(_MOST_GROUPS):
                bit = 1 << (place * self.count + number)
                if place >= len(groups):
                    self.free |= bit
                    continue
                for part in groups[place]:
                    if part.startswith(LITERAL):
                        words = tuple(part[len(LITERAL) :].split(" "))
                        self.phrases[words] = self.phrases.get(words, 0) | bit
                    else:
                        self.concepts[part] = self.concepts.get(part, 0) | bit
        self._words = WordBits(self.phrases)

    def met(self, mask: int) -> int:
        """The patterns, as bits, all of whose groups are in `mask`, which began with `free`; bits above `width` do not count."""
        return mask & self._all & (mask >> self.count) & (mask >> 2 * self.count)

    def possible(self, concepts: Iterable[str], words: Sequence[str]) -> int:
        """The patterns, as bits, that can match where these concepts and, in this order, these words occur."""
        mask = self._words.of(words, self.free)
        return self.met(reduce(or_, filter(None, map(self.concepts.get, concepts)), mask))


def numbers_in(bits: int) -> Iterator[int]:
    """The numbers of the bits that are set, in order."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


class SurfaceIndex:
    """A requirement table asked by the plain words of a text, before concepts are looked for in it."""

    def __init__(self, index: ConceptIndex, table: RequirementTable) -> None:
        self._table = table
        self._women, self._men = 1 << table.width, 2 << table.width
        self._kin_at = table.width + 2
        self._both = (self._women | self._men) >> table.width
        phrases: dict[tuple[str, ...], int] = {}
        for entry, bits in self._entries(index):
            words = tuple(plain_words(normal_form(entry)))
            phrases[words] = phrases.get(words, 0) | bits
        self._words = WordBits(phrases)
        self._from_the_start = table.free | self._words.always
        self._of_context = lru_cache(maxsize=_MOST_TEXTS_KNOWN)(self._read_context)

    def _read_context(self, context: tuple[str, ...]) -> tuple[int, tuple[str, ...]]:
        """The bits of what stands above a clause, and the words that its own first word may follow."""
        mask = 0
        before: list[str] = []
        for text in context:
            words = plain_words(text)
            if words:
                mask = self._words.of_pairs([(last, words[0]) for last in before], self._words.of(words, mask))
                before.append(words[-1])
        return mask, tuple(before)

    def possible(self, words: Sequence[str], context: tuple[str, ...] = (), *, table: bool = False) -> int:
        """The patterns, as bits, that may match a clause of these plain words under the texts of `context`, top down.

        What stands above clauses stands above many of them: it is remembered. Kin words count where both sexes may be named,
        or in a row of a `table`.
        """
        mask = self._from_the_start
        if context:
            above, before = self._of_context(context)
            mask |= above
            if words:
                mask = self._words.of_pairs([(last, words[0]) for last in before], mask)
        # As WordBits.of, without the calls: this is done for every clause, and many go no further.
        mask = reduce(or_, filter(None, map(self._words.single, words)), mask)
        mask = reduce(or_, filter(None, map(self._words.pair, pairwise(words))), mask)
        sexes = mask >> self._table.width
        if table or sexes & self._both == self._both:
            mask |= mask >> self._kin_at
        return self._table.met(mask)

    def _entries(self, index: ConceptIndex) -> Iterator[tuple[str, int]]:
        """Every phrase that a pattern asks for or that names a sex, with its bits: the table's, above them the two sexes, above
        these the table's that count only beside the other sex."""
        for phrase, bits in self._table.phrases.items():
            yield " ".join(phrase), bits
        for spec in index.specs.values():
            bits = reduce(or_, (self._table.concepts.get(concept, 0) for concept in index.family[spec.id]), 0)
            if spec.contrast:
                bits <<= self._kin_at
            if spec.sex is not None:
                bits |= self._women if spec.sex == "female" else self._men
            if bits:
                for word in (*spec.words, *((_QUANTIFIER,) if spec.id == DENIED else ())):
                    yield word, bits
