"""Runs compiled rules on one reading: match, frames, exceptions, and the four states that must not be mixed up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from covenant_review.clauses.clause import Clause
from covenant_review.screening.concepts import ConceptIndex
from covenant_review.screening.explain import build_trail, why_sentence
from covenant_review.screening.frames import FrameSet, LazyFrames, pattern_occurs, silencing_frame
from covenant_review.screening.fuzzy import OverlapCounter
from covenant_review.screening.patterns import Pattern, PatternMatch
from covenant_review.screening.prefilter import RequirementTable, SurfaceIndex, bare_words, numbers_in, plain_words
from covenant_review.screening.reading import Reading, read_clause
from covenant_review.screening.result import ClauseScreening, Finding, NotChecked, Outcome, Silenced
from covenant_review.screening.rule import Rule, RuleException
from covenant_review.screening.sequences import Budget, RuleTimeout
from covenant_review.text.folding import has_lost_marks

RULE_TIME_LIMIT = 0.25
"""Seconds that one rule may take on one clause."""
_MOST_MATCHES = 12
_MOST_KNOWN, _LONGEST_KNOWN = 4096, 2000
"""So many clauses, of so many letters, are remembered with their findings: covenants of one commune repeat each other."""


@dataclass(frozen=True, slots=True)
class _Taken:
    """Why a match does not count."""

    exception: str
    reason: str


class Engine:
    """Concepts, frames and rules, compiled once; `rules` are those that run."""

    def __init__(self, index: ConceptIndex, frames: FrameSet, rules: Sequence[Rule], *, filtered: bool = True) -> None:
        """`filtered=False` runs every rule on every clause: for the few examples of a rule, a filter costs more than it saves."""
        self.index = index
        self.frames = frames
        self.rules = tuple(rules)
        self._filtered = filtered
        self._patterns = [(number, pattern) for number, rule in enumerate(self.rules) for pattern in rule.patterns]
        self._fuzzy = [(1 << place, pattern) for place, (_number, pattern) in enumerate(self._patterns) if pattern.spec.kind == "fuzzy"]
        self._exact = sum(1 << place for place in range(len(self._patterns))) & ~sum(bit for bit, _pattern in self._fuzzy)
        if filtered:
            self._table = RequirementTable([pattern.gates or pattern.requires for _number, pattern in self._patterns])
            self._surface = SurfaceIndex(index, self._table)
            self._overlap = OverlapCounter(pattern.fuzzy for _bit, pattern in self._fuzzy if pattern.fuzzy is not None)
        self._known: dict[tuple[object, ...], ClauseScreening] = {}

    def possible(self, clause: Clause) -> int:
        """The patterns that may match, as bits (bit i is pattern i of all rules' patterns in a row), told from the words alone.

        For a clause without other rows of a table beside it, and an engine that filters. Patterns that cannot match may be
        among them; none that can is missing.
        """
        if has_lost_marks(clause.text):
            return self._exact | sum(bit for bit, _pattern in self._fuzzy)
        words = plain_words(clause.text)
        above = clause.headings or clause.lead_in or clause.header_row
        context = tuple(filter(None, (*clause.headings[-1:], clause.lead_in, *clause.header_row))) if above else ()
        found = self._surface.possible(words, context, table=bool(clause.cells))
        if not self._fuzzy:
            return found
        found &= self._exact
        if self._overlap.reaches(words):
            bare = bare_words(words)
            for bit, pattern in self._fuzzy:
                # A clause that will be read anyway is not looked at twice.
                if found or pattern.near(bare, clause.text):
                    found |= bit
        return found

    def _candidates(self, reading: Reading, possible: int | None) -> list[tuple[Rule, list[Pattern]]]:
        """The rules, with those of their patterns, that can match this reading at all.

        `possible` is what the filter says; None where it was not asked, as for the rows of a table.
        """
        found: list[tuple[Rule, list[Pattern]]] = []
        last = -1
        for number in self._numbers(reading, possible):
            of_rule, pattern = self._patterns[number]
            if of_rule == last:
                found[-1][1].append(pattern)
            else:
                found.append((self.rules[of_rule], [pattern]))
                last = of_rule
        return found

    def _numbers(self, reading: Reading, possible: int | None) -> Iterable[int]:
        if possible is not None:
            return numbers_in(possible & self._table.possible(reading.by_concept, reading.words))
        present = reading.present
        return (number for number, (_rule, pattern) in enumerate(self._patterns) if pattern.possible(present))

    def read(self, clause: Clause, rows: Sequence[Reading] = ()) -> Reading:
        """The clause as the rules read it."""
        return read_clause(clause, self.index, rows)

    def screen(self, clause: Clause, rows: Sequence[Reading] = ()) -> ClauseScreening:
        """All rules on one clause. What was found in the same words under the same words before is not looked for again."""
        if not self._filtered or rows:
            return self._screen(clause, rows, None)
        possible = self.possible(clause)
        if not possible:
            return ClauseScreening(clause.id)
        words = (clause.text, clause.lead_in, clause.headings[-1:], clause.header_row, clause.cells)
        known = self._known.get(words)
        if known is None:
            known = self._screen(clause, (), possible)
            if not known.not_checked and len(clause.text) <= _LONGEST_KNOWN:
                if len(self._known) >= _MOST_KNOWN:
                    self._known.clear()
                self._known[words] = known
        return known if known.clause_id == clause.id else replace(known, clause_id=clause.id)

    def _screen(self, clause: Clause, rows: Sequence[Reading], possible: int | None) -> ClauseScreening:
        reading = self.read(clause, rows)
        candidates = self._candidates(reading, possible)
        if not candidates:
            return ClauseScreening(clause.id)
        active = LazyFrames(self.frames, reading)
        findings: list[Finding] = []
        silenced: list[Silenced] = []
        not_checked: list[NotChecked] = []
        for rule, patterns in candidates:
            try:
                finding, taken = self._run(rule, patterns, reading, active)
            except RuleTimeout:
                not_checked.append(NotChecked(rule.id, "quá thời gian cho phép"))
                continue
            except Exception as error:  # a broken rule must not hide the others
                not_checked.append(NotChecked(rule.id, f"quy tắc gặp lỗi ({type(error).__name__})"))
                continue
            if finding is not None:
                findings.append(finding)
            elif taken is not None:
                silenced.append(taken)
        kept, covered = _without_covered(findings)
        return ClauseScreening(clause.id, tuple(kept), (*silenced, *covered), tuple(not_checked))

    def _run(self, rule: Rule, patterns: Sequence[Pattern], reading: Reading, active: LazyFrames) -> tuple[Finding | None, Silenced | None]:
        budget = Budget(RULE_TIME_LIMIT)
        first_taken: Silenced | None = None
        for pattern in patterns:
            if pattern.spec.under == "prohibition" and not any(frame.above and frame.spec.kind == "prohibition" for frame in active.found):
                continue
            for number, match in enumerate(pattern.find(reading, budget)):
                taken = self._taken_back(rule, pattern, match, reading, active)
                if taken is None:
                    return _finding(rule, pattern, match, reading), None
                if first_taken is None:
                    start, end = own_span(match, reading)
                    quote = reading.pieces[-1].original[start:end]
                    first_taken = Silenced(rule.id, taken.exception, taken.reason, start, end, quote)
                if number >= _MOST_MATCHES:
                    break
        return None, first_taken

    @staticmethod
    def _taken_back(rule: Rule, pattern: Pattern, match: PatternMatch, reading: Reading, active: LazyFrames) -> _Taken | None:
        frame = silencing_frame(active.found, match.elements, reading.own, rule.weight, pattern.ignored | match.ignored)
        if frame is not None:
            return _Taken(f"context/{frame.spec.id}", frame.spec.reason)
        for exception in rule.exceptions:
            if _applies(exception, reading):
                return _Taken(exception.spec.id, exception.spec.reason)
        return None


def _applies(exception: RuleException, reading: Reading) -> bool:
    if any(pattern_occurs(nodes, reading) for nodes in exception.unless):
        return False
    for nodes in exception.patterns:
        elements = pattern_occurs(nodes, reading)
        if elements is None:
            continue
        above = bool(elements) and elements[0].start < reading.own
        if exception.spec.where == "any" or (exception.spec.where == "context") == above:
            return True
    return False


def own_span(match: PatternMatch, reading: Reading) -> tuple[int, int]:
    """The offsets, in the clause's text, of the matched words that stand in it."""
    mine = [element for element in match.elements if element.end > reading.own]
    first = max(mine[0].start, reading.own)
    return reading.spans[first][1], reading.spans[max(element.end for element in mine) - 1][2]


def _finding(rule: Rule, pattern: Pattern, match: PatternMatch, reading: Reading) -> Finding:
    start, end = own_span(match, reading)
    outcome: Outcome = rule.outcome
    if rule.state.value == "trial" and outcome == "violation":
        outcome = "consider"
    exceptions = [exception.spec.id for exception in rule.exceptions]
    trail: Mapping[str, Any] = build_trail(pattern, match, reading, start, end, exceptions)
    return Finding(
        rule=rule.id,
        outcome=outcome,
        severity=rule.severity,
        field=rule.field,
        start=start,
        end=end,
        quote=reading.pieces[-1].original[start:end],
        title_vi=rule.title_vi,
        title_en=rule.title_en,
        why=why_sentence(rule, match, reading),
        law=rule.law,
        suggestion=rule.suggestion,
        score=match.score,
        trail=trail,
        broad=rule.broad,
    )


def _without_covered(findings: list[Finding]) -> tuple[list[Finding], list[Silenced]]:
    """Where a clause shows signs of discrimination, weaker findings (broad, "consider", "positive") are recorded, not shown."""
    if not any(finding.outcome == "violation" and not finding.broad for finding in findings):
        return findings, []
    weaker = [finding for finding in findings if finding.broad or finding.outcome in ("consider", "positive")]
    kept = [finding for finding in findings if finding not in weaker]
    reason = "Điều khoản này đã có dấu hiệu phân biệt đối xử theo quy tắc khác."
    covered = [Silenced(finding.rule, "engine/stronger-finding", reason, finding.start, finding.end, finding.quote) for finding in weaker]
    return kept, covered
