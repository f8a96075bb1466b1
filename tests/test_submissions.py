"""Handing in, attaching, reading again, withdrawing: each with its audit event, each refusal, on both databases."""

from __future__ import annotations

import io
import logging
import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from covenant_review.accounts.models import User
from covenant_review.audit.log import broken_links
from covenant_review.audit.models import AuditEvent
from covenant_review.database import db, now, transaction
from covenant_review.jobs.models import Job
from covenant_review.refusals import Forbidden, Invalid, Refused
from covenant_review.submissions import operations
from covenant_review.submissions.models import StoredFile, Submission, SubmittedClause
from covenant_review.submissions.operations import Upload, attach, retry, submit, withdraw
from covenant_review.submissions.reading_job import drain
from covenant_review.submissions.receipts import Receipt, past_receipts
from covenant_review.submissions.versions import governing_version, unattached
from tests.people import World
from tests.submissions_data import (
    UNFAIR,
    cut_docx,
    docx_bytes,
    encrypted_pdf,
    program_bytes,
    upload,
    use_rules,
    write_rules,
)


@pytest.fixture(autouse=True)
def rules(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    use_rules(request.getfixturevalue("app"), write_rules(tmp_path / "rules"))


def events(action: str) -> list[AuditEvent]:
    return list(db.session.scalars(select(AuditEvent).where(AuditEvent.action == f"submissions.{action}").order_by(AuditEvent.id)))


def originals(app: Flask) -> list[Path]:
    folder = app.extensions["covenant_settings"].uploads
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name != ".lock")


def one(receipts: Sequence[Receipt]) -> Submission:
    (receipt,) = receipts
    assert receipt.outcome == "accepted", receipt
    assert receipt.submission is not None
    return receipt.submission


def hand_in(world: World, data: bytes | None = None, attached: bool = True, actor: User | None = None) -> Submission:
    return one(
        submit(
            actor or world.official, world.commune, [upload("quy ước.docx", data or docx_bytes())],
            world.covenant if attached else None,
        )
    )  # fmt: skip


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_an_accepted_file_waits_for_reading(world: World, app: Flask) -> None:
    data = docx_bytes()
    submission = hand_in(world, data)
    assert (submission.state, submission.version, submission.covenant_id) == ("queued", 1, world.covenant.id)
    assert (submission.file.kind, submission.file.size) == ("docx", len(data))
    assert [path.read_bytes() for path in originals(app)] == [data]
    assert [(job.kind, job.subject_id) for job in db.session.scalars(select(Job))] == [("read", submission.id)]
    (event,) = events("submitted")
    assert (event.actor_id, event.subject_id) == (world.official.id, submission.id)
    assert event.details["file_name"] == "quy ước.docx"


def test_versions_count_up(world: World) -> None:
    hand_in(world, docx_bytes("Điều 1. Một."))
    second = hand_in(world, docx_bytes("Điều 1. Hai."))
    assert second.version == 2
    assert governing_version(db.session(), world.covenant.id) == second


def test_each_file_is_judged_alone(world: World, app: Flask) -> None:
    receipts = submit(
        world.official,
        world.commune,
        [
            upload("rỗng.docx", b""),
            upload("tốt.docx", docx_bytes()),
            upload("hóa đơn.pdf", program_bytes()),
            upload("mật.pdf", encrypted_pdf()),
            upload("cũ.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000)),
            upload("ghi chú.txt", "Điều 1. Một.".encode()),
        ],
        world.covenant,
    )
    assert [(receipt.outcome, receipt.reason) for receipt in receipts] == [
        ("refused", "empty"),
        ("accepted", ""),
        ("refused", "unknown_kind"),
        ("accepted", ""),
        ("refused", "damaged"),
        ("refused", "unknown_kind"),
    ]
    assert [event.details["file_name"] for event in events("file_refused")] == ["rỗng.docx", "hóa đơn.pdf", "cũ.doc", "ghi chú.txt"]
    assert count(StoredFile) == count(Submission) == len(originals(app)) == 2


def old_word_file() -> bytes:
    return (Path(__file__).parent / "data" / "samples" / "tcvn00.doc").read_bytes()


@pytest.mark.office
def test_an_old_word_file_is_taken_where_libreoffice_is(world: World) -> None:
    (receipt,) = submit(world.official, world.commune, [upload("cũ.docx", old_word_file())], world.covenant)
    assert receipt.outcome == "accepted"
    assert one([receipt]).file.kind == "doc"


def test_an_old_word_file_is_refused_with_the_reason_where_it_is_not(world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (receipt,) = submit(world.official, world.commune, [upload("cũ.doc", old_word_file())], world.covenant)
    assert (receipt.outcome, receipt.reason) == ("refused", "office_missing")


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("rỗng.docx", b"", "empty"),
        ("chỉ có số không.pdf", bytes(500), "empty"),
        ("báo cáo.docx", program_bytes(), "unknown_kind"),
        ("cụt.docx", docx_bytes()[:1500], "damaged"),
    ],
)
def test_a_refused_file_leaves_a_log_entry_and_nothing_else(
    world: World, app: Flask, caplog: pytest.LogCaptureFixture, name: str, data: bytes, reason: str
) -> None:
    with caplog.at_level(logging.WARNING, "covenant_review.submissions"):
        (receipt,) = submit(world.official, world.commune, [upload(name, data)], world.covenant)
    assert (receipt.outcome, receipt.reason, receipt.submission) == ("refused", reason, None)
    assert reason in caplog.text
    (event,) = events("file_refused")
    assert (event.actor_id, event.details["reason"], event.subject_id) == (world.official.id, reason, world.commune.id)
    assert originals(app) == []
    assert count(StoredFile) == count(Submission) == count(Job) == 0


