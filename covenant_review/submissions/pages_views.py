"""Pages of an original as pictures, with the place of each clause on them."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, flash, redirect, render_template, send_file, url_for
from flask import request as asked
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from covenant_review.accounts.permissions import Permission
from covenant_review.database import db
from covenant_review.extraction.page_images import MIMETYPE, has_pages, is_converted
from covenant_review.jobs.queue import DRAW, latest_jobs
from covenant_review.registry.models import Covenant
from covenant_review.submissions import page_places
from covenant_review.submissions.models import Submission, SubmittedClause
from covenant_review.submissions.page_store import DrawnPages, page_store_of
from covenant_review.submissions.pages_job import draw_pages
from covenant_review.web.access import check_commune, may_here, me, needs

blueprint = Blueprint("pages_seen", __name__)
_OLD_FONTS = frozenset({"converted_font", "legacy_font"})


@blueprint.get("/submissions/<int:submission_id>/pages/<int:number>")
@needs(Permission.SEE_SUBMISSION)
def page(submission_id: int, number: int) -> ResponseReturnValue:
    """One page as a picture; each clause on it is a link to its words."""
    found = submission_for(submission_id, Permission.SEE_SUBMISSION)
    drawn = page_store_of(current_app).drawn(found.file.sha256)
    shown = drawn.page(number) if drawn is not None else None
    if shown is None and drawn is not None and drawn.pages:
        if number != 1:
            abort(404)
        return redirect(url_for("pages_seen.page", submission_id=found.id, number=drawn.pages[0].number))
    clauses = clauses_of(found)
    return render_template(
        "submissions/page.html",
        submission=found,
        drawn=drawn,
        page=shown,
        here=page_places.on_page(clauses, number),
        asked=asked.args.get("clause", type=int),
        address=clause_address,
        numbers=[each.number for each in drawn.pages] if drawn is not None else [],
        **around(found),
    )


@blueprint.get("/submissions/<int:submission_id>/pages/<int:number>/picture")
@needs(Permission.SEE_SUBMISSION)
def picture(submission_id: int, number: int) -> ResponseReturnValue:
    """The picture itself; kept by the reader's own browser only."""
    found = submission_for(submission_id, Permission.SEE_SUBMISSION)
    store = page_store_of(current_app)
    path = store.picture(found.file.sha256, number)
    if not 0 < number < 1000 or not path.is_file():
        abort(404)
    answer = send_file(
        path, mimetype=MIMETYPE, etag=f"{found.file.sha256}-{number}-{path.stat().st_mtime_ns}", conditional=True, max_age=3600
    )
    answer.headers["Cache-Control"] = "private, max-age=3600"
    return answer


@blueprint.post("/submissions/<int:submission_id>/pages")
@needs(Permission.SEE_SUBMISSION)
def draw(submission_id: int) -> ResponseReturnValue:
    """Have the pages drawn."""
    found = submission_for(submission_id, Permission.SEE_SUBMISSION)
    draw_pages(me(), found)
    flash(_("Ảnh các trang đang được tạo ở phía sau. Hãy tải lại trang sau ít giây."), "info")
    return redirect(url_for("pages_seen.page", submission_id=found.id, number=1))


@blueprint.get("/submissions/<int:submission_id>/clauses/<int:clause_id>/page")
@needs(Permission.SEE_SUBMISSION)
def clause_page(submission_id: int, clause_id: int) -> ResponseReturnValue:
    """To the page on which a clause stands."""
    found = submission_for(submission_id, Permission.SEE_SUBMISSION)
    clause = clause_for(found, clause_id)
    number = page_places.first_page(clause, clauses_of(found))
    if not clause.boxes:
        flash(_("Không xác định được chỗ của đoạn này trên trang. Đây là trang gần nhất; hãy tìm bằng mắt."), "info")
    return redirect(url_for("pages_seen.page", submission_id=found.id, number=number or 1, clause=clause.id))


@blueprint.get("/submissions/<int:submission_id>/clauses/<int:clause_id>/cutout")
@needs(Permission.SEE_SUBMISSION)
def cutout(submission_id: int, clause_id: int) -> ResponseReturnValue:
    """The strip of the page around a clause, for pages.js to put beside the words."""
    found = submission_for(submission_id, Permission.SEE_SUBMISSION)
    clause = clause_for(found, clause_id)
    return render_template("submissions/_cutout.html", submission=found, clause=clause, **cutouts_for(found, clause), **around(found))


def submission_for(submission_id: int, permission: Permission) -> Submission:
    """The submission with its file, commune, covenant and who handed it in; 404, or Forbidden for another commune's."""
    found = db.session.scalar(
        select(Submission)
        .where(Submission.id == submission_id)
        .options(
            joinedload(Submission.commune),
            joinedload(Submission.file),
            joinedload(Submission.uploaded_by),
            joinedload(Submission.covenant).joinedload(Covenant.community),
        )
    )
    if found is None:
        abort(404)
    check_commune(permission, found.commune_id)
    return found


def clause_for(found: Submission, clause_id: int) -> SubmittedClause:
    """A clause of this very submission; 404 for any other."""
    clause = db.session.get(SubmittedClause, clause_id)
    if clause is None or clause.submission_id != found.id:
        abort(404)
    return clause


def clauses_of(found: Submission) -> list[SubmittedClause]:
    """Its clauses in reading order."""
    query = select(SubmittedClause).where(SubmittedClause.submission_id == found.id).order_by(SubmittedClause.position)
    return list(db.session.scalars(query.options(selectinload(SubmittedClause.corrections))))


def cutouts_for(found: Submission, clause: SubmittedClause, below: float = 0.0) -> dict[str, object]:
    """What the template of a cut-out needs; it shows `below` points more of the page under the clause."""
    drawn: DrawnPages | None = page_store_of(current_app).drawn(found.file.sha256)
    strips = page_places.cutouts(clause, clauses_of(found), drawn, below) if drawn is not None else []
    return {"drawn": drawn, "strips": strips}


def around(found: Submission) -> dict[str, object]:
    """What is to be known of the pictures of a submission: can there be any, are they on their way, may they mislead."""
    job = latest_jobs(db.session(), DRAW, [found.id]).get(found.id)
    return {
        "has_pages": has_pages(found.file.kind),
        "is_laid_out_anew": is_converted(found.file.kind),
        "has_old_fonts": is_converted(found.file.kind) and any(warning.get("code") in _OLD_FONTS for warning in found.warnings),
        "is_drawing": job is not None and job.state in ("queued", "leased"),
    }


def clause_address(clause: SubmittedClause, found: Submission) -> str:
    """Where the words of a clause are read: the review page for who reviews, else the page of the submission."""
    if found.covenant_id is not None and found.state == "read" and may_here(Permission.SEE_QUEUE, found.commune_id):
        return url_for("review.submission", submission_id=found.id, _anchor=f"clause-{clause.id}")
    return url_for("submissions.submission", submission_id=found.id, _anchor=clause.key)
