"""Forms on the own account."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import PasswordField, SubmitField
from wtforms.validators import DataRequired, EqualTo, Length

from covenant_review.accounts.operations import SHORTEST_PASSWORD


class PasswordForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """The old password once, the new one twice."""

    old = PasswordField(
        _l("Mật khẩu hiện tại"),
        validators=[DataRequired(_l("Hãy nhập mật khẩu hiện tại."))],
        render_kw={"autocomplete": "current-password"},
    )
    new = PasswordField(
        _l("Mật khẩu mới"),
        validators=[
            DataRequired(_l("Hãy nhập mật khẩu mới.")),
            Length(min=SHORTEST_PASSWORD, max=200, message=_l("Mật khẩu mới có ít nhất 14 ký tự.")),
        ],
        description=_l("Ít nhất 14 ký tự. Vài từ ghép lại thì dễ nhớ và khó đoán."),
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        _l("Nhập lại mật khẩu mới"),
        validators=[EqualTo("new", _l("Hai lần nhập mật khẩu mới không giống nhau."))],
        render_kw={"autocomplete": "new-password"},
    )
    submit = SubmitField(_l("Đổi mật khẩu"))
