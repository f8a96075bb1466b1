"""`fuzzy`: whole phrases that survive slips of OCR and lost diacritics, compared on text without marks."""

from __future__ import annotations

from collections.abc import Iterator

from rapidfuzz import fuzz

from covenant_review.screening.concepts import phrase_syllables
from covenant_review.screening.reading import Reading
from covenant_review.screening.schema import PatternSpec
from covenant_review.screening.sequences import Budget, Element
from covenant_review.text.folding import fold, strip_marks

_LEAST_OVERLAP = 0.5


class FuzzyPhrases:
    """The phrases of a pattern, ready to be compared."""

    def __init__(self, spec: PatternSpec) -> None:
        self._threshold = spec.threshold
        self._phrases = [
            (" ".join(syllables), frozenset(syllables)) for syllables in (phrase_syllables(phrase, bare=True) for phrase in spec.phrases)
        ]

    def near(self, text: str) -> bool:
        """Whether a phrase may be in the text: a quick look, before the text is read syllable by syllable."""
        bare = strip_marks(fold(text))
        return any(fuzz.partial_ratio(phrase, bare, score_cutoff=self._threshold) for phrase, _syllables in self._phrases)

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
