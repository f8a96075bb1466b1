"""The reviewer's pages: the queue, and a covenant clause by clause."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import cast

from flask import Blueprint, abort, current_app, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from covenant_review.accounts.permissions import Permission
from covenant_review.database import db
from covenant_review.refusals import Refused
from covenant_review.registry.models import Covenant
from covenant_review.review import queries
from covenant_review.review.forms import ApproveRestForm, DecisionForm, ProposeForm
from covenant_review.review.operations import approve_rest as approve_rest_of
from covenant_review.review.operations import decide as decide_on
from covenant_review.review.operations import propose_verdict
from covenant_review.review.page import SHOWS, ReviewPage, Show, review_page
from covenant_review.review.reading_warnings import shown_warnings
from covenant_review.screening.second_reader_explaining import percent_of
from covenant_review.submissions.models import Submission, SubmittedClause
from covenant_review.web.access import check_commune, me, needs
from covenant_review.web.errors import wants_json
from covenant_review.web.paging import Paged
from covenant_review.web.words import WORDS

blueprint = Blueprint("review", __name__)
blueprint.add_app_template_global(percent_of, "percent_of")


@dataclass(frozen=True, slots=True)
class Kept:
    """What a person typed into a form that was refused: shown again, with why."""

    clause_id: int
    reason: str
    message: str


@blueprint.get("/review")
@needs(Permission.SEE_QUEUE)
def queue() -> str:
    """What waits for reviewers, most urgent first."""
    wanted = request.args.get("state", "")
    state = next((known for known in queries.QUEUE_STATES if known == wanted), None)
    commune_id = request.args.get("commune", type=int)
    page = request.args.get("page", 1, type=int)
    order: queries.QueueOrder = "age" if request.args.get("order") == "age" else "need"
    found = queries.queue(db.session(), me(), commune_id=commune_id, state=state, order=order, page=page)
    rows = Paged(found.rows, found.found, found.page, queries.PAGE)
    return render_template("review/queue.html", queue=found, rows=rows, state=state, commune_id=commune_id, order=order)


@blueprint.get("/review/<int:submission_id>")
@needs(Permission.SEE_QUEUE)
def submission(submission_id: int) -> str:
    """A covenant, clause by clause."""
    return _page(_submission(submission_id))


@blueprint.post("/review/<int:submission_id>/clauses/<int:clause_id>")
@needs(Permission.DECIDE)
def decide(submission_id: int, clause_id: int) -> ResponseReturnValue:
    """Approve, flag, or ask for a second opinion. Scripts get the clause and the bar again; pages go back to the clause."""
    opened = _submission(submission_id)
    clause = db.get_or_404(SubmittedClause, clause_id)
    form = DecisionForm()
    reason = form.reason.data or ""
    try:
        decide_on(me(), opened, clause, form.choice.data or "", reason, fingerprint=form.fingerprint.data or "")
    except Refused as refusal:
        if wants_json():
            raise
        return _page(_submission(submission_id), Kept(clause_id, reason, refusal.message)), refusal.status
    if wants_json():
        return _clause_as_json(_submission(submission_id), clause_id)
    return redirect(url_for("review.submission", submission_id=submission_id, show=_show(form.show.data)) + f"#clause-{clause_id}")


@blueprint.post("/review/<int:submission_id>/approve-rest")
@needs(Permission.DECIDE)
def approve_rest(submission_id: int) -> ResponseReturnValue:
    """Approve all clauses without findings on which nobody has spoken."""
    form = ApproveRestForm()
    if not form.validate():
        abort(400)
    opened = _submission(submission_id)
    try:
        count = approve_rest_of(me(), opened, int(form.expected.data or 0))
    except Refused as refusal:
        flash(refusal.message, "danger")
    else:
        flash(_("Đã duyệt %(count)s điều khoản là không phân biệt.", count=count), "success")
    return redirect(url_for("review.submission", submission_id=submission_id))


@blueprint.post("/review/<int:submission_id>/verdict")
@needs(Permission.DECIDE)
def propose(submission_id: int) -> ResponseReturnValue:
    """Hand the covenant to the signer."""
    try:
        propose_verdict(me(), _submission(submission_id), ProposeForm().note.data or "")
    except Refused as refusal:
        flash(refusal.message, "danger")
        return redirect(url_for("review.submission", submission_id=submission_id))
    flash(_("Đã đề xuất kết luận. Người ký duyệt sẽ ký hoặc trả lại; bạn sẽ thấy ở danh sách này nếu bị trả lại."), "success")
    return redirect(url_for("review.queue"))


def _submission(submission_id: int) -> Submission:
    query = (
        select(Submission)
        .where(Submission.id == submission_id)
        .options(joinedload(Submission.covenant).joinedload(Covenant.community), joinedload(Submission.commune))
        .options(joinedload(Submission.file), joinedload(Submission.uploaded_by))
    )
    found = db.session.scalar(query)
    if found is None or found.covenant_id is None or found.state != "read":
        abort(404)
    check_commune(Permission.SEE_QUEUE, found.commune_id)
    return found


def _rules() -> Path | None:
    return cast("Path | None", current_app.extensions["covenant_settings"].rules)


def _show(wanted: str | None) -> Show:
    return next((show for show in SHOWS if show == wanted), "all")


def _page(opened: Submission, kept: Kept | None = None) -> str:
    page = review_page(db.session(), me(), opened, _rules())
    show = _show(request.values.get("show"))
    kept_id = kept.clause_id if kept is not None else None
    # A refused form stays on the page even where the filter would leave its clause out.
    shown = [item for item in page.clauses if item.is_shown(show) or item.clause.id == kept_id]
    if show == "ranked":
        shown.sort(key=lambda item: item.rank)
    return render_template("review/submission.html", page=page, shown=shown, show=show, kept=kept, **_around(page))


def _around(page: ReviewPage) -> dict[str, object]:
    undecided = page.standing.undecided
    return {
        "warnings": shown_warnings(page.submission, WORDS["warning"]),
        "counts": {show: page.count(show) for show in SHOWS},
        "bulk": len(page.standing.bulk),
        "first_undecided": undecided[0].clause if undecided else None,
        "form": ProposeForm(),
    }


def _clause_as_json(opened: Submission, clause_id: int) -> ResponseReturnValue:
    page = review_page(db.session(), me(), opened, _rules())
    item = next(item for item in page.clauses if item.clause.id == clause_id)
    show = _show(request.values.get("show"))
    return jsonify(
        clause=render_template("review/clause_alone.html", item=item, page=page, show=show, kept=None),
        bar=render_template("review/bar_alone.html", page=page, show=show, **_around(page)),
        message=_("Đã lưu ý kiến cho %(label)s.", label=item.clause.label),
    )
