"""What a kind of job must be able to do, and the pulse that it gives while it works."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from flask import Flask
from sqlalchemy.orm import Session

from covenant_review.database import transaction
from covenant_review.jobs.queue import Lease, beat
from covenant_review.settings import Settings


class Stopping(Exception):
    """The worker was told to stop: the job goes back to the queue and its attempt does not count."""


class Pulse:
    """Keeps a lease alive. A handler calls it often; it writes to the database only as often as needed."""

    def __init__(self, lease: Lease, lease_seconds: int, is_stopping: Callable[[], bool]) -> None:
        self._lease, self._lease_seconds, self._is_stopping = lease, lease_seconds, is_stopping
        self._between = min(5.0, lease_seconds / 4)
        self._last = time.monotonic()
        self._progress = (0, 0, 0, 0)

    def __call__(self, done: int = 0, total: int = 0, page: int = 0, pages: int = 0) -> None:
        """The work goes on, at step `done` of `total` (0 of 0: unknown), there on `page` of `pages` (0 of 0: not by pages).

        Raises LeaseLost, or Stopping.
        """
        if self._is_stopping():
            raise Stopping
        progress = (done, total, page, pages) if total else self._progress
        elapsed = time.monotonic() - self._last
        if elapsed < self._between and (progress == self._progress or elapsed < 0.3):
            return
        with transaction() as session:
            beat(session, self._lease, self._lease_seconds, *progress)
        self._progress, self._last = progress, time.monotonic()


class Handler(Protocol):
    """One kind of job. `start` and `stop` frame a worker's life; the rest is called per job."""

    def start(self, app: Flask) -> None:
        """Get ready, once; raises WorkerCannotStart with a message for the administrator."""
        ...

    def stop(self) -> None:
        """Let go of whatever `start` took."""
        ...

    def begin(self, session: Session, lease: Lease) -> bool:
        """In the transaction that takes the job: mark the subject; False when there is nothing left to do."""
        ...

    def run(self, lease: Lease, pulse: Pulse) -> None:
        """Do the work, and record it together with the end of the job (queue.finish or queue.fail) in one transaction."""
        ...

    def give_up(self, session: Session, lease: Lease) -> None:
        """In the transaction that fails the job: it was tried too often, mark the subject."""
        ...


class WorkerCannotStart(Exception):
    """Something that every job needs is missing; the message says what."""


def settings_of_worker(app: Flask) -> Settings:
    """The settings that the application was made with."""
    settings = app.extensions["covenant_settings"]
    assert isinstance(settings, Settings)
    return settings
