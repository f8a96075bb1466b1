"""The lease table: one taker per job, nothing finished by who lost it, nothing tried for ever."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from covenant_review.database import db, now, read_only_requests, transaction
from covenant_review.jobs.handler import Pulse, Stopping
from covenant_review.jobs.holder import is_dead, new_token, this_holder
from covenant_review.jobs.models import Job
from covenant_review.jobs.queue import Lease, LeaseLost, beat, claim, enqueue, fail, finish, free_dead_leases, release, waiting
from covenant_review.jobs.warm_process import CannotStart, TaskCrashed, TaskTooSlow, WarmProcess
from covenant_review.jobs.worker import run_worker, work_off


def queued(kind: str = "read", *subjects: int) -> None:
    with transaction() as session:
        for subject in subjects or (1,):
            enqueue(session, kind, subject)


def take(lease_seconds: int = 30) -> Lease | None:
    with transaction() as session:
        return claim(session, this_holder(), lease_seconds)


def taken(lease_seconds: int = 30) -> Lease:
    lease = take(lease_seconds)
    assert lease is not None
    return lease


def job() -> Job:
    found = db.session.scalar(select(Job).order_by(Job.id).execution_options(populate_existing=True))
    assert found is not None
    return found


def run_out() -> None:
    with transaction() as session:
        session.execute(update(Job).values(leased_until=now() - timedelta(seconds=1)))


def test_a_job_is_taken_once_and_counted(app: Flask) -> None:
    queued()
    lease = taken()
    assert (lease.kind, lease.subject_id, lease.attempt) == ("read", 1, 1)
    assert take() is None
    assert job().state == "leased"


def test_oldest_first_and_not_before_its_time(app: Flask) -> None:
    queued("read", 1, 2)
    with transaction() as session:
        release(session, taken(), after_seconds=3600)
    assert taken().subject_id == 2
    assert take() is None


def test_pictures_are_drawn_when_nothing_waits_to_be_read(app: Flask) -> None:
    queued("draw", 1)
    queued("read", 2)
    queued("rescreen", 3)
    assert [taken().kind for _turn in range(3)] == ["read", "rescreen", "draw"]


def test_work_that_waits_is_not_queued_twice(app: Flask) -> None:
    queued("read", 1, 1)
    taken()
    queued("read", 1)
    assert waiting(db.session()) == 1
    queued("rescreen", 1)
    assert waiting(db.session()) == 2


def test_an_expired_lease_can_be_taken_and_the_first_holder_finishes_nothing(app: Flask) -> None:
    queued()
    first = taken()
    run_out()
    second = taken()
    assert second.job_id == first.job_id
    assert second.attempt == 2
    for verb in (finish, lambda session, lease: fail(session, lease, "x"), release, lambda session, lease: beat(session, lease, 30)):
        with pytest.raises(LeaseLost), transaction() as session:
            verb(session, first)
    with transaction() as session:
        finish(session, second)
    assert (job().state, job().lease_token, job().leased_until) == ("done", None, None)


def test_who_lost_the_lease_records_nothing_of_the_effect_either(app: Flask) -> None:
    queued()
    first = taken()
    run_out()
    taken()
    with pytest.raises(LeaseLost), transaction() as session:
        session.add(Job(kind="rescreen", subject_id=99))
        finish(session, first)
    assert db.session.scalar(select(Job).where(Job.kind == "rescreen")) is None


def test_a_beat_extends_the_lease_and_tells_the_progress(app: Flask) -> None:
    queued()
    lease = taken(30)
    with transaction() as session:
        beat(session, lease, 600, 3, 12)
    found = job()
    assert (found.done_steps, found.total_steps) == (3, 12)
    assert found.leased_until is not None
    assert found.leased_until > now() + timedelta(seconds=500)


def test_leases_of_dead_processes_are_freed_at_once_and_those_of_living_ones_stay(app: Flask) -> None:
    gone = subprocess.run(
        [sys.executable, "-c", "from covenant_review.jobs.holder import this_holder; print(this_holder())"],
        capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    queued("read", 1, 2, 3)
    with transaction() as session:
        dead = claim(session, gone, 3600)
        living = claim(session, this_holder(), 3600)
        other_host = claim(session, "another-host:1:1", 3600)
        assert dead is not None and living is not None and other_host is not None
        assert free_dead_leases(session) == 1
    states = dict(db.session.execute(select(Job.subject_id, Job.state)).all())
    assert states == {dead.subject_id: "queued", living.subject_id: "leased", other_host.subject_id: "leased"}


def test_a_process_number_given_to_another_process_is_dead(app: Flask) -> None:
    host, pid, _started = this_holder().rsplit(":", 2)
    assert not is_dead(new_token(this_holder()))
    assert is_dead(new_token(f"{host}:{pid}:1"))
    assert not is_dead("nonsense")


def test_two_takers_at_once_never_get_the_same_job(app: Flask) -> None:
    queued("read", *range(1, 31))
    got: list[int] = []

    def take_all() -> None:
        with app.app_context():
            read_only_requests(False)
            while (lease := take(600)) is not None:
                got.append(lease.subject_id)
            db.session.remove()

    threads = [threading.Thread(target=take_all) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == list(range(1, 31))


class Counting:
    """A handler that only counts, and fails or waits where told."""

    def __init__(self, error: Exception | None = None) -> None:
        self.ran: list[int] = []
        self.given_up: list[int] = []
        self.error = error
        self.running = threading.Event()

    def start(self, app: Flask) -> None: ...

    def stop(self) -> None: ...

    def begin(self, session: Session, lease: Lease) -> bool:
        return lease.subject_id != 404

    def run(self, lease: Lease, pulse: Pulse) -> None:
        self.ran.append(lease.subject_id)
        if self.error is not None:
            raise self.error
        with transaction() as session:
            finish(session, lease)

    def give_up(self, session: Session, lease: Lease) -> None:
        self.given_up.append(lease.subject_id)


def test_work_off_does_all_that_waits(app: Flask) -> None:
    queued("read", 1, 404, 2)
    handler = Counting()
    assert work_off(app, {"read": handler}) == 3
    assert handler.ran == [1, 2]
    assert waiting(db.session()) == 0


def test_an_error_of_ours_puts_the_job_back_later_and_is_given_up_in_the_end(app: Flask) -> None:
    queued()
    handler = Counting(RuntimeError("hỏng"))
    for attempt in (1, 2, 3):
        work_off(app, {"read": handler})
        assert (job().state, job().attempts) == ("queued", attempt)
        assert job().run_after > now()
        assert "hỏng" in job().last_error
        with transaction() as session:
            session.execute(update(Job).values(run_after=now()))
    work_off(app, {"read": handler})
    assert (job().state, handler.given_up, len(handler.ran)) == ("failed", [1], 3)


def test_stopping_gives_the_job_back_and_its_attempt_too(app: Flask) -> None:
    queued()
    stop = threading.Event()

    class Patient(Counting):
        def run(self, lease: Lease, pulse: Pulse) -> None:
            self.ran.append(lease.subject_id)
            stop.set()
            pulse()
            raise AssertionError("the pulse must have raised Stopping")

    handler = Patient()
    db.session.remove()
    run_worker(app, {"read": handler}, stop)
    assert handler.ran == [1]
    assert (job().state, job().attempts, job().lease_token) == ("queued", 0, None)


def test_the_pulse_tells_who_lost_the_lease(app: Flask) -> None:
    queued()
    lease = taken()
    run_out()
    taken()
    pulse = Pulse(lease, 2, lambda: False)
    pulse._last = float("-inf")
    with pytest.raises(LeaseLost):
        pulse(1, 3)
    with pytest.raises(Stopping):
        Pulse(lease, 2, lambda: True)()


def warm(task_seconds: int = 5, memory: int = 1 << 30) -> WarmProcess:
    return WarmProcess("tests.warm_task", {}, memory)


@pytest.fixture
def process() -> WarmProcess:
    made = warm()
    made.start()
    yield made
    made.close()


def nothing(done: int, total: int) -> None: ...


def test_a_task_answers_and_tells_its_progress(process: WarmProcess) -> None:
    seen: list[tuple[int, int]] = []
    answer = process.call({"do": "echo", "say": "chào 🌾"}, 5, lambda done, total: seen.append((done, total)))
    assert answer["said"] == "chào 🌾"
    assert (1, 2) in seen


def test_a_task_that_works_by_pages_tells_each(process: WarmProcess) -> None:
    seen: list[tuple[int, ...]] = []
    process.call({"do": "pages", "pages": 3}, 5, lambda *progress: seen.append(progress))
    told = list(dict.fromkeys(progress for progress in seen if len(progress) == 4))
    assert told == [(0, 3, 0, 3), (0, 3, 1, 3), (0, 3, 2, 3), (0, 3, 3, 3)]


def test_a_slow_task_is_ended_with_all_its_children_and_the_next_one_runs(process: WarmProcess) -> None:
    pid = process.call({"do": "pid"}, 5, nothing)["parent"]
    with pytest.raises(TaskTooSlow):
        process.call({"do": "sleep"}, 1, nothing)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert process.call({"do": "echo", "say": "1"}, 5, nothing)["said"] == "1"


@pytest.mark.parametrize("deed", ["die", "raise", "eat_memory", "leave"])
def test_a_task_that_crashes_or_eats_memory_hurts_nobody_else(process: WarmProcess, deed: str) -> None:
    with pytest.raises(TaskCrashed):
        process.call({"do": deed}, 20, nothing)
    assert process.call({"do": "echo", "say": "1"}, 5, nothing)["said"] == "1"


def test_what_a_task_prints_does_not_disturb_its_answer(process: WarmProcess) -> None:
    assert process.call({"do": "print"}, 5, nothing) == {"said": "after"}


def test_what_the_caller_raises_ends_the_task(process: WarmProcess) -> None:
    def stop(done: int, total: int) -> None:
        raise Stopping

    with pytest.raises(Stopping):
        process.call({"do": "sleep"}, 30, stop)


def test_a_process_that_cannot_get_ready_says_why() -> None:
    with pytest.raises(CannotStart, match="không có quy tắc"):
        WarmProcess("tests.warm_task", {"fail": "không có quy tắc"}, 1 << 30).start()
