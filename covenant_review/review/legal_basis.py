"""What a citation key stands for: document, article, and what it says, from the rule set's citation table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from covenant_review.screening.ruleset import LAW, default_rules_directory
from covenant_review.screening.schema import CitationSpec, RuleFileError, parse_spec, read_yaml


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """A citation for the screen. `known` is False when the table has no such key; only a `certain` one is established."""

    key: str
    document: str = ""
    article: str = ""
    says: str = ""
    known: bool = False
    certain: bool = False


def legal_bases(keys: Sequence[str], table: Mapping[str, LegalBasis]) -> tuple[LegalBasis, ...]:
    """The rows of the table for these keys, in their order; a key that is not there stands for itself."""
    return tuple(table.get(key) or LegalBasis(key) for key in keys)


def citation_table(directory: Path | None) -> Mapping[str, LegalBasis]:
    """The citation table of a rule directory (None: the one that ships), read again only when the file has changed.

    Empty where it cannot be read: findings then show their keys alone.
    """
    try:
        path = (directory or default_rules_directory()) / LAW
        return _read(path, path.stat().st_mtime_ns)
    except (OSError, RuleFileError):
        return {}


@lru_cache(maxsize=4)
def _read(path: Path, _changed: int) -> Mapping[str, LegalBasis]:
    rows = read_yaml(path, path.read_bytes())
    specs = [parse_spec(CitationSpec, row, path) for row in (rows if isinstance(rows, list) else [])]
    return {spec.key: LegalBasis(spec.key, spec.document, spec.article, spec.says, True, spec.certainty == "seen") for spec in specs}
