"""The same rules, held by the database: rows written past the operations, with an audit event, are refused by name."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread

import pytest
from flask import Flask
from sqlalchemy import delete, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from covenant_review.accounts.models import User
from covenant_review.audit.log import record
from covenant_review.database import Base, db, transaction
from covenant_review.refusals import Refused
from covenant_review.review.checks import latest_round
from covenant_review.review.models import Decision, ReviewRound, SignOff, Verdict
from covenant_review.review.operations import approve_rest, decide, propose_verdict, sign
from covenant_review.submissions.models import Submission, SubmittedClause
from covenant_review.web.errors import guard_code
from tests.people import World
from tests.review_data import BRIDE_FEE, FEAST, HEADING, add_version, clause_at, decisions, present_round, withdraw
from tests.test_review import FEAST_AT, FEE_AT, TREE_AT, say
from tests.test_review_signing import proposed


def refused_by_guard(code: str, change: Callable[[Session], object]) -> None:
    """Make a change in a transaction with an audit event and expect this guard to stop it."""
    with pytest.raises(DBAPIError) as refusal, transaction() as session:
        change(session)
        session.flush()
        record(session, None, "tests.forced", "submission", None)
    assert guard_code(refusal.value) == code


def refused_row(code: str, row: Base) -> None:
    """The same, for one new row."""
    refused_by_guard(code, lambda session: session.add(row))


def decision_on(submission: Submission, clause: SubmittedClause, **changed: object) -> Decision:
    """An approval, as the operation would store it, save for what is changed."""
    given = {
        "round_id": present_round(submission).id,
        "clause_id": clause.id,
        "choice": "approve",
        "fingerprint": clause.fingerprint,
    } | changed
    return Decision(**given)


def test_an_uploader_of_any_version_decides_nothing(world: World) -> None:
    add_version(world.covenant, world.reviewer)
    submission = add_version(world.covenant, world.official)
    clause = clause_at(submission, FEAST_AT)
    for person in (world.official, world.reviewer):
        refused_row("decided_by_uploader", decision_on(submission, clause, reviewer_id=person.id))


def test_nothing_is_decided_on_other_words(world: World) -> None:
    submission = add_version(world.covenant, world.official)
    row = decision_on(submission, clause_at(submission, FEAST_AT), reviewer_id=world.reviewer.id, fingerprint="0" * 64)
    refused_row("decided_on_old_text", row)


def test_headings_and_clauses_of_other_submissions_are_not_decided(world: World) -> None:
    submission = add_version(world.covenant, world.official)
    other = add_version(world.other_covenant, world.neighbour)
    for clause in (clause_at(submission, 0), clause_at(other, FEAST_AT)):
        refused_row("decided_elsewhere", decision_on(submission, clause, reviewer_id=world.reviewer.id))


def test_no_click_on_many_covers_a_finding(world: World) -> None:
    submission = add_version(world.covenant, world.official)
    row = decision_on(submission, clause_at(submission, FEE_AT), reviewer_id=world.reviewer.id, in_bulk=True)
    refused_row("bulk_over_finding", row)


def test_nothing_is_carried_over_to_other_text_or_to_another_person(world: World) -> None:
    first = add_version(world.covenant, world.official)
    origin = say(world.reviewer, first, FEAST_AT, "approve")
    submission = add_version(world.covenant, world.official, (HEADING, BRIDE_FEE, FEAST))
    fee = decision_on(submission, clause_at(submission, 1), reviewer_id=world.reviewer.id, carried_from_id=origin.id)
    refused_row("carried_to_other_text", fee)
    feast = clause_at(submission, 2)
    other = decision_on(submission, feast, reviewer_id=world.second_reviewer.id, carried_from_id=origin.id)
    refused_row("carried_to_other_text", other)


def test_a_decision_is_changed_neither_after_the_verdict_nor_erased(world: World) -> None:
    submission = add_version(world.covenant, world.official, (HEADING, FEAST))
    decision = say(world.reviewer, submission, FEAST_AT, "approve")
    refused_by_guard("decision_erased", lambda session: session.delete(decision))
    propose_verdict(world.reviewer, submission)

    def change_mind(session: Session) -> None:
        found = session.get(Decision, decision.id)
        assert found is not None
        found.choice, found.reason = "flag", "Muộn."

    refused_by_guard("decided_after_verdict", change_mind)
    late = decision_on(submission, clause_at(submission, FEAST_AT), reviewer_id=world.second_reviewer.id)
    refused_row("decided_after_verdict", late)


def test_reasons_are_kept_by_the_table(world: World) -> None:
    submission = add_version(world.covenant, world.official)
    row = decision_on(submission, clause_at(submission, FEE_AT), reviewer_id=world.reviewer.id, choice="flag", reason=" ")
    with pytest.raises(DBAPIError, match="reason_unless_approved"), transaction() as session:
        session.add(row)
        record(session, None, "tests.forced", "submission", None)


def test_no_verdict_over_undecided_or_stale_clauses(world: World) -> None:
    submission = add_version(world.covenant, world.official)
    approve_rest(world.reviewer, submission, 2)

    def verdict() -> Verdict:
        given = {"round_id": present_round(submission).id, "outcome": "compliant", "proposed_by_id": world.reviewer.id}
        return Verdict(**given)

    refused_row("verdict_undecided", verdict())
    say(world.reviewer, submission, FEE_AT, "second_opinion", "Có thu của con trai không?")
    refused_row("verdict_undecided", verdict())
    say(world.reviewer, submission, FEE_AT, "approve")
    with transaction() as session:
        clause_at(submission, TREE_AT).fingerprint = "c" * 64
        record(session, None, "tests.changed", "submission", None)
    refused_row("verdict_undecided", verdict())


def test_no_verdict_against_the_decisions_or_on_nothing(world: World) -> None:
    submission = add_version(world.covenant, world.official)
    approve_rest(world.reviewer, submission, 2)
    say(world.reviewer, submission, FEE_AT, "flag", "Chỉ thu của con gái.")
    present = present_round(submission).id
    reviewer = world.reviewer.id
    refused_row("verdict_contradicts", Verdict(round_id=present, outcome="compliant", proposed_by_id=reviewer))
    empty = present_round(add_version(world.other_covenant, world.neighbour, (HEADING,))).id
    refused_row("verdict_on_nothing", Verdict(round_id=empty, outcome="compliant", proposed_by_id=reviewer))


def test_no_verdict_by_an_uploader_or_on_an_older_or_withdrawn_version(world: World) -> None:
    submission = add_version(world.covenant, world.official)
    approve_rest(world.reviewer, submission, 2)
    say(world.reviewer, submission, FEE_AT, "approve")
    present = present_round(submission).id

    def verdict(person_id: int) -> Verdict:
        return Verdict(round_id=present, outcome="compliant", proposed_by_id=person_id)

    refused_row("proposed_by_uploader", verdict(world.official.id))
    newer = add_version(world.covenant, world.official, (HEADING, FEAST))
    refused_row("verdict_not_latest", verdict(world.reviewer.id))
    withdraw(newer)
    withdraw(submission)
    refused_row("verdict_not_latest", verdict(world.reviewer.id))


def test_a_verdict_is_neither_rewritten_nor_erased(world: World) -> None:
    verdict = proposed(world)

    def rewrite(session: Session) -> None:
        verdict.outcome = "compliant"

    refused_by_guard("verdict_rewritten", rewrite)
    refused_by_guard("verdict_erased", lambda session: session.execute(delete(Verdict)))


@pytest.mark.parametrize("action", ["sign", "send_back"])
def test_the_second_person_is_a_second_person(world: World, action: str) -> None:
    add_version(world.covenant, world.second_reviewer)
    verdict = proposed(world)

    def sign_off(person_id: int) -> SignOff:
        return SignOff(verdict_id=verdict.id, signer_id=person_id, action=action, reason="Lý do.")

    refused_row("signed_by_decider", sign_off(world.reviewer.id))
    refused_row("signed_by_uploader", sign_off(world.official.id))
    refused_row("signed_by_uploader", sign_off(world.second_reviewer.id))


def test_a_decider_who_did_not_propose_does_not_sign(world: World) -> None:
    submission = add_version(world.covenant, world.official, (HEADING, FEAST))
    say(world.reviewer, submission, FEAST_AT, "approve")
    verdict = propose_verdict(world.second_reviewer, submission)
    for person in (world.reviewer, world.second_reviewer):
        refused_row("signed_by_decider", SignOff(verdict_id=verdict.id, signer_id=person.id, action="sign"))


def test_nothing_stale_or_superseded_is_signed(world: World) -> None:
    verdict = proposed(world)
    submission = verdict.round.submission

    def signature() -> SignOff:
        return SignOff(verdict_id=verdict.id, signer_id=world.signer.id, action="sign")

    with transaction() as session:
        clause = clause_at(submission, TREE_AT)
        kept, clause.fingerprint = clause.fingerprint, "d" * 64
        record(session, None, "tests.changed", "submission", None)
    refused_row("signed_stale", signature())
    with transaction() as session:
        clause_at(submission, TREE_AT).fingerprint = kept
        record(session, None, "tests.changed", "submission", None)
    newer = add_version(world.covenant, world.official, (HEADING, FEAST))
    refused_row("signed_not_latest", signature())
    withdraw(newer)
    withdraw(submission)
    refused_row("signed_not_latest", signature())


def test_a_verdict_of_an_earlier_round_is_not_signed(world: World) -> None:
    verdict = proposed(world)
    with transaction() as session:
        session.add(ReviewRound(submission_id=verdict.round.submission_id, number=verdict.round.number + 1))
        record(session, None, "tests.round_opened", "submission", verdict.round.submission_id)
    refused_row("signed_superseded", SignOff(verdict_id=verdict.id, signer_id=world.signer.id, action="sign"))


def test_compliant_is_not_signed_while_a_flag_counts_again(world: World) -> None:
    submission = add_version(world.covenant, world.official, (HEADING, FEAST))
    say(world.reviewer, submission, FEAST_AT, "flag", "Chia lộc theo suất đinh.")
    clause = clause_at(submission, FEAST_AT)
    with transaction() as session:
        kept, clause.fingerprint = clause.fingerprint, "e" * 64
        record(session, None, "tests.changed", "submission", None)
    say(world.second_reviewer, submission, FEAST_AT, "approve")
    verdict = propose_verdict(world.reviewer, submission)
    assert verdict.outcome == "compliant"
    with transaction() as session:
        clause.fingerprint = kept
        record(session, None, "tests.changed", "submission", None)
    refused_row("signed_contradicts", SignOff(verdict_id=verdict.id, signer_id=world.signer.id, action="sign"))


def test_a_sign_off_is_neither_rewritten_nor_erased_nor_given_twice(world: World) -> None:
    verdict = proposed(world)
    signed = sign(world.signer, verdict)

    def rewrite(session: Session) -> None:
        signed.action, signed.reason = "send_back", "Đổi ý."

    refused_by_guard("sign_off_rewritten", rewrite)
    refused_by_guard("sign_off_erased", lambda session: session.execute(delete(SignOff)))
    with pytest.raises(DBAPIError, match=r"(?i)unique"), transaction() as session:
        session.add(SignOff(verdict_id=verdict.id, signer_id=world.signer.id, action="sign"))
        record(session, None, "tests.forced", "submission", None)


def test_a_sign_off_that_is_sent_back_says_why(world: World) -> None:
    verdict = proposed(world)
    with pytest.raises(DBAPIError, match="reason_when_sent_back"), transaction() as session:
        session.add(SignOff(verdict_id=verdict.id, signer_id=world.signer.id, action="send_back", reason=" "))
        record(session, None, "tests.forced", "submission", None)


def test_statements_without_the_program_are_refused_as_well(world: World) -> None:
    """Somebody at the database's own prompt meets the same rules."""
    submission = add_version(world.covenant, world.official, (HEADING, FEAST))
    say(world.reviewer, submission, FEAST_AT, "approve")
    row = decisions(submission)[0]
    statement = text("UPDATE decision SET reviewer_id = :person WHERE id = :id")
    with pytest.raises(DBAPIError) as refusal:
        db.session.execute(statement, {"person": world.official.id, "id": row.id})
    assert guard_code(refusal.value) in {"decided_by_uploader", "decision_moved"}
    db.session.rollback()
    assert db.session.scalar(select(Decision.reviewer_id)) == world.reviewer.id


