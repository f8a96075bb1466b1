"""Runs compiled rules on one reading: match, frames, exceptions, and the four states that must not be mixed up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from covenant_review.clauses.clause import Clause
from covenant_review.screening.concepts import ConceptIndex
from covenant_review.screening.explain import build_trail, why_sentence
from covenant_review.screening.frames import FrameSet, LazyFrames, pattern_occurs, silencing_frame
from covenant_review.screening.patterns import Pattern, PatternMatch
from covenant_review.screening.prefilter import AnchorIndex, Gate
from covenant_review.screening.reading import Reading, read_clause
from covenant_review.screening.result import ClauseScreening, Finding, NotChecked, Outcome, Silenced
from covenant_review.screening.rule import Rule, RuleException
from covenant_review.screening.sequences import Budget, RuleTimeout
from covenant_review.text.folding import has_lost_marks

RULE_TIME_LIMIT = 0.25
"""Seconds that one rule may take on one clause."""
_MOST_MATCHES = 12


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
        exact = [pattern.requires if pattern.spec.kind != "fuzzy" else None for _number, pattern in self._patterns]
        self._fuzzy = tuple(pattern for _number, pattern in self._patterns if pattern.spec.kind == "fuzzy")
        if filtered:
            self._anchors = AnchorIndex(index, [groups or () for groups in exact])
            self._always = any(groups == () for groups in exact)
            self._gate = Gate(index, [pattern.gates or pattern.requires for _number, pattern in self._patterns if pattern.requires])

    def _dismissed(self, clause: Clause) -> bool:
        """Whether no pattern can match, told from the text alone."""
        if self._always or has_lost_marks(clause.text):
            return False
        if self._gate.opens_for(clause.text, (clause.lead_in, *clause.headings[-1:], *clause.header_row)):
            return False
        return not any(pattern.near(clause.text) for pattern in self._fuzzy)

    def _candidates(self, reading: Reading) -> list[tuple[Rule, list[Pattern]]]:
        """The rules, with those of their patterns, that can match this reading at all."""
        present = reading.present
        numbers = self._anchors.tried_on(present) if self._filtered else range(len(self._patterns))
        found: list[tuple[Rule, list[Pattern]]] = []
        last = -1
        for number in numbers:
            of_rule, pattern = self._patterns[number]
            if not pattern.possible(present):
                continue
            if of_rule == last:
                found[-1][1].append(pattern)
            else:
                found.append((self.rules[of_rule], [pattern]))
                last = of_rule
        return found

    def read(self, clause: Clause, rows: Sequence[Reading] = ()) -> Reading:
        """The clause as the rules read it."""
        return read_clause(clause, self.index, rows)

    def screen(self, clause: Clause, rows: Sequence[Reading] = ()) -> ClauseScreening:
        """All rules on one clause."""
        if self._filtered and self._dismissed(clause):
            return ClauseScreening(clause.id)
        reading = self.read(clause, rows)
        candidates = self._candidates(reading)
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
        frame = silencing_frame(active.found, match.elements, reading.own, rule.outcome, pattern.ignored | match.ignored)
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
    )


def _without_covered(findings: list[Finding]) -> tuple[list[Finding], list[Silenced]]:
    """Where a clause shows signs of discrimination, weaker findings ("consider", "positive") are recorded, not shown."""
    if not any(finding.outcome == "violation" for finding in findings):
        return findings, []
    kept = [finding for finding in findings if finding.outcome in ("violation", "outdated")]
    reason = "Điều khoản này đã có dấu hiệu phân biệt đối xử theo quy tắc khác."
    covered = [
        Silenced(finding.rule, "engine/stronger-finding", reason, finding.start, finding.end, finding.quote)
        for finding in findings
        if finding.outcome in ("consider", "positive")
    ]
    return kept, covered
