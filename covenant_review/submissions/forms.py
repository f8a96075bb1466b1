"""Forms of handing in, attaching and withdrawing."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, MultipleFileField, RadioField, SelectField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from covenant_review.registry.models import Covenant
from covenant_review.submissions.operations import LONGEST_REASON, PhotosAre

ATTACH_LATER = ""
IN_GIVEN_ORDER = "given"


class UploadForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """One or more files, and the covenant that they are versions of (or none yet)."""

    covenant_id = SelectField(
        _l("Nộp cho"),
        description=_l("Mỗi tệp nộp cho cùng một hương ước là một bản mới của hương ước đó. Nhiều tệp của nhiều thôn thì chọn “gắn sau”."),
    )
    files = MultipleFileField(_l("Tệp văn bản"), render_kw={"multiple": True})
    photos = RadioField(
        _l("Nếu chọn nhiều ảnh chụp hoặc ảnh quét"),
        choices=[
            ("one", _l("Các ảnh này là các trang của một văn bản")),
            ("separate", _l("Mỗi ảnh là một văn bản riêng")),
        ],
        validators=[Optional()],
        validate_choice=False,
    )
    # Set by photos.js, which shows the order and lets it be changed; without it the names decide.
    order = HiddenField()

    def photos_are(self) -> PhotosAre | None:
        """What somebody said about several photos; None when nobody did."""
        said = self.photos.data
        return said if said in ("one", "separate") else None

    def offer(self, covenants: Sequence[Covenant]) -> None:
        """Set the covenants that can be chosen."""
        later = (ATTACH_LATER, _("Chưa gắn với hương ước nào (gắn sau)"))
        self.covenant_id.choices = [later, *((str(covenant.id), covenant.name) for covenant in covenants)]


class AttachForm(FlaskForm):  # type: ignore[misc]  # as above
    """Which covenant a file belongs to."""

    covenant_id = SelectField(_l("Hương ước, quy ước"), validators=[DataRequired(_l("Hãy chọn một hương ước, quy ước."))])

    def offer(self, covenants: Sequence[Covenant]) -> None:
        """Set the covenants that can be chosen."""
        first = ("", _("– chọn –"))
        self.covenant_id.choices = [first, *((str(covenant.id), covenant.name) for covenant in covenants)]


class WithdrawForm(FlaskForm):  # type: ignore[misc]  # as above
    """Why a submission is taken back."""

    reason = TextAreaField(
        _l("Lý do rút"),
        validators=[
            DataRequired(_l("Hãy ghi lý do rút bản nộp.")),
            Length(max=LONGEST_REASON, message=_l("Lý do dài nhất 500 ký tự.")),
        ],
        description=_l("Ví dụ: nộp nhầm tệp của thôn khác. Lý do được ghi vào nhật ký."),
        render_kw={"rows": 2, "maxlength": LONGEST_REASON},
    )
