"""What becomes of a rule's violation when the second reader reads the clause too: it may only be lowered, never made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from covenant_review.screening.result import ClauseScreening, Finding
from covenant_review.screening.second_reader_explaining import why_agreed, why_doubted


@dataclass(frozen=True, slots=True)
class Doubt:
    """The least probabilities, 0 to 1, at which a rule's violation stands: that of a usual rule, and that of a broad one.

    A broad rule tells from little (one sex is named alone), so it needs more (docs/decisions/008-broad-rules.md).
    """

    below: float
    broad_below: float

    def least(self, *, broad: bool) -> float:
        """The least probability at which a violation by a broad or by a usual rule stands."""
        return self.broad_below if broad else self.below


@dataclass(frozen=True, slots=True)
class SecondOpinion:
    """What the second reader says of a clause: `words` are those that weighed most, as they stand in a sentence (vi, en)."""

    probability: float
    stamp: Mapping[str, str]
    words: tuple[str, str] = ("", "")


def weighed_again(screening: ClauseScreening, opinion: SecondOpinion, doubt: Doubt) -> ClauseScreening:
    """The screening with each violation that the opinion falls short of as "consider", saying why; none is dropped or added.

    A broad rule's violation that stands says that the second reader agreed, and by which words.
    """
    return replace(screening, findings=tuple(_again(finding, opinion, doubt) for finding in screening.findings))


def needs_words(findings: Sequence[Finding]) -> bool:
    """Whether one of the findings explains itself by the words that weighed with the second reader."""
    return any(finding.broad and finding.outcome == "violation" for finding in findings)


def _again(finding: Finding, opinion: SecondOpinion, doubt: Doubt) -> Finding:
    if finding.outcome != "violation":
        return finding
    least = doubt.least(broad=finding.broad)
    doubted = opinion.probability < least
    if not doubted and not finding.broad:
        return finding
    why_vi, why_en = why_doubted(opinion.probability, least) if doubted else why_agreed(opinion.probability, opinion.words)
    note: dict[str, Any] = {
        **opinion.stamp,
        "probability": round(opinion.probability, 4),
        "doubts_below": least,
        "outcome_of_rule": "violation",
        "why": why_vi,
        "why_en": why_en,
    }
    return replace(
        finding,
        outcome="consider" if doubted else "violation",
        why=f"{finding.why} {why_vi}",
        trail={**finding.trail, "second_reader": note},
    )
