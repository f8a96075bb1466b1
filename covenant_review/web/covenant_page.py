"""Placeholder; replaced by its slice."""
from __future__ import annotations
from flask import Blueprint
from covenant_review.accounts.permissions import Permission
from covenant_review.web.access import needs

blueprint = Blueprint("covenant_pages", __name__)

@blueprint.get("/covenants/<int:covenant_id>")
@needs(Permission.OWN_ACCOUNT)
def covenant(covenant_id: object) -> str:
    return ""
