"""Loading the rule set: every file checked, every rule proved by its own examples, each failure named and kept apart."""

from __future__ import annotations

import hashlib
import importlib.resources
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from covenant_review.screening.concepts import ConceptIndex
from covenant_review.screening.engine import Engine
from covenant_review.screening.frames import FrameSet
from covenant_review.screening.patterns import check_concepts, compile_pattern
from covenant_review.screening.rule import Citation, RejectedRule, Rule, RuleException
from covenant_review.screening.schema import (
    CitationSpec,
    ConceptSpec,
    FrameSpec,
    RuleFileError,
    RuleSpec,
    parse_spec,
    read_yaml,
)
from covenant_review.screening.self_test import ExampleResult, run_examples
from covenant_review.screening.sequences import Matcher, concepts_in, parse_sequence

CONCEPTS, CONTEXT, LAW, VERSION = "concepts", "context", "law.yml", "ruleset.yml"


@dataclass(frozen=True)
class RuleSet:
    """The rules that loaded, those that did not, and what proves which set it was.

    `sha256` is over the names and contents (line ends as LF) of all rule, concept, context and law files, in order of name.
    """

    directory: Path
    version: str
    sha256: str
    rules: tuple[Rule, ...]
    rejected: tuple[RejectedRule, ...]
    law: Mapping[str, Citation]
    engine: Engine = field(repr=False)
    example_results: tuple[ExampleResult, ...] = field(default=(), repr=False)

    def find(self, rule_id: str) -> Rule | None:
        """The rule of that id, None if it did not load."""
        return next((rule for rule in self.rules if rule.id == rule_id), None)


def default_rules_directory() -> Path:
    """The rules of a checkout (`rules/` beside the package), else those carried by an installed wheel."""
    package = Path(str(importlib.resources.files("covenant_review")))
    for candidate in (package.parent / "rules", package / "rules"):
        if (candidate / LAW).is_file():
            return candidate
    raise RuleFileError("Không tìm thấy bộ quy tắc (thư mục rules) / the rules directory was not found.")


def load_ruleset(directory: Path) -> RuleSet:
    """The rule set of a directory.

    A rule that is malformed, names an unknown concept or citation, or fails one of its examples is in `rejected` with its
    reason; the others load. RuleFileError where the parts that all rules share (concepts, context, law) cannot be read.
    """
    if not directory.is_dir():
        raise RuleFileError(f"Không có thư mục quy tắc {directory.name} / no such rules directory.")
    files = _read_files(directory)
    law = _load_law(files)
    index, frames = _load_shared(files)
    rejected: list[RejectedRule] = []
    loaded: list[Rule] = []
    for name, content in files.items():
        if _is_rule_file(name):
            rule = _load_rule(name, content, index, law, rejected)
            if rule is not None and any(other.id == rule.id for other in loaded):
                rejected.append(RejectedRule(name, rule.id, f"mã quy tắc “{rule.id}” đã có ở tệp khác / duplicate id"))
            elif rule is not None:
                loaded.append(rule)
    proved: list[Rule] = []
    results: list[ExampleResult] = []
    for rule in loaded:
        outcome = run_examples(rule, index, frames)
        results.extend(outcome)
        failures = [result for result in outcome if not result.todo and not result.passed]
        if failures:
            rejected.append(RejectedRule(rule.path, rule.id, "; ".join(result.message for result in failures)))
        else:
            proved.append(rule)
    return RuleSet(
        directory=directory,
        version=_version(files),
        sha256=_digest(files),
        rules=tuple(proved),
        rejected=tuple(rejected),
        law=MappingProxyType(law),
        engine=Engine(index, frames, [rule for rule in proved if rule.runs]),
        example_results=tuple(results),
    )


def _read_files(directory: Path) -> dict[str, bytes]:
    paths = sorted(path for path in directory.rglob("*.yml") if path.is_file())
    return {path.relative_to(directory).as_posix(): path.read_bytes().replace(b"\r\n", b"\n") for path in paths}


def _is_rule_file(name: str) -> bool:
    return "/" in name and name.split("/")[0] not in (CONCEPTS, CONTEXT)


