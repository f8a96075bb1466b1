"""The own password and language."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_security.utils import login_user

from covenant_review.accounts.forms import PasswordForm
from covenant_review.accounts.operations import change_own_password, choose_language
from covenant_review.accounts.permissions import Permission
from covenant_review.web.access import me, needs
from covenant_review.web.signin import hashed, matches

blueprint = Blueprint("accounts", __name__)


@blueprint.route("/account/password", methods=["GET", "POST"])
@needs(Permission.OWN_ACCOUNT)
def password() -> ResponseReturnValue:
    """Change the own password; the first one must be changed before anything else."""
    form = PasswordForm()
    if form.validate_on_submit():
        person, new = me(), str(form.new.data)
        if not matches(str(form.old.data), person):
            form.old.errors = [_("Mật khẩu hiện tại không đúng.")]
        elif form.old.data == new:
            form.new.errors = [_("Mật khẩu mới phải khác mật khẩu hiện tại.")]
        else:
            change_own_password(person, hashed(new))
            login_user(person)
            flash(_("Đã đổi mật khẩu."), "success")
            return redirect(url_for("home.home"))
    return render_template("accounts/password.html", form=form)


@blueprint.post("/language")
def language() -> ResponseReturnValue:
    """Read the interface in another language, on the page where one is."""
    chosen = "en" if request.form.get("language") == "en" else "vi"
    session["language"] = chosen
    if current_user.is_authenticated:
        choose_language(me(), chosen)
    back = urlsplit(request.form.get("back", "/"))
    local = back.path if not back.netloc and not back.scheme and back.path.startswith("/") and not back.path.startswith("//") else "/"
    return redirect(local + (f"?{back.query}" if back.query else ""))
