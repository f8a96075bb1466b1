"""Forms of correcting the text. What they hold is checked by the operations, which say what is wrong with it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, StringField, TextAreaField

from covenant_review.submissions.corrections import LONGEST_REASON, LONGEST_TEXT


class CorrectionForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """The words of one clause as the picture has them (a table row comes cell by cell, outside this form's fields)."""

    words = TextAreaField(
        _l("Chữ đúng như trên trang"),
        description=_l("Giữ nguyên số thứ tự ở đầu (Điều, khoản, điểm). Chỉ sửa cho khớp với trang, không sửa nội dung của văn bản."),
        render_kw={"rows": 4, "spellcheck": "false"},
    )
    reason = StringField(
        _l("Lý do sửa"),
        description=_l("Ví dụ: máy đọc sai dấu; con dấu che chữ. Lý do, tên bạn và giờ sửa được lưu và hiện cho người rà soát, người ký."),
        render_kw={"maxlength": LONGEST_REASON},
    )
    seen = IntegerField(default=0)


class MissingForm(FlaskForm):  # type: ignore[misc]  # as above
    """A clause that reading missed."""

    words = TextAreaField(
        _l("Đoạn bị sót, đúng như trên trang"),
        description=_l("Một đoạn, có cả số thứ tự ở đầu nếu trên trang có (ví dụ: “c) …”, “4. …”). Nhiều đoạn thì thêm lần lượt."),
        render_kw={"rows": 4, "maxlength": LONGEST_TEXT, "spellcheck": "false"},
    )
    reason = StringField(
        _l("Lý do thêm"),
        description=_l("Ví dụ: máy bỏ sót dòng cuối trang 3."),
        render_kw={"maxlength": LONGEST_REASON},
    )


class TakeBackForm(FlaskForm):  # type: ignore[misc]  # as above
    """Why the machine's words shall hold again."""

    reason = StringField(_l("Lý do bỏ chỗ sửa"), render_kw={"maxlength": LONGEST_REASON})
    seen = IntegerField(default=0)
