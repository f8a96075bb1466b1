"""Verbs on communities and covenants: what they do, what they log, what they refuse."""

from __future__ import annotations

from datetime import date

import pytest
from flask import current_app

from covenant_review.accounts.models import User
from covenant_review.refusals import Forbidden, Invalid, Refused
from covenant_review.registry.models import Commune, Community, Covenant
from covenant_review.registry.operations import (
    add_community,
    add_covenant,
    declare_no_covenant,
    merge_community,
    rename_community,
    rename_covenant,
    undo_merger,
    withdraw_declaration,
)
from covenant_review.registry.overview import commune_counts, commune_register
from covenant_review.text.alphabet import vietnamese_order
from tests.people import World
from tests.registry_data import days_ago, events, last_event, looking


def refused(code: str, deed: object, *, kind: type[Refused] = Refused) -> None:
    """The deed is refused with this code, and nothing is written."""
    before = events()
    with pytest.raises(kind) as caught:
        deed()  # type: ignore[operator]
    assert caught.value.code == code
    with current_app.test_request_context():
        assert caught.value.message
    assert events() == before


# --- Communities ---------------------------------------------------------------------------------------------------------


def test_a_community_is_added_without_its_kind_in_the_name(world: World) -> None:
    community = add_community(world.official, world.commune, kind="thon", name="  Thôn   Đông\u200b ")
    assert (community.kind, community.name) == ("thon", "Đông")
    event = last_event("registry.community_added")
    assert event.actor_id == world.official.id and event.details["name"] == "Đông" and event.subject_id == community.id


@pytest.mark.parametrize(
    ("kind", "name", "kept"),
    [
        ("to_dan_pho", "TDP số 3", "số 3"),
        ("to_dan_pho", "Tổ dân phố Thượng", "Thượng"),
        ("thon", "Làng Chanh", "Làng Chanh"),
        ("lang", "Lăng Khê", "Lăng Khê"),
        ("ban", "Bản", "Bản"),
        ("thon", "Hoà Bình", "Hoà Bình"),
        ("thon", "Hòa Bình", "Hòa Bình"),
    ],
)
def test_names_are_kept_as_people_write_them(world: World, kind: str, name: str, kept: str) -> None:
    assert add_community(world.official, world.commune, kind=kind, name=name).name == kept


@pytest.mark.parametrize("name", ["Thanh Mai", "THANH MAI", "tổ dân phố Thanh Mai", "Thanh  Mai"])
def test_a_second_one_of_the_same_name_is_refused(world: World, name: str) -> None:
    refused("community_exists", lambda: add_community(world.official, world.commune, kind="to_dan_pho", name=name))


def test_old_and_new_tone_placement_are_the_same_name(world: World) -> None:
    add_community(world.official, world.commune, kind="thon", name="Hoà")
    refused("community_exists", lambda: add_community(world.official, world.commune, kind="thon", name="Hòa"))
    add_community(world.official, world.commune, kind="thon", name="Hóa")


@pytest.mark.parametrize(
    ("kind", "name", "code"),
    [
        ("xom", "Đông", "kind"),
        ("thon", "  ", "name_missing"),
        ("thon", "a" * 151, "name_too_long"),
        ("thon", "Th«n §«ng", "strange_signs"),
        ("thon", "Đông\x00", "strange_signs"),
    ],
)
def test_what_cannot_be_a_community(world: World, kind: str, name: str, code: str) -> None:
    refused(code, lambda: add_community(world.official, world.commune, kind=kind, name=name), kind=Invalid)


def test_only_the_own_official_and_the_administrator_keep_the_register(world: World) -> None:
    for actor in (world.neighbour, world.reviewer, world.signer, world.observer):
        for deed in all_deeds(world, actor):
            refused("not_allowed", deed, kind=Forbidden)
    assert add_community(world.administrator, world.commune, kind="thon", name="Bắc").id
    assert add_community(None, world.commune, kind="thon", name="Nam").id


