"""kill -9 of a real worker in the middle of reading: nothing lost, nothing recorded twice, nothing left running."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from covenant_review.audit.log import broken_links
from covenant_review.audit.models import AuditEvent
from covenant_review.database import db
from covenant_review.jobs.models import Job
from covenant_review.submissions.models import Submission, SubmittedClause
from covenant_review.submissions.operations import submit
from tests.people import World
from tests.submissions_data import docx_bytes, upload, write_rules

FILES, PROVISIONS, KILLS = 20, 120, 3
WORKER = """
import threading
from covenant_review.jobs.worker import run_worker
from covenant_review.settings import load_settings
from covenant_review.submissions.reading_job import HANDLERS
from covenant_review.web.app import create_app
stop = threading.Event()
import signal
signal.signal(signal.SIGTERM, lambda *_: stop.set())
run_worker(create_app(load_settings()), HANDLERS, stop)
"""


@contextmanager
def worker(app: Flask, rules: Path, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker as a process of its own."""
    settings = app.extensions["covenant_settings"]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("COVENANT_")} | {
        "COVENANT_ENVIRONMENT": "development",
        "COVENANT_DATABASE_URL": settings.database_url,
        "COVENANT_UPLOADS": str(settings.uploads),
        "COVENANT_RULES": str(rules),
        # Nobody waits for a lease to run out: the dead are noticed.
        "COVENANT_LEASE_SECONDS": "3600",
        "COVENANT_READING_ATTEMPTS": "5",
    }
    with log.open("ab") as output:
        process = subprocess.Popen([sys.executable, "-c", WORKER], env=environment, stdout=output, stderr=output)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def states() -> Counter[str]:
    db.session.rollback()
    found = Counter(dict(db.session.execute(select(Submission.state, func.count()).group_by(Submission.state)).all()))
    db.session.rollback()
    return found


def leased() -> int:
    found = db.session.scalar(select(func.count()).select_from(Job).where(Job.state == "leased")) or 0
    db.session.rollback()
    return found


def wait_until(condition: object, process: subprocess.Popen[bytes], log: Path, seconds: float = 40) -> None:
    assert callable(condition)
    deadline = time.monotonic() + seconds
    while not condition():
        assert process.poll() is None, log.read_text("utf-8")
        assert time.monotonic() < deadline, (states(), log.read_text("utf-8"))
        time.sleep(0.03)


def descendants(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [found for child in children for found in (int(child), *descendants(int(child)))]


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def twenty_files(world: World) -> list[Submission]:
    receipts = submit(
        world.official,
        world.commune,
        [
            upload(
                f"quy ước {number}.docx",
                docx_bytes(*(f"Điều {line}. Việc thứ {line} của tệp {number}." for line in range(1, PROVISIONS + 1))),
            )
            for number in range(FILES)
        ],
    )
    found = [receipt.submission for receipt in receipts if receipt.submission]
    assert len(found) == FILES
    return found


def test_killed_in_the_middle_of_reading_20_files(world: World, app: Flask, tmp_path: Path) -> None:
    rules, log, chance = write_rules(tmp_path / "rules"), tmp_path / "worker.log", random.Random(20261123)
    submissions = twenty_files(world)
    killed_while_reading = 0
    for kill in range(1, KILLS + 1):
        with worker(app, rules, log) as process:
            wait_until(lambda goal=3 * kill: states()["read"] >= goal, process, log)
            wait_until(lambda: leased() > 0, process, log)
            time.sleep(chance.uniform(0, 0.08))
            family = descendants(process.pid)
            process.send_signal(signal.SIGKILL)
            process.wait()
        killed_while_reading += leased()
        assert family, "the reading process was not there"
        deadline = time.monotonic() + 30
        while any(is_running(pid) for pid in family):
            assert time.monotonic() < deadline, "a reading process outlives its worker"
            time.sleep(0.02)
    assert 0 < states()["read"] < FILES
    assert killed_while_reading > 0
    with worker(app, rules, log) as process:
        wait_until(lambda: states()["read"] == FILES, process, log)
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    db.session.rollback()
    clauses = dict(db.session.execute(select(SubmittedClause.submission_id, func.count()).group_by(SubmittedClause.submission_id)).all())
    assert clauses == {submission.id: PROVISIONS + 1 for submission in submissions}
    recorded = select(AuditEvent.subject_id, func.count()).where(AuditEvent.action == "submissions.read").group_by(AuditEvent.subject_id)
    assert dict(db.session.execute(recorded).all()) == {submission.id: 1 for submission in submissions}
    jobs = select(Job.state, func.count()).where(Job.kind == "read").group_by(Job.state)
    assert dict(db.session.execute(jobs).all()) == {"done": FILES}
    begun = db.session.scalar(select(func.count()).select_from(AuditEvent).where(AuditEvent.action == "submissions.reading_begun"))
    assert begun == FILES + killed_while_reading
    assert list(broken_links(db.session())) == []


def test_told_to_stop_a_worker_gives_its_file_back(world: World, app: Flask, tmp_path: Path) -> None:
    rules, log = write_rules(tmp_path / "rules"), tmp_path / "worker.log"
    (receipt,) = submit(
        world.official, world.commune, [upload("dài.docx", docx_bytes(*(f"Điều {line}. Việc {line}." for line in range(1, 2500))))]
    )
    assert receipt.submission is not None
    with worker(app, rules, log) as process:
        wait_until(lambda: leased() > 0, process, log)
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 0
    db.session.rollback()
    job = db.session.scalars(select(Job)).one()
    if job.state != "done":
        assert (job.state, job.attempts, job.lease_token) == ("queued", 0, None)
    with worker(app, rules, log) as process:
        wait_until(lambda: states()["read"] == 1, process, log)


def test_a_file_that_takes_long_is_not_read_on_after_its_worker_was_killed() -> None:
    code = "from tests.warm_task import *; from covenant_review.jobs.warm_process import WarmProcess as W; W('tests.warm_task', {}, 1 << 30).call({'do': 'sleep'}, 50, lambda *_: print('.', flush=True))"
    root = Path(__file__).resolve().parent.parent
    process = subprocess.Popen([sys.executable, "-c", code], cwd=root, stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    family = descendants(process.pid)
    assert len(family) == 2
    process.kill()
    process.wait()
    process.stdout.close()
    deadline = time.monotonic() + 30
    while any(is_running(pid) for pid in family):
        assert time.monotonic() < deadline
        time.sleep(0.02)
