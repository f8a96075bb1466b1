"""Placeholder; replaced by its slice."""
from __future__ import annotations
from flask import Blueprint
from covenant_review.accounts.permissions import Permission
from covenant_review.web.access import needs

blueprint = Blueprint("pages", __name__)

@blueprint.get("/communes/<code>")
@needs(Permission.OWN_ACCOUNT)
def commune(code: object) -> str:
    return ""
