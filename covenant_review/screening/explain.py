"""Why a rule matched, for people (a Vietnamese sentence that points at the words) and in full (the trail)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from covenant_review.screening.patterns import Pattern, PatternMatch
from covenant_review.screening.reading import Reading
from covenant_review.text.folding import fold, strip_marks

if TYPE_CHECKING:
    from covenant_review.screening.rule import Rule

_PLACES = {"lead_in": "câu dẫn", "heading": "tiêu đề", "header_row": "dòng đầu bảng"}


def why_sentence(rule: Rule, match: PatternMatch, reading: Reading) -> str:
    """The words that made the rule match, with their place where it is not the clause itself, then the rule's reason."""
    shown = []
    for element in match.elements:
        place = _PLACES.get(reading.place(element.end - 1))
        words = f"“{reading.quote(element.start, element.end)}”"
        shown.append(f"{words} (ở {place})" if place else words)
    unique = list(dict.fromkeys(shown))
    return f"Căn cứ vào các từ {', '.join(unique)}: {rule.explanation}" if unique else rule.explanation


def build_trail(pattern: Pattern, match: PatternMatch, reading: Reading, start: int, end: int, exceptions: Sequence[str]) -> dict[str, Any]:
    """original words → folded → concepts → pattern → score → exceptions tried."""
    original = reading.pieces[-1].original[start:end]
    folded = fold(original)
    words = [
        {
            "words": reading.quote(element.start, element.end),
            "concept": element.concept,
            "place": reading.place(element.end - 1),
        }
        for element in match.elements
    ]
    return {
        "original": original,
        "folded": strip_marks(folded) if reading.bare else folded,
        "words": words,
        "kind": pattern.spec.kind,
        "pattern": pattern.description,
        "score": match.score,
        "exceptions_tried": list(exceptions),
    }
