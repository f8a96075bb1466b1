"""How far the reading of a submission is, and what it gave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from covenant_review.database import now
from covenant_review.jobs.models import Job
from covenant_review.jobs.queue import READ, latest_jobs
from covenant_review.submissions.models import FindingRecord, Submission, SubmittedClause, UncheckedRule

_STALLED_AFTER = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class Progress:
    """One submission's way through reading.

    `before` counts the files that wait in front; `done` of `total` are steps (0 of 0: not known), `page` of `pages` how many
    pages of a file that is read by pages are done (0 of 0: not by pages, or not yet); `stalled` says that nobody seems to be
    reading at all. Once read: `judged` clauses, how many of them hold a finding of each outcome, and how many hold a rule that
    could not run.
    """

    submission_id: int
    state: str
    reason: str
    before: int = 0
    done: int = 0
    total: int = 0
    page: int = 0
    pages: int = 0
    stalled: bool = False
    judged: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    unchecked: int = 0

    @property
    def is_finished(self) -> bool:
        """Whether nothing more will come by itself."""
        return self.state not in ("queued", "reading")


def progress_of(session: Session, submissions: Sequence[Submission]) -> dict[int, Progress]:
    """The progress of each submission by its id; a fixed number of queries for any number of them."""
    ids = [submission.id for submission in submissions]
    jobs = latest_jobs(session, READ, ids)
    open_jobs = session.execute(select(Job.id, Job.run_after, Job.state).where(Job.kind == READ, Job.state.in_(("queued", "leased")))).all()
    places = [(job.run_after, job.id) for job in open_jobs]
    somebody_reads = any(job.state == "leased" for job in open_jobs)
    judged, outcomes, unchecked = _results(session, [one.id for one in submissions if one.state == "read"])
    result = {}
    for submission in submissions:
        job = jobs.get(submission.id)
        # A worker that was killed leaves "reading" behind; its file waits again.
        waits = job is not None and job.state == "queued" and submission.state in ("queued", "reading")
        reads = job is not None and job.state == "leased" and submission.state == "reading"
        result[submission.id] = Progress(
            submission.id,
            "queued" if waits else submission.state,
            submission.reason,
            before=sum(place < _place(job) for place in places) if waits and job else 0,
            done=job.done_steps if job and reads else 0,
            total=job.total_steps if job and reads else 0,
            page=job.page if job and reads else 0,
            pages=job.pages if job and reads else 0,
            stalled=bool(waits and job and not somebody_reads and now() - job.run_after > _STALLED_AFTER),
            judged=judged[submission.id],
            outcomes=outcomes.get(submission.id, Counter()),
            unchecked=unchecked[submission.id],
        )
    return result


def _place(job: Job) -> tuple[datetime, int]:
    """Where a job stands in the queue (the order in which `queue.claim` takes them)."""
    return job.run_after, job.id


def _results(session: Session, ids: list[int]) -> tuple[Counter[int], dict[int, Counter[str]], Counter[int]]:
    """Judged clauses per submission; clauses per submission and outcome; clauses with an unchecked rule."""
    if not ids:
        return Counter(), {}, Counter()
    of_these = SubmittedClause.submission_id.in_(ids)
    judged = session.execute(
        select(SubmittedClause.submission_id, func.count()).where(of_these, SubmittedClause.judged).group_by(SubmittedClause.submission_id)
    )
    found = session.execute(
        select(SubmittedClause.submission_id, FindingRecord.outcome, func.count(SubmittedClause.id.distinct()))
        .join(FindingRecord, FindingRecord.clause_id == SubmittedClause.id)
        .where(of_these)
        .group_by(SubmittedClause.submission_id, FindingRecord.outcome)
    )
    unchecked = session.execute(
        select(SubmittedClause.submission_id, func.count(SubmittedClause.id.distinct()))
        .join(UncheckedRule, UncheckedRule.clause_id == SubmittedClause.id)
        .where(of_these)
        .group_by(SubmittedClause.submission_id)
    )
    outcomes: dict[int, Counter[str]] = {}
    for submission_id, outcome, count in found:
        outcomes.setdefault(submission_id, Counter())[outcome] = count
    return _counted(judged.all()), outcomes, _counted(unchecked.all())


def _counted(rows: Sequence[tuple[int, int]] | Sequence[object]) -> Counter[int]:
    return Counter({row[0]: row[1] for row in rows})  # type: ignore[index]
