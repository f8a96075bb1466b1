"""Downloads of 2.4."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, Response, request
from flask_babel import force_locale

from covenant_review.accounts.permissions import Permission
from covenant_review.database import db
from covenant_review.reports.csv_file import Separator
from covenant_review.reports.tally_csv import communes_csv as communes_file
from covenant_review.reports.tally_csv import covenants_csv as covenants_file
from covenant_review.tally.asked import asked_commune, rows_of
from covenant_review.tally.figures import gather
from covenant_review.tally.today import today
from covenant_review.web.access import me, needs
from covenant_review.web.shown import word

blueprint = Blueprint("reports", __name__)


@blueprint.get("/tally/communes.csv")
@needs(Permission.EXPORT_TALLY)
def communes_csv() -> Response:
    """The table by commune."""
    figures = gather(db.session(), today())
    with force_locale("vi"):
        content = communes_file(figures.by_commune, figures.total, figures.day, word, _separator())
    return _download(content, "xa-phuong", figures.day)


@blueprint.get("/tally/covenants.csv")
@needs(Permission.EXPORT_TALLY)
def covenants_csv() -> Response:
    """The list behind a number, asked for as on the page of the list: `group`, `commune`."""
    commune = asked_commune(db.session(), me(), request.args.get("commune"))
    group = request.args.get("group", "")
    figures = gather(db.session(), today(), commune)
    with force_locale("vi"):
        content = covenants_file(rows_of(figures, group), figures.day, word, _separator())
    what = "-".join(part for part in ("danh-sach", commune.code if commune else "", group.replace("_", "-")) if part)
    return _download(content, what, figures.day)


def _separator() -> Separator:
    return ";" if request.args.get("separator") == "semicolon" else ","


def _download(content: bytes, what: str, day: date) -> Response:
    response = Response(content, mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="chi-tieu-2.4-{what}-{day.isoformat()}.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response
