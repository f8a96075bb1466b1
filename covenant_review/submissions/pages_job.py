"""The job that draws the pages of a file, and finds the clauses of a Word file on them."""

from __future__ import annotations

import base64
import binascii
import contextlib
import logging
from typing import Any

from flask import Flask
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from covenant_review.accounts.models import User
from covenant_review.accounts.permissions import Permission, may
from covenant_review.audit.log import record
from covenant_review.database import transaction
from covenant_review.extraction.page_images import has_pages, is_converted
from covenant_review.jobs.handler import Handler, Pulse, settings_of_worker
from covenant_review.jobs.queue import DRAW, Lease, enqueue, fail, finish
from covenant_review.jobs.warm_process import TaskCrashed, TaskDied, TaskOutOfMemory, TaskTooSlow, WarmProcess
from covenant_review.jobs.worker import work_off
from covenant_review.refusals import Forbidden, Refused
from covenant_review.submissions.models import Submission, SubmittedClause
from covenant_review.submissions.page_store import FreshPage, PageStore, StoredPage, page_store_of
from covenant_review.submissions.storage import OriginalStore, store_of

log = logging.getLogger("covenant_review.submissions")
_MEMORY = 2 * 1024**3


class DrawingHandler:
    """Draws in a child process with limits: the file may be hostile, the worker lives on."""

    def __init__(self) -> None:
        self._process: WarmProcess | None = None
        self._store: OriginalStore | None = None
        self._pages: PageStore | None = None
        self._seconds = 0

    def start(self, app: Flask) -> None:
        """Remember where things are; the process starts with the first file."""
        self._store, self._pages = store_of(app), page_store_of(app)
        self._seconds = settings_of_worker(app).reading_seconds
        self._process = WarmProcess("covenant_review.submissions.pages_child", {}, _MEMORY, self._store.working)

    def stop(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.close()

    def begin(self, session: Session, lease: Lease) -> bool:
        """Whether there is something to draw, or clauses to be found on pages that are drawn."""
        assert self._pages is not None
        submission = session.get(Submission, lease.subject_id)
        if submission is None or not has_pages(submission.file.kind):
            return False
        drawn = self._pages.drawn(submission.file.sha256)
        return drawn is None or bool(drawn.failed) or (is_converted(submission.file.kind) and not _has_boxes(session, submission))

    def run(self, lease: Lease, pulse: Pulse) -> None:
        """Draw outside any transaction; what could not be drawn is kept as such, with its reason."""
        assert self._process is not None and self._store is not None and self._pages is not None
        with transaction() as session:
            submission = session.get_one(Submission, lease.subject_id)
            sha256, clauses = submission.file.sha256, _clauses(session, submission)
            kind = submission.file.kind
        task = {"path": str(self._store.path(sha256)), "kind": kind, "clauses": [[clause.number, clause.text] for clause in clauses]}
        try:
            answer = self._process.call(task, self._seconds, lambda *_progress: pulse())
            if "unreadable" in answer:
                self._keep_failure(lease, sha256, str(answer["unreadable"]), str(answer.get("detail", "")))
                return
            pages = [_fresh(page) for page in answer["pages"]]
            boxes = answer["boxes"]
        except TaskTooSlow:
            self._keep_failure(lease, sha256, "too_slow", "time limit")
        except TaskOutOfMemory as error:
            self._keep_failure(lease, sha256, "too_heavy", str(error))
        except TaskDied as error:
            self._keep_failure(lease, sha256, "reader_died", str(error))
        except (TaskCrashed, KeyError, TypeError, ValueError, binascii.Error) as error:
            self._keep_failure(lease, sha256, "internal", repr(error))
        else:
            self._pages.keep(sha256, pages, submission.pages or len(pages), "" if pages else "damaged")
            with transaction() as session:
                finish(session, lease)
                if boxes is not None:
                    _put_boxes(session, lease.subject_id, [clause.id for clause in clauses], boxes, len(pages))

    def give_up(self, session: Session, lease: Lease) -> None:
        """Workers died on this file too often; the words are there without the pictures."""
        assert self._pages is not None
        submission = session.get(Submission, lease.subject_id)
        if submission is not None:
            # A disk that takes nothing must not end the worker as well.
            with contextlib.suppress(OSError):
                self._pages.keep(submission.file.sha256, [], 0, "interrupted")

    def _keep_failure(self, lease: Lease, sha256: str, reason: str, detail: str) -> None:
        assert self._pages is not None
        log.warning("the pages of submission %s could not be drawn: %s %s", lease.subject_id, reason, detail)
        self._pages.keep(sha256, [], 0, reason)
        with transaction() as session:
            fail(session, lease, f"{reason} {detail}")


def draw_pages(actor: User, submission: Submission) -> None:
    """Have the pages drawn (again, if it failed). Raises Forbidden, Refused (a kind without pages)."""
    if not may(actor, Permission.SEE_SUBMISSION, submission.commune_id):
        raise Forbidden("not_allowed", _l("Bạn không được xem bản nộp này."))
    if not has_pages(submission.file.kind):
        raise Refused("no_pages", _l("Tệp chỉ có chữ, không có trang để xem."))
    with transaction() as session:
        enqueue(session, DRAW, submission.id)


def draw_waiting(app: Flask) -> int:
    """Draw everything that waits, here and now (the files still in a child process); how many jobs there were."""
    handlers: dict[str, Handler] = {DRAW: DrawingHandler()}
    return work_off(app, handlers)


def _fresh(page: list[Any]) -> FreshPage:
    number, width, height, picture = page
    data = base64.b64decode(picture, validate=True)
    if not (data[:4] == b"RIFF" and data[8:12] == b"WEBP"):
        raise ValueError("not the picture that was asked for")
    return FreshPage(StoredPage(int(number), float(width), float(height)), data)


def _clauses(session: Session, submission: Submission) -> list[SubmittedClause]:
    query = select(SubmittedClause).where(SubmittedClause.submission_id == submission.id).order_by(SubmittedClause.position)
    return list(session.scalars(query))


def _has_boxes(session: Session, submission: Submission) -> bool:
    return submission.state != "read" or any(clause.boxes for clause in _clauses(session, submission))


def _put_boxes(session: Session, submission_id: int, ids: list[int], boxes: list[list[list[float]]], pages: int) -> None:
    """Write where each clause was found, with the log's entry; nothing where nothing was found."""
    found = {clause_id: places for clause_id, places in zip(ids, boxes, strict=True) if places}
    if not found:
        return
    for clause in session.scalars(select(SubmittedClause).where(SubmittedClause.id.in_(found))):
        clause.boxes = found[clause.id]
    record(
        session, None, "submissions.pages_drawn", "submission", submission_id,
        pages=pages, clauses=len(ids), clauses_found=len(found),
    )  # fmt: skip
