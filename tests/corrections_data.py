"""Texts that really were read, for tests of corrections: small DOCX files through the real reader and a small rule set."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from sqlalchemy import select

from covenant_review.accounts.models import User
from covenant_review.database import db
from covenant_review.registry.models import Commune, Covenant
from covenant_review.screening.ruleset import load_ruleset
from covenant_review.submissions.corrections import Screeners
from covenant_review.submissions.models import Submission, SubmittedClause
from covenant_review.submissions.operations import submit
from covenant_review.submissions.reading_job import drain
from tests.submissions_data import docx_bytes, upload, use_rules, write_rules

RULES = {
    "family/dat-cua-cha-me": ("violation", "không được chia đất", "Con gái ⟦không được chia đất⟧."),
    "culture/du-te": ("consider", "không được dự tế", "Phụ nữ ⟦không được dự tế⟧."),
}
# As OCR leaves it: "chia đát", a lead-in that lost its colon and its words, a number that lost its digit.
MISREAD = (
    "Điều 1. Mọi người dân trong thôn đều được bàn bạc, đóng góp ý kiến về việc chung.",
    "Điều 2. Con gái đã lấy chồng không được chia đát của cha mẹ.",
    "Điều 3. Những người sau đây không được dự lẽ:",
    "a) phụ nữ có thai;",
    "b) người đang có tang.",
    "Điều 4. Đám hiếu tổ chức trang nghiêm, tiết kiệm.",
)
CORRECT_LAND = "Điều 2. Con gái đã lấy chồng không được chia đất của cha mẹ."
CORRECT_LEAD_IN = "Điều 3. Những người sau đây không được dự tế:"
REASON = "Máy đọc sai dấu, đã so với trang 1."


def read_submission(app: Flask, folder: Path, uploader: User, commune: Commune, covenant: Covenant | None, *paragraphs: str) -> Submission:
    """A small covenant, handed in, read and screened by the small rule set."""
    use_rules(app, write_rules(folder / "rules", RULES))
    (receipt,) = submit(uploader, commune, [upload("huong-uoc.docx", docx_bytes(*(paragraphs or MISREAD)))], covenant)
    assert receipt.submission is not None
    drain(app)
    assert receipt.submission.state == "read"
    return receipt.submission


def screeners(folder: Path) -> Screeners:
    """The rule set that `read_submission` wrote."""
    return Screeners(load_ruleset(folder / "rules"))


def clauses(submission: Submission) -> list[SubmittedClause]:
    """The clauses as the database has them now, in order."""
    query = select(SubmittedClause).where(SubmittedClause.submission_id == submission.id).order_by(SubmittedClause.position)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def labelled(submission: Submission, label: str) -> SubmittedClause:
    """The clause of that label."""
    return next(clause for clause in clauses(submission) if clause.label == label)
