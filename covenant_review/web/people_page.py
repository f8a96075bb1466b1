"""Placeholder; replaced by its slice."""
from __future__ import annotations
from flask import Blueprint
from covenant_review.accounts.permissions import Permission
from covenant_review.web.access import needs

blueprint = Blueprint("people", __name__)

@blueprint.get("/accounts")
@needs(Permission.OWN_ACCOUNT)
def people() -> str:
    return ""
