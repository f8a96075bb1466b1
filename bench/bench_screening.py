"""Clauses per second of the whole rule set, beside the same patterns as plain `re` expressions searched one by one.

    python bench/bench_screening.py [clauses] [clauses for the plain expressions]

The clauses come from the labelled covenants of `corpus/` (the unseen fifth and the covenants kept for measuring left out),
repeated with a running number so that no text comes twice. The plain expressions are simpler than the rules: words and
concepts in order with bounded gaps, no frames, no exceptions, no equal terms; they do less and are given that for free.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from covenant_review.clauses.clause import Clause
from covenant_review.screening.bearers import bearers_of
from covenant_review.screening.concepts import ConceptIndex, phrase_syllables
from covenant_review.screening.engine import Engine
from covenant_review.screening.patterns import Pattern
from covenant_review.screening.ruleset import default_rules_directory, load_ruleset
from covenant_review.screening.sequences import Anchor, Choice, ConceptRef, Gap, Node, Phrases, parse_sequence
from covenant_review.text.folding import fold

CORPUS = Path(__file__).resolve().parent.parent / "corpus"
SPACED = re.compile(r"[\W_]+")
JUDGED = {"clause", "point", "bullet", "para"}


def corpus_texts() -> list[str]:
    """The provisions of the tuning corpora, whole covenants only, in the order of the files."""
    kept = [*CORPUS.glob("hands/*/[0-9]*.jsonl"), *CORPUS.glob("given/train/[0-9]*.jsonl"), *CORPUS.glob("given/dev/0[1-8]*.jsonl")]
    lines = (json.loads(line) for path in sorted(kept) for line in path.read_text("utf-8").splitlines())
    return [line["x"] for line in lines if line.get("t") in JUDGED]


def clauses(texts: Sequence[str], count: int) -> Iterator[Clause]:
    """So many clauses, all different."""
    for number in range(count):
        text = f"{texts[number % len(texts)]} ({number})"
        yield Clause(id=str(number), kind="clause", label="", number="", text=text)


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


def rules_per_second(engine: Engine, items: Sequence[Clause]) -> float:
    """Clauses per second of processor time of the engine, reading, frames and explanations included."""
    started = time.process_time()
    for item in items:
        engine.screen(item)
    return len(items) / (time.process_time() - started)


def plain_per_second(expressions: Sequence[re.Pattern[str]], items: Sequence[Clause]) -> float:
    """Clauses per second of one search per expression."""
    started = time.process_time()
    for item in items:
        text = f" {SPACED.sub(' ', fold(item.text))} "
        for expression in expressions:
            expression.search(text)
    return len(items) / (time.process_time() - started)


def main() -> None:
    """Both, in one run, on the same clauses."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    fewer = int(sys.argv[2]) if len(sys.argv) > 2 else max(200, count // 100)
    ruleset = load_ruleset(default_rules_directory())
    engine = ruleset.engine
    fuzzy = [rule for rule in engine.rules if any(pattern.spec.kind == "fuzzy" for pattern in rule.patterns)]
    exact = Engine(engine.index, engine.frames, [rule for rule in engine.rules if rule not in fuzzy])
    sources = [plain_expression(pattern, engine.index) for rule in exact.rules for pattern in rule.patterns]
    expressions = [re.compile(f" (?:{source})") for source in sources if source]
    texts = corpus_texts()
    rules_per_second(exact, list(clauses(texts, 200)))  # warm
    ours = rules_per_second(exact, list(clauses(texts, count)))
    whole = rules_per_second(engine, list(clauses(texts, max(1, count // 10))))
    plain = plain_per_second(expressions, list(clauses(texts, fewer)))
    print(f"{len(exact.rules)} exact rules, {len(expressions)} patterns; {count} clauses of {len(texts)} different provisions")
    print(f"rules (RE2 gate, then matcher): {ours:10.0f} clauses/s")
    print(f"  with the fuzzy rules too:     {whole:10.0f} clauses/s")
    print(f"plain re, one by one:           {plain:10.0f} clauses/s ({fewer} clauses)")
    print(f"times plain re:                 {ours / plain:10.1f}")


if __name__ == "__main__":
    main()
