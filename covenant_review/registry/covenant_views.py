"""Pages that add covenants, rename them, and keep their legal life."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from covenant_review.accounts.permissions import Permission
from covenant_review.database import db
from covenant_review.registry.base_views import asked_community, asked_covenant, asked_status, blueprint, went_well
from covenant_review.registry.forms import CorrectionForm, CovenantForm, CovenantNameForm, ReasonForm, StatusForm
from covenant_review.registry.models import Covenant, LegalStatus
from covenant_review.registry.operations import (
    add_covenant,
    add_status,
    correct_status,
    remove_status,
    rename_covenant,
)
from covenant_review.registry.operations_legal_life import possible_replacements
from covenant_review.registry.overview import commune_register
from covenant_review.web.access import me, needs
from covenant_review.web.shown import word


@blueprint.route("/communities/<int:community_id>/covenants/new", methods=["GET", "POST"])
@needs(Permission.KEEP_REGISTER)
def new_covenant(community_id: int) -> ResponseReturnValue:
    """Add a covenant to a community."""
    community = asked_community(community_id)
    form = CovenantForm().in_words(word)
    added: list[Covenant] = []

    def add() -> None:
        added.append(
            add_covenant(
                me(),
                community,
                kind=form.kind.data,
                name=form.name.data or "",
                drafted_on=form.drafted_on.data,
                adopted_on=form.adopted_on.data,
                adopted_document=form.adopted_document.data or "",
                recognised_on=form.recognised_on.data,
                decision_number=form.decision_number.data or "",
            )
        )

    if went_well(form, add):
        flash(_("Đã thêm “%(name)s” vào sổ. Bây giờ có thể nộp văn bản.", name=added[0].name), "success")
        return redirect(url_for("covenant_pages.covenant", covenant_id=added[0].id))
    return render_template("registry/covenant_new.html", community=community, form=form), 422 if form.errors else 200


@blueprint.route("/covenants/<int:covenant_id>/edit", methods=["GET", "POST"])
@needs(Permission.KEEP_REGISTER)
def edit_covenant(covenant_id: int) -> ResponseReturnValue:
    """Change kind or name of a covenant."""
    covenant = asked_covenant(covenant_id)
    form = CovenantNameForm(kind=covenant.kind, name=covenant.name).in_words(word)
    if went_well(form, lambda: rename_covenant(me(), covenant, kind=form.kind.data, name=form.name.data or "")):
        return _done(covenant, _("Đã lưu tên “%(name)s”.", name=covenant.name))
    return render_template("registry/covenant_edit.html", covenant=covenant, form=form), 422 if form.errors else 200


@blueprint.route("/covenants/<int:covenant_id>/statuses/new", methods=["GET", "POST"])
@needs(Permission.KEEP_REGISTER)
def new_status(covenant_id: int) -> ResponseReturnValue:
    """Add a step to the legal life."""
    covenant = asked_covenant(covenant_id)
    form = StatusForm(status="recognised" if covenant.first("recognised") is None else "abolished").in_words(word)
    covenants = commune_register(db.session(), covenant.community.commune).covenants
    form.offer(possible_replacements(covenants, covenant))

    def add() -> None:
        replacement = db.session.get(Covenant, form.replaced_by.data) if form.replaced_by.data else None
        add_status(me(), covenant, status=form.status.data, on=form.on.data, document=form.document.data or "", replaced_by=replacement)

    if went_well(form, add):
        return _done(covenant, _("Đã ghi tình trạng “%(status)s”.", status=word("legal_status", form.status.data)))
    return render_template("registry/status_new.html", covenant=covenant, form=form), 422 if form.errors else 200


@blueprint.route("/statuses/<int:status_id>/correct", methods=["GET", "POST"])
@needs(Permission.KEEP_REGISTER)
def correct(status_id: int) -> ResponseReturnValue:
    """Correct day or document of a step."""
    step = asked_status(status_id)
    form = CorrectionForm(prefix="correct", on=step.from_date, document=step.document)

    def put_right() -> None:
        correct_status(me(), step, on=form.on.data, document=form.document.data or "", reason=form.reason.data or "")

    if went_well(form, put_right):
        return _done(step.covenant, _("Đã đính chính bước “%(status)s”.", status=word("legal_status", step.status)))
    return _correction_page(step, form, ReasonForm(None, prefix="remove"), refused=bool(form.errors))


@blueprint.post("/statuses/<int:status_id>/remove")
@needs(Permission.KEEP_REGISTER)
def remove(status_id: int) -> ResponseReturnValue:
    """Take out a step that never happened."""
    step = asked_status(status_id)
    covenant, shown = step.covenant, word("legal_status", step.status)
    form = ReasonForm(prefix="remove")
    if went_well(form, lambda: remove_status(me(), step, reason=form.reason.data or "")):
        return _done(covenant, _("Đã xóa bước “%(status)s”; nội dung cũ còn trong nhật ký.", status=shown))
    return _correction_page(step, CorrectionForm(None, prefix="correct", on=step.from_date, document=step.document), form, refused=True)


def _correction_page(step: LegalStatus, form: CorrectionForm, removal: ReasonForm, *, refused: bool) -> ResponseReturnValue:
    page = render_template("registry/status_correct.html", step=step, covenant=step.covenant, form=form, removal=removal)
    return page, 422 if refused else 200


def _done(covenant: Covenant, message: str) -> ResponseReturnValue:
    flash(message, "success")
    return redirect(url_for("covenant_pages.covenant", covenant_id=covenant.id))
