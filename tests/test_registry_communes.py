"""The 99 communes as shipped, and putting them into the register."""

from __future__ import annotations

from collections import Counter

from flask import Flask
from sqlalchemy import func, select

from covenant_review.audit.models import AuditEvent
from covenant_review.database import db
from covenant_review.registry.communes import ensure_communes, shipped_communes
from covenant_review.registry.models import Commune, Province
from tests.people import World
from tests.registry_data import events, last_event, looking


def test_the_shipped_list_is_whole() -> None:
    rows = shipped_communes()
    assert len(rows) == 99
    assert Counter(row["kind"] for row in rows) == {"xa": 66, "phuong": 33}
    assert len({row["code"] for row in rows}) == 99
    assert all(len(row["code"]) == 5 and row["code"].isdigit() and row["name"] for row in rows)


def test_the_three_doubtful_codes_say_so_and_no_other() -> None:
    noted = {row["name"]: row["note"] for row in shipped_communes() if row["note"]}
    assert set(noted) == {"Tam Sơn", "Phù Khê", "Đồng Nguyên"}
    assert "09376" in noted["Tam Sơn"] and "09373" in noted["Phù Khê"] and "09382" in noted["Đồng Nguyên"]
    assert all("kiểm tra" in note for note in noted.values())


def test_names_are_kept_as_the_source_spells_them() -> None:
    names = {row["code"]: row["name"] for row in shipped_communes()}
    assert names["07840"] == "Hiệp Hoà" and names["07330"] == "Phúc Hòa"


def test_they_come_in_once_with_one_event(app: Flask) -> None:
    assert ensure_communes() == 99
    event = last_event("registry.communes_loaded")
    assert event.actor_name == "hệ thống" and len(event.details["added"]) == 99
    assert ensure_communes() == 0
    assert events() == ["registry.communes_loaded"]
    with looking() as session:
        assert session.scalar(select(func.count()).select_from(Commune)) == 99
        assert session.get(Province, "24") is not None


def test_what_is_there_stays_and_only_the_rest_is_added(world: World) -> None:
    world_name = "Đa Mai"
    assert ensure_communes() == 97
    with looking() as session:
        kept = session.scalars(select(Commune).where(Commune.code == "07228")).one()
        assert kept.id == world.commune.id and kept.name == world_name
        added = session.scalars(select(AuditEvent).where(AuditEvent.action == "registry.communes_loaded")).one().details["added"]
        assert "07228" not in added and len(added) == 97
    db.session.remove()
