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
from covenant_review.screening.second_reader_features import Feature, features_of, units_of
from covenant_review.screening.second_reader_weights import (
    FIELDS,
    WEIGHTS_FILE,
    Weights,
    grouped,
    load_weights,
)

RULE_ID = "second-reader/khac-thuong"
LAW = ("73/2006/QH11 Đ5.5",)
_TITLE_VI = "Máy đọc thứ hai: có thể đối xử khác nhau theo giới"
_TITLE_EN = "Second reader: may treat the sexes differently"
_SUGGESTION = "Đọc kỹ điều khoản cùng câu dẫn và tiêu đề; nếu một giới bị thiệt hoặc bị gạt ra thì viết lại cho mọi người như nhau."
_DOUBT = " Máy đọc thứ hai không thấy điều khoản này giống các điều khoản phân biệt đã biết, nên chỉ nêu để cân nhắc."
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
    ]
)
_PLACES = {"lead_in": "câu dẫn", "heading": "tiêu đề", "header_row": "dòng đầu bảng"}


@dataclass(frozen=True, slots=True)
class WeighingWords:
    """Words of a reading that spoke for discrimination: syllables `start:end` and how much of the score they carry."""

    start: int
    end: int
    weight: float


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
        reading, features = self._read(clause, rows)
        return self.weights.table(bare=reading.bare).probability(feature.name for feature in features)

    def judge(self, clause: Clause, screening: ClauseScreening, rows: Sequence[Clause] = ()) -> Finding | None:
        """A finding "consider" where the reader is sure enough and no rule has raised the clause already, else None."""
        if any(finding.outcome in ("violation", "consider") for finding in screening.findings):
            return None
        reading, features = self._read(clause, rows)
        table = self.weights.table(bare=reading.bare)
        probability = table.probability(feature.name for feature in features)
        if probability < table.threshold or len(reading.words) == reading.own:
            return None
        return self._finding(clause, reading, features, probability)

    def _read(self, clause: Clause, rows: Sequence[Clause]) -> tuple[Reading, list[Feature]]:
        reading = self._engine.read(clause, tuple(self._engine.read(row) for row in rows))
        return reading, features_of(reading, self._engine.frames.active_in(reading))

    def _finding(self, clause: Clause, reading: Reading, features: list[Feature], probability: float) -> Finding:
        words = self.weighing_words(reading, features)
        mine = [one for one in words if one.end > reading.own]
        start = reading.spans[mine[0].start][1] if mine else 0
        end = reading.spans[mine[-1].end - 1][2] if mine else len(clause.text)
        percent = round(100 * probability)
        trail: Mapping[str, Any] = {
            "kind": "second_reader",
            "version": self.weights.version,
            "sha256": self.weights.sha256,
            "probability": round(probability, 4),
            "threshold": self.weights.table(bare=reading.bare).threshold,
            "words": [
                {
                    "words": reading.quote(one.start, one.end),
                    "place": reading.place(one.end - 1),
                    "weight": round(one.weight, 3),
                }
                for one in words
            ],
        }
        return Finding(
            rule=RULE_ID,
            outcome="consider",
            severity="medium" if probability >= 0.5 else "low",
            field=FIELDS[self._field(features)],
            start=start,
            end=end,
            quote=clause.text[start:end],
            title_vi=_TITLE_VI,
            title_en=_TITLE_EN,
            why=self._why(reading, words, percent),
            law=LAW,
            suggestion=_SUGGESTION,
            score=percent,
            trail=trail,
        )

    def weighing_words(self, reading: Reading, features: Iterable[Feature]) -> list[WeighingWords]:
        """The words that spoke most for discrimination, in reading order, at most five."""
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
            if unit.start < unit.end and unit.text not in _SMALL_WORDS
        ]
        weighed = [WeighingWords(unit.start, unit.end, sum(weight_at[unit.start : unit.end]) / 10_000) for unit in units]
        best = sorted((one for one in weighed if one.weight > 0), key=lambda one: -one.weight)[:_MOST_WORDS]
        return sorted(best, key=lambda one: one.start)

    def _field(self, features: Iterable[Feature]) -> int:
        totals = list(self.weights.field_bias)
        for name in dict.fromkeys(feature.name for feature in features):
            for position, weight in enumerate(self.weights.fields.get(name, ())):
                totals[position] += weight
        return max(range(len(totals)), key=totals.__getitem__)

    @staticmethod
    def _why(reading: Reading, words: Sequence[WeighingWords], percent: int) -> str:
        shown = []
        for one in words:
            place = _PLACES.get(reading.place(one.end - 1))
            quoted = f"“{reading.quote(one.start, one.end)}”"
            shown.append(f"{quoted} (ở {place})" if place else quoted)
        listed = f" Các từ nặng cân nhất: {', '.join(dict.fromkeys(shown))}." if shown else ""
        return (
            f"Không quy tắc nào bắt được, nhưng máy đọc thứ hai (học từ các điều khoản đã có người gắn nhãn) thấy điều khoản "
            f"này giống những điều khoản đối xử khác nhau theo giới, mức tin {percent}%.{listed} Cần người đọc cân nhắc."
        )


