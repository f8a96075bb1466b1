"""Pages seen and corrected through the site: who sees pictures, what stands where, forms, marks for the signer."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from PIL import Image
from sqlalchemy import select

from covenant_review.audit.models import AuditEvent
from covenant_review.database import db
from covenant_review.extraction import office
from covenant_review.jobs.models import Job
from covenant_review.review.operations import propose_verdict
from covenant_review.submissions.corrections import add_missing, correct
from covenant_review.submissions.models import Submission, TextCorrection
from covenant_review.submissions.operations import submit
from covenant_review.submissions.page_store import page_store_of
from covenant_review.submissions.pages_job import draw_waiting
from covenant_review.submissions.reading_job import drain
from tests.corrections_data import CORRECT_LAND, REASON, clauses, labelled, read_submission, screeners
from tests.people import World
from tests.submissions_data import docx_bytes, upload, use_rules, write_rules
from tests.test_corrections import decide_all

SAMPLES = Path(__file__).parent / "data" / "samples"
SignIn = Callable[[str], FlaskClient]


@pytest.fixture
def drawn(sqlite_world: World, sqlite_app: Flask, tmp_path: Path) -> Submission:
    """A PDF of twelve pages, read and drawn."""
    use_rules(sqlite_app, write_rules(tmp_path / "rules"))
    data = (SAMPLES / "std00.pdf").read_bytes()
    (receipt,) = submit(sqlite_world.official, sqlite_world.commune, [upload("std00.pdf", data)], sqlite_world.covenant)
    assert receipt.submission is not None
    drain(sqlite_app)
    assert draw_waiting(sqlite_app) == 1
    return receipt.submission


@pytest.fixture
def read(sqlite_world: World, sqlite_app: Flask, tmp_path: Path) -> Submission:
    """A small DOCX, read; its pages are not drawn."""
    return read_submission(sqlite_app, tmp_path, sqlite_world.official, sqlite_world.commune, sqlite_world.covenant)


def tree(client: FlaskClient, path: str, status: int = 200) -> html.HtmlElement:
    answer = client.get(path)
    assert answer.status_code == status, answer.text
    return html.fromstring(answer.text)


def test_reading_leaves_a_job_that_draws_every_page(drawn: Submission, sqlite_app: Flask) -> None:
    pages = page_store_of(sqlite_app).drawn(drawn.file.sha256)
    assert pages is not None and not pages.failed
    assert [page.number for page in pages.pages] == list(range(1, (drawn.pages or 0) + 1))
    folder = page_store_of(sqlite_app).picture(drawn.file.sha256, 1).parent
    assert folder.is_relative_to(sqlite_app.extensions["covenant_settings"].uploads.resolve())
    assert sorted(path.name for path in folder.iterdir()) == [*(f"{page.number:03d}.webp" for page in pages.pages), "pages.json"]
    jobs = {(job.kind, job.state) for job in db.session.scalars(select(Job))}
    assert jobs == {("read", "done"), ("draw", "done")}


@pytest.mark.parametrize(
    ("who", "status"), [("official", 200), ("reviewer", 200), ("signer", 200), ("admin", 200), ("neighbour", 403), ("observer", 403)]
)
def test_who_sees_the_pictures(drawn: Submission, sign_in: SignIn, who: str, status: int) -> None:
    client = sign_in(who)
    clause = labelled(drawn, "Điều 1, khoản 1")
    for path in ("pages/1", "pages/1/picture", f"clauses/{clause.id}/cutout"):
        assert client.get(f"/submissions/{drawn.id}/{path}").status_code == status, path


def test_a_picture_is_a_private_webp(drawn: Submission, sign_in: SignIn) -> None:
    client = sign_in("reviewer")
    answer = client.get(f"/submissions/{drawn.id}/pages/1/picture")
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("image/webp", "private, max-age=3600")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert Image.open(io.BytesIO(answer.data)).size == (935, 1210)
    again = client.get(f"/submissions/{drawn.id}/pages/1/picture", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    for number in (0, 99, 1000):
        assert client.get(f"/submissions/{drawn.id}/pages/{number}/picture").status_code == 404


def test_a_page_links_each_clause_where_it_stands(drawn: Submission, sign_in: SignIn) -> None:
    page = tree(sign_in("reviewer"), f"/submissions/{drawn.id}/pages/2")
    here = [clause for clause in clauses(drawn) if any(box[0] == 2 for box in clause.boxes)]
    links = page.xpath("//svg//a")
    assert [link.get("href") for link in links] == [f"/review/{drawn.id}#clause-{clause.id}" for clause in here]
    assert all(link.get("aria-label") and link.xpath("rect") for link in links)
    assert "style" not in {name for element in page.iter() for name in element.attrib}
    assert page.xpath("//img[@alt and @width]")
    of_official = tree(sign_in("official"), f"/submissions/{drawn.id}/pages/2")
    assert of_official.xpath("//svg//a/@href")[0] == f"/submissions/{drawn.id}#{here[0].key}"


def test_a_clause_leads_to_its_page_and_its_strip(drawn: Submission, sign_in: SignIn) -> None:
    client = sign_in("reviewer")
    clause = next(clause for clause in clauses(drawn) if clause.judged and clause.boxes and clause.boxes[0][0] == 3)
    answer = client.get(f"/submissions/{drawn.id}/clauses/{clause.id}/page")
    assert answer.headers["Location"] == f"/submissions/{drawn.id}/pages/3?clause={clause.id}"
    assert tree(client, answer.headers["Location"]).xpath("//svg//a[contains(@class, 'is-asked')]")
    strip = html.fromstring(client.get(f"/submissions/{drawn.id}/clauses/{clause.id}/cutout").text)
    left, top, width, height = map(float, strip.xpath("//svg/@viewbox")[0].split())
    assert top < clause.boxes[0][2] and top + height > clause.boxes[-1][4]
    assert left < clause.boxes[0][1] and left + width > clause.boxes[0][3]
    assert strip.xpath("//svg[@role='img'][@aria-label]")
    assert client.get(f"/submissions/{drawn.id + 1}/clauses/{clause.id}/cutout").status_code == 404


def test_without_pictures_the_page_says_so_and_offers_to_draw(read: Submission, sign_in: SignIn) -> None:
    client = sign_in("official")
    # Reading left a job behind; nothing has drawn yet.
    assert "đang được tạo" in client.get(f"/submissions/{read.id}/pages/1").text
    db.session.execute(Job.__table__.delete().where(Job.__table__.c.kind == "draw"))
    db.session.commit()
    page = client.get(f"/submissions/{read.id}/pages/1")
    assert "Chưa có ảnh các trang của tệp này" in page.text
    assert client.post(f"/submissions/{read.id}/pages").status_code == 302
    assert db.session.scalar(select(Job.state).where(Job.kind == "draw")) == "queued"
    assert sign_in("neighbour").post(f"/submissions/{read.id}/pages").status_code == 403


@pytest.mark.skipif(not office.is_available(), reason="LibreOffice is not installed")
def test_a_word_file_is_laid_out_and_its_clauses_found(read: Submission, sqlite_app: Flask, sign_in: SignIn) -> None:
    assert all(not clause.boxes for clause in clauses(read))
    fingerprints = [clause.fingerprint for clause in clauses(read)]
    assert draw_waiting(sqlite_app) == 1
    after = clauses(read)
    assert all(clause.boxes for clause in after)
    assert [clause.fingerprint for clause in after] == fingerprints
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "submissions.pages_drawn")).one()
    assert (event.details["clauses_found"], event.details["pages"]) == (len(after), 1)
    page = sign_in("reviewer").get(f"/submissions/{read.id}/pages/1")
    assert "LibreOffice" in page.text and page.text.count("<rect") >= len(after)


def test_a_file_that_cannot_be_drawn_keeps_its_words(
    read: Submission, sqlite_app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")  # where LibreOffice is not
    assert draw_waiting(sqlite_app) == 1
    client = sign_in("reviewer")
    page = client.get(f"/submissions/{read.id}/pages/1")
    assert page.status_code == 200 and "Không tạo được ảnh các trang" in page.text and "LibreOffice" in page.text
    assert "Không tạo được" in client.get(f"/submissions/{read.id}/clauses/{labelled(read, 'Điều 2').id}/cutout").text
    assert client.get(f"/review/{read.id}").status_code == 200
    assert db.session.scalar(select(Job.state).where(Job.kind == "draw")) == "failed"


def test_a_word_is_corrected_in_the_form(read: Submission, sign_in: SignIn) -> None:
    clause = labelled(read, "Điều 2")
    for who, home in (("official", f"/submissions/{read.id}#{clause.key}"), ("reviewer", f"/review/{read.id}#clause-{clause.id}")):
        client = sign_in(who)
        path = f"/submissions/{read.id}/clauses/{clause.id}/correct"
        form = tree(client, path)
        assert form.xpath("//textarea[@id='words']")[0].text.strip() == f"Điều 2. {labelled(read, 'Điều 2').text}"
        seen = form.xpath("//input[@name='seen']/@value")[0]
        words = CORRECT_LAND if who == "official" else CORRECT_LAND.replace("cha mẹ", "cha, mẹ")
        answer = client.post(path, data={"words": words, "reason": REASON, "seen": seen})
        assert (answer.status_code, answer.headers.get("Location")) == (302, home), answer.text
    assert labelled(read, "Điều 2").text == "Con gái đã lấy chồng không được chia đất của cha, mẹ."
    assert [one.number for one in labelled(read, "Điều 2").corrections] == [1, 2]


def test_what_was_typed_comes_back_with_the_reason_of_the_refusal(read: Submission, sign_in: SignIn) -> None:
    clause = labelled(read, "Điều 2")
    client = sign_in("official")
    path = f"/submissions/{read.id}/clauses/{clause.id}/correct"
    answer = client.post(path, data={"words": CORRECT_LAND, "reason": " ", "seen": "0"})
    assert answer.status_code == 422
    assert "Hãy ghi lý do sửa" in answer.text and "chia đất của cha mẹ" in answer.text
    answer = client.post(path, data={"words": CORRECT_LAND, "reason": REASON, "seen": "3"})
    assert answer.status_code == 409 and "vừa được người khác sửa" in answer.text
    assert db.session.scalar(select(TextCorrection.id)) is None


@pytest.mark.parametrize("who", ["neighbour", "signer", "observer", "admin"])
def test_who_may_not_correct(read: Submission, sign_in: SignIn, who: str) -> None:
    clause = labelled(read, "Điều 2")
    client = sign_in(who)
    for path in ("correct", "add-after"):
        assert client.get(f"/submissions/{read.id}/clauses/{clause.id}/{path}").status_code == 403
        answer = client.post(
            f"/submissions/{read.id}/clauses/{clause.id}/{path}", data={"words": CORRECT_LAND, "reason": REASON, "seen": "0"}
        )
        assert answer.status_code == 403
    assert client.post(f"/submissions/{read.id}/clauses/{clause.id}/take-back", data={"reason": REASON, "seen": "0"}).status_code == 403
    assert client.post(f"/submissions/{read.id}/corrections/carry-over").status_code == 403
    if who in ("signer", "admin"):
        assert "/correct" not in client.get(f"/submissions/{read.id}").text


def test_a_missing_clause_is_added_and_taken_back_in_the_forms(read: Submission, sign_in: SignIn) -> None:
    client = sign_in("reviewer")
    after = labelled(read, "Điều 3, điểm b")
    path = f"/submissions/{read.id}/clauses/{after.id}/add-after"
    assert tree(client, path).xpath("//blockquote")
    answer = client.post(path, data={"words": "c) con dâu chưa có con.", "reason": REASON})
    added = labelled(read, "Điều 3, điểm c")
    assert answer.headers["Location"] == f"/review/{read.id}#clause-{added.id}"
    page = tree(client, f"/review/{read.id}")
    (article,) = page.xpath(f"//article[@id='clause-{added.id}']")
    assert "Thêm bằng tay" in article.text_content() and article.xpath(".//ins")
    refused = client.post(f"/submissions/{read.id}/clauses/{added.id}/take-back", data={"reason": "", "seen": "1"})
    assert refused.status_code == 422 and "Hãy ghi lý do" in refused.text
    answer = client.post(f"/submissions/{read.id}/clauses/{added.id}/take-back", data={"reason": "Nhầm trang.", "seen": "1"})
    assert answer.status_code == 302
    assert not tree(client, f"/review/{read.id}").xpath(f"//article[@id='clause-{added.id}']")


def test_the_review_page_shows_what_was_corrected_by_whom(sqlite_world: World, read: Submission, sign_in: SignIn, tmp_path: Path) -> None:
    correct(sqlite_world.official, labelled(read, "Điều 2"), CORRECT_LAND, REASON, seen=0, screeners=screeners(tmp_path))
    page = tree(sign_in("reviewer"), f"/review/{read.id}")
    (article,) = page.xpath(f"//article[@id='clause-{labelled(read, 'Điều 2').id}']")
    words = re.sub(r"\s+", " ", article.text_content())
    assert "Đã sửa chữ so với bản đọc máy" in words and "Nguyễn Thị Cán" in words and REASON in words
    assert [piece.text for piece in article.xpath(".//del")] == ["đát"]
    assert [piece.text for piece in article.xpath(".//ins")] == ["đất"]
    assert article.xpath(".//a[@data-cutout]") and article.xpath(".//a[contains(@href, '/correct')]")


def test_the_signer_sees_what_was_corrected(sqlite_world: World, read: Submission, sign_in: SignIn, tmp_path: Path) -> None:
    correct(sqlite_world.official, labelled(read, "Điều 2"), CORRECT_LAND, REASON, seen=0, screeners=screeners(tmp_path))
    add_missing(sqlite_world.reviewer, labelled(read, "Điều 4"), "Điều 5. Thi hành từ nay.", REASON, screeners=screeners(tmp_path))
    decide_all(sqlite_world, read)
    verdict = propose_verdict(sqlite_world.reviewer, read)
    page = tree(sign_in("signer"), f"/signing/{verdict.id}")
    (title,) = [heading for heading in page.xpath("//h2") if "Đã sửa chữ so với bản đọc máy" in heading.text_content()]
    assert "(2)" in title.text_content()
    text = re.sub(r"\s+", " ", page.text_content())
    assert "Nguyễn Thị Cán" in text and "Lê Thị Rà" in text and "Thêm bằng tay" in text


def test_the_same_file_again_tells_of_the_corrections_and_takes_them_over(
    sqlite_world: World, read: Submission, sqlite_app: Flask, sign_in: SignIn, tmp_path: Path
) -> None:
    from covenant_review.submissions.operations import withdraw
    from covenant_review.submissions.storage import store_of

    correct(sqlite_world.official, labelled(read, "Điều 2"), CORRECT_LAND, REASON, seen=0, screeners=screeners(tmp_path))
    withdraw(sqlite_world.official, read, "Nộp nhầm.")
    data = store_of(sqlite_app).path(read.file.sha256).read_bytes()
    (receipt,) = submit(sqlite_world.official, sqlite_world.commune, [upload("lai.docx", data)], sqlite_world.covenant)
    assert receipt.submission is not None
    drain(sqlite_app)
    client = sign_in("official")
    assert "Tệp giống hệt đã được sửa chữ" in client.get(f"/submissions/{receipt.submission.id}").text
    assert client.post(f"/submissions/{receipt.submission.id}/corrections/carry-over").status_code == 302
    assert labelled(receipt.submission, "Điều 2").is_corrected
    assert "Tệp giống hệt đã được sửa chữ" not in client.get(f"/submissions/{receipt.submission.id}").text


def test_a_submission_of_plain_words_still_opens(sqlite_world: World, sqlite_app: Flask, sign_in: SignIn) -> None:
    (receipt,) = submit(sqlite_world.official, sqlite_world.commune, [upload("a.docx", docx_bytes())])
    assert receipt.submission is not None
    client = sign_in("official")
    assert client.get(f"/submissions/{receipt.submission.id}").status_code == 200
    assert client.get(f"/submissions/{receipt.submission.id}/pages/1").status_code == 200
