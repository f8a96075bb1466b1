"""The database: one SQLAlchemy extension, UTC times, SQLite told to behave, and no change without an audit event."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import CheckConstraint, Connection, DateTime, Dialect, Engine, MetaData, event
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """All tables. A class sets `audited = False` where its rows are no state of the product (leases, progress)."""

    metadata = MetaData(naming_convention=NAMING)
    audited = True


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time, kept in UTC; SQLite stores it without an offset."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse times without a zone: they would be guessed."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        return value.astimezone(UTC) if dialect.name == "postgresql" else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the time back aware, in UTC."""
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def now() -> datetime:
    """The present, in UTC."""
    return datetime.now(UTC)


def one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    """A constraint that `column` holds one of `values` (or NULL, where the column allows it)."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


_reading_only: ContextVar[bool] = ContextVar("reading_only", default=False)


def read_only_requests(reading: bool) -> None:
    """Say whether transactions begun from here on only read: SQLite then takes no write lock at their start."""
    _reading_only.set(reading)


@event.listens_for(Engine, "connect")
def _sqlite_connect(connection: Any, _record: object) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=15000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()


@event.listens_for(Engine, "begin")
def _sqlite_begin(connection: Connection) -> None:
    # A deferred transaction that later writes fails at once when another one wrote in between; so writers queue up front.
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN" if _reading_only.get() else "BEGIN IMMEDIATE")


class UnauditedChange(RuntimeError):
    """A transaction changed audited rows and wrote no audit event: a defect in the program, refused at commit."""


@event.listens_for(Session, "before_flush")
def _note_changes(session: Session, _context: object, _instances: object) -> None:
    touched = [row for row in (*session.new, *session.deleted) if getattr(row, "audited", True)]
    touched += [row for row in session.dirty if getattr(row, "audited", True) and session.is_modified(row)]
    for row in touched:
        if row.__tablename__ == "audit_event":
            session.info["audit_event"] = True
        elif not _only_unaudited_columns(session, row):
            session.info.setdefault("changed", set()).add(row.__tablename__)


def _only_unaudited_columns(session: Session, row: Any) -> bool:
    quiet: frozenset[str] = getattr(row, "unaudited_columns", frozenset())
    if not quiet or row in session.new or row in session.deleted:
        return False
    state = row._sa_instance_state
    return all(not attribute.history.has_changes() or attribute.key in quiet for attribute in state.attrs)


@event.listens_for(Session, "before_commit")
def _refuse_unaudited(session: Session) -> None:
    session.flush()
    changed = session.info.pop("changed", set())
    if changed and not session.info.pop("audit_event", False):
        raise UnauditedChange(f"changed without an audit event: {', '.join(sorted(changed))}")
    session.info.pop("audit_event", None)


@event.listens_for(Session, "after_rollback")
def _forget_changes(session: Session) -> None:
    session.info.pop("changed", None)
    session.info.pop("audit_event", None)


@contextmanager
def transaction() -> Iterator[Session]:
    """One operation's transaction: commits when the block ends well, rolls everything back when it raises."""
    session = db.session()
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
