"""Several photos handed in as one document: packed in the order of their names, put into another order as a new version."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select

from covenant_review.audit.models import AuditEvent
from covenant_review.database import db
from covenant_review.extraction.photo_bundle import open_bundle
from covenant_review.jobs.models import Job
from covenant_review.refusals import Forbidden, Invalid, Refused
from covenant_review.submissions.kinds import recognition_is_available
from covenant_review.submissions.models import StoredFile, Submission
from covenant_review.submissions.operations import submit, withdraw
from covenant_review.submissions.photos import may_reorder, photos_of, reorder
from covenant_review.submissions.receipts import Receipt
from covenant_review.submissions.storage import store_of
from tests.people import World
from tests.submissions_data import docx_bytes, program_bytes, upload

pytestmark = pytest.mark.skipif(not recognition_is_available(), reason="needs the package tesseract-ocr-vie")


def picture(shade: int, format_: str = "JPEG") -> bytes:
    target = io.BytesIO()
    Image.new("L", (30, 40), shade).save(target, format_)
    return target.getvalue()


NAMES = ("trang 10.jpg", "trang 2.png", "Trang 1.jpg")
DATA = (picture(100), picture(20, "PNG"), picture(10))


def hand_in(world: World, *, attached: bool = True, **more: object) -> list[Receipt]:
    uploads = [upload(name, data) for name, data in zip(NAMES, DATA, strict=True)]
    return submit(world.official, world.commune, uploads, world.covenant if attached else None, **more)  # type: ignore[arg-type]


def one(receipts: list[Receipt]) -> Submission:
    (receipt,) = receipts
    assert receipt.outcome == "accepted" and receipt.submission is not None, receipt
    return receipt.submission


def stored(app: Flask, submission: Submission) -> bytes:
    return store_of(app).path(submission.file.sha256).read_bytes()


def test_photos_of_one_document_become_one_file_in_natural_order(world: World, app: Flask) -> None:
    submission = one(hand_in(world, photos="one"))
    assert (submission.file.kind, submission.version) == ("photos", 1)
    assert submission.file_name == "3 ảnh: Trang 1.jpg … trang 10.jpg"
    assert [(photo.name, photo.data) for photo in open_bundle(stored(app, submission))] == [
        (NAMES[2], DATA[2]), (NAMES[1], DATA[1]), (NAMES[0], DATA[0]),
    ]  # fmt: skip
    assert db.session.scalar(select(func.count()).select_from(Job).where(Job.kind == "read")) == 1


def test_the_order_given_by_the_page_is_kept(world: World, app: Flask) -> None:
    submission = one(hand_in(world, photos="one", in_given_order=True))
    assert photos_of(submission) == NAMES


def test_separate_photos_are_documents_of_their_own(world: World) -> None:
    receipts = hand_in(world, attached=False, photos="separate")
    assert [receipt.submission.file.kind for receipt in receipts if receipt.submission] == ["image"] * 3


def test_several_photos_are_not_taken_before_somebody_says_what_they_are(world: World) -> None:
    with pytest.raises(Invalid) as refused:
        hand_in(world)
    assert refused.value.code == "photos_are"
    assert db.session.scalar(select(func.count()).select_from(StoredFile)) == 0


def test_other_files_beside_the_photos_go_their_own_way(world: World) -> None:
    files = [upload("1.jpg", DATA[0]), upload("quy ước.docx", docx_bytes()), upload("2.jpg", DATA[1]), upload("x.exe", program_bytes())]
    receipts = submit(world.official, world.commune, files, None, photos="one")
    assert [(receipt.outcome, receipt.submission.file.kind if receipt.submission else receipt.reason) for receipt in receipts] == [
        ("accepted", "photos"), ("accepted", "docx"), ("refused", "unknown_kind"),
    ]  # fmt: skip


def test_the_same_photos_in_the_same_order_are_a_duplicate(world: World) -> None:
    first = one(hand_in(world, photos="one"))
    (again,) = hand_in(world, photos="one")
    assert (again.outcome, again.submission) == ("duplicate", first)


def test_too_many_bytes_together_are_refused_with_words_of_their_own(world: World, app: Flask) -> None:
    settings = app.extensions["covenant_settings"]
    app.extensions["covenant_settings"] = settings.model_copy(update={"file_limit_mb": 1, "request_limit_mb": 1})
    big = picture(5) + bytes(600_000)
    files = [upload("1.jpg", big), upload("2.jpg", big)]
    (receipt,) = submit(world.official, world.commune, files, None, photos="one")
    assert (receipt.outcome, receipt.reason) == ("refused", "photos_too_large")


def test_photos_together_may_be_larger_than_one_file(world: World, app: Flask) -> None:
    settings = app.extensions["covenant_settings"]
    app.extensions["covenant_settings"] = settings.model_copy(update={"file_limit_mb": 1, "request_limit_mb": 3})
    big = picture(5) + bytes(600_000)
    submission = one(submit(world.official, world.commune, [upload("1.jpg", big), upload("2.jpg", big + b"!")], None, photos="one"))
    assert submission.file.size > 1024 * 1024


def test_another_order_is_a_new_version_and_the_old_one_stays(world: World, app: Flask) -> None:
    first = one(hand_in(world, photos="one"))
    before = stored(app, first)
    again = reorder(world.official, first, [2, 0, 1])
    assert (again.version, again.state, again.covenant_id) == (2, "queued", world.covenant.id)
    assert photos_of(again) == (NAMES[0], NAMES[2], NAMES[1])
    assert stored(app, first) == before and first.withdrawn_at is None
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "submissions.photos_reordered")).one()
    assert (event.actor_id, event.details["former"], event.details["order"]) == (world.official.id, first.id, [3, 1, 2])
    assert db.session.scalar(select(func.count()).select_from(Job).where(Job.kind == "read")) == 2
    # And back: the same bytes as the first version, and still a version of its own.
    back = reorder(world.official, again, [1, 2, 0])
    assert (back.version, back.file_id) == (3, first.file_id)


def test_a_loose_bundle_is_replaced_by_the_new_one(world: World) -> None:
    first = one(hand_in(world, attached=False, photos="one"))
    again = reorder(world.official, first, [1, 0, 2])
    assert again.version is None and first.withdrawn_at is not None and str(again.id) in first.withdrawn_reason


def test_an_order_is_refused_with_nothing_changed(world: World, app: Flask) -> None:
    first = one(hand_in(world, photos="one"))
    with pytest.raises(Invalid):
        reorder(world.official, first, [0, 0, 1])
    with pytest.raises(Refused, match="same_order"):
        reorder(world.official, first, [0, 1, 2])
    for person in (world.neighbour, world.reviewer, world.administrator):
        with pytest.raises(Forbidden):
            reorder(person, first, [2, 1, 0])
    second = reorder(world.official, first, [2, 1, 0])
    with pytest.raises(Refused, match="not_latest"):
        reorder(world.official, first, [1, 0, 2])
    assert not may_reorder(db.session(), world.official, first) and may_reorder(db.session(), world.official, second)
    withdraw(world.official, second, "nhầm")
    with pytest.raises(Refused, match="withdrawn"):
        reorder(world.official, second, [1, 0, 2])
    word = submit(world.official, world.commune, [upload("q.docx", docx_bytes())], None)[0].submission
    assert word is not None
    with pytest.raises(Refused, match="not_photos"):
        reorder(world.official, word, [0])
    assert db.session.scalar(select(func.count()).select_from(Submission)) == 3


def test_a_lost_original_is_told(world: World, app: Flask) -> None:
    first = one(hand_in(world, photos="one"))
    path: Path = store_of(app).path(first.file.sha256)
    path.unlink()
    with pytest.raises(Refused, match="original_missing"):
        reorder(world.official, first, [2, 1, 0])
    assert photos_of(first) == ()
