"""The composed pages of a commune and of a covenant: what they show to whom."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event

from covenant_review.database import db
from covenant_review.registry.operations import add_community, add_covenant, add_status, declare_no_covenant, merge_community
from tests.people import World
from tests.registry_data import days_ago, looking, signed, submission_of

SignIn = Callable[[str], Any]
UNFAIR = "Con gái đã đi lấy chồng thì không được chia đất hương hỏa."
REASON = "Tước quyền thừa kế của con gái."


def text_of(page: Any) -> str:
    """The words of a page, as they are read."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.text).split())


def test_an_official_is_kept_to_the_own_commune_and_the_others_see_all(sqlite_world: World, sign_in: SignIn) -> None:
    world = sqlite_world
    for path, own in ((f"/communes/{world.commune.code}", "official"), (f"/covenants/{world.covenant.id}", "official")):
        for username in (own, "reviewer", "signer", "observer", "admin"):
            assert sign_in(username).get(path).status_code == 200, (username, path)
        foreign = sign_in("neighbour").get(path)
        assert foreign.status_code == 403 and "xã, phường khác" in foreign.text


def test_an_empty_commune_says_what_to_do_next(sqlite_world: World, sign_in: SignIn) -> None:
    from covenant_review.registry.communes import ensure_communes

    ensure_communes()
    page = sign_in("admin").get("/communes/09370")
    assert "Nhập từ Excel" in page.text and "Sổ chưa có thôn" in page.text and "09376" in page.text
    assert "Nhập từ Excel" not in sign_in("reviewer").get("/communes/09370").text


def test_the_register_tells_apart_what_is_declared_missing_drafted_and_inherited(sqlite_world: World, sign_in: SignIn) -> None:
    world = sqlite_world
    nothing = add_community(world.official, world.commune, kind="thon", name="Đông")
    declared = add_community(world.official, world.commune, kind="thon", name="Tây")
    declare_no_covenant(world.official, declared, date(2026, 3, 5))
    add_covenant(world.official, nothing, kind="huong_uoc", name="Dự thảo Đông", drafted_on=days_ago(3))
    add_community(world.official, world.commune, kind="thon", name="Nam")
    old = add_community(world.official, world.commune, kind="thon", name="Cổ")
    add_covenant(world.official, old, kind="huong_uoc", name="Hương ước thôn Cổ", recognised_on=date(1999, 5, 1))
    merge_community(world.official, old, nothing, date(2025, 7, 1))
    page = sign_in("official").get(f"/communes/{world.commune.code}")
    text = text_of(page)
    assert "Đã khai báo không có (từ 05/03/2026)" in text
    assert text.count("Chưa có trong sổ") == 1
    assert "của thôn Cổ cũ" in text and "Thôn, tổ dân phố đã sáp nhập (1)" in text
    assert "Dự thảo" in text and "Không tính: chưa hoặc không còn hiệu lực" in text
    assert "2 hương ước, quy ước còn hiệu lực, trong đó 2 ○ Chưa nộp" in text
    assert f"/communes/{world.commune.code}/upload?covenant={world.covenant.id}" in page.text


def test_only_who_may_sees_the_buttons(sqlite_world: World, sign_in: SignIn) -> None:
    world = sqlite_world
    upload, keep = "/upload", "/communities/new"
    seen = {}
    for username in ("official", "reviewer", "signer", "observer", "admin"):
        page = sign_in(username).get(f"/communes/{world.commune.code}").text
        seen[username] = (upload in page, keep in page)
    assert seen == {
        "official": (True, True), "reviewer": (False, False), "signer": (False, False), "observer": (False, False), "admin": (False, True),
    }  # fmt: skip


def test_a_signed_conclusion_asks_for_change_until_an_amended_version_comes(sqlite_world: World, sign_in: SignIn) -> None:
    world = sqlite_world
    first = submission_of(world, world.covenant, file_name="ban-1.docx")
    signed(world, first, flags={UNFAIR: REASON})
    client = sign_in("official")
    page = client.get(f"/communes/{world.commune.code}")
    text = text_of(page)
    assert "Yêu cầu sửa đổi (1)" in text
    assert "Điều 5, khoản 2" in text and UNFAIR in text and REASON in text
    assert "Mọi hộ giữ gìn vệ sinh" not in text
    assert "Nộp bản sửa" in text and f"/submissions/{first}" in page.text
    assert "Có phân biệt, yêu cầu sửa đổi" in text
    covenant = text_of(client.get(f"/covenants/{world.covenant.id}"))
    assert UNFAIR in covenant and REASON in covenant and "Vũ Thị Ký ký ngày" in covenant
    submission_of(world, world.covenant, state="queued", file_name="ban-2.docx")
    text = text_of(client.get(f"/communes/{world.commune.code}"))
    assert "Yêu cầu sửa đổi (" not in text and "Đang rà soát" in text and "Bản 2" in text
    covenant = text_of(client.get(f"/covenants/{world.covenant.id}"))
    assert "ban-2.docx" in covenant and "ban-1.docx" in covenant
    # The old version keeps its conclusion.
    assert "Có phân biệt đối xử về giới" in covenant and UNFAIR not in covenant


