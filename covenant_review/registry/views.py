"""Placeholder; replaced by its slice."""
from __future__ import annotations
from flask import Blueprint
from covenant_review.accounts.permissions import Permission
from covenant_review.web.access import needs

blueprint = Blueprint("registry", __name__)

@blueprint.get("/communes")
@needs(Permission.OWN_ACCOUNT)
def communes() -> str:
    return ""

@blueprint.get("/communities/<int:community_id>/covenants/new")
@needs(Permission.OWN_ACCOUNT)
def new_covenant(community_id: object) -> str:
    return ""

@blueprint.get("/communes/<code>/import")
@needs(Permission.OWN_ACCOUNT)
def import_communities(code: object) -> str:
    return ""

@blueprint.get("/communes/<code>/communities/new")
@needs(Permission.OWN_ACCOUNT)
def new_community(code: object) -> str:
    return ""
