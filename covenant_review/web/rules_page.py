"""Placeholder; replaced by its slice."""
from __future__ import annotations
from flask import Blueprint
from covenant_review.accounts.permissions import Permission
from covenant_review.web.access import needs

blueprint = Blueprint("rules", __name__)

@blueprint.get("/rules")
@needs(Permission.OWN_ACCOUNT)
def rules() -> str:
    return ""

@blueprint.get("/rules/<path:rule_id>")
@needs(Permission.OWN_ACCOUNT)
def rule(rule_id: object) -> str:
    return ""
