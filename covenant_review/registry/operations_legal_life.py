"""Verbs on the legal life of a covenant: add a step, correct one, take out one that was recorded by mistake."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from covenant_review.accounts.models import User
from covenant_review.audit.log import record
from covenant_review.database import transaction
from covenant_review.refusals import Invalid, Refused
from covenant_review.registry.keeping import check_keeps, commune_id_of, flush_unique, fresh, lock_commune, needed_reason
from covenant_review.registry.legal_life import Step, check_life, check_new_step
from covenant_review.registry.models import STATUSES, Covenant, LegalStatus
from covenant_review.registry.names import document_text
from covenant_review.registry.operations_communities import end_declaration


def add_status(
    actor: User | None, covenant: Covenant, *, status: str, on: date, document: str = "", replaced_by: Covenant | None = None
) -> LegalStatus:
    """Add a step to a covenant's legal life. `replaced_by` is needed for "replaced" and allowed only there.

    Raises Forbidden, Invalid (see legal_life), Refused `replacement_elsewhere`, `replacement_not_adopted`,
    `replacement_circle`.
    """
    commune_id = commune_id_of(covenant.id)
    check_keeps(actor, commune_id)
    if status not in STATUSES:
        raise Invalid("status", _l("Hãy chọn tình trạng pháp lý."))
    document = document_text(document)
    with transaction() as session:
        lock_commune(session, commune_id)
        covenant = fresh(session, covenant)
        check_new_step(_as_steps(covenant.statuses), Step(status, on))
        replacement = _checked_replacement(session, covenant, status, replaced_by)
        step = LegalStatus(
            covenant_id=covenant.id,
            status=status,
            from_date=on,
            document=document,
            replaced_by_id=replacement.id if replacement else None,
            recorded_by_id=actor.id if actor else None,
        )
        session.add(step)
        flush_unique(session, _repeated())
        ended = end_declaration(session, covenant.community)
        record(
            session, actor, "registry.status_added", "covenant", covenant.id, status_id=step.id, status=status, on=on,
            document=document, replaced_by=step.replaced_by_id, declaration_ended=ended,
        )  # fmt: skip
        session.expire(covenant, ["statuses"])
    return step


def correct_status(actor: User | None, step: LegalStatus, *, on: date, document: str, reason: str) -> None:
    """Correct day or document of a step that was recorded wrongly; the log keeps before, after and reason.

    Raises Forbidden, Invalid (no reason, nothing changed, a life that makes no sense).
    """
    commune_id = commune_id_of(step.covenant_id)
    check_keeps(actor, commune_id)
    reason, document = needed_reason(reason), document_text(document)
    with transaction() as session:
        lock_commune(session, commune_id)
        step = fresh(session, step)
        before, after = _plain(step), {"on": on, "document": document}
        if before == after:
            raise Invalid("nothing_changed", _l("Ngày và văn bản vẫn như cũ, nên chưa có gì để đính chính."))
        check_life([Step(other.status, on if other.id == step.id else other.from_date) for other in _by_id(step.covenant.statuses)])
        step.from_date, step.document = on, document
        flush_unique(session, _repeated())
        ended = end_declaration(session, step.covenant.community)
        record(
            session, actor, "registry.status_corrected", "covenant", step.covenant_id, status_id=step.id, status=step.status,
            before=before, after=after, reason=reason, declaration_ended=ended,
        )  # fmt: skip
        session.expire(step.covenant, ["statuses"])


def remove_status(actor: User | None, step: LegalStatus, *, reason: str) -> None:
    """Take out a step that never happened; the log keeps what it said, and the reason.

    Raises Forbidden, Invalid (no reason, a life that makes no sense without it), Refused `last_step`.
    """
    commune_id = commune_id_of(step.covenant_id)
    check_keeps(actor, commune_id)
    reason = needed_reason(reason)
    with transaction() as session:
        lock_commune(session, commune_id)
        step = fresh(session, step)
        covenant = step.covenant
        rest = [other for other in _by_id(covenant.statuses) if other.id != step.id]
        if not rest:
            raise Refused("last_step", _l("Đây là bước duy nhất. Hãy đính chính ngày, hoặc ghi bước đúng trước rồi mới xóa bước này."))
        check_life(_as_steps(rest))
        before = {"status": step.status, **_plain(step), "replaced_by": step.replaced_by_id}
        session.delete(step)
        session.flush()
        ended = end_declaration(session, covenant.community)
        record(
            session, actor, "registry.status_removed", "covenant", covenant.id,
            status_id=step.id, before=before, reason=reason, declaration_ended=ended,
        )  # fmt: skip
        session.expire(covenant, ["statuses"])


def possible_replacements(covenants: Iterable[Covenant], covenant: Covenant) -> list[Covenant]:
    """Those of a commune's covenants that may have replaced `covenant`: others that came to adoption or recognition."""
    return [other for other in covenants if other.id != covenant.id and (other.first("adopted") or other.first("recognised"))]


def _checked_replacement(session: Session, covenant: Covenant, status: str, replaced_by: Covenant | None) -> Covenant | None:
    if status != "replaced":
        if replaced_by is not None:
            raise Invalid("replacement_not_wanted", _l("Chỉ chọn văn bản thay thế khi tình trạng là “Đã thay thế”."))
        return None
    if replaced_by is None:
        raise Invalid("replacement_missing", _l("Hãy chọn văn bản thay thế. Nếu chưa có trong sổ, hãy thêm hương ước, quy ước mới trước."))
    replacement = fresh(session, replaced_by)
    if replacement.id == covenant.id:
        raise Invalid("replaced_by_itself", _l("Một văn bản không thay thế chính nó. Hãy chọn văn bản mới."))
    if replacement.community.commune_id != covenant.community.commune_id:
        raise Refused("replacement_elsewhere", _l("Văn bản thay thế phải thuộc cùng xã, phường."))
    if not possible_replacements([replacement], covenant):
        raise Refused("replacement_not_adopted", _l("Văn bản thay thế mới là dự thảo. Hãy ghi ngày thông qua của nó trước."))
    if covenant.id in _replaced_along(session, replacement):
        raise Refused("replacement_circle", _l("Văn bản được chọn đã bị chính văn bản này thay thế. Hãy kiểm tra lại."))
    return replacement


def _replaced_along(session: Session, covenant: Covenant) -> set[int]:
    """The ids of all covenants that replaced `covenant`, one after another."""
    seen: set[int] = set()
    waiting = [covenant]
    while waiting:
        for step in waiting.pop().statuses:
            if step.replaced_by_id is not None and step.replaced_by_id not in seen:
                seen.add(step.replaced_by_id)
                waiting.append(session.get_one(Covenant, step.replaced_by_id))
    return seen


def _by_id(statuses: Iterable[LegalStatus]) -> list[LegalStatus]:
    return sorted(statuses, key=lambda step: step.id)


def _as_steps(statuses: Iterable[LegalStatus]) -> list[Step]:
    return [Step(step.status, step.from_date) for step in _by_id(statuses)]


def _plain(step: LegalStatus) -> dict[str, object]:
    return {"on": step.from_date, "document": step.document}


def _repeated() -> Refused:
    return Refused("status_repeated", _l("Tình trạng này đã được ghi đúng ngày đó rồi."))
