"""Sign-in with Flask-Security: user name and password, Argon2, lockout, each attempt in the audit log."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import user_logged_out
from flask_security import Security, SQLAlchemyUserDatastore, user_authenticated, user_failed_authn
from flask_security.forms import LoginForm
from flask_security.utils import hash_password, verify_password
from wtforms import BooleanField, PasswordField, StringField, SubmitField
from wtforms.validators import DataRequired

from covenant_review.accounts.models import Role, User
from covenant_review.accounts.operations import note_failed_sign_in, note_sign_in, note_sign_out
from covenant_review.database import db

datastore = SQLAlchemyUserDatastore(db, User, Role)


class SignInForm(LoginForm):
    """User name and password. One message for every wrong pair: it does not tell which accounts exist."""

    email = None  # type: ignore[assignment]  # WTForms: None takes the inherited field away
    username = StringField(_l("Tên đăng nhập"), validators=[DataRequired(_l("Hãy nhập tên đăng nhập."))])
    password = PasswordField(_l("Mật khẩu"), validators=[DataRequired(_l("Hãy nhập mật khẩu."))])
    remember = BooleanField(_l("Giữ đăng nhập"))
    submit = SubmitField(_l("Đăng nhập"))

    def validate(self, **kwargs: Any) -> bool:
        """Look the person up by user name; Flask-Security checks the password, the lock and whether the account is active."""
        self.ifield = self.username
        name = (self.username.data or "").strip().lower()
        self.user = datastore.find_user(username=name) if name else None
        locked_before = bool(self.user and self.user.is_locked())
        if super().validate(**kwargs):
            return True
        if not self.username.data or not self.password.data:
            return False
        if locked_before or (self.user and self.user.is_locked()):
            message = _("Tài khoản tạm khóa do nhập sai mật khẩu nhiều lần. Hãy thử lại sau 15 phút.")
        elif self.user_authenticated:
            message = _("Tài khoản này đã ngừng hoạt động. Hãy liên hệ quản trị viên.")
        else:
            message = _("Tên đăng nhập hoặc mật khẩu không đúng.")
        self.username.errors = []
        self.password.errors = []
        self.form_errors = [message]
        return False


def init_sign_in(app: Flask) -> None:
    """Set Flask-Security up and listen to its signals."""
    app.config.update(
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106  (a scheme, not a password)
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_PASSWORD_SINGLE_HASH={"argon2"},
        SECURITY_PASSWORD_LENGTH_MIN=14,
        SECURITY_USER_IDENTITY_ATTRIBUTES=[{"username": {"mapper": lambda text: text.strip().lower()}}],
        SECURITY_LOGOUT_METHODS=["POST"],
        SECURITY_LOGIN_URL="/login",
        SECURITY_LOGIN_USER_TEMPLATE="accounts/sign_in.html",
        SECURITY_POST_LOGOUT_VIEW="/login",
        SECURITY_POST_LOGIN_VIEW="/",
        SECURITY_REGISTERABLE=False,
        SECURITY_RECOVERABLE=False,
        SECURITY_CHANGEABLE=False,
        SECURITY_SEND_REGISTER_EMAIL=False,
        SECURITY_FLASH_MESSAGES=False,
        SECURITY_AUTO_LOGIN_AFTER_RESET=False,
    )
    Security(app, datastore, login_form=SignInForm)
    user_authenticated.connect(_authenticated, app)
    user_failed_authn.connect(_failed, app)
    user_logged_out.connect(_left, app)


def _authenticated(_app: Flask, user: User, **_extra: object) -> None:
    note_sign_in(user)


def _failed(_app: Flask, user: User, **_extra: object) -> None:
    note_failed_sign_in(user)


def _left(_app: Flask, user: User, **_extra: object) -> None:
    if isinstance(user, User):
        note_sign_out(user)


def hashed(password: str) -> str:
    """The Argon2 hash of a password, for new accounts. Needs an application context."""
    return str(hash_password(_one_writing(password)))


def matches(password: str, person: User) -> bool:
    """Whether that is the person's password."""
    return bool(verify_password(_one_writing(password), person.password or ""))


def _one_writing(password: str) -> str:
    # Keyboards write "ậ" as one, two or three characters; the sign-in form of Flask-Security normalises just so.
    return str(current_app.extensions["security"].password_util.normalize(password))
