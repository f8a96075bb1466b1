"""The legal life of a covenant: steps that make sense, corrections with a reason."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from covenant_review.refusals import Forbidden, Invalid
from covenant_review.registry.models import Community, Covenant, LegalStatus
from covenant_review.registry.operations import (
    add_covenant,
    add_status,
    correct_status,
    declare_no_covenant,
    remove_status,
)
from tests.people import World
from tests.registry_data import days_ago, events, last_event, looking
from tests.test_registry_operations import refused

# The world's covenant was adopted on 1/3/2024.
ADOPTED = date(2024, 3, 1)


def add(world: World, status: str, on: date, **more: object) -> LegalStatus:
    return add_status(world.official, world.covenant, status=status, on=on, **more)  # type: ignore[arg-type]


def life(covenant_id: int) -> list[tuple[str, date]]:
    with looking() as session:
        return [(step.status, step.from_date) for step in session.get_one(Covenant, covenant_id).statuses]


def status_now(covenant_id: int) -> str:
    with looking() as session:
        now = session.get_one(Covenant, covenant_id).status_on(days_ago(0))
        assert now is not None
        return now.status


def test_a_whole_life(world: World) -> None:
    add(world, "recognised", date(2024, 3, 20), document="45/QĐ-UBND")
    event = last_event("registry.status_added")
    assert event.details["status"] == "recognised" and event.details["on"] == "2024-03-20"
    assert event.subject_id == world.covenant.id
    add(world, "suspended_part", date(2024, 9, 1))
    add(world, "recognised", date(2024, 10, 1))
    add(world, "suspended_whole", date(2025, 1, 1))
    add(world, "abolished", date(2025, 2, 1))
    assert status_now(world.covenant.id) == "abolished"
    assert len(life(world.covenant.id)) == 6


def test_an_earlier_stage_may_be_filled_in_later(world: World) -> None:
    add(world, "drafted", date(2024, 1, 5))
    assert life(world.covenant.id)[0] == ("drafted", date(2024, 1, 5))
    assert status_now(world.covenant.id) == "adopted"


@pytest.mark.parametrize(
    ("status", "on", "code"),
    [
        ("recognised", days_ago(-2), "day_in_future"),
        ("recognised", date(2024, 2, 1), "recognised_before_adopted"),
        ("not_recognised", date(2024, 2, 1), "recognised_before_adopted"),
        ("adopted", date(2023, 2, 1), "before_the_first"),
        ("adopted", ADOPTED, "status_repeated"),
        ("drafted", date(2024, 4, 1), "draft_after_adoption"),
        ("drafted", ADOPTED, "draft_after_adoption"),
        ("suspended_part", date(2024, 2, 1), "nothing_in_force_yet"),
        ("abolished", date(2024, 2, 1), "nothing_in_force_yet"),
        ("withdrawn", date(2024, 4, 1), "status"),
        ("replaced", date(2024, 4, 1), "replacement_missing"),
    ],
)
def test_steps_that_make_no_sense(world: World, status: str, on: date, code: str) -> None:
    refused(code, lambda: add(world, status, on), kind=Invalid)


def test_a_draft_cannot_be_suspended_and_nothing_follows_the_end(world: World) -> None:
    draft = add_covenant(world.official, world.community, kind="huong_uoc", name="Dự thảo", drafted_on=date(2024, 1, 1))
    refused("nothing_in_force_yet", lambda: add_status(world.official, draft, status="abolished", on=date(2024, 5, 1)), kind=Invalid)
    add(world, "abolished", date(2024, 6, 1))
    refused("after_the_end", lambda: add(world, "recognised", date(2024, 7, 1)), kind=Invalid)
    refused("after_the_end", lambda: add(world, "recognised", date(2024, 6, 1)), kind=Invalid)
    add(world, "recognised", date(2024, 5, 1))
    assert status_now(world.covenant.id) == "abolished"


def test_replacement_names_the_covenant_that_came_instead(world: World) -> None:
    draft = add_covenant(world.official, world.community, kind="quy_uoc", name="Quy ước 2025", drafted_on=days_ago(40))
    day = days_ago(10)
    refused("replacement_not_adopted", lambda: add(world, "replaced", day, replaced_by=draft))
    refused("replacement_elsewhere", lambda: add(world, "replaced", day, replaced_by=world.other_covenant))
    refused("replaced_by_itself", lambda: add(world, "replaced", day, replaced_by=world.covenant), kind=Invalid)
    refused("replacement_not_wanted", lambda: add(world, "abolished", day, replaced_by=draft), kind=Invalid)
    add_status(world.official, draft, status="adopted", on=days_ago(30))
    add(world, "replaced", day, replaced_by=draft)
    assert last_event("registry.status_added").details["replaced_by"] == draft.id
    refused(
        "replacement_circle",
        lambda: add_status(world.official, draft, status="replaced", on=days_ago(5), replaced_by=world.covenant),
    )


def test_back_in_force_ends_a_declaration(world: World) -> None:
    add(world, "suspended_whole", days_ago(20))
    declare_no_covenant(world.official, world.community, days_ago(15))
    add(world, "recognised", days_ago(10))
    assert last_event("registry.status_added").details["declaration_ended"] is True
    with looking() as session:
        assert session.get_one(Community, world.community.id).declared_none_on is None


def only_step(world: World) -> LegalStatus:
    with looking() as session:
        step = session.scalars(select(LegalStatus).where(LegalStatus.covenant_id == world.covenant.id)).one()
        assert step.covenant.community.commune_id == world.commune.id
        return step


def test_a_correction_keeps_before_after_and_reason(world: World) -> None:
    correct_status(world.official, only_step(world), on=date(2023, 3, 1), document="Biên bản họp", reason="gõ nhầm năm")
    event = last_event("registry.status_corrected")
    assert event.details["before"] == {"on": "2024-03-01", "document": "Nghị quyết"}
    assert event.details["after"] == {"on": "2023-03-01", "document": "Biên bản họp"}
    assert event.details["reason"] == "gõ nhầm năm"
    assert life(world.covenant.id) == [("adopted", date(2023, 3, 1))]


def test_corrections_that_are_refused(world: World) -> None:
    add(world, "recognised", date(2024, 3, 20))
    with looking() as session:
        adopted = session.scalars(select(LegalStatus).where(LegalStatus.covenant_id == world.covenant.id)).first()
        assert adopted is not None and adopted.covenant.community.commune_id
    refused("reason_missing", lambda: correct_status(world.official, adopted, on=ADOPTED, document="x", reason=" "), kind=Invalid)
    refused(
        "nothing_changed",
        lambda: correct_status(world.official, adopted, on=ADOPTED, document="Nghị quyết", reason="thử"),
        kind=Invalid,
    )
    refused(
        "recognised_before_adopted",
        lambda: correct_status(world.official, adopted, on=date(2024, 4, 1), document="", reason="thử"),
        kind=Invalid,
    )
    refused("not_allowed", lambda: correct_status(world.neighbour, adopted, on=ADOPTED, document="x", reason="thử"), kind=Forbidden)


def test_a_step_that_never_happened_is_taken_out_but_not_the_last_one(world: World) -> None:
    wrong = add(world, "abolished", date(2024, 6, 1))
    refused("reason_missing", lambda: remove_status(world.official, wrong, reason=""), kind=Invalid)
    refused("not_allowed", lambda: remove_status(world.reviewer, wrong, reason="thử"), kind=Forbidden)
    remove_status(world.official, wrong, reason="chọn nhầm văn bản")
    event = last_event("registry.status_removed")
    assert event.details["before"]["status"] == "abolished" and event.details["reason"] == "chọn nhầm văn bản"
    assert status_now(world.covenant.id) == "adopted"
    refused("last_step", lambda: remove_status(world.official, only_step(world), reason="thử"))


def test_taking_out_the_adoption_under_an_abolition_is_refused(world: World) -> None:
    add(world, "abolished", date(2024, 6, 1))
    with looking() as session:
        adopted = session.scalars(
            select(LegalStatus).where(LegalStatus.status == "adopted", LegalStatus.covenant_id == world.covenant.id)
        ).one()
        assert adopted.covenant.community.commune_id
    refused("nothing_in_force_yet", lambda: remove_status(world.official, adopted, reason="thử"), kind=Invalid)
    assert "registry.status_removed" not in events()
