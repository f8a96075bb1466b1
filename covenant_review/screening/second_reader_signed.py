"""Signed decisions of reviewers as examples to learn from, and whether learning from them made the second reader worse."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from covenant_review.clauses.clause import Clause
from covenant_review.screening.ruleset import RuleSet
from covenant_review.screening.second_reader_corpus import SIGNED, Corpus, Damage, Provision
from covenant_review.screening.second_reader_features import features_of
from covenant_review.screening.second_reader_training import Example, Quality
from covenant_review.text.folding import fold

LESS_PRECISION = 0.002
LESS_SURFACED = 0.005
"""How far the two measures may fall by chance when examples are added: half a point is some five provisions of the corpus."""


@dataclass(frozen=True, slots=True)
class SignedClause:
    """A clause on which a reviewer decided and a second person signed. `rows` are the other rows of its table."""

    id: str
    clause: Clause
    flagged: bool
    rows: tuple[Clause, ...] = ()


def apart_from(corpus: Corpus, signed: Iterable[SignedClause]) -> list[SignedClause]:
    """The clauses that the corpus does not hold word for word: else a held-out hand would be learnt after all."""
    pairs = (provision for pair in corpus.pairs for provision in (pair.bad, pair.good))
    known = {_words(provision.clause) for some in (corpus.provisions, pairs) for provision in some}
    return [one for one in signed if _words(one.clause) not in known]


def signed_examples(signed: Sequence[SignedClause], ruleset: RuleSet, importance: float, damage: Damage | None = None) -> list[Example]:
    """The clauses as examples that count `importance` each (a provision of the corpus counts 1); `damage` as in `load_corpus`."""
    engine = ruleset.engine
    examples = []
    for one in signed:
        clause, *rows = (_damaged(clause, damage) for clause in (one.clause, *one.rows))
        reading = engine.read(clause, tuple(engine.read(row) for row in rows))
        names = dict.fromkeys(feature.name for feature in features_of(reading, engine.frames.active_in(reading)))
        provision = Provision(one.id, SIGNED, clause, "violation" if one.flagged else "none")
        examples.append(Example(provision, tuple(names), "none", in_pair=False, bare=reading.bare, importance=importance))
    return examples


def digest_of(signed: Sequence[SignedClause]) -> str:
    """What tells one set of signed decisions from another: SHA-256 of words and decisions, in order."""
    digest = hashlib.sha256()
    for one in signed:
        digest.update(f"{_words(one.clause)}\0{one.flagged}\n".encode())
    return digest.hexdigest()


def is_worse(found: Quality, before: Quality) -> bool:
    """Whether hands that were left out are read worse than before, by more than chance allows."""
    return (
        found.average_precision < before.average_precision - LESS_PRECISION
        or found.surfaced_at_share < before.surfaced_at_share - LESS_SURFACED
    )


def _damaged(clause: Clause, damage: Damage | None) -> Clause:
    if damage is None:
        return clause
    return replace(
        clause,
        text=damage(clause.text),
        lead_in=damage(clause.lead_in),
        headings=tuple(damage(one) for one in clause.headings),
        cells=tuple(damage(one) for one in clause.cells),
        header_row=tuple(damage(one) for one in clause.header_row),
    )


def _words(clause: Clause) -> str:
    return " ".join(fold(f"{clause.lead_in} {clause.text}").split())
