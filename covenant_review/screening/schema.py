"""What a rule, concept, context or law file may hold: the YAML of `rules/`, checked key by key."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic import Field as Key

from covenant_review.screening.result import Field, Outcome, Severity

PatternKind = Literal["sequence", "one_sex_only", "unequal_terms", "male_default", "child_sex", "life_state", "fuzzy"]
RuleStateName = Literal["draft", "trial", "on", "off"]
Sex = Literal["female", "male"]
Difference = Literal["amount", "polarity", "role", "terms", "any"]


SpecT = TypeVar("SpecT", bound=BaseModel)


class RuleFileError(Exception):
    """A file of the rule set cannot be used; the message names the file and what is wrong, for the person who wrote it."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ConceptSpec(_Strict):
    """A named word set. `sex` marks words for persons of one sex (or standing for them)."""

    id: str = Key(pattern=r"^[a-z0-9-]+$")
    title: str
    words: tuple[str, ...] = ()
    includes: tuple[str, ...] = ()
    sex: Sex | None = None
    mask: bool = False
    contrast: bool = False
    """Kin words ("ông", "má") that name a sex only where one of the other sex stands in the same clause."""
    house: bool = False
    """The family of a bride or groom: compared with the other family only, never with a person."""
    not_in: tuple[str, ...] = ()
    not_after: tuple[str, ...] = ()
    not_before: tuple[str, ...] = ()
    note: str = ""


class FrameSpec(_Strict):
    """A frame that changes what the words inside it mean: see `frames.py`."""

    id: str
    kind: Literal["prohibition", "abolition", "past", "purpose", "quotation", "equality", "double_negation", "lawful"]
    cue: tuple[str, ...] = ()
    where: Literal["own", "context", "any"] = "own"
    scope: Literal["after", "phrase", "segment", "sentence", "clause"] = "segment"
    until: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    outcomes: tuple[Outcome, ...] = ("violation", "consider")
    parity: bool = False
    """Stands, without any cue, where the negations of a clause cancel out (`negation.py`)."""
    reason: str
    law: tuple[str, ...] = ()
    date: datetime.date


class CitationSpec(_Strict):
    """A row of `rules/law.yml`. `certainty`: seen = read in the text, second_hand, general = not seen, must be verified."""

    key: str
    document: str
    article: str
    says: str
    certainty: Literal["seen", "second_hand", "general"]


class TitleSpec(_Strict):
    vi: str
    en: str


class StateSpec(_Strict):
    value: RuleStateName
    since: datetime.date
    by: str
    why: str


class PatternSpec(_Strict):
    """One way in which the rule matches; which keys count depends on `kind` (docs/rules.md)."""

    kind: PatternKind
    say: str = ""
    who: tuple[str, ...] = ()
    all: tuple[tuple[str, ...], ...] = ()
    none: tuple[str, ...] = ()
    order: Literal["any", "who_first"] = "any"
    within: int = Key(default=14, ge=0, le=60)
    scope: Literal["segment", "sentence", "clause"] = "segment"
    at_start: bool = False
    paired: bool = False
    under: Literal["prohibition", "any"] | None = None
    sides: tuple[tuple[str, ...], tuple[str, ...]] | None = None
    differ: tuple[Difference, ...] = ()
    phrases: tuple[str, ...] = ()
    threshold: int = Key(default=90, ge=70, le=100)
    ignores: tuple[str, ...] = ()


class ExceptionSpec(_Strict):
    id: str
    when: tuple[str, ...]
    unless: tuple[str, ...] = ()
    where: Literal["own", "context", "any"] = "any"
    reason: str
    date: datetime.date
    law: tuple[str, ...] = ()


class ExampleSpec(_Strict):
    """A clause with what stands above it. In `text` of a matching example the span is marked ⟦…⟧."""

    text: str
    lead_in: str = ""
    heading: str = ""
    header: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()


class ExamplesSpec(_Strict):
    match: tuple[ExampleSpec | str, ...] = Key(min_length=1)
    no_match: tuple[ExampleSpec | str, ...] = Key(min_length=1)
    todo: tuple[ExampleSpec | str, ...] = ()


class RuleSpec(_Strict):
    id: str = Key(pattern=r"^[a-z]+/[a-z0-9-]+$")
    title: TitleSpec
    field: Field
    outcome: Outcome
    severity: Severity
    state: StateSpec
    law: tuple[str, ...] = Key(min_length=1)
    explanation: str
    suggestion: str
    broad: bool = False
    """A violation told from little, as one sex named alone: it stands where a second reading agrees (docs/decisions/008)."""
    must_be_present: bool = False
    """On a positive rule: every covenant should hold such a clause (`positive.py`)."""
    patterns: tuple[PatternSpec, ...] = Key(min_length=1)
    exceptions: tuple[ExceptionSpec, ...] = ()
    examples: ExamplesSpec


class _YamlLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Safe YAML in which `on`, `off`, `yes`, `no` stay words: they are states and Vietnamese syllables here."""


_YamlLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in _YamlLoader.yaml_implicit_resolvers.items()
}
_YamlLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


def read_yaml(path: Path, content: bytes) -> Any:
    """The YAML of a file as plain values; RuleFileError with the file's name and the line if it is not YAML."""
    try:
        return yaml.load(content, Loader=_YamlLoader)  # noqa: S506 - a subclass of the safe loader
    except yaml.YAMLError as error:
        raise RuleFileError(f"{path.name}: không phải YAML hợp lệ / not valid YAML: {error}") from error


def describe_validation(error: ValidationError) -> str:
    """A pydantic error as one line that names each wrong key and what it may be."""
    parts = []
    for problem in error.errors():
        place = ".".join(str(step) for step in problem["loc"]) or "(cả tệp)"
        if problem["type"] == "extra_forbidden":
            parts.append(f"khóa “{place}” không có trong ngôn ngữ quy tắc / unknown key “{place}”")
        elif problem["type"] == "missing":
            parts.append(f"thiếu khóa “{place}” / missing key “{place}”")
        else:
            parts.append(f"khóa “{place}”: {problem['msg']}")
    return "; ".join(parts)


def parse_spec(model: type[SpecT], data: Any, path: Path) -> SpecT:
    """`data` checked against `model`; RuleFileError naming the file, the key and what is wrong with it."""
    if not isinstance(data, Mapping):
        raise RuleFileError(f"{path.name}: phải là một bảng khóa – giá trị / must be a mapping of keys")
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise RuleFileError(f"{path.name}: {describe_validation(error)}") from error
