"""The verb of the import: add the chosen lines of a list to a commune's register, all of them or none."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from covenant_review.accounts.models import User
from covenant_review.accounts.permissions import Permission
from covenant_review.audit.log import record
from covenant_review.database import transaction
from covenant_review.refusals import Invalid, Refused
from covenant_review.registry.community_import import Proposal, propose
from covenant_review.registry.import_lines import Line
from covenant_review.registry.keeping import check_keeps, lock_commune
from covenant_review.registry.models import Commune, Community
from covenant_review.registry.names import key
from covenant_review.registry.operations_communities import end_declaration, insert_community
from covenant_review.registry.operations_covenants import place_covenant, plain_steps


@dataclass(frozen=True, slots=True)
class Imported:
    """How many communities and covenants an import added."""

    communities: int
    covenants: int


def import_communities(
    actor: User | None, commune: Commune, lines: Sequence[Line], chosen: Collection[int], *, file_name: str, sha256: str
) -> Imported:
    """Add the lines whose numbers are in `chosen`, in one transaction with one audit event that lists them.

    The lines are checked again against the register as it is now. Raises Forbidden, Invalid `nothing_chosen`, Refused
    `import_changed` when a chosen line can no longer be added: then nothing is, and the preview must be shown again.
    """
    check_keeps(actor, commune.id, Permission.IMPORT_COMMUNITIES)
    if not chosen:
        raise Invalid("nothing_chosen", _l("Chưa chọn dòng nào để thêm."))
    with transaction() as session:
        commune = lock_commune(session, commune.id)
        proposals = [one for one in propose(session, commune, lines) if one.line.number in chosen]
        if len(proposals) < len(set(chosen)) or any(one.standing != "add" for one in proposals):
            raise Refused(
                "import_changed",
                _l("Sổ đã thay đổi từ lúc xem trước, nên chưa thêm dòng nào. Hãy xem lại bảng dưới đây rồi xác nhận."),
            )
        known = {(row.kind, key(row.name)): row for row in commune.communities}
        added = [_add(session, actor, commune, proposal, known) for proposal in proposals]
        imported = Imported(sum("community" in one for one in added), sum("covenant" in one for one in added))
        record(
            session, actor, "registry.communities_imported", "commune", commune.id,
            file_name=file_name, sha256=sha256, communities=imported.communities, covenants=imported.covenants, lines=added,
        )  # fmt: skip
    return imported


def _add(
    session: Session, actor: User | None, commune: Commune, proposal: Proposal, known: dict[tuple[str, str], Community]
) -> dict[str, object]:
    """Add what the line holds, and note a new community in `known`; gives what was added, for the log."""
    added: dict[str, object] = {"line": proposal.line.number}
    place = (proposal.kind, key(proposal.name))
    community = known.get(place)
    if community is None:
        community = known[place] = insert_community(session, commune.id, proposal.kind, proposal.name)
        added["community"] = {"id": community.id, "kind": community.kind, "name": community.name}
    if proposal.covenant is not None and proposal.covenant.is_new:
        wanted = proposal.covenant
        covenant = place_covenant(session, actor, community, wanted.kind, wanted.name, wanted.steps)
        added["covenant"] = {
            "id": covenant.id,
            "community_id": community.id,
            "kind": covenant.kind,
            "name": covenant.name,
            "steps": plain_steps(wanted.steps),
            "declaration_ended": end_declaration(session, community),
        }
    return added