def test_200_mb_are_refused_on_the_way_in(world: World, app: Flask, tmp_path: Path) -> None:
    big = tmp_path / "lớn.docx"
    with big.open("wb") as file:
        file.write(b"PK\x03\x04")
        os.truncate(file.fileno(), 200 * 2**20)
    with big.open("rb") as stream:
        (receipt,) = submit(world.official, world.commune, [Upload("lớn.docx", stream)], world.covenant)
        assert stream.tell() < 60 * 2**20
    assert (receipt.outcome, receipt.reason) == ("refused", "too_large")
    assert events("file_refused")[0].details["reason"] == "too_large"
    assert originals(app) == []
    assert count(StoredFile) == count(Submission) == 0


def test_the_users_name_is_never_a_path(world: World, app: Flask) -> None:
    submission = one(submit(world.official, world.commune, [upload("../../../tmp/hương ước 🌾.docx", docx_bytes())]))
    assert submission.file_name == "hương ước 🌾.docx"
    folder = app.extensions["covenant_settings"].uploads.resolve()
    assert originals(app) == [folder / submission.file.sha256[:2] / submission.file.sha256[2:4] / submission.file.sha256]


def test_when_the_database_fails_the_new_file_goes_too(world: World, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object, **_details: object) -> None:
        raise RuntimeError("the log cannot be written")

    monkeypatch.setattr(operations, "record", broken)
    with pytest.raises(RuntimeError):
        hand_in(world)
    assert originals(app) == []
    assert count(StoredFile) == count(Submission) == count(Job) == 0


