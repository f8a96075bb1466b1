"""The second person: signing, sending back, who may not; and what is carried over into another round."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from covenant_review.accounts.models import Role, User
from covenant_review.audit.log import record
from covenant_review.audit.models import AuditEvent
from covenant_review.database import db, transaction
from covenant_review.refusals import Forbidden, Invalid, Refused
from covenant_review.review.checks import standing_of
from covenant_review.review.models import Decision, SignOff, Verdict
from covenant_review.review.operations import approve_rest, propose_verdict, send_back, sign
from covenant_review.submissions.models import Submission
from tests.people import World
from tests.review_data import (
    BRIDE_FEE,
    FEAST,
    HEADING,
    TREE,
    Hit,
    add_version,
    clause_at,
    decisions,
    present_round,
    screen_again,
    withdraw,
)
from tests.test_review import FEAST_AT, FEE_AT, TREE_AT, last_event, refused_with, say

SEX_WORDS = Hit("culture/bride_only", "consider", "Cô dâu, chú rể")


def proposed(world: World, *, flag: bool = True) -> Verdict:
    """A verdict of `reviewer` on a fresh version of the first covenant."""
    submission = add_version(world.covenant, world.official)
    approve_rest(world.reviewer, submission, 2)
    if flag:
        say(world.reviewer, submission, FEE_AT, "flag", "Chỉ thu của con gái.")
    else:
        say(world.reviewer, submission, FEE_AT, "approve")
    return propose_verdict(world.reviewer, submission)


def also(person: User, role: str) -> User:
    """Give a person another role as well."""
    with transaction() as session:
        person.roles = [*person.roles, session.scalars(select(Role).where(Role.name == role)).one()]
        record(session, None, "tests.role_added", "user", person.id)
    return person


def test_signing_is_stored_and_logged(world: World) -> None:
    verdict = proposed(world)
    signed = sign(world.signer, verdict, " Đồng ý. ")
    assert (signed.action, signed.signer_id, signed.reason) == ("sign", world.signer.id, "Đồng ý.")
    event = last_event()
    assert event.action == "review.verdict_signed" and event.actor_id == world.signer.id
    assert event.details["outcome"] == "not_compliant" and event.details["verdict_id"] == verdict.id


def test_sending_back_opens_a_round_with_the_decisions_carried_over(world: World) -> None:
    verdict = proposed(world)
    submission = verdict.round.submission
    first = {decision.clause_id: decision for decision in decisions(submission)}
    opened = send_back(world.signer, verdict, "Xem lại khoản 3: có thu của con trai không?")
    assert opened.number == 2 and present_round(submission).id == opened.id
    carried = decisions(submission)
    assert len(carried) == 3
    for decision in carried:
        before = first[decision.clause_id]
        assert decision.carried_from_id == before.id
        assert (decision.reviewer_id, decision.choice, decision.reason) == (before.reviewer_id, before.choice, before.reason)
        assert (decision.in_bulk, decision.decided_at) == (before.in_bulk, before.decided_at)
    actions = list(db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))[-2:]
    assert actions == ["review.verdict_sent_back", "review.round_opened"]
    assert last_event().details == {"round": 2, "cause": "sent_back", "carried": 3, "not_carried": 0}


def test_after_sending_back_the_reviewer_changes_the_decision_and_it_is_signed(world: World) -> None:
    verdict = proposed(world)
    submission = verdict.round.submission
    send_back(world.signer, verdict, "Xem lại khoản 3.")
    changed = say(world.reviewer, submission, FEE_AT, "approve", "Thu như nhau với con trai, theo Điều 9.")
    assert changed.carried_from_id is None
    again = propose_verdict(world.reviewer, submission)
    assert again.outcome == "compliant"
    assert sign(world.signer, again).action == "sign"
    with refused_with("already_signed"):
        sign(world.signer, again)


def test_a_round_carried_twice_still_points_to_where_it_was_first_decided(world: World) -> None:
    verdict = proposed(world)
    submission = verdict.round.submission
    origin = {decision.clause_id: decision.id for decision in decisions(submission)}
    send_back(world.signer, verdict, "Xem lại.")
    send_back(world.signer, propose_verdict(world.reviewer, submission), "Xem lại lần nữa.")
    assert present_round(submission).number == 3
    assert {decision.clause_id: decision.carried_from_id for decision in decisions(submission)} == origin


def test_sending_back_needs_a_reason(world: World) -> None:
    verdict = proposed(world)
    with refused_with("reason_missing", Invalid):
        send_back(world.signer, verdict, " ")
    assert present_round(verdict.round.submission).number == 1


@pytest.mark.parametrize("who", ["official", "reviewer", "second_reviewer", "observer", "administrator"])
def test_only_signers_sign_or_send_back(world: World, who: str) -> None:
    verdict = proposed(world)
    with refused_with("not_allowed", Forbidden):
        sign(getattr(world, who), verdict)
    with refused_with("not_allowed", Forbidden):
        send_back(getattr(world, who), verdict, "Không đồng ý.")


def test_who_decided_or_proposed_does_not_sign(world: World) -> None:
    submission = add_version(world.covenant, world.official)
    decider, proposer = also(world.reviewer, "signer"), also(world.second_reviewer, "signer")
    approve_rest(decider, submission, 2)
    say(decider, submission, FEE_AT, "flag", "Chỉ thu của con gái.")
    verdict = propose_verdict(proposer, submission)
    for person in (decider, proposer):
        with refused_with("signed_by_decider", Forbidden):
            sign(person, verdict)
        with refused_with("signed_by_decider", Forbidden):
            send_back(person, verdict, "Xem lại.")
    sign(world.signer, verdict)


def test_whose_decision_was_carried_over_does_not_sign_either(world: World) -> None:
    decider = also(world.reviewer, "signer")
    verdict = proposed(world)
    submission = verdict.round.submission
    send_back(world.signer, verdict, "Xem lại.")
    again = propose_verdict(world.second_reviewer, submission)
    with refused_with("signed_by_decider", Forbidden):
        sign(decider, again)


def test_who_uploaded_any_version_does_not_sign(world: World) -> None:
    add_version(world.covenant, world.signer, (HEADING, FEAST))
    verdict = proposed(world)
    with refused_with("signed_by_uploader", Forbidden):
        sign(world.signer, verdict)
    with refused_with("signed_by_uploader", Forbidden):
        send_back(world.signer, verdict, "Xem lại.")


def test_what_is_not_the_latest_version_is_not_signed(world: World) -> None:
    verdict = proposed(world)
    newer = add_version(world.covenant, world.official)
    for verb in (lambda: sign(world.signer, verdict), lambda: send_back(world.signer, verdict, "Xem lại.")):
        with refused_with("not_latest"):
            verb()
    withdraw(newer)
    assert sign(world.signer, verdict).action == "sign"


def test_what_was_withdrawn_is_not_signed(world: World) -> None:
    verdict = proposed(world)
    withdraw(verdict.round.submission)
    with refused_with("withdrawn"):
        sign(world.signer, verdict)


def test_a_verdict_that_went_stale_is_not_signed(world: World) -> None:
    verdict = proposed(world)
    submission = verdict.round.submission
    screen_again(submission, TREE_AT, (SEX_WORDS,))
    assert present_round(submission).number == 2
    with refused_with("signed_superseded"):
        sign(world.signer, verdict)


def test_stale_words_are_refused_even_before_the_new_round_is_there(world: World) -> None:
    verdict = proposed(world)
    with transaction() as session:
        clause_at(verdict.round.submission, TREE_AT).fingerprint = "b" * 64
        record(session, None, "tests.changed", "submission", None)
    with refused_with("signed_stale"):
        sign(world.signer, verdict)
    assert db.session.scalar(select(SignOff)) is None


@pytest.mark.parametrize("signed", [False, True])
def test_new_rules_open_a_round_with_what_still_holds(world: World, signed: bool) -> None:
    verdict = proposed(world)
    submission = verdict.round.submission
    if signed:
        sign(world.signer, verdict)
    screen_again(submission, TREE_AT, (SEX_WORDS,))
    assert present_round(submission).number == 2
    assert {decision.clause.position for decision in decisions(submission)} == {FEAST_AT, FEE_AT}
    assert last_event().details == {"round": 2, "cause": "screened_anew", "carried": 2, "not_carried": 1}
    standing = standing_of(db.session(), present_round(submission), submission)
    assert [each.clause.position for each in standing.undecided] == [TREE_AT]


def test_rules_that_change_nothing_open_no_round(world: World) -> None:
    verdict = proposed(world)
    submission = verdict.round.submission
    sign(world.signer, verdict)
    screen_again(submission, FEAST_AT, ())
    assert present_round(submission).id == verdict.round_id


def test_a_flag_that_comes_back_with_an_older_rule_set_opens_a_round(world: World) -> None:
    """Flagged, screened anew, approved by another, proposed; then the first rules return and the flag counts again."""
    submission = add_version(world.covenant, world.official)
    approve_rest(world.second_reviewer, submission, 2)
    say(world.reviewer, submission, FEE_AT, "flag", "Chỉ thu của con gái.")
    screen_again(submission, FEE_AT, ())
    say(world.second_reviewer, submission, FEE_AT, "approve")
    verdict = propose_verdict(world.second_reviewer, submission)
    assert verdict.outcome == "compliant"
    screen_again(submission, FEE_AT, BRIDE_FEE.hits)
    assert present_round(submission).number == 2
    standing = standing_of(db.session(), present_round(submission), submission)
    assert standing.outcome == "not_compliant"


def test_a_new_version_takes_over_decisions_on_identical_text_only(world: World) -> None:
    submission = add_version(world.covenant, world.official)
    say(world.second_reviewer, submission, FEAST_AT, "flag", "Số mâm cỗ không nên quy định.")
    say(world.reviewer, submission, FEE_AT, "flag", "Chỉ thu của con gái.")
    approve_rest(world.reviewer, submission, 1)
    repaired = type(BRIDE_FEE)("Mọi đôi vợ chồng mới được tặng một cây lưu niệm.", "Điều 4, khoản 3", "3.")
    amended = add_version(world.covenant, world.official, (HEADING, TREE, repaired, FEAST))
    carried = {decision.clause.text: decision for decision in decisions(amended)}
    assert set(carried) == {FEAST.text, TREE.text}
    feast = carried[FEAST.text]
    assert (feast.reviewer_id, feast.choice, feast.reason) == (
        world.second_reviewer.id, "flag", "Số mâm cỗ không nên quy định.",
    )  # fmt: skip
    assert carried[TREE.text].in_bulk and carried[TREE.text].carried_from_id is not None
    assert last_event().details == {"round": 1, "cause": "first", "carried": 2, "not_carried": 1}


def test_the_same_text_with_another_finding_is_not_the_same(world: World) -> None:
    submission = add_version(world.covenant, world.official)
    say(world.reviewer, submission, FEE_AT, "approve")
    unmatched = type(BRIDE_FEE)(BRIDE_FEE.text, BRIDE_FEE.label, BRIDE_FEE.number, headings=BRIDE_FEE.headings)
    amended = add_version(world.covenant, world.official, (HEADING, unmatched))
    assert decisions(amended) == []


def test_a_text_that_occurs_several_times_is_matched_in_order(world: World) -> None:
    submission = add_version(world.covenant, world.official, (FEAST, TREE, FEAST, FEAST))
    say(world.reviewer, submission, 2, "flag", "Lần thứ hai.")
    amended = add_version(world.covenant, world.official, (HEADING, FEAST, FEAST))
    assert {decision.clause.position: decision.reason for decision in decisions(amended)} == {2: "Lần thứ hai."}
    shorter = add_version(world.covenant, world.official, (FEAST, HEADING))
    assert decisions(shorter) == []


def test_what_an_uploader_of_a_later_version_decided_is_not_carried_over(world: World) -> None:
    submission = add_version(world.covenant, world.official)
    say(world.reviewer, submission, FEAST_AT, "approve")
    say(world.second_reviewer, submission, TREE_AT, "approve")
    amended = add_version(world.covenant, world.reviewer)
    assert {decision.reviewer_id for decision in decisions(amended)} == {world.second_reviewer.id}


def test_stale_decisions_are_not_carried_to_the_next_version(world: World) -> None:
    submission = add_version(world.covenant, world.official)
    say(world.reviewer, submission, TREE_AT, "approve")
    screen_again(submission, TREE_AT, (SEX_WORDS,))
    amended = add_version(world.covenant, world.official)
    assert decisions(amended) == []
    assert isinstance(amended, Submission) and db.session.scalar(select(Decision)) is not None


def test_refusals_leave_nothing_behind(world: World) -> None:
    verdict = proposed(world)
    before = last_event().id
    for verb in (lambda: sign(world.reviewer, verdict), lambda: send_back(world.signer, verdict, "")):
        with pytest.raises(Refused):
            verb()
    assert last_event().id == before
