"""All that a page or an export of 2.4 is made of, gathered once, so that every number and its list agree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from covenant_review.registry.models import Commune
from covenant_review.tally.counting import CommuneTally, Tally, by_commune, tally
from covenant_review.tally.standing import CovenantStanding, standings
from covenant_review.tally.uncounted import (
    CommunityWithout,
    UncountedCovenant,
    communities_without,
    uncounted_covenants,
)
from covenant_review.text.alphabet import vietnamese_order


@dataclass(frozen=True, slots=True)
class Figures:
    """2.4 on a day, for one commune or the province, with the lists behind it. Communes in alphabetical order."""

    day: date
    communes: tuple[Commune, ...]
    standings: tuple[CovenantStanding, ...]
    without: tuple[CommunityWithout, ...]
    uncounted: tuple[UncountedCovenant, ...]

    @property
    def total(self) -> Tally:
        """The figures of everything gathered."""
        return tally(self.standings, self.without)

    @property
    def by_commune(self) -> list[CommuneTally]:
        """One line per commune, in the order of `communes`."""
        return by_commune(self.communes, self.standings, self.without)


def gather(session: Session, day: date, commune: Commune | None = None) -> Figures:
    """Read the figures of one commune, or of all, in ten queries."""
    communes = [commune] if commune else sorted(session.scalars(select(Commune)), key=lambda one: vietnamese_order(one.name))
    commune_id = commune.id if commune else None
    return Figures(
        day=day,
        communes=tuple(communes),
        standings=tuple(standings(session, day, commune_id)),
        without=tuple(communities_without(session, day, commune_id)),
        uncounted=tuple(uncounted_covenants(session, day, commune_id)),
    )
