"""Whether the site answers and its database is there."""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from covenant_review.database import db

blueprint = Blueprint("health", __name__)


@blueprint.get("/health")
def ready() -> ResponseReturnValue:
    """200 with {"ready": true} once a query went through."""
    db.session.execute(text("SELECT 1"))
    return jsonify(ready=True)
