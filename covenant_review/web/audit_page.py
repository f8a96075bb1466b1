"""The audit log: who did what, when; and whether anybody changed the log behind the system's back."""

from __future__ import annotations

import json

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import func, select

from covenant_review.accounts.models import User
from covenant_review.accounts.permissions import Permission
from covenant_review.audit.log import broken_links
from covenant_review.audit.models import AuditEvent
from covenant_review.audit.search import Asked, count_events, find_events
from covenant_review.database import db
from covenant_review.refusals import Invalid
from covenant_review.registry.days import parse_day
from covenant_review.registry.models import Commune
from covenant_review.tally.today import end_of, start_of
from covenant_review.text.alphabet import vietnamese_order
from covenant_review.web.access import needs
from covenant_review.web.audit_words import ACTIONS, PARTS, SUBJECTS, action_in_words, subject_in_words
from covenant_review.web.paging import Paged, asked_page

blueprint = Blueprint("audit", __name__)

ON_A_PAGE = 50
SYSTEM = "system"
_FILTERS = ("person", "action", "subject", "subject_id", "from", "to")
# How many broken places the page names; one is alarm enough.
_SHOWN_BREAKS = 20


@blueprint.get("/audit")
@needs(Permission.SEE_AUDIT)
def events() -> ResponseReturnValue:
    """Events, newest first, by `person` (an id or "system"), `action` (or its beginning), `subject`, `subject_id`, `from`, `to`."""
    kept = {name: request.args.get(name, "").strip() for name in _FILTERS}
    try:
        asked = _asked(kept)
    except Invalid as refusal:
        return render_template("audit/events.html", problem=refusal.message, events=Paged([], 0, 1, ON_A_PAGE), **_shared(kept))
    total = count_events(db.session(), asked)
    page = asked_page(total, ON_A_PAGE)
    found = find_events(db.session(), asked, skip=(page - 1) * ON_A_PAGE, limit=ON_A_PAGE)
    return render_template("audit/events.html", problem="", events=Paged(found, total, page, ON_A_PAGE), **_shared(kept))


@blueprint.get("/audit/check")
@needs(Permission.SEE_AUDIT)
def check() -> ResponseReturnValue:
    """Walk the whole chain of hashes and say whether it is intact."""
    broken = []
    for event in broken_links(db.session()):
        broken.append(event)
        if len(broken) == _SHOWN_BREAKS:
            break
    total = db.session.scalar(select(func.count(AuditEvent.id)))
    last = db.session.scalar(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1))
    return render_template("audit/check.html", broken=broken, total=total, last=last, limit=_SHOWN_BREAKS, action=action_in_words)


def subject_address(event: AuditEvent, communes: dict[int, str]) -> str | None:
    """Address of the page of what an event is about; None where there is none."""
    if event.subject_id is None:
        return None
    if event.subject_type == "covenant":
        return url_for("covenant_pages.covenant", covenant_id=event.subject_id)
    if event.subject_type == "submission":
        return url_for("submissions.submission", submission_id=event.subject_id)
    if event.subject_type == "user":
        return url_for("people.person", person_id=event.subject_id)
    if event.subject_type == "commune" and event.subject_id in communes:
        return url_for("pages.commune", code=communes[event.subject_id])
    return None


def _asked(kept: dict[str, str]) -> Asked:
    person, subject_id = kept["person"], kept["subject_id"]
    first = parse_day(kept["from"]) if kept["from"] else None
    last = parse_day(kept["to"]) if kept["to"] else None
    if first and last and last < first:
        raise Invalid("days_reversed", _("“Đến ngày” phải từ “từ ngày” trở đi."))
    return Asked(
        actor_id=None if person in ("", SYSTEM) else _number(person),
        by_system=person == SYSTEM,
        action=kept["action"] or None,
        subject_type=kept["subject"] or None,
        subject_id=_number(subject_id) if subject_id else None,
        since=start_of(first) if first else None,
        before=end_of(last) if last else None,
    )


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Invalid("not_a_number", _("“%(text)s” không phải là số.", text=text[:40]))
    return int(text)


def _shared(kept: dict[str, str]) -> dict[str, object]:
    people = sorted(db.session.execute(select(User.id, User.full_name, User.username)), key=lambda row: vietnamese_order(row.full_name))
    communes = {row.id: row.code for row in db.session.execute(select(Commune.id, Commune.code))}
    return {
        "kept": kept,
        "people": people,
        "parts": PARTS,
        "actions": ACTIONS,
        "subjects": SUBJECTS,
        "action": action_in_words,
        "subject": subject_in_words,
        "readable": lambda value: json.dumps(value, ensure_ascii=False),
        "address_of": lambda event: subject_address(event, communes),
    }
