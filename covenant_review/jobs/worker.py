"""The worker: takes jobs, one after the other, until told to stop. Killed at any moment, it loses and doubles nothing."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping

from flask import Flask, current_app, has_app_context
from sqlalchemy.exc import SQLAlchemyError

from covenant_review.database import db, read_only_requests, transaction
from covenant_review.jobs.handler import Handler, Pulse, Stopping, settings_of_worker
from covenant_review.jobs.holder import this_holder
from covenant_review.jobs.queue import Lease, LeaseLost, claim, fail, finish, free_dead_leases, release

log = logging.getLogger("covenant_review.jobs")
_IDLE_SECONDS = 0.5
# After an error of ours (not of the file) a job waits a little longer each time.
_BACKOFF_SECONDS = (2, 10, 60)
_NEVER = threading.Event()


def run_worker(app: Flask, handlers: Mapping[str, Handler], stop: threading.Event) -> None:
    """Work until `stop` is set. A job under way then goes back to the queue at once and its attempt is not counted.

    Raises WorkerCannotStart when a handler is not able to get ready.
    """
    with app.app_context():
        read_only_requests(False)
        worker = Worker(app, handlers, stop)
        try:
            worker.start()
            log.info("worker %s is ready", worker.holder)
            while not stop.is_set():
                if not worker.one_job():
                    stop.wait(_IDLE_SECONDS)
                db.session.remove()
        finally:
            worker.stop()
            db.session.remove()
            log.info("worker %s has stopped", worker.holder)


def work_off(app: Flask, handlers: Mapping[str, Handler]) -> int:
    """Do every job that waits now, in this process, until the queue is empty; how many were done.

    Inside an application context of `app` it works in that context's session, committing what is open there first.
    """
    if has_app_context() and current_app == app:
        with transaction():  # an open transaction would lock us out of SQLite
            pass
        return _work_off(app, handlers)
    with app.app_context():
        read_only_requests(False)
        return _work_off(app, handlers)


def _work_off(app: Flask, handlers: Mapping[str, Handler]) -> int:
    worker = Worker(app, handlers, _NEVER)
    done = 0
    try:
        worker.start()
        while worker.one_job():
            done += 1
    finally:
        worker.stop()
    return done


class Worker:
    """One process's work on the lease table."""

    def __init__(self, app: Flask, handlers: Mapping[str, Handler], stop: threading.Event) -> None:
        self._app, self._handlers, self._stop_event = app, handlers, stop
        self._settings = settings_of_worker(app)
        self._freed_at = float("-inf")
        self.holder = this_holder()

    def start(self) -> None:
        """Get every handler ready before the first job is taken, so that a failure here uses up no attempt."""
        for handler in self._handlers.values():
            handler.start(self._app)

    def stop(self) -> None:
        """Let every handler go."""
        for handler in self._handlers.values():
            handler.stop()

    def one_job(self) -> bool:
        """Take one job and see it through; False when there was none. No error of a job ends the worker."""
        try:
            lease, to_do = self._take()
        except SQLAlchemyError:
            log.exception("the queue cannot be reached")
            self._stop_event.wait(1)
            return False
        if lease is None:
            return False
        if to_do:
            self._see_through(lease)
        return True

    def _take(self) -> tuple[Lease | None, bool]:
        """Claim a job, with the mark on its subject, in one transaction; whether there is work left to do on it."""
        with transaction() as session:
            if time.monotonic() - self._freed_at > self._settings.lease_seconds / 3:
                freed = free_dead_leases(session)
                self._freed_at = time.monotonic()
                if freed:
                    log.warning("%s jobs of workers that are gone go back to the queue", freed)
            lease = claim(session, self.holder, self._settings.lease_seconds, tuple(self._handlers))
            if lease is None:
                return None, False
            handler = self._handlers[lease.kind]
            if lease.attempt > self._settings.reading_attempts:
                log.error("%s of %s was tried %s times and is given up", lease.kind, lease.subject_id, lease.attempt - 1)
                fail(session, lease, "interrupted too often")
                handler.give_up(session, lease)
                return lease, False
            if not handler.begin(session, lease):
                finish(session, lease)
                return lease, False
            return lease, True

    def _see_through(self, lease: Lease) -> None:
        pulse = Pulse(lease, self._settings.lease_seconds, self._stop_event.is_set)
        try:
            self._handlers[lease.kind].run(lease, pulse)
        except LeaseLost as lost:
            log.warning("%s; nothing was recorded by this worker", lost)
        except Stopping:
            log.info("stopping: %s of %s goes back to the queue", lease.kind, lease.subject_id)
            self._give_back(lease, counted=False)
        except Exception as error:
            log.exception("%s of %s, attempt %s", lease.kind, lease.subject_id, lease.attempt)
            wait = _BACKOFF_SECONDS[min(lease.attempt, len(_BACKOFF_SECONDS)) - 1]
            self._give_back(lease, after_seconds=wait, error=repr(error))

    def _give_back(self, lease: Lease, *, after_seconds: float = 0, error: str = "", counted: bool = True) -> None:
        try:
            with transaction() as session:
                release(session, lease, after_seconds=after_seconds, error=error, counted=counted)
        except (LeaseLost, SQLAlchemyError):
            # The lease runs out by itself.
            log.warning("job %s could not be given back", lease.job_id, exc_info=True)
