"""What reading one file gives: the covenant's text and what the rules say of it. Needs neither database nor site."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from covenant_review.clauses.clause import Clause, CovenantText
from covenant_review.clauses.facts import Fact, facts_of
from covenant_review.clauses.splitting import split
from covenant_review.extraction.document import Box, ReadingWarning, UnreadableFile
from covenant_review.extraction.reading import read
from covenant_review.screening.result import ClauseScreening, Finding, NotChecked, Silenced
from covenant_review.screening.ruleset import RuleSet
from covenant_review.screening.second_reader_use import SWITCHED_OFF, SecondReaderInUse, SecondReaderStamp, screen_by_both

STEPS = 3
# The longest covenants known have some 60,000 letters and 400 clauses.
MOST_LETTERS = 2_000_000
MOST_CLAUSES = 5_000


class RuleSetStamp(Protocol):
    """Which rule set screened a text."""

    @property
    def version(self) -> str:
        """Its version."""
        ...

    @property
    def sha256(self) -> str:
        """The digest of its files."""
        ...


@dataclass(frozen=True, slots=True)
class Stamp:
    """Version and digest of a rule set, without the rules."""

    version: str
    sha256: str


@dataclass(frozen=True, slots=True)
class ReadCovenant:
    """A covenant's text, one screening per clause in the same order, and the rule set and second reader that gave them."""

    text: CovenantText
    screenings: tuple[ClauseScreening, ...]
    ruleset: RuleSetStamp
    second_reader: SecondReaderStamp = SWITCHED_OFF.stamp
    facts: tuple[Fact, ...] = ()


def read_covenant(
    data: bytes,
    ruleset: RuleSet,
    size_limit: int,
    report: Callable[..., None],
    second_reader: SecondReaderInUse = SWITCHED_OFF,
) -> ReadCovenant:
    """Read, split and screen the bytes of a file by the rules and the second reader; `report(done, total)` tells the step,
    `report(done, total, page, pages)` also the page within it.

    Raises UnreadableFile, also no_text when there is not one clause in it to judge, and too_long when there are more than
    any covenant has: screening, storing and showing them would keep everybody else waiting.
    """
    report(0, STEPS)
    document = read(data, size_limit=size_limit, progress=lambda page, pages: report(0, STEPS, page, pages))
    report(1, STEPS)
    _is_no_longer_than_a_covenant("letters", sum(len(block.text) for block in document.blocks), MOST_LETTERS)
    text = split(document)
    _is_no_longer_than_a_covenant("clauses", len(text.clauses), MOST_CLAUSES)
    if not any(clause.is_judged for clause in text.clauses):
        raise UnreadableFile("no_text", "nothing to judge")
    report(2, STEPS)
    return ReadCovenant(text, screen_by_both(text, ruleset, second_reader), ruleset, second_reader.stamp, facts_of(text).found())


def _is_no_longer_than_a_covenant(what: str, count: int, most: int) -> None:
    if count > most:
        raise UnreadableFile("too_long", f"{count} {what}")


def to_plain(covenant: ReadCovenant) -> dict[str, Any]:
    """As values that JSON knows."""
    return {
        "title": covenant.text.title,
        "pages": covenant.text.pages,
        "status": covenant.text.status,
        "warnings": [[warning.code, warning.page, warning.detail] for warning in covenant.text.warnings],
        "clauses": [_fields(clause) | {"boxes": [box_values(box) for box in clause.boxes]} for clause in covenant.text.clauses],
        "screenings": [
            {
                "clause_id": screening.clause_id,
                "findings": [_fields(finding) | {"trail": plain(finding.trail)} for finding in screening.findings],
                "silenced": [_fields(hit) for hit in screening.silenced],
                "not_checked": [_fields(rule) for rule in screening.not_checked],
                "probability": screening.probability,
            }
            for screening in covenant.screenings
        ],
        "ruleset": [covenant.ruleset.version, covenant.ruleset.sha256],
        "second_reader": _fields(covenant.second_reader),
        "facts": [_fields(fact) for fact in covenant.facts],
    }


def from_plain(values: Mapping[str, Any]) -> ReadCovenant:
    """Back from `to_plain`. Raises KeyError, TypeError or ValueError for anything else."""
    text = CovenantText(
        title=values["title"],
        clauses=tuple(_clause(fields) for fields in values["clauses"]),
        pages=values["pages"],
        status=values["status"],
        warnings=tuple(ReadingWarning(*warning) for warning in values["warnings"]),
    )
    screenings = tuple(
        ClauseScreening(
            fields["clause_id"],
            tuple(Finding(**{**finding, "law": tuple(finding["law"])}) for finding in fields["findings"]),
            tuple(Silenced(**hit) for hit in fields["silenced"]),
            tuple(NotChecked(**rule) for rule in fields["not_checked"]),
            fields["probability"],
        )
        for fields in values["screenings"]
    )
    if [clause.id for clause in text.clauses] != [screening.clause_id for screening in screenings]:
        raise ValueError("clauses and screenings do not belong together")
    facts = tuple(Fact(**fact) for fact in values["facts"])
    return ReadCovenant(text, screenings, Stamp(*values["ruleset"]), SecondReaderStamp(**values["second_reader"]), facts)


def plain(value: Any) -> Any:
    """A trail as dicts, lists and values that JSON knows."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted(plain(item) for item in value)
    return value if value is None or isinstance(value, (str, int, float, bool)) else str(value)


def box_values(box: Box) -> list[float]:
    """[page, x0, y0, x1, y1]: page from 1, points from the top-left corner, rounded to tenths."""
    return [box.page, *(round(value, 1) for value in (box.x0, box.y0, box.x1, box.y1))]


def _fields(item: Clause | Finding | Silenced | NotChecked | SecondReaderStamp | Fact) -> dict[str, Any]:
    return {name: getattr(item, name) for name in item.__dataclass_fields__}


def _clause(fields: Mapping[str, Any]) -> Clause:
    listed = {name: tuple(fields[name]) for name in ("headings", "cells", "header_row")}
    boxes = tuple(Box(int(box[0]), *box[1:]) for box in fields["boxes"])
    return Clause(**{**fields, **listed, "boxes": boxes})
