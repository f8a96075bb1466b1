"""Deciding on clauses and proposing a verdict: what is stored, what is refused, what is logged."""

from __future__ import annotations

import pytest
from flask import current_app
from sqlalchemy import select

from covenant_review.accounts.models import User
from covenant_review.audit.log import broken_links, record
from covenant_review.audit.models import AuditEvent
from covenant_review.database import db, transaction
from covenant_review.refusals import Forbidden, Invalid, Refused
from covenant_review.review.checks import standing_of
from covenant_review.review.models import Decision, Verdict
from covenant_review.review.operations import approve_rest, decide, propose_verdict
from covenant_review.submissions.models import Submission
from tests.people import World
from tests.review_data import (
    BRIDE_FEE,
    FEAST,
    HEADING,
    TREE,
    Hit,
    Provision,
    add_version,
    clause_at,
    decisions,
    present_round,
    screen_again,
    withdraw,
)

FEAST_AT, FEE_AT, TREE_AT = 1, 2, 3
SEX_WORDS = Hit("culture/bride_only", "consider", "Cô dâu, chú rể")


def say(person: User, submission: Submission, position: int, choice: str, reason: str = "") -> Decision:
    clause = clause_at(submission, position)
    return decide(person, submission, clause, choice, reason, fingerprint=clause.fingerprint)


def last_event() -> AuditEvent:
    event = db.session.scalar(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1))
    assert event is not None
    return event


def refused_with(code: str, kind: type[Refused] = Refused) -> pytest.RaisesExc[Refused]:
    return pytest.raises(kind, check=lambda error: error.code == code and len(read(error)) > 20)


def read(refusal: Refused) -> str:
    """The message as the site shows it."""
    with current_app.test_request_context():
        return refusal.message


def test_the_first_round_opens_by_itself_and_only_once(world: World) -> None:
    submission = add_version(world.covenant, world.official)
    assert present_round(submission).number == 1
    event = last_event()
    assert event.action == "review.round_opened" and event.actor_id is None
    assert event.details == {"round": 1, "cause": "first", "carried": 0, "not_carried": 0}
    screen_again(submission, FEAST_AT, ())
    assert present_round(submission).number == 1
    assert last_event().action == "tests.screened_again"


def test_a_flag_is_stored_with_its_reason_and_logged(world: World) -> None:
    submission = add_version(world.covenant, world.official)
    decision = say(world.reviewer, submission, FEE_AT, "flag", "  Chỉ thu của con gái.  ")
    assert (decision.choice, decision.reason, decision.in_bulk) == ("flag", "Chỉ thu của con gái.", False)
    assert decision.fingerprint == clause_at(submission, FEE_AT).fingerprint
    event = last_event()
    assert event.action == "review.clause_flagged"
    assert (event.subject_type, event.subject_id, event.actor_id) == ("submission", submission.id, world.reviewer.id)
    assert event.details["label"] == "Điều 4, khoản 3" and event.details["before"] is None
    assert event.details["after"]["reason"] == "Chỉ thu của con gái."


def test_changing_ones_mind_keeps_one_row_and_both_words_in_the_log(world: World) -> None:
    submission = add_version(world.covenant, world.official)
    first = say(world.reviewer, submission, FEE_AT, "flag", "Chỉ thu của con gái.")
    second = say(world.reviewer, submission, FEE_AT, "approve")
    assert first.id == second.id and len(decisions(submission)) == 1
    assert last_event().action == "review.clause_approved"
    assert last_event().details["before"]["choice"] == "flag"
    assert last_event().details["after"]["choice"] == "approve"


def test_saying_the_same_again_writes_nothing(world: World) -> None:
    submission = add_version(world.covenant, world.official)
    say(world.reviewer, submission, FEE_AT, "flag", "Chỉ thu của con gái.")
    event = last_event().id
    say(world.reviewer, submission, FEE_AT, "flag", "Chỉ thu của con gái.")
    assert last_event().id == event


def test_standing_flag_outweighs_approval_and_a_question_decides_nothing(world: World) -> None:
    submission = add_version(world.covenant, world.official)

    def standing(position: int) -> str:
        every = standing_of(db.session(), present_round(submission), submission)
        return next(each.standing for each in every.clauses if each.clause.position == position)

    assert standing(FEE_AT) == "undecided"
    say(world.reviewer, submission, FEE_AT, "second_opinion", "Lệ phí cheo có tính cho cả con trai không?")
    assert standing(FEE_AT) == "second_opinion"
    say(world.second_reviewer, submission, FEE_AT, "approve")
    assert standing(FEE_AT) == "approved"
    say(world.reviewer, submission, FEE_AT, "flag", "Chỉ thu của con gái.")
    assert standing(FEE_AT) == "flagged"


