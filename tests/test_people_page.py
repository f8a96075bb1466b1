"""Keeping accounts: operations and pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from covenant_review.accounts.models import User
from covenant_review.accounts.operations import change_person, create_person, new_password, reset_password
from covenant_review.accounts.permissions import ROLES
from covenant_review.audit.models import AuditEvent
from covenant_review.database import db, now, transaction
from covenant_review.refusals import Forbidden, Invalid, Refused
from covenant_review.web.signin import hashed, matches
from tests.people import PASSWORD, World

SignIn = Callable[[str], FlaskClient]


def last_event() -> AuditEvent:
    event = db.session.scalar(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1))
    assert event is not None
    return event


def events() -> int:
    return len(db.session.scalars(select(AuditEvent)).all())


def shown_password(page: str) -> str:
    (found,) = re.findall(r"<code>([a-z0-9-]+)</code>", page)
    return str(found)


# Operations


def test_open_an_account(world: World) -> None:
    person = create_person(
        world.administrator,
        username=" Nguyen.Thi.Hoa ",
        full_name=" Nguyễn Thị Hoa ",
        roles=("commune_official",),
        commune_id=world.commune.id,
        password_hash=hashed("một mật khẩu đủ dài"),
    )
    assert (person.username, person.full_name, person.must_change_password, person.active) == (
        "nguyen.thi.hoa",
        "Nguyễn Thị Hoa",
        True,
        True,
    )
    event = last_event()
    assert (event.action, event.actor_name, event.subject_id) == ("accounts.person_created", "Hoàng Thị Quản", person.id)
    assert event.details == {"username": "nguyen.thi.hoa", "roles": ["commune_official"], "commune_id": world.commune.id}
    assert "mật khẩu" not in str(event.details) and "argon2" not in str(event.details)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"username": "ab"}, "username"),
        ({"username": "có dấu"}, "username"),
        ({"username": ".anh"}, "username"),
        ({"full_name": "  "}, "full_name"),
        ({"roles": ()}, "roles"),
        ({"roles": ("king",)}, "roles"),
        ({"roles": ("commune_official",)}, "commune"),
        ({"roles": ("reviewer",), "commune_id": 1}, "commune"),
    ],
)
def test_what_cannot_be_an_account(world: World, change: dict[str, object], code: str) -> None:
    before = events()
    with pytest.raises(Invalid) as refusal:
        create_person(
            world.administrator,
            **{"username": "hoa", "full_name": "Hoa", "roles": ("reviewer",), "password_hash": "x", **change},  # type: ignore[arg-type]
        )
    assert refusal.value.code == code and events() == before


def test_a_user_name_belongs_to_one_person(world: World) -> None:
    with pytest.raises(Refused) as refusal:
        create_person(world.administrator, username="REVIEWER", full_name="Khác", roles=("reviewer",), password_hash="x")
    assert refusal.value.code == "username_taken"


@pytest.mark.parametrize("who", ["official", "reviewer", "signer", "observer"])
def test_only_administrators_keep_accounts(world: World, who: str) -> None:
    actor: User = getattr(world, who)
    with pytest.raises(Forbidden):
        create_person(actor, username="hoa", full_name="Hoa", roles=("reviewer",), password_hash="x")
    with pytest.raises(Forbidden):
        change_person(actor, world.reviewer, full_name="Hoa", roles=("reviewer",), commune_id=None, active=True)
    with pytest.raises(Forbidden):
        reset_password(actor, world.reviewer, "x")


def test_change_an_account(world: World) -> None:
    change_person(world.administrator, world.reviewer, full_name="Lê Thị Rà", roles=("signer", "observer"), commune_id=None, active=True)
    event = last_event()
    assert event.action == "accounts.person_changed" and event.subject_id == world.reviewer.id
    assert event.details["before"]["roles"] == ["reviewer"] and event.details["after"]["roles"] == ["observer", "signer"]
    assert world.reviewer.role_names == {"signer", "observer"}


def test_saving_without_a_change_writes_nothing(world: World) -> None:
    before = events()
    change_person(world.administrator, world.reviewer, full_name="Lê Thị Rà", roles=("reviewer",), commune_id=None, active=True)
    assert events() == before


def test_the_last_administrator_stays(world: World) -> None:
    with pytest.raises(Refused) as refusal:
        change_person(world.administrator, world.administrator, full_name="Q", roles=("observer",), commune_id=None, active=True)
    assert refusal.value.code == "last_administrator"
    db.session.expire_all()
    person = db.session.get_one(User, world.administrator.id)
    assert person.role_names == {"administrator"} and person.full_name == "Hoàng Thị Quản"


def test_a_second_administrator_can_take_the_first_away(world: World) -> None:
    second = create_person(None, username="second", full_name="Hai", roles=("administrator",), password_hash="x")
    change_person(second, world.administrator, full_name="Hoàng Thị Quản", roles=("administrator",), commune_id=None, active=False)
    assert not db.session.get_one(User, world.administrator.id).active
    with pytest.raises(Refused) as refusal:
        change_person(second, second, full_name="Hai", roles=("administrator",), commune_id=None, active=False)
    assert refusal.value.code == "own_account"


def test_stopping_an_account_ends_its_sessions_once(world: World) -> None:
    key = world.reviewer.fs_uniquifier
    change_person(world.administrator, world.reviewer, full_name="Lê Thị Rà", roles=("reviewer",), commune_id=None, active=False)
    assert world.reviewer.fs_uniquifier != key


def test_a_new_password_ends_sessions_and_a_lock(world: World) -> None:
    with transaction():
        world.reviewer.failed_logins, world.reviewer.locked_until = 3, now() + timedelta(minutes=15)
    key = world.reviewer.fs_uniquifier
    reset_password(world.administrator, world.reviewer, hashed("mật khẩu cấp lại"))
    person = world.reviewer
    assert (person.must_change_password, person.failed_logins, person.locked_until) == (True, 0, None)
    assert person.fs_uniquifier != key and matches("mật khẩu cấp lại", person) and not matches(PASSWORD, person)
    assert last_event().action == "accounts.password_reset" and last_event().details == {}


def test_the_own_password_is_not_reset(world: World) -> None:
    with pytest.raises(Refused) as refusal:
        reset_password(world.administrator, world.administrator, "x")
    assert refusal.value.code == "own_password"


def test_random_passwords_are_long_different_and_easy_to_read() -> None:
    made = {new_password() for _ in range(200)}
    assert len(made) == 200
    assert all(re.fullmatch(r"(?:[a-hjkmnp-z2-9]{5}-){3}[a-hjkmnp-z2-9]{5}", one) for one in made)


# Pages


def test_the_list_shows_everybody(sqlite_world: World, sign_in: SignIn) -> None:
    with transaction():
        sqlite_world.signer.locked_until = now() + timedelta(minutes=10)
    page = sign_in("admin").get("/accounts").text
    for person in ("Nguyễn Thị Cán", "Trần Văn Láng", "Vũ Thị Ký", "Hoàng Thị Quản"):
        assert person in page
    assert "phường Đa Mai" in page and "Tạm khóa đến" in page and "chưa lần nào" in page and "Công chức cấp xã" in page


def test_finding_somebody(sqlite_world: World, sign_in: SignIn) -> None:
    client = sign_in("admin")

    def found(query: str) -> set[str]:
        return set(re.findall(r'<th scope="row"><a [^>]*>([^<]+)</a>', client.get(f"/accounts?{query}").text))

    assert found("q=da+mai") == {"Nguyễn Thị Cán"}
    assert found("q=L%C3%A1ng") == {"Trần Văn Láng"} == found("q=neighbour")
    assert found("role=reviewer") == {"Lê Thị Rà", "Phạm Văn Soát"}
    assert found("q=khong-co-ai") == set()


def test_opening_an_account_shows_the_password_once(sqlite_world: World, sign_in: SignIn, sqlite_app: Flask) -> None:
    client = sign_in("admin")
    fields = {"username": "moi.vao", "full_name": "Người Mới", "roles": "commune_official", "commune": str(sqlite_world.commune.id)}
    answer = client.post("/accounts/new", data=fields)
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    password = shown_password(answer.text)
    person = db.session.scalar(select(User).where(User.username == "moi.vao"))
    assert person is not None and person.must_change_password and person.commune_id == sqlite_world.commune.id
    assert matches(password, person) and password not in (person.password or "")
    assert all(password not in str(event.details) for event in db.session.scalars(select(AuditEvent)))
    assert password not in client.get("/accounts").text and password not in client.get(f"/accounts/{person.id}").text
    newcomer = sqlite_app.test_client()
    assert newcomer.post("/login", data={"username": "moi.vao", "password": password}).status_code == 302
    assert newcomer.get("/tally").headers["Location"] == "/account/password"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"username": "reviewer"}, "Tên đăng nhập này đã có người dùng."),
        ({"username": "x"}, "Tên đăng nhập có ít nhất 3 ký tự"),
        ({"full_name": ""}, "Hãy nhập họ và tên."),
        ({"roles": []}, "Hãy chọn ít nhất một vai trò."),
        ({"roles": "commune_official"}, "Công chức cấp xã phải thuộc một xã, phường"),
        ({"roles": "king"}, "king"),
        ({"commune": "999"}, "form-select is-invalid"),
    ],
)
def test_a_form_filled_in_wrongly_comes_back(sqlite_world: World, sign_in: SignIn, change: dict[str, object], message: str) -> None:
    client, before = sign_in("admin"), len(db.session.scalars(select(User)).all())
    answer = client.post(
        "/accounts/new", data={"username": "moi.vao", "full_name": "Người Mới", "roles": "reviewer", "commune": "", **change}
    )
    assert answer.status_code == 200 and message in answer.text and "<code>" not in answer.text
    assert len(db.session.scalars(select(User)).all()) == before


def test_changing_and_stopping_an_account(sqlite_world: World, sign_in: SignIn) -> None:
    client, address = sign_in("admin"), f"/accounts/{sqlite_world.second_reviewer.id}"
    assert 'value="Phạm Văn Soát"' in client.get(address).text
    answer = client.post(address, data={"full_name": "Phạm Văn Soát", "roles": ["reviewer", "observer"], "commune": ""})
    assert answer.status_code == 302
    person = db.session.get_one(User, sqlite_world.second_reviewer.id, populate_existing=True)
    assert not person.active and person.role_names == {"reviewer", "observer"}
    assert "Đã ngừng" in client.get("/accounts").text


def test_the_last_administrator_stays_on_the_page_too(sqlite_world: World, sign_in: SignIn) -> None:
    client, address = sign_in("admin"), f"/accounts/{sqlite_world.administrator.id}"
    answer = client.post(address, data={"full_name": "Q", "roles": "observer", "commune": "", "active": "y"})
    assert answer.status_code == 200 and "Phải còn ít nhất một quản trị viên" in answer.text
    answer = client.post(address, data={"full_name": "Q", "roles": "administrator", "commune": ""})
    assert answer.status_code == 200 and "không thể tự ngừng" in answer.text
    assert client.post(f"{address}/password").status_code == 409
    assert "Cấp lại mật khẩu" not in client.get(address).text


def test_giving_a_new_password(sqlite_world: World, sign_in: SignIn, sqlite_app: Flask) -> None:
    reviewer = sign_in("reviewer")
    answer = sign_in("admin").post(f"/accounts/{sqlite_world.reviewer.id}/password")
    password = shown_password(answer.text)
    assert answer.headers["Cache-Control"] == "no-store"
    assert reviewer.get("/tally").headers["Location"].startswith("/login")
    client = sqlite_app.test_client()
    assert client.post("/login", data={"username": "reviewer", "password": PASSWORD}).status_code == 200
    assert client.post("/login", data={"username": "reviewer", "password": password}).status_code == 302


@pytest.mark.parametrize("who", ["official", "reviewer", "signer", "observer"])
def test_nobody_else_reaches_the_accounts(sqlite_world: World, sign_in: SignIn, who: str) -> None:
    client, other = sign_in(who), sqlite_world.second_reviewer.id
    assert (
        client.get("/accounts").status_code
        == client.get("/accounts/new").status_code
        == client.get(f"/accounts/{other}").status_code
        == 403
    )
    assert client.post("/accounts/new", data={}).status_code == client.post(f"/accounts/{other}/password").status_code == 403


def test_unknown_account(sqlite_world: World, sign_in: SignIn) -> None:
    client = sign_in("admin")
    assert client.get("/accounts/9999").status_code == client.post("/accounts/9999/password").status_code == 404


def test_every_role_can_be_given(sqlite_world: World, sign_in: SignIn) -> None:
    page = sign_in("admin").get("/accounts/new").text
    assert re.findall(r'type="checkbox" value="([a-z_]+)"', page) == list(ROLES)
