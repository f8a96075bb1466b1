"""The real way of a file, watched: handed in by the operation, queued, taken by a worker, read in the child with its limits."""

from __future__ import annotations

import http.server
import io
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import select

from covenant_review.database import db, read_only_requests
from covenant_review.jobs.forking_process import MOST_PAGES, PAGE_SECONDS
from covenant_review.jobs.handler import Handler
from covenant_review.jobs.models import Job
from covenant_review.jobs.queue import DRAW, READ
from covenant_review.jobs.worker import Worker
from covenant_review.settings import load_settings
from covenant_review.submissions.models import Submission, SubmittedClause
from covenant_review.submissions.operations import Upload, submit
from covenant_review.submissions.pages_job import DrawingHandler
from covenant_review.submissions.reading_job import ReaderInChild, ReadingHandler
from covenant_review.submissions.receipts import Receipt
from covenant_review.submissions.views import reason_text
from covenant_review.web.app import create_app
from tests.hostile_files import Trap
from tests.people import World

SECRET = "bi-mat-khong-duoc-doc-4f1c"
OUTSIDE = "covenant-hostile-outside.txt"
_LOOK_EVERY = 0.05


@dataclass
class Outcome:
    """What came of one file. `result` as in hostile_files; `peak` in MB, the largest process of those that read it."""

    result: str
    words: str = ""
    clauses: int = 0
    pages: int = 0
    door: float = 0.0
    reading: float = 0.0
    peak: float = 0.0
    drawn: str = ""
    drawing: float = 0.0
    wrong: tuple[str, ...] = ()


class HostileWay:
    """A site on a database of its own with one worker; open it with `hostile_way`."""

    def __init__(self, app: Flask, world: World, root: Path, trap: Trap, visits: list[str], seconds: int, memory: int) -> None:
        self.app, self.world, self.root, self.trap, self.visits = app, world, root, trap, visits
        self.seconds, self.memory = seconds, memory
        self.handlers: dict[str, Handler] = {READ: ReadingHandler(ReaderInChild()), DRAW: DrawingHandler()}
        self.worker = Worker(app, self.handlers, threading.Event())

    def judge(self, data: bytes, name: str, *, draw: bool = False) -> Outcome:
        """Hand a file in, let the worker read (and draw) it, and look at everything that must not have happened."""
        began = time.monotonic()
        receipt = self.hand_in(data, name)
        door = time.monotonic() - began
        if receipt.outcome == "refused":
            outcome = Outcome(f"refused:{receipt.reason}", reason_text(receipt.reason), door=door)
        elif receipt.outcome == "duplicate":
            outcome = Outcome("duplicate", door=door)
        else:
            assert receipt.submission is not None
            outcome = self._read(receipt.submission.id, door)
            if draw:
                self._draw(receipt.submission.id, outcome)
            self.forget_jobs()
        outcome.wrong = tuple(self._wrong(outcome))
        return outcome

    def hand_in(self, data: bytes, name: str) -> Receipt:
        """Through the operation that the upload page calls."""
        (receipt,) = submit(self.world.official, self.world.commune, [Upload(name, io.BytesIO(data))])
        return receipt

    def _read(self, submission_id: int, door: float) -> Outcome:
        began = time.monotonic()
        with _watched() as watched:
            assert self._one_job(READ), "the job was not there"
        seconds = time.monotonic() - began
        submission = db.session.get_one(Submission, submission_id, populate_existing=True)
        result = submission.state if submission.state == "read" else f"{submission.state}:{submission.reason}"
        if submission.state == "read" and submission.text_status == "partly_read":
            result = "partly_read"
        words = "" if submission.state == "read" else reason_text(submission.reason)
        clauses = len(db.session.scalars(select(SubmittedClause.id).where(SubmittedClause.submission_id == submission_id)).all())
        return Outcome(result, words, clauses, submission.pages or 0, door, seconds, watched.peak)

    def _draw(self, submission_id: int, outcome: Outcome) -> None:
        began = time.monotonic()
        with _watched() as watched:
            if not self._one_job(DRAW):
                return
        outcome.drawing, outcome.peak = time.monotonic() - began, max(outcome.peak, watched.peak)
        query = select(Job).where(Job.kind == DRAW, Job.subject_id == submission_id).order_by(Job.id.desc())
        job = db.session.scalars(query.execution_options(populate_existing=True)).first()
        assert job is not None
        outcome.drawn = job.state if job.state == "done" else f"{job.state}: {job.last_error[:60]}"

    def _one_job(self, kind: str) -> bool:
        self.worker._handlers = {kind: self.handlers[kind]}
        done = self.worker.one_job()
        db.session.expire_all()
        return done

    def forget_jobs(self) -> None:
        """What was not drawn waits no longer, so that the next file's job is the next one."""
        for job in db.session.scalars(select(Job).where(Job.state.in_(("queued", "leased")))):
            db.session.delete(job)
        db.session.commit()

    def _wrong(self, outcome: Outcome) -> Iterator[str]:
        if outcome.result.startswith(("queued", "reading", "failed")):
            yield f"ended as {outcome.result}"
        if ":" in outcome.result and len(outcome.words) < 20:
            yield "no words for it"
        # Pages that are read one by one bring time of their own.
        limit = self.seconds + 5 + PAGE_SECONDS * min(outcome.pages, MOST_PAGES)
        if outcome.reading > limit or outcome.drawing > limit or outcome.door > 5:
            yield f"too slow: door {outcome.door:.1f} s, reading {outcome.reading:.1f} s, drawing {outcome.drawing:.1f} s"
        if outcome.peak > self.memory / 1e6:
            yield f"memory {outcome.peak:.0f} MB"
        if self.visits:
            yield f"fetched {self.visits}"
            self.visits.clear()
        yield from (f"left behind: {path}" for path in self.left_behind())
        if self._secret_was_read():
            yield "a secret file was read"

    def left_behind(self) -> Iterator[Path]:
        """Files that are where no file should be by now."""
        if self.trap.marker.exists():
            yield self.trap.marker
        for folder in (Path("/"), Path.home(), Path.cwd(), Path("/tmp"), self.root, self.root.parent, self.root / "uploads"):
            if (folder / OUTSIDE).exists():
                yield folder / OUTSIDE
        expected = {"uploads", "temporary", "secret.txt", "rules"}
        yield from (path for path in self.root.iterdir() if path.name not in expected and not path.name.startswith("covenants.sqlite3"))
        yield from (self.root / "temporary").iterdir()
        for folder in ("working", "arriving"):
            if (self.root / "uploads" / folder).is_dir():
                yield from (self.root / "uploads" / folder).iterdir()

    def _secret_was_read(self) -> bool:
        found = db.session.scalar(select(SubmittedClause.id).where(SubmittedClause.text.contains(SECRET)).limit(1))
        return found is not None


