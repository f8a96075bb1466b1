"""How fast the rules screen clauses, beside `re` one by one with the same rules and beside Hyperscan alone: one run, same texts.

    python bench/bench_screening.py [clauses, 200000 unless told] [rounds, 10 unless told]

Two mixes of clauses are made from the open labelled covenants of `corpus/` (the unseen fifth and the covenants kept for
measuring left out). "dense" takes their provisions as they come: they were written to be hard, and a third of them carries a
finding. "usual" takes 85 of 100 clauses from those that name no person of one sex, since most clauses of a covenant
are about rubbish, weddings' music and field guards; the share is our assumption. Every clause is made different by other
figures and a place's name, so that nothing can be remembered.

What is compared with what:
- "filter": which patterns may match, told from the raw text (`Engine.possible`), exact rules only. Beside it Hyperscan alone,
  block mode, one callback, the same words and phrases of the same rules as expressions; on text folded beforehand for it,
  and with that folding. (Whole rules with their gaps are too large for Hyperscan in one database; those that fit are
  measured too.) The filter may let too much through: of a phrase of three words or more it looks for two in a row. It also
  does more than Hyperscan here: it says which patterns the words leave possible.
- "full way": filter, reading, matching, frames, exceptions, findings with their explanation; exact rules only. Beside it
  `re`: one search for each pattern's whole expression, which does less: no frames, no exceptions, no equal terms.
- fuzzy rules, second reader and `screen` on whole covenants apart.

Rates are clauses per second of processor time; every figure is the median of the rounds, which take the stages in turn.
"""

from __future__ import annotations

import gc
import json
import random
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median

from covenant_review.clauses.clause import Clause
from covenant_review.screening.bearers import bearers_of
from covenant_review.screening.concepts import ConceptIndex, phrase_syllables
from covenant_review.screening.engine import Engine
from covenant_review.screening.patterns import Pattern
from covenant_review.screening.ruleset import RuleSet, default_rules_directory, load_ruleset
from covenant_review.screening.screen import screen
from covenant_review.screening.second_reader import SecondReader
from covenant_review.screening.second_reader_corpus import corpus_files, load_corpus
from covenant_review.screening.sequences import Anchor, Choice, ConceptRef, Gap, Node, Phrases, parse_sequence
from covenant_review.text.folding import fold

CORPUS = Path(__file__).resolve().parent.parent / "corpus"
SPACED = re.compile(r"[\W_]+")
FIGURE = re.compile(r"\d")
JUDGED = {"clause", "point", "bullet", "para"}
USUAL_SHARE = 0.85
"""Of the usual mix, the share of clauses that name no person of one sex."""
PLACES = ("Đồng Sen", "Bến Chảo", "Cầu Trục", "Khe Nghè", "Vân Đoài", "Phú Lẫm", "Bãi Soi", "Trại Mới", "Lò Thượng", "Ao Gạch")
OF_RE, OF_HYPERSCAN = 8.0, 0.40
SHORT_ENOUGH = 1000
"""Letters of an expression, so that Hyperscan compiles all of that size in one database within a second."""


def corpus_texts() -> list[str]:
    """The provisions of the tuning corpora, whole covenants only, in the order of the files."""
    kept = [*CORPUS.glob("hands/*/[0-9]*.jsonl"), *CORPUS.glob("given/train/[0-9]*.jsonl"), *CORPUS.glob("given/dev/0[1-8]*.jsonl")]
    lines = (json.loads(line) for path in sorted(kept) for line in path.read_text("utf-8").splitlines())
    return [line["x"] for line in lines if line.get("t") in JUDGED]


def varied(text: str, number: int) -> str:
    """The text with other figures and a place's name behind it."""
    chance = random.Random(number)
    changed = FIGURE.sub(lambda _figure: str(chance.randint(1, 9)), text)
    return f"{changed} (xóm {chance.choice(PLACES)}, số {number})"


def clauses(texts: Sequence[str], count: int, first: int = 0) -> Iterator[Clause]:
    """So many clauses, all different."""
    for number in range(first, first + count):
        yield Clause(id=str(number), kind="clause", label="", number="", text=varied(texts[number % len(texts)], number))


def usual_texts(texts: Sequence[str], engine: Engine) -> list[str]:
    """The texts mixed so that the usual share names no person of one sex."""
    plain: list[str] = []
    other: list[str] = []
    for text in texts:
        reading = engine.read(Clause(id="", kind="clause", label="", number="", text=text))
        (other if reading.persons else plain).append(text)
    chance = random.Random(5)
    return [chance.choice(plain if chance.random() < USUAL_SHARE else other) for _number in range(2 * len(texts))]


