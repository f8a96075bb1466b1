"""How well the system reads: rules alone, second reader alone, both, and three baselines, on the labelled corpus.

    python bench/bench_reading.py                 each hand read by a second reader that learnt from the others
    python bench/bench_reading.py --set unseen    the final measurement, with the weights as shipped (also: --set dev-late)
    python bench/bench_reading.py --ids           every miss and every false alarm by id
    python bench/bench_reading.py --damage        the same texts with OCR slips, lost marks, capitals, NFD, old tone marks

Cross-validated figures of rules are honest only for hands that nobody tuned rules on; corpus/README.md says which.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from baselines import Baseline, KeywordPair, NearestViolation, TfIdfRegression, has_scikit_learn
from damage import DAMAGES
from reading_measures import (
    SHARES,
    Read,
    ReadPair,
    average_precision,
    by,
    confusion,
    figures_of,
    share,
    surfaced_at,
)
from statute_prose import statute_lines

from covenant_review.screening.ruleset import RuleSet, default_rules_directory, load_ruleset
from covenant_review.screening.second_reader import SecondReader
from covenant_review.screening.second_reader_corpus import (
    NEVER_LEFT_OUT,
    Corpus,
    CorpusSet,
    Damage,
    corpus_files,
    default_corpus_directory,
    load_corpus,
    without_marks,
)
from covenant_review.screening.second_reader_training import (
    BARE_SHARE,
    HARMLESS_SHARE,
    READER_SHARE,
    Example,
    calibrated,
    examples_of,
    fit,
    left_out_scores,
)
from covenant_review.screening.second_reader_use import DOUBT
from covenant_review.screening.second_reader_weights import Weights

RULES, READER, BOTH = "rules alone", "second reader alone", "both together"
_FEWEST_PAIRS = 4
_ORDER = {"violation": 2.0, "consider": 1.0}
"""The order of the review page: the gravest finding first, then by the second reader's probability."""


class Results:
    """Reads per reader: those of covenants, and pairs."""

    def __init__(self) -> None:
        self.covenants: dict[str, list[Read]] = defaultdict(list)
        self.pairs: dict[str, list[ReadPair]] = defaultdict(list)

    def add(self, name: str, examples: Sequence[Example], read: Callable[[Example], Read], corpus: Corpus) -> None:
        """What one reader says of all examples of a corpus (provisions first, then both sides of each pair)."""
        reads = [read(example) for example in examples]
        self.covenants[name].extend(one for one, example in zip(reads, examples, strict=True) if not example.in_pair)
        sides = [one for one, example in zip(reads, examples, strict=True) if example.in_pair]
        self.pairs[name].extend(
            ReadPair(pair.device, bad, good) for pair, bad, good in zip(corpus.pairs, sides[::2], sides[1::2], strict=True)
        )


def read_part(results: Results, test: Sequence[Example], corpus: Corpus, reader: SecondReader, baselines: Sequence[Baseline]) -> None:
    """All readers on one part of the corpus."""
    probability = {one.provision.id: reader.weights.table(bare=one.bare).probability(one.names) for one in test}
    speaks = {one.provision.id for one in test if probability[one.provision.id] >= reader.weights.table(bare=one.bare).threshold}

    def by_rules(example: Example) -> Read:
        return Read(example.provision, example.by_rules, _ORDER.get(example.by_rules, 0.0))

    def by_reader(example: Example) -> Read:
        score = probability[example.provision.id]
        return Read(example.provision, "consider" if example.provision.id in speaks else "none", score)

    def by_both(example: Example) -> Read:
        score = probability[example.provision.id]
        adds = example.provision.id in speaks and not example.raised_by_rules
        doubts = example.by_rules == "violation" and score < DOUBT.least(broad=example.broad)
        outcome = "consider" if adds or doubts else example.by_rules
        return Read(example.provision, outcome, _ORDER.get(outcome, 0.0) + score)

    for name, read in ((RULES, by_rules), (READER, by_reader), (BOTH, by_both)):
        results.add(name, test, read, corpus)
    for baseline in baselines:
        scores = baseline.scores([example.provision.clause for example in test])
        found = {example.provision.id: score for example, score in zip(test, scores, strict=True)}

        def by_baseline(example: Example, found: dict[str, float] = found, natural: float = baseline.natural) -> Read:
            score = found[example.provision.id]
            return Read(example.provision, "violation" if score >= natural else "none", score)

        results.add(baseline.name, test, by_baseline, corpus)