@contextmanager
def hostile_way(seconds: int = 120) -> Iterator[HostileWay]:
    """A site, its worker and its traps, in a temporary folder; `seconds` is the time limit of one reading."""
    with ExitStack() as stack:
        root = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="covenant-hostile-")))
        (root / "temporary").mkdir()
        stack.callback(_use_temporary_folder(root / "temporary"))
        (root / "secret.txt").write_text(f"Điều 7. {SECRET}", encoding="utf-8")
        address, visits = stack.enter_context(_trap_on_the_web())
        trap = Trap(address, root / "secret.txt", root / "macro-was-here.txt")
        app = create_app(
            load_settings(
                environment="development",
                database_url=f"sqlite:///{root / 'covenants.sqlite3'}",
                uploads=root / "uploads",
                reading_seconds=seconds,
            )
        )
        app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
        with app.app_context(), app.test_request_context():
            upgrade()
            read_only_requests(False)
            way = HostileWay(app, World.create(), root, trap, visits, seconds, 2 * 1024**3)
            way.worker.start()
            try:
                yield way
            finally:
                way.worker._handlers = way.handlers
                way.worker.stop()
                db.session.remove()
                db.engine.dispose()


def _use_temporary_folder(folder: Path) -> Callable[[], None]:
    before, tempfile.tempdir = tempfile.tempdir, str(folder)
    variable = os.environ.get("TMPDIR")
    os.environ["TMPDIR"] = str(folder)

    def back() -> None:
        tempfile.tempdir = before
        if variable is None:
            os.environ.pop("TMPDIR", None)
        else:
            os.environ["TMPDIR"] = variable

    return back


@contextmanager
def _trap_on_the_web() -> Iterator[tuple[str, list[str]]]:
    """A web server on this machine that nobody may visit; its address and the visits."""
    visits: list[str] = []

    class Visit(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            visits.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(f"Điều 7. {SECRET}".encode())

        do_HEAD = do_POST = do_OPTIONS = do_PROPFIND = do_GET

        def log_message(self, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Visit)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/trap", visits
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Watch:
    """Looks at the processes below this one; `peak` is the most memory (resident, MB) that any of them had."""

    def __init__(self) -> None:
        self.peak = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def _look(self) -> None:
        while True:
            for pid in _below(os.getpid()):
                self.peak = max(self.peak, _high_water(pid))
            if self._stop.wait(_LOOK_EVERY):
                return

    def __enter__(self) -> _Watch:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        self._thread.join()


def _watched() -> _Watch:
    return _Watch()


def _below(pid: int) -> list[int]:
    """All processes below one."""
    children: dict[int, list[int]] = {}
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            try:
                parent = int(Path(f"/proc/{entry.name}/stat").read_text(errors="replace").rpartition(")")[2].split()[1])
            except (OSError, IndexError):
                continue
            children.setdefault(parent, []).append(int(entry.name))
    found: list[int] = []
    waiting = [pid]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def _high_water(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1000 for line in lines if line.startswith("VmHWM:")), 0.0)