def plain_expression(pattern: Pattern, index: ConceptIndex) -> str | None:
    """A pattern as one expression over syllables parted by single spaces; None for fuzzy phrases."""
    spec = pattern.spec
    if spec.kind == "fuzzy":
        return None
    if spec.kind == "sequence":
        return "".join(_node(node, index) for node in parse_sequence(spec.say))
    if spec.kind == "unequal_terms":
        sides = spec.sides or (
            tuple(name for name, sex in index.sex.items() if sex == "female"),
            tuple(name for name, sex in index.sex.items() if sex == "male"),
        )
        one, other = (_words(side, index) for side in sides)
        return f"{one}.*{other}|{other}.*{one}"
    who, gap = _words(bearers_of(spec), index), rf"(?:\S+ ){{0,{spec.within}}}?"
    groups = [_words(group, index) for group in spec.all]
    return "|".join(f"{who}{gap}{group}|{group}{gap}{who}" for group in groups) or who


def _words(concepts: Sequence[str], index: ConceptIndex) -> str:
    phrases = {" ".join(phrase_syllables(word)) for concept in concepts for word in index.words_of(concept)}
    return f"(?:{'|'.join(re.escape(phrase) for phrase in sorted(phrases, key=len, reverse=True))}) "


def _node(node: Node, index: ConceptIndex) -> str:
    if isinstance(node, ConceptRef):
        return _words((node.name,), index)
    if isinstance(node, Gap):
        return rf"(?:\S+ ){{0,{node.most}}}?"
    if isinstance(node, Phrases):
        phrases = "|".join(re.escape(" ".join(phrase)) for phrase in node.phrases)
        return f"(?:(?:{phrases}) )" + ("?" if node.optional else "")
    if isinstance(node, Choice):
        options = "|".join("".join(_node(part, index) for part in option) for option in node.options)
        return f"(?:{options})" + ("?" if node.optional else "")
    return r"\d\S* " if isinstance(node, Anchor) and node.sign == "#" else ""


def prepared(text: str) -> bytes:
    """What Hyperscan is given: folded syllables parted by single spaces."""
    return f" {SPACED.sub(' ', fold(text))} ".encode()


def phrases_asked_for(engine: Engine) -> list[str]:
    """Every word and phrase that the filter looks for: those of the patterns, and the entries of their concepts."""
    parts = {part for rule in engine.rules for pattern in rule.patterns for group in pattern.gates for part in group}
    words = {phrase for part in parts for phrase in ([part[1:]] if part.startswith("=") else engine.index.words_of(part))}
    return sorted({" ".join(phrase_syllables(word)) for word in words} - {""})


class Hyperscan:
    """Expressions in one block database, scanned with one callback that counts."""

    def __init__(self, expressions: Sequence[str]) -> None:
        import hyperscan

        self._database = hyperscan.Database()
        flags = hyperscan.HS_FLAG_SINGLEMATCH | hyperscan.HS_FLAG_DOTALL
        self._database.compile(
            expressions=[expression.encode() for expression in expressions],
            ids=list(range(len(expressions))),
            flags=[flags] * len(expressions),
        )
        self.matches = 0

    def _found(self, _number: int, _start: int, _end: int, _flags: int, _context: object) -> None:
        self.matches += 1

    def scan(self, text: bytes) -> None:
        """All expressions on one text."""
        self._database.scan(text, match_event_handler=self._found)


def rate(items: Sequence[object], act: Callable[..., object]) -> float:
    """Items per second of processor time."""
    gc.collect()
    started = time.process_time()
    for item in items:
        act(item)
    return len(items) / (time.process_time() - started)


