"""Pages of the register: who sees and keeps what, forms that keep what was typed, the import from file to register."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from covenant_review.registry.communes import ensure_communes
from covenant_review.registry.models import Community, Covenant, LegalStatus
from covenant_review.registry.operations import add_community, add_covenant, merge_community
from tests.people import World
from tests.registry_data import HEADERS, days_ago, events, last_event, looking, workbook

SignIn = Callable[[str], Any]


def count(table: Any) -> int:
    with looking() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


# --- The list ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("username", ["official", "reviewer", "signer", "observer", "admin"])
def test_all_see_the_list_and_an_official_opens_the_own_commune_only(sqlite_world: World, sign_in: SignIn, username: str) -> None:
    ensure_communes()
    page = sign_in(username).get("/communes")
    assert page.status_code == 200
    assert page.text.count("<tr") == 100
    assert 'href="/communes/07228"' in page.text
    assert ('href="/communes/09319"' in page.text) == (username != "official")
    assert ("của bạn" in page.text) == (username == "official")
    assert "có nguồn khác ghi 09376" in page.text


@pytest.mark.parametrize(
    ("asked", "found"), [("tien du", ["09319"]), ("TIÊN DU", ["09319"]), ("07228", ["07228"]), ("xa ti", ["09319"]), ("zz", [])]
)
def test_searching_without_marks_by_kind_and_code(sqlite_world: World, sign_in: SignIn, asked: str, found: list[str]) -> None:
    page = sign_in("reviewer").get("/communes", query_string={"q": asked})
    assert re.findall(r'href="/communes/(\d{5})"', page.text) == found
    assert ("Không có xã, phường nào khớp" in page.text) == (not found)


def test_a_search_is_shown_as_text(sqlite_world: World, sign_in: SignIn) -> None:
    assert "<b>x" not in sign_in("reviewer").get("/communes", query_string={"q": '"><b>x'}).text


def test_an_empty_system_says_what_to_do(sqlite_app: Flask, sqlite_world: World, sign_in: SignIn) -> None:
    page = sign_in("admin").get("/communes")
    assert "Sổ hương ước, quy ước của 2 xã, phường" in page.text


# --- Who may -------------------------------------------------------------------------------------------------------------


def keeping_pages(world: World) -> list[str]:
    with looking() as session:
        step = session.scalars(select(LegalStatus).where(LegalStatus.covenant_id == world.covenant.id)).one().id
    return [
        f"/communes/{world.commune.code}/communities/new",
        f"/communes/{world.commune.code}/import",
        f"/communes/{world.commune.code}/import/sample.xlsx",
        f"/communities/{world.community.id}/edit",
        f"/communities/{world.community.id}/covenants/new",
        f"/covenants/{world.covenant.id}/edit",
        f"/covenants/{world.covenant.id}/statuses/new",
        f"/statuses/{step}/correct",
    ]


def test_pages_that_change_the_register_open_for_their_keepers_only(sqlite_world: World, sign_in: SignIn) -> None:
    paths = keeping_pages(sqlite_world)
    for username, expected in (
        ("official", 200),
        ("admin", 200),
        ("neighbour", 403),
        ("reviewer", 403),
        ("signer", 403),
        ("observer", 403),
    ):
        client = sign_in(username)
        assert {path: client.get(path).status_code for path in paths} == dict.fromkeys(paths, expected), username
    assert "xã, phường khác" in sign_in("neighbour").get(paths[0]).text


def test_posting_elsewhere_is_refused_and_changes_nothing(sqlite_world: World, sign_in: SignIn) -> None:
    world, client = sqlite_world, sign_in("neighbour")
    before = events()
    paths = [
        f"/communities/{world.community.id}/rename",
        f"/communities/{world.community.id}/merge",
        f"/communities/{world.community.id}/undo-merger",
        f"/communities/{world.community.id}/no-covenant",
        f"/communities/{world.community.id}/no-covenant/withdraw",
        f"/communes/{world.commune.code}/import/confirm",
        f"/communes/{world.commune.code}/import",
    ]
    for path in paths:
        assert client.post(path, data={}).status_code == 403, path
    assert events() == before


def test_what_is_not_there_is_not_found(sqlite_world: World, sign_in: SignIn) -> None:
    client = sign_in("admin")
    for path in ("/communes/99999", "/communities/999/edit", "/covenants/999", "/covenants/999/edit", "/statuses/999/correct"):
        assert client.get(path).status_code == 404, path


# --- Communities ---------------------------------------------------------------------------------------------------------


def test_adding_one_and_the_next(sqlite_world: World, sign_in: SignIn) -> None:
    path = f"/communes/{sqlite_world.commune.code}/communities/new"
    client = sign_in("official")
    answer = client.post(path, data={"kind": "thon", "name": "Thôn Đông"}, follow_redirects=True)
    assert "Đã thêm thôn Đông." in answer.text and "<h1>Phường Đa Mai</h1>" in answer.text
    assert client.post(path, data={"kind": "thon", "name": "Tây", "another": "1"}).headers["Location"] == path
    again = client.post(path, data={"kind": "thon", "name": "đông"})
    assert again.status_code == 422 and "đã có trong sổ" in again.text and 'value="đông"' in again.text
    empty = client.post(path, data={"kind": "thon", "name": ""})
    assert empty.status_code == 422 and "Hãy nhập tên." in empty.text
    assert count(Community) == 4


def test_renaming_merging_undoing_declaring(sqlite_world: World, sign_in: SignIn) -> None:
    world, client = sqlite_world, sign_in("official")
    other = add_community(world.official, world.commune, kind="thon", name="Đông").id
    base = f"/communities/{world.community.id}"
    done = client.post(f"{base}/rename", data={"rename-kind": "khu_pho", "rename-name": "Thanh Mai 1"}, follow_redirects=True)
    assert "Đã lưu tên khu phố Thanh Mai 1." in done.text
    wrong = client.post(f"{base}/merge", data={"merge-into": other, "merge-on": "31/02/2025"})
    assert wrong.status_code == 422 and "không có trong lịch" in wrong.text and 'value="31/02/2025"' in wrong.text
    elsewhere = client.post(f"{base}/merge", data={"merge-into": world.other_community.id, "merge-on": "01/07/2025"})
    assert elsewhere.status_code == 422
    nowhere = client.post(f"{base}/merge", data={"merge-into": "0", "merge-on": "01/07/2025"})
    assert nowhere.status_code == 422 and "Hãy chọn nơi nhận." in nowhere.text
    refused = client.post(f"{base}/no-covenant", data={"declare-on": "01/07/2025"})
    assert refused.status_code == 422 and "còn hiệu lực" in refused.text
    done = client.post(f"{base}/merge", data={"merge-into": other, "merge-on": "01/07/2025"}, follow_redirects=True)
    assert "sáp nhập vào thôn Đông" in done.text and "của khu phố Thanh Mai 1 cũ" in done.text
    assert "01/07/2025" in client.get(f"{base}/edit").text
    assert client.post(f"{base}/undo-merger", data={"undo-reason": ""}).status_code == 422
    assert "Đã bỏ ghi sáp nhập" in client.post(f"{base}/undo-merger", data={"undo-reason": "nhầm"}, follow_redirects=True).text
    done = client.post(f"/communities/{other}/no-covenant", data={"declare-on": "01/07/2025"}, follow_redirects=True)
    assert "Đã khai báo không có (từ 01/07/2025)" in done.text
    assert "Rút khai báo" in client.get(f"/communities/{other}/edit").text
    assert "Đã rút khai báo" in client.post(f"/communities/{other}/no-covenant/withdraw", follow_redirects=True).text
    assert client.post(f"/communities/{other}/no-covenant/withdraw").status_code == 409


# --- Covenants -----------------------------------------------------------------------------------------------------------


def test_adding_a_covenant_and_keeping_its_life(sqlite_world: World, sign_in: SignIn) -> None:
    world, client = sqlite_world, sign_in("official")
    path = f"/communities/{world.community.id}/covenants/new"
    typed = {"kind": "huong_uoc", "name": "Hương ước mới", "adopted_on": "05/03/2024", "recognised_on": "01/03/2024"}
    wrong = client.post(path, data=typed)
    assert wrong.status_code == 422 and "không thể trước ngày thông qua" in wrong.text and 'value="Hương ước mới"' in wrong.text
    nothing = client.post(path, data=typed | {"adopted_on": "", "recognised_on": ""})
    assert nothing.status_code == 422 and "Hãy nhập ngày thông qua hoặc ngày công nhận" in nothing.text
    done = client.post(path, data=typed | {"recognised_on": "20/03/2024", "decision_number": "45/QĐ-UBND"}, follow_redirects=True)
    assert "Đã thêm “Hương ước mới” vào sổ" in done.text and "45/QĐ-UBND" in done.text
    covenant_id = int(re.search(r"/covenants/(\d+)/edit", done.text)[1])  # type: ignore[index]
    page = client.post(f"/covenants/{covenant_id}/edit", data={"kind": "quy_uoc", "name": "Quy ước mới"}, follow_redirects=True)
    assert "<h1>Quy ước mới</h1>" in page.text
    new = f"/covenants/{covenant_id}/statuses/new"
    assert "Hãy chọn văn bản thay thế" in client.post(new, data={"status": "replaced", "on": "05/03/2025", "replaced_by": "0"}).text
    page = client.post(
        new,
        data={"status": "replaced", "on": "05/03/2025", "replaced_by": str(world.covenant.id), "document": "QĐ 9"},
        follow_redirects=True,
    )
    assert "Đã ghi tình trạng “Đã thay thế”" in page.text and "Quy ước tổ dân phố Thanh Mai" in page.text
    assert "Không tính vào chỉ tiêu 2.4" in page.text


def test_correcting_and_taking_out_a_step(sqlite_world: World, sign_in: SignIn) -> None:
    client = sign_in("official")
    path = keeping_pages(sqlite_world)[-1]
    page = client.get(path)
    assert 'value="01/03/2024"' in page.text and 'value="Nghị quyết"' in page.text
    no_reason = client.post(path, data={"correct-on": "01/03/2023", "correct-document": "Biên bản", "correct-reason": ""})
    assert no_reason.status_code == 422 and "Hãy ghi lý do." in no_reason.text and 'value="01/03/2023"' in no_reason.text
    done = client.post(
        path, data={"correct-on": "01/03/2023", "correct-document": "Biên bản", "correct-reason": "nhầm năm"}, follow_redirects=True
    )
    assert "Đã đính chính bước" in done.text and "01/03/2023" in done.text
    assert last_event("registry.status_corrected").details["reason"] == "nhầm năm"
    last = client.post(path.replace("correct", "remove"), data={"remove-reason": "thử"})
    assert last.status_code == 422 and "bước duy nhất" in last.text


# --- The import ----------------------------------------------------------------------------------------------------------

ROWS: list[list[Any]] = [
    HEADERS,
    ["thôn", "Đông", "hương ước", "", date(2024, 3, 5), "", "", ""],
    ["xóm", "Sai", "", "", "", "", "", ""],
    ["tổ dân phố", "Thanh Mai", "", "", "", "", "", ""],
    ["thôn", "<b>Tây</b>", "", "", "", "", "", ""],
    ["thôn", "Nam & Bắc", "", "", "", "", "", ""],
]


def preview(client: Any, world: World, data: bytes, name: str = "ds.xlsx") -> Any:
    path = f"/communes/{world.commune.code}/import"
    return client.post(path, data={"file": (io.BytesIO(data), name)}, content_type="multipart/form-data")


def hidden(page: Any) -> str:
    return str(re.search(r'name="preview" value="([^"]+)"', page.text)[1])  # type: ignore[index]


def test_from_file_to_preview_to_register(sqlite_world: World, sign_in: SignIn) -> None:
    world, client = sqlite_world, sign_in("official")
    page = preview(client, world, workbook(ROWS))
    assert page.status_code == 200
    assert "2 dòng sẽ thêm" in page.text and "1 dòng đã có trong sổ" in page.text and "2 dòng có lỗi" in page.text
    assert "Không rõ loại “xóm”" in page.text and "Tên có ký tự lạ" in page.text and "<b>Tây" not in page.text
    assert "Thôn Đông" in page.text and "Đã thông qua 05/03/2024" in page.text
    assert count(Community) == 2 and "registry.communities_imported" not in events()
    confirm = f"/communes/{world.commune.code}/import/confirm"
    done = client.post(confirm, data={"preview": hidden(page), "line": ["2", "6"]}, follow_redirects=True)
    assert "Đã thêm 2 thôn, tổ dân phố và 1 hương ước, quy ước từ tệp ds.xlsx." in done.text
    assert count(Community) == 4 and count(Covenant) == 3
    # The same again: all of it is there now.
    again = client.post(confirm, data={"preview": hidden(page), "line": ["2", "6"]})
    assert again.status_code == 409 and "Sổ đã thay đổi từ lúc xem trước" in again.text
    assert count(Community) == 4


def test_only_what_was_ticked_comes_in(sqlite_world: World, sign_in: SignIn) -> None:
    client = sign_in("official")
    page = preview(client, sqlite_world, workbook(ROWS))
    confirm = f"/communes/{sqlite_world.commune.code}/import/confirm"
    nothing = client.post(confirm, data={"preview": hidden(page)})
    assert nothing.status_code == 409 and "Chưa chọn dòng nào" in nothing.text
    # A line with an error cannot be slipped in.
    assert client.post(confirm, data={"preview": hidden(page), "line": ["2", "3"]}).status_code == 409
    assert count(Community) == 2
    client.post(confirm, data={"preview": hidden(page), "line": ["6"]})
    with looking() as session:
        assert set(session.scalars(select(Community.name))) == {"Thanh Mai", "Lim", "Nam & Bắc"}


def test_a_preview_is_bound_to_its_person_and_commune_and_cannot_be_changed(sqlite_world: World, sign_in: SignIn) -> None:
    world = sqlite_world
    page = preview(sign_in("official"), world, workbook(ROWS))
    confirm = f"/communes/{world.commune.code}/import/confirm"
    for client, sent, message in (
        (sign_in("official"), hidden(page)[:-3] + "abc", "không còn nguyên vẹn"),
        (sign_in("official"), "", "không còn nguyên vẹn"),
        (sign_in("admin"), hidden(page), "thuộc xã, phường hoặc người khác"),
    ):
        answer = client.post(confirm, data={"preview": sent, "line": ["2"]}, follow_redirects=True)
        assert message in answer.text
    assert count(Community) == 2


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "Tệp rỗng"),
        (b"%PDF-1.7 \xe2\xe3", "không phải tệp Excel"),
        (workbook([["Họ tên", "Tuổi"], ["An", 30]]), "Không thấy hàng tiêu đề"),
        (workbook([["Loại", "Tên"]]), "chưa có dòng nào"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_on_the_same_page(sqlite_world: World, sign_in: SignIn, data: bytes, message: str) -> None:
    page = preview(sign_in("official"), sqlite_world, data)
    assert page.status_code == 422 and message in page.text and "Tải tệp mẫu" in page.text


def test_no_file_at_all(sqlite_world: World, sign_in: SignIn) -> None:
    page = sign_in("official").post(f"/communes/{sqlite_world.commune.code}/import", data={})
    assert page.status_code == 422 and "Hãy chọn tệp" in page.text


def test_the_sample_files(sqlite_world: World, sign_in: SignIn) -> None:
    client = sign_in("official")
    base = f"/communes/{sqlite_world.commune.code}/import/sample"
    book = client.get(f"{base}.xlsx")
    assert book.data.startswith(b"PK") and "attachment" in book.headers["Content-Disposition"]
    assert "chưa có dòng nào" in preview(client, sqlite_world, book.data).text
    assert client.get(f"{base}.csv").data.startswith("\ufeffLoại;Tên;".encode())
    assert client.get(f"{base}.exe").status_code == 404


def test_pages_in_english(sqlite_world: World, sign_in: SignIn) -> None:
    client = sign_in("official")
    client.post("/language", data={"language": "en"})
    for path in keeping_pages(sqlite_world):
        assert client.get(path).status_code == 200, path


def test_a_merged_community_offers_no_declaration(sqlite_world: World, sign_in: SignIn) -> None:
    world = sqlite_world
    into = add_community(world.official, world.commune, kind="thon", name="Đông")
    merge_community(world.official, world.community, into, days_ago(3))
    add_covenant(world.official, into, kind="quy_uoc", name="Quy ước Đông", adopted_on=days_ago(2))
    page = sign_in("official").get(f"/communities/{world.community.id}/edit")
    assert "Bỏ ghi sáp nhập" in page.text and "Khai báo không có" not in page.text