def baselines_for(examples: Sequence[Example], wanted: bool) -> list[Baseline]:
    """The baselines, learnt from the same examples as the second reader."""
    if not wanted:
        return []
    clauses = [example.provision.clause for example in examples]
    targets = [example.provision.is_violation for example in examples]
    # Each fourth is enough for a threshold; twins of pairs are left out, since every one of them resembles a violation.
    harmless = [one.provision.clause for one in examples if one.provision.is_harmless and not one.in_pair][::4]
    found: list[Baseline] = [KeywordPair(), NearestViolation(clauses, targets, harmless)]
    if has_scikit_learn():
        found.append(TfIdfRegression(clauses, targets))
    return found


class Measurement:
    """Rules, corpus and the readers that learnt from it, kept so that several damages are measured with the same readers."""

    def __init__(self, which: str, folder: Path, ruleset: RuleSet, baselines: bool) -> None:
        self.which, self.folder, self.ruleset = which, folder, ruleset
        open_files = corpus_files("open", folder)
        self.files = open_files if which == "hands" else corpus_files(_set_named(which), folder)
        learnt_from = examples_of(load_corpus(open_files), ruleset)
        self.parts: list[tuple[str | None, SecondReader, list[Baseline]]] = []
        if which != "hands":
            self.parts.append((None, SecondReader.of_ruleset(ruleset), baselines_for(learnt_from, baselines)))
            return
        bare = examples_of(load_corpus(open_files, without_marks), ruleset)
        judged, judged_bare = left_out_scores(learnt_from), left_out_scores(bare)
        for hand in sorted({example.provision.hand for example in learnt_from} - NEVER_LEFT_OUT):
            others = [example for example in learnt_from if example.provision.hand != hand]
            tables = [
                calibrated(
                    fit([one for one in examples if one.provision.hand != hand]),
                    [one for one in scores if one.example.provision.hand != hand],
                    *shares,
                )
                for examples, scores, shares in (
                    (learnt_from, judged, (HARMLESS_SHARE, READER_SHARE)),
                    (bare, judged_bare, (1.0, BARE_SHARE)),
                )
            ]
            weights = Weights("cross-validation", "", ruleset.sha256, plain=tables[0], bare=tables[1])
            self.parts.append((hand, SecondReader(weights, ruleset.engine), baselines_for(others, baselines)))

    def run(self, damage: Damage | None = None) -> Results:
        """Every part, read by all."""
        corpus = load_corpus(self.files, damage)
        results = Results()
        for hand, reader, baselines in self.parts:
            part = corpus if hand is None else corpus.of([hand])
            read_part(results, examples_of(part, self.ruleset), part, reader, baselines)
        return results


def _set_named(which: str) -> CorpusSet:
    return "unseen" if which == "unseen" else "dev-late"


def overview(results: Results) -> Iterator[str]:
    """One line a reader: the curve and the pairs."""
    heads = "".join(f"{f'@{part:.0%}':>7}" for part in SHARES)
    yield f"{'surfaced recall at harmless raised':34}{heads}{'AP':>7}{'pairs':>8}{'order':>7}"
    for name, reads in results.covenants.items():
        row = "".join(f"{surfaced_at(reads, part):7.3f}" for part in SHARES)
        pairs = results.pairs[name]
        both, order = share(pairs, lambda pair: pair.both_right), share(pairs, lambda pair: pair.in_order)
        yield f"{name:34}{row}{average_precision(reads):7.3f}{both:8.3f}{order:7.3f}"
    yield "(pairs: violating twin raised and harmless one not, at the reader's own threshold; order: violating twin scores higher)"


def standing(results: Results) -> Iterator[str]:
    """Recall, precision and harmless raised as each reader stands."""
    yield f"{'as they stand':34}{'recall':>8}{'precis.':>8}{'surfaced':>9}{'harmless':>9}"
    for name, reads in results.covenants.items():
        found = figures_of(reads)
        counts = f"{found.surfaced}/{found.violations}, {found.harmless_raised}/{found.harmless}"
        yield (f"{name:34}{found.recall:8.3f}{found.precision:8.3f}{found.surfaced_recall:9.3f}{found.harmless_share:9.3f}   {counts}")


