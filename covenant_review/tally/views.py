"""Pages of indicator 2.4: the province, a commune, and the list behind every number."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from covenant_review.accounts.permissions import Permission
from covenant_review.database import db
from covenant_review.registry.models import STATUSES, Commune
from covenant_review.tally.asked import asked_commune, own_commune, rows_of
from covenant_review.tally.counting import percent
from covenant_review.tally.figures import Figures, gather
from covenant_review.tally.sorting import COLUMNS, sorted_lines
from covenant_review.tally.standing import GROUPS
from covenant_review.tally.today import today
from covenant_review.text.alphabet import vietnamese_order
from covenant_review.web.access import me, needs
from covenant_review.web.paging import paged

blueprint = Blueprint("tally", __name__)


@blueprint.get("/tally")
@needs(Permission.SEE_TALLY)
def province() -> ResponseReturnValue:
    """2.4 for the province, with a line per commune; a commune official is led to the own commune."""
    own = own_commune(db.session(), me())
    if own is not None:
        return redirect(url_for("tally.commune", code=own.code))
    figures = gather(db.session(), today())
    sort = request.args.get("sort", "name")
    lines = sorted_lines(figures.by_commune, sort)
    return render_template("tally/province.html", figures=figures, lines=lines, sort=sort, columns=COLUMNS, **_shared(figures))


@blueprint.get("/tally/<code>")
@needs(Permission.SEE_TALLY)
def commune(code: str) -> ResponseReturnValue:
    """2.4 for one commune, with its covenants."""
    place = asked_commune(db.session(), me(), code)
    assert place is not None
    figures = gather(db.session(), today(), place)
    return render_template("tally/commune.html", figures=figures, commune=place, **_shared(figures))


@blueprint.get("/tally/covenants")
@needs(Permission.SEE_TALLY)
def covenants() -> ResponseReturnValue:
    """The list behind a number: `group` (a group, "reviewed", or none for all in force) and `commune` (a code)."""
    place, figures = _asked_figures()
    group = request.args.get("group", "")
    rows = rows_of(figures, group)
    return render_template(
        "tally/covenants.html", figures=figures, commune=place, group=group, rows=paged(rows), own=own_commune(db.session(), me()),
        communes=_choice_of_communes(), **_shared(figures),
    )  # fmt: skip


@blueprint.get("/tally/uncounted")
@needs(Permission.SEE_TALLY)
def uncounted() -> ResponseReturnValue:
    """Covenants of the register that do not count, by `status` (a legal status, "none", or nothing for all)."""
    place, figures = _asked_figures()
    status = request.args.get("status", "")
    if status not in ("", "none", *STATUSES):
        abort(404)
    rows = [one for one in figures.uncounted if status in ("", one.legal_status or "none")]
    return render_template("tally/uncounted.html", figures=figures, commune=place, status=status, rows=paged(rows), **_shared(figures))


@blueprint.get("/tally/communities")
@needs(Permission.SEE_TALLY)
def communities() -> ResponseReturnValue:
    """Communities without a covenant: `declared` is "yes" (declared to have none), "no" (nothing known) or nothing for all."""
    place, figures = _asked_figures()
    declared = request.args.get("declared", "")
    if declared not in ("", "yes", "no"):
        abort(404)
    rows = [one for one in figures.without if declared in ("", "yes" if one.declared_none_on else "no")]
    return render_template(
        "tally/communities.html", figures=figures, commune=place, declared=declared, rows=paged(rows), **_shared(figures)
    )


def _asked_figures() -> tuple[Commune | None, Figures]:
    place = asked_commune(db.session(), me(), request.args.get("commune"))
    return place, gather(db.session(), today(), place)


def _choice_of_communes() -> list[Commune]:
    return sorted(db.session.scalars(select(Commune)), key=lambda one: vietnamese_order(one.name))


def _shared(figures: Figures) -> dict[str, object]:
    statuses = [one.legal_status or "none" for one in figures.uncounted]
    return {
        "total": figures.total,
        "groups": GROUPS,
        "percent": percent,
        "uncounted_by_status": [(status, statuses.count(status)) for status in (*STATUSES, "none") if status in statuses],
    }
