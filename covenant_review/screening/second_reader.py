"""The second reader: a small learnt model that brings to a person what the rules do not know. It only ever says "consider"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from covenant_review.clauses.clause import Clause, CovenantText
from covenant_review.screening.engine import Engine
from covenant_review.screening.reading import Reading
from covenant_review.screening.result import ClauseScreening, Finding, NotChecked
from covenant_review.screening.ruleset import RuleSet
from covenant_review.screening.screen import header_rows
from covenant_review.screening.second_reader_doubt import Doubt, SecondOpinion, needs_words, weighed_again
from covenant_review.screening.second_reader_explaining import (
    SUGGESTION,
    TITLE_EN,
    TITLE_VI,
    WeighingWords,
    percent_of,
    quoted_words,
    why_raised,
    words_in_trail,
)
from covenant_review.screening.second_reader_features import Feature, features_of, units_of
from covenant_review.screening.second_reader_weights import (
    FIELDS,
    WEIGHTS_FILE,
    Table,
    Weights,
    grouped,
    load_weights,
)
from covenant_review.text.syllables import COMMA

RULE_ID = "second-reader/khac-thuong"
_MOST_WORDS = 5
# They weigh as parts of runs of words; alone they tell a person nothing.
_SMALL_WORDS = frozenset(
    [
        "và",
        "thì",
        "là",
        "mà",
        "do",
        "được",
        "các",
        "những",
        "của",
        "cho",
        "có",
        "ở",
        "tại",
        "với",
        "để",
        "này",
        "ấy",
        "đó",
        "khi",
        "nếu",
        "một",
        "hai",
        "#",
        "điều",
    ]
)


@dataclass(frozen=True, slots=True)
class SecondReading:
    """One clause as the second reader saw it: its features, the table of weights that fits its writing, the probability."""

    reading: Reading
    features: Sequence[Feature]
    table: Table
    probability: float

    @property
    def has_own_words(self) -> bool:
        """Whether the clause says anything beside what stands above it."""
        return len(self.reading.words) > self.reading.own


class SecondReader:
    """Weights and the engine whose concepts and frames they were learnt with."""

    def __init__(self, weights: Weights, engine: Engine) -> None:
        self.weights = weights
        self._engine = engine

    @classmethod
    def load(cls, path: Path, engine: Engine) -> SecondReader:
        """The reader of a weights file; SecondReaderError where the file is missing, changed or of another format."""
        return cls(load_weights(path), engine)

    @classmethod
    def of_ruleset(cls, ruleset: RuleSet) -> SecondReader:
        """The reader that lies beside the rules (`rules/second_reader/weights.json`)."""
        return cls.load(ruleset.directory / WEIGHTS_FILE, ruleset.engine)

    def probability(self, clause: Clause, rows: Sequence[Clause] = ()) -> float:
        """How likely the clause treats the sexes differently, 0 to 1; `rows` are the other rows of its table."""
        return self.read(clause, [self._engine.read(row) for row in rows]).probability

    def judge(self, clause: Clause, screening: ClauseScreening, rows: Sequence[Clause] = ()) -> Finding | None:
        """A finding "consider" where the reader is sure enough and no rule has raised the clause already, else None."""
        return self.finding(clause, screening, self.read(clause, [self._engine.read(row) for row in rows]))

    def row(self, clause: Clause) -> Reading:
        """A row of a table as its neighbours need it in `read`."""
        return self._engine.read(clause)

    def read(self, clause: Clause, rows: Sequence[Reading] = ()) -> SecondReading:
        """The clause with its features and probability; `rows` are the readings of the other rows of its table."""
        reading = self._engine.read(clause, tuple(rows))
        features = features_of(reading, self._engine.frames.active_in(reading))
        table = self.weights.table(bare=reading.bare)
        return SecondReading(reading, features, table, table.probability(feature.name for feature in features))

    def finding(self, clause: Clause, screening: ClauseScreening, seen: SecondReading) -> Finding | None:
        """As `judge`, for a clause that has been read."""
        if any(finding.outcome in ("violation", "consider") for finding in screening.findings):
            return None
        if seen.probability < seen.table.threshold or not seen.has_own_words:
            return None
        reading = seen.reading
        words = self.weighing_words(reading, seen.features)
        mine = [one for one in words if one.end > reading.own]
        start = reading.spans[mine[0].start][1] if mine else 0
        end = reading.spans[mine[-1].end - 1][2] if mine else len(clause.text)
        why_vi, why_en = why_raised(reading, words, seen.probability)
        trail: Mapping[str, Any] = {
            "kind": "second_reader",
            **self.stamp(),
            "probability": round(seen.probability, 4),
            "threshold": seen.table.threshold,
            "without_marks": reading.bare,
            "words": words_in_trail(reading, words),
            "why_en": why_en,
        }
        return Finding(
            rule=RULE_ID,
            outcome="consider",
            severity="medium" if seen.probability >= 0.5 else "low",
            field=FIELDS[self._field(seen.features)],
            start=start,
            end=end,
            quote=clause.text[start:end],
            title_vi=TITLE_VI,
            title_en=TITLE_EN,
            why=why_vi,
            # It has learnt no law: an article beside its guess would look like a certainty.
            law=(),
            suggestion=SUGGESTION,
            score=percent_of(seen.probability),
            trail=trail,
        )

    def opinion(self, seen: SecondReading, with_words: bool) -> SecondOpinion:
        """What it thinks of a clause that a rule has raised; the words that weighed most only `with_words`: they cost time."""
        words = self.weighing_words(seen.reading, seen.features) if with_words else []
        return SecondOpinion(seen.probability, self.stamp(), quoted_words(seen.reading, words))

    def stamp(self) -> dict[str, str]:
        """Which weights read, for trails."""
        return {"version": self.weights.version, "sha256": self.weights.sha256}

    def weighing_words(self, reading: Reading, features: Iterable[Feature]) -> list[WeighingWords]:
        """The words that spoke most for discrimination, in reading order: at most five, those that stand together as one."""
        known = self.weights.table(bare=reading.bare).weights
        spans: dict[str, set[int]] = {}
        for feature in features:
            if feature.name in known:
                spans.setdefault(feature.name, set()).update(place for start, end in feature.spans for place in range(start, end))
        weight_at = [0.0] * len(reading.words)
        for factor, found in grouped(spans, known):
            for name in found:
                for place in spans[name]:
                    weight_at[place] += factor * known[name] / len(spans[name])
        units = [
            unit
            for unit in (*units_of(reading, 0, reading.own), *units_of(reading, reading.own, len(reading.words)))
            if unit.start < unit.end
            and unit.text not in _SMALL_WORDS
            and " ".join(reading.words[unit.start : unit.end]) not in _SMALL_WORDS
        ]
        weighed = [WeighingWords(unit.start, unit.end, sum(weight_at[unit.start : unit.end]) / 10_000) for unit in units]
        best = sorted((one for one in weighed if one.weight > 0), key=lambda one: -one.weight)[:_MOST_WORDS]
        return _joined(reading, sorted(best, key=lambda one: one.start))

    def _field(self, features: Iterable[Feature]) -> int:
        totals = list(self.weights.field_bias)
        for name in dict.fromkeys(feature.name for feature in features):
            for position, weight in enumerate(self.weights.fields.get(name, ())):
                totals[position] += weight
        return max(range(len(totals)), key=totals.__getitem__)


def with_second_reader(
    covenant: CovenantText,
    screenings: Sequence[ClauseScreening],
    reader: SecondReader | None,
    doubt: Doubt | None = None,
) -> tuple[ClauseScreening, ...]:
    """The screenings with what the second reader adds; as they were where `reader` is None (switched off).

    Only judged clauses are read; each gets its `probability`. A clause that the reader could not read is marked "not checked"
    for it, never left silent. With `doubt`, what a rule calls a violation and the reader finds less likely than `doubt` asks
    becomes "consider": it is shown all the same, but not as a finding that two independent readers share.
    """
    if reader is None:
        return tuple(screenings)
    rows, heads = _Rows(covenant.clauses, reader), header_rows(covenant.clauses)
    return tuple(
        _read_also(clause, screening, rows, reader, doubt) if clause.is_judged and clause.id not in heads else screening
        for clause, screening in zip(covenant.clauses, screenings, strict=True)
    )


def probabilities(covenant: CovenantText, reader: SecondReader) -> dict[str, float]:
    """The reader's probability for every judged clause by its id."""
    rows = _Rows(covenant.clauses, reader)
    return {clause.id: reader.read(clause, rows.beside(clause)).probability for clause in covenant.clauses if clause.is_judged}


