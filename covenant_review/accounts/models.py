"""Accounts. The sign-in itself is Flask-Security's; the lockout after wrong passwords is kept here."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import gettext as _
from flask_security import RoleMixin, UserMixin
from sqlalchemy import CheckConstraint, Column, ForeignKey, String, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from covenant_review.accounts.permissions import ROLES
from covenant_review.database import Base, UtcDateTime, now, one_of

# Five wrong passwords lock the account for fifteen minutes (law.md 7.2, the stricter of the two digests).
ALLOWED_FAILURES = 5
LOCKED_FOR = timedelta(minutes=15)

user_role = Table(
    "user_role",
    Base.metadata,
    Column("user_id", ForeignKey("user.id", ondelete="CASCADE"), primary_key=True),
    Column("role_id", ForeignKey("role.id"), primary_key=True),
)


class Role(Base, RoleMixin):
    """One of the five roles of `permissions.ROLES`."""

    __tablename__ = "role"
    __table_args__ = (one_of("name", ROLES),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)


class User(Base, UserMixin):
    """A person. A commune official belongs to one commune; the others to none."""

    __tablename__ = "user"
    __table_args__ = (CheckConstraint("length(username) >= 3", name="username_long_enough"),)
    unaudited_columns = frozenset({"failed_logins", "locked_until", "last_login_at", "password"})

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(80), unique=True)
    full_name: Mapped[str] = mapped_column(String(200))
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    must_change_password: Mapped[bool] = mapped_column(default=False)
    commune_id: Mapped[int | None] = mapped_column(ForeignKey("commune.id"), index=True)
    language: Mapped[str] = mapped_column(String(5), default="vi")
    failed_logins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_login_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # type: ignore[assignment]  # none before the first
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    roles: Mapped[list[Role]] = relationship(  # type: ignore[assignment]  # our own Role
        secondary=user_role, lazy="selectin", order_by=Role.id
    )

    @property
    def role_names(self) -> frozenset[str]:
        """The names of this person's roles."""
        return frozenset(role.name for role in self.roles)

    def is_locked(self, form_error: list[str] | None = None) -> bool:
        """Whether wrong passwords have locked the account; adds the message to `form_error` (Flask-Security's hook)."""
        if self.locked_until is None or self.locked_until <= now():
            return False
        if form_error is not None:
            form_error.append(_("Tài khoản tạm khóa do nhập sai mật khẩu nhiều lần. Hãy thử lại sau 15 phút."))
        return True
