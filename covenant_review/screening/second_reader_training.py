"""Teaching the second reader: cross-validated by hand, so that what it claims holds for a writer it has never read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from covenant_review.screening.reading import Reading
from covenant_review.screening.result import ClauseScreening
from covenant_review.screening.ruleset import RuleSet
from covenant_review.screening.screen import header_rows, screen, screen_clause
from covenant_review.screening.second_reader import rows_by_clause
from covenant_review.screening.second_reader_corpus import NEVER_LEFT_OUT, STATUTE, Corpus, Provision
from covenant_review.screening.second_reader_features import features_of
from covenant_review.screening.second_reader_solver import Learnt, calibrate, learn
from covenant_review.screening.second_reader_weights import FIELDS, Table, Weights, as_units, grouped

COST = 0.1
FIELD_COST = 1.0
FEWEST_CLAUSES = 4
"""A feature is learnt only if so many clauses have it."""
CONSIDER_IMPORTANCE = 0.5
"""What a provision counts for in training that the labellers themselves wanted weighed."""
STATUTE_IMPORTANCE = 0.3
"""What a provision in the manner of statutes counts for: more would teach how laws are worded, not who is treated how."""
HARMLESS_SHARE = 0.07
READER_SHARE = 0.03
"""At most this share of harmless provisions may be raised by rules and reader together, and by the reader where rules are silent."""
BARE_SHARE = 0.05
"""The reader's share where diacritics are lost: there rules and people both see less, and missing is worse than asking."""
_FIELD_GROUPS = ("w", "k", "x")


@dataclass(frozen=True, slots=True)
class Example:
    """A labelled clause as the reader sees it, with what the rules alone say of it ("none" where they are silent).

    `broad`: no other than broad rules call it a violation. `bare` where the text carries no diacritics. `importance` is what
    it counts for in learning.
    """

    provision: Provision
    names: tuple[str, ...]
    by_rules: str
    in_pair: bool
    bare: bool = False
    importance: float = 1.0
    broad: bool = False

    @property
    def target(self) -> bool:
        """Whether a person should look at it."""
        return self.provision.label in ("violation", "consider")

    @property
    def raised_by_rules(self) -> bool:
        """Whether a rule brings it to a person."""
        return self.by_rules in ("violation", "consider")


@dataclass(frozen=True, slots=True)
class Judged:
    """An example with the raw score of a reader that never saw its hand."""

    example: Example
    score: float


@dataclass(frozen=True, slots=True)
class Quality:
    """How well hands that were left out are read by the reader alone: average precision, and the share of violations that it
    surfaces when it raises READER_SHARE of the harmless provisions."""

    average_precision: float
    surfaced_at_share: float


@dataclass(frozen=True, slots=True)
class Model:
    """A learnt reader, before calibration."""

    learnt: Learnt
    places: Mapping[str, int]

    def score(self, names: Iterable[str]) -> float:
        """The raw score of a clause with these features."""
        return self.learnt.score(_indices(names, self.places))

    def as_table(self, slope: float, offset: float, least: float) -> Table:
        """The model in the form of the weights file; it speaks from a raw score of `least` on."""
        table = Table(
            bias=as_units(self.learnt.bias),
            slope=round(slope, 6),
            offset=round(offset, 6),
            threshold=1.0,
            weights={name: as_units(self.learnt.weights[place]) for name, place in self.places.items()},
        )
        return replace(table, threshold=round(table.probability_of(least), 6))


def outcome_of(findings: Iterable[str]) -> str:
    """The strongest of some outcomes, "none" if there is none."""
    found = set(findings)
    return next((one for one in ("violation", "consider", "outdated", "positive") if one in found), "none")


