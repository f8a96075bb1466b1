"""The two kinds of jobs on submissions: reading a file, and screening a text anew."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Protocol

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from covenant_review.audit.log import record
from covenant_review.database import transaction
from covenant_review.extraction.document import UnreadableFile
from covenant_review.jobs.handler import Handler, Pulse, WorkerCannotStart, settings_of_worker
from covenant_review.jobs.queue import DRAW, READ, RESCREEN, Lease, enqueue, fail, finish
from covenant_review.jobs.warm_process import CannotStart, TaskCrashed, TaskDied, TaskOutOfMemory, TaskTooSlow, WarmProcess
from covenant_review.jobs.worker import work_off
from covenant_review.screening.ruleset import RuleSet, default_rules_directory, load_ruleset
from covenant_review.screening.schema import RuleFileError
from covenant_review.screening.second_reader_use import SWITCHED_OFF, SecondReaderInUse, second_reader_of
from covenant_review.submissions.facts import propose
from covenant_review.submissions.models import Submission
from covenant_review.submissions.pages_job import DrawingHandler
from covenant_review.submissions.photos import bundle_limit_mb
from covenant_review.submissions.readings import ReadCovenant, from_plain, read_covenant
from covenant_review.submissions.recording import record_failure, record_reading, record_unreadable, rescreen
from covenant_review.submissions.storage import OriginalStore, store_of

log = logging.getLogger("covenant_review.submissions")
READING_MEMORY = 2 * 1024**3


class Reader(Protocol):
    """Reads one file, somewhere. Raises UnreadableFile, TaskTooSlow, TaskCrashed, and what `pulse` raises."""

    def start(self, app: Flask) -> None:
        """Get ready; raises WorkerCannotStart."""
        ...

    def stop(self) -> None:
        """Let go."""
        ...

    def read(self, path: Path, pulse: Pulse) -> ReadCovenant:
        """Read the original at `path`."""
        ...


class ReaderInChild:
    """Reads each file in a child process with limits: the file may be hostile, the worker lives on."""

    def __init__(self) -> None:
        self._process: WarmProcess | None = None
        self._seconds, self._size_limit = 0, 0

    def start(self, app: Flask) -> None:
        """Start the process that has readers and rules loaded."""
        settings = settings_of_worker(app)
        self._seconds, self._size_limit = settings.reading_seconds, bundle_limit_mb(settings) * 1024 * 1024
        options = {"rules": str(settings.rules) if settings.rules else None, "second_reader": settings.second_reader}
        self._process = WarmProcess("covenant_review.submissions.reading_child", options, READING_MEMORY, store_of(app).working)
        try:
            self._process.start()
        except CannotStart as error:
            raise WorkerCannotStart(f"Bộ đọc không khởi động được (the reader does not start): {error}") from error

    def stop(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.close()

    def read(self, path: Path, pulse: Pulse) -> ReadCovenant:
        """Read in a fork of the process."""
        assert self._process is not None
        answer = self._process.call({"path": str(path), "size_limit": self._size_limit}, self._seconds, pulse)
        if "unreadable" in answer:
            raise UnreadableFile(str(answer["unreadable"]), str(answer.get("detail", "")))
        try:
            return from_plain(answer["covenant"])
        except (KeyError, TypeError, ValueError) as error:
            raise TaskCrashed("an answer that cannot be understood") from error


class ReaderHere:
    """Reads in this process, without limits: for sample data and tests, never for a worker that takes uploads."""

    def __init__(self) -> None:
        self._ruleset: RuleSet | None = None
        self._second_reader = SWITCHED_OFF
        self._size_limit = 0

    def start(self, app: Flask) -> None:
        """Nothing yet: the rules are loaded when the first file comes."""
        self._app = app
        self._size_limit = bundle_limit_mb(settings_of_worker(app)) * 1024 * 1024

    def stop(self) -> None:
        """Nothing to let go."""

    def read(self, path: Path, pulse: Pulse) -> ReadCovenant:
        """Read here and now."""
        if self._ruleset is None:
            self._ruleset = _rules_of(self._app)
            self._second_reader = _second_reader_of(self._app, self._ruleset)
        return read_covenant(path.read_bytes(), self._ruleset, self._size_limit, pulse, self._second_reader)


class ReadingHandler:
    """Reads one submission's file and records it."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._store: OriginalStore | None = None

    def start(self, app: Flask) -> None:
        """Get the reader ready; throw away what killed processes left behind."""
        self._store = store_of(app)
        self._store.sweep()
        self._reader.start(app)

    def stop(self) -> None:
        """Let the reader go."""
        self._reader.stop()

    def begin(self, session: Session, lease: Lease) -> bool:
        """Mark the submission as being read; nothing to do when it is read already."""
        submission = _locked(session, lease.subject_id)
        if submission is None or submission.state == "read":
            return False
        submission.state, submission.reason = "reading", ""
        record(session, None, "submissions.reading_begun", "submission", submission.id, attempt=lease.attempt)
        return True

    def run(self, lease: Lease, pulse: Pulse) -> None:
        """Read outside any transaction, then record text, findings and the end of the job in one."""
        with transaction() as session:
            submission = session.get_one(Submission, lease.subject_id)
            path = self._original(submission.file.sha256)
        try:
            covenant = self._reader.read(path, pulse)
        except UnreadableFile as error:
            self._unreadable(lease, error.reason, error.detail)
        except TaskTooSlow:
            self._unreadable(lease, "too_slow", "time limit")
        except TaskOutOfMemory as error:
            self._unreadable(lease, "too_heavy", str(error))
        except TaskDied as error:
            self._unreadable(lease, "reader_died", str(error))
        except (TaskCrashed, FileNotFoundError) as error:
            log.error("submission %s could not be read: %r", lease.subject_id, error)
            with transaction() as session:
                fail(session, lease, repr(error))
                record_failure(session, _present(session, lease), "internal", repr(error))
        else:
            with transaction() as session:
                finish(session, lease)
                submission = _present(session, lease)
                record_reading(session, submission, covenant.text, covenant.screenings, covenant.ruleset, covenant.second_reader)
                propose(session, submission, covenant.text, covenant.facts)
                enqueue(session, DRAW, submission.id)

    def give_up(self, session: Session, lease: Lease) -> None:
        """Workers died on this file too often."""
        submission = _locked(session, lease.subject_id)
        if submission is not None and submission.state != "read":
            record_failure(session, submission, "interrupted", f"after {lease.attempt - 1} attempts")

    def _unreadable(self, lease: Lease, reason: str, detail: str) -> None:
        log.warning("submission %s is unreadable: %s %s", lease.subject_id, reason, detail)
        with transaction() as session:
            finish(session, lease)
            record_unreadable(session, _present(session, lease), reason, detail)

    def _original(self, sha256: str) -> Path:
        assert self._store is not None
        return self._store.path(sha256)


