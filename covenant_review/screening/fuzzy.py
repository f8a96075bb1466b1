"""`fuzzy`: whole phrases that survive slips of OCR and lost diacritics, compared on text without marks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from math import ceil

from rapidfuzz import fuzz

from covenant_review.screening.concepts import phrase_syllables
from covenant_review.screening.reading import Reading
from covenant_review.screening.schema import PatternSpec
from covenant_review.screening.sequences import Budget, Element
from covenant_review.text.folding import fold, strip_marks
from covenant_review.text.syllables import split_syllables

_LEAST_OVERLAP = 0.5
_LANE = 8
"""Bits in which the words of one phrase are counted; no phrase has 127 words."""
_MOST_WORDS_KNOWN = 100_000


class OverlapCounter(dict[str, int]):
    """Counts, for many phrases at once, how many of their words a text may hold: one number with a lane for each phrase."""

    def __init__(self, patterns: Iterable[FuzzyPhrases]) -> None:
        super().__init__()
        phrases = [phrase for pattern in patterns for phrase in pattern.looked_for]
        top = 1 << (_LANE - 1)
        self._lanes: dict[str, int] = {}
        for number, (syllables, _most_missing) in enumerate(phrases):
            for syllable in syllables:
                self._lanes[syllable] = self._lanes.get(syllable, 0) + (1 << number * _LANE)
        enough = [max(0, ceil(len(syllables) - most_missing)) for syllables, most_missing in phrases]
        self._start = sum((top - least) << number * _LANE for number, least in enumerate(enough))
        self._reached = sum(top << number * _LANE for number in range(len(phrases)))

    def __missing__(self, word: str) -> int:
        if len(self) >= _MOST_WORDS_KNOWN:
            self.clear()
        lanes = self[word] = self._lanes.get(strip_marks(word), 0)
        return lanes

    def reaches(self, words: Iterable[str]) -> bool:
        """Whether these folded words may hold enough of any phrase (words that differ in their marks count as two)."""
        return bool(sum(map(self.__getitem__, frozenset(words)), self._start) & self._reached)


class FuzzyPhrases:
    """The phrases of a pattern, ready to be compared."""

    def __init__(self, spec: PatternSpec) -> None:
        self._threshold = spec.threshold
        self._phrases = [
            (" ".join(syllables), frozenset(syllables)) for syllables in (phrase_syllables(phrase, bare=True) for phrase in spec.phrases)
        ]
        # Words with figures in them are parted in other ways by the quick look: it takes them as present.
        # Per phrase: the other words, and how many of these may be missing.
        self.looked_for = [
            (frozenset(syllable for syllable in syllables if syllable.isalpha()), (1 - _LEAST_OVERLAP) * len(syllables))
            for _phrase, syllables in self._phrases
        ]

    def near(self, words: Set[str], text: str) -> bool:
        """Whether a phrase is in a text, told before the text is read; `words` are its words without marks or figures."""
        bare: str | None = None
        for (syllables, most_missing), (phrase, _syllables) in zip(self.looked_for, self._phrases, strict=True):
            if len(syllables - words) > most_missing:
                continue
            if bare is None:
                bare = " ".join(split_syllables(strip_marks(fold(text))).words)
            if fuzz.partial_ratio(phrase, bare, score_cutoff=self._threshold):
                return True
        return False

    def find(self, reading: Reading, budget: Budget) -> Iterator[tuple[tuple[Element, ...], int]]:
        """Each phrase's best place in the clause's own words, with its score (threshold to 100)."""
        words = [strip_marks(word) for word in reading.words[reading.own :]]
        if not words:
            return
        present = frozenset(words)
        text = " ".join(words)
        for phrase, syllables in self._phrases:
            budget.spend()
            if len(syllables & present) < _LEAST_OVERLAP * len(syllables) or len(text) < len(phrase) // 2:
                continue
            alignment = fuzz.partial_ratio_alignment(phrase, text, score_cutoff=self._threshold)
            if alignment is None or alignment.score < self._threshold:
                continue
            first = text.count(" ", 0, alignment.dest_start + 1)
            last = text.count(" ", 0, max(alignment.dest_end - 1, 0)) + 1
            if first < last:
                yield (Element(reading.own + first, reading.own + last, None),), int(alignment.score)
