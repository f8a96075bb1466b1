"""Placeholder; replaced by its slice."""
from __future__ import annotations
from flask import Blueprint
from covenant_review.accounts.permissions import Permission
from covenant_review.web.access import needs

blueprint = Blueprint("review", __name__)

@blueprint.get("/review")
@needs(Permission.OWN_ACCOUNT)
def queue() -> str:
    return ""

@blueprint.get("/review/<int:submission_id>")
@needs(Permission.OWN_ACCOUNT)
def submission(submission_id: object) -> str:
    return ""
