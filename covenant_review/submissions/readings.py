"""What reading one file gives: the covenant's text and what the rules say of it. Needs neither database nor site."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from covenant_review.clauses.clause import Clause, CovenantText
from covenant_review.clauses.splitting import split
from covenant_review.extraction.document import Box, ReadingWarning, UnreadableFile
from covenant_review.extraction.reading import read
from covenant_review.screening.result import ClauseScreening, Finding, NotChecked, Silenced
from covenant_review.screening.ruleset import RuleSet
from covenant_review.screening.screen import screen

STEPS = 3


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
    """A covenant's text, one screening per clause in the same order, and the rule set that gave them."""

    text: CovenantText
    screenings: tuple[ClauseScreening, ...]
    ruleset: RuleSetStamp


def read_covenant(data: bytes, ruleset: RuleSet, size_limit: int, report: Callable[[int, int], None]) -> ReadCovenant:
    """Read, split and screen the bytes of a file; `report(done, total)` tells the step.

    Raises UnreadableFile, also (no_text) when there is not one clause in it to judge.
    """
    report(0, STEPS)
    document = read(data, size_limit=size_limit)
    report(1, STEPS)
    text = split(document)
    if not any(clause.is_judged for clause in text.clauses):
        raise UnreadableFile("no_text", "nothing to judge")
    report(2, STEPS)
    return ReadCovenant(text, screen(text, ruleset), ruleset)


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
            }
            for screening in covenant.screenings
        ],
        "ruleset": [covenant.ruleset.version, covenant.ruleset.sha256],
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
        )
        for fields in values["screenings"]
    )
    if [clause.id for clause in text.clauses] != [screening.clause_id for screening in screenings]:
        raise ValueError("clauses and screenings do not belong together")
    return ReadCovenant(text, screenings, Stamp(*values["ruleset"]))


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


def _fields(item: Clause | Finding | Silenced | NotChecked) -> dict[str, Any]:
    return {name: getattr(item, name) for name in item.__dataclass_fields__}


def _clause(fields: Mapping[str, Any]) -> Clause:
    listed = {name: tuple(fields[name]) for name in ("headings", "cells", "header_row")}
    boxes = tuple(Box(int(box[0]), *box[1:]) for box in fields["boxes"])
    return Clause(**{**fields, **listed, "boxes": boxes})
