"""Facts beside the register: proposed when read, taken over by a click only, refused where the register would refuse."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from flask import Flask, current_app
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from werkzeug.test import Client

from covenant_review.audit.models import AuditEvent
from covenant_review.database import db, transaction
from covenant_review.refusals import Forbidden, Invalid, Refused
from covenant_review.registry.models import Covenant
from covenant_review.submissions.facts import accept, decline
from covenant_review.submissions.facts_shown import shown_facts, suggested_covenant, without_unit
from covenant_review.submissions.models import DocumentFact, Submission
from covenant_review.submissions.operations import submit, withdraw
from covenant_review.submissions.reading_job import drain
from tests.people import World
from tests.submissions_data import FAIR, docx_bytes, upload, use_rules, write_rules

TITLE = "QUY ƯỚC TỔ DÂN PHỐ THANH MAI"
LINES = (
    "Tổ dân phố Thanh Mai, phường Đa Mai họp ngày 12/3/2016 đã nhất trí thông qua quy ước.",
    "(Công nhận theo Quyết định số 45/QĐ-UBND ngày 05/6/2016 của Ủy ban nhân dân thành phố)",
    FAIR,
)


@pytest.fixture(autouse=True)
def rules(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    name = "sqlite_app" if "sqlite_app" in request.fixturenames else "app"
    use_rules(request.getfixturevalue(name), write_rules(tmp_path / "rules"))


def read_one(world: World, *lines: str, covenant: Covenant | None = None, title: str = TITLE) -> Submission:
    (receipt,) = submit(world.official, world.commune, [upload("q.docx", docx_bytes(*(lines or LINES), title=title))], covenant)
    assert receipt.submission is not None
    drain(the_app())
    return receipt.submission


def the_app() -> Flask:
    """The application whose context the test holds open."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # the proxy's own way
    assert isinstance(app, Flask)
    return app


def facts(submission: Submission) -> dict[str, DocumentFact]:
    db.session.expire_all()
    found = db.session.scalars(select(DocumentFact).where(DocumentFact.submission_id == submission.id))
    return {fact.kind: fact for fact in found}


def events(action: str) -> list[AuditEvent]:
    return list(db.session.scalars(select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.id)))


def test_reading_proposes_and_leaves_the_register_alone(world: World) -> None:
    submission = read_one(world, covenant=world.covenant)
    found = facts(submission)
    assert {kind: (fact.value, fact.state) for kind, fact in found.items()} == {
        "name": ("Quy ước tổ dân phố Thanh Mai", "proposed"),
        "community": ("tổ dân phố Thanh Mai", "proposed"),
        "commune": ("phường Đa Mai", "proposed"),
        "year": ("2016", "proposed"),
        "adopted_on": ("2016-03-12", "proposed"),
        "recognised_on": ("2016-06-05", "proposed"),
        "decision_number": ("45/QĐ-UBND", "proposed"),
    }
    assert all(fact.label and fact.quote for fact in found.values())
    assert [(step.status, step.from_date) for step in world.covenant.statuses] == [("adopted", date(2024, 3, 1))]
    (event,) = events("submissions.facts_proposed")
    assert event.actor_id is None and event.details["facts"]["adopted_on"] == "2016-03-12"


def test_a_different_day_corrects_the_register_with_the_words_as_reason(world: World) -> None:
    submission = read_one(world, covenant=world.covenant)
    accept(world.official, facts(submission)["adopted_on"])
    fact = facts(submission)["adopted_on"]
    assert (fact.state, fact.decided_by_id) == ("accepted", world.official.id)
    (step,) = db.session.get_one(Covenant, world.covenant.id).statuses
    assert (step.from_date, step.document) == (date(2016, 3, 12), "Nghị quyết")
    (corrected,) = events("registry.status_corrected")
    assert "12/3/2016" in corrected.details["reason"] and corrected.details["before"]["on"] == "2024-03-01"
    (event,) = events("submissions.fact_accepted")
    assert (event.details["kind"], event.details["value"], event.actor_id) == ("adopted_on", "2016-03-12", world.official.id)


def test_a_recognition_comes_with_its_number(world: World) -> None:
    submission = read_one(world, covenant=world.covenant)
    accept(world.official, facts(submission)["adopted_on"])
    accept(world.official, facts(submission)["recognised_on"])
    recognised = db.session.get_one(Covenant, world.covenant.id).first("recognised")
    assert recognised is not None and (recognised.from_date, recognised.document) == (date(2016, 6, 5), "45/QĐ-UBND")
    assert facts(submission)["decision_number"].state == "accepted"


def test_what_the_register_refuses_changes_neither(world: World) -> None:
    """The register says adopted in 2024; a recognition in 2016 cannot be before that."""
    submission = read_one(world, covenant=world.covenant)
    with pytest.raises(Invalid) as refused:
        accept(world.official, facts(submission)["recognised_on"])
    assert refused.value.code == "recognised_before_adopted"
    assert {fact.state for fact in facts(submission).values()} == {"proposed"}
    assert events("submissions.fact_accepted") == []


def test_a_number_needs_a_day_first(world: World) -> None:
    submission = read_one(world, covenant=world.covenant)
    with pytest.raises(Refused) as refused:
        accept(world.official, facts(submission)["decision_number"])
    assert refused.value.code == "recognition_day_missing"
    assert facts(submission)["decision_number"].state == "proposed"


def test_a_name_is_taken_over_with_its_kind(world: World) -> None:
    submission = read_one(world, FAIR, covenant=world.covenant, title="HƯƠNG ƯỚC TỔ DÂN PHỐ THANH MAI")
    accept(world.official, facts(submission)["name"])
    covenant = db.session.get_one(Covenant, world.covenant.id)
    assert (covenant.kind, covenant.name) == ("huong_uoc", "Hương ước tổ dân phố Thanh Mai")