class Bench:
    """All stages, made once."""

    def __init__(self, ruleset: RuleSet) -> None:
        self.ruleset = ruleset
        engine = ruleset.engine
        fuzzy = [rule for rule in engine.rules if any(pattern.spec.kind == "fuzzy" for pattern in rule.patterns)]
        exact_rules = [rule for rule in engine.rules if rule not in fuzzy]
        self.exact = Engine(engine.index, engine.frames, exact_rules)
        self.fuzzy = Engine(engine.index, engine.frames, fuzzy)
        found = (plain_expression(pattern, engine.index) for rule in exact_rules for pattern in rule.patterns)
        sources = [source for source in found if source]
        self.expressions = [re.compile(f" (?:{source})") for source in sources]
        self.phrases = phrases_asked_for(self.exact)
        self.small = [source for source in sources if len(source) <= SHORT_ENOUGH]
        self.scanner = Hyperscan([f" {re.escape(phrase)} " for phrase in self.phrases])
        self.small_scanner = Hyperscan([f" (?:{source})" for source in self.small])
        self.reader = SecondReader.of_ruleset(ruleset)

    def one_by_one(self, item: Clause) -> None:
        """One search per expression."""
        text = f" {SPACED.sub(' ', fold(item.text))} "
        for expression in self.expressions:
            expression.search(text)

    def round(self, items: Sequence[Clause]) -> dict[str, float]:
        """Every stage once; the slow ones on a part of the clauses."""
        ready = [prepared(item.text) for item in items]
        return {
            "filter": rate(items, self.exact.possible),
            "hyperscan": rate(ready, self.scanner.scan),
            "hyperscan raw": rate(items, lambda item: self.scanner.scan(prepared(item.text))),
            "hyperscan small": rate(ready, self.small_scanner.scan),
            "full": rate(items, self.exact.screen),
            "re": rate(items[: max(20, len(items) // 200)], self.one_by_one),
            "fuzzy": rate(items[: len(items) // 4], self.fuzzy.screen),
            "second reader": rate(items[: max(20, len(items) // 50)], self.reader.probability),
            "passed": sum(bool(self.exact.possible(item)) for item in items) / len(items),
        }

    def covenants(self) -> tuple[int, float, float]:
        """Clauses of the open covenants, and how many of them a second `screen` does at first and when done again."""
        covenants = [one.covenant for one in load_corpus(corpus_files("open", CORPUS)).covenants]
        count = sum(len(covenant.clauses) for covenant in covenants)
        engine = self.ruleset.engine
        fresh = replace(self.ruleset, engine=Engine(engine.index, engine.frames, engine.rules))
        rates = [rate(covenants, lambda covenant: screen(covenant, fresh)) * count / len(covenants) for _time in range(2)]
        return count, rates[0], rates[1]


def report(name: str, rounds: Sequence[dict[str, float]], clause_count: int) -> Iterator[str]:
    """The medians of a mix and its ratios."""
    found = {stage: median(one[stage] for one in rounds) for stage in rounds[0]}
    yield f"\n{name}: {clause_count} clauses, {len(rounds)} rounds; {found['passed']:.0%} of the clauses pass the filter"
    for stage, words in (
        ("filter", "filter, from the raw text"),
        ("full", "full way, from the raw text"),
        ("re", "re one by one, from the raw text"),
        ("hyperscan", "Hyperscan, the filter's phrases, text folded before"),
        ("hyperscan raw", "Hyperscan, the filter's phrases, from the raw text"),
        ("hyperscan small", "Hyperscan, the whole expressions that fit, text folded before"),
        ("fuzzy", "fuzzy rules alone"),
        ("second reader", "second reader"),
    ):
        yield f"  {words:64}{found[stage]:12,.0f} clauses/s"
    for words, value, target in (
        ("full way / re", found["full"] / found["re"], OF_RE),
        ("filter / re", found["filter"] / found["re"], OF_RE),
        ("filter / Hyperscan, text folded before", found["filter"] / found["hyperscan"], OF_HYPERSCAN),
        ("filter / Hyperscan, both from the raw text", found["filter"] / found["hyperscan raw"], OF_HYPERSCAN),
        ("full way / Hyperscan, text folded before", found["full"] / found["hyperscan"], OF_HYPERSCAN),
        ("full way / Hyperscan, both from the raw text", found["full"] / found["hyperscan raw"], OF_HYPERSCAN),
    ):
        yield f"  {words:64}{value:12.2f}  {'reached' if value >= target else 'NOT reached'} (target {target:.2f})"


def main() -> None:
    """Load, both mixes, whole covenants."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 10
    loads = []
    for _time in range(4):
        started = time.perf_counter(), time.process_time()
        ruleset = load_ruleset(default_rules_directory())
        loads.append((time.perf_counter() - started[0], time.process_time() - started[1]))
    wall, work = (median(column) for column in zip(*loads[1:], strict=True))
    print(
        f"loading and self-testing {len(ruleset.rules)} rules: {loads[0][0]:.2f} s at first; again {wall:.2f} s, "
        f"of which {work:.2f} s of processor time (target 1.00 s)"
    )
    bench = Bench(ruleset)
    print(
        f"{len(bench.exact.rules)} exact rules, {len(bench.expressions)} patterns, {len(bench.phrases)} words and phrases; "
        f"{len(bench.small)} of the whole expressions fit Hyperscan"
    )
    texts = corpus_texts()
    for name, mix in (("usual mix", usual_texts(texts, ruleset.engine)), ("dense mix", texts)):
        size = count // rounds
        bench.round(list(clauses(mix, 100, first=count)))  # warm
        done = [bench.round(list(clauses(mix, size, first=number * size))) for number in range(rounds)]
        print("\n".join(report(name, done, size * rounds)), flush=True)
    clause_count, first, again = bench.covenants()
    print(f"\nwhole covenants, all rules: {clause_count} clauses, {first:,.0f} clauses/s at first, {again:,.0f} when screened again")


if __name__ == "__main__":
    main()
