"""Placeholder; replaced by its slice."""
from __future__ import annotations
from flask import Blueprint
from covenant_review.accounts.permissions import Permission
from covenant_review.web.access import needs

blueprint = Blueprint("submissions", __name__)

@blueprint.get("/communes/<code>/upload")
@needs(Permission.OWN_ACCOUNT)
def upload(code: object) -> str:
    return ""

@blueprint.get("/submissions/<int:submission_id>")
@needs(Permission.OWN_ACCOUNT)
def submission(submission_id: object) -> str:
    return ""

@blueprint.get("/submissions/<int:submission_id>/original")
@needs(Permission.OWN_ACCOUNT)
def original(submission_id: object) -> str:
    return ""
