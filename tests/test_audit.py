"""The audit log: cannot be rewritten, notices if it was, and can be searched."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from covenant_review.accounts.operations import change_person, reset_password
from covenant_review.audit.log import broken_links, record
from covenant_review.audit.models import AuditEvent
from covenant_review.database import db, now, transaction
from covenant_review.registry.days import today
from covenant_review.web.audit_words import ACTIONS, PARTS, SUBJECTS
from covenant_review.web.errors import guard_code
from tests.people import World

SignIn = Callable[[str], FlaskClient]
PACKAGE = Path(__file__).resolve().parent.parent / "covenant_review"


def write(world: World, *actions: str) -> list[int]:
    """Events of the administrator on nothing in particular."""
    ids = []
    for action in actions:
        with transaction() as session:
            ids.append(record(session, world.administrator, action, "user", world.reviewer.id, note="ghi chú").id)
    return ids


def drop_guards() -> None:
    """What somebody with the database's password could do."""
    with db.engine.begin() as connection:
        for name in ("guard_audit_rewritten_update", "guard_audit_erased_delete"):
            on = " ON audit_event" if connection.dialect.name == "postgresql" else ""
            connection.execute(text(f"DROP TRIGGER {name}{on}"))


def behind_the_back(statement: str, **values: object) -> None:
    db.session.remove()
    drop_guards()
    with db.engine.begin() as connection:
        assert connection.execute(text(statement), values).rowcount == 1


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE audit_event SET actor_name = 'Ai đó'", "audit_rewritten"),
        ("UPDATE audit_event SET digest = 'x' WHERE id = 1", "audit_rewritten"),
        ("DELETE FROM audit_event", "audit_erased"),
        ("DELETE FROM audit_event WHERE id = 1", "audit_erased"),
    ],
)
def test_the_database_refuses_to_change_the_log(world: World, statement: str, code: str) -> None:
    db.session.remove()
    with db.engine.connect() as connection:
        before = connection.execute(text("SELECT count(*), max(digest) FROM audit_event")).one()
    with pytest.raises(DBAPIError) as refusal, db.engine.begin() as connection:
        connection.execute(text(statement))
    assert guard_code(refusal.value) == code
    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*), max(digest) FROM audit_event")).one() == before


def test_the_program_cannot_change_the_log_either(world: World) -> None:
    event = db.session.scalars(select(AuditEvent)).first()
    assert event is not None
    with pytest.raises(DBAPIError), transaction() as session:
        event.actor_name = "Ai đó"
        session.flush()
    with pytest.raises(DBAPIError), transaction() as session:
        session.delete(session.scalars(select(AuditEvent)).first())
        session.flush()


def test_an_untouched_log_is_intact(world: World) -> None:
    reset_password(world.administrator, world.reviewer, "x")
    write(world, "tests.một", "tests.hai")
    assert list(broken_links(db.session())) == []


@pytest.mark.parametrize(
    "change",
    [
        "actor_name = 'Ai đó'",
        "actor_id = NULL",
        "action = 'tests.khác'",
        "subject_id = 999",
        "details = '{}'",
        "address = '10.0.0.1'",
        "subject_type = 'covenant'",
    ],
)
def test_the_chain_notices_a_changed_row(world: World, change: str) -> None:
    _first, middle, _last = write(world, "tests.một", "tests.hai", "tests.ba")
    behind_the_back(f"UPDATE audit_event SET {change} WHERE id = :id", id=middle)
    assert [event.id for event in broken_links(db.session())] == [middle]


def test_the_chain_notices_a_changed_time(world: World) -> None:
    _first, middle, _last = write(world, "tests.một", "tests.hai", "tests.ba")
    behind_the_back("UPDATE audit_event SET at = (SELECT at FROM audit_event WHERE id = 1) WHERE id = :id", id=middle)
    assert [event.id for event in broken_links(db.session())] == [middle]


def test_the_chain_notices_a_removed_row(world: World) -> None:
    _first, middle, last = write(world, "tests.một", "tests.hai", "tests.ba")
    behind_the_back("DELETE FROM audit_event WHERE id = :id", id=middle)
    assert [event.id for event in broken_links(db.session())] == [last]


def test_a_digest_made_to_fit_breaks_the_next_link(world: World) -> None:
    """Whoever recomputes one row's digest has to rewrite everything after it."""
    from covenant_review.audit.log import _digest

    _first, middle, last = write(world, "tests.một", "tests.hai", "tests.ba")
    event = db.session.get_one(AuditEvent, middle)
    db.session.expunge(event)
    event.action = "tests.khác"
    behind_the_back("UPDATE audit_event SET action = 'tests.khác', digest = :digest WHERE id = :id", digest=_digest(event), id=middle)
    assert [event.id for event in broken_links(db.session())] == [last]


def test_an_event_is_rolled_back_with_its_change(world: World) -> None:
    before = len(db.session.scalars(select(AuditEvent)).all())
    with pytest.raises(RuntimeError), transaction() as session:
        record(session, world.administrator, "tests.một", "user", 1)
        raise RuntimeError("hỏng giữa chừng")
    assert len(db.session.scalars(select(AuditEvent)).all()) == before


# The page


def listed(page: str) -> list[str]:
    return re.findall(r'<th scope="row">([^<]+)</th>', page)


