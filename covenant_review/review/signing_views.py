"""Placeholder; replaced by its slice."""
from __future__ import annotations
from flask import Blueprint
from covenant_review.accounts.permissions import Permission
from covenant_review.web.access import needs

blueprint = Blueprint("signing", __name__)

@blueprint.get("/signing")
@needs(Permission.OWN_ACCOUNT)
def signing() -> str:
    return ""

@blueprint.get("/signing/<int:verdict_id>")
@needs(Permission.OWN_ACCOUNT)
def verdict(verdict_id: object) -> str:
    return ""
