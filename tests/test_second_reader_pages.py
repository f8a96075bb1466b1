"""The second reader on screen: what it raised, in what order, whether it reads at all, and since when."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from covenant_review.review.operations import decide, propose_verdict
from covenant_review.screening.second_reader import RULE_ID
from covenant_review.screening.second_reader_weights import WEIGHTS_FILE, load_weights
from covenant_review.settings import InvalidSettings, load_settings
from covenant_review.submissions.models import Submission
from covenant_review.submissions.operations import submit
from covenant_review.submissions.reading_job import drain
from tests.people import World
from tests.review_data import add_version
from tests.second_reader_data import rules_with_reader
from tests.submissions_data import docx_bytes, upload, use_rules

SignIn = Callable[[str], FlaskClient]
WORDS = {"w đám": 60_000, "w trang nghiêm": 40_000}


@pytest.fixture
def folder(sqlite_app: Flask, tmp_path: Path) -> Path:
    found = rules_with_reader(tmp_path / "rules", WORDS)
    use_rules(sqlite_app, found)
    return found


def read(world: World, app: Flask) -> Submission:
    (receipt,) = submit(world.official, world.commune, [upload("a.docx", docx_bytes())], world.covenant)
    drain(app)
    assert receipt.submission is not None
    return receipt.submission


def article(page: str, label: str) -> str:
    """The block of one clause."""
    blocks: list[str] = re.findall(r"<article.*?</article>", page, re.DOTALL)
    return next(one for one in blocks if f">{label}</span>" in one)


def test_the_clause_shows_why_with_its_words_marked_and_no_law(
    sqlite_world: World, sqlite_app: Flask, sign_in: SignIn, folder: Path
) -> None:
    submission = read(sqlite_world, sqlite_app)
    page = sign_in("reviewer").get(f"/review/{submission.id}").text
    clause = article(page, "Điều 3")
    assert re.findall(r'<mark class="mark-consider">([^<]*)</mark>', clause) == ["Đám", "trang nghiêm"]
    assert "Cần xem xét" in clause and "máy đọc thứ hai" in clause and "Chưa đối chiếu với căn cứ pháp lý nào" in clause
    assert 'class="law"' not in clause
    assert "Đưa lý do này vào ô" not in clause
    assert "vi phạm" not in clause
    doubted = article(page, "Điều 2")
    assert "ít khả năng" in doubted and "Có dấu hiệu phân biệt" not in doubted
    assert not re.search(r'data-insert="[^"]*ít khả năng', doubted)
    assert load_weights(folder / WEIGHTS_FILE).sha256[:10] in page


def test_in_english_it_explains_itself_in_english(sqlite_world: World, sqlite_app: Flask, sign_in: SignIn, folder: Path) -> None:
    submission = read(sqlite_world, sqlite_app)
    client = sign_in("reviewer")
    client.post("/language", data={"language": "en"})
    page = client.get(f"/review/{submission.id}").text
    assert "No rule hit, but the second reader" in article(page, "Điều 3")
    assert "the second reader finds it unlikely" in article(page, "Điều 2")


def test_clauses_can_be_put_by_need_and_stay_in_order_otherwise(
    sqlite_world: World, sqlite_app: Flask, sign_in: SignIn, folder: Path
) -> None:
    submission = read(sqlite_world, sqlite_app)
    client = sign_in("reviewer")

    def labels(address: str) -> list[str]:
        return re.findall(r'class="clause-label"[^>]*>([^<]*)<', client.get(address).text)

    in_order = labels(f"/review/{submission.id}")
    ranked = labels(f"/review/{submission.id}?show=ranked")
    assert in_order[:3] == ["Điều 1", "Điều 2", "Điều 3"]
    assert ranked[:2] == ["Điều 3", "Điều 2"]
    assert sorted(ranked) == sorted(in_order)
    page = client.get(f"/review/{submission.id}?show=ranked").text
    assert re.search(r"Máy đọc thứ hai: khả năng 9\d %", article(page, "Điều 3"))


def test_what_it_could_not_read_is_told_before_deciding_and_before_signing(
    sqlite_world: World, sqlite_app: Flask, sign_in: SignIn, folder: Path
) -> None:
    (folder / WEIGHTS_FILE).unlink()
    submission = read(sqlite_world, sqlite_app)
    notice = "Máy đọc thứ hai chưa kiểm tra được văn bản này"
    page = sign_in("reviewer").get(f"/review/{submission.id}").text
    assert notice in page and "rules train" in page
    for clause in submission.clauses:
        if clause.judged:
            decide(sqlite_world.reviewer, submission, clause, "approve", "", fingerprint=clause.fingerprint)
    verdict = propose_verdict(sqlite_world.reviewer, submission)
    assert notice in sign_in("signer").get(f"/signing/{verdict.id}").text


def test_a_text_read_before_there_was_one_says_nothing_of_it(sqlite_world: World, sign_in: SignIn) -> None:
    submission = add_version(sqlite_world.covenant, sqlite_world.official)
    assert "Máy đọc thứ hai" not in sign_in("reviewer").get(f"/review/{submission.id}").text


def test_the_queue_says_its_order_and_can_be_put_by_date(sqlite_world: World, sign_in: SignIn) -> None:
    add_version(sqlite_world.covenant, sqlite_world.official)
    client = sign_in("reviewer")
    by_need, by_age = client.get("/review").text, client.get("/review?order=age").text
    assert "nhiều khả năng phân biệt nhất" in by_need and 'href="/review?order=age"' in by_need
    assert "bản chờ lâu nhất đứng đầu" in by_age and 'href="/review"' in by_age
    assert 'href="/review?state=mine&amp;order=age"' in by_age


def test_the_page_tells_version_hash_examples_and_threshold(sign_in: SignIn, sqlite_world: World, folder: Path) -> None:
    client = sign_in("reviewer")
    page = client.get("/second-reader").text
    weights = load_weights(folder / WEIGHTS_FILE)
    assert "Đang đọc" in page and weights.sha256 in page and weights.version in page and "khả năng từ 60 %" in page
    assert "Bộ quy tắc đã thay đổi sau khi máy đọc thứ hai học" in page
    assert weights.sha256[:12] in client.get("/rules").text


@pytest.mark.parametrize("address", ["/rules", "/second-reader"])
def test_the_pages_say_when_it_is_off_or_cannot_read(
    sqlite_world: World, sqlite_app: Flask, sign_in: SignIn, folder: Path, address: str
) -> None:
    client = sign_in("observer")
    path = folder / WEIGHTS_FILE
    path.write_text(path.read_text("utf-8").replace('"version":"thu"', '"version":"khac"'), "utf-8")
    page = client.get(address).text
    assert "Không dùng được" in page and "mã băm không khớp" in page
    settings = sqlite_app.extensions["covenant_settings"]
    sqlite_app.extensions["covenant_settings"] = settings.model_copy(update={"second_reader": False})
    sqlite_app.extensions.pop("covenant_second_reader")
    assert "Đã tắt trong cấu hình" in client.get(address).text


def test_new_weights_are_shown_without_a_restart(sign_in: SignIn, sqlite_world: World, folder: Path) -> None:
    client = sign_in("reviewer")
    assert "thu" in client.get("/second-reader").text
    rules_with_reader(folder, {"w đám": 1}, "bản-mới")
    assert "bản-mới" in client.get("/second-reader").text


def test_a_finding_leads_to_the_readers_page(sign_in: SignIn, sqlite_world: World, folder: Path) -> None:
    answer = sign_in("reviewer").get(f"/rules/{RULE_ID}")
    assert (answer.status_code, answer.location) == (302, "/second-reader")


def test_the_switch_is_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings(environment="development").second_reader
    monkeypatch.setenv("COVENANT_SECOND_READER", "off")
    assert not load_settings(environment="development").second_reader
    monkeypatch.setenv("COVENANT_SECOND_READER", "có lẽ")
    with pytest.raises(InvalidSettings, match="COVENANT_SECOND_READER"):
        load_settings(environment="development")
