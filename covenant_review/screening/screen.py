"""A covenant against the rule set: one ClauseScreening per clause, in the order of the covenant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from covenant_review.clauses.clause import Clause, CovenantText
from covenant_review.screening.engine import Engine
from covenant_review.screening.reading import Reading
from covenant_review.screening.result import ClauseScreening, Finding
from covenant_review.screening.ruleset import RuleSet

_LEAST_WORDS_OF_A_PROVISION = 6
"""A shorter heading ("Sổ đinh, sổ điền") names a subject; it lays nothing down."""


def screen(covenant: CovenantText, ruleset: RuleSet) -> tuple[ClauseScreening, ...]:
    """What the rules say of every clause, one result per clause, in order.

    Only judged kinds carry findings. A heading that lays something down and whose own words match is reported on the first
    clause beneath it, since a heading is never decided on; with no clause beneath, on the heading itself, so that it is not
    lost.
    """
    engine = ruleset.engine
    heads = header_rows(covenant.clauses)
    rows = _rows_by_table([clause for clause in covenant.clauses if clause.id not in heads], engine)
    results = []
    for clause in covenant.clauses:
        if clause.is_judged and clause.id not in heads:
            results.append(engine.screen(clause, rows.get(clause.id, ())))
        else:
            results.append(ClauseScreening(clause.id))
    return _with_headings(covenant.clauses, results, engine)


def header_rows(clauses: Sequence[Clause]) -> frozenset[str]:
    """The ids of rows that only name the columns of the rows beneath: they lay nothing down, and are judged with each of those."""
    named: dict[int | None, tuple[str, ...]] = {}
    found = []
    for clause in reversed(clauses):
        if clause.kind != "table_row" or not clause.cells:
            continue
        heads = clause.header_row or named.get(clause.table, ())
        if heads and all(any(cell in head for head in heads) for cell in clause.cells if cell):
            found.append(clause.id)
        elif clause.header_row:
            named[clause.table] = clause.header_row
    return frozenset(found)


def screen_clause(clause: Clause, ruleset: RuleSet, rows: Sequence[Clause] = ()) -> ClauseScreening:
    """One clause alone, with its lead-in, headings and header row; `rows` are the other rows of its table, nearest first."""
    engine = ruleset.engine
    return engine.screen(clause, tuple(engine.read(row) for row in rows))


def _rows_by_table(clauses: Sequence[Clause], engine: Engine) -> dict[str, tuple[Reading, ...]]:
    tables: dict[int | None, list[Clause]] = {}
    for clause in clauses:
        if clause.kind == "table_row" and clause.table is not None:
            tables.setdefault(clause.table, []).append(clause)
    result: dict[str, tuple[Reading, ...]] = {}
    for rows in tables.values():
        readings = [engine.read(row) for row in rows]
        for position, row in enumerate(rows):
            others = sorted((abs(other - position), other) for other in range(len(rows)) if other != position)
            result[row.id] = tuple(readings[other] for _distance, other in others)
    return result


def _with_headings(clauses: Sequence[Clause], results: list[ClauseScreening], engine: Engine) -> tuple[ClauseScreening, ...]:
    children: dict[str, list[int]] = {}
    for position, clause in enumerate(clauses):
        if clause.parent is not None and clause.is_judged:
            children.setdefault(clause.parent, []).append(position)
    for position, clause in enumerate(clauses):
        if clause.kind != "heading":
            continue
        own = engine.screen(replace(clause, headings=clause.headings[:-1]))
        violations = tuple(finding for finding in own.findings if finding.outcome == "violation" and not finding.broad)
        if not violations or len(clause.text.split()) < _LEAST_WORDS_OF_A_PROVISION:
            continue
        target = children.get(clause.id, [position])[0]
        results[target] = _carry_down(results[target], violations, clauses[target], clause)
    return tuple(results)


def _carry_down(result: ClauseScreening, findings: Sequence[Finding], clause: Clause, heading: Clause) -> ClauseScreening:
    if clause.id == heading.id:
        return replace(result, findings=tuple(findings))
    known = {finding.rule for finding in result.findings}
    carried = tuple(
        replace(finding, start=0, end=len(clause.text), quote=clause.text, trail={**finding.trail, "place": "heading"})
        for finding in findings
        if finding.rule not in known
    )
    return replace(result, findings=(*result.findings, *carried))