def test_when_the_disk_fails_the_file_is_refused_with_a_message(world: World, app: Flask) -> None:
    class Breaking(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            raise OSError(28, "No space left on device")

    receipts = submit(world.official, world.commune, [Upload("a.docx", Breaking()), upload("b.docx", docx_bytes())], world.covenant)
    assert [(receipt.outcome, receipt.reason) for receipt in receipts] == [("refused", "not_stored"), ("accepted", "")]
    assert len(originals(app)) == 1


def test_the_same_file_for_the_same_covenant_makes_no_second_version(world: World, app: Flask) -> None:
    first = hand_in(world)
    (receipt,) = submit(world.official, world.commune, [upload("tên khác.docx", docx_bytes_of(app))], world.covenant)
    assert (receipt.outcome, receipt.submission) == ("duplicate", first)
    assert count(Submission) == 1
    (event,) = events("duplicate_refused")
    assert event.details == {"file_name": "tên khác.docx", "submission_id": first.id}


def docx_bytes_of(app: Flask) -> bytes:
    """The bytes of the one original there is: a new DOCX would differ in its times."""
    (path,) = originals(app)
    return path.read_bytes()


def test_the_same_file_elsewhere_is_accepted_and_told(world: World, app: Flask) -> None:
    first = hand_in(world)
    (receipt,) = submit(world.neighbour, world.other_commune, [upload("a.docx", docx_bytes_of(app))], world.other_covenant)
    assert receipt.outcome == "accepted"
    assert receipt.elsewhere == (first,)
    assert count(StoredFile) == 1
    assert events("submitted")[-1].details["elsewhere"] == [first.id]


def test_a_withdrawn_file_can_be_handed_in_again(world: World, app: Flask) -> None:
    first = hand_in(world)
    withdraw(world.official, first, "nộp nhầm")
    again = hand_in(world, docx_bytes_of(app))
    assert again.version == 2


def test_receipts_can_be_looked_up_again_by_whom_they_were_given(world: World) -> None:
    receipts = submit(world.official, world.commune, [upload("a.docx", docx_bytes()), upload("b.docx", b"")], world.covenant)
    ids = [receipt.submission.id for receipt in receipts if receipt.submission]
    refused = [receipt.event_id for receipt in receipts if receipt.outcome == "refused"]
    again = past_receipts(db.session(), world.official, world.commune, ids, [number for number in refused if number])
    assert [(receipt.file_name, receipt.outcome, receipt.reason) for receipt in again] == [
        ("a.docx", "accepted", ""),
        ("b.docx", "refused", "empty"),
    ]
    assert past_receipts(db.session(), world.neighbour, world.other_commune, ids, [number for number in refused if number]) == []


@pytest.mark.parametrize("person", ["neighbour", "reviewer", "signer", "observer", "administrator"])
def test_only_the_communes_own_official_hands_in_and_keeps(world: World, person: str) -> None:
    submission = hand_in(world, attached=False)
    stranger = getattr(world, person)
    for deed in (
        lambda: submit(stranger, world.commune, [upload("a.docx", docx_bytes("Điều 9. Khác."))]),
        lambda: attach(stranger, submission, world.covenant),
        lambda: retry(stranger, submission),
        lambda: withdraw(stranger, submission, "lý do"),
    ):
        with pytest.raises(Forbidden):
            deed()
    assert count(Submission) == 1


def test_no_file_and_a_foreign_covenant_are_refused(world: World) -> None:
    with pytest.raises(Invalid):
        submit(world.official, world.commune, [])
    with pytest.raises(Invalid):
        submit(world.official, world.commune, [upload("a.docx", docx_bytes())], world.other_covenant)
    submission = hand_in(world, attached=False)
    with pytest.raises(Invalid):
        attach(world.official, submission, world.other_covenant)


def test_an_unattached_file_gets_its_version_when_attached(world: World) -> None:
    hand_in(world, docx_bytes("Điều 1. Bản đầu."))
    loose = hand_in(world, attached=False)
    assert (loose.version, loose.covenant_id) == (None, None)
    assert list(unattached(db.session(), world.commune.id)) == [loose]
    drain_here()
    attach(world.official, loose, world.covenant)
    assert (loose.version, loose.covenant_id, loose.state) == (2, world.covenant.id, "read")
    assert unattached(db.session(), world.commune.id) == []
    (event,) = events("attached")
    assert event.details == {"covenant_id": world.covenant.id, "version": 2}
    with pytest.raises(Refused) as refusal:
        attach(world.official, loose, world.covenant)
    assert refusal.value.code == "attached"


def drain_here() -> int:
    from flask import current_app

    return drain(current_app._get_current_object())


def test_attaching_does_not_make_the_same_file_a_second_version(world: World, app: Flask) -> None:
    loose = hand_in(world, attached=False)
    hand_in(world, docx_bytes_of(app))
    with pytest.raises(Refused) as refusal:
        attach(world.official, loose, world.covenant)
    assert refusal.value.code == "duplicate"


@pytest.mark.parametrize("attached_before_reading", [True, False])
def test_review_hears_of_a_version_once_it_is_read_and_attached(
    world: World, monkeypatch: pytest.MonkeyPatch, attached_before_reading: bool
) -> None:
    from covenant_review.submissions import readiness

    heard: list[tuple[int, int]] = []
    monkeypatch.setattr(readiness, "_listeners", [lambda _session, ready: heard.append((ready.id, ready.version))])
    submission = hand_in(world, attached=attached_before_reading)
    assert heard == []
    drain_here()
    if not attached_before_reading:
        assert heard == []
        attach(world.official, submission, world.covenant)
    assert heard == [(submission.id, 1)]


@pytest.mark.parametrize(("name", "data", "reason"), [("mật.pdf", encrypted_pdf(), "encrypted"), ("cắt.docx", cut_docx(), "damaged")])
@pytest.mark.parametrize("in_child", [False, True])
def test_what_looks_right_and_cannot_be_read_becomes_unreadable(
    world: World, app: Flask, name: str, data: bytes, reason: str, in_child: bool
) -> None:
    submission = one(submit(world.official, world.commune, [upload(name, data)], world.covenant))
    drain(app, in_child=in_child)
    assert (submission.state, submission.reason) == ("unreadable", reason)
    assert count(SubmittedClause) == 0
    assert [path.read_bytes() for path in originals(app)] == [data]
    (event,) = events("found_unreadable")
    assert event.details["reason"] == reason
    assert db.session.scalar(select(Job.state)) == "done"


def test_a_text_without_a_provision_is_unreadable(world: World) -> None:
    submission = hand_in(world, docx_bytes("", title=""))
    drain_here()
    assert (submission.state, submission.reason) == ("unreadable", "no_text")


def test_reading_again(world: World) -> None:
    submission = one(submit(world.official, world.commune, [upload("a.docx", cut_docx())], world.covenant))
    with pytest.raises(Refused) as refusal:
        retry(world.official, submission)
    assert refusal.value.code == "not_to_retry"
    drain_here()
    retry(world.official, submission)
    assert (submission.state, submission.reason) == ("queued", "")
    assert events("reading_retried")[0].details["before"] == {"state": "unreadable", "reason": "damaged"}
    assert drain_here() == 1
    assert submission.state == "unreadable"


def test_a_missing_original_fails_and_can_be_tried_again(world: World, app: Flask) -> None:
    submission = hand_in(world)
    (path,) = originals(app)
    data = path.read_bytes()
    path.unlink()
    drain_here()
    assert (submission.state, submission.reason) == ("failed", "internal")
    assert db.session.scalar(select(Job.state)) == "failed"
    path.write_bytes(data)
    retry(world.official, submission)
    drain_here()
    assert submission.state == "read"


def test_withdrawing_lets_the_version_before_govern(world: World) -> None:
    first = hand_in(world, docx_bytes("Điều 1. Một."))
    second = hand_in(world, docx_bytes("Điều 1. Hai."))
    withdraw(world.official, second, "  nộp   nhầm thôn ")
    assert second.withdrawn_at is not None
    assert second.withdrawn_reason == "nộp nhầm thôn"
    assert governing_version(db.session(), world.covenant.id) == first
    (event,) = events("withdrawn")
    assert event.details == {"covenant_id": world.covenant.id, "version": 2, "reason": "nộp nhầm thôn"}
    for deed in (
        lambda: withdraw(world.official, second, "lại"),
        lambda: retry(world.official, second),
    ):
        with pytest.raises(Refused) as refusal:
            deed()
        assert refusal.value.code == "withdrawn"


def test_withdrawing_takes_a_reason(world: World) -> None:
    submission = hand_in(world)
    for reason in ("", "   ", "a" * 501):
        with pytest.raises(Invalid):
            withdraw(world.official, submission, reason)
    assert submission.withdrawn_at is None


def test_what_was_signed_is_not_withdrawn(world: World) -> None:
    from covenant_review.audit.log import record
    from covenant_review.review.models import Decision, ReviewRound, SignOff, Verdict

    submission = hand_in(world)
    drain_here()
    with transaction() as session:
        review = session.scalar(select(ReviewRound).where(ReviewRound.submission_id == submission.id))
        if review is None:
            review = ReviewRound(submission_id=submission.id, number=1)
            session.add(review)
            session.flush()
        session.add_all(
            Decision(
                round_id=review.id, clause_id=clause.id, reviewer_id=world.reviewer.id, choice="approve", fingerprint=clause.fingerprint
            )
            for clause in submission.clauses
            if clause.judged
        )
        session.flush()
        verdict = Verdict(round_id=review.id, outcome="compliant", proposed_by_id=world.reviewer.id)
        session.add(verdict)
        session.flush()
        session.add(SignOff(verdict_id=verdict.id, signer_id=world.signer.id, action="sign"))
        record(session, world.signer, "tests.signed", "submission", submission.id)
    with pytest.raises(Refused) as refusal:
        withdraw(world.official, submission, "lý do")
    assert refusal.value.code == "signed"
    assert submission.withdrawn_at is None


def test_given_up_after_too_many_deaths_is_failed_with_its_original(world: World, app: Flask) -> None:
    from sqlalchemy import update

    submission = hand_in(world)
    with transaction() as session:
        session.execute(update(Job).values(attempts=3))
    drain_here()
    assert (submission.state, submission.reason) == ("failed", "interrupted")
    assert events("reading_failed")[0].details["reason"] == "interrupted"
    assert len(originals(app)) == 1
    retry(world.official, submission)
    drain_here()
    assert submission.state == "read"


def test_the_log_holds_together(world: World) -> None:
    hand_in(world, docx_bytes(UNFAIR))
    drain_here()
    assert list(broken_links(db.session())) == []
    assert [event.action for event in db.session.scalars(select(AuditEvent).order_by(AuditEvent.id)) if event.action.startswith("submissions.")] == [
        "submissions.submitted", "submissions.reading_begun", "submissions.read", "submissions.facts_proposed",
    ]  # fmt: skip
    assert now() > events("read")[0].at
