"""Pages of correcting the text of a clause against its picture."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from covenant_review.accounts.permissions import Permission
from covenant_review.database import db
from covenant_review.refusals import Invalid, Refused
from covenant_review.screening.second_reader_use import SecondReaderInUse, second_reader_of
from covenant_review.submissions import corrections
from covenant_review.submissions.correction_forms import CorrectionForm, MissingForm, TakeBackForm
from covenant_review.submissions.models import Submission, SubmittedClause, TextCorrection
from covenant_review.submissions.pages_views import around, clause_address, clause_for, cutouts_for, submission_for
from covenant_review.submissions.text_diff import DiffPiece, word_diff
from covenant_review.submissions.versions import is_signed
from covenant_review.web.access import me, needs
from covenant_review.web.ruleset_in_use import ruleset_in_use

blueprint = Blueprint("corrections", __name__)
_BELOW = 120.0  # points of the page under a clause: there the missing one stands
_SECOND_READER = "covenant_second_reader_of_corrections"


@blueprint.route("/submissions/<int:submission_id>/clauses/<int:clause_id>/correct", methods=["GET", "POST"])
@needs(Permission.CORRECT_TEXT)
def correct(submission_id: int, clause_id: int) -> ResponseReturnValue:
    """The words of a clause beside its picture, to be made to say what the picture says."""
    found = submission_for(submission_id, Permission.CORRECT_TEXT)
    clause = clause_for(found, clause_id)
    form = CorrectionForm(words=_line(clause), seen=len(clause.corrections))
    cells = request.form.getlist("cell") if request.method == "POST" else list(clause.cells)
    status = 200
    if form.is_submitted() and form.validate():
        written = cells if clause.table_index is not None else form.words.data or ""
        try:
            corrections.correct(me(), clause, written, form.reason.data or "", seen=form.seen.data or 0, screeners=_screeners())
        except Refused as refusal:
            status = _show(form, refusal)
        else:
            flash(_("Đã sửa chữ. Các quy tắc đã được dò lại; ý kiến cũ về đoạn này không còn tính."), "success")
            return redirect(clause_address(clause, found))
    return _form_page("submissions/correct.html", found, clause, form, cells=cells), status


@blueprint.post("/submissions/<int:submission_id>/clauses/<int:clause_id>/take-back")
@needs(Permission.CORRECT_TEXT)
def take_back(submission_id: int, clause_id: int) -> ResponseReturnValue:
    """Let the machine's words hold again."""
    found = submission_for(submission_id, Permission.CORRECT_TEXT)
    clause = clause_for(found, clause_id)
    form = TakeBackForm()
    try:
        corrections.take_back(me(), clause, form.reason.data or "", seen=form.seen.data or 0, screeners=_screeners())
    except Refused as refusal:
        form.reason.errors = [refusal.message]
        blank = CorrectionForm(formdata=None, words=_line(clause), seen=len(clause.corrections))
        return _form_page("submissions/correct.html", found, clause, blank, cells=list(clause.cells), take_back=form), refusal.status
    flash(_("Đã bỏ chỗ sửa. Chữ máy đọc được dùng lại; lịch sử sửa vẫn được giữ."), "success")
    return redirect(clause_address(clause, found))


@blueprint.route("/submissions/<int:submission_id>/clauses/<int:clause_id>/add-after", methods=["GET", "POST"])
@needs(Permission.CORRECT_TEXT)
def add_after(submission_id: int, clause_id: int) -> ResponseReturnValue:
    """Write down a clause that reading missed, right after another one."""
    found = submission_for(submission_id, Permission.CORRECT_TEXT)
    clause = clause_for(found, clause_id)
    form = MissingForm()
    status = 200
    if form.is_submitted() and form.validate():
        try:
            added = corrections.add_missing(me(), clause, form.words.data or "", form.reason.data or "", screeners=_screeners())
        except Refused as refusal:
            status = _show(form, refusal)
        else:
            flash(_("Đã thêm đoạn bị sót. Các quy tắc đã được dò trên đoạn này; người rà soát phải cho ý kiến."), "success")
            return redirect(clause_address(clause_for(found, added.clause_id), found))
    return _form_page("submissions/add_missing.html", found, clause, form, below=_BELOW), status


@blueprint.post("/submissions/<int:submission_id>/corrections/carry-over")
@needs(Permission.CORRECT_TEXT)
def carry_over(submission_id: int) -> ResponseReturnValue:
    """Make the corrections of another submission of the same file again."""
    found = submission_for(submission_id, Permission.CORRECT_TEXT)
    count = corrections.carry_over(me(), found, _screeners())
    if count:
        flash(_("Đã áp dụng lại %(count)s chỗ sửa. Hãy đọc lại từng chỗ.", count=count), "success")
    else:
        flash(_("Không chỗ nào áp dụng lại được tự động. Hãy sửa từng đoạn."), "warning")
    return redirect(url_for("submissions.submission", submission_id=found.id))


@blueprint.app_template_global("may_correct")
def may_correct(found: Submission) -> bool:
    """Whether the person who is signed in may correct this text."""
    return corrections.may_correct(me(), found)


@blueprint.app_template_global("earlier_corrections")
def earlier_corrections(found: Submission) -> list[TextCorrection]:
    """What was corrected on another submission of the same file and is not here."""
    session: Session = db.session()
    return corrections.earlier_corrections(session, found) if found.state == "read" else []


@blueprint.app_template_global("correction_diff")
def correction_diff(clause: SubmittedClause) -> list[DiffPiece]:
    """What the machine read against what the clause says now."""
    number, text = clause.machine_line
    return word_diff(f"{number} {text}".strip(), _line(clause))


def _form_page(template: str, found: Submission, clause: SubmittedClause, form: object, *, below: float = 0.0, **more: object) -> str:
    blank = TakeBackForm(formdata=None, seen=len(clause.corrections))
    return render_template(
        template,
        submission=found,
        clause=clause,
        form=form,
        is_signed=is_signed(db.session(), found),
        back=clause_address(clause, found),
        **{"take_back": blank, **more},
        **cutouts_for(found, clause, below),
        **around(found),
    )


def _show(form: CorrectionForm | MissingForm, refusal: Refused) -> int:
    """Put the message beside the field that it is about; the status of the answer."""
    field = form.reason if isinstance(refusal, Invalid) and refusal.code.startswith("reason") else form.words
    field.errors = [refusal.message]
    return refusal.status


def _line(clause: SubmittedClause) -> str:
    return f"{clause.number} {clause.text}".strip()


def _screeners() -> corrections.Screeners:
    """The rule set in force and the second reader beside it, which is loaded once."""
    rules = ruleset_in_use()
    kept = current_app.extensions.get(_SECOND_READER)
    if kept is None or kept[0] is not rules:
        wanted = current_app.extensions["covenant_settings"].second_reader
        kept = current_app.extensions[_SECOND_READER] = (rules, second_reader_of(rules, wanted=wanted))
    second: SecondReaderInUse = kept[1]
    return corrections.Screeners(rules, second)