def examples_of(corpus: Corpus, ruleset: RuleSet) -> list[Example]:
    """Every provision of the covenants, then both sides of every pair, in order."""
    engine = ruleset.engine
    examples: list[Example] = []

    def add(provision: Provision, screening: ClauseScreening, rows: Sequence[Reading], in_pair: bool) -> None:
        reading = engine.read(provision.clause, rows)
        names = dict.fromkeys(feature.name for feature in features_of(reading, engine.frames.active_in(reading)))
        by_rules = outcome_of(finding.outcome for finding in screening.findings)
        broad = all(finding.broad for finding in screening.findings if finding.outcome == "violation")
        importance = STATUTE_IMPORTANCE if provision.hand == STATUTE else 1.0
        examples.append(Example(provision, tuple(names), by_rules, in_pair, reading.bare, importance, broad))

    for covenant in corpus.covenants:
        found = {screening.clause_id: screening for screening in screen(covenant.covenant, ruleset)}
        tables = rows_by_clause(covenant.covenant.clauses)
        heads = header_rows(covenant.covenant.clauses)
        for provision in covenant.provisions:
            if provision.clause.id in heads and provision.is_harmless:
                continue  # neither rules nor reader judge it
            rows = [engine.read(row) for row in tables.get(provision.clause.id, ())]
            add(provision, found[provision.clause.id], rows, in_pair=False)
    for pair in corpus.pairs:
        for provision in (pair.bad, pair.good):
            add(provision, screen_clause(provision.clause, ruleset), (), in_pair=True)
    return examples


def fit(examples: Sequence[Example]) -> Model:
    """A reader learnt from these examples."""
    places = _places(examples)
    rows = [_indices(example.names, places) for example in examples]
    importance = [example.importance * (CONSIDER_IMPORTANCE if example.provision.label == "consider" else 1.0) for example in examples]
    learnt = learn(rows, [example.target for example in examples], importance, len(places), cost=COST)
    return Model(learnt, places)


def left_out_scores(examples: Sequence[Example], progress: Callable[[str], None] = lambda _hand: None) -> list[Judged]:
    """Each example of a hand, scored by a reader that learnt from the other hands (and from what was given or signed)."""
    judged: list[Judged] = []
    for hand in sorted({example.provision.hand for example in examples} - NEVER_LEFT_OUT):
        progress(hand)
        model = fit([example for example in examples if example.provision.hand != hand])
        judged.extend(Judged(example, model.score(example.names)) for example in examples if example.provision.hand == hand)
    return judged


