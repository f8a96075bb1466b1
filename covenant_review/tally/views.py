"""Placeholder; replaced by its slice."""
from __future__ import annotations
from flask import Blueprint
from covenant_review.accounts.permissions import Permission
from covenant_review.web.access import needs

blueprint = Blueprint("tally", __name__)

@blueprint.get("/tally")
@needs(Permission.OWN_ACCOUNT)
def province() -> str:
    return ""

@blueprint.get("/tally/<code>")
@needs(Permission.OWN_ACCOUNT)
def commune(code: object) -> str:
    return ""

@blueprint.get("/tally/covenants")
@needs(Permission.OWN_ACCOUNT)
def covenants() -> str:
    return ""
