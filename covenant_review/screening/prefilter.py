"""Which patterns can match a clause at all: one RE2 set over the folded text tells which concepts occur in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

import re2

from covenant_review.screening.concepts import ConceptIndex, phrase_syllables
from covenant_review.text.folding import fold

# RE2's \b and \w know ASCII only; the text is brought to syllables parted by single spaces instead, so that literals do.
_BETWEEN_SYLLABLES = re.compile(r"[\W_]+")
_MEMORY = 256 << 20

Group = frozenset[str]


class Prefilter:
    """Groups of concepts as bits. A pattern's requirement is a mask; it can match only where all its bits are present."""

    def __init__(self, index: ConceptIndex, requirements: Iterable[Sequence[Group]]) -> None:
        self._bits: dict[Group, int] = {}
        for groups in requirements:
            for group in groups:
                self._bits.setdefault(group, len(self._bits))
        options = re2.Options()
        options.max_mem = _MEMORY
        options.log_errors = False
        self._set = re2.Set.SearchSet(options)
        for group in self._bits:
            words = sorted({word for concept in group for word in index.words_of(concept)})
            phrases = (" ".join(phrase_syllables(word)) for word in words)
            self._set.Add(f" (?:{'|'.join(re2.escape(phrase) for phrase in phrases)}) ")
        if self._bits:
            self._set.Compile()
        self._everything = (1 << len(self._bits)) - 1
        self._of_context = lru_cache(maxsize=4096)(self._of_text)

    def mask(self, groups: Sequence[Group]) -> int:
        """The bits that a pattern needs."""
        result = 0
        for group in groups:
            result |= 1 << self._bits[group]
        return result

    @property
    def everything(self) -> int:
        """All bits: for text that the filter cannot judge (without diacritics)."""
        return self._everything

    def _of_text(self, text: str) -> int:
        result = 0
        if text and self._bits:
            for position in self._set.Match(f" {_BETWEEN_SYLLABLES.sub(' ', fold(text))} ") or ():
                result |= 1 << position
        return result

    def present(self, text: str, context: Iterable[str]) -> int:
        """The bits of the concepts that occur in a clause or above it; texts above are remembered."""
        result = self._of_text(text)
        for piece in context:
            result |= self._of_context(piece)
        return result
