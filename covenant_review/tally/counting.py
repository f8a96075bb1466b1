"""Indicator 2.4: counts, rate and share reviewed, for any set of covenants; every number is the length of a list."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Protocol

from covenant_review.tally.standing import CovenantStanding
from covenant_review.tally.uncounted import CommunityWithout

_TENTH = Decimal("0.1")


class CommuneFacts(Protocol):
    """What a line of the table by commune needs of a commune."""

    id: int
    code: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Tally:
    """The figures of 2.4. The five groups sum to `in_force`, the denominator.

    `declared_none` and `nothing_registered` count communities, not covenants, and enter no rate.
    """

    in_force: int
    compliant: int
    not_compliant: int
    in_review: int
    unreadable: int
    not_received: int
    declared_none: int = 0
    nothing_registered: int = 0

    @property
    def reviewed(self) -> int:
        """Covenants with a signed conclusion on their latest version."""
        return self.compliant + self.not_compliant

    @property
    def rate(self) -> Fraction | None:
        """Compliant covenants among those in force, 0 to 1; None where none is in force."""
        return Fraction(self.compliant, self.in_force) if self.in_force else None

    @property
    def share_reviewed(self) -> Fraction | None:
        """Covenants with a signed conclusion among those in force, 0 to 1; None where none is in force."""
        return Fraction(self.reviewed, self.in_force) if self.in_force else None


@dataclass(frozen=True, slots=True)
class CommuneTally:
    """One commune's line."""

    commune: CommuneFacts
    tally: Tally


def tally(standings: Iterable[CovenantStanding], without: Iterable[CommunityWithout] = ()) -> Tally:
    """Count the covenants given and the communities without a covenant given."""
    groups = Counter(standing.group for standing in standings)
    declared = Counter(community.declared_none_on is not None for community in without)
    return Tally(
        in_force=groups.total(),
        compliant=groups["compliant"],
        not_compliant=groups["not_compliant"],
        in_review=groups["in_review"],
        unreadable=groups["unreadable"],
        not_received=groups["not_received"],
        declared_none=declared[True],
        nothing_registered=declared[False],
    )


def by_commune(
    communes: Sequence[CommuneFacts],
    standings: Iterable[CovenantStanding],
    without: Iterable[CommunityWithout] = (),
) -> list[CommuneTally]:
    """One line per commune of `communes`, in their order; communes without any covenant have a line of zeros."""
    covenants: defaultdict[int, list[CovenantStanding]] = defaultdict(list)
    for standing in standings:
        covenants[standing.commune_id].append(standing)
    empty: defaultdict[int, list[CommunityWithout]] = defaultdict(list)
    for community in without:
        empty[community.commune_id].append(community)
    return [CommuneTally(commune, tally(covenants[commune.id], empty[commune.id])) for commune in communes]


def percent(share: Fraction | None) -> Decimal | None:
    """A share in percent with one decimal, rounded half up; None stays None.

    Only a share of exactly 1 gives 100.0 and only exactly 0 gives 0.0: rounding never reports a target as reached.
    """
    if share is None:
        return None
    rounded = (Decimal(100 * share.numerator) / Decimal(share.denominator)).quantize(_TENTH, ROUND_HALF_UP)
    if share < 1:
        rounded = min(rounded, 100 - _TENTH)
    return max(rounded, _TENTH) if share > 0 else rounded
