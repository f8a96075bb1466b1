"""Looking things up in the log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from covenant_review.audit.models import AuditEvent


@dataclass(frozen=True, slots=True)
class Asked:
    """What to look for; a field that is None narrows nothing.

    `action` is a whole action or its beginning ("review."); `by_system` keeps what nobody did by hand; `since` and
    `before` are aware times, the second one excluded.
    """

    actor_id: int | None = None
    by_system: bool = False
    action: str | None = None
    subject_type: str | None = None
    subject_id: int | None = None
    since: datetime | None = None
    before: datetime | None = None


def count_events(session: Session, asked: Asked) -> int:
    """How many events there are."""
    return session.scalar(_narrowed(select(func.count(AuditEvent.id)), asked)) or 0


def find_events(session: Session, asked: Asked, *, skip: int = 0, limit: int = 50) -> list[AuditEvent]:
    """The events, newest first."""
    query = _narrowed(select(AuditEvent), asked).order_by(AuditEvent.id.desc()).offset(skip).limit(limit)
    return list(session.scalars(query))


def _narrowed(query: Select[*tuple[Any, ...]], asked: Asked) -> Select[*tuple[Any, ...]]:
    conditions = []
    if asked.actor_id is not None:
        conditions.append(AuditEvent.actor_id == asked.actor_id)
    if asked.by_system:
        conditions.append(AuditEvent.actor_id.is_(None))
    if asked.action:
        conditions.append(AuditEvent.action.startswith(asked.action, autoescape=True))
    if asked.subject_type:
        conditions.append(AuditEvent.subject_type == asked.subject_type)
    if asked.subject_id is not None:
        conditions.append(AuditEvent.subject_id == asked.subject_id)
    if asked.since is not None:
        conditions.append(AuditEvent.at >= asked.since)
    if asked.before is not None:
        conditions.append(AuditEvent.at < asked.before)
    return query.where(*conditions)