class RescreeningHandler:
    """Screens the stored text of one submission with the rule set that is in force now."""

    def __init__(self) -> None:
        self._app: Flask | None = None
        self._ruleset: RuleSet | None = None
        self._second_reader = SWITCHED_OFF

    def start(self, app: Flask) -> None:
        """The rules are loaded when the first job comes."""
        self._app, self._ruleset = app, None

    def stop(self) -> None:
        """Forget the rules: the next start may find other ones."""
        self._ruleset = None

    def begin(self, session: Session, lease: Lease) -> bool:
        """Only texts that are read can be screened again."""
        submission = session.get(Submission, lease.subject_id)
        return submission is not None and submission.state == "read"

    def run(self, lease: Lease, pulse: Pulse) -> None:
        """Screen and record in one transaction."""
        assert self._app is not None
        if self._ruleset is None:
            self._ruleset = _rules_of(self._app)
            self._second_reader = _second_reader_of(self._app, self._ruleset)
        pulse()
        with transaction() as session:
            finish(session, lease)
            rescreen(session, _present(session, lease), self._ruleset, self._second_reader)

    def give_up(self, session: Session, lease: Lease) -> None:
        """The text and its findings stay as they were."""
        log.error("submission %s could not be screened again", lease.subject_id)


# What a worker does (`run_worker(app, HANDLERS, stop)`).
HANDLERS: dict[str, Handler] = {READ: ReadingHandler(ReaderInChild()), RESCREEN: RescreeningHandler(), DRAW: DrawingHandler()}


def drain(app: Flask, *, in_child: bool = False) -> int:
    """Do every job that waits, here and now, until the queue is empty; how many there were.

    For sample data, `worker --once` and tests. Files are read in this process unless `in_child`: then as a worker does it,
    and only then are pages drawn (never outside a child; see also pages_job.draw_waiting).
    """
    reader: Reader = ReaderInChild() if in_child else ReaderHere()
    drawing: dict[str, Handler] = {DRAW: DrawingHandler()} if in_child else {}
    return work_off(app, {READ: ReadingHandler(reader), RESCREEN: RescreeningHandler(), **drawing})


def enqueue_rescreening() -> int:
    """Queue every text that is read and not withdrawn for screening with the present rules; how many there are."""
    with transaction() as session:
        read = select(Submission.id).where(Submission.state == "read", Submission.withdrawn_at.is_(None))
        submissions = list(session.scalars(read.order_by(Submission.id)))
        for submission_id in submissions:
            enqueue(session, RESCREEN, submission_id)
        record(session, None, "submissions.rescreening_queued", "submission", None, submissions=len(submissions))
    return len(submissions)


def _rules_of(app: Flask) -> RuleSet:
    try:
        return load_ruleset(settings_of_worker(app).rules or default_rules_directory())
    except RuleFileError as error:
        raise WorkerCannotStart(str(error)) from error


def _second_reader_of(app: Flask, ruleset: RuleSet) -> SecondReaderInUse:
    found = second_reader_of(ruleset, wanted=settings_of_worker(app).second_reader)
    if found.reason:
        log.warning("the second reader does not read: %s", found.reason)
    return found


def _locked(session: Session, submission_id: int) -> Submission | None:
    query = select(Submission).where(Submission.id == submission_id).with_for_update(of=Submission)
    return session.scalar(query.execution_options(populate_existing=True))


def _present(session: Session, lease: Lease) -> Submission:
    submission = _locked(session, lease.subject_id)
    assert submission is not None  # rows of submissions are never erased
    return submission