def test_newest_first_in_words(sqlite_world: World, sign_in: SignIn) -> None:
    write(sqlite_world, "registry.covenant_added", "review.verdict_signed", "tests.chưa_có_lời")
    page = sign_in("admin").get("/audit").text
    assert listed(page)[:4] == ["Đăng nhập", "tests.chưa_có_lời", "Ký duyệt kết luận", "Thêm hương ước, quy ước vào sổ đăng ký"]
    assert "ghi chú" in page and "<details>" in page and f'href="/accounts/{sqlite_world.reviewer.id}"' in page


def test_filters(sqlite_world: World, sign_in: SignIn) -> None:
    write(sqlite_world, "registry.covenant_added", "review.verdict_signed")
    with transaction() as session:
        record(session, sqlite_world.signer, "review.verdict_sent_back", "submission", 77)
    client, day = sign_in("admin"), today()

    def found(query: str) -> list[str]:
        answer = client.get(f"/audit?{query}")
        assert answer.status_code == 200
        return listed(answer.text)

    assert found(f"person={sqlite_world.signer.id}") == ["Trả lại kết luận"]
    assert "Trả lại kết luận" not in found("person=system") and found("person=system")
    assert found("action=review.") == ["Trả lại kết luận", "Ký duyệt kết luận"]
    assert found("action=review.verdict_signed") == ["Ký duyệt kết luận"]
    assert found("subject=submission&subject_id=77") == ["Trả lại kết luận"] == found("subject_id=77")
    assert found("action=review%25") == [] == found("action=revie_.")
    assert found(f"from={day}&to={day}&action=review.") == ["Trả lại kết luận", "Ký duyệt kết luận"]
    assert found(f"to={day - timedelta(days=1)}") == [] == found(f"from={day + timedelta(days=1)}")
    assert "Không có việc nào như vậy" in client.get("/audit?subject_id=123456").text


@pytest.mark.parametrize(
    "query", ["from=hôm+qua", "to=31/02/2026", "subject_id=x", "person=ai", "from=2026-11-23&to=2026-11-01", "subject_id=99999999999"]
)
def test_a_filter_that_cannot_be_says_so(sqlite_world: World, sign_in: SignIn, query: str) -> None:
    answer = sign_in("admin").get(f"/audit?{query}")
    assert answer.status_code == 200 and 'role="alert"' in answer.text and listed(answer.text) == []


def test_pages_of_the_log(sqlite_world: World, sign_in: SignIn) -> None:
    write(sqlite_world, *[f"tests.số_{number}" for number in range(60)])
    client = sign_in("admin")
    first, second = client.get("/audit?action=tests.").text, client.get("/audit?action=tests.&page=2").text
    assert listed(first) == [f"tests.số_{number}" for number in range(59, 9, -1)]
    assert listed(second)[:10] == [f"tests.số_{number}" for number in range(9, -1, -1)]
    assert "action=tests.&amp;page=2" in first or "page=2&amp;action=tests." in first


def test_what_people_type_stays_text(sqlite_world: World, sign_in: SignIn) -> None:
    change_person(
        sqlite_world.administrator,
        sqlite_world.reviewer,
        full_name="<script>alert(1)</script>",
        roles=("reviewer",),
        commune_id=None,
        active=True,
    )
    page = sign_in("admin").get("/audit").text
    assert "<script>alert" not in page and "&lt;script&gt;alert(1)" in page


def test_the_check_on_the_page(sqlite_world: World, sign_in: SignIn) -> None:
    write(sqlite_world, "tests.một", "tests.hai")
    client = sign_in("admin")
    good = client.get("/audit/check").text
    assert "còn nguyên vẹn" in good and str(db.session.scalar(select(AuditEvent.digest).order_by(AuditEvent.id.desc()).limit(1))) in good
    behind_the_back("UPDATE audit_event SET actor_name = 'Ai đó' WHERE action = 'tests.một'")
    bad = client.get("/audit/check").text
    assert "đã bị thay đổi" in bad and "Ai đó" in bad and "còn nguyên vẹn" not in bad


@pytest.mark.parametrize("who", ["official", "reviewer", "signer", "observer"])
def test_only_administrators_read_the_log(sqlite_world: World, sign_in: SignIn, who: str) -> None:
    client = sign_in(who)
    assert client.get("/audit").status_code == client.get("/audit/check").status_code == 403


# Words


def recorded_actions() -> set[str]:
    """Every action that the program writes, where it is spelled out in the call."""
    found = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "record" and len(node.args) > 2:
                action = node.args[2]
                if isinstance(action, ast.Constant):
                    found.add(str(action.value))
    return found


def test_every_action_has_its_words() -> None:
    actions = recorded_actions()
    assert len(actions) > 20 and "review.verdict_signed" in actions
    assert actions - set(ACTIONS) == set()
    assert {action.split(".")[0] + "." for action in ACTIONS} == set(PARTS)
    assert {"user", "covenant", "submission"} <= set(SUBJECTS)


def test_times_of_events_are_utc_and_recent(world: World) -> None:
    (number,) = write(world, "tests.một")
    event = db.session.get_one(AuditEvent, number, populate_existing=True)
    assert timedelta(0) <= now() - event.at < timedelta(minutes=1)
