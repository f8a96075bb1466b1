"""The page on which the order of several photos, handed in as one document, is changed."""

from __future__ import annotations

import re

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from covenant_review.accounts.permissions import Permission
from covenant_review.database import db
from covenant_review.refusals import Invalid, Refused
from covenant_review.submissions.models import Submission
from covenant_review.submissions.page_store import page_store_of
from covenant_review.submissions.pages_views import submission_for
from covenant_review.submissions.photos import may_reorder, photos_of, reorder
from covenant_review.web.access import me, needs

blueprint = Blueprint("photos", __name__)
_POSITION = re.compile(r"[0-9]{1,3}")


@blueprint.get("/submissions/<int:submission_id>/photos")
@needs(Permission.SUBMIT)
def order(submission_id: int) -> ResponseReturnValue:
    """The photos with their places; buttons up and down where there is JavaScript, numbers to type everywhere."""
    found = submission_for(submission_id, Permission.SUBMIT)
    if not may_reorder(db.session(), me(), found):
        raise Refused("order_closed", _("Không đổi được thứ tự ảnh của bản nộp này: đã rút, đã ký duyệt, hoặc đã có bản mới hơn."))
    return _page(found, [str(place) for place in range(1, len(photos_of(found)) + 1)])


@blueprint.post("/submissions/<int:submission_id>/photos")
@needs(Permission.SUBMIT)
def save(submission_id: int) -> ResponseReturnValue:
    """Make a new version with the photos in the order of the numbers."""
    found = submission_for(submission_id, Permission.SUBMIT)
    typed = request.form.getlist("position")
    try:
        again = reorder(me(), found, _order(typed, len(photos_of(found))))
    except Invalid as error:
        return _page(found, typed, error.message), 422
    if again.version:
        flash(_("Đã lưu thứ tự ảnh thành bản %(version)s; bản này đang chờ đọc.", version=again.version), "success")
    else:
        flash(_("Đã lưu thứ tự ảnh thành bản nộp mới; bản này đang chờ đọc."), "success")
    return redirect(url_for("submissions.submission", submission_id=again.id))


def _order(typed: list[str], count: int) -> list[int]:
    """The present positions in the new order, from the number typed beside each photo. Raises Invalid."""
    wanted = [int(text) for text in (one.strip() for one in typed) if _POSITION.fullmatch(text)]
    if sorted(wanted) != list(range(1, count + 1)) or len(typed) != count:
        raise Invalid("order", _("Mỗi ảnh phải có một vị trí riêng, từ 1 đến %(count)s.", count=count))
    return sorted(range(count), key=wanted.__getitem__)


def _page(found: Submission, typed: list[str], problem: str = "") -> str:
    names = photos_of(found)
    drawn = page_store_of(current_app).drawn(found.file.sha256)
    # A photo is a page, unless one of them is a TIFF of several: then pictures would stand beside the wrong name.
    pictured = {each.number for each in drawn.pages} if drawn is not None and len(drawn.pages) == len(names) else set()
    return render_template(
        "submissions/photos.html",
        submission=found,
        commune=found.commune,
        form=FlaskForm(),
        photos=[(place, name, text, place in pictured) for place, (name, text) in enumerate(zip(names, typed, strict=False), 1)],
        problem=problem,
    )
