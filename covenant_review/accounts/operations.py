"""Verbs on accounts: each checks, changes, logs, in one transaction."""

from __future__ import annotations

import re
import secrets
import uuid

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from covenant_review.accounts.models import ALLOWED_FAILURES, LOCKED_FOR, Role, User
from covenant_review.accounts.permissions import OFFICIAL, ROLES, Permission, may
from covenant_review.audit.log import record
from covenant_review.database import now, transaction
from covenant_review.refusals import Forbidden, Invalid, Refused

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,79}")
SHORTEST_PASSWORD = 14


def new_password() -> str:
    """A random password of 20 letters and digits in groups, easy to read out."""
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(alphabet) for _group in range(5)) for _groups in range(4))


def create_person(
    actor: User | None,
    *,
    username: str,
    full_name: str,
    roles: tuple[str, ...],
    password_hash: str,
    commune_id: int | None = None,
    must_change_password: bool = True,
) -> User:
    """Open an account. `actor` None is the command line or the set-up of sample data.

    Raises Forbidden, Invalid (user name, name, roles, a commune official without commune) or Refused (name taken).
    """
    _keeps_accounts(actor)
    username = username.strip().lower()
    if not USERNAME.fullmatch(username):
        raise Invalid("username", _l("Tên đăng nhập có ít nhất 3 ký tự: chữ không dấu, số, dấu chấm, gạch."))
    if not full_name.strip():
        raise Invalid("full_name", _l("Hãy nhập họ và tên."))
    _roles_fit(roles, commune_id)
    with transaction() as session:
        if session.scalar(select(User.id).where(User.username == username)):
            raise Refused("username_taken", _l("Tên đăng nhập này đã có người dùng."))
        person = User(
            username=username,
            full_name=full_name.strip(),
            password=password_hash,
            fs_uniquifier=uuid.uuid4().hex,
            commune_id=commune_id,
            must_change_password=must_change_password,
            roles=_role_rows(session, roles),
        )
        session.add(person)
        session.flush()
        record(
            session,
            actor,
            "accounts.person_created",
            "user",
            person.id,
            username=username,
            roles=sorted(roles),
            commune_id=commune_id,
        )
    return person


def change_person(actor: User, person: User, *, full_name: str, roles: tuple[str, ...], commune_id: int | None, active: bool) -> None:
    """Change name, roles, commune, and whether the account works; nothing is written when nothing changes.

    Raises Forbidden, Invalid (name, roles, commune) or Refused: nobody stops the own account, and the last active
    administrator cannot be taken away. Stopping an account ends its open sessions.
    """
    _keeps_accounts(actor)
    _roles_fit(roles, commune_id)
    if not full_name.strip():
        raise Invalid("full_name", _l("Hãy nhập họ và tên."))
    if person.id == actor.id and not active:
        raise Refused("own_account", _l("Bạn không thể tự ngừng tài khoản của mình. Hãy nhờ một quản trị viên khác."))
    with transaction() as session:
        before = _shown(person)
        person.full_name, person.commune_id, person.active = full_name.strip(), commune_id, active
        person.roles = _role_rows(session, roles)
        if before["active"] and not active:
            person.fs_uniquifier = uuid.uuid4().hex  # ends the sessions that are open
        session.flush()
        if not _an_administrator_remains(session):
            raise Refused("last_administrator", _l("Phải còn ít nhất một quản trị viên đang hoạt động."))
        if before != _shown(person):
            record(session, actor, "accounts.person_changed", "user", person.id, before=before, after=_shown(person))


def reset_password(actor: User, person: User, password_hash: str) -> None:
    """Give somebody else a new first password, to be changed at sign-in; ends open sessions and a lock.

    Raises Forbidden, or Refused for the own account, whose password is changed by giving the old one.
    """
    _keeps_accounts(actor)
    if person.id == actor.id:
        raise Refused("own_password", _l("Mật khẩu của chính bạn thì đổi ở trang Đổi mật khẩu."))
    with transaction() as session:
        _set_password(person, password_hash)
        person.must_change_password = True
        record(session, actor, "accounts.password_reset", "user", person.id)


def change_own_password(person: User, password_hash: str) -> None:
    """Set the own password; other open sessions end."""
    with transaction() as session:
        _set_password(person, password_hash)
        person.must_change_password = False
        record(session, person, "accounts.password_changed", "user", person.id)


def choose_language(person: User, language: str) -> None:
    """Remember in which language the person reads the interface."""
    if language == person.language:
        return
    with transaction() as session:
        before, person.language = person.language, language
        record(session, person, "accounts.language_chosen", "user", person.id, before=before, after=language)


def note_sign_in(person: User) -> None:
    """A person signed in: the count of wrong passwords starts again."""
    with transaction() as session:
        person.failed_logins, person.locked_until, person.last_login_at = 0, None, now()
        record(session, person, "accounts.signed_in", "user", person.id)


def note_sign_out(person: User) -> None:
    """A person signed out."""
    with transaction() as session:
        record(session, person, "accounts.signed_out", "user", person.id)


def note_failed_sign_in(person: User) -> None:
    """A wrong password: the fifth in a row locks the account for a while."""
    with transaction() as session:
        person.failed_logins += 1
        locked = person.failed_logins >= ALLOWED_FAILURES
        if locked:
            person.locked_until, person.failed_logins = now() + LOCKED_FOR, 0
        record(session, None, "accounts.sign_in_failed", "user", person.id, username=person.username, locked=locked)


def ensure_roles(session: Session) -> None:
    """Put the five roles into the table, where missing. Part of the set-up; the caller commits."""
    present = set(session.scalars(select(Role.name)))
    session.add_all(Role(name=name) for name in ROLES if name not in present)
    session.flush()


def _keeps_accounts(actor: User | None) -> None:
    if actor is not None and not may(actor, Permission.KEEP_ACCOUNTS):
        raise Forbidden("not_allowed", _l("Chỉ quản trị viên được quản lý tài khoản."))


def _roles_fit(roles: tuple[str, ...], commune_id: int | None) -> None:
    if not roles or not set(roles) <= set(ROLES):
        raise Invalid("roles", _l("Hãy chọn ít nhất một vai trò."))
    if (OFFICIAL in roles) != (commune_id is not None):
        raise Invalid("commune", _l("Công chức cấp xã phải thuộc một xã, phường; các vai trò khác thì không."))


def _role_rows(session: Session, names: tuple[str, ...]) -> list[Role]:
    ensure_roles(session)
    return list(session.scalars(select(Role).where(Role.name.in_(names)).order_by(Role.id)))


def _set_password(person: User, password_hash: str) -> None:
    person.password = password_hash
    person.failed_logins, person.locked_until = 0, None
    person.fs_uniquifier = uuid.uuid4().hex


def _an_administrator_remains(session: Session) -> bool:
    query = select(func.count()).select_from(User).join(User.roles).where(Role.name == "administrator", User.active)
    return bool(session.scalar(query))


def _shown(person: User) -> dict[str, object]:
    return {
        "full_name": person.full_name,
        "roles": sorted(person.role_names),
        "commune_id": person.commune_id,
        "active": person.active,
    }
