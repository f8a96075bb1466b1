"""The second reader learns from decisions that were signed, from those alone, and not where it would read worse."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from covenant_review.clauses.clause import Clause
from covenant_review.database import db
from covenant_review.review.operations import approve_rest, propose_verdict, send_back, sign
from covenant_review.review.signed_clauses import signed_clauses
from covenant_review.screening.ruleset import RuleSet, default_rules_directory, load_ruleset
from covenant_review.screening.second_reader import SecondReader
from covenant_review.screening.second_reader_corpus import corpus_files, load_corpus, without_marks
from covenant_review.screening.second_reader_signed import SignedClause, apart_from, digest_of, is_worse, signed_examples
from covenant_review.screening.second_reader_training import Quality, examples_of, left_out_scores, train
from covenant_review.screening.second_reader_weights import Weights, load_weights
from covenant_review.submissions.models import Submission
from tests.people import World
from tests.review_data import BRIDE_FEE, FEAST, TREE, Hit, Provision, add_version, screen_again
from tests.second_reader_corpus_data import BAD, GOOD, write_rows
from tests.test_review import FEAST_AT, FEE_AT, TREE_AT, say

TABLE = [
    Provision(f"{who} | {share}", f"Dòng {place}", kind="table_row", cells=(who, share), header_row=("Người", "Phần"))
    for place, (who, share) in enumerate((("Nam", "2 phần"), ("Nữ", "1 phần")), 1)
]


@pytest.fixture(scope="module")
def ruleset() -> RuleSet:
    return load_ruleset(default_rules_directory())


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    for hand, half in (("a", slice(0, 2)), ("b", slice(2, 4))):
        rows: list[dict[str, object]] = [{"id": hand, "name": "Hương ước làng Thử"}]
        rows += [{"t": "clause", "n": f"{n}.", "x": x, "y": "violation", "f": "culture"} for n, x in enumerate(BAD[half], 1)]
        rows += [{"t": "clause", "n": f"{n}.", "x": x, "y": "none"} for n, x in enumerate(GOOD[half], 3)]
        write_rows(tmp_path / "corpus" / "hands" / hand / "01-lang.jsonl", rows)
    return tmp_path / "corpus"


def decided(world: World, *, read_all: bool = True) -> Submission:
    """A version on which the fee is flagged; with `read_all` the others are approved one by one, else with one click."""
    submission = add_version(world.covenant, world.official)
    if read_all:
        say(world.reviewer, submission, FEAST_AT, "approve")
        say(world.reviewer, submission, TREE_AT, "approve")
    else:
        approve_rest(world.reviewer, submission, 2)
    say(world.reviewer, submission, FEE_AT, "flag", "Chỉ thu của con gái.")
    return submission


def texts(session_clauses: tuple[SignedClause, ...]) -> dict[str, bool]:
    return {one.clause.text: one.flagged for one in session_clauses}


def test_only_what_was_signed_is_taken(world: World) -> None:
    submission = decided(world)
    assert signed_clauses(db.session()).clauses == ()
    verdict = propose_verdict(world.reviewer, submission)
    assert signed_clauses(db.session()).clauses == ()
    sign(world.signer, verdict, "")
    found = signed_clauses(db.session())
    assert texts(found.clauses) == {FEAST.text: False, BRIDE_FEE.text: True, TREE.text: False}
    assert (found.flagged, found.in_bulk, found.repeated) == (1, 0, 0)
    assert found.clauses[1].clause.headings == BRIDE_FEE.headings


def test_what_was_sent_back_is_not_taken(world: World) -> None:
    verdict = propose_verdict(world.reviewer, decided(world))
    send_back(world.signer, verdict, "Xem lại.")
    assert signed_clauses(db.session()).clauses == ()


def test_what_one_click_approved_is_counted_and_left_out(world: World) -> None:
    sign(world.signer, propose_verdict(world.reviewer, decided(world, read_all=False)), "")
    found = signed_clauses(db.session())
    assert texts(found.clauses) == {BRIDE_FEE.text: True}
    assert found.in_bulk == 2


def test_a_decision_on_other_rules_is_not_taken(world: World) -> None:
    submission = decided(world)
    sign(world.signer, propose_verdict(world.reviewer, submission), "")
    screen_again(submission, TREE_AT, (Hit("culture/bride_only", "consider", "Cô dâu, chú rể"),))
    assert TREE.text not in texts(signed_clauses(db.session()).clauses)


def test_of_the_same_words_the_last_signature_counts(world: World) -> None:
    sign(world.signer, propose_verdict(world.reviewer, decided(world)), "")
    other = add_version(world.other_covenant, world.neighbour, name="b.docx")
    for place in (FEAST_AT, FEE_AT, TREE_AT):
        say(world.second_reviewer, other, place, "approve")
    sign(world.signer, propose_verdict(world.second_reviewer, other), "")
    found = signed_clauses(db.session())
    assert texts(found.clauses) == {FEAST.text: False, BRIDE_FEE.text: False, TREE.text: False}
    assert found.repeated == 3


def test_a_row_comes_with_the_other_rows_of_its_table(world: World) -> None:
    submission = add_version(world.covenant, world.official, TABLE)
    for row in submission.clauses:
        row.table_index = 1
    from covenant_review.audit.log import record

    record(db.session(), None, "tests.table", "submission", submission.id)
    db.session.commit()
    for place in (0, 1):
        say(world.reviewer, submission, place, "flag", "Nữ chỉ được một phần.")
    sign(world.signer, propose_verdict(world.reviewer, submission), "")
    assert [[row.text for row in one.rows] for one in signed_clauses(db.session()).clauses] == [["Nữ | 1 phần"], ["Nam | 2 phần"]]


def signed(text: str, flagged: bool, number: int = 0) -> SignedClause:
    return SignedClause(f"signed/1:{number}", Clause(f"c{number}", "paragraph", "", "", text), flagged)


def learnt(corpus: Path, ruleset: RuleSet, some: list[SignedClause], importance: float = 1.0) -> Weights:
    files = corpus_files("open", corpus)
    examples = (signed_examples(some, ruleset, importance), signed_examples(some, ruleset, importance, without_marks))
    return train(load_corpus(files), load_corpus(files, without_marks), ruleset, "thu", signed=examples)


def test_it_learns_what_was_signed_the_more_the_weightier_and_always_the_same(corpus: Path, ruleset: RuleSet) -> None:
    some = [signed(f"Nhà có hai rể thì rể {x} đứng ngoài hiên.", True, n) for n, x in enumerate(("cả", "út", "thứ", "mới"))]
    probe = Clause("p", "paragraph", "", "", "Rể nào cũng đứng ngoài hiên.")

    def probability(weights: Weights) -> float:
        return SecondReader(weights, ruleset.engine).probability(probe)

    none, once, thrice = (learnt(corpus, ruleset, some[: 4 * bool(weight)], weight) for weight in (0.0, 1.0, 3.0))
    assert probability(none) < probability(once) < probability(thrice)
    assert once == learnt(corpus, ruleset, some)
    assert once.measured["examples"] == none.measured["examples"] + 4


def test_signed_clauses_are_learnt_from_and_never_measured_on(corpus: Path, ruleset: RuleSet) -> None:
    examples = [
        *examples_of(load_corpus(corpus_files("open", corpus)), ruleset),
        *signed_examples([signed("Rể đứng ngoài.", True)], ruleset, 1.0),
    ]
    assert {one.example.provision.hand for one in left_out_scores(examples)} == {"a", "b"}


def test_words_of_the_corpus_are_not_learnt_twice(corpus: Path) -> None:
    some = [signed(BAD[0].upper(), True), signed("Rể đứng ngoài.", True)]
    assert [one.clause.text for one in apart_from(load_corpus(corpus_files("open", corpus)), some)] == ["Rể đứng ngoài."]
    assert digest_of(some) != digest_of([some[0], signed("Rể đứng ngoài.", False)])


def test_worse_is_worse_by_more_than_chance() -> None:
    before = Quality(0.9, 0.8)
    assert not is_worse(Quality(0.9, 0.8), before)
    assert not is_worse(Quality(0.899, 0.797), before)
    assert is_worse(Quality(0.89, 0.9), before)
    assert is_worse(Quality(0.95, 0.79), before)


@pytest.fixture
def command(sqlite_world: World, sqlite_app: Flask, corpus: Path, tmp_path: Path) -> list[str]:
    return ["rules", "train", "--with-decisions", "--corpus", str(corpus), "--out", str(tmp_path / "out" / "weights.json")]


def run(app: Flask, command: list[str]) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "PYTHONIOENCODING": "utf-8",
        "COVENANT_ENVIRONMENT": "development",
        "COVENANT_DATABASE_URL": str(app.extensions["covenant_settings"].database_url),
    }
    return subprocess.run(
        [sys.executable, "-m", "covenant_review", *command], capture_output=True, encoding="utf-8", env=environment, check=False
    )


def test_the_command_says_how_many_it_took_and_what_it_measured(
    sqlite_world: World, sqlite_app: Flask, command: list[str], tmp_path: Path
) -> None:
    sign(sqlite_world.signer, propose_verdict(sqlite_world.reviewer, decided(sqlite_world)), "")
    done = run(sqlite_app, command)
    assert done.returncode == 0, done.stderr
    assert "Lấy 3 điều khoản từ kết luận đã ký (1 bị gắn cờ, 2 không phân biệt)" in done.stdout
    assert done.stdout.count("Đo chéo trên kho, ") == 2
    weights = load_weights(tmp_path / "out" / "weights.json")
    assert weights.measured["decisions"] == 3
    assert weights.version.count("-") == 2
    again = (tmp_path / "out" / "weights.json").read_bytes()
    assert run(sqlite_app, command).returncode == 0
    assert (tmp_path / "out" / "weights.json").read_bytes() == again


def test_the_command_refuses_what_makes_the_reader_worse(
    sqlite_world: World, sqlite_app: Flask, command: list[str], tmp_path: Path
) -> None:
    provisions = [Provision(text.replace("đình", "đình làng").replace(".", " nữa."), f"Khoản {n}") for n, text in enumerate((*BAD, *GOOD))]
    submission = add_version(sqlite_world.covenant, sqlite_world.official, provisions)
    for place in range(8):
        say(sqlite_world.reviewer, submission, place, "approve" if place < 4 else "flag", "Ngược hẳn với kho.")
    sign(sqlite_world.signer, propose_verdict(sqlite_world.reviewer, submission), "")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "weights.json").write_text("cũ", "utf-8")
    done = run(sqlite_app, [*command, "--decision-weight", "10"])
    assert done.returncode == 1
    assert done.stdout.count("Đo chéo trên kho, ") == 2
    assert "kém đi" in done.stderr
    assert (tmp_path / "out" / "weights.json").read_text("utf-8") == "cũ"


def test_the_command_needs_something_signed(sqlite_world: World, sqlite_app: Flask, command: list[str], tmp_path: Path) -> None:
    decided(sqlite_world)
    done = run(sqlite_app, command)
    assert done.returncode == 1
    assert "Chưa có ý kiến đã ký nào" in done.stderr
    assert not (tmp_path / "out").exists()
