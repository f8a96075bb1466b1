"""The signer's pages: what waits for a signature, and one verdict with everything behind it."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from flask import Blueprint, abort, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from covenant_review.accounts.permissions import Permission
from covenant_review.database import db
from covenant_review.refusals import Refused
from covenant_review.registry.models import Covenant
from covenant_review.review.forms import SendBackForm, SignForm
from covenant_review.review.models import ReviewRound, SignOff, Verdict
from covenant_review.review.operations import send_back as send_back_verdict
from covenant_review.review.operations import sign as sign_verdict
from covenant_review.review.queries import signed_lately, waiting_for_signature
from covenant_review.review.reading_warnings import shown_warnings
from covenant_review.review.signing_page import signing_page
from covenant_review.submissions.models import Submission
from covenant_review.web.access import me, needs
from covenant_review.web.words import WORDS

blueprint = Blueprint("signing", __name__)


@blueprint.get("/signing")
@needs(Permission.SEE_SIGNING)
def signing() -> str:
    """Verdicts that wait, and what this person did lately."""
    session = db.session()
    return render_template("review/signing.html", waiting=waiting_for_signature(session, me()), lately=signed_lately(session, me()))


@blueprint.get("/signing/<int:verdict_id>")
@needs(Permission.SEE_SIGNING)
def verdict(verdict_id: int) -> str:
    """One verdict with every flag and every warning."""
    return _page(_verdict(verdict_id))


@blueprint.post("/signing/<int:verdict_id>/sign")
@needs(Permission.SIGN)
def sign(verdict_id: int) -> ResponseReturnValue:
    """Sign."""
    form = SignForm(prefix="sign")
    try:
        sign_verdict(me(), _verdict(verdict_id), form.reason.data or "")
    except Refused as refusal:
        flash(refusal.message, "danger")
        return _page(_verdict(verdict_id), sign_form=form), refusal.status
    flash(_("Đã ký duyệt. Kết luận được tính vào chỉ tiêu 2.4 từ bây giờ."), "success")
    return redirect(url_for("signing.signing"))


@blueprint.post("/signing/<int:verdict_id>/send-back")
@needs(Permission.SIGN)
def send_back(verdict_id: int) -> ResponseReturnValue:
    """Give it back to the reviewers."""
    form = SendBackForm(prefix="back")
    try:
        send_back_verdict(me(), _verdict(verdict_id), form.reason.data or "")
    except Refused as refusal:
        form.reason.errors = [refusal.message]
        return _page(_verdict(verdict_id), back_form=form), refusal.status
    flash(_("Đã trả lại cho người rà soát, kèm lý do của bạn."), "success")
    return redirect(url_for("signing.signing"))


def _verdict(verdict_id: int) -> Verdict:
    to_submission = joinedload(Verdict.round).joinedload(ReviewRound.submission)
    query = (
        select(Verdict)
        .where(Verdict.id == verdict_id)
        .options(
            to_submission.joinedload(Submission.covenant).joinedload(Covenant.community),
            to_submission.joinedload(Submission.commune),
            joinedload(Verdict.proposed_by),
            joinedload(Verdict.sign_off).joinedload(SignOff.signer),
        )
    )
    found = db.session.scalar(query)
    if found is None:
        abort(404)
    return found


def _page(found: Verdict, sign_form: SignForm | None = None, back_form: SendBackForm | None = None) -> str:
    rules = cast("Path | None", current_app.extensions["covenant_settings"].rules)
    return render_template(
        "review/verdict.html",
        page=signing_page(db.session(), me(), found, rules),
        warnings=shown_warnings(found.round.submission, WORDS["warning"]),
        sign_form=sign_form or SignForm(prefix="sign", formdata=None),
        back_form=back_form or SendBackForm(prefix="back", formdata=None),
    )
