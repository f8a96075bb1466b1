"""Verbs on covenants: add and rename."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from covenant_review.accounts.models import User
from covenant_review.audit.log import record
from covenant_review.database import transaction
from covenant_review.refusals import Invalid, Refused
from covenant_review.registry.keeping import check_keeps, commune_id_of, flush_unique, fresh, lock_commune
from covenant_review.registry.legal_life import Step, check_life
from covenant_review.registry.models import COVENANT_KINDS, Community, Covenant, LegalStatus
from covenant_review.registry.names import covenant_name, document_text, key
from covenant_review.registry.operations_communities import end_declaration


@dataclass(frozen=True, slots=True)
class FirstSteps:
    """What is known of a covenant's legal life when it enters the register.

    A draft has only `drafted_on`. Of an adopted one, the adoption, the recognition or both are known; the documents are
    the number or name of the resolution or minutes, and the number of the decision.
    """

    drafted_on: date | None = None
    adopted_on: date | None = None
    adopted_document: str = ""
    recognised_on: date | None = None
    decision_number: str = ""

    def steps(self) -> list[tuple[Step, str]]:
        """The steps with their documents, checked. Raises Invalid where they make no sense."""
        if self.recognised_on is None and self.decision_number.strip():
            raise Invalid("decision_without_date", _l("Có số quyết định công nhận nhưng thiếu ngày công nhận."))
        if self.adopted_on is None and self.adopted_document.strip():
            raise Invalid("document_without_date", _l("Có văn bản thông qua nhưng thiếu ngày thông qua."))
        known = [
            ("drafted", self.drafted_on, ""),
            ("adopted", self.adopted_on, self.adopted_document),
            ("recognised", self.recognised_on, self.decision_number),
        ]
        steps = [(Step(status, on), document_text(document)) for status, on, document in known if on is not None]
        check_life([step for step, _document in steps])
        return steps


def add_covenant(
    actor: User | None,
    community: Community,
    *,
    kind: str,
    name: str,
    drafted_on: date | None = None,
    adopted_on: date | None = None,
    adopted_document: str = "",
    recognised_on: date | None = None,
    decision_number: str = "",
) -> Covenant:
    """Add a covenant with its first legal steps (see FirstSteps). A declaration that the community keeps none ends when it
    is in force.

    A merged community can only get a covenant from before the merger. Raises Forbidden, Invalid (kind, name, steps), Refused
    `covenant_exists`, `after_merger`.
    """
    check_keeps(actor, community.commune_id)
    first = FirstSteps(drafted_on, adopted_on, adopted_document, recognised_on, decision_number)
    name, steps = checked_covenant(kind, name, first)
    with transaction() as session:
        lock_commune(session, community.commune_id)
        community = fresh(session, community)
        covenant = place_covenant(session, actor, community, kind, name, steps)
        ended = end_declaration(session, community)
        record(
            session, actor, "registry.covenant_added", "covenant", covenant.id, community_id=community.id, kind=kind, name=name,
            steps=plain_steps(steps), declaration_ended=ended,
        )  # fmt: skip
    return covenant


def checked_covenant(kind: str, name: str, first: FirstSteps) -> tuple[str, list[tuple[Step, str]]]:
    """The cleaned name and the checked first steps of a covenant to be added. Raises Invalid."""
    if kind not in COVENANT_KINDS:
        raise Invalid("kind", _l("Hãy chọn hương ước hay quy ước."))
    return covenant_name(name), first.steps()


def place_covenant(
    session: Session, actor: User | None, community: Community, kind: str, name: str, steps: Sequence[tuple[Step, str]]
) -> Covenant:
    """Put a new, checked covenant into the running transaction. Raises Refused `covenant_exists`, `after_merger`."""
    refuse_after_merger(community, steps)
    _refuse_namesake(session, community.id, name)
    covenant = Covenant(community_id=community.id, kind=kind, name=name)
    session.add(covenant)
    flush_unique(session, _namesake(name))
    recorder = actor.id if actor else None
    for step, document in steps:
        # One by one: on the same day, the order of the ids is the order in time.
        session.add(LegalStatus(covenant_id=covenant.id, status=step.status, from_date=step.on, document=document, recorded_by_id=recorder))
        session.flush()
    return covenant


def refuse_after_merger(community: Community, steps: Sequence[tuple[Step, str]]) -> None:
    """Raise Refused `after_merger` when a merged community would adopt something after it ceased to exist."""
    if community.merged_on is not None and min(step.on for step, _document in steps) > community.merged_on:
        raise Refused(
            "after_merger",
            _l(
                "%(name)s đã sáp nhập từ %(day)s. Văn bản có sau ngày đó thì thêm vào nơi nhận sáp nhập.",
                name=community.name,
                day=community.merged_on.strftime("%d/%m/%Y"),
            ),
        )


def rename_covenant(actor: User | None, covenant: Covenant, *, kind: str, name: str) -> None:
    """Change kind or name. Raises Forbidden, Invalid, Refused `covenant_exists`; nothing happens when nothing differs."""
    commune_id = commune_id_of(covenant.id)
    check_keeps(actor, commune_id)
    if kind not in COVENANT_KINDS:
        raise Invalid("kind", _l("Hãy chọn hương ước hay quy ước."))
    name = covenant_name(name)
    with transaction() as session:
        lock_commune(session, commune_id)
        covenant = fresh(session, covenant)
        before, after = {"kind": covenant.kind, "name": covenant.name}, {"kind": kind, "name": name}
        if before == after:
            return
        _refuse_namesake(session, covenant.community_id, name, but=covenant.id)
        covenant.kind, covenant.name = kind, name
        flush_unique(session, _namesake(name))
        record(session, actor, "registry.covenant_renamed", "covenant", covenant.id, before=before, after=after)


def plain_steps(steps: Sequence[tuple[Step, str]]) -> list[dict[str, object]]:
    """Steps as plain values for the log."""
    return [{"status": step.status, "on": step.on, "document": document} for step, document in steps]


def _refuse_namesake(session: Session, community_id: int, name: str, but: int | None = None) -> None:
    known = session.execute(select(Covenant.id, Covenant.name).where(Covenant.community_id == community_id))
    if any(key(known_name) == key(name) and known_id != but for known_id, known_name in known):
        raise _namesake(name)


def _namesake(name: str) -> Refused:
    return Refused(
        "covenant_exists",
        _l(
            "“%(name)s” đã có trong sổ của thôn, tổ dân phố này. Bản sửa đổi của cùng văn bản thì nộp thành bản mới; văn bản khác "
            "thì thêm năm vào tên, ví dụ “%(name)s (2024)”.",
            name=name,
        ),
    )
