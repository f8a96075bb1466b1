"""Accounts: who works with the system, with which roles. A password is made by the system and shown once."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from covenant_review.accounts.models import User
from covenant_review.accounts.operations import change_person, create_person, new_password, reset_password
from covenant_review.accounts.people_forms import ChangePersonForm, NewPersonForm, PersonForm
from covenant_review.accounts.permissions import ROLES, Permission
from covenant_review.database import db
from covenant_review.refusals import Refused
from covenant_review.registry.models import Commune
from covenant_review.text.alphabet import vietnamese_order
from covenant_review.text.folding import fold, strip_marks
from covenant_review.web.access import me, needs
from covenant_review.web.paging import paged
from covenant_review.web.shown import word
from covenant_review.web.signin import hashed

blueprint = Blueprint("people", __name__)

# Where a refusal of the operations is shown on the form.
_FIELD_OF = {"username": "username", "username_taken": "username", "full_name": "full_name", "roles": "roles", "commune": "commune"}


@blueprint.get("/accounts")
@needs(Permission.KEEP_ACCOUNTS)
def people() -> ResponseReturnValue:
    """Everybody with an account; `q` looks in names, user names and communes, `role` keeps one role."""
    communes = _communes()
    asked, role = request.args.get("q", "").strip(), request.args.get("role", "")
    everybody = sorted(db.session.scalars(select(User)), key=lambda person: (not person.active, vietnamese_order(person.full_name)))
    shown = [
        person
        for person in everybody
        if (not role or role in person.role_names) and _plain(asked) in _plain(_searched(person, communes.get(person.commune_id)))
    ]
    return render_template("people/list.html", people=paged(shown), communes=communes, asked=asked, role=role, roles=ROLES)


@blueprint.route("/accounts/new", methods=["GET", "POST"])
@needs(Permission.KEEP_ACCOUNTS)
def new() -> ResponseReturnValue:
    """Open an account; the answer shows its first password, once."""
    form = NewPersonForm()
    _offer(form)
    if form.validate_on_submit():
        password = new_password()
        try:
            person = create_person(
                me(),
                username=form.username.data or "",
                full_name=form.full_name.data or "",
                roles=tuple(form.roles.data or ()),
                commune_id=form.commune_id,
                password_hash=hashed(password),
            )
        except Refused as refusal:
            _show_refusal(form, refusal)
        else:
            return render_template("people/password.html", person=person, password=password, is_new=True)
    return render_template("people/new.html", form=form)


@blueprint.route("/accounts/<int:person_id>", methods=["GET", "POST"])
@needs(Permission.KEEP_ACCOUNTS)
def person(person_id: int) -> ResponseReturnValue:
    """See and change an account."""
    found = _person(person_id)
    form = ChangePersonForm(
        full_name=found.full_name, roles=sorted(found.role_names), commune=str(found.commune_id or ""), active=found.active
    )
    _offer(form)
    if form.validate_on_submit():
        try:
            change_person(
                me(),
                found,
                full_name=form.full_name.data or "",
                roles=tuple(form.roles.data or ()),
                commune_id=form.commune_id,
                active=form.active.data,
            )
        except Refused as refusal:
            _show_refusal(form, refusal)
            found = _person(person_id)
        else:
            flash(_("Đã lưu tài khoản của %(name)s.", name=found.full_name), "success")
            return redirect(url_for("people.people"))
    return render_template("people/person.html", form=form, person=found)


@blueprint.post("/accounts/<int:person_id>/password")
@needs(Permission.KEEP_ACCOUNTS)
def password(person_id: int) -> ResponseReturnValue:
    """Give a new first password; the answer shows it, once."""
    found, fresh = _person(person_id), new_password()
    reset_password(me(), found, hashed(fresh))
    return render_template("people/password.html", person=found, password=fresh, is_new=False)


def _person(person_id: int) -> User:
    return db.session.get(User, person_id) or abort(404)


def _communes() -> dict[int | None, Commune]:
    rows = sorted(db.session.scalars(select(Commune)), key=lambda commune: vietnamese_order(commune.name))
    return {commune.id: commune for commune in rows}


def _offer(form: PersonForm) -> None:
    communes = [(str(commune.id), f"{commune.name} ({word('commune_kind', commune.kind)})") for commune in _communes().values()]
    form.offer([(role, word("role", role)) for role in ROLES], [("", _("– toàn tỉnh –")), *communes])


def _show_refusal(form: PersonForm, refusal: Refused) -> None:
    db.session.rollback()
    field = getattr(form, _FIELD_OF.get(refusal.code, ""), None)
    if field is None:
        form.form_errors = [refusal.message]
    else:
        field.errors = [refusal.message]


def _searched(person: User, commune: Commune | None) -> str:
    return f"{person.full_name} {person.username} {commune.name if commune else ''}"


def _plain(text: str) -> str:
    return strip_marks(fold(text))
