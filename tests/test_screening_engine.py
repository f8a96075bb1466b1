"""The engine: four states kept apart, frames and exceptions recorded, a failing rule never "no match", spans exact."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from covenant_review.clauses.clause import Clause, ClauseKind, CovenantText
from covenant_review.screening.engine import Engine
from covenant_review.screening.patterns import Pattern, PatternMatch
from covenant_review.screening.reading import Reading
from covenant_review.screening.ruleset import RuleSet, default_rules_directory, load_ruleset
from covenant_review.screening.screen import screen, screen_clause
from covenant_review.screening.sequences import Budget, RuleTimeout

SMALL = Path(__file__).parent / "data" / "screening" / "small-rules"
DATA = Path(__file__).parent / "data" / "screening"


@pytest.fixture(scope="module")
def small() -> RuleSet:
    return load_ruleset(SMALL)


@pytest.fixture(scope="module")
def real() -> RuleSet:
    return load_ruleset(default_rules_directory())


def clause(text: str, *, kind: ClauseKind = "point", lead_in: str = "", heading: str = "", id: str = "c1") -> Clause:
    return Clause(id, kind, "", "", text, lead_in=lead_in, headings=(heading,) if heading else ())


def test_a_finding_points_at_the_words_and_tells_its_trail(small: RuleSet) -> None:
    text = "Làng họp bàn: ĐÀN BÀ không được vào hậu cung trong ba ngày hội."
    (finding,) = screen_clause(clause(text), small).findings
    assert text[finding.start : finding.end] == finding.quote == "ĐÀN BÀ không được vào hậu cung"
    assert "“ĐÀN BÀ”" in finding.why and "vi phạm" not in finding.why
    assert finding.trail["folded"] == "đàn bà không được vào hậu cung"
    assert {word["concept"] for word in finding.trail["words"]} == {"nu", "le", "bi-loai"}
    assert finding.trail["exceptions_tried"] == ["dang-sua"]
    assert finding.score == 100


@pytest.mark.parametrize(
    ("item", "by"),
    [
        (clause("Đàn bà không được vào hậu cung;", lead_in="Nghiêm cấm các hành vi sau:"), "context/cam"),
        (clause("Bãi bỏ lệ đàn bà không được vào hậu cung."), "context/nay-bo"),
        (clause("Đàn bà không được vào hậu cung, mọi nhà như nhau."), "context/nhu-nhau"),
        (clause("Đàn bà không được vào hậu cung đang sửa."), "dang-sua"),
    ],
)
def test_a_silenced_hit_names_what_silenced_it(small: RuleSet, item: Clause, by: str) -> None:
    result = screen_clause(item, small)
    assert result.state == "silenced"
    assert [(silenced.exception, bool(silenced.reason)) for silenced in result.silenced] == [(by, True)]
    assert item.text[result.silenced[0].start : result.silenced[0].end] == result.silenced[0].quote


def test_a_hit_in_the_lead_in_is_reported_on_the_item_that_it_makes_harmful(small: RuleSet) -> None:
    item = clause("Đàn bà, con gái;", lead_in="Những người sau không được dự tế:")
    (finding,) = screen_clause(item, small).findings
    assert finding.quote == "Đàn bà"
    assert "ở câu dẫn" in finding.why
    assert {word["place"] for word in finding.trail["words"]} == {"text", "lead_in"}


def test_what_stands_in_the_lead_in_alone_is_not_the_fault_of_every_item(small: RuleSet) -> None:
    item = clause("Ngày hội mở ba hôm;", lead_in="Đàn bà không được vào hậu cung, ngoài ra:")
    assert screen_clause(item, small).state == "unmatched"


class _Raising(Pattern):
    def find(self, reading: Reading, budget: Budget) -> Iterator[PatternMatch]:
        raise ZeroDivisionError


class _Slow(Pattern):
    def find(self, reading: Reading, budget: Budget) -> Iterator[PatternMatch]:
        raise RuleTimeout


@pytest.mark.parametrize("broken", [_Raising, _Slow])
def test_a_rule_that_fails_is_not_checked_and_hides_no_other(small: RuleSet, broken: type[Pattern]) -> None:
    good = small.rules[0]
    pattern = good.patterns[0]
    bad = replace(good, id="culture/hong", patterns=(broken(pattern.spec, pattern.description, frozenset(), pattern.requires),))
    engine = Engine(small.engine.index, small.engine.frames, [bad, good])
    result = engine.screen(clause("Đàn bà không được vào hậu cung."))
    assert [missed.rule for missed in result.not_checked] == ["culture/hong"]
    assert [finding.rule for finding in result.findings] == [good.id]
    alone = Engine(small.engine.index, small.engine.frames, [bad]).screen(clause("Đàn bà không được vào hậu cung."))
    assert alone.state == "not_checked"


def test_the_time_limit_stops_a_rule(small: RuleSet) -> None:
    with pytest.raises(RuleTimeout):
        budget = Budget(-1.0)
        for _step in range(1000):
            budget.spend()


def test_a_trial_rule_never_goes_past_consider(small: RuleSet) -> None:
    (finding,) = screen_clause(clause("Con trai hai phần, con gái một phần."), small).findings
    assert (finding.rule, finding.outcome) == ("politics/hai-muc", "consider")


def test_a_broad_rule_stands_back_where_another_says_more(real: RuleSet) -> None:
    (alone,) = screen_clause(clause("Sổ quỹ họ giao cho mấy bà trông."), real).findings
    assert (alone.rule, alone.outcome, alone.broad) == ("family/chi-neu-mot-gioi", "violation", True)
    result = screen_clause(clause("Đàn bà không được vào hậu cung."), real)
    assert result.findings and not any(finding.broad for finding in result.findings)
    assert ("family/chi-neu-mot-gioi", "engine/stronger-finding") in {(one.rule, one.exception) for one in result.silenced}


def test_one_result_per_clause_in_order_and_none_on_headings(small: RuleSet) -> None:
    covenant = CovenantText(
        "Hương ước",
        (
            clause("HƯƠNG ƯỚC", kind="title", id="a"),
            clause("Lễ hội", kind="heading", id="b"),
            replace(clause("Đàn bà không được vào hậu cung.", kind="clause", id="c"), parent="b"),
            clause("TRƯỞNG THÔN", kind="signature", id="d"),
        ),
    )
    results = screen(covenant, small)
    assert [result.clause_id for result in results] == ["a", "b", "c", "d"]
    assert [len(result.findings) for result in results] == [0, 0, 1, 0]


def test_a_heading_that_discriminates_is_carried_to_the_clauses_beneath(small: RuleSet) -> None:
    heading = clause("Đàn bà không được vào hậu cung", kind="heading", id="h")
    child = replace(clause("Ai trái thì nhắc nhở.", kind="clause", id="x", heading=heading.text), parent="h")
    over, under = screen(CovenantText("", (heading, child)), small)
    assert not over.findings
    assert [(finding.quote, finding.trail["place"]) for finding in under.findings] == [("Ai trái thì nhắc nhở.", "heading")]
    (lonely,) = screen(CovenantText("", (heading,)), small)
    assert lonely.findings, "with no clause beneath, it must not be lost"


def test_the_filter_never_loses_a_finding(real: RuleSet) -> None:
    everything = Engine(real.engine.index, real.engine.frames, real.engine.rules, filtered=False)
    lines = [line for name in ("discriminating.txt", "harmless-prose.txt") for line in (DATA / name).read_text("utf-8").splitlines()]
    for line in lines:
        item = clause(line, lead_in="Làng quy định:")
        assert real.engine.screen(item) == everything.screen(item), line


def test_text_without_diacritics_and_capitals_are_read_too(real: RuleSet) -> None:
    for text in ("DAN BA CON GAI KHONG DUOC VAO HAU CUNG, KHONG DUOC DU TE", "ĐÀN BÀ CON GÁI KHÔNG ĐƯỢC VÀO HẬU CUNG."):
        result = screen_clause(clause(text), real)
        assert result.findings, text
        assert all(text[finding.start : finding.end] == finding.quote for finding in result.findings)