def by_groups(results: Results) -> Iterator[str]:
    """By hand, by field, and pairs by device, for rules, second reader and both."""
    names = (RULES, READER, BOTH)
    for title, key in (("hand", lambda one: one.hand), ("field", lambda one: one.field or "-")):
        yield f"\nby {title:14}" + "".join(f"{name:>34}" for name in names)
        yield f"{'':17}" + "".join(f"{'recall precis. surfaced harmless':>34}" for _name in names)
        groups = [by(results.covenants[name], key) for name in names]
        for group in groups[0]:
            row = ""
            for found in (figures_of(reads[group]) for reads in groups):
                row += f"{found.recall:10.3f}{found.precision:8.3f}{found.surfaced_recall:8.3f}{found.harmless_share:8.3f}"
            yield f"{group:17}{row}"
    yield f"\n{'pairs both right, by device':34}{'n':>5}" + "".join(f"{name:>22}" for name in names)
    named: dict[str, list[int]] = defaultdict(list)
    for place, pair in enumerate(results.pairs[RULES]):
        named[pair.device].append(place)
    devices: dict[str, list[int]] = defaultdict(list)
    for device, places in named.items():
        devices[device if len(places) >= _FEWEST_PAIRS else "(devices of fewer pairs)"].extend(places)
    for device, places in sorted(devices.items(), key=lambda item: -len(item[1])):
        shares = [share([results.pairs[name][place] for place in places], lambda pair: pair.both_right) for name in names]
        yield f"{device[:33]:34}{len(places):5}" + "".join(f"{one:22.3f}" for one in shares)


def ids(results: Results) -> Iterator[str]:
    """Each miss and each false alarm of the three, by id."""
    for name in (RULES, READER, BOTH):
        reads = [*results.covenants[name], *(side for pair in results.pairs[name] for side in (pair.bad, pair.good))]
        for title, chosen in (
            ("missed", [one for one in reads if one.provision.is_violation and not one.raised]),
            ("raised in vain", [one for one in reads if one.provision.is_harmless and one.raised]),
        ):
            yield f"\n{name}, {title}: {len(chosen)}"
            for one in chosen:
                yield f"  {one.provision.id}  {one.outcome}  {one.score:.3f}  {one.provision.clause.text[:110]}"


def damages(measurement: Measurement, clean: Results) -> Iterator[str]:
    """The same with each damage: how far surfaced recall falls and what happens to the harmless."""
    names = (RULES, READER, BOTH)
    yield f"\n{'damage':12}" + "".join(f"{name + ': surfaced, harmless':>42}" for name in names)
    for damage, run in {"none": None, **DAMAGES}.items():
        results = clean if run is None else measurement.run(run)
        found = [figures_of(results.covenants[name]) for name in names]
        yield f"{damage:12}" + "".join(f"{one.surfaced_recall:32.3f}{one.harmless_share:10.3f}" for one in found)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", dest="which", choices=("hands", "unseen", "dev-late"), default="hands")
    parser.add_argument("--corpus", type=Path, default=default_corpus_directory())
    parser.add_argument("--rules", type=Path, default=None)
    parser.add_argument("--ids", action="store_true")
    parser.add_argument("--damage", action="store_true")
    asked = parser.parse_args()
    began = time.perf_counter()
    ruleset = load_ruleset(asked.rules or default_rules_directory())
    for rejected in ruleset.rejected:
        print(f"rule not loaded: {rejected.path}", file=sys.stderr)
    if not has_scikit_learn():
        print("scikit-learn is not installed: the baseline TF-IDF + logistic regression is left out.")
    measurement = Measurement(asked.which, asked.corpus, ruleset, baselines=True)
    results = measurement.run()
    counted = len(results.covenants[RULES]), len(results.pairs[RULES])
    print(f"set {asked.which}: {counted[0]} provisions, {counted[1]} pairs; {len(ruleset.rules)} rules {ruleset.sha256[:12]}\n")
    for lines in (overview(results), standing(results), by_groups(results)):
        print("\n".join(lines), end="\n\n")
    for name in (RULES, BOTH):
        print(f"{name}, confusion\n" + "\n".join(confusion(results.covenants[name])), end="\n\n")
    print("\n".join(statute_lines(asked.corpus, ruleset)), end="\n\n")
    if asked.ids:
        print("\n".join(ids(results)))
    if asked.damage:
        for _hand, _reader, baselines in measurement.parts:
            baselines.clear()
        print("\n".join(damages(measurement, results)))
    print(f"{time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
