"""Migrations: up, down, up again, and the models say the same as the tables."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text

from covenant_review.database import db
from tests.people import World


def test_models_and_migrated_tables_agree(app: Flask) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []


def test_down_to_nothing_and_up_again(app: Flask) -> None:
    db.session.remove()
    downgrade(revision="base")
    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
    upgrade()
    assert "covenant" in inspect(db.engine).get_table_names()


def test_guards_survive_with_data_down_one_and_up(world: World, app: Flask) -> None:
    db.session.remove()
    downgrade(revision="001")
    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM covenant")).scalar() == 2
    upgrade()
    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM audit_event")).scalar() > 0
