"""Forms of review and signing. What they hold is checked by the operations, which say what is wrong with it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired


class DecisionForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """One clause: what is said of it, why, and the fingerprint of the words that were on the page."""

    choice = StringField()
    reason = TextAreaField(_l("Lý do, hướng sửa"))
    fingerprint = StringField()
    show = StringField()


class ApproveRestForm(FlaskForm):  # type: ignore[misc]  # as above
    """The number that stood on the button."""

    expected = IntegerField(validators=[InputRequired()])


class ProposeForm(FlaskForm):  # type: ignore[misc]  # as above
    """A word to the signer."""

    note = TextAreaField(_l("Ghi chú cho người ký duyệt (không bắt buộc)"))


class SignForm(FlaskForm):  # type: ignore[misc]  # as above
    """A word of the signer's, kept with the signature."""

    reason = TextAreaField(_l("Ý kiến khi ký (không bắt buộc)"))


class SendBackForm(FlaskForm):  # type: ignore[misc]  # as above
    """Why the verdict goes back."""

    reason = TextAreaField(_l("Lý do trả lại"), description=_l("Người rà soát đọc lý do này trước khi xem lại."))
