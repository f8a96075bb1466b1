"""Figures of reading quality from scored provisions: recall, precision, curves, confusion, pairs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from covenant_review.screening.second_reader_corpus import LABELS, Provision

SHARES = (0.02, 0.03, 0.05, 0.08, 0.1, 0.15, 0.2)


@dataclass(frozen=True, slots=True)
class Read:
    """A provision with what a reader says: `outcome` ("none" where silent) and a `score` that puts all provisions in order."""

    provision: Provision
    outcome: str
    score: float
    rules: tuple[str, ...] = ()

    @property
    def raised(self) -> bool:
        """Whether a person is shown it as something to weigh."""
        return self.outcome in ("violation", "consider")


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts behind the shares, so that a report can say "of how many"."""

    violations: int
    found: int
    surfaced: int
    named: int
    named_rightly: int
    harmless: int
    harmless_raised: int

    @property
    def recall(self) -> float:
        """Violations found as violation."""
        return self.found / max(1, self.violations)

    @property
    def surfaced_recall(self) -> float:
        """Violations that reach a person, `consider` included."""
        return self.surfaced / max(1, self.violations)

    @property
    def precision(self) -> float:
        """Of what is named a violation, the share that is labelled so."""
        return self.named_rightly / max(1, self.named)

    @property
    def harmless_share(self) -> float:
        """Harmless provisions raised as violation or consider."""
        return self.harmless_raised / max(1, self.harmless)


def figures_of(reads: Iterable[Read]) -> Figures:
    """The counts of some provisions."""
    reads = list(reads)
    violations = [read for read in reads if read.provision.is_violation]
    harmless = [read for read in reads if read.provision.is_harmless]
    named = [read for read in reads if read.outcome == "violation"]
    return Figures(
        violations=len(violations),
        found=sum(read.outcome == "violation" for read in violations),
        surfaced=sum(read.raised for read in violations),
        named=len(named),
        named_rightly=sum(read.provision.is_violation for read in named),
        harmless=len(harmless),
        harmless_raised=sum(read.raised for read in harmless),
    )


def surfaced_at(reads: Sequence[Read], share: float) -> float:
    """Surfaced recall where the highest scores are raised until `share` of the harmless provisions is; ties raise none."""
    harmless = sorted((read.score for read in reads if read.provision.is_harmless), reverse=True)
    violations = [read.score for read in reads if read.provision.is_violation]
    allowed = int(share * len(harmless))
    limit = harmless[allowed] if allowed < len(harmless) else float("-inf")
    return sum(score > limit for score in violations) / max(1, len(violations))


def average_precision(reads: Sequence[Read]) -> float:
    """Mean precision over the violations, in order of score (those to be considered left out)."""
    ordered = sorted((read for read in reads if read.provision.label != "consider"), key=lambda read: -read.score)
    seen, total = 0, 0.0
    for place, read in enumerate(ordered, 1):
        if read.provision.is_violation:
            seen += 1
            total += seen / place
    return total / max(1, seen)


def by(reads: Iterable[Read], key: Callable[[Provision], str]) -> dict[str, list[Read]]:
    """Provisions in groups, in order of the key."""
    groups: dict[str, list[Read]] = defaultdict(list)
    for read in reads:
        groups[key(read.provision)].append(read)
    return dict(sorted(groups.items()))


def confusion(reads: Iterable[Read]) -> list[str]:
    """Lines of a table: label down, outcome across."""
    counts = Counter((read.provision.label, read.outcome) for read in reads)
    lines = [f"{'label / read as':18}" + "".join(f"{label:>11}" for label in LABELS)]
    lines.extend(f"{label:18}" + "".join(f"{counts[label, outcome]:11}" for outcome in LABELS) for label in LABELS)
    return lines


@dataclass(frozen=True, slots=True)
class ReadPair:
    """Both sides of a pair, read."""

    device: str
    bad: Read
    good: Read

    @property
    def both_right(self) -> bool:
        """The violating side is raised and the harmless one is not."""
        return self.bad.raised and not self.good.raised

    @property
    def in_order(self) -> bool:
        """The violating side scores higher."""
        return self.bad.score > self.good.score


def share(some: Sequence[ReadPair], test: Callable[[ReadPair], bool]) -> float:
    """The share of pairs that pass."""
    return sum(map(test, some)) / max(1, len(some))
