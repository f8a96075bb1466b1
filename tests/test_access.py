"""Every route has its permission; every role reaches what it may and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from covenant_review.accounts.permissions import PERMISSIONS, ROLES, Permission
from covenant_review.web.access import PUBLIC_ENDPOINTS, permission_of
from tests.people import World

USERNAMES = {
    "commune_official": "official",
    "reviewer": "reviewer",
    "signer": "signer",
    "observer": "observer",
    "administrator": "admin",
}


def test_every_endpoint_names_a_permission_or_is_public(sqlite_app: Flask) -> None:
    unnamed = [
        endpoint
        for endpoint in sqlite_app.view_functions
        if endpoint not in PUBLIC_ENDPOINTS and permission_of(sqlite_app, endpoint) is None
    ]
    assert unnamed == []


def test_public_endpoints_are_few_and_exist(sqlite_app: Flask) -> None:
    assert PUBLIC_ENDPOINTS <= set(sqlite_app.view_functions)
    assert len(PUBLIC_ENDPOINTS) <= 8


def test_every_permission_is_held_by_someone_and_used(sqlite_app: Flask) -> None:
    assert set(PERMISSIONS) == set(Permission)
    used = {permission_of(sqlite_app, endpoint) for endpoint in sqlite_app.view_functions}
    # Checked inside views and operations, with the commune, instead of on a route of their own.
    assert set(Permission) - used <= {Permission.KEEP_REGISTER, Permission.IMPORT_COMMUNITIES, Permission.SUBMIT, Permission.SIGN}


def test_a_stranger_is_sent_to_sign_in(sqlite_app: Flask) -> None:
    client = sqlite_app.test_client()
    for rule in sqlite_app.url_map.iter_rules():
        if rule.arguments or rule.endpoint in PUBLIC_ENDPOINTS or "GET" not in (rule.methods or ()):
            continue
        answer = client.get(rule.rule)
        assert answer.status_code == 302, rule
        assert answer.headers["Location"].startswith("/login"), rule


@pytest.mark.parametrize("role", ROLES)
def test_each_role_reaches_exactly_its_pages(role: str, sqlite_world: World, sqlite_app: Flask, sign_in: Callable[[str], Any]) -> None:
    client = sign_in(USERNAMES[role])
    for rule in sqlite_app.url_map.iter_rules():
        if rule.arguments or rule.endpoint in PUBLIC_ENDPOINTS or "GET" not in (rule.methods or ()) or rule.rule == "/":
            continue
        permission = permission_of(sqlite_app, rule.endpoint)
        assert permission is not None
        answer = client.get(rule.rule)
        if role in PERMISSIONS[permission]:
            assert answer.status_code in {200, 302}, (rule, answer.status_code)
        else:
            assert answer.status_code == 403, (rule, answer.status_code)
            assert "Vai trò của bạn" in answer.text


def test_an_endpoint_without_permission_is_refused(sqlite_world: World, sqlite_app: Flask, sign_in: Callable[[str], Any]) -> None:
    sqlite_app.view_functions["home.home"] = lambda: "open to all by mistake"
    assert sign_in("admin").get("/").status_code == 403


def test_security_headers(sqlite_app: Flask) -> None:
    answer = sqlite_app.test_client().get("/login")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer.headers["Cache-Control"]
