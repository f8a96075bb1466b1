"""Rules are written from the ways villages discriminate; a rule that quotes the corpus would only find the corpus again."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from covenant_review.screening.ruleset import default_rules_directory
from covenant_review.screening.second_reader_corpus import corpus_files, default_corpus_directory
from covenant_review.text.folding import fold

RUN = 8
"""So many syllables in a row are no coincidence (names of laws apart, which `law.yml` must give word for word)."""


def _syllables(text: str) -> list[str]:
    return re.findall(r"\w+", fold(text))


def _runs(text: str) -> Iterator[tuple[str, ...]]:
    syllables = _syllables(text)
    return (tuple(syllables[start : start + RUN]) for start in range(len(syllables) - RUN + 1))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)


def _corpus_runs() -> set[tuple[str, ...]]:
    runs: set[tuple[str, ...]] = set()
    for path in corpus_files("open", default_corpus_directory()):
        for line in Path(path).read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            for key in ("x", "bad", "good"):
                runs.update(_runs(str(record.get(key, ""))))
    return runs


def test_no_rule_shares_eight_syllables_in_a_row_with_the_open_corpus() -> None:
    corpus = _corpus_runs()
    assert len(corpus) > 50_000  # the corpus was found
    copied = [
        f"{path.name}: {text}"
        for path in sorted(default_rules_directory().rglob("*.yml"))
        if path.name != "law.yml"
        for text in _strings(yaml.safe_load(path.read_text(encoding="utf-8")))
        if any(run in corpus for run in _runs(text))
    ]
    assert copied == []
