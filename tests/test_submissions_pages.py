"""Pages of handing in: who sees what, messages per file, progress, the original as it was."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import pytest
from flask import Flask, g
from sqlalchemy import func, select
from werkzeug.test import Client, TestResponse

from covenant_review.audit.log import record
from covenant_review.database import db, transaction
from covenant_review.jobs.models import Job
from covenant_review.jobs.queue import beat, claim
from covenant_review.submissions.models import StoredFile, Submission
from covenant_review.submissions.reading_job import drain
from tests.people import World
from tests.submissions_data import cut_docx, docx_bytes, program_bytes, use_rules, write_rules

SignIn = Callable[[str], Client]
JSON = {"Accept": "application/json"}


@pytest.fixture(autouse=True)
def rules(sqlite_app: Flask, tmp_path: Path) -> None:
    use_rules(sqlite_app, write_rules(tmp_path / "rules"))

    def forget_the_last_request() -> None:
        # The tests' application context outlives requests, and with it who was signed in last.
        for name in list(g):
            g.pop(name)

    sqlite_app.before_request_funcs.setdefault(None, []).insert(0, forget_the_last_request)


def send(client: Client, world: World, *files: tuple[str, bytes], attached: bool = True, **more: object) -> TestResponse:
    return client.post(
        f"/communes/{world.commune.code}/upload",
        data={
            "covenant_id": str(world.covenant.id) if attached else "",
            "files": [(io.BytesIO(data), name) for name, data in files],
        },
        **more,
    )


def only() -> Submission:
    db.session.expire_all()
    found = db.session.scalars(select(Submission)).one()
    db.session.rollback()
    return found


def read_all(app: Flask) -> None:
    drain(app)
    db.session.rollback()


def test_the_form_says_what_is_taken_and_offers_the_communes_covenants(sqlite_world: World, sign_in: SignIn) -> None:
    page = sign_in("official").get(f"/communes/{sqlite_world.commune.code}/upload?covenant={sqlite_world.covenant.id}").text
    assert "50 MB" in page
    assert f'selected value="{sqlite_world.covenant.id}"' in page
    assert sqlite_world.other_covenant.name not in page


@pytest.mark.parametrize("person", ["neighbour", "reviewer", "signer", "observer", "admin"])
def test_nobody_else_hands_in_here(sqlite_world: World, sign_in: SignIn, person: str) -> None:
    client = sign_in(person)
    assert client.get(f"/communes/{sqlite_world.commune.code}/upload").status_code == 403
    assert send(client, sqlite_world, ("a.docx", docx_bytes())).status_code == 403
    assert db.session.scalar(select(func.count()).select_from(Submission)) == 0


def test_an_unknown_commune_or_submission_is_not_found(sqlite_world: World, sign_in: SignIn) -> None:
    client = sign_in("official")
    assert client.get("/communes/99999/upload").status_code == 404
    assert client.get("/submissions/12345").status_code == 404
    assert client.get("/submissions/12345/original").status_code == 404
    assert client.post("/submissions/12345/retry").status_code == 404


def test_each_file_gets_its_line(sqlite_world: World, sign_in: SignIn) -> None:
    client = sign_in("official")
    answer = send(
        client,
        sqlite_world,
        ("tốt <b>.docx", docx_bytes()),
        ("rỗng.docx", b""),
        ("chương trình.pdf", program_bytes()),
        follow_redirects=True,
    )
    assert answer.status_code == 200
    assert "/upload/receipt" in answer.request.path
    for words in ("tốt &lt;b&gt;.docx", "Đã nhận", "Đang chờ đọc", "rỗng.docx", "Tệp rỗng", "chương trình.pdf", "Không nhận loại tệp này"):
        assert words in answer.text
    assert answer.text.count("Chưa lưu gì từ tệp này.") == 2
    assert "Bạn có thể rời trang này" in answer.text


def test_a_duplicate_is_shown_with_a_link(sqlite_world: World, sign_in: SignIn, sqlite_app: Flask) -> None:
    client, data = sign_in("official"), docx_bytes()
    send(client, sqlite_world, ("một.docx", data))
    first = only()
    answer = send(client, sqlite_world, ("hai.docx", data), follow_redirects=True)
    assert "giống hệt" in answer.text
    assert f'href="/submissions/{first.id}"' in answer.text
    neighbour = sign_in("neighbour")
    elsewhere = neighbour.post(
        f"/communes/{sqlite_world.other_commune.code}/upload",
        data={"covenant_id": "", "files": [(io.BytesIO(data), "ba.docx")]},
        follow_redirects=True,
    )
    assert "phường Đa Mai" in " ".join(elsewhere.text.split())
    assert f'href="/submissions/{first.id}"' not in elsewhere.text


def test_the_script_gets_json(sqlite_world: World, sign_in: SignIn) -> None:
    answer = send(sign_in("official"), sqlite_world, ("a.docx", docx_bytes()), ("b.docx", b""), headers=JSON)
    good, bad = answer.get_json()["receipts"]
    assert (good["outcome"], bad["outcome"], bad["reason"], bad["submission"]) == ("accepted", "refused", "empty", None)
    assert f'data-submission="{good["submission"]}"' in good["html"]
    assert "Tệp rỗng" in bad["html"]


def test_no_file_gives_the_form_again_with_a_message(sqlite_world: World, sign_in: SignIn) -> None:
    client = sign_in("official")
    page = client.post(f"/communes/{sqlite_world.commune.code}/upload", data={"covenant_id": "", "files": (io.BytesIO(b""), "")})
    assert page.status_code == 422
    assert "Hãy chọn ít nhất một tệp." in page.text
    foreign = {"covenant_id": str(sqlite_world.other_covenant.id), "files": (io.BytesIO(b"x"), "a.docx")}
    assert client.post(f"/communes/{sqlite_world.commune.code}/upload", data=foreign).status_code == 422
    foreign["files"] = (io.BytesIO(b"x"), "a.docx")
    answer = client.post(f"/communes/{sqlite_world.commune.code}/upload", data=foreign, headers=JSON)
    assert answer.status_code == 422
    assert "Hương ước đã chọn" in answer.get_json()["message"]


class Zeros(io.RawIOBase):
    """A body that goes on and on; counts what was taken."""

    taken = 0
    place = 0

    def tell(self) -> int:
        return self.place

    def seek(self, offset: int, whence: int = 0) -> int:
        # The test client looks for the end, and finds it at 200 MiB.
        self.place = 200 * 2**20 if whence == 2 else offset
        return self.place

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:
        self.taken += len(buffer)
        return len(buffer)


@pytest.mark.parametrize("as_json", [True, False])
def test_200_mb_get_a_message_and_leave_nothing(
    sqlite_world: World, sign_in: SignIn, sqlite_app: Flask, caplog: pytest.LogCaptureFixture, as_json: bool
) -> None:
    client, body = sign_in("official"), Zeros()
    with caplog.at_level(logging.WARNING):
        answer = client.post(
            f"/communes/{sqlite_world.commune.code}/upload", input_stream=body,
            content_type="multipart/form-data; boundary=x", headers=JSON if as_json else {},
        )  # fmt: skip
    assert answer.status_code == 413
    message = answer.get_json()["message"] if as_json else answer.text
    assert "160 MB" in message
    assert body.taken < 2**20
    assert "refused" in caplog.text
    assert not [path for path in sqlite_app.extensions["covenant_settings"].uploads.rglob("*") if path.is_file()]
    assert db.session.scalar(select(func.count()).select_from(StoredFile)) == 0


def test_one_file_over_the_limit_is_told_so_and_the_other_is_taken(sqlite_world: World, sign_in: SignIn, sqlite_app: Flask) -> None:
    settings = sqlite_app.extensions["covenant_settings"]
    sqlite_app.extensions["covenant_settings"] = settings.model_copy(update={"file_limit_mb": 1})
    answer = send(sign_in("official"), sqlite_world, ("lớn.docx", bytes(2 * 2**20)), ("nhỏ.docx", docx_bytes()), follow_redirects=True)
    assert "mỗi tệp không quá 1 MB" in answer.text
    assert only().file_name == "nhỏ.docx"


def test_without_the_token_nothing_is_taken(sqlite_world: World, sign_in: SignIn, sqlite_app: Flask) -> None:
    client = sign_in("official")
    sqlite_app.config["WTF_CSRF_ENABLED"] = True
    assert send(client, sqlite_world, ("a.docx", docx_bytes()), headers=JSON).status_code == 400
    assert db.session.scalar(select(func.count()).select_from(Submission)) == 0


def test_progress_is_told_step_by_step(sqlite_world: World, sign_in: SignIn, sqlite_app: Flask) -> None:
    client = sign_in("official")
    send(client, sqlite_world, ("a.docx", docx_bytes("Điều 1. Một.")), ("b.docx", docx_bytes("Điều 1. Hai.")))
    first, second = db.session.scalars(select(Submission.id).order_by(Submission.id)).all()
    db.session.rollback()

    def told() -> dict[int, dict[str, object]]:
        answer = client.get(f"/submissions/progress?ids={first},{second},999,x", headers=JSON).get_json()
        return {one["id"]: one for one in answer["submissions"]}

    assert [one["state"] for one in told().values()] == ["queued", "queued"]
    assert "Còn 1 tệp ở trước" in str(told()[second]["html"])
    with transaction() as session:
        lease = claim(session, "x:1:1", 600)
        assert lease is not None
        beat(session, lease, 600, 1, 3)
        submission = session.get_one(Submission, first)
        submission.state = "reading"
        record(session, None, "tests.reading", "submission", first)
    assert "Bước 2/3: tách điều khoản." in str(told()[first]["html"])
    with transaction() as session:
        beat(session, lease, 600, 0, 3, 4, 12)
    assert "Đang đọc chữ: xong 4 / 12 trang." in str(told()[first]["html"])
    assert '<progress class="bar" value="4" max="12"' in str(told()[first]["html"])
    with transaction() as session:
        job = session.get_one(Job, lease.job_id)
        job.state, job.lease_token, job.leased_until = "queued", None, None
    assert told()[first]["state"] == "queued"
    read_all(sqlite_app)
    assert [(one["state"], one["finished"]) for one in told().values()] == [("read", True), ("read", True)]
    assert "1 điều khoản." in str(told()[first]["html"])
    assert sign_in("neighbour").get(f"/submissions/progress?ids={first}", headers=JSON).get_json() == {"submissions": []}
    assert sign_in("observer").get(f"/submissions/progress?ids={first}", headers=JSON).status_code == 403


def test_the_page_shows_text_findings_and_reasons(sqlite_world: World, sign_in: SignIn, sqlite_app: Flask) -> None:
    client = sign_in("official")
    send(client, sqlite_world, ("a.docx", docx_bytes()))
    found = only()
    waiting = client.get(f"/submissions/{found.id}").text
    assert "Bạn có thể rời trang này" in waiting
    assert "noscript" in waiting
    read_all(sqlite_app)
    page = client.get(f"/submissions/{found.id}").text
    assert '<mark class="mark-violation">không được chia đất</mark>' in page
    for words in (
        "Có dấu hiệu phân biệt đối xử về giới",
        "73/2006/QH11 Đ40",
        "Con trai và con gái được chia như nhau.",
        "đó chưa phải là kết luận",
    ):
        assert words in page
    assert "vi phạm" not in page.lower()
    assert "Mở trang rà soát" not in page
    for_reviewer = sign_in("reviewer").get(f"/submissions/{found.id}").text
    assert "Mở trang rà soát" in for_reviewer
    assert "Rút bản nộp" not in for_reviewer
    for person in ("neighbour", "observer"):
        assert sign_in(person).get(f"/submissions/{found.id}").status_code == 403


@pytest.mark.parametrize("name", ["hương ước thôn Lim 🌾.docx", 'a"; filename="b.exe.docx', "a; b, c.docx"])
def test_the_original_comes_back_as_it_was(sqlite_world: World, sign_in: SignIn, name: str) -> None:
    client, data = sign_in("official"), docx_bytes()
    send(client, sqlite_world, (name, data))
    found = only()
    answer = client.get(f"/submissions/{found.id}/original")
    assert answer.data == data
    assert answer.mimetype == "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment")
    if "🌾" in name:
        assert unquote(disposition.split("filename*=UTF-8''")[1]) == name
    assert sign_in("neighbour").get(f"/submissions/{found.id}/original").status_code == 403


def test_a_lost_original_gives_a_message(sqlite_world: World, sign_in: SignIn, sqlite_app: Flask) -> None:
    client = sign_in("official")
    send(client, sqlite_world, ("a.docx", docx_bytes()))
    found = only()
    for path in sqlite_app.extensions["covenant_settings"].uploads.rglob("*"):
        if path.is_file():
            path.unlink()
    answer = client.get(f"/submissions/{found.id}/original")
    assert answer.status_code == 409
    assert "Không tìm thấy tệp gốc" in answer.text


def test_attaching_on_the_page(sqlite_world: World, sign_in: SignIn, sqlite_app: Flask) -> None:
    client = sign_in("official")
    send(client, sqlite_world, ("a.docx", docx_bytes()), attached=False)
    found = only()
    read_all(sqlite_app)
    assert "a.docx" in client.get(f"/communes/{sqlite_world.commune.code}/upload").text
    assert "Gắn vào hương ước này" in client.get(f"/submissions/{found.id}").text
    assert client.post(f"/submissions/{found.id}/attach", data={"covenant_id": ""}).status_code == 422
    foreign = client.post(f"/submissions/{found.id}/attach", data={"covenant_id": str(sqlite_world.other_covenant.id)})
    assert foreign.status_code == 422
    answer = client.post(f"/submissions/{found.id}/attach", data={"covenant_id": str(sqlite_world.covenant.id)}, follow_redirects=True)
    assert "Đã gắn tệp vào" in answer.text
    assert only().version == 1
    assert sign_in("neighbour").post(f"/submissions/{found.id}/attach", data={"covenant_id": "1"}).status_code == 403


def test_reading_again_and_withdrawing_on_the_page(sqlite_world: World, sign_in: SignIn, sqlite_app: Flask) -> None:
    client = sign_in("official")
    send(client, sqlite_world, ("a.docx", cut_docx()))
    found = only()
    read_all(sqlite_app)
    page = client.get(f"/submissions/{found.id}").text
    assert "Tệp bị hỏng" in page
    assert "Tệp gốc vẫn được giữ" in page
    assert "Tệp được đưa vào hàng chờ" in client.post(f"/submissions/{found.id}/retry", follow_redirects=True).text
    assert only().state == "queued"
    refused = client.post(f"/submissions/{found.id}/withdraw", data={"reason": " "})
    assert refused.status_code == 422
    assert "Hãy ghi lý do" in refused.text
    done = client.post(f"/submissions/{found.id}/withdraw", data={"reason": "nộp nhầm"}, follow_redirects=True)
    assert "Lý do: nộp nhầm" in done.text
    assert client.post(f"/submissions/{found.id}/withdraw", data={"reason": "nữa"}).status_code == 409


def test_warnings_are_told_once_with_their_pages(sqlite_world: World, sign_in: SignIn, sqlite_app: Flask) -> None:
    client = sign_in("official")
    send(client, sqlite_world, ("a.docx", docx_bytes()))
    found = only()
    read_all(sqlite_app)
    with transaction() as session:
        submission = session.get_one(Submission, found.id)
        submission.text_status = "partly_read"
        submission.warnings = [{"code": "page_without_text", "page": page, "detail": ""} for page in (5, 3, 5)] + [
            {"code": "unheard_of", "page": None, "detail": ""}
        ]
        record(session, None, "tests.warned", "submission", found.id)
    page = " ".join(client.get(f"/submissions/{found.id}").text.split())
    assert "Trang 3, 5:" in page
    assert page.count("không có chữ đọc được") == 1
    assert "Có điểm cần xem lại khi đọc tệp (unheard_of)." in page
    assert "Có thể thiếu một phần nội dung" in page


def test_a_receipt_of_another_person_or_of_nothing_is_empty(sqlite_world: World, sign_in: SignIn) -> None:
    page = sign_in("official").get(f"/communes/{sqlite_world.commune.code}/upload/receipt?accepted=77&refused=1,2,abc")
    assert page.status_code == 200
    assert "Không có tệp nào" in page.text