def rows_by_clause(clauses: Sequence[Clause]) -> dict[str, tuple[Clause, ...]]:
    """For each table row the other rows of its table, without those that only name the columns."""
    heads = header_rows(clauses)
    tables: dict[int, list[Clause]] = {}
    for clause in clauses:
        if clause.kind == "table_row" and clause.table is not None and clause.id not in heads:
            tables.setdefault(clause.table, []).append(clause)
    return {row.id: tuple(other for other in rows if other is not row) for rows in tables.values() for row in rows}


def _joined(reading: Reading, words: Sequence[WeighingWords]) -> list[WeighingWords]:
    joined: list[WeighingWords] = []
    for one in words:
        last = joined[-1] if joined else None
        if last is not None and last.end == one.start != reading.own and reading.breaks[one.start] < COMMA:
            joined[-1] = WeighingWords(last.start, one.end, last.weight + one.weight)
        else:
            joined.append(one)
    return joined


class _Rows:
    """The rows of a covenant's tables, each read once however many neighbours it has."""

    def __init__(self, clauses: Sequence[Clause], reader: SecondReader) -> None:
        self._beside = rows_by_clause(clauses)
        self._reader = reader
        self._readings: dict[str, Reading] = {}

    def beside(self, clause: Clause) -> list[Reading]:
        """The readings of the other rows of the clause's table; none where it is no row."""
        return [self._reading(row) for row in self._beside.get(clause.id, ())]

    def _reading(self, row: Clause) -> Reading:
        if row.id not in self._readings:
            self._readings[row.id] = self._reader.row(row)
        return self._readings[row.id]


def _read_also(clause: Clause, screening: ClauseScreening, rows: _Rows, reader: SecondReader, doubt: Doubt | None) -> ClauseScreening:
    try:
        seen = reader.read(clause, rows.beside(clause))
        if doubt is not None:
            screening = weighed_again(screening, reader.opinion(seen, needs_words(screening.findings)), doubt)
        finding = reader.finding(clause, screening, seen)
    except Exception as error:  # one odd clause must not cost the others their reading
        reason = f"máy đọc thứ hai gặp lỗi ({type(error).__name__})"
        return replace(screening, not_checked=(*screening.not_checked, NotChecked(RULE_ID, reason)))
    findings = screening.findings if finding is None else (*screening.findings, finding)
    return replace(screening, findings=findings, probability=round(seen.probability, 4))
