"""The second reader in the record: who read, how likely each clause, what makes decisions stale, the order of the queue."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from covenant_review.audit.models import AuditEvent
from covenant_review.database import db, transaction
from covenant_review.review.checks import standing_of
from covenant_review.review.models import Decision
from covenant_review.review.operations import approve_rest, decide, propose_verdict, sign
from covenant_review.review.queries import queue
from covenant_review.screening.ruleset import load_ruleset
from covenant_review.screening.second_reader import RULE_ID
from covenant_review.screening.second_reader_use import second_reader_of
from covenant_review.screening.second_reader_weights import WEIGHTS_FILE, load_weights
from covenant_review.submissions.models import Submission, SubmittedClause
from covenant_review.submissions.operations import submit
from covenant_review.submissions.reading_job import drain
from covenant_review.submissions.recording import rescreen
from tests.people import World
from tests.review_data import add_version, clause_at, present_round
from tests.second_reader_data import rules_with_reader
from tests.submissions_data import docx_bytes, upload, use_rules

MOURNING = {"w đám": 90_000}


def queued(world: World) -> Submission:
    (receipt,) = submit(world.official, world.commune, [upload("a.docx", docx_bytes())], world.covenant)
    assert receipt.submission is not None
    return receipt.submission


@pytest.fixture
def read(world: World, app: Flask, tmp_path: Path) -> Submission:
    """Read with the small rules and a second reader that does not know a word yet."""
    use_rules(app, rules_with_reader(tmp_path / "rules", {"w bàng": 90_000}, "cũ"))
    submission = queued(world)
    drain(app)
    assert submission.state == "read"
    return submission


def clauses_of(submission: Submission) -> dict[str, SubmittedClause]:
    query = select(SubmittedClause).where(SubmittedClause.submission_id == submission.id).order_by(SubmittedClause.position)
    return {clause.label: clause for clause in db.session.scalars(query.execution_options(populate_existing=True))}


def read_again(submission: Submission, folder: Path, words: dict[str, int], version: str) -> None:
    ruleset = load_ruleset(rules_with_reader(folder, words, version))
    with transaction() as session:
        rescreen(session, submission, ruleset, second_reader_of(ruleset))


@pytest.mark.parametrize("in_child", [False, True])
def test_the_record_names_the_weights_and_each_probability(world: World, app: Flask, tmp_path: Path, in_child: bool) -> None:
    folder = rules_with_reader(tmp_path / "rules", MOURNING)
    use_rules(app, folder)
    submission = queued(world)
    drain(app, in_child=in_child)
    db.session.refresh(submission)
    assert (submission.second_reader_state, submission.second_reader_version) == ("on", "thu")
    assert submission.second_reader_sha256 == load_weights(folder / WEIGHTS_FILE).sha256
    clauses = clauses_of(submission)
    found = clauses["Điều 3"]
    assert [(finding.rule, finding.outcome) for finding in found.findings] == [(RULE_ID, "consider")]
    assert found.second_reader_probability is not None and found.second_reader_probability > 0.9 and found.needs_attention
    assert all((clause.second_reader_probability is not None) == clause.judged for clause in clauses.values())
    event = db.session.scalar(select(AuditEvent).where(AuditEvent.action == "submissions.read"))
    assert event is not None and event.details["second_reader_sha256"] == submission.second_reader_sha256


def test_switched_off_leaves_no_probability_and_says_so(world: World, app: Flask, tmp_path: Path) -> None:
    use_rules(app, rules_with_reader(tmp_path / "rules", MOURNING))
    settings = app.extensions["covenant_settings"]
    app.extensions["covenant_settings"] = settings.model_copy(update={"second_reader": False})
    submission = queued(world)
    drain(app)
    assert (submission.second_reader_state, submission.second_reader_version, submission.second_reader_sha256) == ("off", "", "")
    assert {clause.second_reader_probability for clause in clauses_of(submission).values()} == {None}


def test_weights_that_are_missing_leave_the_reason_in_the_record(world: World, app: Flask, tmp_path: Path) -> None:
    folder = rules_with_reader(tmp_path / "rules", MOURNING)
    (folder / WEIGHTS_FILE).unlink()
    use_rules(app, folder)
    submission = queued(world)
    drain(app)
    assert submission.state == "read"
    assert submission.second_reader_state == "unavailable"
    assert "rules train" in submission.second_reader_reason


def test_a_new_finding_makes_the_decision_stale_as_a_new_rule_does(world: World, read: Submission, tmp_path: Path) -> None:
    clauses = clauses_of(read)
    before = {label: clause.fingerprint for label, clause in clauses.items()}
    decide(world.reviewer, read, clauses["Điều 3"], "approve", "", fingerprint=before["Điều 3"])
    read_again(read, tmp_path / "mới", MOURNING, "mới")
    after = clauses_of(read)
    assert [label for label, clause in after.items() if clause.fingerprint != before[label]] == ["Điều 3"]
    decision = db.session.scalars(select(Decision)).one()
    assert decision.is_stale(after["Điều 3"])
    assert (read.second_reader_version, after["Điều 3"].needs_attention) == ("mới", True)


def test_another_probability_leaves_decisions_alone(world: World, read: Submission, tmp_path: Path) -> None:
    clauses = clauses_of(read)
    before = {label: (clause.fingerprint, clause.second_reader_probability) for label, clause in clauses.items()}
    decide(world.reviewer, read, clauses["Điều 3"], "approve", "", fingerprint=before["Điều 3"][0])
    read_again(read, tmp_path / "mới", {"w đám": 9_000}, "mới")
    after = clauses_of(read)
    assert {label: clause.fingerprint for label, clause in after.items()} == {label: pair[0] for label, pair in before.items()}
    assert after["Điều 3"].second_reader_probability != before["Điều 3"][1]
    assert not db.session.scalars(select(Decision)).one().is_stale(after["Điều 3"])
    assert standing_of(db.session(), present_round(read), read).decided == 1


def test_a_finding_that_goes_leaves_decisions_alone(world: World, read: Submission, tmp_path: Path) -> None:
    read_again(read, tmp_path / "mới", MOURNING, "mới")
    clause = clauses_of(read)["Điều 3"]
    decide(world.reviewer, read, clause, "approve", "", fingerprint=clause.fingerprint)
    read_again(read, tmp_path / "nữa", {"w bàng": 1}, "nữa")
    after = clauses_of(read)["Điều 3"]
    assert after.findings == [] and after.fingerprint == clause.fingerprint
    assert not db.session.scalars(select(Decision)).one().is_stale(after)


def test_doubting_a_rule_makes_no_decision_stale_and_counts_as_a_sign_still(world: World, read: Submission, tmp_path: Path) -> None:
    clause = clauses_of(read)["Điều 2"]
    assert [(finding.rule, finding.outcome) for finding in clause.findings] == [("family/dat-cua-cha-me", "consider")]
    assert clause.needs_attention
    decide(world.reviewer, read, clause, "flag", "Con gái không được chia đất.", fingerprint=clause.fingerprint)
    read_again(read, tmp_path / "mới", {"w đất": 90_000}, "mới")
    after = clauses_of(read)["Điều 2"]
    assert [finding.outcome for finding in after.findings] == ["violation"]
    assert not db.session.scalars(select(Decision)).one().is_stale(after)


def test_what_it_raises_does_not_stand_in_the_way_of_a_compliant_verdict(world: World, read: Submission, tmp_path: Path) -> None:
    read_again(read, tmp_path / "mới", MOURNING, "mới")
    for label in ("Điều 2", "Điều 3"):
        clause = clauses_of(read)[label]
        decide(world.reviewer, read, clause, "approve", "", fingerprint=clause.fingerprint)
    rest = standing_of(db.session(), present_round(read), read).bulk
    approve_rest(world.reviewer, read, len(rest))
    verdict = propose_verdict(world.reviewer, read)
    assert verdict.outcome == "compliant"
    sign(world.signer, verdict, "")


def set_probability(submission: Submission, position: int, probability: float) -> None:
    from covenant_review.audit.log import record

    with transaction() as session:
        clause_at(submission, position).second_reader_probability = probability
        record(session, None, "tests.probability_set", "submission", submission.id)


def test_the_queue_puts_what_is_likely_before_what_is_older_and_can_be_put_by_age(world: World) -> None:
    older = add_version(world.covenant, world.official, name="a.docx")
    newer = add_version(world.other_covenant, world.neighbour, name="b.docx")
    found = queue(db.session(), world.reviewer)
    assert [row.submission.id for row in found.rows] == [older.id, newer.id]
    assert [row.attention.likely for row in found.rows] == [1, 1]
    set_probability(newer, 1, 0.62)
    set_probability(older, 1, 0.49)
    set_probability(older, 2, 0.97)  # on this one a rule found a sign already: it counts once
    found = queue(db.session(), world.reviewer)
    assert [row.submission.id for row in found.rows] == [newer.id, older.id]
    assert [row.attention.likely for row in found.rows] == [2, 1]
    assert [row.attention.violation for row in found.rows] == [1, 1]
    by_age = queue(db.session(), world.reviewer, order="age")
    assert [row.submission.id for row in by_age.rows] == [older.id, newer.id]
