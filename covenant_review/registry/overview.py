"""Reading the register: how many communities and covenants in force each commune has, and one commune's register whole."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from covenant_review.registry.keeping import survivor
from covenant_review.registry.models import IN_FORCE, Commune, Community, Covenant, LegalStatus
from covenant_review.text.alphabet import vietnamese_order


@dataclass(slots=True)
class CommuneCounts:
    """Living communities, those among them that declared to keep no covenant, and covenants in force."""

    communities: int = 0
    declared_none: int = 0
    in_force: int = 0


def commune_counts(session: Session, day: date) -> dict[int, CommuneCounts]:
    """The counts of every commune that has a community, by the commune's id, as of `day`. Three queries in all."""
    counts: dict[int, CommuneCounts] = defaultdict(CommuneCounts)
    living = (
        select(Community.commune_id, func.count(), func.count(Community.declared_none_on))
        .where(Community.merged_into_id.is_(None))
        .group_by(Community.commune_id)
    )
    for commune_id, communities, declared_none in session.execute(living):
        counts[commune_id].communities, counts[commune_id].declared_none = communities, declared_none
    # The status on a day is the latest that began on or before it (Covenant.status_on says the same in Python).
    latest = (
        select(
            LegalStatus.covenant_id,
            LegalStatus.status,
            func.row_number()
            .over(partition_by=LegalStatus.covenant_id, order_by=(LegalStatus.from_date.desc(), LegalStatus.id.desc()))
            .label("place"),
        )
        .where(LegalStatus.from_date <= day)
        .subquery()
    )
    in_force = (
        select(Community.commune_id, func.count())
        .join(Covenant, Covenant.community_id == Community.id)
        .join(latest, latest.c.covenant_id == Covenant.id)
        .where(latest.c.place == 1, latest.c.status.in_(IN_FORCE))
        .group_by(Community.commune_id)
    )
    for commune_id, number in session.execute(in_force):
        counts[commune_id].in_force = number
    return counts


@dataclass(slots=True)
class CommunityRegister:
    """A living community with its covenants: its own first, then those of the communities merged into it."""

    community: Community
    covenants: list[Covenant] = field(default_factory=list)


@dataclass(slots=True)
class CommuneRegister:
    """A commune's register: living communities by name, and the merged ones."""

    commune: Commune
    living: list[CommunityRegister]
    merged: list[Community]

    @property
    def covenants(self) -> list[Covenant]:
        """All covenants of the commune."""
        return [covenant for entry in self.living for covenant in entry.covenants]


def commune_register(session: Session, commune: Commune) -> CommuneRegister:
    """The register of one commune, with covenants and statuses loaded; a fixed number of queries."""
    query = (
        select(Community)
        .where(Community.commune_id == commune.id)
        .options(selectinload(Community.covenants).selectinload(Covenant.statuses))
    )
    communities = sorted(session.scalars(query), key=lambda one: (one.kind, vietnamese_order(one.name)))
    entries = {one.id: CommunityRegister(one) for one in communities if one.merged_into_id is None}
    for community in sorted(communities, key=lambda one: one.merged_into_id is not None):
        entries[survivor(community).id].covenants.extend(community.covenants)
    return CommuneRegister(commune, list(entries.values()), [one for one in communities if one.merged_into_id is not None])
