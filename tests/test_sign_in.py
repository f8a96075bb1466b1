"""Signing in and out, from outside: lockout, first password, CSRF, redirects, sessions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import timedelta
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from covenant_review.accounts.models import ALLOWED_FAILURES, LOCKED_FOR, User
from covenant_review.accounts.operations import change_person
from covenant_review.audit.models import AuditEvent
from covenant_review.database import db, now, transaction
from tests.people import PASSWORD, World

SignIn = Callable[[str], FlaskClient]
WRONG = "Tên đăng nhập hoặc mật khẩu không đúng."
LOCKED = "Tài khoản tạm khóa do nhập sai mật khẩu nhiều lần."


def try_password(client: FlaskClient, password: str, username: str = "reviewer") -> str:
    """The page after a sign-in that must fail."""
    answer = client.post("/login", data={"username": username, "password": password})
    assert answer.status_code == 200
    return answer.text


def reviewer(world: World) -> User:
    return db.session.get_one(User, world.reviewer.id, populate_existing=True)


@pytest.fixture
def visitor(sqlite_world: World, sqlite_app: Flask) -> FlaskClient:
    """Somebody who has not signed in."""
    return sqlite_app.test_client()


@pytest.fixture
def guarded(sqlite_world: World, sqlite_app: Flask) -> Iterator[FlaskClient]:
    """The same, with CSRF protection on as in the field."""
    sqlite_app.config["WTF_CSRF_ENABLED"] = True
    yield sqlite_app.test_client()
    sqlite_app.config["WTF_CSRF_ENABLED"] = False


def test_signing_in_and_where_work_begins(visitor: FlaskClient, sqlite_world: World) -> None:
    answer = visitor.post("/login", data={"username": "  Reviewer ", "password": PASSWORD})
    assert answer.status_code == 302 and answer.headers["Location"] == "/"
    assert visitor.get("/").headers["Location"] == "/review"
    assert reviewer(sqlite_world).last_login_at is not None
    last = db.session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert last is not None and (last.action, last.actor_id) == ("accounts.signed_in", sqlite_world.reviewer.id)


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_however_the_keyboard_writes_the_marks(visitor: FlaskClient, form: str) -> None:
    password = unicodedata.normalize(form, PASSWORD)  # type: ignore[arg-type]
    assert visitor.post("/login", data={"username": "reviewer", "password": password}).status_code == 302


def test_the_message_does_not_tell_which_accounts_exist(visitor: FlaskClient) -> None:
    known, unknown = try_password(visitor, "sai mật khẩu rồi"), try_password(visitor, "sai mật khẩu rồi", "nobody")
    assert WRONG in known and WRONG in unknown
    without_echo = [re.sub(r'value="[^"]*"', "", page) for page in (known, unknown)]
    assert without_echo[0] == without_echo[1]


def test_five_wrong_passwords_lock_for_a_quarter_of_an_hour(visitor: FlaskClient, sqlite_world: World) -> None:
    for _attempt in range(ALLOWED_FAILURES - 1):
        assert WRONG in try_password(visitor, "sai")
    assert not reviewer(sqlite_world).is_locked()
    assert LOCKED in try_password(visitor, "sai")
    until = reviewer(sqlite_world).locked_until
    assert until is not None and timedelta(minutes=14) < until - now() <= LOCKED_FOR == timedelta(minutes=15)
    assert LOCKED in try_password(visitor, PASSWORD)
    assert visitor.get("/tally").headers["Location"].startswith("/login")
    last = db.session.scalars(
        select(AuditEvent).where(AuditEvent.action == "accounts.sign_in_failed").order_by(AuditEvent.id.desc())
    ).first()
    assert last is not None and last.details == {"username": "reviewer", "locked": True}


def test_the_lock_ends_by_itself(visitor: FlaskClient, sqlite_world: World) -> None:
    for _attempt in range(ALLOWED_FAILURES):
        try_password(visitor, "sai")
    with transaction():
        reviewer(sqlite_world).locked_until = now() - timedelta(seconds=1)
    assert visitor.post("/login", data={"username": "reviewer", "password": PASSWORD}).status_code == 302
    assert (reviewer(sqlite_world).failed_logins, reviewer(sqlite_world).locked_until) == (0, None)


def test_a_right_password_starts_the_count_again(visitor: FlaskClient, sqlite_world: World) -> None:
    for _round in range(2):
        for _attempt in range(ALLOWED_FAILURES - 1):
            try_password(visitor, "sai")
        assert visitor.post("/login", data={"username": "reviewer", "password": PASSWORD}).status_code == 302
        visitor.post("/logout")
    assert not reviewer(sqlite_world).is_locked()


def test_a_stopped_account_cannot_sign_in(visitor: FlaskClient, sqlite_world: World) -> None:
    change_person(sqlite_world.administrator, sqlite_world.reviewer, full_name="R", roles=("reviewer",), commune_id=None, active=False)
    assert WRONG in try_password(visitor, "sai")
    assert "đã ngừng hoạt động" in try_password(visitor, PASSWORD)


def test_a_session_ends_when_the_account_is_stopped(sqlite_world: World, sign_in: SignIn) -> None:
    client = sign_in("reviewer")
    assert client.get("/tally").status_code == 200
    change_person(sqlite_world.administrator, sqlite_world.reviewer, full_name="R", roles=("reviewer",), commune_id=None, active=False)
    assert client.get("/tally").headers["Location"].startswith("/login")
    change_person(sqlite_world.administrator, sqlite_world.reviewer, full_name="R", roles=("reviewer",), commune_id=None, active=True)
    assert client.get("/tally").headers["Location"].startswith("/login"), "an old session must not come back to life"


def test_a_role_taken_away_counts_at_once(sqlite_world: World, sign_in: SignIn) -> None:
    client = sign_in("reviewer")
    assert client.get("/tally/communes.csv").status_code == 200
    change_person(
        sqlite_world.administrator, sqlite_world.reviewer, full_name="R", roles=("commune_official",),
        commune_id=sqlite_world.commune.id, active=True,
    )  # fmt: skip
    assert client.get("/tally/communes.csv").status_code == 403


def test_the_first_password_must_be_changed_before_anything_else(sqlite_world: World, sign_in: SignIn, sqlite_app: Flask) -> None:
    with transaction():
        sqlite_world.reviewer.must_change_password = True
        db.session.add(_event_for(sqlite_world.reviewer))
    client = sign_in("reviewer")
    assert client.get("/tally").headers["Location"] == client.get("/").headers["Location"] == "/account/password"

    def change(old: str, new: str, again: str | None = None) -> tuple[int, str]:
        answer = client.post("/account/password", data={"old": old, "new": new, "again": new if again is None else again})
        return answer.status_code, answer.text

    assert "Mật khẩu hiện tại không đúng." in change("sai", "một mật khẩu mới dài")[1]
    assert "có ít nhất 14 ký tự" in change(PASSWORD, "ngắn quá")[1]
    assert "không giống nhau" in change(PASSWORD, "một mật khẩu mới dài", "một mật khẩu khác dài")[1]
    assert "phải khác mật khẩu hiện tại" in change(PASSWORD, PASSWORD)[1]
    assert reviewer(sqlite_world).must_change_password
    assert change(PASSWORD, "một mật khẩu mới dài")[0] == 302
    assert client.get("/tally").status_code == 200
    other = sqlite_app.test_client()
    assert WRONG in try_password(other, PASSWORD)
    assert other.post("/login", data={"username": "reviewer", "password": "một mật khẩu mới dài"}).status_code == 302


def test_changing_the_password_ends_the_other_sessions(sqlite_world: World, sign_in: SignIn) -> None:
    here, elsewhere = sign_in("reviewer"), sign_in("reviewer")
    here.post("/account/password", data={"old": PASSWORD, "new": "một mật khẩu mới dài", "again": "một mật khẩu mới dài"})
    assert here.get("/tally").status_code == 200
    assert elsewhere.get("/tally").headers["Location"].startswith("/login")


def test_signing_out_takes_a_button(sqlite_world: World, sign_in: SignIn) -> None:
    client = sign_in("reviewer")
    assert client.get("/logout").status_code == 405
    assert client.get("/tally").status_code == 200
    assert client.post("/logout").headers["Location"] == "/login"
    assert client.get("/tally").headers["Location"].startswith("/login")
    assert db.session.scalar(select(AuditEvent.action).order_by(AuditEvent.id.desc()).limit(1)) == "accounts.signed_out"


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example/x",
        "https://evil.example/",
        "http:evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/%09/evil.example",
    ],
)
def test_no_redirect_to_another_site(visitor: FlaskClient, target: str) -> None:
    visitor.get("/login", query_string={"next": target})
    answer = visitor.post("/login", query_string={"next": target}, data={"username": "reviewer", "password": PASSWORD, "next": target})
    if answer.status_code == 302:
        # Browsers read a backslash as a slash, unless it is escaped.
        location = urlsplit(urljoin("http://localhost/login", answer.headers["Location"].replace("\\", "/")))
        assert (location.scheme, location.netloc) == ("http", "localhost"), location
    else:
        assert answer.status_code == 200 and visitor.get("/tally").headers["Location"].startswith("/login")


def test_signing_in_leads_back_to_the_page_asked_for(visitor: FlaskClient) -> None:
    login = visitor.get("/tally/covenants?group=compliant").headers["Location"]
    assert login == "/login?next=/tally/covenants?group%3Dcompliant"
    page = visitor.get(login).text
    target = re.search(r'name="next" value="([^"]*)"', page)
    assert target is not None
    answer = visitor.post("/login", data={"username": "reviewer", "password": PASSWORD, "next": target.group(1)})
    assert answer.headers["Location"] == "/tally/covenants?group=compliant"


def token(client: FlaskClient, address: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(address).text)
    assert found is not None
    return found.group(1)


def test_without_the_page_s_token_nothing_can_be_sent(guarded: FlaskClient, sqlite_world: World) -> None:
    answer = guarded.post("/login", data={"username": "reviewer", "password": PASSWORD})
    assert answer.status_code == 400 and guarded.get("/tally").headers["Location"].startswith("/login")
    answer = guarded.post("/login", data={"username": "admin", "password": PASSWORD, "csrf_token": token(guarded, "/login")})
    assert answer.status_code == 302
    other = sqlite_world.reviewer.id
    for address in ("/logout", "/language", "/accounts/new", f"/accounts/{other}", f"/accounts/{other}/password", "/account/password"):
        answer = guarded.post(address, data={"username": "hoa.moi", "full_name": "Hoa", "roles": "reviewer", "commune": ""})
        assert answer.status_code == 400, address
        assert "Phiên làm việc đã hết hạn" in answer.text
    assert not reviewer(sqlite_world).must_change_password
    good = token(guarded, f"/accounts/{other}")
    assert guarded.post(f"/accounts/{other}/password", data={"csrf_token": good}).status_code == 200
    assert reviewer(sqlite_world).must_change_password
    assert guarded.post("/logout", data={"csrf_token": good}).status_code == 302


def test_the_cookie_is_kept_from_scripts_and_other_sites(visitor: FlaskClient) -> None:
    answer = visitor.post("/login", data={"username": "reviewer", "password": PASSWORD})
    cookie = next(value for value in answer.headers.getlist("Set-Cookie") if value.startswith("session="))
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie


def _event_for(person: User) -> AuditEvent:
    from covenant_review.audit.log import record

    return record(db.session(), None, "tests.password_made_first", "user", person.id)
