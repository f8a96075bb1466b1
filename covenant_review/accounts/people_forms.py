"""Forms with which an administrator keeps accounts."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, SelectMultipleField, StringField
from wtforms.validators import DataRequired, Length, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from covenant_review.accounts.operations import USERNAME

# (id as text, name) of each commune; the empty one means that the person works for the whole province.
Choices = Sequence[tuple[str, str]]


class PersonForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """What is known of a person. The page gives the choices of `roles` and `commune`."""

    full_name = StringField(
        _l("Họ và tên"),
        validators=[DataRequired(_l("Hãy nhập họ và tên.")), Length(max=200, message=_l("Họ và tên dài quá 200 ký tự."))],
    )
    roles = SelectMultipleField(
        _l("Vai trò"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validators=[DataRequired(_l("Hãy chọn ít nhất một vai trò."))],
    )
    commune = SelectField(
        _l("Xã, phường"),
        description=_l("Chỉ công chức cấp xã mới thuộc một xã, phường. Các vai trò khác làm việc cho toàn tỉnh."),
    )

    def offer(self, roles: Choices, communes: Choices) -> None:
        """Set what can be chosen."""
        self.roles.choices = list(roles)
        self.commune.choices = list(communes)

    @property
    def commune_id(self) -> int | None:
        """The commune chosen, None for the whole province."""
        return int(self.commune.data) if self.commune.data else None


class NewPersonForm(PersonForm):
    """A person without an account yet."""

    username = StringField(
        _l("Tên đăng nhập"),
        filters=[lambda text: (text or "").strip().lower()],
        validators=[
            DataRequired(_l("Hãy nhập tên đăng nhập.")),
            Length(max=80, message=_l("Tên đăng nhập dài quá 80 ký tự.")),
            Regexp(
                rf"(?:{USERNAME.pattern})\Z",
                message=_l("Tên đăng nhập có ít nhất 3 ký tự: chữ không dấu, số, dấu chấm, gạch."),
            ),
        ],
        description=_l("Ít nhất 3 ký tự: chữ không dấu, số, dấu chấm, gạch. Ví dụ: nguyen.thi.hoa. Không đổi được về sau."),
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )


class ChangePersonForm(PersonForm):
    """A person with an account."""

    active = BooleanField(_l("Tài khoản đang hoạt động"))