def test_a_compliant_conclusion_asks_nothing(sqlite_world: World, sign_in: SignIn) -> None:
    signed(sqlite_world, submission_of(sqlite_world, sqlite_world.covenant), flags={})
    text = text_of(sign_in("official").get(f"/communes/{sqlite_world.commune.code}"))
    assert "Yêu cầu sửa đổi" not in text and "1 ✓ Không phân biệt đối xử về giới" in text


def test_a_covenant_no_longer_in_force_is_asked_nothing(sqlite_world: World, sign_in: SignIn) -> None:
    world = sqlite_world
    signed(world, submission_of(world, world.covenant), flags={UNFAIR: REASON})
    add_status(world.official, world.covenant, status="abolished", on=days_ago(1), document="QĐ 1")
    page = text_of(sign_in("official").get(f"/communes/{world.commune.code}"))
    assert "Yêu cầu sửa đổi" not in page and "0 hương ước, quy ước còn hiệu lực" in page
    assert "Bãi bỏ" in text_of(sign_in("official").get(f"/covenants/{world.covenant.id}"))


def test_files_that_wait_to_be_attached(sqlite_world: World, sign_in: SignIn) -> None:
    world = sqlite_world
    loose = submission_of(world, None, file_name="chua-gan.docx")
    page = sign_in("official").get(f"/communes/{world.commune.code}")
    assert "chua-gan.docx" in page.text
    assert f'action="/submissions/{loose}/attach"' in page.text and f'<option value="{world.covenant.id}">' in page.text
    reviewer = sign_in("reviewer").get(f"/communes/{world.commune.code}")
    assert "chua-gan.docx" in reviewer.text and "/attach" not in reviewer.text
    observer = sign_in("observer").get(f"/communes/{world.commune.code}")
    assert "chua-gan.docx" in observer.text and f"/submissions/{loose}" not in observer.text


def test_versions_link_to_the_review_for_reviewers_only(sqlite_world: World, sign_in: SignIn) -> None:
    world = sqlite_world
    read = submission_of(world, world.covenant)
    unread = submission_of(world, world.covenant, state="unreadable")
    page = sign_in("reviewer").get(f"/covenants/{world.covenant.id}").text
    assert f'"/review/{read}"' in page and f'"/review/{unread}"' not in page
    assert "Không đọc được chữ nào trong tệp" in page
    assert "/review/" not in sign_in("official").get(f"/covenants/{world.covenant.id}").text
    observer = sign_in("observer").get(f"/covenants/{world.covenant.id}").text
    assert "/submissions/" not in observer


def test_a_replaced_covenant_and_its_successor_point_at_each_other(sqlite_world: World, sign_in: SignIn) -> None:
    world = sqlite_world
    new = add_covenant(world.official, world.community, kind="quy_uoc", name="Quy ước 2026", adopted_on=days_ago(30))
    add_status(world.official, world.covenant, status="replaced", on=days_ago(29), replaced_by=new)
    client = sign_in("observer")
    assert f'<a href="/covenants/{new.id}">Quy ước 2026</a>' in client.get(f"/covenants/{world.covenant.id}").text
    assert f'<a href="/covenants/{world.covenant.id}">' in client.get(f"/covenants/{new.id}").text


@pytest.mark.parametrize("path", ["/communes/07228", "/communes"])
def test_a_long_register_takes_no_more_queries_than_a_short_one(sqlite_world: World, sign_in: SignIn, path: str) -> None:
    world, client = sqlite_world, sign_in("official")

    def queries() -> int:
        asked: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            asked.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        assert client.get(path).status_code == 200
        event.remove(db.engine, "before_cursor_execute", note)
        return len(asked)

    def grow(number: int) -> None:
        community = add_community(world.official, world.commune, kind="thon", name=f"Thôn số {number}")
        for name in ("A", "B"):
            covenant = add_covenant(world.official, community, kind="huong_uoc", name=name, adopted_on=days_ago(9))
            signed(world, submission_of(world, covenant, file_name=f"{number}{name}.docx"), flags={UNFAIR: REASON})

    grow(0)
    before = queries()
    for number in range(1, 8):
        grow(number)
        submission_of(world, None, file_name=f"{number}.docx")
    merged = [add_community(world.official, world.commune, kind="lang", name=f"Cũ {number}") for number in range(4)]
    for one in merged:
        merge_community(world.official, one, world.community, days_ago(2))
    with looking():
        pass
    assert queries() <= before + 2
