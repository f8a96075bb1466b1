"""Pages of handing in, progress, and what the machine read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO, cast

from flask import Blueprint, abort, current_app, flash, jsonify, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from covenant_review.accounts.permissions import Permission, may
from covenant_review.database import db
from covenant_review.extraction import office
from covenant_review.refusals import Invalid, Refused
from covenant_review.registry.models import Commune, Covenant
from covenant_review.settings import Settings
from covenant_review.submissions import facts_views, operations, photo_views
from covenant_review.submissions.facts import facts_of_submission
from covenant_review.submissions.facts_shown import in_context, shown_facts, suggested_covenant
from covenant_review.submissions.file_names import download_name
from covenant_review.submissions.forms import IN_GIVEN_ORDER, AttachForm, UploadForm, WithdrawForm
from covenant_review.submissions.kinds import offered_endings, recognition_is_available
from covenant_review.submissions.marked_text import Piece, pieces
from covenant_review.submissions.models import Submission, SubmittedClause, TextCorrection
from covenant_review.submissions.pages_views import submission_for
from covenant_review.submissions.photos import bundle_limit_mb, may_reorder
from covenant_review.submissions.progress import Progress, progress_of
from covenant_review.submissions.readings import STEPS
from covenant_review.submissions.receipts import Receipt, past_receipts
from covenant_review.submissions.storage import store_of
from covenant_review.submissions.versions import covenants_of, is_signed, unattached
from covenant_review.web.access import check_commune, me, needs
from covenant_review.web.errors import wants_json
from covenant_review.web.words import WORDS

blueprint = Blueprint("submissions", __name__)
blueprints = (blueprint, facts_views.blueprint, photo_views.blueprint)
_MOST_IDS = 200
_MIMETYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "text": "text/plain",
    "doc": "application/msword",
    "rtf": "application/rtf",
    "odt": "application/vnd.oasis.opendocument.text",
    "photos": "application/zip",
}


@blueprint.route("/communes/<code>/upload", methods=["GET", "POST"])
@needs(Permission.SUBMIT)
def upload(code: str) -> ResponseReturnValue:
    """Hand in files: a form; posted, it answers with a receipt per file (JSON for upload.js, else a page to come back to)."""
    commune = _commune(code)
    form = UploadForm(covenant_id=request.args.get("covenant", ""))
    form.offer(covenants_of(db.session(), commune.id))
    status = 200
    if form.validate_on_submit():
        try:
            receipts = operations.submit(
                me(),
                commune,
                _uploads(),
                _covenant(form.covenant_id.data),
                photos=form.photos_are(),
                in_given_order=form.order.data == IN_GIVEN_ORDER,
            )
        except Invalid as error:
            if wants_json():
                raise
            (form.photos if error.code == "photos_are" else form.files).errors = [error.message]
            status = 422
        else:
            if wants_json():
                return _receipts_as_json(receipts)
            return redirect(_receipt_address(commune, receipts))
    elif form.is_submitted():
        if wants_json():
            raise Invalid("covenant", _("Hương ước đã chọn không có trong sổ đăng ký. Hãy tải lại trang rồi chọn lại."))
        status = 422
    waiting = unattached(db.session(), commune.id)
    page = render_template(
        "submissions/upload.html",
        commune=commune,
        form=form,
        file_limit=_settings().file_limit_mb,
        request_limit=_settings().request_limit_mb,
        office=office.is_available(),
        recognition=recognition_is_available(),
        endings=offered_endings(),
        waiting=waiting,
        progress=progress_of(db.session(), waiting),
    )
    return page, status


@blueprint.get("/communes/<code>/upload/receipt")
@needs(Permission.SUBMIT)
def receipt(code: str) -> str:
    """What came of the files of one upload."""
    commune = _commune(code)
    receipts = past_receipts(db.session(), me(), commune, _ids("accepted"), _ids("refused"))
    submissions = [one.submission for one in receipts if one.submission is not None]
    return render_template("submissions/receipt.html", commune=commune, receipts=receipts, progress=progress_of(db.session(), submissions))


@blueprint.get("/submissions/progress")
@needs(Permission.SEE_SUBMISSION)
def progress() -> ResponseReturnValue:
    """How far the asked-for submissions are, for progress.js; those of other communes are left out."""
    submissions = [
        submission
        for submission in db.session.scalars(select(Submission).where(Submission.id.in_(_ids("ids"))))
        if may(me(), Permission.SEE_SUBMISSION, submission.commune_id)
    ]
    found = progress_of(db.session(), submissions)
    return jsonify(
        submissions=[
            {"id": one.submission_id, "state": one.state, "finished": one.is_finished, "html": _progress_html(one)}
            for one in found.values()
        ]
    )


@blueprint.get("/submissions/<int:submission_id>")
@needs(Permission.SEE_SUBMISSION)
def submission(submission_id: int) -> str:
    """One submission: how far it is, and what was read and found."""
    return _submission_page(submission_for(submission_id, Permission.SEE_SUBMISSION), AttachForm(), WithdrawForm())


@blueprint.get("/submissions/<int:submission_id>/original")
@needs(Permission.SEE_SUBMISSION)
def original(submission_id: int) -> ResponseReturnValue:
    """The file as it was handed in, to be saved, never shown inside the site."""
    found = submission_for(submission_id, Permission.SEE_SUBMISSION)
    path = store_of(current_app).path(found.file.sha256)
    if not path.is_file():
        current_app.logger.error("the original of submission %s is missing: %s", found.id, found.file.sha256)
        raise Refused("original_missing", _("Không tìm thấy tệp gốc trong kho lưu trữ. Hãy báo cho quản trị viên."))
    answer = send_file(
        path,
        mimetype=_MIMETYPES.get(found.file.kind, "application/octet-stream"),
        as_attachment=True,
        download_name=download_name(found.file_name, found.file.kind),
        etag=found.file.sha256,
        max_age=0,
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@blueprint.post("/submissions/<int:submission_id>/attach")
@needs(Permission.SUBMIT)
def attach(submission_id: int) -> ResponseReturnValue:
    """Make the file a version of a covenant."""
    found = submission_for(submission_id, Permission.SUBMIT)
    form = AttachForm()
    form.offer(covenants_of(db.session(), found.commune_id))
    if not form.validate_on_submit():
        return _submission_page(found, form, WithdrawForm(formdata=None)), 422
    covenant = _covenant(form.covenant_id.data)
    assert covenant is not None  # DataRequired
    operations.attach(me(), found, covenant)
    flash(_("Đã gắn tệp vào “%(name)s”, bản %(version)s.", name=covenant.name, version=found.version), "success")
    return redirect(url_for("submissions.submission", submission_id=found.id))


@blueprint.post("/submissions/<int:submission_id>/retry")
@needs(Permission.SUBMIT)
def retry(submission_id: int) -> ResponseReturnValue:
    """Read the file again."""
    found = submission_for(submission_id, Permission.SUBMIT)
    operations.retry(me(), found)
    flash(_("Tệp được đưa vào hàng chờ để đọc lại."), "success")
    return redirect(url_for("submissions.submission", submission_id=found.id))


@blueprint.post("/submissions/<int:submission_id>/withdraw")
@needs(Permission.SUBMIT)
def withdraw(submission_id: int) -> ResponseReturnValue:
    """Take the submission back, with a reason."""
    found = submission_for(submission_id, Permission.SUBMIT)
    form = WithdrawForm()
    if not form.validate_on_submit():
        return _submission_page(found, AttachForm(formdata=None), form), 422
    operations.withdraw(me(), found, form.reason.data or "")
    flash(_("Đã rút bản nộp. Tệp gốc và nhật ký vẫn được giữ."), "success")
    return redirect(url_for("submissions.submission", submission_id=found.id))


@blueprint.app_template_global("stage")
def stage(one: Progress) -> str:
    """What is being done or was found, in a few words."""
    if one.state == "queued":
        if one.stalled:
            return str(_("Bộ đọc chưa chạy. Tệp đã được giữ an toàn; hãy báo quản trị viên nếu vẫn chờ lâu."))
        return str(_("Còn %(count)s tệp ở trước.", count=one.before) if one.before else _("Sắp đến lượt."))
    if one.state == "reading":
        if one.pages:
            return str(_("Đang đọc chữ: xong %(page)s / %(pages)s trang.", page=one.page, pages=one.pages))
        if one.total != STEPS:
            return ""
        steps = (_("đọc chữ trong tệp"), _("tách điều khoản"), _("đối chiếu bộ quy tắc"))
        return str(_("Bước %(done)s/%(total)s: %(step)s.", done=one.done + 1, total=one.total, step=steps[min(one.done, STEPS - 1)]))
    if one.state == "read":
        return str(_("%(count)s điều khoản.", count=one.judged))
    return reason_text(one.reason)


@blueprint.app_template_global("reason_text")
def reason_text(reason: str) -> str:
    """Why a file was refused or could not be read, and what to do."""
    if reason == "not_stored":
        return str(_("Máy chủ không lưu được tệp này. Hãy thử lại; nếu vẫn lỗi, báo quản trị viên."))
    if reason == "photos_too_large":
        most = bundle_limit_mb(_settings())
        return str(_("Các ảnh cộng lại lớn hơn %(limit)s MB. Hãy chụp với cỡ ảnh nhỏ hơn, hoặc gửi bản PDF.", limit=most))
    if reason == "too_large":
        text = _("Tệp quá lớn: mỗi tệp không quá %(limit)s MB. Hãy lưu lại với ảnh nhỏ hơn rồi nộp lại.", limit=_settings().file_limit_mb)
        return str(text)
    known = WORDS["unreadable_reason"]
    return str(known[reason]) if reason in known else _("Không đọc được tệp này (%(code)s).", code=reason)


@blueprint.app_template_global("warnings_of")
def warnings_of(found: Submission) -> list[tuple[str, str]]:
    """What a person should know before trusting the text: each kind once, with its pages ("3, 5"; "" for the whole file)."""
    pages: dict[str, list[int]] = {}
    for warning in found.warnings:
        concerned = pages.setdefault(str(warning["code"]), [])
        if warning["page"] is not None and warning["page"] not in concerned:
            concerned.append(warning["page"])
    known = WORDS["warning"]
    return [
        (
            str(known[code]) if code in known else str(_("Có điểm cần xem lại khi đọc tệp (%(code)s).", code=code)),
            ", ".join(str(page) for page in sorted(concerned)),
        )
        for code, concerned in pages.items()
    ]


@blueprint.app_template_global("pieces_of")
def pieces_of(clause: SubmittedClause) -> list[Piece]:
    """The words of a clause, cut where findings point."""
    return pieces(clause.text, [(finding.span_start, finding.span_end, finding.outcome) for finding in clause.findings])


def _submission_page(found: Submission, attach_form: AttachForm, withdraw_form: WithdrawForm) -> str:
    session = db.session()
    own = may(me(), Permission.SUBMIT, found.commune_id) and found.withdrawn_at is None
    clauses = _clauses(found) if found.state == "read" else []
    attach_form.offer(covenants_of(session, found.commune_id) if own and found.covenant_id is None else [])
    facts = facts_of_submission(session, found)
    texts = {clause.key: clause.text for clause in clauses}
    suggested = suggested_covenant(session, found, facts) if own and found.covenant_id is None and facts else None
    if suggested is not None and not attach_form.is_submitted():
        attach_form.covenant_id.data = str(suggested.id)
    return render_template(
        "submissions/submission.html",
        submission=found,
        commune=found.commune,
        progress=progress_of(session, [found])[found.id],
        clauses=clauses,
        to_look_at=[clause for clause in clauses if clause.not_checked or _outcomes(clause) - {"positive"}],
        good=[clause for clause in clauses if _outcomes(clause) == {"positive"} and not clause.not_checked],
        english=str(get_locale()) == "en",
        facts=shown_facts(found, facts),
        context_of=lambda fact: in_context(fact, texts.get(fact.clause_key)),
        keeps_register=may(me(), Permission.KEEP_REGISTER, found.commune_id) and found.withdrawn_at is None,
        suggested=suggested,
        may_reorder=may_reorder(session, me(), found),
        attach_form=attach_form if own and found.covenant_id is None else None,
        withdraw_form=withdraw_form if own and not is_signed(session, found) else None,
        may_retry=own and found.state in ("failed", "unreadable"),
    )


def _outcomes(clause: SubmittedClause) -> set[str]:
    return {finding.outcome for finding in clause.findings}


def _clauses(found: Submission) -> Sequence[SubmittedClause]:
    return db.session.scalars(
        select(SubmittedClause)
        .where(SubmittedClause.submission_id == found.id)
        .order_by(SubmittedClause.position)
        .options(
            selectinload(SubmittedClause.findings),
            selectinload(SubmittedClause.silenced),
            selectinload(SubmittedClause.not_checked),
            selectinload(SubmittedClause.corrections).joinedload(TextCorrection.corrected_by),
        )
    ).all()


def _commune(code: str) -> Commune:
    commune = db.session.scalar(select(Commune).where(Commune.code == code))
    if commune is None:
        abort(404)
    check_commune(Permission.SUBMIT, commune.id)
    return commune


def _covenant(chosen: str) -> Covenant | None:
    if not chosen:
        return None
    query = select(Covenant).where(Covenant.id == int(chosen)).options(joinedload(Covenant.community))
    return db.session.scalar(query)


def _uploads() -> list[operations.Upload]:
    """The files of the request; a form without a chosen file sends one without a name."""
    return [operations.Upload(file.filename or "", cast(BinaryIO, file.stream)) for file in request.files.getlist("files") if file.filename]


def _receipts_as_json(receipts: Sequence[Receipt]) -> ResponseReturnValue:
    submissions = [one.submission for one in receipts if one.submission is not None]
    found = progress_of(db.session(), submissions)
    return jsonify(
        receipts=[
            {
                "file_name": one.file_name,
                "outcome": one.outcome,
                "reason": one.reason,
                "submission": one.submission.id if one.submission else None,
                "html": render_template("submissions/_receipt.html", one=one, progress=found),
            }
            for one in receipts
        ]
    )


def _receipt_address(commune: Commune, receipts: Sequence[Receipt]) -> str:
    accepted = [str(one.submission.id) for one in receipts if one.outcome == "accepted" and one.submission]
    refused = [str(one.event_id) for one in receipts if one.outcome != "accepted"]
    return url_for("submissions.receipt", code=commune.code, accepted=",".join(accepted), refused=",".join(refused))


def _progress_html(one: Progress) -> str:
    return render_template("submissions/_progress.html", one=one)


def _ids(name: str) -> list[int]:
    """Numbers from a list like "1,2,3" in the address; whatever else stands there is left out."""
    parts = request.args.get(name, "").split(",")
    return [int(part) for part in parts if part.isascii() and part.isdigit() and len(part) < 10][:_MOST_IDS]


def _settings() -> Settings:
    settings = current_app.extensions["covenant_settings"]
    assert isinstance(settings, Settings)
    return settings