@pytest.mark.parametrize("choice", ["flag", "second_opinion"])
def test_a_flag_or_question_without_reason_is_refused(world: World, choice: str) -> None:
    submission = add_version(world.covenant, world.official)
    with refused_with("reason_missing", Invalid):
        say(world.reviewer, submission, FEE_AT, choice, "   ")
    assert decisions(submission) == []


def test_words_that_are_no_choice_or_no_reason_are_refused(world: World) -> None:
    submission = add_version(world.covenant, world.official)
    with refused_with("choice", Invalid):
        say(world.reviewer, submission, FEE_AT, "maybe")
    with refused_with("reason_too_long", Invalid):
        say(world.reviewer, submission, FEE_AT, "flag", "dài " * 2000)


@pytest.mark.parametrize("who", ["official", "signer", "observer", "administrator"])
def test_only_reviewers_decide(world: World, who: str) -> None:
    submission = add_version(world.covenant, world.neighbour)
    person = getattr(world, who)
    with refused_with("not_allowed", Forbidden):
        say(person, submission, FEE_AT, "approve")
    with refused_with("not_allowed", Forbidden):
        approve_rest(person, submission, 2)
    with refused_with("not_allowed", Forbidden):
        propose_verdict(person, submission)


def test_who_uploaded_any_version_neither_decides_nor_proposes(world: World) -> None:
    add_version(world.covenant, world.reviewer)
    submission = add_version(world.covenant, world.official)
    with refused_with("decided_by_uploader", Forbidden):
        say(world.reviewer, submission, FEE_AT, "approve")
    with refused_with("decided_by_uploader", Forbidden):
        approve_rest(world.reviewer, submission, 2)
    with refused_with("decided_by_uploader", Forbidden):
        propose_verdict(world.reviewer, submission)
    say(world.second_reviewer, submission, FEE_AT, "approve")


def test_a_page_that_is_no_longer_true_is_refused(world: World) -> None:
    submission = add_version(world.covenant, world.official)
    seen = clause_at(submission, TREE_AT).fingerprint
    screen_again(submission, TREE_AT, (SEX_WORDS,))
    with refused_with("decided_on_old_text"):
        decide(world.reviewer, submission, clause_at(submission, TREE_AT), "approve", fingerprint=seen)
    assert decisions(submission) == []


def test_only_judged_clauses_of_this_submission_are_decided(world: World) -> None:
    submission = add_version(world.covenant, world.official)
    other = add_version(world.other_covenant, world.neighbour)
    with refused_with("decided_elsewhere"):
        say(world.reviewer, submission, 0, "approve")
    elsewhere = clause_at(other, FEE_AT)
    with refused_with("decided_elsewhere"):
        decide(world.reviewer, submission, elsewhere, "approve", fingerprint=elsewhere.fingerprint)


def test_an_older_or_withdrawn_version_is_not_reviewed_any_more(world: World) -> None:
    old = add_version(world.covenant, world.official)
    new = add_version(world.covenant, world.official, (HEADING, FEAST))
    with refused_with("not_latest"):
        say(world.reviewer, old, FEE_AT, "approve")
    with refused_with("not_latest"):
        propose_verdict(world.reviewer, old)
    withdraw(new)
    with refused_with("withdrawn"):
        say(world.reviewer, new, FEAST_AT, "approve")
    say(world.reviewer, old, FEE_AT, "approve")


def test_the_rest_is_approved_in_bulk_without_touching_findings(world: World) -> None:
    unchecked = Provision("Ai vào làng phải trình báo trong 3 ngày.", unchecked=(("family/any", "quá thời gian"),))
    praised = Provision(
        "Nam, nữ bình đẳng trong việc họ, việc làng.",
        hits=(Hit("family/equality", "positive", "Nam, nữ bình đẳng"),),
    )
    submission = add_version(world.covenant, world.official, (HEADING, FEAST, BRIDE_FEE, TREE, unchecked, praised))
    assert approve_rest(world.reviewer, submission, 3) == 3
    assert {decision.clause.position for decision in decisions(submission)} == {FEAST_AT, TREE_AT, 5}
    assert all(decision.in_bulk and decision.choice == "approve" for decision in decisions(submission))
    event = last_event()
    assert event.action == "review.rest_approved" and event.details["count"] == 3
    assert len(event.details["clause_ids"]) == 3
    assert approve_rest(world.second_reviewer, submission, 0) == 0


def test_bulk_approval_needs_the_number_that_was_on_the_button(world: World) -> None:
    submission = add_version(world.covenant, world.official)
    say(world.second_reviewer, submission, FEAST_AT, "approve")
    with pytest.raises(Refused) as refusal:
        approve_rest(world.reviewer, submission, 2)
    assert refusal.value.code == "number_changed"
    assert "1" in read(refusal.value) and "2" in read(refusal.value)
    assert len(decisions(submission)) == 1


