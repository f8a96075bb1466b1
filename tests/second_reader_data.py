"""Builders for tests of the second reader: weights of a few words, and rule sets with them."""

from __future__ import annotations

from pathlib import Path

from covenant_review.screening.second_reader_weights import WEIGHTS_FILE, Table, Weights
from tests.submissions_data import RULES, write_rules


def table(weights: dict[str, int], threshold: float = 0.6) -> Table:
    """A table that finds a clause unlikely unless its words say otherwise."""
    return Table(bias=-10_000, slope=4.0, offset=0.0, threshold=threshold, weights=weights)


def weights(plain: dict[str, int], bare: dict[str, int] | None = None, threshold: float = 0.6, version: str = "thu") -> Weights:
    """Weights of these words, with and without diacritics."""
    return Weights(
        version=version,
        corpus_sha256="c" * 64,
        rules_sha256="r" * 64,
        plain=table(plain, threshold),
        bare=table(bare or {}, threshold),
        fields={"w bàng": (0, 0, 0, 0, 0, 9000, 0, 0)},
    )


def rules_with_reader(
    folder: Path, words: dict[str, int], version: str = "thu", rules: dict[str, tuple[str, str, str]] | None = None
) -> Path:
    """The small rule set of the submission tests with a second reader that has learnt `words`."""
    write_rules(folder, rules or RULES)
    weights(words, version=version).save(folder / WEIGHTS_FILE)
    return folder