def with_second_reader(
    covenant: CovenantText,
    screenings: Sequence[ClauseScreening],
    reader: SecondReader | None,
    doubt_below: float | None = None,
) -> tuple[ClauseScreening, ...]:
    """The screenings with what the second reader adds; as they were where `reader` is None (switched off).

    Only judged clauses are read. A clause that the reader could not read is marked "not checked" for it, never left silent.
    With `doubt_below`, what a rule calls a violation and the reader finds less likely than that becomes "consider": it is
    shown all the same, but not as a finding that two independent readers share.
    """
    if reader is None:
        return tuple(screenings)
    tables = rows_by_clause(covenant.clauses)
    results = []
    for clause, screening in zip(covenant.clauses, screenings, strict=True):
        if not clause.is_judged:
            results.append(screening)
            continue
        rows = tables.get(clause.id, ())
        try:
            if doubt_below is not None:
                screening = _doubted(screening, clause, rows, reader, doubt_below)
            finding = reader.judge(clause, screening, rows)
        except Exception as error:  # one odd clause must not cost the others their reading
            reason = f"máy đọc thứ hai gặp lỗi ({type(error).__name__})"
            results.append(replace(screening, not_checked=(*screening.not_checked, NotChecked(RULE_ID, reason))))
            continue
        results.append(screening if finding is None else replace(screening, findings=(*screening.findings, finding)))
    return tuple(results)


def _doubted(screening: ClauseScreening, clause: Clause, rows: Sequence[Clause], reader: SecondReader, least: float) -> ClauseScreening:
    """The screening with its violations as "consider" where the reader finds the clause less likely than `least`."""
    if not any(finding.outcome == "violation" for finding in screening.findings):
        return screening
    probability = reader.probability(clause, rows)
    if probability >= least:
        return screening
    note = {"second_reader": {"probability": round(probability, 4), "doubts_below": least}}
    findings = tuple(
        replace(finding, outcome="consider", why=f"{finding.why}{_DOUBT}", trail={**finding.trail, **note})
        if finding.outcome == "violation"
        else finding
        for finding in screening.findings
    )
    return replace(screening, findings=findings)


def probabilities(covenant: CovenantText, reader: SecondReader) -> dict[str, float]:
    """The reader's probability for every judged clause by its id: for putting the queue in order."""
    tables = rows_by_clause(covenant.clauses)
    return {clause.id: reader.probability(clause, tables.get(clause.id, ())) for clause in covenant.clauses if clause.is_judged}


def rows_by_clause(clauses: Sequence[Clause]) -> dict[str, tuple[Clause, ...]]:
    """For each table row the other rows of its table."""
    tables: dict[int, list[Clause]] = {}
    for clause in clauses:
        if clause.kind == "table_row" and clause.table is not None:
            tables.setdefault(clause.table, []).append(clause)
    return {row.id: tuple(other for other in rows if other is not row) for rows in tables.values() for row in rows}