def least_score(judged: Sequence[Judged], together: float = HARMLESS_SHARE, alone: float = READER_SHARE) -> float:
    """The least raw score at which the reader may speak, so that the shares of harmless provisions raised are kept.

    Where the rules alone pass the common share, the reader still gets a quarter of its own: what rules raise in vain is
    no reason to be blind to what they miss.
    """
    harmless = [one for one in judged if one.example.provision.is_harmless and not one.example.in_pair]
    silent = sorted((one.score for one in harmless if not one.example.raised_by_rules), reverse=True)
    raised = len(harmless) - len(silent)
    allowed = min(int(together * len(harmless)) - raised, int(alone * len(harmless)))
    allowed = max(allowed, int(alone * len(harmless)) // 4)
    if allowed >= len(silent):
        return float("-inf")
    return silent[allowed] + 1e-9


def train(
    corpus: Corpus,
    bare: Corpus,
    ruleset: RuleSet,
    version: str,
    share: float = READER_SHARE,
    progress: Callable[[str], None] = lambda _hand: None,
    signed: tuple[Sequence[Example], Sequence[Example]] = ((), ()),
) -> Weights:
    """The weights learnt from the whole corpus, calibrated and with a threshold from cross-validation by hand.

    `bare` is the same corpus without diacritics; `signed` are examples from signed decisions, as they are and without
    diacritics: learnt from, never measured on. `share` of the harmless provisions may be raised by the reader alone. Without
    hands beside what was given there is nothing to cross-validate on; the scores on what was learnt stand in, and `measured`
    says so.
    """
    examples = [*examples_of(corpus, ruleset), *signed[0]]
    plain_table, figures = _learn_table(examples, HARMLESS_SHARE, share, progress)
    bare_table, _figures = _learn_table([*examples_of(bare, ruleset), *signed[1]], 1.0, BARE_SHARE)
    fields, field_bias = _fit_fields(examples)
    return Weights(
        version=version,
        corpus_sha256=corpus.sha256,
        rules_sha256=ruleset.sha256,
        plain=plain_table,
        bare=bare_table,
        fields=fields,
        field_bias=field_bias,
        measured=figures | {"examples": len(examples)},
    )


def _learn_table(
    examples: Sequence[Example], together: float, alone: float, progress: Callable[[str], None] = lambda _hand: None
) -> tuple[Table, dict[str, Any]]:
    judged = left_out_scores(examples, progress)
    model = fit(examples)
    honest = bool(judged)
    if not honest:
        judged = [Judged(example, model.score(example.names)) for example in examples]
    figures = measured(judged, least_score(judged, together, alone)) | asdict(quality_of(judged))
    return calibrated(model, judged, together, alone), figures | {"cross_validated": honest}


def calibrated(model: Model, judged: Sequence[Judged], together: float = HARMLESS_SHARE, alone: float = READER_SHARE) -> Table:
    """The model with the calibration and the threshold that scores of hands left out give (shares: see `least_score`)."""
    covenants = [one for one in judged if not one.example.in_pair] or judged
    slope, offset = calibrate([one.score for one in covenants], [one.example.target for one in covenants])
    return model.as_table(slope, offset, least_score(judged, together, alone))


def measured(judged: Sequence[Judged], least: float) -> dict[str, float]:
    """Shares at a least score: violations surfaced and harmless raised, by rules and reader together and by the reader alone."""
    violations = [one for one in judged if one.example.provision.is_violation and not one.example.in_pair]
    harmless = [one for one in judged if one.example.provision.is_harmless and not one.example.in_pair]

    def share(some: Sequence[Judged], *, with_rules: bool) -> float:
        raised = sum(one.score >= least or (with_rules and one.example.raised_by_rules) for one in some)
        return round(raised / max(1, len(some)), 4)

    return {
        "surfaced_together": share(violations, with_rules=True),
        "harmless_together": share(harmless, with_rules=True),
        "surfaced_alone": share(violations, with_rules=False),
        "harmless_alone": share(harmless, with_rules=False),
    }


def quality_of(judged: Sequence[Judged]) -> Quality:
    """The quality on the provisions of covenants (not of pairs); the labels "consider" count neither way."""
    some = [one for one in judged if not one.example.in_pair and (one.example.provision.is_violation or one.example.provision.is_harmless)]
    ranked = sorted(some, key=lambda one: -one.score)
    violations = sum(one.example.provision.is_violation for one in some)
    allowed = int(READER_SHARE * (len(some) - violations))
    found, raised, surfaced, precisions = 0, 0, 0, 0.0
    for place, one in enumerate(ranked, 1):
        if not one.example.provision.is_violation:
            raised += 1
            continue
        found += 1
        precisions += found / place
        surfaced += raised <= allowed
    return Quality(round(precisions / max(1, violations), 4), round(surfaced / max(1, violations), 4))


def _places(examples: Sequence[Example]) -> dict[str, int]:
    counted = Counter(name for example in examples for name in example.names)
    fewest = FEWEST_CLAUSES if len(examples) > 200 else 1
    return {name: place for place, name in enumerate(sorted(name for name, times in counted.items() if times >= fewest))}


def _indices(names: Iterable[str], places: Mapping[str, int]) -> list[tuple[float, list[int]]]:
    return [(factor, [places[name] for name in found]) for factor, found in grouped(names, places)]


def _fit_fields(examples: Sequence[Example]) -> tuple[dict[str, tuple[int, ...]], tuple[int, ...]]:
    """One classifier per field of social life, on single words and concepts of the provisions that a person should see."""
    chosen = [example for example in examples if example.target and example.provision.field in FIELDS]
    names = [[name for name in example.names if name[0] in _FIELD_GROUPS and " " not in name[2:].removeprefix("k ")] for example in chosen]
    counted = Counter(name for some in names for name in some)
    kept = sorted(name for name, times in counted.items() if times >= FEWEST_CLAUSES)
    places = {name: place for place, name in enumerate(kept)}
    rows = [[(0.25, [places[name] for name in some if name in places])] for some in names]
    columns = []
    for field in FIELDS:
        targets = [example.provision.field == field for example in chosen]
        columns.append(learn(rows, targets, [1.0] * len(rows), len(places), cost=FIELD_COST, epochs=15))
    return (
        {name: tuple(as_units(0.25 * column.weights[place]) for column in columns) for name, place in places.items()},
        tuple(as_units(column.bias) for column in columns),
    )
