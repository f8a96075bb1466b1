"""The upload page: what is taken, what this machine lacks, photos as one document, and the page that changes their order."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image, ImageDraw
from sqlalchemy import func, select
from werkzeug.test import Client, TestResponse

from covenant_review.database import db
from covenant_review.extraction import office
from covenant_review.jobs.models import Job
from covenant_review.submissions import kinds
from covenant_review.submissions.models import Submission
from covenant_review.submissions.photos import photos_of
from covenant_review.submissions.reading_job import drain
from covenant_review.web.words import WORDS
from tests.people import World
from tests.test_photo_upload import DATA, NAMES

SignIn = Callable[[str], Client]
JSON = {"Accept": "application/json"}
ROOT = Path(__file__).resolve().parent.parent


def address(world: World) -> str:
    return f"/communes/{world.commune.code}/upload"


def send(client: Client, world: World, **fields: str) -> TestResponse:
    return client.post(
        address(world),
        data={"covenant_id": str(world.covenant.id), "files": [(io.BytesIO(d), n) for n, d in zip(NAMES, DATA, strict=True)], **fields},
        headers=JSON if fields.get("order") == "given" else {},
    )


def only() -> Submission:
    db.session.expire_all()
    found = db.session.scalars(select(Submission).order_by(Submission.id.desc())).first()
    assert found is not None
    return found


def test_the_page_names_what_is_taken(sqlite_world: World, sign_in: SignIn) -> None:
    page = sign_in("official").get(address(sqlite_world)).text
    assert ".docx" in page and "PDF" in page
    assert (".doc, .rtf, .odt." in page) == office.is_available()
    assert ("JPEG, PNG, TIFF, HEIC" in page) == kinds.recognition_is_available()


def test_the_page_names_what_is_missing(sqlite_world: World, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without LibreOffice and without recognition data, as far as its search path and its places tell."""
    monkeypatch.setattr(office, "_program", lambda: None)
    monkeypatch.setattr(kinds, "_RECOGNITION", "no_such_module_here")
    client = sign_in("official")
    page = client.get(address(sqlite_world)).text
    assert "libreoffice-writer" in page and "tesseract-ocr-vie" in page
    assert 'accept=".docx,.pdf"' in page and 'id="photo-question"' not in page
    answer = send(client, sqlite_world, photos="one", order="given").get_json()
    assert [(one["outcome"], one["reason"]) for one in answer["receipts"]] == [("refused", "ocr_missing")]
    assert "tesseract-ocr-vie" in answer["receipts"][0]["html"]


def test_without_script_the_question_must_be_answered(sqlite_world: World, sign_in: SignIn) -> None:
    client = sign_in("official")
    answer = send(client, sqlite_world)
    assert answer.status_code == 422 and "hãy cho biết các ảnh là một văn bản" in answer.text
    assert db.session.scalar(select(func.count()).select_from(Submission)) == 0
    db.session.rollback()
    answer = send(client, sqlite_world, photos="one", order="by_name")
    assert answer.status_code == 302
    assert photos_of(only()) == (NAMES[2], NAMES[1], NAMES[0])


def test_with_script_the_order_on_the_page_is_the_order(sqlite_world: World, sign_in: SignIn) -> None:
    answer = send(sign_in("official"), sqlite_world, photos="one", order="given").get_json()
    assert [one["outcome"] for one in answer["receipts"]] == ["accepted"]
    assert photos_of(only()) == NAMES


def test_thumbnails_need_no_wider_policy(sqlite_world: World, sign_in: SignIn) -> None:
    """Thumbnails are small data: pictures that the page draws itself; blob: stays closed."""
    policy = sign_in("official").get(address(sqlite_world)).headers["Content-Security-Policy"]
    assert "img-src 'self' data:" in policy and "blob:" not in policy
    script = (ROOT / "covenant_review/static/upload.js").read_text(encoding="utf-8")
    assert "createObjectURL" not in script and "toDataURL" in script


def test_the_order_is_changed_on_its_page(sqlite_world: World, sign_in: SignIn) -> None:
    client = sign_in("official")
    send(client, sqlite_world, photos="one", order="given")
    first = only().id
    db.session.rollback()
    assert f'href="/submissions/{first}/photos"' in client.get(f"/submissions/{first}").text
    page = client.get(f"/submissions/{first}/photos").text
    assert [page.index(name) for name in NAMES] == sorted(page.index(name) for name in NAMES)
    wrong = client.post(f"/submissions/{first}/photos", data={"position": ["1", "1", "x"]})
    assert wrong.status_code == 422 and "từ 1 đến 3" in wrong.text and 'value="x"' in wrong.text
    answer = client.post(f"/submissions/{first}/photos", data={"position": ["3", "1", "2"]}, follow_redirects=True)
    assert "bản 2" in answer.text and "đang chờ đọc" in answer.text
    assert photos_of(only()) == (NAMES[1], NAMES[2], NAMES[0])
    db.session.rollback()
    assert client.get(f"/submissions/{first}/photos").status_code == 409
    assert sign_in("reviewer").get(f"/submissions/{first}/photos").status_code == 403
    assert sign_in("neighbour").post(f"/submissions/{first}/photos", data={"position": ["3", "1", "2"]}).status_code == 403


def test_the_original_of_photos_is_saved_as_a_zip(sqlite_world: World, sign_in: SignIn) -> None:
    client = sign_in("official")
    send(client, sqlite_world, photos="one", order="given")
    answer = client.get(f"/submissions/{only().id}/original")
    assert answer.mimetype == "application/zip" and answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.data.startswith(b"PK")


def test_a_picture_is_read_by_a_worker_and_tells_its_pages(sqlite_world: World, sqlite_app: Flask, sign_in: SignIn) -> None:
    """From the upload of two photos to their text, through the child process and the order that was given."""
    pages = [letters(("QUY UOC THON LIM", "Dieu 1. Moi nguoi deu duoc ban bac.")), letters(("Dieu 2. Giu gin duong lang sach dep.",))]
    client = sign_in("official")
    client.post(
        address(sqlite_world),
        data={
            "covenant_id": str(sqlite_world.covenant.id), "photos": "one", "order": "given",
            "files": [(io.BytesIO(pages[0]), "b.png"), (io.BytesIO(pages[1]), "a.png")],
        },
        headers=JSON,
    )  # fmt: skip
    drain(sqlite_app, in_child=True)
    found = only()
    job = db.session.scalars(select(Job).where(Job.kind == "read")).one()
    assert (found.state, found.pages, job.pages) == ("read", 2, 2), found.reason
    text = " ".join(clause.text for clause in found.clauses)
    assert text.index("1") < text.index("2")


def letters(lines: tuple[str, ...]) -> bytes:
    """A page with large plain letters."""
    image = Image.new("L", (1240, 1754), 255)
    draw = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        draw.text((120, 200 + 120 * number), line, fill=0, font_size=46)
    target = io.BytesIO()
    image.save(target, "PNG")
    return target.getvalue()


def test_every_code_of_a_reader_has_words(sqlite_app: Flask) -> None:
    import re

    for kind, pattern in (("unreadable_reason", r'UnreadableFile\(\s*"([a-z_]+)"'), ("warning", r'ReadingWarning\(\s*"([a-z_]+)"')):
        codes = {
            code for path in (ROOT / "covenant_review").rglob("*.py") for code in re.findall(pattern, path.read_text(encoding="utf-8"))
        }
        assert codes - WORDS[kind].keys() == set(), kind
    from covenant_review.extraction.ocr import READ_BY_OCR

    assert READ_BY_OCR in WORDS["warning"]