def _digest(files: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name, content in files.items():
        digest.update(name.encode() + b"\0" + str(len(content)).encode() + b"\0" + content)
    return digest.hexdigest()


def _version(files: Mapping[str, bytes]) -> str:
    data = read_yaml(Path(VERSION), files.get(VERSION, b"version: '0'"))
    return str(data.get("version", "0")) if isinstance(data, Mapping) else "0"


def _load_law(files: Mapping[str, bytes]) -> dict[str, Citation]:
    data = read_yaml(Path(LAW), files.get(LAW, b"[]"))
    if not isinstance(data, list):
        raise RuleFileError(f"{LAW}: phải là một danh sách / must be a list")
    law: dict[str, Citation] = {}
    for row in data:
        spec = parse_spec(CitationSpec, row, Path(LAW))
        law[spec.key] = Citation(spec.key, spec.document, spec.article, spec.says, spec.certainty)
    return law


def _load_shared(files: Mapping[str, bytes]) -> tuple[ConceptIndex, FrameSet]:
    concepts: list[ConceptSpec] = []
    frames: list[FrameSpec] = []
    for name, content in files.items():
        path = Path(name)
        if name.startswith(f"{CONCEPTS}/"):
            data = read_yaml(path, content)
            concepts.extend(parse_spec(ConceptSpec, row, path) for row in (data if isinstance(data, list) else [data]))
        elif name.startswith(f"{CONTEXT}/"):
            data = read_yaml(path, content)
            frames.extend(parse_spec(FrameSpec, row, path) for row in (data if isinstance(data, list) else [data]))
    index = ConceptIndex(concepts)
    frame_set = FrameSet(frames)
    for frame_id, nodes in frame_set.patterns:
        try:
            check_concepts(concepts_in(nodes), index)
        except RuleFileError as error:
            raise RuleFileError(f"context/{frame_id}: {error}") from error
    return index, frame_set


def _load_rule(name: str, content: bytes, index: ConceptIndex, law: Mapping[str, Citation], rejected: list[RejectedRule]) -> Rule | None:
    rule_id: str | None = None
    try:
        data = read_yaml(Path(name), content)
        rule_id = str(data["id"]) if isinstance(data, Mapping) and "id" in data else None
        spec = parse_spec(RuleSpec, data, Path(name))
        if f"{spec.id}.yml" != name:
            raise RuleFileError(f"mã “{spec.id}” phải trùng với tên tệp “{name}” / the id must be the file's name")
        if spec.must_be_present and spec.outcome != "positive":
            raise RuleFileError(f"{name}: chỉ quy tắc positive mới có must_be_present / only a positive rule may have it")
        if spec.broad and spec.outcome != "violation":
            raise RuleFileError(f"{name}: chỉ quy tắc violation mới có broad / only a violation rule may be broad")
        unknown = [key for key in spec.law if key not in law]
        if unknown:
            raise RuleFileError(f"{name}: law.yml không có căn cứ {', '.join(unknown)} / unknown citation")
        return _compile_rule(spec, name, index)
    except RuleFileError as error:
        rejected.append(RejectedRule(name, rule_id, str(error)))
        return None


def _compile_rule(spec: RuleSpec, name: str, index: ConceptIndex) -> Rule:
    exceptions = []
    for exception in spec.exceptions:
        patterns = tuple(Matcher(parse_sequence(pattern)) for pattern in exception.when)
        unless = tuple(Matcher(parse_sequence(pattern)) for pattern in exception.unless)
        for matcher in (*patterns, *unless):
            check_concepts(concepts_in(matcher.nodes), index)
        exceptions.append(RuleException(exception, patterns, unless))
    return Rule(
        id=spec.id,
        path=name,
        title_vi=spec.title.vi,
        title_en=spec.title.en,
        field=spec.field,
        outcome=spec.outcome,
        broad=spec.broad,
        severity=spec.severity,
        state=spec.state,
        law=spec.law,
        explanation=spec.explanation.strip(),
        suggestion=spec.suggestion.strip(),
        patterns=tuple(compile_pattern(pattern, index) for pattern in spec.patterns),
        exceptions=tuple(exceptions),
        examples=spec.examples,
        must_be_present=spec.must_be_present,
    )
