"""Applications on real databases: SQLite and PostgreSQL, migrated as in the field, emptied by a fresh copy per test."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g, has_app_context
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import create_engine, text

from covenant_review.database import db, read_only_requests
from covenant_review.settings import load_settings
from covenant_review.web.app import create_app
from tests.people import PASSWORD, World
from tests.postgres import running_server


class Visitor(FlaskClient):
    """A browser of its own. Tests hold an application context open, and Flask keeps the signed-in person in it: forget."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """Send a request as whoever this browser's cookies say."""
        if has_app_context():
            g.pop("_login_user", None)
        return super().open(*args, **kwargs)


def make_app(database_url: str, uploads: Path, **settings: object) -> Flask:
    """An application on a given database, with cheap passwords and no CSRF (that is tested on its own)."""
    app = create_app(load_settings(environment="development", database_url=database_url, uploads=uploads, **settings))
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    app.test_client_class = Visitor
    return app


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite database to copy."""
    path = tmp_path_factory.mktemp("template") / "covenants.sqlite3"
    app = make_app(f"sqlite:///{path}", path.parent)
    with app.app_context():
        upgrade()
        db.engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """One PostgreSQL server for this test process."""
    with running_server() as address:
        yield address


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Name of a migrated, empty database on the server."""
    name = "covenants_template"
    _create_database(postgres_server, name)
    app = make_app(f"{postgres_server}/{name}", tmp_path_factory.mktemp("pg"))
    with app.app_context():
        upgrade()
        db.engine.dispose()
    return name


def _create_database(server: str, name: str, template: str = "template0") -> None:
    engine = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
    engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A fresh migrated database of each kind."""
    if request.param == "sqlite":
        path = tmp_path / "covenants.sqlite3"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        return f"sqlite:///{path}"
    server, template = request.getfixturevalue("postgres_server"), request.getfixturevalue("postgres_template")
    name = f"t_{uuid.uuid4().hex[:12]}"
    _create_database(server, name, template)
    return f"{server}/{name}"


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The site on a fresh database, on SQLite and on PostgreSQL, inside an application context."""
    site = make_app(database_url, tmp_path / "uploads")
    with site.app_context():
        read_only_requests(False)
        yield site
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def sqlite_app(sqlite_template: Path, tmp_path: Path) -> Iterator[Flask]:
    """The site on a fresh SQLite database only: for pages whose SQL is held by other tests."""
    path = tmp_path / "covenants.sqlite3"
    shutil.copy(sqlite_template, path)
    site = make_app(f"sqlite:///{path}", tmp_path / "uploads")
    with site.app_context():
        read_only_requests(False)
        yield site
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def world(app: Flask) -> World:
    """Two communes with a community and a covenant each, and a person per role."""
    return World.create()


@pytest.fixture
def sqlite_world(sqlite_app: Flask) -> World:
    """The same, on SQLite only."""
    return World.create()


@pytest.fixture
def sign_in(request: pytest.FixtureRequest) -> Callable[[str], FlaskClient]:
    """Gives a test client signed in as a user name of the world; several people may be signed in within one test."""
    site: Flask = request.getfixturevalue("sqlite_app" if "sqlite_app" in request.fixturenames else "app")

    def client_for(username: str) -> FlaskClient:
        client = site.test_client()
        send = client.open

        def send_afresh(*args: Any, **named: Any) -> Any:
            # The tests' application context stays open, and Flask-Login would keep the last person in it.
            for name in list(g):
                g.pop(name)
            return send(*args, **named)

        client.open = send_afresh  # type: ignore[method-assign]
        answer = client.post("/login", data={"username": username, "password": PASSWORD})
        assert answer.status_code == 302, answer.text
        return client

    return client_for
