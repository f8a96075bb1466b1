"""Builds covenants in every group of the tally, through the real tables and past the real guards."""

from __future__ import annotations

import hashlib
from datetime import date, datetime

from covenant_review.accounts.models import User
from covenant_review.audit.log import record
from covenant_review.database import now, transaction
from covenant_review.registry.models import Commune, Community, Covenant, LegalStatus
from covenant_review.review.models import Decision, ReviewRound, SignOff, Verdict
from covenant_review.submissions.models import StoredFile, Submission, SubmittedClause
from tests.people import World

ADOPTED = date(2024, 3, 1)


def community(commune: Commune, name: str, kind: str = "thon") -> Community:
    """Another community of a commune, without a covenant."""
    with transaction() as session:
        made = Community(commune_id=commune.id, kind=kind, name=name)
        session.add(made)
        record(session, None, "tests.community_added", "community", None)
    return made


def covenant(place: Community, name: str, *steps: tuple[str, date]) -> Covenant:
    """A covenant with the given legal steps (adopted on 01/03/2024 where none is given)."""
    with transaction() as session:
        made = Covenant(community_id=place.id, kind="huong_uoc", name=name)
        session.add(made)
        session.flush()
        for status, day in steps or (("adopted", ADOPTED),):
            session.add(LegalStatus(covenant_id=made.id, status=status, from_date=day, document="Nghị quyết"))
        record(session, None, "tests.covenant_added", "covenant", made.id)
    return made


def step(of: Covenant, status: str, day: date) -> None:
    """One more legal step."""
    with transaction() as session:
        session.add(LegalStatus(covenant_id=of.id, status=status, from_date=day, document="Quyết định"))
        record(session, None, "tests.step_added", "covenant", of.id)


def submit(of: Covenant, uploader: User, *, version: int = 1, state: str = "read", at: datetime | None = None) -> Submission:
    """A version of a covenant with one judged clause, as the reading would have left it."""
    content = f"{of.id}/{version}/{of.name}"
    with transaction() as session:
        commune_id = session.get_one(Community, of.community_id).commune_id
        stored = StoredFile(sha256=hashlib.sha256(content.encode()).hexdigest(), size=len(content), kind="docx")
        session.add(stored)
        session.flush()
        made = Submission(
            commune_id=commune_id,
            covenant_id=of.id,
            version=version,
            file_id=stored.id,
            file_name=f"ban-{version}.docx",
            uploaded_by_id=uploader.id,
            uploaded_at=at or now(),
            state=state,
            reason={"unreadable": "encrypted", "failed": "internal"}.get(state, ""),
        )
        session.add(made)
        session.flush()
        if state == "read":
            session.add(
                SubmittedClause(
                    submission_id=made.id,
                    position=0,
                    key="c1",
                    kind="clause",
                    label="Điều 1",
                    number="Điều 1.",
                    text="Mọi người trong thôn đều được dự họp.",
                    judged=True,
                    screening_state="unmatched",
                    text_fingerprint="a" * 64,
                    fingerprint="a" * 64,
                )
            )
        record(session, uploader, "tests.submitted", "submission", made.id)
    return made


def withdraw(submission: Submission, at: datetime | None = None) -> None:
    """Take a version back."""
    with transaction() as session:
        row = session.get_one(Submission, submission.id)
        row.withdrawn_at, row.withdrawn_reason = at or now(), "nộp nhầm tệp"
        record(session, None, "tests.withdrawn", "submission", row.id)


def open_round(submission: Submission, number: int, at: datetime | None = None) -> ReviewRound:
    """A round of review."""
    with transaction() as session:
        made = ReviewRound(submission_id=submission.id, number=number, opened_at=at or now())
        session.add(made)
        session.flush()
        record(session, None, "tests.round_opened", "review_round", made.id)
    return made


def propose(world: World, submission: Submission, outcome: str, *, number: int = 1, at: datetime | None = None) -> Verdict:
    """A round with its decision and the reviewer's verdict, not yet signed."""
    made = open_round(submission, number, at)
    with transaction() as session:
        row = session.get_one(Submission, submission.id)
        (clause,) = row.clauses
        session.add(
            Decision(
                round_id=made.id,
                clause_id=clause.id,
                reviewer_id=world.reviewer.id,
                choice="approve" if outcome == "compliant" else "flag",
                reason="" if outcome == "compliant" else "Chỉ cho con trai dự họp",
                fingerprint=clause.fingerprint,
            )
        )
        session.flush()
        verdict = Verdict(round_id=made.id, outcome=outcome, proposed_by_id=world.reviewer.id, proposed_at=at or now())
        session.add(verdict)
        session.flush()
        record(session, world.reviewer, "tests.proposed", "verdict", verdict.id)
    return verdict


def sign(world: World, verdict: Verdict, action: str = "sign", at: datetime | None = None) -> SignOff:
    """The signer's word."""
    with transaction() as session:
        made = SignOff(
            verdict_id=verdict.id,
            signer_id=world.signer.id,
            action=action,
            reason="" if action == "sign" else "Chưa rõ căn cứ",
            signed_at=at or now(),
        )
        session.add(made)
        session.flush()
        record(session, world.signer, "tests.signed", "sign_off", made.id)
    return made


def conclude(world: World, of: Covenant, outcome: str, *, version: int = 1, at: datetime | None = None) -> Submission:
    """A version that was read, reviewed and signed."""
    made = submit(of, world.official, version=version, at=at)
    sign(world, propose(world, made, outcome, at=at), at=at)
    return made


def one_of_each(world: World) -> dict[str, Covenant]:
    """In the world's first commune: one covenant in force per group (the world's own is the one not received)."""
    place = world.community
    made = {group: covenant(place, f"Hương ước {group}") for group in ("compliant", "not_compliant", "in_review", "unreadable")}
    conclude(world, made["compliant"], "compliant")
    conclude(world, made["not_compliant"], "not_compliant")
    submit(made["in_review"], world.official)
    submit(made["unreadable"], world.official, state="unreadable")
    return {**made, "not_received": world.covenant}
