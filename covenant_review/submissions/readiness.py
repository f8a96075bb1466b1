"""When a version of a covenant is ready for review: slices further up say what they do then, in the same transaction."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from covenant_review.submissions.models import Submission

ReadyListener = Callable[[Session, Submission], None]
_listeners: list[ReadyListener] = []


def on_ready(listener: ReadyListener) -> ReadyListener:
    """Call `listener` whenever a submission that is read and attached to a covenant was recorded or screened anew."""
    _listeners.append(listener)
    return listener


def announce_ready(session: Session, submission: Submission) -> None:
    """Tell the listeners, inside the running transaction; nothing for a submission that is not read or not attached."""
    if submission.state != "read" or submission.covenant_id is None or submission.withdrawn_at is not None:
        return
    for listener in _listeners:
        listener(session, submission)
