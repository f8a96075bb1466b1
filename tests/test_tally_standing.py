"""Which covenants count in 2.4, and in which one group each stands."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event

from covenant_review.database import db, now, transaction
from covenant_review.registry.models import STATUSES, Community, Covenant
from covenant_review.submissions.models import Submission
from covenant_review.tally.standing import GROUPS, CovenantStanding, standings
from covenant_review.tally.today import day_of, end_of, today
from covenant_review.tally.uncounted import communities_without, uncounted_covenants
from tests import tally_data as data
from tests.people import World


def of(covenant: Covenant, day: date | None = None) -> CovenantStanding:
    """The one standing of a covenant."""
    (found,) = [one for one in standings(db.session(), day or today()) if one.covenant_id == covenant.id]
    return found


def test_each_covenant_in_force_is_in_exactly_one_group(world: World) -> None:
    made = data.one_of_each(world)
    found = standings(db.session(), today(), world.commune.id)
    assert {one.covenant_id: one.group for one in found} == {covenant.id: group for group, covenant in made.items()}
    assert Counter(one.group for one in found) == dict.fromkeys(GROUPS, 1)


def test_the_whole_province_and_one_commune(world: World) -> None:
    assert [one.commune_code for one in standings(db.session(), today())] == ["07228", "09319"]
    assert [one.covenant_id for one in standings(db.session(), today(), world.other_commune.id)] == [world.other_covenant.id]


def test_a_signed_conclusion_names_signer_and_version(world: World) -> None:
    data.conclude(world, world.covenant, "compliant", version=1)
    found = of(world.covenant)
    assert (found.group, found.version, found.signer_name, found.round_number) == ("compliant", 1, "Vũ Thị Ký", 1)
    assert found.signed_on is not None and day_of(found.signed_on) == today()
    assert (found.legal_status, found.status_since) == ("adopted", date(2024, 3, 1))


@pytest.mark.parametrize(("state", "group"), [
    ("queued", "in_review"), ("reading", "in_review"), ("read", "in_review"), ("unreadable", "unreadable"), ("failed", "unreadable"),
])  # fmt: skip
def test_state_of_reading_decides_until_review_does(world: World, state: str, group: str) -> None:
    data.submit(world.covenant, world.official, state=state)
    assert of(world.covenant).group == group


def test_a_verdict_that_nobody_signed_does_not_count(world: World) -> None:
    data.propose(world, data.submit(world.covenant, world.official), "compliant")
    found = of(world.covenant)
    assert (found.group, found.verdict_id, found.signer_name) == ("in_review", None, None)


def test_a_verdict_sent_back_does_not_count(world: World) -> None:
    data.sign(world, data.propose(world, data.submit(world.covenant, world.official), "compliant"), "send_back")
    assert of(world.covenant).group == "in_review"


def test_a_new_version_puts_a_signed_covenant_back_in_review(world: World) -> None:
    data.conclude(world, world.covenant, "not_compliant", version=1)
    data.submit(world.covenant, world.official, version=2, state="queued")
    found = of(world.covenant)
    assert (found.group, found.version, found.signed_on) == ("in_review", 2, None)


def test_an_unreadable_new_version_does_not_hide_behind_the_signed_one(world: World) -> None:
    data.conclude(world, world.covenant, "compliant", version=1)
    data.submit(world.covenant, world.official, version=2, state="unreadable")
    assert of(world.covenant).group == "unreadable"


def test_a_withdrawn_version_gives_way_to_the_one_before(world: World) -> None:
    data.conclude(world, world.covenant, "compliant", version=1)
    data.withdraw(data.submit(world.covenant, world.official, version=2))
    found = of(world.covenant)
    assert (found.group, found.version) == ("compliant", 1)


def test_only_a_withdrawn_version_is_not_received(world: World) -> None:
    data.withdraw(data.submit(world.covenant, world.official))
    assert of(world.covenant).group == "not_received"


def test_a_new_round_after_rescreening_reopens_the_review(world: World) -> None:
    submission = data.conclude(world, world.covenant, "compliant")
    data.open_round(submission, 2)
    found = of(world.covenant)
    assert (found.group, found.round_number, found.verdict_id) == ("in_review", 2, None)


def test_a_signed_version_that_is_read_again_waits_for_its_reading(world: World) -> None:
    submission = data.conclude(world, world.covenant, "compliant")
    with transaction() as session:
        session.get_one(Submission, submission.id).state = "queued"
        data.record(session, None, "tests.queued_again", "submission", submission.id)
    found = of(world.covenant)
    assert (found.group, found.verdict_id) == ("in_review", None)


def test_the_tenth_version_is_later_than_the_ninth(world: World) -> None:
    for version in (9, 10, 2):
        data.submit(world.covenant, world.official, version=version)
    assert of(world.covenant).version == 10


@pytest.mark.parametrize("status", STATUSES)
def test_which_legal_status_counts(world: World, status: str) -> None:
    made = data.covenant(world.community, "Hương ước thử", (status, date(2025, 1, 1)))
    counted = {one.covenant_id for one in standings(db.session(), today())}
    apart = {one.covenant_id: one.legal_status for one in uncounted_covenants(db.session(), today())}
    if status in ("adopted", "recognised", "suspended_part"):
        assert made.id in counted and made.id not in apart
    else:
        assert made.id not in counted and apart[made.id] == status


def test_a_covenant_without_any_step_is_apart(world: World) -> None:
    made = data.covenant(world.community, "Hương ước tương lai", ("adopted", today() + timedelta(days=1)))
    (found,) = uncounted_covenants(db.session(), today())
    assert (found.covenant_id, found.legal_status, found.since) == (made.id, None, None)


def test_legal_life_by_day_and_the_later_record_on_one_day(world: World) -> None:
    data.step(world.covenant, "recognised", date(2024, 4, 1))
    data.step(world.covenant, "suspended_whole", date(2025, 6, 1))
    data.step(world.covenant, "abolished", date(2025, 6, 1))
    assert [one.covenant_id for one in standings(db.session(), date(2024, 2, 29), world.commune.id)] == []
    assert of(world.covenant, date(2024, 3, 31)).legal_status == "adopted"
    assert of(world.covenant, date(2025, 5, 31)).legal_status == "recognised"
    assert standings(db.session(), date(2025, 6, 1), world.commune.id) == []
    (apart,) = uncounted_covenants(db.session(), date(2025, 6, 1))
    assert apart.legal_status == "abolished"


def test_a_past_day_knows_only_what_had_happened(world: World) -> None:
    earlier = now() - timedelta(days=10)
    data.conclude(world, world.covenant, "compliant", at=earlier)
    data.submit(world.covenant, world.official, version=2)
    assert of(world.covenant).group == "in_review"
    assert of(world.covenant, day_of(earlier)).group == "compliant"
    assert of(world.covenant, day_of(earlier) - timedelta(days=1)).group == "not_received"


def test_a_signature_of_today_does_not_count_for_yesterday(world: World) -> None:
    submission = data.submit(world.covenant, world.official, at=now() - timedelta(days=3))
    data.sign(world, data.propose(world, submission, "compliant", at=now() - timedelta(days=2)))
    assert of(world.covenant, today() - timedelta(days=1)).group == "in_review"


def test_the_day_turns_at_midnight_in_vietnam() -> None:
    assert day_of(datetime(2026, 11, 29, 16, 59, tzinfo=UTC)) == date(2026, 11, 29)
    assert day_of(datetime(2026, 11, 29, 17, 0, tzinfo=UTC)) == date(2026, 11, 30)
    assert end_of(date(2026, 11, 29)) == datetime(2026, 11, 29, 17, 0, tzinfo=UTC)


def test_communities_without_a_covenant(world: World) -> None:
    nothing = data.community(world.commune, "Thôn Trắng")
    declared = data.community(world.commune, "Thôn Không")
    with transaction() as session:
        session.get_one(Community, declared.id).declared_none_on = date(2026, 1, 5)
        data.record(session, None, "tests.declared", "community", declared.id)
    found = {one.community_id: one.declared_none_on for one in communities_without(db.session(), today())}
    assert found == {nothing.id: None, declared.id: date(2026, 1, 5)}
    before = {one.community_id: one.declared_none_on for one in communities_without(db.session(), date(2026, 1, 4))}
    assert before[declared.id] is None


def test_a_merger_hands_its_covenants_on(world: World) -> None:
    """The new community lives under the covenants of those merged into it; those merged away are asked for nothing."""
    middle, last = data.community(world.commune, "Giữa"), data.community(world.commune, "Mới")
    with transaction() as session:
        first = session.get_one(Community, world.community.id)
        first.merged_into_id, first.merged_on = middle.id, date(2025, 7, 1)
        second = session.get_one(Community, middle.id)
        second.merged_into_id, second.merged_on = last.id, date(2026, 7, 1)
        data.record(session, None, "tests.merged", "community", middle.id)
    assert communities_without(db.session(), date(2026, 7, 1)) == []
    assert [one.community_id for one in communities_without(db.session(), date(2025, 6, 30))] == [middle.id, last.id]
    assert of(world.covenant, date(2026, 7, 1)).group == "not_received"


def test_the_number_of_queries_does_not_grow_with_the_register(world: World) -> None:
    def queries() -> int:
        count = 0

        def noted(*_arguments: object) -> None:
            nonlocal count
            count += 1

        event.listen(db.engine, "before_cursor_execute", noted)
        standings(db.session(), today())
        communities_without(db.session(), today())
        uncounted_covenants(db.session(), today())
        event.remove(db.engine, "before_cursor_execute", noted)
        return count

    few = queries()
    for number in range(12):
        data.covenant(data.community(world.commune, f"Thôn {number}"), f"Hương ước {number}")
    assert queries() == few <= 11
