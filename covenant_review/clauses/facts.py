"""What a covenant says of itself: its name, whose it is, when it was adopted and recognised. Proposals, never certainties.

Only the beginning (letterhead, title, preamble) and, for days, the end (last provisions, signatures) are asked: what stands in
between belongs to other things. Where two places contradict each other, or a blank was never filled in, nothing is proposed.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from covenant_review.clauses.clause import CovenantText
from covenant_review.clauses.fact_days import adoption, recognition
from covenant_review.clauses.fact_names import commune_of_date_line, community_of, name_of, place_of
from covenant_review.clauses.fact_parts import Fact, Parts

__all__ = ["FACT_KINDS", "DocumentFacts", "Fact", "facts_of"]


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """What was found; None where nothing is said, or nothing that is sure.

    `commune` is "xã Vân Trạch", or the bare name where the unit is not said; `district` and `province` are those of the time.
    """

    name: Fact | None = None
    community: Fact | None = None
    commune: Fact | None = None
    district: Fact | None = None
    province: Fact | None = None
    year: Fact | None = None
    adopted_on: Fact | None = None
    recognised_on: Fact | None = None
    decision_number: Fact | None = None

    def found(self) -> tuple[Fact, ...]:
        """The facts that were found, in a fixed order."""
        values = (getattr(self, field.name) for field in fields(self))
        return tuple(value for value in values if value is not None)


FACT_KINDS = tuple(field.name for field in fields(DocumentFacts))


def facts_of(text: CovenantText) -> DocumentFacts:
    """The facts of a covenant that has been split. Never fails; what is not sure is left out."""
    parts = Parts(text)
    name = name_of(text, parts)
    community = community_of(parts)
    places = {level: place_of(parts, level) for level in ("commune", "district", "province")}
    adopted, year = adoption(parts)
    recognised_on, number = recognition(parts)
    if recognised_on and adopted and recognised_on.value < adopted.value:
        # One of the two is another document's day; nobody can tell which.
        recognised_on = adopted = None
    return DocumentFacts(
        name=name,
        community=community,
        commune=places["commune"] or commune_of_date_line(parts, community),
        district=places["district"],
        province=places["province"],
        year=year,
        adopted_on=adopted,
        recognised_on=recognised_on,
        decision_number=number,
    )
