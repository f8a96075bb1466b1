"""Verbs on what a document says of itself: propose it when it is read; take it over into the register, or leave it, by a click."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from covenant_review.accounts.models import User
from covenant_review.accounts.permissions import Permission, may
from covenant_review.audit.log import record
from covenant_review.clauses.clause import CovenantText
from covenant_review.clauses.facts import Fact
from covenant_review.database import now, transaction
from covenant_review.refusals import Forbidden, Refused
from covenant_review.registry.models import Covenant
from covenant_review.registry.names import covenant_kind_in_front
from covenant_review.registry.operations import add_status, correct_status, rename_covenant
from covenant_review.submissions.models import DocumentFact, Submission
from covenant_review.submissions.recording import storable

# What the register can take over by a click. Places and the year are only held against it: which community a covenant
# belongs to is not changed by a letterhead.
TAKEN_OVER = ("name", "adopted_on", "recognised_on", "decision_number")
_LONGEST_VALUE, _LONGEST_LABEL, _LONGEST_QUOTE_IN_REASON = 300, 300, 200


def propose(session: Session, submission: Submission, text: CovenantText, facts: Sequence[Fact]) -> None:
    """Keep the facts of a reading as proposals, in the transaction that records the reading. The register is not touched."""
    clauses = {clause.id: clause for clause in text.clauses}
    rows = [
        DocumentFact(
            submission_id=submission.id,
            kind=fact.kind,
            value=storable(fact.value),
            quote=storable(fact.quote),
            clause_key=fact.clause_id,
            label=storable(clauses[fact.clause_id].label)[:_LONGEST_LABEL],
            page=clauses[fact.clause_id].page,
            span_start=fact.start,
            span_end=fact.end,
        )
        for fact in facts
        if fact.clause_id in clauses and len(fact.value) <= _LONGEST_VALUE
    ]
    if not rows:
        return
    session.add_all(rows)
    session.flush()
    record(session, None, "submissions.facts_proposed", "submission", submission.id, facts={row.kind: row.value for row in rows})


def accept(actor: User, fact: DocumentFact) -> None:
    """Take the fact over into the register: rename the covenant, or add or correct a step of its legal life, in one transaction.

    Raises Forbidden, Refused (not_attached, withdrawn, fact_decided, not_for_the_register, recognition_day_missing, changed
    meanwhile) and whatever the register refuses.
    """
    _may_keep(actor, fact)
    with transaction() as session:
        fact, covenant = _open(session, fact)
        if fact.kind not in TAKEN_OVER:
            raise Refused("not_for_the_register", _l("Thông tin này chỉ để đối chiếu; hãy sửa ở sổ đăng ký nếu sổ ghi sai."))
        _decide(session, actor, fact, "accepted", "submissions.fact_accepted", covenant)
        # The register's own operation commits both, or raises and leaves neither.
        _take_over(session, actor, fact, covenant)


def decline(actor: User, fact: DocumentFact) -> None:
    """Leave the register as it is. Raises Forbidden, Refused (not_attached, withdrawn, fact_decided)."""
    _may_keep(actor, fact)
    with transaction() as session:
        fact, covenant = _open(session, fact)
        if fact.state == "declined":
            raise _decided()
        _decide(session, actor, fact, "declined", "submissions.fact_declined", covenant)


def facts_of_submission(session: Session, submission: Submission) -> list[DocumentFact]:
    """The facts that were read in a submission, in the order in which they were found."""
    query = select(DocumentFact).where(DocumentFact.submission_id == submission.id).order_by(DocumentFact.id)
    return list(session.scalars(query))


def _may_keep(actor: User, fact: DocumentFact) -> None:
    if not may(actor, Permission.KEEP_REGISTER, fact.submission.commune_id):
        raise Forbidden(
            "not_allowed", _l("Chỉ công chức của xã, phường này hoặc quản trị viên được sửa sổ hương ước, quy ước của xã, phường.")
        )


def _open(session: Session, fact: DocumentFact) -> tuple[DocumentFact, Covenant]:
    """The fact, locked and fresh, with the covenant that it speaks of. Raises Refused where it cannot be decided on."""
    session.refresh(fact, with_for_update=True)
    submission = session.get_one(Submission, fact.submission_id, populate_existing=True)
    if submission.withdrawn_at is not None:
        raise Refused("withdrawn", _l("Bản nộp này đã được rút."))
    if submission.covenant_id is None:
        raise Refused("not_attached", _l("Hãy gắn bản nộp với một hương ước, quy ước trước."))
    if fact.state == "accepted":
        raise _decided()
    return fact, session.get_one(Covenant, submission.covenant_id, populate_existing=True)


def _decided() -> Refused:
    return Refused("fact_decided", _l("Thông tin này đã được xét rồi. Hãy tải lại trang."))


def _decide(session: Session, actor: User, fact: DocumentFact, state: str, action: str, covenant: Covenant) -> None:
    before = fact.state
    fact.state, fact.decided_by_id, fact.decided_at = state, actor.id, now()
    session.flush()
    record(
        session, actor, action, "submission", fact.submission_id,
        covenant_id=covenant.id, kind=fact.kind, value=fact.value, quote=fact.quote, label=fact.label, before=before,
    )  # fmt: skip


def _take_over(session: Session, actor: User, fact: DocumentFact, covenant: Covenant) -> None:
    if fact.kind == "name":
        rename_covenant(actor, covenant, kind=covenant_kind_in_front(fact.value) or covenant.kind, name=fact.value)
    elif fact.kind == "decision_number":
        _take_over_number(actor, fact, covenant)
    else:
        _take_over_day(session, actor, fact, covenant)


def _take_over_day(session: Session, actor: User, fact: DocumentFact, covenant: Covenant) -> None:
    status = "adopted" if fact.kind == "adopted_on" else "recognised"
    day = date.fromisoformat(fact.value)
    step = covenant.first(status)
    if step is None:
        # The number that the same document gives goes with its day: the official sees both on one line.
        add_status(actor, covenant, status=status, on=day, document=_number_beside(session, actor, fact, covenant))
    elif step.from_date != day:
        correct_status(actor, step, on=day, document=step.document, reason=_reason(fact))


def _number_beside(session: Session, actor: User, fact: DocumentFact, covenant: Covenant) -> str:
    if fact.kind != "recognised_on":
        return ""
    query = select(DocumentFact).where(
        DocumentFact.submission_id == fact.submission_id, DocumentFact.kind == "decision_number", DocumentFact.state == "proposed"
    )
    number = session.scalar(query.with_for_update())
    if number is None:
        return ""
    _decide(session, actor, number, "accepted", "submissions.fact_accepted", covenant)
    return number.value


def _take_over_number(actor: User, fact: DocumentFact, covenant: Covenant) -> None:
    step = covenant.first("recognised")
    if step is None:
        raise Refused("recognition_day_missing", _l("Sổ chưa ghi ngày công nhận. Hãy dùng ngày công nhận trước, hoặc ghi ở sổ đăng ký."))
    if step.document != fact.value:
        correct_status(actor, step, on=step.from_date, document=fact.value, reason=_reason(fact))


def _reason(fact: DocumentFact) -> str:
    """The reason that the log keeps: where it was read, in the document's own words."""
    return f"Theo văn bản đã nộp ({fact.label}): “{' '.join(fact.quote.split())[:_LONGEST_QUOTE_IN_REASON]}”"
