"""The lease table's verbs. All run inside the caller's transaction, so that a job's end and its effect are one commit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import CursorResult, Update, and_, func, or_, select, update
from sqlalchemy.orm import Session

from covenant_review.database import now
from covenant_review.jobs.holder import is_dead, new_token
from covenant_review.jobs.models import Job

READ, RESCREEN, DRAW = KINDS = ("read", "rescreen", "draw")
_ERROR_LENGTH = 2000


class LeaseLost(Exception):
    """The job belongs to somebody else by now: whatever was done must not be recorded."""


@dataclass(frozen=True, slots=True)
class Lease:
    """A job taken. `attempt` counts from 1; `token` proves that the job is still ours."""

    job_id: int
    kind: str
    subject_id: int
    token: str
    attempt: int


def enqueue(session: Session, kind: str, subject_id: int) -> Job:
    """Put work on a subject into the queue; work of the same kind that still waits or runs is given back instead."""
    present = session.scalar(
        select(Job).where(Job.kind == kind, Job.subject_id == subject_id, Job.state.in_(("queued", "leased"))).order_by(Job.id).limit(1)
    )
    if present is not None:
        return present
    job = Job(kind=kind, subject_id=subject_id)
    session.add(job)
    session.flush()
    return job


def claim(session: Session, holder: str, lease_seconds: int, kinds: tuple[str, ...] = KINDS) -> Lease | None:
    """Take the next waiting job, or one whose lease has run out; None when there is nothing to do.

    One statement, so that two workers never take the same job. The attempt is counted here: a worker that is killed has
    used one up.
    """
    moment = now()
    free = or_(
        and_(Job.state == "queued", Job.run_after <= moment),
        and_(Job.state == "leased", Job.leased_until < moment),
    )
    next_job = (
        select(Job.id)
        .where(free, Job.kind.in_(kinds))
        # People wait for the reading; pictures of the pages may come later.
        .order_by(Job.kind == DRAW, Job.run_after, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    token = new_token(holder)
    taken = session.execute(
        update(Job)
        .where(Job.id == next_job)
        .values(
            state="leased",
            lease_token=token,
            leased_until=moment + timedelta(seconds=lease_seconds),
            attempts=Job.attempts + 1,
            done_steps=0,
            total_steps=0,
            page=0,
            pages=0,
        )
        .returning(Job.id, Job.kind, Job.subject_id, Job.attempts)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    return None if taken is None else Lease(taken.id, taken.kind, taken.subject_id, token, taken.attempts)


def beat(session: Session, lease: Lease, lease_seconds: int, done: int = 0, total: int = 0, page: int = 0, pages: int = 0) -> None:
    """Say that the work goes on, and how far it is: step `done` of `total`, within it `page` of `pages`. Raises LeaseLost."""
    statement = _held(lease).values(
        leased_until=now() + timedelta(seconds=lease_seconds), done_steps=done, total_steps=total, page=page, pages=pages
    )
    _only_if_held(session, statement, lease)


def finish(session: Session, lease: Lease) -> None:
    """The work is done; called first in the transaction that records its effect. Raises LeaseLost: then nothing is recorded.

    The job's row stays locked until the transaction ends, so nobody can take the job in between.
    """
    statement = _held(lease).values(
        state="done", lease_token=None, leased_until=None, finished_at=now(), last_error="", done_steps=Job.total_steps
    )
    _only_if_held(session, statement, lease)


def fail(session: Session, lease: Lease, error: str) -> None:
    """The work cannot be done; it is not tried again by itself. `error` is for the log. Raises LeaseLost."""
    statement = _held(lease).values(
        state="failed", lease_token=None, leased_until=None, finished_at=now(), last_error=error[:_ERROR_LENGTH]
    )
    _only_if_held(session, statement, lease)


def release(session: Session, lease: Lease, *, after_seconds: float = 0, error: str = "", counted: bool = True) -> None:
    """Give the job back to the queue, to run after a while; `counted` False gives the attempt back too. Raises LeaseLost."""
    statement = _held(lease).values(
        state="queued",
        lease_token=None,
        leased_until=None,
        run_after=now() + timedelta(seconds=after_seconds),
        attempts=lease.attempt if counted else lease.attempt - 1,
        last_error=error[:_ERROR_LENGTH],
    )
    _only_if_held(session, statement, lease)


def free_dead_leases(session: Session) -> int:
    """Give back at once the jobs whose holder ran on this host and is gone; how many there were."""
    held = session.execute(select(Job.id, Job.lease_token).where(Job.state == "leased")).all()
    freed = 0
    for job_id, token in held:
        if token is not None and is_dead(token):
            freed += _change(
                session,
                update(Job)
                .where(Job.id == job_id, Job.lease_token == token)
                .values(state="queued", lease_token=None, leased_until=None, run_after=now()),
            )
    return freed


def waiting(session: Session, kind: str | None = None) -> int:
    """How many jobs wait or run."""
    query = select(func.count()).select_from(Job).where(Job.state.in_(("queued", "leased")))
    return session.scalar(query if kind is None else query.where(Job.kind == kind)) or 0


def latest_jobs(session: Session, kind: str, subject_ids: list[int]) -> dict[int, Job]:
    """The latest job of a kind for each subject that has one."""
    jobs = session.scalars(select(Job).where(Job.kind == kind, Job.subject_id.in_(subject_ids)).order_by(Job.id))
    return {job.subject_id: job for job in jobs}


def _held(lease: Lease) -> Update:
    return update(Job).where(Job.id == lease.job_id, Job.state == "leased", Job.lease_token == lease.token)


def _only_if_held(session: Session, statement: Update, lease: Lease) -> None:
    if _change(session, statement) != 1:
        raise LeaseLost(f"job {lease.job_id} ({lease.kind} of {lease.subject_id}) was taken over")


def _change(session: Session, statement: Update) -> int:
    result = session.execute(statement.execution_options(synchronize_session="fetch"))
    assert isinstance(result, CursorResult)
    return result.rowcount
