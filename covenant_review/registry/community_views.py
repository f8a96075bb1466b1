"""Pages that add and change communities."""

from __future__ import annotations

from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from covenant_review.accounts.permissions import Permission
from covenant_review.database import db
from covenant_review.registry.base_views import asked_commune, asked_community, blueprint, shown_community, went_well
from covenant_review.registry.forms import CommunityForm, DeclarationForm, MergeForm, ReasonForm
from covenant_review.registry.models import Community
from covenant_review.registry.operations import (
    add_community,
    declare_no_covenant,
    merge_community,
    rename_community,
    undo_merger,
    withdraw_declaration,
)
from covenant_review.text.alphabet import vietnamese_order
from covenant_review.web.access import me, needs
from covenant_review.web.shown import word


@blueprint.route("/communes/<code>/communities/new", methods=["GET", "POST"])
@needs(Permission.KEEP_REGISTER)
def new_community(code: str) -> ResponseReturnValue:
    """Add a community; afterwards to its commune, or to the next one when that button was used."""
    commune = asked_commune(code, Permission.KEEP_REGISTER)
    form = CommunityForm(kind="to_dan_pho" if commune.kind == "phuong" else "thon").in_words(word)
    added: list[Community] = []
    if went_well(form, lambda: added.append(add_community(me(), commune, kind=form.kind.data, name=form.name.data or ""))):
        flash(_("Đã thêm %(name)s.", name=shown_community(added[0])), "success")
        if "another" in request.form:
            return redirect(url_for("registry.new_community", code=code))
        return redirect(url_for("pages.commune", code=code, _anchor=f"community-{added[0].id}"))
    return render_template("registry/community_new.html", commune=commune, form=form), 422 if form.errors else 200


@blueprint.get("/communities/<int:community_id>/edit")
@needs(Permission.KEEP_REGISTER)
def edit_community(community_id: int) -> ResponseReturnValue:
    """Everything that can be changed about a community, each change with a form of its own."""
    return _edit_page(asked_community(community_id))


@blueprint.post("/communities/<int:community_id>/rename")
@needs(Permission.KEEP_REGISTER)
def rename(community_id: int) -> ResponseReturnValue:
    """Change kind or name."""
    community = asked_community(community_id)
    form = CommunityForm(prefix="rename").in_words(word)
    if went_well(form, lambda: rename_community(me(), community, kind=form.kind.data, name=form.name.data or "")):
        return _done(community, _("Đã lưu tên %(name)s.", name=shown_community(community)))
    return _edit_page(community, rename=form)


@blueprint.post("/communities/<int:community_id>/merge")
@needs(Permission.KEEP_REGISTER)
def merge(community_id: int) -> ResponseReturnValue:
    """Record a merger into another community."""
    community = asked_community(community_id)
    form = MergeForm(prefix="merge").offer(_receivers(community), word)
    if went_well(form, lambda: _merge(community, form.into.data, form.on.data)):
        into = db.session.get_one(Community, form.into.data)
        message = _("Đã ghi %(name)s sáp nhập vào %(into)s.", name=shown_community(community), into=shown_community(into))
        return _done(community, message)
    return _edit_page(community, merge=form)


def _merge(community: Community, into_id: int, on: date) -> None:
    merge_community(me(), community, db.session.get_one(Community, into_id), on)


@blueprint.post("/communities/<int:community_id>/undo-merger")
@needs(Permission.KEEP_REGISTER)
def undo(community_id: int) -> ResponseReturnValue:
    """Take back a merger that was recorded by mistake."""
    community = asked_community(community_id)
    form = ReasonForm(prefix="undo")
    if went_well(form, lambda: undo_merger(me(), community, form.reason.data or "")):
        return _done(community, _("Đã bỏ ghi sáp nhập của %(name)s.", name=shown_community(community)))
    return _edit_page(community, undo=form)


@blueprint.post("/communities/<int:community_id>/no-covenant")
@needs(Permission.KEEP_REGISTER)
def declare(community_id: int) -> ResponseReturnValue:
    """Declare that the community keeps no covenant."""
    community = asked_community(community_id)
    form = DeclarationForm(prefix="declare")
    if went_well(form, lambda: declare_no_covenant(me(), community, form.on.data)):
        return _done(community, _("Đã khai báo %(name)s không có hương ước, quy ước.", name=shown_community(community)))
    return _edit_page(community, declare=form)


@blueprint.post("/communities/<int:community_id>/no-covenant/withdraw")
@needs(Permission.KEEP_REGISTER)
def withdraw(community_id: int) -> ResponseReturnValue:
    """Take the declaration back."""
    community = asked_community(community_id)
    withdraw_declaration(me(), community)
    return _done(community, _("Đã rút khai báo của %(name)s.", name=shown_community(community)))


def _done(community: Community, message: str) -> ResponseReturnValue:
    flash(message, "success")
    return redirect(url_for("pages.commune", code=community.commune.code, _anchor=f"community-{community.id}"))


def _edit_page(
    community: Community,
    *,
    rename: CommunityForm | None = None,
    merge: MergeForm | None = None,
    undo: ReasonForm | None = None,
    declare: DeclarationForm | None = None,
) -> ResponseReturnValue:
    """The page with all forms; the one that was sent keeps what was typed, the others start from the register."""
    refused = any(form is not None for form in (rename, merge, undo, declare))
    receivers = _receivers(community)
    page = render_template(
        "registry/community_edit.html",
        community=community,
        receivers=receivers,
        rename=rename or CommunityForm(None, prefix="rename", kind=community.kind, name=community.name).in_words(word),
        merge=merge or MergeForm(None, prefix="merge").offer(receivers, word),
        undo=undo or ReasonForm(None, prefix="undo"),
        declare=declare or DeclarationForm(None, prefix="declare"),
    )
    return page, 422 if refused else 200


def _receivers(community: Community) -> list[Community]:
    query = select(Community).where(
        Community.commune_id == community.commune_id, Community.merged_into_id.is_(None), Community.id != community.id
    )
    return sorted(db.session.scalars(query), key=lambda one: (one.kind, vietnamese_order(one.name)))