def all_deeds(world: World, actor: User) -> list[object]:
    return [
        lambda: add_community(actor, world.commune, kind="thon", name="Bắc"),
        lambda: rename_community(actor, world.community, kind="thon", name="Bắc"),
        lambda: merge_community(actor, world.community, world.community, days_ago(1)),
        lambda: undo_merger(actor, world.community, "nhầm"),
        lambda: declare_no_covenant(actor, world.community, days_ago(1)),
        lambda: withdraw_declaration(actor, world.community),
        lambda: add_covenant(actor, world.community, kind="quy_uoc", name="Quy ước", adopted_on=days_ago(1)),
        lambda: rename_covenant(actor, world.covenant, kind="quy_uoc", name="Quy ước"),
    ]


def test_renaming_logs_before_and_after_and_nothing_when_nothing_differs(world: World) -> None:
    rename_community(world.official, world.community, kind="khu_pho", name="Khu phố Thanh Mai 1")
    event = last_event("registry.community_renamed")
    assert event.details["before"] == {"kind": "to_dan_pho", "name": "Thanh Mai"}
    assert event.details["after"] == {"kind": "khu_pho", "name": "Thanh Mai 1"}
    before = events()
    rename_community(world.official, world.community, kind="khu_pho", name="Thanh Mai 1")
    assert events() == before
    add_community(world.official, world.commune, kind="khu_pho", name="Đoài")
    refused("community_exists", lambda: rename_community(world.official, world.community, kind="khu_pho", name="ĐOÀI"))


# --- Mergers -------------------------------------------------------------------------------------------------------------


def three(world: World) -> tuple[Community, Community, Community]:
    return tuple(add_community(world.official, world.commune, kind="thon", name=name) for name in ("A", "B", "C"))  # type: ignore[return-value]


def test_a_merger_keeps_the_covenant_with_its_community_and_shows_it_with_the_survivor(world: World) -> None:
    b, c = three(world)[1:]
    merge_community(world.official, world.community, b, days_ago(20))
    event = last_event("registry.community_merged")
    assert event.details["into"] == b.id and event.details["on"] == days_ago(20).isoformat()
    merge_community(world.official, b, c, days_ago(10))
    with looking() as session:
        register = commune_register(session, session.get_one(Commune, world.commune.id))
        shown = {entry.community.name: [covenant.name for covenant in entry.covenants] for entry in register.living}
        assert shown == {"A": [], "C": ["Quy ước tổ dân phố Thanh Mai"]}
        assert register.covenants[0].community_id == world.community.id
        assert {one.name for one in register.merged} == {"B", "Thanh Mai"}


def test_mergers_that_cannot_be(world: World) -> None:
    a, b, c = three(world)
    day = days_ago(5)
    refused("merged_into_itself", lambda: merge_community(world.official, a, a, day), kind=Invalid)
    refused("other_commune", lambda: merge_community(world.official, a, world.other_community, day))
    refused("day_in_future", lambda: merge_community(world.official, a, b, days_ago(-2)), kind=Invalid)
    merge_community(world.official, a, b, day)
    refused("already_merged", lambda: merge_community(world.official, a, c, day))
    refused("merger_cycle", lambda: merge_community(world.official, b, a, day))
    refused("target_merged", lambda: merge_community(world.official, c, a, day))
    merge_community(world.official, b, c, day)
    refused("merger_cycle", lambda: merge_community(world.official, c, a, day))


def test_a_merger_recorded_by_mistake_can_be_undone_with_a_reason(world: World) -> None:
    a, b, _c = three(world)
    merge_community(world.official, a, b, days_ago(5))
    refused("reason_missing", lambda: undo_merger(world.official, a, "  "), kind=Invalid)
    undo_merger(world.official, a, "ghi nhầm thôn")
    event = last_event("registry.merger_undone")
    assert event.details["reason"] == "ghi nhầm thôn" and event.details["before"]["merged_into"] == b.id
    refused("not_merged", lambda: undo_merger(world.official, a, "lần nữa"))


# --- "Keeps no covenant" -------------------------------------------------------------------------------------------------


