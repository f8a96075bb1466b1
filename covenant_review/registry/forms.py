"""Forms of the register. Days are typed dd/mm/yyyy: a browser's own date field follows the language of the browser."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, Self

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import Field, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError
from wtforms.widgets import TextInput

from covenant_review.refusals import Refused
from covenant_review.registry.days import parse_day
from covenant_review.registry.keeping import LONGEST_REASON
from covenant_review.registry.models import COMMUNITY_KINDS, COVENANT_KINDS, STATUSES, Community, Covenant
from covenant_review.registry.names import LONGEST_COMMUNITY_NAME, LONGEST_COVENANT_NAME, LONGEST_DOCUMENT

DAY_HINT = _l("Ngày/tháng/năm, ví dụ 05/03/2024. Nếu chỉ biết năm, ghi ngày 01/01 và nói rõ ở ô văn bản.")


# The word on screen for a code of some kind. The site's words are given by the views: forms do not know the site.
Word = Callable[[str, str], str]


def _choices(word: Word, kind: str, codes: Iterable[str]) -> list[tuple[str, str]]:
    return [(code, word(kind, code)) for code in codes]


class DayField(Field):
    """A day typed as text; `data` is a date, or None when nothing was typed or it is no day (then there is an error)."""

    widget = TextInput()

    def __init__(self, label: Any, validators: list[Any], **options: Any) -> None:
        """Like any field; adds a keyboard and a pattern to look at."""
        options.setdefault("render_kw", {"placeholder": "dd/mm/yyyy", "autocomplete": "off", "maxlength": 40})
        super().__init__(label, validators, **options)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.data.strftime("%d/%m/%Y") if isinstance(self.data, date) else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the day; WTForms shows the message of the ValueError at the field."""
        self.data = None
        if valuelist and valuelist[0].strip():
            try:
                self.data = parse_day(valuelist[0])
            except Refused as refusal:
                raise ValueError(refusal.message) from None


def _day(label: object, *, needed: bool = True, hint: object = DAY_HINT) -> DayField:
    validators = [InputRequired(_l("Hãy nhập ngày."))] if needed else [Optional()]
    return DayField(label, validators, description=hint)


def _reason() -> TextAreaField:
    return TextAreaField(
        _l("Lý do"),
        validators=[DataRequired(_l("Hãy ghi lý do.")), Length(max=LONGEST_REASON)],
        description=_l("Lý do được giữ trong nhật ký cùng nội dung trước và sau khi sửa."),
        render_kw={"rows": 2},
    )


class CommunityForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Kind and name of a community."""

    kind = SelectField(_l("Loại"))
    name = StringField(
        _l("Tên"),
        validators=[DataRequired(_l("Hãy nhập tên.")), Length(max=LONGEST_COMMUNITY_NAME)],
        description=_l("Chỉ ghi tên riêng, ví dụ “Lim” cho thôn Lim, “số 3” cho tổ dân phố số 3."),
        render_kw={"autocomplete": "off"},
    )

    def in_words(self, word: Word) -> Self:
        """The form with its choices written out."""
        self.kind.choices = _choices(word, "community_kind", COMMUNITY_KINDS)
        return self


class MergeForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Into which community, and when."""

    into = SelectField(_l("Sáp nhập vào"), coerce=lambda value: int(value or 0), validators=[InputRequired(_l("Hãy chọn nơi nhận."))])
    on = _day(_l("Ngày sáp nhập"), hint=_l("Ngày nghị quyết có hiệu lực, ví dụ 01/07/2025."))

    def offer(self, communities: Iterable[Community], word: Word) -> Self:
        """The form with the communities to choose from."""
        named = [(one.id, f"{word('community_kind', one.kind)} {one.name}") for one in communities]
        self.into.choices = [(0, _l("– Chọn nơi nhận –")), *named]
        return self

    def validate_into(self, into: SelectField) -> None:
        """Nothing is chosen beforehand: a merger into the wrong place is easily sent."""
        if not into.data:
            raise ValidationError(str(_l("Hãy chọn nơi nhận.")))


class ReasonForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A reason alone."""

    reason = _reason()


class DeclarationForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """The day of a declaration that there is no covenant."""

    on = _day(_l("Ngày khai báo"), hint=_l("Ngày xã, phường xác nhận việc này, ví dụ 05/03/2026."))


class CovenantNameForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Kind and name of a covenant."""

    kind = RadioField(_l("Cộng đồng gọi văn bản là"), default="huong_uoc")
    name = StringField(
        _l("Tên văn bản"),
        validators=[DataRequired(_l("Hãy nhập tên văn bản.")), Length(max=LONGEST_COVENANT_NAME)],
        description=_l("Như ghi ở đầu văn bản, ví dụ “Hương ước thôn Lim”. Nếu thôn có nhiều văn bản, thêm năm vào tên."),
        render_kw={"autocomplete": "off"},
    )

    def in_words(self, word: Word) -> Self:
        """The form with its choices written out."""
        self.kind.choices = _choices(word, "covenant_kind", COVENANT_KINDS)
        return self


class CovenantForm(CovenantNameForm):
    """A new covenant with what is known of its legal life."""

    adopted_on = _day(_l("Ngày thông qua"), needed=False)
    adopted_document = StringField(
        _l("Văn bản thông qua"),
        validators=[Length(max=LONGEST_DOCUMENT)],
        description=_l("Nghị quyết hoặc biên bản họp, ví dụ “Biên bản ngày 05/03/2024”."),
    )
    recognised_on = _day(_l("Ngày công nhận"), needed=False, hint=_l("Ngày của quyết định công nhận. Để trống nếu chưa được công nhận."))
    decision_number = StringField(
        _l("Số quyết định công nhận"),
        validators=[Length(max=LONGEST_DOCUMENT)],
        description=_l("Ví dụ “45/QĐ-UBND”."),
    )
    drafted_on = _day(_l("Ngày dự thảo"), needed=False, hint=_l("Chỉ bắt buộc khi văn bản còn là dự thảo, chưa thông qua."))


class StatusForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A further step in a covenant's legal life."""

    status = SelectField(_l("Tình trạng mới"))
    on = _day(_l("Từ ngày"))
    document = StringField(
        _l("Văn bản"),
        validators=[Length(max=LONGEST_DOCUMENT)],
        description=_l("Số quyết định, nghị quyết hoặc biên bản, ví dụ “45/QĐ-UBND”."),
    )
    replaced_by = SelectField(
        _l("Được thay thế bằng"),
        coerce=lambda value: int(value or 0),
        description=_l("Chỉ chọn khi tình trạng mới là “Đã thay thế”. Văn bản mới phải có trong sổ trước."),
    )

    def in_words(self, word: Word) -> Self:
        """The form with its choices written out."""
        self.status.choices = _choices(word, "legal_status", STATUSES)
        return self

    def offer(self, covenants: Iterable[Covenant]) -> None:
        """The covenants that may have come instead."""
        self.replaced_by.choices = [(0, "–"), *((one.id, one.name) for one in covenants)]


class CorrectionForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """The right day and document of a step, and why it was wrong."""

    on = _day(_l("Ngày đúng"))
    document = StringField(_l("Văn bản đúng"), validators=[Length(max=LONGEST_DOCUMENT)])
    reason = _reason()


class ImportForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """The file of a list of communities."""

    file = FileField(
        _l("Tệp danh sách"),
        description=_l("Tệp Excel (.xlsx) hoặc CSV, tối đa 5 MB và 2.000 dòng. Chưa có gì được thêm cho đến khi bạn xác nhận."),
        render_kw={"accept": ".xlsx,.csv,.txt"},
    )
