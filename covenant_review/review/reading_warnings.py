"""What reading warned of, in words, for the two persons who must know before they decide and sign."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from covenant_review.submissions.models import Submission


@dataclass(frozen=True, slots=True)
class ShownWarning:
    """A warning as a sentence, and the pages that it concerns (empty: the whole file)."""

    text: str
    pages: tuple[int, ...]


def shown_warnings(submission: Submission, words: Mapping[str, object]) -> list[ShownWarning]:
    """The warnings of a submission, each kind once, in `words` by code; a kind without words shows its code."""
    pages: dict[str, set[int]] = {}
    for warning in submission.warnings:
        code = str(warning.get("code", ""))
        concerned = pages.setdefault(code, set())
        if isinstance(warning.get("page"), int):
            concerned.add(warning["page"])
    return [ShownWarning(str(words.get(code, code)), tuple(sorted(of))) for code, of in pages.items()]
