"""What makes two clauses the same: the words that are judged, and the rules that hit."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping

from covenant_review.clauses.clause import Clause

# A rule of these outcomes asks a person to look; a positive one does not.
WEIGHED = frozenset({"violation", "consider", "outdated"})


def text_fingerprint(clause: Clause, by_id: Mapping[str, Clause]) -> str:
    """SHA-256 of the words that are judged: heading texts, lead-in, header row, text.

    Numbers are left out, so that inserting "Điều 3" does not make every later clause a new one; so are line breaks and
    runs of blanks. `by_id` holds all clauses of the covenant.
    """
    headings = [_plain(heading) for heading in _heading_texts(clause, by_id)]
    return _digest([headings, _plain(clause.lead_in), [_plain(cell) for cell in clause.header_row], _plain(clause.text)])


def fingerprint(text_digest: str, rules: Iterable[str]) -> str:
    """SHA-256 of a clause's words and of the rules (as `rule_marks` names them) that a person must weigh there."""
    return _digest([text_digest, sorted(set(rules))])


def rule_marks(found: Iterable[tuple[str, str]], unchecked: Iterable[str]) -> frozenset[str]:
    """The rules that count in a fingerprint: those `found` (rule, outcome) to be weighed, and "?rule" for one that could not run.

    A rule that could not run and later hits is a new one: the person who decided had not seen it.
    """
    return frozenset(rule for rule, outcome in found if outcome in WEIGHED) | {f"?{rule}" for rule in unchecked}


def _heading_texts(clause: Clause, by_id: Mapping[str, Clause]) -> list[str]:
    """The headings above a clause without their numbers, outermost first."""
    above: list[Clause] = []
    parent, seen = clause.parent, {clause.id}
    while parent is not None and parent in by_id and parent not in seen:
        seen.add(parent)
        if by_id[parent].kind == "heading":
            above.append(by_id[parent])
        parent = by_id[parent].parent
    above.reverse()
    if len(above) != len(clause.headings):
        return [heading.text for heading in above]
    # A heading as the clause carries it may be longer than its line: its name stands in the next one.
    return [full.removeprefix(heading.number).strip() for full, heading in zip(clause.headings, above, strict=True)]


def _plain(text: str) -> str:
    return " ".join(text.split())


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()