def test_declining_keeps_the_register_and_may_be_changed_to_using_once(world: World) -> None:
    submission = read_one(world, covenant=world.covenant)
    decline(world.official, facts(submission)["adopted_on"])
    assert facts(submission)["adopted_on"].state == "declined"
    assert db.session.get_one(Covenant, world.covenant.id).statuses[0].from_date == date(2024, 3, 1)
    with pytest.raises(Refused, match="fact_decided"):
        decline(world.official, facts(submission)["adopted_on"])
    accept(world.administrator, facts(submission)["adopted_on"])
    with pytest.raises(Refused, match="fact_decided"):
        accept(world.official, facts(submission)["adopted_on"])
    assert len(events("submissions.fact_declined")) == 1


@pytest.mark.parametrize("person", ["neighbour", "reviewer", "signer", "observer"])
def test_only_who_keeps_the_register_decides(world: World, person: str) -> None:
    fact = facts(read_one(world, covenant=world.covenant))["adopted_on"]
    for verb in (accept, decline):
        with pytest.raises(Forbidden):
            verb(getattr(world, person), fact)


def test_places_are_only_held_against_the_register(world: World) -> None:
    submission = read_one(world, covenant=world.covenant)
    for kind in ("community", "commune", "year"):
        with pytest.raises(Refused, match="not_for_the_register"):
            accept(world.official, facts(submission)[kind])


def test_nothing_is_decided_without_a_covenant_or_on_what_was_withdrawn(world: World) -> None:
    loose = read_one(world)
    with pytest.raises(Refused, match="not_attached"):
        accept(world.official, facts(loose)["name"])
    withdraw(world.official, loose, "nhầm")
    with pytest.raises(Refused, match="withdrawn"):
        decline(world.official, facts(loose)["name"])


def test_the_database_keeps_facts_as_they_were_read(world: World) -> None:
    submission = read_one(world, covenant=world.covenant)
    accept(world.official, facts(submission)["adopted_on"])
    for statement in (
        "UPDATE document_fact SET value = '1999-01-01'",
        "UPDATE document_fact SET state = 'proposed', decided_by_id = NULL, decided_at = NULL WHERE kind = 'adopted_on'",
        "DELETE FROM document_fact",
    ):
        with pytest.raises(DBAPIError, match="guard:fact_"), transaction() as session:
            session.execute(text(statement))


def test_the_lines_say_how_document_and_register_stand(world: World) -> None:
    submission = read_one(world, covenant=world.covenant)
    lines = {line.kind: line for line in shown_facts(submission, list(facts(submission).values()))}
    assert {kind: line.comparison for kind, line in lines.items()} == {
        "name": "same", "community": "same", "commune": "same", "adopted_on": "different",
        "recognised_on": "not_in_register", "decision_number": "with_the_day",
    }  # fmt: skip
    assert lines["adopted_on"].registered == (date(2024, 3, 1),)
    assert [kind for kind, line in lines.items() if line.can_be_used] == ["adopted_on", "recognised_on"]


def test_a_loose_file_finds_its_covenant_by_name_or_community(world: World) -> None:
    loose = read_one(world)
    found = suggested_covenant(db.session(), loose, list(facts(loose).values()))
    assert found is not None and found.id == world.covenant.id
    other = read_one(world, FAIR, title="QUY ƯỚC TỔ DÂN PHỐ ĐÔNG")
    assert suggested_covenant(db.session(), other, list(facts(other).values())) is None
    assert without_unit("tổ dân phố số 7") == "số 7"


SignIn = Callable[[str], Client]


def test_the_page_shows_both_sides_and_a_click_takes_over(sqlite_world: World, sqlite_app: Flask, sign_in: SignIn) -> None:
    submission = read_one(sqlite_world, covenant=sqlite_world.covenant)
    client = sign_in("official")
    page = client.get(f"/submissions/{submission.id}").text
    assert "Máy đọc thấy:" in page and "sổ ghi 01/03/2024, văn bản ghi 12/03/2016" in page
    assert "Khớp với sổ" in page and "Sổ chưa ghi" in page
    assert "họp ngày <strong>12/3/2016</strong> đã nhất trí" in page
    fact = facts(submission)["adopted_on"]
    answer = client.post(f"/facts/{fact.id}/accept", follow_redirects=True)
    assert "Đã ghi vào sổ" in answer.text
    other = facts(submission)["recognised_on"]
    assert "Sổ giữ nguyên" in client.post(f"/facts/{other.id}/decline", follow_redirects=True).text
    assert "Không dùng:" in client.get(f"/submissions/{submission.id}").text


def test_a_reviewer_sees_the_facts_without_buttons(sqlite_world: World, sqlite_app: Flask, sign_in: SignIn) -> None:
    submission = read_one(sqlite_world, covenant=sqlite_world.covenant)
    fact_id = facts(submission)["adopted_on"].id
    db.session.rollback()
    client = sign_in("reviewer")
    page = client.get(f"/submissions/{submission.id}").text
    assert "Máy đọc thấy:" in page and f"/facts/{fact_id}/accept" not in page
    assert client.post(f"/facts/{fact_id}/accept").status_code == 403
    assert sign_in("neighbour").post(f"/facts/{fact_id}/accept").status_code == 403
    assert client.post("/facts/99999/accept").status_code == 403


def test_the_attach_form_is_filled_in_with_what_fits(sqlite_world: World, sqlite_app: Flask, sign_in: SignIn) -> None:
    loose = read_one(sqlite_world)
    db.session.rollback()
    page = sign_in("official").get(f"/submissions/{loose.id}").text
    assert f'selected value="{sqlite_world.covenant.id}"' in page and "Đã chọn sẵn" in page
