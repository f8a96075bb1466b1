"""The weights of the second reader: plain figures in a JSON file that carries its own hash. Nothing in it can run."""

from __future__ import annotations

import hashlib
import json
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, get_args

from covenant_review.screening.result import Field

FORMAT = 1
WEIGHTS_FILE = Path("second_reader") / "weights.json"
FIELDS: tuple[Field, ...] = get_args(Field)
SCALES: Mapping[str, float] = {"w": 1.0, "c": 0.5, "u": 1.0, "s": 1.0, "x": 1.0, "k": 1.0, "e": 2.0}
"""How much each group of features (first letter of the name) may say in all."""
_UNIT = 10_000
_FEWEST = 5


class SecondReaderError(Exception):
    """The weights cannot be used; the message says why and what to do, for the person who looks after the rules."""


@dataclass(frozen=True, slots=True)
class Table:
    """What is learnt for one way of writing: with diacritics, or without.

    `weights` by name of feature, in units of 1/10,000; `bias` likewise. `slope` and `offset` turn a raw score into a probability
    (Platt); `threshold` is the least probability at which the reader speaks.
    """

    bias: int
    slope: float
    offset: float
    threshold: float
    weights: Mapping[str, int]

    def probability(self, names: Iterable[str]) -> float:
        """How likely a clause with these features treats the sexes differently, 0 to 1."""
        return self.probability_of(raw_score(grouped(dict.fromkeys(names), self.weights), self.weights, self.bias))

    def probability_of(self, raw: float) -> float:
        """A raw score as a calibrated probability."""
        return 1 / (1 + math.exp(-max(-50.0, min(50.0, self.slope * raw + self.offset))))

    def content(self) -> dict[str, Any]:
        """The table as plain values, in one canonical order."""
        return {
            "bias": self.bias,
            "slope": self.slope,
            "offset": self.offset,
            "threshold": self.threshold,
            "weights": {name: self.weights[name] for name in sorted(self.weights)},
        }


@dataclass(frozen=True)
class Weights:
    """What the reader learnt: one table for text with diacritics, one (`bare`) for text that lost them.

    `fields` guess the field of social life, one figure per entry of FIELDS. `corpus_sha256` and `rules_sha256` say what it was
    trained on; `measured` what cross-validation gave.
    """

    version: str
    corpus_sha256: str
    rules_sha256: str
    plain: Table
    bare: Table
    fields: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    field_bias: tuple[int, ...] = (0,) * len(FIELDS)
    measured: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def sha256(self) -> str:
        """The hash over everything above, in one canonical form."""
        return _digest(self._content())

    def table(self, *, bare: bool) -> Table:
        """The table for a text; `bare` where it carries no diacritics."""
        return self.bare if bare else self.plain

    def save(self, path: Path) -> None:
        """Write the file, one feature a line, so that two trainings can be compared."""
        content = {"sha256": self.sha256, **self._content()}
        path.parent.mkdir(parents=True, exist_ok=True)
        # Never half a file: a reader that starts meanwhile would refuse it.
        unfinished = path.with_name(f".{path.name}.unfinished")
        unfinished.write_text(_one_a_line(content) + "\n", encoding="utf-8", newline="\n")
        unfinished.replace(path)

    def _content(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "version": self.version,
            "corpus_sha256": self.corpus_sha256,
            "rules_sha256": self.rules_sha256,
            "measured": dict(self.measured),
            "field_bias": list(self.field_bias),
            "fields": {name: list(self.fields[name]) for name in sorted(self.fields)},
            "plain": self.plain.content(),
            "bare": self.bare.content(),
        }


def _one_a_line(value: Any, name: str = "") -> str:
    """JSON with one entry of every table a line."""
    if not isinstance(value, dict) or name == "measured":
        return _json(value)
    return "{\n" + ",\n".join(f"{_json(key)}:{_one_a_line(inner, key)}" for key, inner in value.items()) + "\n}"


def load_weights(path: Path) -> Weights:
    """The weights of a file; SecondReaderError where it is missing, not of this format, or not what was written."""
    try:
        data = json.loads(path.read_bytes())
    except FileNotFoundError as error:
        raise SecondReaderError(f"Không có tệp {path.name}; chạy “covenant-review rules train” / no such file.") from error
    except (OSError, ValueError) as error:
        raise SecondReaderError(f"Tệp {path.name} không đọc được, hãy học lại / the file cannot be read: {error}") from error
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise SecondReaderError(f"Tệp {path.name} không đúng định dạng {FORMAT}, hãy học lại / wrong format, train again.")
    claimed = data.pop("sha256", None)
    if claimed != _digest(data):
        raise SecondReaderError(
            f"Tệp {path.name} đã bị sửa so với lúc học (mã băm không khớp); lấy lại bản gốc hoặc học lại / "
            "the file is not what training wrote (hash mismatch)."
        )
    try:
        return Weights(
            version=str(data["version"]),
            corpus_sha256=str(data["corpus_sha256"]),
            rules_sha256=str(data["rules_sha256"]),
            plain=_table(data["plain"]),
            bare=_table(data["bare"]),
            fields={str(name): tuple(int(one) for one in row) for name, row in data["fields"].items()},
            field_bias=tuple(int(one) for one in data["field_bias"]),
            measured=data["measured"],
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise SecondReaderError(f"Tệp {path.name} thiếu phần {error}, hãy học lại / incomplete, train again.") from error


def _table(data: Mapping[str, Any]) -> Table:
    return Table(
        bias=int(data["bias"]),
        slope=float(data["slope"]),
        offset=float(data["offset"]),
        threshold=float(data["threshold"]),
        weights={str(name): int(weight) for name, weight in data["weights"].items()},
    )


def grouped(names: Iterable[str], known: Mapping[str, Any]) -> list[tuple[float, list[str]]]:
    """The known names by group, each with the factor by which its weights count: long clauses do not shout."""
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for name in filter(known.__contains__, names):
        groups[name[0]].append(name)
    return [(SCALES[group] / math.sqrt(max(len(found), _FEWEST)), found) for group, found in groups.items()]


def raw_score(groups: Iterable[tuple[float, list[str]]], weights: Mapping[str, int], bias: int) -> float:
    """The weighted sum of grouped features."""
    return (bias + sum(factor * sum(map(weights.__getitem__, found)) for factor, found in groups)) / _UNIT


def as_units(weight: float) -> int:
    """A learnt weight in the file's units."""
    return round(weight * _UNIT)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _digest(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
