"""The list of communes. The other pages of the register: community_views, covenant_views, import_views."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from covenant_review.accounts.permissions import Permission, may
from covenant_review.database import db
from covenant_review.registry import community_views, covenant_views, import_views
from covenant_review.registry.base_views import blueprint, shown_commune
from covenant_review.registry.days import today
from covenant_review.registry.models import Commune
from covenant_review.registry.names import bare
from covenant_review.registry.overview import CommuneCounts, commune_counts
from covenant_review.text.alphabet import vietnamese_order
from covenant_review.web.access import me, needs

__all__ = ["blueprint", "community_views", "covenant_views", "import_views"]


@blueprint.get("/communes")
@needs(Permission.SEE_REGISTER)
def communes() -> ResponseReturnValue:
    """All communes with their counts; `q` searches name, kind or code, with or without marks."""
    asked = request.args.get("q", "")[:100]
    rows = sorted(db.session.scalars(select(Commune)), key=lambda commune: vietnamese_order(commune.name))
    counts = commune_counts(db.session(), today())
    found = [row for row in rows if bare(asked) in bare(shown_commune(row)) or bare(asked) in row.code]
    own = next((row for row in rows if row.id == me().commune_id), None)
    return render_template(
        "registry/communes.html",
        asked=asked,
        communes=found,
        total=len(rows),
        own=own,
        counts={row.id: counts.get(row.id, CommuneCounts()) for row in rows},
        opens={row.id for row in found if may(me(), Permission.SEE_REGISTER, row.id)},
    )
