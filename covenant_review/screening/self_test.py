"""Rules prove themselves: every example of a rule is screened, and the marked span must be the one that is found."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from covenant_review.clauses.clause import Clause
from covenant_review.screening.engine import Engine
from covenant_review.screening.result import ClauseScreening
from covenant_review.screening.schema import ExampleSpec, StateSpec

if TYPE_CHECKING:
    from covenant_review.screening.concepts import ConceptIndex
    from covenant_review.screening.frames import FrameSet
    from covenant_review.screening.rule import RejectedRule, Rule
    from covenant_review.screening.ruleset import RuleSet

OPEN_MARK, CLOSE_MARK = "⟦", "⟧"


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """One example: `passed` says whether the rule did on it what the file says; a `todo` that fails is a known weakness."""

    rule: str
    kind: Literal["match", "no_match", "todo"]
    text: str
    passed: bool
    message: str

    @property
    def todo(self) -> bool:
        """Whether it is a known weakness and may fail."""
        return self.kind == "todo"


@dataclass(frozen=True, slots=True)
class SelfTestReport:
    """What `rules test` prints: examples tried, those that failed, known weaknesses, and rule files that did not load."""

    results: tuple[ExampleResult, ...]
    rejected: tuple[RejectedRule, ...]

    @property
    def failures(self) -> tuple[ExampleResult, ...]:
        """Examples that failed, known weaknesses left out."""
        return tuple(result for result in self.results if not result.passed and not result.todo)

    @property
    def open_todos(self) -> tuple[ExampleResult, ...]:
        """Known weaknesses that are still weak."""
        return tuple(result for result in self.results if result.todo and not result.passed)

    @property
    def solved_todos(self) -> tuple[ExampleResult, ...]:
        """Known weaknesses that now work: move them to `match`."""
        return tuple(result for result in self.results if result.todo and result.passed)

    @property
    def ok(self) -> bool:
        """Whether every rule file loaded and every example held."""
        return not self.failures and not self.rejected


def test_rules(rules: RuleSet | Path) -> SelfTestReport:
    """All examples of a rule set (or of the rules directory that holds it)."""
    if isinstance(rules, Path):
        from covenant_review.screening.ruleset import load_ruleset

        rules = load_ruleset(rules)
    return SelfTestReport(rules.example_results, rules.rejected)


test_rules.__test__ = False  # type: ignore[attr-defined]


def unmark(text: str) -> tuple[str, tuple[int, int] | None]:
    """The text without its marks, and the span that they enclosed."""
    start = text.find(OPEN_MARK)
    plain = text.replace(OPEN_MARK, "").replace(CLOSE_MARK, "")
    if start < 0:
        return plain, None
    return plain, (start, text.index(CLOSE_MARK) - 1)


def run_examples(rule: Rule, index: ConceptIndex, frames: FrameSet) -> tuple[ExampleResult, ...]:
    """Every example of one rule, screened with this rule alone and all frames."""
    state = StateSpec(value="on", since=rule.state.since, by=rule.state.by, why=rule.state.why)
    engine = Engine(index, frames, [replace(rule, state=state)], filtered=False)
    results = [_try_match(engine, rule, example) for example in rule.examples.match]
    results += [_try_no_match(engine, rule, example) for example in rule.examples.no_match]
    results += [_try_match(engine, rule, example, todo=True) for example in rule.examples.todo]
    return tuple(results)


def _screen(engine: Engine, example: ExampleSpec, text: str) -> ClauseScreening:
    rows = tuple(engine.read(_clause(example, unmark(row)[0])) for row in example.rows)
    return engine.screen(_clause(example, text), rows)


def _clause(example: ExampleSpec, text: str) -> Clause:
    cells = tuple(text.split(" | ")) if example.header or example.rows else ()
    return Clause(
        id="example",
        kind="table_row" if cells else "paragraph",
        label="",
        number="",
        text=text,
        lead_in=example.lead_in,
        headings=(example.heading,) if example.heading else (),
        cells=cells,
        header_row=example.header,
    )


def _as_spec(example: ExampleSpec | str) -> ExampleSpec:
    return ExampleSpec(text=example) if isinstance(example, str) else example


def _try_match(engine: Engine, rule: Rule, example: ExampleSpec | str, *, todo: bool = False) -> ExampleResult:
    spec = _as_spec(example)
    text, span = unmark(spec.text)
    screening = _screen(engine, spec, text)
    kind: Literal["match", "todo"] = "todo" if todo else "match"
    if not screening.findings:
        why = ", ".join(silenced.exception for silenced in screening.silenced)
        why += ", ".join(missed.reason for missed in screening.not_checked)
        message = f"ví dụ phải khớp mà không khớp / must match: “{text}”" + (f" (bị loại bởi: {why})" if why else "")
        return ExampleResult(rule.id, kind, spec.text, False, message)
    finding = screening.findings[0]
    if span is None and not todo:
        return ExampleResult(rule.id, kind, spec.text, False, f"ví dụ chưa đánh dấu ⟦…⟧ / no marked span: “{text}”")
    if span is not None and (finding.start, finding.end) != span:
        message = f"khớp ở “{finding.quote}” thay vì “{text[slice(*span)]}” / another span: “{text}”"
        return ExampleResult(rule.id, kind, spec.text, False, message)
    return ExampleResult(rule.id, kind, spec.text, True, "")


def _try_no_match(engine: Engine, rule: Rule, example: ExampleSpec | str) -> ExampleResult:
    spec = _as_spec(example)
    text, _span = unmark(spec.text)
    screening = _screen(engine, spec, text)
    if screening.findings:
        message = f"ví dụ không được khớp mà lại khớp ở “{screening.findings[0].quote}” / must not match: “{text}”"
        return ExampleResult(rule.id, "no_match", spec.text, False, message)
    if screening.not_checked:
        return ExampleResult(rule.id, "no_match", spec.text, False, screening.not_checked[0].reason)
    return ExampleResult(rule.id, "no_match", spec.text, True, "")
