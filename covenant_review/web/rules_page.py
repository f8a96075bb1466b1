"""The rule set as people read it: what each rule looks for, why, on what legal basis, and with which examples."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from covenant_review.accounts.permissions import ADMINISTRATOR, Permission
from covenant_review.screening.result import OUTCOMES
from covenant_review.screening.rule import Citation, Rule
from covenant_review.screening.ruleset import RuleSet
from covenant_review.screening.schema import ExampleSpec
from covenant_review.screening.second_reader import RULE_ID
from covenant_review.screening.second_reader_use import DOUBT
from covenant_review.text.alphabet import vietnamese_order
from covenant_review.web.access import me, needs
from covenant_review.web.ruleset_in_use import ruleset_in_use
from covenant_review.web.second_reader_in_use import second_reader_in_use
from covenant_review.web.words import WORDS

blueprint = Blueprint("rules", __name__)

FIELDS = tuple(WORDS["field"])
_MARKED = re.compile(r"⟦([^⟧]*)⟧")


@dataclass(frozen=True, slots=True)
class Example:
    """An example clause with what stands above it; `pieces` are (text, whether it is the marked span)."""

    pieces: tuple[tuple[str, bool], ...]
    heading: str
    lead_in: str
    header: tuple[str, ...]
    rows: tuple[str, ...]


@blueprint.get("/rules")
@needs(Permission.SEE_RULES)
def rules() -> ResponseReturnValue:
    """All rules, counted by field and outcome; `field` and `outcome` narrow the list."""
    ruleset = ruleset_in_use()
    field, outcome = request.args.get("field", ""), request.args.get("outcome", "")
    if field not in ("", *FIELDS) or outcome not in ("", *OUTCOMES):
        abort(404)
    shown = [rule for rule in ruleset.rules if field in ("", rule.field) and outcome in ("", rule.outcome)]
    shown.sort(key=lambda rule: (FIELDS.index(rule.field), OUTCOMES.index(rule.outcome), vietnamese_order(rule.title_vi)))
    return render_template(
        "rules/list.html", ruleset=ruleset, rules=shown, field=field, outcome=outcome, fields=FIELDS, outcomes=OUTCOMES,
        counts=Counter((rule.field, rule.outcome) for rule in ruleset.rules), title=title_of,
        rejected=ruleset.rejected if ADMINISTRATOR in me().role_names else (), second=second_reader_in_use(),
    )  # fmt: skip


@blueprint.get("/second-reader")
@needs(Permission.SEE_RULES)
def second_reader() -> str:
    """What the second reader is, whether it reads, and from how much it has learnt."""
    second = second_reader_in_use()
    weights = second.weights
    examples = weights.measured.get("examples", 0) if weights else 0
    return render_template("rules/second_reader.html", second=second, weights=weights, examples=examples, doubt=DOUBT)


@blueprint.get("/rules/<path:rule_id>")
@needs(Permission.SEE_RULES)
def rule(rule_id: str) -> ResponseReturnValue:
    """One rule with its reasons, examples and exceptions; findings of the second reader lead to its own page."""
    if rule_id == RULE_ID:
        return redirect(url_for("rules.second_reader"))
    ruleset = ruleset_in_use()
    found = ruleset.find(rule_id) or abort(404)
    return render_template(
        "rules/rule.html", ruleset=ruleset, rule=found, title=title_of, citations=citations_of(ruleset, found.law),
        match=[example_of(one) for one in found.examples.match], no_match=[example_of(one) for one in found.examples.no_match],
        todo=[example_of(one) for one in found.examples.todo],
        exceptions=[(one.spec, citations_of(ruleset, one.spec.law)) for one in found.exceptions],
        doubt=DOUBT,
    )  # fmt: skip


def title_of(rule: Rule) -> str:
    """The rule's title in the reader's language."""
    return rule.title_en if str(get_locale()) == "en" else rule.title_vi


def citations_of(ruleset: RuleSet, keys: tuple[str, ...]) -> list[Citation]:
    """The rows of the citation table for the keys, in their order; a key without a row is left out."""
    return [ruleset.law[key] for key in keys if key in ruleset.law]


def example_of(example: ExampleSpec | str) -> Example:
    """An example of the rule file, its marked span cut out."""
    spec = ExampleSpec(text=example) if isinstance(example, str) else example
    return Example(_pieces(spec.text), spec.heading, spec.lead_in, spec.header, spec.rows)


def _pieces(text: str) -> tuple[tuple[str, bool], ...]:
    parts = _MARKED.split(text)
    return tuple((part, bool(place % 2)) for place, part in enumerate(parts) if part)
