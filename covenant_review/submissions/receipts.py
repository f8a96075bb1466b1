"""What came of each file that was handed in: accepted, refused, or already there. Kept, so that the page can be opened again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from covenant_review.accounts.models import User
from covenant_review.audit.models import AuditEvent
from covenant_review.registry.models import Commune
from covenant_review.submissions.models import Submission
from covenant_review.submissions.versions import same_file

REFUSED, DUPLICATE = "submissions.file_refused", "submissions.duplicate_refused"
Outcome = Literal["accepted", "refused", "duplicate"]


@dataclass(frozen=True, slots=True)
class Receipt:
    """One file's outcome.

    accepted: `submission` is the new one, `elsewhere` are other submissions of the same file. duplicate: `submission` is the
    one that was there. refused: `reason` is a code of `unreadable_reason` or "not_stored". `event_id` is the log's entry.
    """

    file_name: str
    outcome: Outcome
    reason: str = ""
    submission: Submission | None = None
    elsewhere: tuple[Submission, ...] = ()
    event_id: int | None = None


def past_receipts(
    session: Session, person: User, commune: Commune, submission_ids: Sequence[int], event_ids: Sequence[int]
) -> list[Receipt]:
    """The receipts again: of submissions of this commune, and of refusals that `person` was given for it."""
    accepted = session.scalars(
        select(Submission)
        .where(Submission.id.in_(submission_ids), Submission.commune_id == commune.id)
        .order_by(Submission.id)
        .options(joinedload(Submission.file), joinedload(Submission.covenant), joinedload(Submission.commune))
    )
    receipts = [
        Receipt(
            submission.file_name, "accepted", submission=submission,
            elsewhere=tuple(same_file(session, submission.file_id, but=submission.id)),
        )
        for submission in accepted
    ]  # fmt: skip
    refusals = session.scalars(
        select(AuditEvent)
        .where(
            AuditEvent.id.in_(event_ids),
            AuditEvent.actor_id == person.id,
            AuditEvent.action.in_((REFUSED, DUPLICATE)),
            AuditEvent.subject_type == "commune",
            AuditEvent.subject_id == commune.id,
        )
        .order_by(AuditEvent.id)
    )
    return receipts + [_refusal(session, event) for event in refusals]


def _refusal(session: Session, event: AuditEvent) -> Receipt:
    name = str(event.details["file_name"])
    if event.action == DUPLICATE:
        first = session.get(Submission, event.details["submission_id"])
        return Receipt(name, "duplicate", "duplicate", first, event_id=event.id)
    return Receipt(name, "refused", str(event.details["reason"]), event_id=event.id)