def test_declaring_and_withdrawing_that_there_is_no_covenant(world: World) -> None:
    a = three(world)[0]
    refused("not_declared", lambda: withdraw_declaration(world.official, a))
    refused("day_in_future", lambda: declare_no_covenant(world.official, a, days_ago(-2)), kind=Invalid)
    declare_no_covenant(world.official, a, days_ago(3))
    assert last_event("registry.no_covenant_declared").details["on"] == days_ago(3).isoformat()
    refused("already_declared", lambda: declare_no_covenant(world.official, a, days_ago(2)))
    withdraw_declaration(world.official, a)
    assert last_event("registry.no_covenant_withdrawn").details["before"] == days_ago(3).isoformat()


def test_no_declaration_over_a_covenant_in_force_not_even_an_inherited_one(world: World) -> None:
    refused("has_covenant_in_force", lambda: declare_no_covenant(world.official, world.community, days_ago(1)))
    a, b, _c = three(world)
    merge_community(world.official, world.community, a, days_ago(5))
    refused("has_covenant_in_force", lambda: declare_no_covenant(world.official, a, days_ago(1)))
    refused("merged", lambda: declare_no_covenant(world.official, world.community, days_ago(1)))
    declare_no_covenant(world.official, b, days_ago(1))


def test_a_covenant_in_force_ends_the_declaration_and_the_log_says_so(world: World) -> None:
    a, b, c = three(world)
    for one in (a, b, c):
        declare_no_covenant(world.official, one, days_ago(9))
    add_covenant(world.official, a, kind="huong_uoc", name="Hương ước thôn A", drafted_on=days_ago(8))
    assert last_event("registry.covenant_added").details["declaration_ended"] is False
    add_covenant(world.official, b, kind="huong_uoc", name="Hương ước thôn B", adopted_on=days_ago(8))
    assert last_event("registry.covenant_added").details["declaration_ended"] is True
    merge_community(world.official, world.community, c, days_ago(7))
    assert last_event("registry.community_merged").details["declaration_ended"] is True
    with looking() as session:
        declared = {name: session.get_one(Community, one.id).declared_none_on for name, one in (("a", a), ("b", b), ("c", c))}
    assert declared == {"a": days_ago(9), "b": None, "c": None}


# --- Covenants -----------------------------------------------------------------------------------------------------------


def test_a_covenant_comes_with_its_first_steps(world: World) -> None:
    covenant = add_covenant(
        world.official, world.community, kind="huong_uoc", name=" Hương ước  mới ", adopted_on=date(2024, 3, 5), adopted_document="Biên bản",
        recognised_on=date(2024, 3, 20), decision_number="45/QĐ-UBND",
    )  # fmt: skip
    steps = last_event("registry.covenant_added").details["steps"]
    assert steps == [
        {"status": "adopted", "on": "2024-03-05", "document": "Biên bản"},
        {"status": "recognised", "on": "2024-03-20", "document": "45/QĐ-UBND"},
    ]
    with looking() as session:
        kept = session.get_one(Covenant, covenant.id)
        assert kept.name == "Hương ước mới"
        assert [(one.status, one.document, one.recorded_by_id) for one in kept.statuses] == [
            ("adopted", "Biên bản", world.official.id),
            ("recognised", "45/QĐ-UBND", world.official.id),
        ]


def test_a_draft_is_not_in_force_and_adopted_and_recognised_on_one_day_is_recognised(world: World) -> None:
    draft = add_covenant(world.official, world.community, kind="huong_uoc", name="Dự thảo", drafted_on=days_ago(5))
    both = add_covenant(
        world.official, world.community, kind="huong_uoc", name="Cùng ngày", adopted_on=days_ago(5), recognised_on=days_ago(5)
    )
    old = add_covenant(world.official, world.community, kind="huong_uoc", name="Chỉ biết công nhận", recognised_on=date(1998, 6, 1))
    with looking() as session:
        assert not session.get_one(Covenant, draft.id).in_force_on(days_ago(0))
        now = session.get_one(Covenant, both.id).status_on(days_ago(0))
        assert now is not None and now.status == "recognised"
        assert session.get_one(Covenant, old.id).in_force_on(days_ago(0))


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({}, "no_steps"),
        ({"adopted_on": date(2024, 3, 5), "recognised_on": date(2024, 3, 4)}, "recognised_before_adopted"),
        ({"adopted_on": days_ago(-2)}, "day_in_future"),
        ({"adopted_on": date(1024, 3, 5)}, "day_too_early"),
        ({"drafted_on": date(2024, 3, 6), "adopted_on": date(2024, 3, 5)}, "draft_after_adoption"),
        ({"adopted_on": date(2024, 3, 5), "decision_number": "45/QĐ"}, "decision_without_date"),
        ({"recognised_on": date(2024, 3, 5), "adopted_document": "Biên bản"}, "document_without_date"),
        ({"adopted_on": date(2024, 3, 5), "adopted_document": "x" * 201}, "document_too_long"),
        ({"kind": "noi_quy", "adopted_on": date(2024, 3, 5)}, "kind"),
        ({"name": " ", "adopted_on": date(2024, 3, 5)}, "name_missing"),
    ],
)
def test_what_cannot_be_a_covenant(world: World, given: dict[str, object], code: str) -> None:
    wanted = {"kind": "quy_uoc", "name": "Quy ước khác"} | given
    refused(code, lambda: add_covenant(world.official, world.community, **wanted), kind=Invalid)  # type: ignore[arg-type]


