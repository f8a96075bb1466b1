"""Teaching the second reader: the corpus as clauses, the solver, the same weights from the same corpus, the command."""

from __future__ import annotations

import math
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from covenant_review.commands.rules import rules
from covenant_review.screening.ruleset import RuleSet, default_rules_directory, load_ruleset
from covenant_review.screening.second_reader import SecondReader
from covenant_review.screening.second_reader_corpus import corpus_files, load_corpus, without_marks
from covenant_review.screening.second_reader_solver import calibrate, learn
from covenant_review.screening.second_reader_training import Judged, examples_of, least_score, left_out_scores, train
from covenant_review.screening.second_reader_weights import load_weights
from tests.second_reader_corpus_data import BAD, GOOD, write_rows


@pytest.fixture(scope="module")
def ruleset() -> RuleSet:
    return load_ruleset(default_rules_directory())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for hand, half in (("a", slice(0, 2)), ("b", slice(2, 4))):
        write_rows(
            tmp_path / "hands" / hand / "01-lang.jsonl",
            [
                {"id": hand, "name": "Hương ước làng Thử"},
                {"t": "title", "n": "", "x": "HƯƠNG ƯỚC LÀNG THỬ"},
                {"t": "article", "n": "Điều 1.", "x": "Việc làng"},
                {"t": "clause", "n": "1.", "x": "Những người sau đây không được dự tế:", "y": "none"},
                {"t": "point", "n": "a)", "x": "Người say rượu;", "y": "none"},
                {"t": "point", "n": "b)", "x": "Đàn bà có tang.", "y": "violation", "f": "culture"},
                *({"t": "clause", "n": f"{n}.", "x": x, "y": "violation", "f": "culture"} for n, x in enumerate(BAD[half], 2)),
                *({"t": "clause", "n": f"{n}.", "x": x, "y": "none"} for n, x in enumerate(GOOD[half], 4)),
            ],
        )
        pair = {
            "id": "p1",
            "field": "culture",
            "lead_in": "",
            "bad": "Nam 2 phần, nữ 1 phần.",
            "good": "Nam nữ mỗi người 1 phần.",
            "device": "numbers: x",
        }
        write_rows(tmp_path / "hands" / hand / "pairs.jsonl", [pair])
    write_rows(tmp_path / "unseen" / "e" / "01-an.jsonl", [{"id": "e"}, {"t": "para", "n": "", "x": "Để dành đo.", "y": "none"}])
    for number in ("08", "09"):
        write_rows(
            tmp_path / "given" / "dev" / f"{number}-x.jsonl", [{"id": number}, {"t": "para", "n": "", "x": "Đường làng.", "y": "none"}]
        )
    return tmp_path


def test_what_is_kept_for_measuring_is_never_learnt_from(folder: Path) -> None:
    names = {path.parent.name + "/" + path.name for path in corpus_files("open", folder)}
    assert names == {"dev/08-x.jsonl", "a/01-lang.jsonl", "a/pairs.jsonl", "b/01-lang.jsonl", "b/pairs.jsonl"}
    assert [path.name for path in corpus_files("dev-late", folder)] == ["09-x.jsonl"]
    assert [path.name for path in corpus_files("unseen", folder)] == ["01-an.jsonl"]


def test_provisions_carry_the_lead_in_and_heading_that_the_system_would_see(folder: Path) -> None:
    corpus = load_corpus(corpus_files("open", folder))
    assert all(covenant.aligned for covenant in corpus.covenants)
    provision = next(one for one in corpus.provisions if one.clause.text == "Đàn bà có tang.")
    assert provision.clause.lead_in == "Những người sau đây không được dự tế:"
    assert provision.clause.headings == ("Điều 1. Việc làng",)
    assert (provision.label, provision.field, provision.id) == ("violation", "culture", "a/01-lang:6")
    assert [pair.device for pair in corpus.pairs] == ["numbers", "numbers"]
    assert corpus.hands == ("a", "b", "given")


def test_a_line_that_is_not_json_is_named_and_the_rest_is_read(folder: Path) -> None:
    path = folder / "hands" / "a" / "pairs.jsonl"
    path.write_text(path.read_text(encoding="utf-8") + "{hỏng\n", encoding="utf-8")
    corpus = load_corpus(corpus_files("open", folder))
    assert corpus.skipped == ("a/pairs.jsonl:2",)
    assert len(corpus.pairs) == 2


def test_a_covenant_that_does_not_split_line_by_line_is_built_from_its_blocks(tmp_path: Path) -> None:
    write_rows(
        tmp_path / "hands" / "a" / "01.jsonl",
        [
            {"id": "x"},
            {"t": "article", "n": "Điều 1.", "x": "Không ai được:"},
            {"t": "point", "n": "a)", "x": "Đánh bạc;", "y": "none"},
            {"t": "para", "n": "", "x": "\u200b", "y": "none"},
            {"t": "table_row", "n": "", "x": "Người | Phần"},
            {"t": "table_row", "n": "", "x": "Nữ | 1", "y": "violation", "f": "economy"},
        ],
    )
    covenant = load_corpus(corpus_files("open", tmp_path)).covenants[0]
    assert not covenant.aligned
    point, _empty, row = (provision.clause for provision in covenant.provisions)
    assert point.lead_in == "Không ai được:"
    assert (row.header_row, row.cells) == (("Người", "Phần"), ("Nữ", "1"))


