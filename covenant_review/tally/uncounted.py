"""What the register holds besides the denominator: covenants not in force, communities without a covenant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from covenant_review.registry.models import IN_FORCE, Commune, Community, Covenant
from covenant_review.tally.standing import legal_statuses_on, registered_covenants


@dataclass(frozen=True, slots=True)
class UncountedCovenant:
    """A covenant that is not in force on the day; `legal_status` and `since` are None where no step had begun."""

    covenant_id: int
    covenant_name: str
    covenant_kind: str
    community_id: int
    community_name: str
    community_kind: str
    commune_id: int
    commune_code: str
    commune_name: str
    commune_kind: str
    legal_status: str | None
    since: date | None


@dataclass(frozen=True, slots=True)
class CommunityWithout:
    """A community that stands on the day and for which the register holds no covenant, of its own or inherited.

    `declared_none_on` is the day on which the commune declared that there is none; None: nothing is known yet.
    """

    community_id: int
    community_name: str
    community_kind: str
    commune_id: int
    commune_code: str
    commune_name: str
    commune_kind: str
    declared_none_on: date | None


def uncounted_covenants(session: Session, day: date, commune_id: int | None = None) -> list[UncountedCovenant]:
    """Covenants that are not in force on `day`: drafts, not recognised, suspended in whole, abolished, replaced."""
    legal = legal_statuses_on(session, day, commune_id)
    found = []
    for row in session.execute(registered_covenants(commune_id)):
        status = legal.get(row.covenant_id)
        if status is None or status.status not in IN_FORCE:
            found.append(
                UncountedCovenant(
                    **row._mapping,
                    legal_status=status.status if status else None,
                    since=status.from_date if status else None,
                )
            )
    return found


def communities_without(session: Session, day: date, commune_id: int | None = None) -> list[CommunityWithout]:
    """Communities not merged away by `day` for which neither they nor those merged into them hold a covenant."""
    successor: dict[int, int] = {
        row.id: row.merged_into_id
        for row in session.execute(
            select(Community.id, Community.merged_into_id).where(Community.merged_into_id.is_not(None), Community.merged_on <= day)
        )
    }
    holders = {_last(successor, holder) for holder in session.scalars(select(Covenant.community_id).distinct())}
    query = (
        select(
            Community.id,
            Community.name,
            Community.kind,
            Commune.id,
            Commune.code,
            Commune.name,
            Commune.kind,
            Community.declared_none_on,
        )
        .join(Commune, Commune.id == Community.commune_id)
        .where(or_(Community.merged_on.is_(None), Community.merged_on > day))
        .order_by(Commune.code, Community.id)
    )
    if commune_id is not None:
        query = query.where(Commune.id == commune_id)
    return [
        CommunityWithout(*row[:7], declared_none_on=row[7] if row[7] is not None and row[7] <= day else None)
        for row in session.execute(query)
        if row[0] not in holders
    ]


def _last(successor: dict[int, int], community_id: int) -> int:
    seen = {community_id}
    while (following := successor.get(community_id)) is not None and following not in seen:
        seen.add(following)
        community_id = following
    return community_id
