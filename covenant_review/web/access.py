"""Who may call a route. Every endpoint carries a permission or is listed as public; anything else is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Flask, current_app, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from covenant_review.accounts.models import User
from covenant_review.accounts.permissions import Permission, may
from covenant_review.refusals import Forbidden

View = TypeVar("View", bound=Callable[..., Any])

# Pages that a person who has not signed in needs, and files that tell nothing.
PUBLIC_ENDPOINTS = frozenset(
    {"static", "bootstrap.static", "security.static", "fonts.file", "security.login", "accounts.language", "health.ready"}
)
# Endpoints that a library defines.
LIBRARY_ENDPOINTS = {"security.logout": Permission.OWN_ACCOUNT, "security.verify": Permission.OWN_ACCOUNT}
# What a person may still reach before changing a first password.
_BEFORE_PASSWORD_CHANGE = frozenset({"accounts.password", "security.logout", "accounts.language"})


def needs(permission: Permission) -> Callable[[View], View]:
    """Mark a view with the permission that it takes; checked before every request."""

    def mark(view: View) -> View:
        view.permission = permission  # type: ignore[attr-defined]  # a mark on the function itself
        return view

    return mark


def permission_of(app: Flask, endpoint: str) -> Permission | None:
    """The permission of an endpoint; None when it carries none (then it must be in PUBLIC_ENDPOINTS)."""
    marked = getattr(app.view_functions[endpoint], "permission", None)
    return cast("Permission | None", marked or LIBRARY_ENDPOINTS.get(endpoint))


def me() -> User:
    """The person who is signed in. Only for views that carry a permission."""
    return cast(User, current_user._get_current_object())


def may_here(permission: Permission, commune_id: int | None = None) -> bool:
    """Whether the person who is signed in may do that (for templates: show a button or not)."""
    return bool(current_user.is_authenticated) and may(me(), permission, commune_id)


def check_commune(permission: Permission, commune_id: int) -> None:
    """Raise Forbidden unless the person may do that in this commune."""
    if not may(me(), permission, commune_id):
        raise Forbidden("other_commune", _("Nội dung này thuộc xã, phường khác. Bạn chỉ làm việc được với xã, phường của mình."))


def _guard_request() -> Response | None:
    endpoint = request.endpoint
    if endpoint is None or endpoint in PUBLIC_ENDPOINTS:
        return None
    permission = permission_of(current_app, endpoint)
    if permission is None:
        raise Forbidden("no_permission_named", _("Trang này chưa được mở cho ai."))
    if not current_user.is_authenticated:
        return redirect(url_for("security.login", next=request.full_path.rstrip("?") if request.method == "GET" else None))
    if me().must_change_password and endpoint not in _BEFORE_PASSWORD_CHANGE:
        return redirect(url_for("accounts.password"))
    if not may(me(), permission):
        raise Forbidden("not_allowed", _("Vai trò của bạn không có quyền mở trang hoặc làm việc này."))
    return None


def init_access(app: Flask) -> None:
    """Check every request before its view, and give templates `may_here`."""
    app.before_request(_guard_request)
    app.jinja_env.globals.update(may_here=may_here, Permission=Permission)
