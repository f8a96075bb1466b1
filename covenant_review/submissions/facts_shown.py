"""What a document says of itself, beside what the register says: as lines for the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy.orm import Session

from covenant_review.registry.models import Covenant
from covenant_review.registry.names import bare, key
from covenant_review.submissions.facts import TAKEN_OVER
from covenant_review.submissions.models import DocumentFact, Submission
from covenant_review.submissions.versions import covenants_of

_PLACES = ("commune", "district", "province")
_UNITS = (
    "tổ dân phố", "khu dân cư", "cụm dân cư", "khu phố", "khối phố", "khu trại", "vạn chài", "thị trấn", "thành phố", "thị xã",
    "thôn", "làng", "bản", "ấp", "buôn", "xóm", "xã", "phường", "huyện", "quận", "tỉnh",
)  # fmt: skip
Comparison = Literal["same", "different", "not_in_register", "with_the_day", "no_covenant"]
_CONTEXT = 60  # characters shown on each side of the words that were read


@dataclass(frozen=True, slots=True)
class ShownFact:
    """One line: the facts behind it (several for a place), what the document says, what the register says ("" nothing).

    `values` and `registered` are texts or days; `comparison` tells how they stand to each other ("with_the_day": a number that
    the register takes together with the day of recognition); `can_be_used` that a click may take it over.
    """

    kind: str
    facts: tuple[DocumentFact, ...]
    values: tuple[str | date, ...]
    registered: tuple[str | date, ...]
    comparison: Comparison

    @property
    def first(self) -> DocumentFact:
        """The fact that buttons speak of."""
        return self.facts[0]

    @property
    def can_be_used(self) -> bool:
        """Whether the register can take it over and does not say so already."""
        return self.kind in TAKEN_OVER and self.comparison in ("different", "not_in_register") and self.first.state != "accepted"


def shown_facts(submission: Submission, facts: Sequence[DocumentFact]) -> list[ShownFact]:
    """The lines for a submission's facts. Places come as one line; the year only where no day of that year is told."""
    by_kind = {fact.kind: fact for fact in facts}
    covenant = submission.covenant
    lines = [_line(fact, covenant) for fact in facts if fact.kind in ("name", "community")]
    places = tuple(by_kind[kind] for kind in _PLACES if kind in by_kind)
    if places:
        lines.append(_place_line(submission, places))
    adopted = by_kind.get("adopted_on")
    if "year" in by_kind and (adopted is None or adopted.value[:4] != by_kind["year"].value):
        lines.append(_line(by_kind["year"], covenant))
    lines += [_line(by_kind[kind], covenant) for kind in ("adopted_on", "recognised_on", "decision_number") if kind in by_kind]
    return lines


def suggested_covenant(session: Session, submission: Submission, facts: Sequence[DocumentFact]) -> Covenant | None:
    """The one covenant of the commune's register that the document seems to be a version of; None where that is not clear."""
    said = {fact.kind: fact.value for fact in facts}
    covenants = covenants_of(session, submission.commune_id)
    by_name = [one for one in covenants if "name" in said and key(one.name) == key(said["name"])]
    if len(by_name) == 1:
        return by_name[0]
    name = without_unit(said.get("community", ""))
    by_community = [one for one in covenants if name and bare(one.community.name) == bare(name) and key(one.community.name) == key(name)]
    return by_community[0] if len(by_community) == 1 else None


def in_context(fact: DocumentFact, text: str | None) -> tuple[str, str, str]:
    """The words before, the words that were read, and the words after; only the words where the clause reads otherwise now."""
    if text is None or text[fact.span_start : fact.span_end] != fact.quote:
        return "", fact.quote, ""
    before, after = text[: fact.span_start], text[fact.span_end :]
    short_before = before if len(before) <= _CONTEXT else "… " + before[-_CONTEXT:].partition(" ")[2]
    short_after = after if len(after) <= _CONTEXT else after[:_CONTEXT].rpartition(" ")[0] + " …"
    return short_before, fact.quote, short_after


def without_unit(place: str) -> str:
    """A place's name alone: "tổ dân phố số 7" → "số 7"."""
    folded = key(place)
    unit = next((unit for unit in _UNITS if folded.startswith(unit + " ")), "")
    return place[len(unit) :].strip()


def _line(fact: DocumentFact, covenant: Covenant | None) -> ShownFact:
    value: str | date = date.fromisoformat(fact.value) if fact.kind in ("adopted_on", "recognised_on") else fact.value
    if covenant is None:
        return ShownFact(fact.kind, (fact,), (value,), (), "no_covenant")
    registered = _registered(fact.kind, covenant)
    if fact.kind == "decision_number" and covenant.first("recognised") is None:
        return ShownFact(fact.kind, (fact,), (value,), (), "with_the_day")
    if not registered:
        return ShownFact(fact.kind, (fact,), (value,), (), "not_in_register")
    same = any(_same(fact.kind, value, one) for one in registered)
    return ShownFact(fact.kind, (fact,), (value,), registered[:1] if not same else (value,), "same" if same else "different")


def _place_line(submission: Submission, places: tuple[DocumentFact, ...]) -> ShownFact:
    """The commune of the document's time beside that of the register; a commune may have another name since."""
    values = tuple(place.value for place in places)
    commune = next((place for place in places if place.kind == "commune"), None)
    same = commune is not None and key(without_unit(commune.value)) == key(submission.commune.name)
    return ShownFact("commune", places, values, (submission.commune.name,), "same" if same else "different")


def _registered(kind: str, covenant: Covenant) -> tuple[str | date, ...]:
    adopted, recognised = covenant.first("adopted"), covenant.first("recognised")
    if kind == "name":
        return (covenant.name,)
    if kind == "community":
        return (covenant.community.name,)
    if kind == "year":
        return tuple(str(step.from_date.year) for step in (adopted, recognised) if step)
    if kind == "adopted_on":
        return (adopted.from_date,) if adopted else ()
    if kind == "recognised_on":
        return (recognised.from_date,) if recognised else ()
    return (recognised.document,) if recognised and recognised.document else ()


def _same(kind: str, value: str | date, registered: str | date) -> bool:
    if isinstance(value, date) or isinstance(registered, date):
        return value == registered
    if kind == "community":
        return key(without_unit(value)) == key(without_unit(registered))
    if kind == "decision_number":
        return bare(value).replace(" ", "") == bare(registered).replace(" ", "")
    return key(value) == key(registered)
