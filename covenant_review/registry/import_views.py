"""Pages of the import: choose a file, look at what it would add, confirm. Nothing is kept on the server in between."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from flask import Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from covenant_review.accounts.permissions import Permission
from covenant_review.database import db
from covenant_review.refusals import Forbidden, Refused
from covenant_review.registry.base_views import asked_commune, blueprint
from covenant_review.registry.community_import import propose
from covenant_review.registry.forms import ImportForm
from covenant_review.registry.import_lines import HEADERS, Line, ReadFile, read_file
from covenant_review.registry.import_tables import LARGEST_FILE
from covenant_review.registry.models import Commune
from covenant_review.registry.operations_import import import_communities as add_lines
from covenant_review.registry.sample_file import XLSX, sample_csv, sample_xlsx
from covenant_review.web.access import me, needs

_PREVIEW_SECONDS = 8 * 60 * 60


@blueprint.route("/communes/<code>/import", methods=["GET", "POST"])
@needs(Permission.IMPORT_COMMUNITIES)
def import_communities(code: str) -> ResponseReturnValue:
    """Choose a file; sent, it becomes a preview. Nothing is stored."""
    commune = asked_commune(code, Permission.IMPORT_COMMUNITIES)
    form = ImportForm()
    if form.validate_on_submit():
        sent = form.file.data
        if not sent or not sent.filename:
            form.file.errors = [_("Hãy chọn tệp Excel hoặc CSV.")]
        else:
            data = sent.stream.read(LARGEST_FILE + 1)
            try:
                return _preview(commune, read_file(data), sent.filename[:200], hashlib.sha256(data).hexdigest())
            except Forbidden:
                raise
            except Refused as refusal:
                current_app.logger.warning("import file refused: %s", refusal.code)
                form.file.errors = [refusal.message]
    headers = list(HEADERS.values())
    return render_template("registry/import.html", commune=commune, form=form, headers=headers), 422 if form.errors else 200


@blueprint.post("/communes/<code>/import/confirm")
@needs(Permission.IMPORT_COMMUNITIES)
def confirm_import(code: str) -> ResponseReturnValue:
    """Add the lines that were chosen in the preview."""
    commune = asked_commune(code, Permission.IMPORT_COMMUNITIES)
    try:
        sent = _signer().loads(request.form.get("preview", ""), max_age=_PREVIEW_SECONDS)
    except SignatureExpired:
        return _start_again(code, _("Bản xem trước đã để quá lâu. Hãy nộp lại tệp."))
    except BadSignature:
        return _start_again(code, _("Bản xem trước không còn nguyên vẹn. Hãy nộp lại tệp."))
    if sent["commune"] != commune.id or sent["person"] != me().id:
        return _start_again(code, _("Bản xem trước thuộc xã, phường hoặc người khác. Hãy nộp lại tệp."))
    lines = [Line.from_plain(values) for values in sent["lines"]]
    chosen = {int(value) for value in request.form.getlist("line") if value.isdigit()}
    try:
        added = add_lines(me(), commune, lines, chosen, file_name=sent["file_name"], sha256=sent["sha256"])
    except Forbidden:
        raise
    except Refused as refusal:
        flash(refusal.message, "danger")
        return _preview_page(commune, lines, sent, 409)
    flash(
        _(
            "Đã thêm %(communities)s thôn, tổ dân phố và %(covenants)s hương ước, quy ước từ tệp %(file)s.",
            communities=added.communities,
            covenants=added.covenants,
            file=sent["file_name"],
        ),
        "success",
    )
    return redirect(url_for("pages.commune", code=code))


@blueprint.get("/communes/<code>/import/sample.<kind>")
@needs(Permission.IMPORT_COMMUNITIES)
def import_sample(code: str, kind: str) -> ResponseReturnValue:
    """The sample file, as XLSX or CSV."""
    asked_commune(code, Permission.IMPORT_COMMUNITIES)
    made = {"xlsx": (sample_xlsx, XLSX), "csv": (sample_csv, "text/csv; charset=utf-8")}
    if kind not in made:
        abort(404)
    make, content_type = made[kind]
    return Response(make(), content_type=content_type, headers={"Content-Disposition": f"attachment; filename=danh-sach-thon.{kind}"})


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="registry.import-preview")


def _preview(commune: Commune, read: ReadFile, file_name: str, sha256: str) -> ResponseReturnValue:
    sent = {
        "commune": commune.id,
        "person": me().id,
        "file_name": file_name,
        "sha256": sha256,
        "sheet": read.sheet,
        "unused": read.unused_columns,
        "unread": read.unread_sheets,
        "lines": [line.plain() for line in read.lines],
    }
    return _preview_page(commune, read.lines, sent, 200)


def _preview_page(commune: Commune, lines: Sequence[Line], sent: dict[str, Any], status: int) -> ResponseReturnValue:
    proposals = propose(db.session(), commune, lines)
    counts = {standing: sum(one.standing == standing for one in proposals) for standing in ("add", "present", "error")}
    # What goes along to the confirmation is signed, so that it comes back as it was read.
    page = render_template(
        "registry/import_preview.html",
        commune=commune,
        proposals=proposals,
        counts=counts,
        sent=sent,
        preview=_signer().dumps(sent),
    )
    return page, status


def _start_again(code: str, message: str) -> ResponseReturnValue:
    flash(message, "danger")
    return redirect(url_for("registry.import_communities", code=code))
