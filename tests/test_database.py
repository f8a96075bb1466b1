"""The database's own manners: UTC, no silent change, the log in the same transaction."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import StatementError

from covenant_review.audit.log import broken_links, record
from covenant_review.audit.models import AuditEvent
from covenant_review.database import UnauditedChange, db, transaction
from covenant_review.registry.models import Community
from tests.people import World


def test_a_change_without_an_audit_event_is_refused(world: World) -> None:
    with pytest.raises(UnauditedChange, match="community"), transaction():
        world.community.name = "Tên khác"
    db.session.expire_all()
    assert db.session.get(Community, world.community.id).name == "Thanh Mai"


def test_event_and_change_are_rolled_back_together(world: World) -> None:
    before = len(db.session.scalars(select(AuditEvent)).all())
    with pytest.raises(ZeroDivisionError), transaction() as session:
        world.community.name = "Tên khác"
        record(session, world.official, "registry.community_renamed", "community", world.community.id)
        _ = 1 / 0
    db.session.expire_all()
    assert len(db.session.scalars(select(AuditEvent)).all()) == before
    assert db.session.get(Community, world.community.id).name == "Thanh Mai"


def test_an_event_of_an_earlier_transaction_does_not_cover_a_later_change(world: World) -> None:
    with transaction() as session:
        record(session, world.official, "tests.nothing", "community", world.community.id)
    with pytest.raises(UnauditedChange), transaction():
        world.community.name = "Tên khác"


def test_times_without_zone_are_refused_and_come_back_in_utc(world: World) -> None:
    with pytest.raises(StatementError), transaction():
        world.official.last_login_at = datetime(2026, 11, 30, 12, 0)  # noqa: DTZ001  (that is what is tested)
    with transaction() as session:
        world.official.last_login_at = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
        record(session, None, "tests.time", "user", world.official.id)
    db.session.expire_all()
    assert world.official.last_login_at == datetime(2026, 11, 30, 12, 0, tzinfo=UTC)


def test_the_chain_of_events_holds(world: World, app: Flask) -> None:
    assert list(broken_links(db.session())) == []
    assert len(db.session.scalars(select(AuditEvent)).all()) >= 8
