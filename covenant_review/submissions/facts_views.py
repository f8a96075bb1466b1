"""The two answers to what a document says of itself: take it over into the register, or leave the register as it is."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from covenant_review.accounts.permissions import Permission
from covenant_review.database import db
from covenant_review.submissions.facts import accept, decline
from covenant_review.submissions.models import DocumentFact
from covenant_review.web.access import check_commune, me, needs
from covenant_review.web.shown import word

blueprint = Blueprint("facts", __name__)


@blueprint.post("/facts/<int:fact_id>/accept")
@needs(Permission.KEEP_REGISTER)
def use(fact_id: int) -> ResponseReturnValue:
    """Take the fact over into the register."""
    fact = _fact(fact_id)
    accept(me(), fact)
    flash(_("Đã ghi vào sổ theo văn bản: %(kind)s.", kind=word("fact", fact.kind)), "success")
    return _back(fact)


@blueprint.post("/facts/<int:fact_id>/decline")
@needs(Permission.KEEP_REGISTER)
def leave(fact_id: int) -> ResponseReturnValue:
    """Leave the register as it is."""
    fact = _fact(fact_id)
    decline(me(), fact)
    flash(_("Sổ giữ nguyên: %(kind)s.", kind=word("fact", fact.kind)), "success")
    return _back(fact)


def _fact(fact_id: int) -> DocumentFact:
    fact = db.session.scalar(select(DocumentFact).where(DocumentFact.id == fact_id).options(joinedload(DocumentFact.submission)))
    if fact is None:
        abort(404)
    check_commune(Permission.KEEP_REGISTER, fact.submission.commune_id)
    return fact


def _back(fact: DocumentFact) -> ResponseReturnValue:
    return redirect(url_for("submissions.submission", submission_id=fact.submission_id, _anchor="facts"))