def test_a_namesake_is_refused_in_one_community_and_allowed_in_another(world: World) -> None:
    name = "QUY ƯỚC tổ dân phố Thanh Mai"
    refused(
        "covenant_exists",
        lambda: add_covenant(world.official, world.community, kind="quy_uoc", name=name, adopted_on=days_ago(1)),
    )
    a = three(world)[0]
    assert add_covenant(world.official, a, kind="quy_uoc", name=name, adopted_on=days_ago(1)).id


def test_a_merged_community_gets_covenants_only_from_before(world: World) -> None:
    a, b, _c = three(world)
    merge_community(world.official, a, b, days_ago(10))
    assert add_covenant(world.official, a, kind="quy_uoc", name="Cũ", adopted_on=days_ago(11)).id
    refused("after_merger", lambda: add_covenant(world.official, a, kind="quy_uoc", name="Mới", adopted_on=days_ago(9)))


def test_renaming_a_covenant(world: World) -> None:
    rename_covenant(world.official, world.covenant, kind="huong_uoc", name="Hương ước Thanh Mai")
    event = last_event("registry.covenant_renamed")
    assert event.details["before"]["kind"] == "quy_uoc" and event.details["after"]["name"] == "Hương ước Thanh Mai"
    before = events()
    rename_covenant(world.official, world.covenant, kind="huong_uoc", name="Hương ước Thanh Mai")
    assert events() == before
    refused("kind", lambda: rename_covenant(world.official, world.covenant, kind="", name="x"), kind=Invalid)
    add_covenant(world.official, world.community, kind="quy_uoc", name="Khác", adopted_on=days_ago(1))
    refused("covenant_exists", lambda: rename_covenant(world.official, world.covenant, kind="quy_uoc", name="khác"))


# --- Counts --------------------------------------------------------------------------------------------------------------


def test_counts_say_what_is_living_declared_and_in_force(world: World) -> None:
    a, b, c = three(world)
    declare_no_covenant(world.official, a, days_ago(3))
    merge_community(world.official, b, c, days_ago(3))
    add_covenant(world.official, b, kind="quy_uoc", name="Của B cũ", adopted_on=days_ago(30))
    add_covenant(world.official, c, kind="quy_uoc", name="Dự thảo của C", drafted_on=days_ago(30))
    with looking() as session:
        counts = commune_counts(session, days_ago(0))
        assert (counts[world.commune.id].communities, counts[world.commune.id].declared_none) == (3, 1)
        assert counts[world.commune.id].in_force == 2
        assert counts[world.other_commune.id].in_force == 1
        assert commune_counts(session, date(2024, 2, 1))[world.commune.id].in_force == 0


def test_names_stand_in_vietnamese_order() -> None:
    names = ["số 10", "Đông", "Dương", "Âu", "An", "Ăn", "số 2", "Hóa", "Hoa", "Hòa"]
    assert sorted(names, key=vietnamese_order) == ["An", "Ăn", "Âu", "Dương", "Đông", "Hoa", "Hòa", "Hóa", "số 2", "số 10"]