def test_a_decision_that_meets_a_verdict_in_the_same_moment_waits_and_is_refused(world: World, app: Flask) -> None:
    """A trigger sees only what is committed, so the operations queue on the round."""
    submission = add_version(world.covenant, world.official, (HEADING, FEAST))
    say(world.reviewer, submission, FEAST_AT, "approve")
    clause = clause_at(submission, FEAST_AT)
    ids = (world.second_reviewer.id, submission.id, clause.id, clause.fingerprint)
    answers: list[str] = []

    def late() -> None:
        person_id, submission_id, clause_id, fingerprint = ids
        with app.app_context():
            session = db.session()
            person, there = session.get_one(User, person_id), session.get_one(Submission, submission_id)
            try:
                decide(person, there, session.get_one(SubmittedClause, clause_id), "flag", "Muộn.", fingerprint=fingerprint)
            except Refused as refusal:
                answers.append(refusal.code)

    other = Thread(target=late)
    with transaction() as session:
        present = latest_round(session, submission, lock=True)
        session.add(Verdict(round=present, outcome="compliant", proposed_by_id=world.reviewer.id))
        record(session, world.reviewer, "review.verdict_proposed", "submission", submission.id)
        other.start()
        other.join(timeout=0.5)
        assert other.is_alive()
    other.join(timeout=20)
    assert answers == ["decided_after_verdict"]
