"""The second reader as an installation has it: reading, switched off, or unusable with the reason; and screening by both."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from covenant_review.clauses.clause import CovenantText
from covenant_review.screening.result import ClauseScreening
from covenant_review.screening.ruleset import RuleSet
from covenant_review.screening.screen import screen
from covenant_review.screening.second_reader import SecondReader, with_second_reader
from covenant_review.screening.second_reader_doubt import Doubt
from covenant_review.screening.second_reader_weights import SecondReaderError, Weights

SecondReaderState = Literal["on", "off", "unavailable"]

DOUBT = Doubt(below=0.5, broad_below=0.85)
"""A rule's violation that the second reader finds less likely than this is shown as "consider" (docs/second-reader.md)."""
MOST_UNKNOWN = 0.1
"""Weights that name a larger share of concepts that the rule set does not have were learnt for another rule set."""
_CONCEPT = "k k "


@dataclass(frozen=True, slots=True)
class SecondReaderStamp:
    """Which second reader read a text, for the record: `version` and `sha256` are "" and `reason` says why where none did."""

    state: SecondReaderState
    reason: str = ""
    version: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class SecondReaderInUse:
    """`reader` is None unless `state` is "on". `learnt_elsewhere`: the rule set has changed since the weights were learnt."""

    reader: SecondReader | None
    stamp: SecondReaderStamp
    learnt_elsewhere: bool = False

    @property
    def state(self) -> SecondReaderState:
        """on, off (by the switch) or unavailable (the weights cannot be used)."""
        return self.stamp.state

    @property
    def reason(self) -> str:
        """Why it is unavailable, with the next step; "" otherwise."""
        return self.stamp.reason

    @property
    def weights(self) -> Weights | None:
        """What it learnt; None where it does not read."""
        return self.reader.weights if self.reader is not None else None


SWITCHED_OFF = SecondReaderInUse(None, SecondReaderStamp("off"))


def second_reader_of(ruleset: RuleSet, *, wanted: bool = True) -> SecondReaderInUse:
    """The reader beside the rules if it is `wanted` and its weights can be used. Never raises: the rules work without it."""
    if not wanted:
        return SWITCHED_OFF
    try:
        reader = SecondReader.of_ruleset(ruleset)
        _check_fit(reader.weights, ruleset)
    except SecondReaderError as error:
        return SecondReaderInUse(None, SecondReaderStamp("unavailable", str(error)))
    weights = reader.weights
    stamp = SecondReaderStamp("on", "", weights.version, weights.sha256)
    return SecondReaderInUse(reader, stamp, learnt_elsewhere=weights.rules_sha256 != ruleset.sha256)


def screen_by_both(covenant: CovenantText, ruleset: RuleSet, second: SecondReaderInUse) -> tuple[ClauseScreening, ...]:
    """What the rules say of every clause, then the second reader where it is in use; one result per clause, in order."""
    return with_second_reader(covenant, screen(covenant, ruleset), second.reader, DOUBT)


def unknown_concepts(names: Iterable[str], ruleset: RuleSet) -> tuple[list[str], int]:
    """The concepts that features of weights name and the rule set does not have, and how many concepts they name in all."""
    named = {name.removeprefix(_CONCEPT) for name in names if name.startswith(_CONCEPT)}
    return sorted(named - ruleset.engine.index.specs.keys()), len(named)


def _check_fit(weights: Weights, ruleset: RuleSet) -> None:
    unknown, named = unknown_concepts(weights.plain.weights, ruleset)
    if len(unknown) > MOST_UNKNOWN * named:
        raise SecondReaderError(
            f"Trọng số học với bộ quy tắc khác: {len(unknown)} trong {named} khái niệm không còn; chạy “covenant-review rules train” / "
            "the weights were learnt with another rule set, train again."
        )
