"""Rules that the database itself keeps: triggers, written once and spoken in SQLite's and PostgreSQL's dialect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Guard:
    """Refuse `event` on `table` where `condition` holds (SQL over NEW and OLD, valid in both dialects).

    The refusal carries `code`, so that the operation's own message and the database's can be told apart in tests.
    """

    code: str
    table: str
    event: Literal["INSERT", "UPDATE", "DELETE"]
    condition: str = "1 = 1"
    columns: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Name of the trigger (and of its function in PostgreSQL)."""
        return f"guard_{self.code}_{self.event.lower()}"


def create_guard(guard: Guard, dialect: str) -> list[str]:
    """Statements that create the trigger; `dialect` is SQLAlchemy's name, "sqlite" or "postgresql"."""
    event = guard.event + (f" OF {', '.join(guard.columns)}" if guard.columns else "")
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {guard.name} BEFORE {event} ON {guard.table} FOR EACH ROW WHEN ({guard.condition}) "
            f"BEGIN SELECT RAISE(ABORT, 'guard:{guard.code}'); END"
        ]
    row = "OLD" if guard.event == "DELETE" else "NEW"
    return [
        f"CREATE FUNCTION {guard.name}() RETURNS trigger AS $$ BEGIN IF ({guard.condition}) THEN "
        f"RAISE EXCEPTION 'guard:{guard.code}' USING ERRCODE = 'check_violation'; END IF; RETURN {row}; END $$ LANGUAGE plpgsql",
        f"CREATE TRIGGER {guard.name} BEFORE {event} ON {guard.table} FOR EACH ROW EXECUTE FUNCTION {guard.name}()",
    ]


def drop_guard(guard: Guard, dialect: str) -> list[str]:
    """Statements that remove the trigger again."""
    if dialect == "sqlite":
        return [f"DROP TRIGGER {guard.name}"]
    return [f"DROP TRIGGER {guard.name} ON {guard.table}", f"DROP FUNCTION {guard.name}()"]
