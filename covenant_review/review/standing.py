"""Where a clause stands in a round, and what follows for the whole covenant: derived from decisions, never typed in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from covenant_review.review.models import Decision
from covenant_review.submissions.models import SubmittedClause

Standing = Literal["flagged", "approved", "second_opinion", "undecided"]
VerdictOutcome = Literal["compliant", "not_compliant"]


@dataclass(frozen=True, slots=True)
class ClauseStanding:
    """One judged clause in one round. `current` decisions count; `stale` ones were made on other words or rules."""

    clause: SubmittedClause
    current: tuple[Decision, ...]
    stale: tuple[Decision, ...]

    @property
    def standing(self) -> Standing:
        """One current flag outweighs every approval; a second opinion that is asked for decides nothing."""
        choices = {decision.choice for decision in self.current}
        if "flag" in choices:
            return "flagged"
        if "approve" in choices:
            return "approved"
        return "second_opinion" if choices else "undecided"

    @property
    def is_decided(self) -> bool:
        """Whether the clause holds nothing up: a current approval or flag is there."""
        return self.standing in ("flagged", "approved")

    @property
    def flags(self) -> tuple[Decision, ...]:
        """The current flags, with their reasons."""
        return tuple(decision for decision in self.current if decision.choice == "flag")

    @property
    def needs_eyes(self) -> bool:
        """Whether a person should stop here: a finding, a rule that could not run, an open question."""
        return self.clause.needs_attention or self.standing == "second_opinion"

    @property
    def waits_for_bulk(self) -> bool:
        """Whether approval of the rest in one click takes this clause: nothing found, all checked, nobody spoke."""
        return self.clause.judged and not self.clause.needs_attention and not self.current


@dataclass(frozen=True, slots=True)
class RoundStanding:
    """All judged clauses of a round, in reading order."""

    clauses: tuple[ClauseStanding, ...]

    @property
    def total(self) -> int:
        """How many clauses must be decided."""
        return len(self.clauses)

    @property
    def decided(self) -> int:
        """How many are decided."""
        return sum(1 for clause in self.clauses if clause.is_decided)

    @property
    def undecided(self) -> tuple[ClauseStanding, ...]:
        """Those that hold the verdict up."""
        return tuple(clause for clause in self.clauses if not clause.is_decided)

    @property
    def flagged(self) -> tuple[ClauseStanding, ...]:
        """Those with a current flag."""
        return tuple(clause for clause in self.clauses if clause.standing == "flagged")

    @property
    def bulk(self) -> tuple[ClauseStanding, ...]:
        """Those that one click would approve."""
        return tuple(clause for clause in self.clauses if clause.waits_for_bulk)

    @property
    def outcome(self) -> VerdictOutcome:
        """What the decisions say of the whole covenant."""
        return "not_compliant" if self.flagged else "compliant"


def stand(clauses: Iterable[SubmittedClause], decisions: Iterable[Decision]) -> RoundStanding:
    """The standing of a round from its `decisions` and the submission's `clauses` in reading order."""
    by_clause: Mapping[int, list[Decision]] = _by_clause(decisions)
    return RoundStanding(tuple(_clause_standing(clause, by_clause.get(clause.id, ())) for clause in clauses if clause.judged))


def _by_clause(decisions: Iterable[Decision]) -> Mapping[int, list[Decision]]:
    grouped: defaultdict[int, list[Decision]] = defaultdict(list)
    for decision in decisions:
        grouped[decision.clause_id].append(decision)
    return grouped


def _clause_standing(clause: SubmittedClause, decisions: Sequence[Decision]) -> ClauseStanding:
    return ClauseStanding(
        clause,
        current=tuple(decision for decision in decisions if not decision.is_stale(clause)),
        stale=tuple(decision for decision in decisions if decision.is_stale(clause)),
    )