def test_bulk_approval_passes_by_a_clause_on_which_a_second_opinion_was_asked(world: World) -> None:
    submission = add_version(world.covenant, world.official)
    say(world.reviewer, submission, TREE_AT, "second_opinion", "Chỉ cô dâu chú rể thôi sao?")
    assert approve_rest(world.second_reviewer, submission, 1) == 1


def test_bulk_approval_renews_the_own_stale_decision(world: World) -> None:
    submission = add_version(world.covenant, world.official, (HEADING, FEAST))
    say(world.reviewer, submission, FEAST_AT, "approve")
    screen_again(submission, FEAST_AT, (Hit("family/equality", "positive", "Đám cưới"),))
    assert decisions(submission)[0].is_stale(clause_at(submission, FEAST_AT))
    assert approve_rest(world.reviewer, submission, 1) == 1
    renewed = decisions(submission)
    assert len(renewed) == 1 and renewed[0].in_bulk and not renewed[0].is_stale(clause_at(submission, FEAST_AT))


def test_a_verdict_follows_from_the_decisions(world: World) -> None:
    clean = add_version(world.other_covenant, world.neighbour, (HEADING, FEAST, TREE))
    approve_rest(world.reviewer, clean, 2)
    assert propose_verdict(world.reviewer, clean).outcome == "compliant"
    submission = add_version(world.covenant, world.official)
    approve_rest(world.reviewer, submission, 2)
    say(world.reviewer, submission, FEE_AT, "flag", "Chỉ thu của con gái.")
    verdict = propose_verdict(world.reviewer, submission, " Cần bỏ khoản 3 Điều 4. ")
    assert (verdict.outcome, verdict.note) == ("not_compliant", "Cần bỏ khoản 3 Điều 4.")
    event = last_event()
    assert event.action == "review.verdict_proposed"
    assert event.details["flagged"] == ["Điều 4, khoản 3"] and event.details["clauses"] == 3


def test_no_verdict_while_a_clause_is_undecided_stale_or_in_question(world: World) -> None:
    submission = add_version(world.covenant, world.official)
    approve_rest(world.reviewer, submission, 2)
    with pytest.raises(Refused) as refusal:
        propose_verdict(world.reviewer, submission)
    assert refusal.value.code == "verdict_undecided"
    assert "1" in read(refusal.value) and "Điều 4, khoản 3" in read(refusal.value)
    say(world.reviewer, submission, FEE_AT, "second_opinion", "Có thu của con trai không?")
    with refused_with("verdict_undecided"):
        propose_verdict(world.reviewer, submission)
    say(world.second_reviewer, submission, FEE_AT, "flag", "Chỉ thu của con gái.")
    screen_again(submission, TREE_AT, (SEX_WORDS,))
    with refused_with("verdict_undecided"):
        propose_verdict(world.reviewer, submission)
    assert db.session.scalar(select(Verdict)) is None


def test_a_text_without_provisions_gets_no_verdict(world: World) -> None:
    submission = add_version(world.covenant, world.official, (HEADING,))
    with refused_with("verdict_on_nothing"):
        propose_verdict(world.reviewer, submission)


def test_after_the_verdict_nothing_is_decided_any_more(world: World) -> None:
    submission = add_version(world.covenant, world.official, (HEADING, FEAST))
    approve_rest(world.reviewer, submission, 1)
    propose_verdict(world.reviewer, submission)
    with refused_with("decided_after_verdict"):
        say(world.second_reviewer, submission, FEAST_AT, "flag", "Chưa xem kỹ.")
    with refused_with("decided_after_verdict"):
        approve_rest(world.second_reviewer, submission, 0)
    with refused_with("decided_after_verdict"):
        propose_verdict(world.second_reviewer, submission)


def test_a_submission_without_covenant_is_not_reviewed(world: World) -> None:
    submission = add_version(world.covenant, world.official)
    with transaction() as session:
        loose = Submission(
            commune_id=world.commune.id, file_id=submission.file_id, file_name="la.docx",
            uploaded_by_id=world.official.id, state="read",
        )  # fmt: skip
        session.add(loose)
        record(session, None, "tests.added", "submission", None)
    with refused_with("not_read"):
        propose_verdict(world.reviewer, loose)


def test_the_log_chain_holds_over_a_whole_review(world: World) -> None:
    submission = add_version(world.covenant, world.official)
    approve_rest(world.reviewer, submission, 2)
    say(world.reviewer, submission, FEE_AT, "flag", "Chỉ thu của con gái.")
    propose_verdict(world.reviewer, submission)
    assert list(broken_links(db.session())) == []
