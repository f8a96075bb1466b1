"""Writing and checking the log."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Protocol

from flask import has_request_context, request
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from covenant_review.audit.models import AuditEvent
from covenant_review.database import now

FIRST_DIGEST = "0" * 64
SYSTEM_NAME = "hệ thống"
_CHAIN_LOCK = 0x0C0FE4A47


class Actor(Protocol):
    """Who does a thing: a person with an account."""

    id: int
    full_name: str


def record(
    session: Session,
    actor: Actor | None,
    action: str,
    subject_type: str,
    subject_id: int | None,
    **details: object,
) -> AuditEvent:
    """Add one event to the running transaction; it is committed or rolled back with the change that it tells of.

    `action` reads "<slice>.<verb in the past>", e.g. "review.clause_flagged". `actor` None is the system itself. Details
    must be plain values (dates are written in ISO form).
    """
    session.flush()
    if session.get_bind().dialect.name == "postgresql":
        # Two transactions must not chain to the same predecessor.
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _CHAIN_LOCK})
    previous = session.scalar(select(AuditEvent.digest).order_by(AuditEvent.id.desc()).limit(1)) or FIRST_DIGEST
    event = AuditEvent(
        at=now(),
        actor_id=actor.id if actor else None,
        actor_name=actor.full_name if actor else SYSTEM_NAME,
        action=action,
        subject_type=subject_type,
        subject_id=subject_id,
        details=json.loads(json.dumps(details, default=_plain, ensure_ascii=False)),
        address=(request.remote_addr or "") if has_request_context() else "",
        previous_digest=previous,
    )
    event.digest = _digest(event)
    session.add(event)
    session.flush()
    return event


def _plain(value: object) -> str:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    raise TypeError(f"an audit detail must be plain, not {type(value).__name__}")


def _digest(event: AuditEvent) -> str:
    content: list[Any] = [
        event.previous_digest,
        event.at.isoformat(),
        event.actor_id,
        event.actor_name,
        event.action,
        event.subject_type,
        event.subject_id,
        event.details,
        event.address,
    ]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def broken_links(session: Session) -> Iterator[AuditEvent]:
    """Walk the whole chain; yield each event that does not follow from the one before it."""
    previous = FIRST_DIGEST
    for event in session.scalars(select(AuditEvent).order_by(AuditEvent.id)).yield_per(500):
        if event.previous_digest != previous or _digest(event) != event.digest:
            yield event
        previous = event.digest
