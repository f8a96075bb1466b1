"""Several photos handed in as one document: packed on arrival, put into another order later as a new version."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from flask import Flask, current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from covenant_review.accounts.models import User
from covenant_review.accounts.permissions import Permission, may
from covenant_review.audit.log import record
from covenant_review.database import now, transaction
from covenant_review.extraction.document import UnreadableFile
from covenant_review.extraction.photo_bundle import names_of, natural_order, pack_into, picture_format, reordered
from covenant_review.jobs.queue import READ, enqueue
from covenant_review.refusals import Forbidden, Invalid, Refused
from covenant_review.registry.models import Covenant
from covenant_review.settings import Settings
from covenant_review.submissions.file_names import bundle_name, shown_name
from covenant_review.submissions.models import StoredFile, Submission
from covenant_review.submissions.storage import Arrived, TooLarge, store_of
from covenant_review.submissions.versions import governing_version, is_signed, next_version

_IN_MEMORY = 8 * 1024 * 1024
_BEGINNING = 512


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it comes in: the name that the sender's machine gave it (trusted for nothing), and its bytes."""

    name: str
    stream: BinaryIO

    def is_picture(self) -> bool:
        """Whether the bytes are a JPEG, PNG, TIFF or HEIC; the stream stands where it stood. One that cannot be asked is none."""
        if not self.stream.seekable():
            return False
        here = self.stream.tell()
        beginning = self.stream.read(_BEGINNING)
        self.stream.seek(here)
        return picture_format(beginning) is not None


def bundle_limit_mb(settings: Settings) -> int:
    """How large the photos of one document may be together, in MiB: phones make pictures of many megabytes."""
    return max(settings.file_limit_mb, settings.request_limit_mb)


def by_name(uploads: Sequence[Upload]) -> list[Upload]:
    """The files in the order of their names, numbers counted as numbers."""
    return [uploads[place] for place in natural_order(upload.name for upload in uploads)]


@contextmanager
def packed(uploads: Sequence[Upload], limit: int) -> Iterator[Upload]:
    """The pictures as one file, in the given order, with a name that tells how many they are.

    Raises TooLarge when they are more than `limit` bytes together, UnreadableFile as `photo_bundle.pack` does.
    """
    if sum(_size(upload.stream) for upload in uploads) > limit:
        raise TooLarge
    names = [shown_name(upload.name) for upload in uploads]
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
        pack_into(file, list(zip(names, (upload.stream for upload in uploads), strict=True)))  # type: ignore[arg-type]  # a BinaryIO in all but name
        file.seek(0)
        yield Upload(bundle_name(names), file)  # type: ignore[arg-type]  # as above


def photos_of(submission: Submission) -> tuple[str, ...]:
    """The names of a bundle's photos in reading order; empty for every other kind of file, or when the original is missing."""
    if submission.file.kind != "photos":
        return ()
    path = store_of(_app()).path(submission.file.sha256)
    try:
        return names_of(path.read_bytes())
    except (OSError, UnreadableFile):
        return ()


def may_reorder(session: Session, actor: User, submission: Submission) -> bool:
    """Whether `actor` may still change the order of the submission's photos."""
    if submission.file.kind != "photos" or submission.withdrawn_at is not None:
        return False
    return may(actor, Permission.SUBMIT, submission.commune_id) and _is_latest(session, submission) and not is_signed(session, submission)


def reorder(actor: User, submission: Submission, order: Sequence[int]) -> Submission:
    """Hand the same photos in again in another order: a new version, read anew; the old one stays in the history.

    `order` holds each photo's present position (from 0) once, in the new order. A submission without a covenant is withdrawn
    in favour of the new one. Raises Forbidden, Invalid (order), Refused (not_photos, withdrawn, signed, not_latest,
    same_order, original_missing).
    """
    if not may(actor, Permission.SUBMIT, submission.commune_id):
        raise Forbidden("not_allowed", _l("Chỉ công chức của xã, phường này được nộp và quản lý văn bản ở đây."))
    if submission.file.kind != "photos":
        raise Refused("not_photos", _l("Bản nộp này không gồm nhiều ảnh nên không có thứ tự để đổi."))
    store = store_of(_app())
    try:
        old = store.path(submission.file.sha256).read_bytes()
        new = reordered(old, order)
    except OSError as error:
        raise Refused("original_missing", _l("Không tìm thấy tệp gốc trong kho lưu trữ. Hãy báo cho quản trị viên.")) from error
    except ValueError as error:
        raise Invalid("order", _l("Mỗi ảnh phải có một vị trí riêng, từ 1 đến %(count)s.", count=len(names_of(old)))) from error
    if new == old:
        raise Refused("same_order", _l("Thứ tự ảnh vẫn như cũ, nên chưa có gì để lưu."))
    with transaction():
        pass  # as in `submit`: no transaction stays open while the disk works
    with store.arriving(io.BytesIO(new), len(new)) as arrived, store.kept(arrived):
        return _new_version(actor, submission, arrived, order, names_of(new))


def _new_version(actor: User, submission: Submission, arrived: Arrived, order: Sequence[int], names: Sequence[str]) -> Submission:
    with transaction() as session:
        session.refresh(submission, with_for_update=True)
        covenant = session.get_one(Covenant, submission.covenant_id) if submission.covenant_id else None
        version = next_version(session, covenant) if covenant else None
        _check_open(session, submission)
        stored = session.scalar(select(StoredFile).where(StoredFile.sha256 == arrived.sha256))
        if stored is None:
            stored = StoredFile(sha256=arrived.sha256, size=arrived.size, kind="photos")
            session.add(stored)
            session.flush()
        again = Submission(
            commune_id=submission.commune_id,
            covenant_id=submission.covenant_id,
            version=version,
            file_id=stored.id,
            file_name=bundle_name(names),
            uploaded_by_id=actor.id,
        )
        session.add(again)
        session.flush()
        if covenant is None:
            submission.withdrawn_at, submission.withdrawn_reason = now(), f"Đã đổi thứ tự ảnh: thay bằng bản nộp số {again.id}."
        enqueue(session, READ, again.id)
        record(
            session, actor, "submissions.photos_reordered", "submission", again.id,
            former=submission.id, covenant_id=again.covenant_id, version=version, order=[place + 1 for place in order],
            sha256=arrived.sha256, former_withdrawn=covenant is None,
        )  # fmt: skip
    return again


def _check_open(session: Session, submission: Submission) -> None:
    if submission.withdrawn_at is not None:
        raise Refused("withdrawn", _l("Bản nộp này đã được rút."))
    if is_signed(session, submission):
        raise Refused("signed", _l("Bản này đã có kết luận được ký duyệt nên không đổi thứ tự ảnh được. Hãy nộp bản sửa đổi."))
    if not _is_latest(session, submission):
        raise Refused("not_latest", _l("Đã có bản mới hơn. Hãy mở bản mới nhất để đổi thứ tự ảnh."))


def _is_latest(session: Session, submission: Submission) -> bool:
    if submission.covenant_id is None:
        return True
    latest = governing_version(session, submission.covenant_id)
    return latest is not None and latest.id == submission.id


def _size(stream: BinaryIO) -> int:
    here = stream.tell()
    size = stream.seek(0, io.SEEK_END) - here
    stream.seek(here)
    return size


def _app() -> Flask:
    return current_app._get_current_object()  # type: ignore[attr-defined,no-any-return]  # the proxy's own way
