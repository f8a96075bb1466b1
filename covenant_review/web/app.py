"""The application factory."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

from flask import Flask, Response, has_request_context, request, session
from flask_babel import Babel
from flask_bootstrap import Bootstrap5
from flask_login import current_user
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from sqlalchemy import make_url
from werkzeug.middleware.proxy_fix import ProxyFix

import covenant_review.models  # noqa: F401  (all tables, before the first query)
from covenant_review.database import db, read_only_requests
from covenant_review.settings import Settings
from covenant_review.web.access import init_access
from covenant_review.web.blueprints import register_blueprints
from covenant_review.web.errors import init_errors
from covenant_review.web.navigation import init_navigation
from covenant_review.web.paths import PACKAGE, shipped
from covenant_review.web.shown import init_shown
from covenant_review.web.signin import init_sign_in

LANGUAGES = ("vi", "en")
# Bootstrap's own CSS draws its icons from data: addresses; nothing else comes from outside this site.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


def create_app(settings: Settings) -> Flask:
    """The whole site for the given settings; touches the database only when a request does."""
    app = Flask("covenant_review", template_folder=str(shipped("templates")), root_path=str(PACKAGE))
    app.config.update(_configuration(settings))
    app.extensions["covenant_settings"] = settings
    _log_to_stderr(app)
    _make_sqlite_folder(settings)
    db.init_app(app)
    Migrate(app, db, directory=str(shipped("migrations")), compare_type=True)
    Babel(app, locale_selector=_language, timezone_selector=lambda: "Asia/Ho_Chi_Minh")
    Bootstrap5(app)
    CSRFProtect(app)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.before_request(lambda: read_only_requests(request.method in {"GET", "HEAD", "OPTIONS"}))
    init_sign_in(app)
    init_access(app)
    init_errors(app)
    init_shown(app)
    init_navigation(app)
    register_blueprints(app)
    app.after_request(_secure)
    if settings.secure_cookies:
        # TLS ends at a reverse proxy in front of us; its headers name the caller.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    return app


def settings_of(app: Flask) -> Settings:
    """The settings that the application was made with."""
    found = app.extensions["covenant_settings"]
    assert isinstance(found, Settings)
    return found


def _configuration(settings: Settings) -> dict[str, object]:
    return {
        "SECRET_KEY": settings.secret_key.get_secret_value() or "only-for-development",
        "SECURITY_PASSWORD_SALT": settings.password_salt.get_secret_value() or "only-for-development",
        "SQLALCHEMY_DATABASE_URI": _absolute_sqlite(settings.database_url),
        "MAX_CONTENT_LENGTH": settings.request_limit_mb * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 4 * 1024 * 1024,
        "MAX_FORM_PARTS": 5000,
        "REQUEST_LIMIT_MB": settings.request_limit_mb,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.secure_cookies,
        "PERMANENT_SESSION_LIFETIME": settings.session_minutes * 60,
        "BABEL_DEFAULT_LOCALE": "vi",
        "BABEL_TRANSLATION_DIRECTORIES": str(PACKAGE / "translations"),
        "BOOTSTRAP_SERVE_LOCAL": True,
        "WTF_CSRF_TIME_LIMIT": None,
    }


def _absolute_sqlite(url: str) -> str:
    """Flask-SQLAlchemy takes a relative SQLite path from the instance folder; we mean the working folder."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
        return url
    return parsed.set(database=str(Path(parsed.database).resolve())).render_as_string(hide_password=False)


def _make_sqlite_folder(settings: Settings) -> None:
    parsed = make_url(settings.database_url)
    if parsed.get_backend_name() == "sqlite" and parsed.database and parsed.database != ":memory:":
        Path(parsed.database).resolve().parent.mkdir(parents=True, exist_ok=True)


def _log_to_stderr(app: Flask) -> None:
    if not app.logger.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
        app.logger.addHandler(handler)
    app.logger.setLevel(logging.INFO)


def _language() -> str:
    if not has_request_context():
        return "vi"
    if current_user and current_user.is_authenticated:
        return str(current_user.language)
    chosen = session.get("language")
    return chosen if chosen in LANGUAGES else "vi"


def _secure(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if response.mimetype == "text/html":
        response.headers.setdefault("Cache-Control", "no-store")
    return response