def test_damage_changes_the_text_and_not_the_labels(folder: Path) -> None:
    files = corpus_files("open", folder)
    plain, bare = load_corpus(files), load_corpus(files, without_marks)
    assert [one.label for one in plain.provisions] == [one.label for one in bare.provisions]
    assert "Dan ba co tang." in {one.clause.text for one in bare.provisions}
    assert bare.sha256 == plain.sha256


def test_the_solver_parts_what_can_be_parted_and_repeats_itself() -> None:
    examples = [[(1.0, [0])], [(1.0, [0, 2])], [(1.0, [1])], [(1.0, [1, 2])]]
    targets = [True, True, False, False]
    learnt = learn(examples, targets, [1.0] * 4, 3, cost=10)
    assert [learnt.score(example) > 0 for example in examples] == targets
    assert abs(learnt.weights[2]) < 0.2 < learnt.weights[0]
    assert learn(examples, targets, [1.0] * 4, 3, cost=10) == learnt


def test_what_counts_little_pulls_little() -> None:
    examples, targets = [[(1.0, [0])], [(1.0, [0])]], [True, False]
    assert learn(examples, targets, [1.0, 0.1], 1, cost=1).score(examples[0]) > 0
    assert learn(examples, targets, [0.1, 1.0], 1, cost=1).score(examples[0]) < 0


def test_calibration_gives_the_shares_that_were_seen() -> None:
    scores = [-1.0] * 10 + [1.0] * 10
    targets = [True] * 2 + [False] * 8 + [True] * 7 + [False] * 3
    slope, offset = calibrate(scores, targets)
    assert 1 / (1 + math.exp(-(offset - slope))) == pytest.approx(0.2, abs=0.01)
    assert 1 / (1 + math.exp(-(offset + slope))) == pytest.approx(0.7, abs=0.01)


def test_a_hand_is_scored_by_a_reader_that_never_saw_it(folder: Path, ruleset: RuleSet) -> None:
    examples = examples_of(load_corpus(corpus_files("open", folder)), ruleset)
    judged = left_out_scores(examples)
    assert {one.example.provision.hand for one in judged} == {"a", "b"}
    scored = {one.example.provision.clause.text: one.score for one in judged if not one.example.in_pair}
    assert min(scored[text] for text in BAD) > max(scored[text] for text in GOOD)


def test_the_threshold_keeps_to_its_share_of_the_harmless(folder: Path, ruleset: RuleSet) -> None:
    examples = [
        one for one in examples_of(load_corpus(corpus_files("open", folder)), ruleset) if one.provision.is_harmless and not one.in_pair
    ]
    judged = [Judged(example, float(place)) for place, example in enumerate(examples)]
    assert len(judged) == 9
    for share in (0.0, 0.25, 0.5):
        raised = sum(one.score >= least_score(judged, together=1.0, alone=share) for one in judged)
        assert raised == int(share * len(judged))
    by_rules = [Judged(replace(one.example, by_rules="consider"), one.score) for one in judged]
    assert sum(one.score >= least_score(by_rules, together=1.0, alone=0.0) for one in by_rules) == 9


def test_the_same_corpus_gives_the_same_file_and_a_reader_that_tells_the_two_apart(folder: Path, tmp_path: Path, ruleset: RuleSet) -> None:
    files = corpus_files("open", folder)
    paths = (tmp_path / "one.json", tmp_path / "two.json")
    for path in paths:
        train(load_corpus(files), load_corpus(files, without_marks), ruleset, "thu").save(path)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    reader = SecondReader.load(paths[0], ruleset.engine)
    clauses = {one.clause.text: one.clause for one in load_corpus(files).provisions}
    assert min(reader.probability(clauses[text]) for text in BAD) > max(reader.probability(clauses[text]) for text in GOOD)


def test_the_command_writes_weights_and_says_what_it_measured(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out" / "weights.json"
    result = CliRunner().invoke(rules, ["train", "--corpus", str(folder), "--out", str(out)])
    assert result.exit_code == 0, result.output
    assert "Để riêng người viết a" in result.output
    assert load_weights(out).measured["cross_validated"]


def test_the_command_refuses_a_corpus_with_nothing_to_learn(tmp_path: Path) -> None:
    result = CliRunner().invoke(rules, ["train", "--corpus", str(tmp_path), "--out", str(tmp_path / "w.json")])
    assert result.exit_code == 1
    assert "--corpus" in result.output
    assert not (tmp_path / "w.json").exists()


def test_the_bench_counts_as_it_says(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).resolve().parent.parent / "bench"))
    import damage
    import reading_measures as measures

    provisions = list(load_corpus(corpus_files("open", folder)).of(["a"]).provisions)
    reads = [
        measures.Read(one, "consider" if one.is_violation or "dự tế:" in one.clause.text else "none", float(one.is_violation))
        for one in provisions
    ]
    found = measures.figures_of(reads)
    assert (found.violations, found.surfaced, found.found, found.harmless, found.harmless_raised) == (3, 3, 0, 4, 1)
    assert measures.surfaced_at(reads, 0.0) == measures.average_precision(reads) == 1.0
    level = [measures.Read(one, "none", 0.5) for one in provisions]
    assert measures.surfaced_at(level, 0.25) == 0.0
    assert damage.old_tones("hòa, khỏe, ủy, quý, hoàn") == "hoà, khoẻ, uỷ, quý, hoàn"
    assert damage.ocr_slips("lệ làng " * 40) == damage.ocr_slips("lệ làng " * 40) != "lệ làng " * 40
    assert sys.modules["damage"] is damage
