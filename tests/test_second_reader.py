"""The second reader: it only ever says "consider", names its words, refuses changed weights, and can be switched off."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from covenant_review.clauses.clause import Clause, CovenantText
from covenant_review.screening.engine import Engine
from covenant_review.screening.reading import Reading
from covenant_review.screening.result import ClauseScreening, Finding
from covenant_review.screening.ruleset import RuleSet, default_rules_directory, load_ruleset
from covenant_review.screening.second_reader import RULE_ID, SecondReader, probabilities, with_second_reader
from covenant_review.screening.second_reader_doubt import Doubt
from covenant_review.screening.second_reader_weights import (
    FIELDS,
    WEIGHTS_FILE,
    SecondReaderError,
    load_weights,
)
from tests.second_reader_data import weights


@pytest.fixture(scope="module")
def ruleset() -> RuleSet:
    return load_ruleset(default_rules_directory())


SPEAKING = {"w bàng": 60_000, "w xoan": 20_000, "w tre": -90_000}


def paragraph(text: str, identity: str = "c1", lead_in: str = "") -> Clause:
    return Clause(id=identity, kind="paragraph", label="Khoản 1", number="", text=text, lead_in=lead_in)


def judge(ruleset: RuleSet, plain: dict[str, int], clause: Clause, screening: ClauseScreening | None = None) -> Finding | None:
    reader = SecondReader(weights(plain), ruleset.engine)
    return reader.judge(clause, screening or ClauseScreening(clause.id))


def test_what_it_raises_is_to_be_considered_and_never_a_violation(ruleset: RuleSet) -> None:
    finding = judge(ruleset, {"w bàng": 900_000}, paragraph("Cây bàng ở sân."))
    assert finding is not None
    assert (finding.rule, finding.outcome) == (RULE_ID, "consider")
    assert finding.score == 99
    assert finding.law == ()
    assert "99 %" in finding.why and "99 %" in finding.trail["why_en"]


def test_below_its_threshold_it_is_silent(ruleset: RuleSet) -> None:
    assert judge(ruleset, SPEAKING, paragraph("Đường vào xóm rộng hai thước.")) is None
    assert judge(ruleset, SPEAKING, paragraph("Hàng xoan, bàng ở rìa tre.")) is None


def test_it_says_which_words_weighed_and_points_at_them(ruleset: RuleSet) -> None:
    clause = paragraph("Hàng xoan, bàng ở đầu ngõ.")
    finding = judge(ruleset, SPEAKING, clause)
    assert finding is not None
    assert "“bàng”" in finding.why
    assert "“xoan”" in finding.why
    assert "đầu ngõ" not in finding.why
    assert "vi phạm" not in finding.why
    assert clause.text[finding.start : finding.end] == finding.quote == "xoan, bàng"
    assert [word["words"] for word in finding.trail["words"]] == ["xoan", "bàng"]
    assert [clause.text[word["start"] : word["end"]] for word in finding.trail["words"]] == ["xoan", "bàng"]
    assert finding.trail["probability"] > finding.trail["threshold"]


def test_words_of_the_lead_in_are_named_as_such(ruleset: RuleSet) -> None:
    clause = paragraph("Đường vào xóm.", lead_in="Ở gốc bàng:")
    finding = judge(ruleset, {"x l bàng": 60_000}, clause)
    assert finding is not None
    assert "“bàng” (ở câu dẫn)" in finding.why
    assert "“bàng” (in the lead-in)" in finding.trail["why_en"]
    assert [word.get("start") for word in finding.trail["words"]] == [None]
    assert finding.quote == clause.text


def test_the_field_is_guessed_from_the_words(ruleset: RuleSet) -> None:
    finding = judge(ruleset, SPEAKING, paragraph("Hàng xoan, bàng ở đầu ngõ."))
    assert finding is not None
    assert finding.field == FIELDS[5]


@pytest.mark.parametrize("outcome", ["violation", "consider"])
def test_it_keeps_still_where_a_rule_has_raised_the_clause(ruleset: RuleSet, outcome: str) -> None:
    clause = paragraph("Hàng xoan, bàng ở đầu ngõ.")
    finding = judge(ruleset, SPEAKING, clause)
    assert finding is not None
    by_rule = replace(finding, rule="culture/thu", outcome=outcome)
    assert judge(ruleset, SPEAKING, clause, ClauseScreening("c1", (by_rule,))) is None


def test_it_speaks_where_a_rule_found_something_good(ruleset: RuleSet) -> None:
    clause = paragraph("Hàng xoan, bàng ở đầu ngõ.")
    finding = judge(ruleset, SPEAKING, clause)
    assert finding is not None
    good = replace(finding, rule="culture/thu", outcome="positive")
    assert judge(ruleset, SPEAKING, clause, ClauseScreening("c1", (good,))) is not None


def test_text_without_diacritics_is_read_with_its_own_weights(ruleset: RuleSet) -> None:
    clause = paragraph("Hang xoan va hang bang moc o dau ngo xom.")
    marked = SecondReader(weights(SPEAKING), ruleset.engine)
    bare = SecondReader(weights({}, {"w bang": 60_000}), ruleset.engine)
    assert marked.judge(clause, ClauseScreening("c1")) is None
    finding = bare.judge(clause, ClauseScreening("c1"))
    assert finding is not None
    assert finding.quote == "bang"


def covenant() -> CovenantText:
    return CovenantText(
        title="Hương ước",
        clauses=(
            Clause(id="c1", kind="heading", label="Điều 1", number="Điều 1.", text="Hàng bàng"),
            paragraph("Hàng xoan, bàng ở đầu ngõ.", "c2"),
            paragraph("Đường vào xóm rộng hai thước.", "c3"),
        ),
    )


def silent(text: CovenantText) -> tuple[ClauseScreening, ...]:
    return tuple(ClauseScreening(clause.id) for clause in text.clauses)


def test_in_a_covenant_it_adds_to_judged_clauses_only(ruleset: RuleSet) -> None:
    reader = SecondReader(weights(SPEAKING), ruleset.engine)
    found = with_second_reader(covenant(), silent(covenant()), reader)
    assert [(one.clause_id, len(one.findings)) for one in found] == [("c1", 0), ("c2", 1), ("c3", 0)]
    assert found[0].probability is None
    assert {one.clause_id: pytest.approx(one.probability, abs=1e-4) for one in found[1:]} == probabilities(covenant(), reader)
    ordered = probabilities(covenant(), reader)
    assert list(ordered) == ["c2", "c3"]
    assert ordered["c2"] > 0.9 > 0.1 > ordered["c3"]


def test_switched_off_it_changes_nothing(ruleset: RuleSet) -> None:
    assert with_second_reader(covenant(), silent(covenant()), None) == silent(covenant())


def test_it_may_doubt_a_rule_but_never_hides_what_the_rule_found(ruleset: RuleSet) -> None:
    reader = SecondReader(weights(SPEAKING), ruleset.engine)
    own = reader.judge(covenant().clauses[1], ClauseScreening("c2"))
    assert own is not None
    by_rule = replace(own, rule="culture/thu", outcome="violation", why="Vì lẽ ấy.", trail={"kind": "sequence"})
    before = tuple(ClauseScreening(clause.id, (by_rule,) if clause.is_judged else ()) for clause in covenant().clauses)
    undoubted = with_second_reader(covenant(), before, reader)
    assert [one.findings for one in undoubted] == [one.findings for one in before]
    likely, unlikely = with_second_reader(covenant(), before, reader, Doubt(0.2, 0.5))[1:]
    assert likely.findings == before[1].findings
    assert [finding.outcome for finding in unlikely.findings] == ["consider"]
    assert unlikely.findings[0].why.startswith("Vì lẽ ấy. Quy tắc nêu dấu hiệu, nhưng máy đọc thứ hai cho là ít khả năng")
    assert unlikely.findings[0].trail["second_reader"]["outcome_of_rule"] == "violation"
    assert unlikely.findings[0].trail["second_reader"]["sha256"] == reader.weights.sha256
    assert unlikely.findings[0].trail["kind"] == "sequence"
    assert unlikely.findings[0].trail["second_reader"]["probability"] < 0.2


def test_a_broad_rule_needs_more_and_says_that_the_reader_agreed(ruleset: RuleSet) -> None:
    reader = SecondReader(weights(SPEAKING), ruleset.engine)
    own = reader.judge(covenant().clauses[1], ClauseScreening("c2"))
    assert own is not None
    by_rule = replace(own, rule="culture/thu", outcome="violation", why="Vì lẽ ấy.", trail={"kind": "sequence"}, broad=True)
    before = tuple(ClauseScreening(clause.id, (by_rule,) if clause.is_judged else ()) for clause in covenant().clauses)
    (agreed, *_), (unsure, *_) = ([one.findings[0] for one in with_second_reader(covenant(), before, reader, doubt)[1:]]
                                  for doubt in (Doubt(0.0, 0.9), Doubt(0.0, 1.0)))  # fmt: skip
    assert (agreed.outcome, unsure.outcome) == ("violation", "consider")
    assert agreed.why.startswith("Vì lẽ ấy. Máy đọc thứ hai cũng thấy điều khoản này giống")
    assert "Các từ nặng cân nhất: “" in agreed.why
    assert agreed.trail["second_reader"]["doubts_below"] == 0.9
    assert "agrees" in agreed.trail["second_reader"]["why_en"]


class _FailingEngine(Engine):
    def read(self, clause: Clause, rows: object = ()) -> Reading:
        if clause.id == "c2":
            raise ValueError("thử")
        return super().read(clause)


def test_a_row_of_a_table_is_read_with_the_other_rows_and_the_header_row_not_at_all(ruleset: RuleSet) -> None:
    header = ("Hàng cây", "Nơi trồng")
    rows = [header, ("bàng", "đầu ngõ"), ("bàng", "cuối ngõ")]
    text = CovenantText(
        "Hương ước",
        tuple(
            Clause(f"r{place}", "table_row", "", "", " | ".join(cells), cells=cells, header_row=header, table=1)
            for place, cells in enumerate(rows)
        ),
    )
    reader = SecondReader(weights(SPEAKING), ruleset.engine)
    found = with_second_reader(text, silent(text), reader)
    assert [len(one.findings) for one in found] == [0, 1, 1]
    assert found[0].probability is None
    assert found[1].probability == pytest.approx(reader.probability(text.clauses[1], (text.clauses[0], text.clauses[2])), abs=1e-4)


def test_a_clause_that_it_cannot_read_is_marked_and_the_others_are_read(ruleset: RuleSet) -> None:
    engine = _FailingEngine(ruleset.engine.index, ruleset.engine.frames, [])
    found = with_second_reader(covenant(), silent(covenant()), SecondReader(weights({"w xóm": 90_000}), engine))
    assert [one.state for one in found] == ["unmatched", "not_checked", "matched"]
    assert found[1].not_checked[0].rule == RULE_ID
    assert "ValueError" in found[1].not_checked[0].reason
    assert found[1].probability is None


def test_weights_come_back_from_their_file_as_they_were(tmp_path: Path, ruleset: RuleSet) -> None:
    path = tmp_path / "weights.json"
    weights(SPEAKING, {"w bang": 1}).save(path)
    assert load_weights(path) == weights(SPEAKING, {"w bang": 1})
    clause = paragraph("Hàng xoan, bàng ở đầu ngõ.")
    assert SecondReader.load(path, ruleset.engine).probability(clause) == SecondReader(weights(SPEAKING), ruleset.engine).probability(
        clause
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [('"w bàng":60000', '"w bàng":-60000'), ('"threshold":0.6', '"threshold":0.9'), ('"version":"thu"', '"version":"khac"')],
)
def test_a_changed_file_is_refused(tmp_path: Path, old: str, new: str) -> None:
    path = tmp_path / "weights.json"
    weights(SPEAKING).save(path)
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(SecondReaderError, match="mã băm"):
        load_weights(path)


@pytest.mark.parametrize("content", ["", "[]", "{", json.dumps({"format": 99})])
def test_a_file_of_another_kind_is_refused_with_the_next_step(tmp_path: Path, content: str) -> None:
    path = tmp_path / "weights.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(SecondReaderError, match="học lại"):
        load_weights(path)


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(SecondReaderError, match="rules train"):
        load_weights(tmp_path / "weights.json")


def test_the_reader_beside_the_rules_loads_and_has_been_cross_validated(ruleset: RuleSet) -> None:
    reader = SecondReader.of_ruleset(ruleset)
    assert reader.weights.measured["cross_validated"]
    assert (ruleset.directory / WEIGHTS_FILE).stat().st_size < 2_000_000
    unfair = paragraph("Người nhà bên gái ăn ở dưới bếp, mâm trên nhà để phần các ông; con gái không được lên.")
    assert reader.probability(unfair) > 0.5 > reader.probability(paragraph("Rác được gom vào sáng thứ bảy, để đúng nơi quy định."))
