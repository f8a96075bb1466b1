"""Verbs on submissions: hand in, attach, read again, withdraw."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator, Sequence
from typing import Literal

from flask import Flask, current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from covenant_review.accounts.models import User
from covenant_review.accounts.permissions import Permission, may
from covenant_review.audit.log import record
from covenant_review.database import now, transaction
from covenant_review.extraction.document import UnreadableFile
from covenant_review.extraction.kind import kind_of
from covenant_review.extraction.photo_bundle import names_of
from covenant_review.jobs.queue import READ, enqueue
from covenant_review.refusals import Forbidden, Invalid, Refused
from covenant_review.registry.models import Commune, Covenant
from covenant_review.settings import Settings
from covenant_review.submissions.file_names import bundle_name, shown_name
from covenant_review.submissions.kinds import check_accepted
from covenant_review.submissions.models import StoredFile, Submission
from covenant_review.submissions.photos import Upload, bundle_limit_mb, by_name, packed
from covenant_review.submissions.readiness import announce_ready
from covenant_review.submissions.receipts import DUPLICATE, REFUSED, Receipt
from covenant_review.submissions.storage import Arrived, TooLarge, store_of
from covenant_review.submissions.versions import is_signed, next_version, same_file

log = logging.getLogger("covenant_review.submissions")
PhotosAre = Literal["one", "separate"]
__all__ = ["LONGEST_REASON", "PhotosAre", "Upload", "attach", "retry", "submit", "withdraw"]
LONGEST_REASON = 500


def submit(
    actor: User,
    commune: Commune,
    uploads: Sequence[Upload],
    covenant: Covenant | None = None,
    *,
    photos: PhotosAre | None = None,
    in_given_order: bool = False,
) -> list[Receipt]:
    """Hand in files, as versions of `covenant` or to be attached later; one receipt per file, in order.

    Each file is judged alone and committed alone: a bad one does not hold up the others. Accepted files wait for reading.
    Of several photos somebody must say what they are: "separate" documents, or "one" document; then they are packed into one
    file, in the order of their names unless `in_given_order`, with one receipt that comes first.
    Raises Forbidden (other commune, wrong role) and Invalid (no file, a covenant of another commune, photos_are).
    """
    _may_submit(actor, commune.id)
    if not uploads:
        raise Invalid("no_file", _l("Hãy chọn ít nhất một tệp."))
    if covenant is not None and covenant.community.commune_id != commune.id:
        raise Invalid("other_commune", _l("Hương ước này không thuộc xã, phường của bạn."))
    pictures = [upload for upload in uploads if upload.is_picture()]
    if len(pictures) > 1 and photos is None:
        raise Invalid("photos_are", _l("Bạn chọn nhiều ảnh: hãy cho biết các ảnh là một văn bản hay mỗi ảnh là một văn bản riêng."))
    # Signing in began a transaction; on SQLite it would keep every other writer waiting for the disk.
    with transaction():
        pass
    if len(pictures) > 1 and photos == "one":
        others = [upload for upload in uploads if upload not in pictures]
        bundle = _submit_photos(actor, commune, pictures if in_given_order else by_name(pictures), covenant)
        return [bundle, *(_submit_one(actor, commune, upload, covenant) for upload in others)]
    return [_submit_one(actor, commune, upload, covenant) for upload in uploads]


def attach(actor: User, submission: Submission, covenant: Covenant) -> None:
    """Make a file that was handed in without a covenant the next version of one. If it is read, review can begin.

    Raises Forbidden, Invalid (covenant of another commune), Refused (attached, withdrawn, or the same file is there already).
    """
    _may_submit(actor, submission.commune_id)
    if covenant.community.commune_id != submission.commune_id:
        raise Invalid("other_commune", _l("Hương ước này không thuộc xã, phường của bạn."))
    with _changing(submission) as session:
        if submission.covenant_id is not None:
            raise Refused("attached", _l("Bản nộp này đã được gắn với một hương ước."))
        _is_not_withdrawn(submission)
        version = next_version(session, covenant)
        if any(other.covenant_id == covenant.id for other in same_file(session, submission.file_id, but=submission.id)):
            raise Refused("duplicate", _l("Hương ước này đã có một bản nộp giống hệt tệp này."))
        submission.covenant_id, submission.version = covenant.id, version
        session.flush()
        record(
            session, actor, "submissions.attached", "submission", submission.id,
            covenant_id=covenant.id, version=version,
        )  # fmt: skip
        announce_ready(session, submission)


def retry(actor: User, submission: Submission) -> None:
    """Read a file again that could not be read. Raises Forbidden, Refused (it is read or waits already, or was withdrawn)."""
    _may_submit(actor, submission.commune_id)
    with _changing(submission) as session:
        _is_not_withdrawn(submission)
        if submission.state not in ("failed", "unreadable"):
            raise Refused("not_to_retry", _l("Bản nộp này đã đọc xong hoặc đang chờ đọc, không cần đọc lại."))
        before = {"state": submission.state, "reason": submission.reason}
        submission.state, submission.reason = "queued", ""
        enqueue(session, READ, submission.id)
        record(session, actor, "submissions.reading_retried", "submission", submission.id, before=before)


def withdraw(actor: User, submission: Submission, reason: str) -> None:
    """Take a submission back; the latest version that was not withdrawn governs then. The original is kept.

    Raises Forbidden, Invalid (reason missing or too long), Refused (withdrawn already, or a conclusion on it was signed).
    """
    _may_submit(actor, submission.commune_id)
    reason = " ".join(reason.split())
    if not reason:
        raise Invalid("reason", _l("Hãy ghi lý do rút bản nộp."))
    if len(reason) > LONGEST_REASON:
        raise Invalid("reason_too_long", _l("Lý do dài nhất 500 ký tự."))
    with _changing(submission) as session:
        _is_not_withdrawn(submission)
        if is_signed(session, submission):
            raise Refused("signed", _l("Bản này đã có kết luận được ký duyệt nên không rút được. Hãy nộp bản sửa đổi."))
        submission.withdrawn_at, submission.withdrawn_reason = now(), reason
        record(
            session, actor, "submissions.withdrawn", "submission", submission.id,
            covenant_id=submission.covenant_id, version=submission.version, reason=reason,
        )  # fmt: skip


def _submit_photos(actor: User, commune: Commune, pictures: Sequence[Upload], covenant: Covenant | None) -> Receipt:
    limit = bundle_limit_mb(_settings())
    name = bundle_name([shown_name(picture.name) for picture in pictures])
    try:
        with packed(pictures, limit * 1024 * 1024) as bundle:
            return _submit_one(actor, commune, bundle, covenant, limit + 1)
    except TooLarge:
        return _refuse(actor, commune, name, "photos_too_large", f"more than {limit} MiB")
    except UnreadableFile as error:
        return _refuse(actor, commune, name, error.reason, error.detail)
    except OSError as error:
        log.exception("photos could not be packed")
        return _refuse(actor, commune, name, "not_stored", error.strerror or type(error).__name__)


def _submit_one(actor: User, commune: Commune, upload: Upload, covenant: Covenant | None, limit_mb: int | None = None) -> Receipt:
    name = shown_name(upload.name)
    store, limit = store_of(_app()), limit_mb or _settings().file_limit_mb
    try:
        with store.arriving(upload.stream, limit * 1024 * 1024) as arrived:
            kind = _accepted_kind(arrived)
            with store.kept(arrived):
                return _record_arrival(actor, commune, covenant, name, arrived, kind)
    except TooLarge:
        return _refuse(actor, commune, name, "too_large", f"more than {limit} MiB")
    except UnreadableFile as error:
        return _refuse(actor, commune, name, error.reason, error.detail)
    except _AlreadyThere as there:
        return _refuse_duplicate(actor, commune, name, there.submission)
    except OSError as error:
        log.exception("an upload could not be stored")
        return _refuse(actor, commune, name, "not_stored", error.strerror or type(error).__name__)


class _AlreadyThere(Exception):
    def __init__(self, submission: Submission) -> None:
        super().__init__(submission.id)
        self.submission = submission


def _accepted_kind(arrived: Arrived) -> str:
    if arrived.size == 0:
        raise UnreadableFile("empty")
    data = arrived.path.read_bytes()
    kind = kind_of(data)
    check_accepted(kind)
    if kind == "photos":
        names_of(data)  # a bundle that was not packed here must be a whole one
    return kind


def _record_arrival(actor: User, commune: Commune, covenant: Covenant | None, name: str, arrived: Arrived, kind: str) -> Receipt:
    with transaction() as session:
        version = next_version(session, covenant) if covenant is not None else None
        stored = _stored_file(session, arrived, kind)
        elsewhere = same_file(session, stored.id)
        for other in elsewhere:
            if other.commune_id == commune.id and other.covenant_id == (covenant.id if covenant else None):
                raise _AlreadyThere(other)
        submission = Submission(
            commune_id=commune.id,
            covenant_id=covenant.id if covenant else None,
            version=version,
            file_id=stored.id,
            file_name=name,
            uploaded_by_id=actor.id,
        )
        session.add(submission)
        session.flush()
        enqueue(session, READ, submission.id)
        event = record(
            session, actor, "submissions.submitted", "submission", submission.id,
            commune_id=commune.id, covenant_id=submission.covenant_id, version=version, file_name=name,
            sha256=arrived.sha256, size=arrived.size, kind=kind, elsewhere=[other.id for other in elsewhere],
        )  # fmt: skip
    return Receipt(name, "accepted", "", submission, tuple(elsewhere), event.id)


def _stored_file(session: Session, arrived: Arrived, kind: str) -> StoredFile:
    stored = session.scalar(select(StoredFile).where(StoredFile.sha256 == arrived.sha256))
    if stored is None:
        stored = StoredFile(sha256=arrived.sha256, size=arrived.size, kind=kind)
        session.add(stored)
        session.flush()
    return stored


def _refuse(actor: User, commune: Commune, name: str, reason: str, detail: str) -> Receipt:
    log.warning("upload refused in commune %s: %s (%s): %r", commune.code, reason, detail, name)
    with transaction() as session:
        event = record(session, actor, REFUSED, "commune", commune.id, file_name=name, reason=reason, detail=detail[:500])
    return Receipt(name, "refused", reason, event_id=event.id)


def _refuse_duplicate(actor: User, commune: Commune, name: str, first: Submission) -> Receipt:
    log.info("upload in commune %s is submission %s again: %r", commune.code, first.id, name)
    with transaction() as session:
        event = record(session, actor, DUPLICATE, "commune", commune.id, file_name=name, submission_id=first.id)
    return Receipt(name, "duplicate", "duplicate", first, event_id=event.id)


def _may_submit(actor: User, commune_id: int) -> None:
    if not may(actor, Permission.SUBMIT, commune_id):
        raise Forbidden("not_allowed", _l("Chỉ công chức của xã, phường này được nộp và quản lý văn bản ở đây."))


def _is_not_withdrawn(submission: Submission) -> None:
    if submission.withdrawn_at is not None:
        raise Refused("withdrawn", _l("Bản nộp này đã được rút."))


@contextlib.contextmanager
def _changing(submission: Submission) -> Iterator[Session]:
    """A transaction in which the submission is locked and as fresh as the database has it."""
    with transaction() as session:
        session.refresh(submission, with_for_update=True)
        yield session


def _app() -> Flask:
    return current_app._get_current_object()  # type: ignore[attr-defined,no-any-return]  # the proxy's own way


def _settings() -> Settings:
    settings = _app().extensions["covenant_settings"]
    assert isinstance(settings, Settings)
    return settings
