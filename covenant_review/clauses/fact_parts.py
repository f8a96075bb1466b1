"""The parts of a covenant that speak of the covenant itself, and what a fact found there looks like."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from covenant_review.clauses.clause import Clause, CovenantText
from covenant_review.clauses.places import Spelling
from covenant_review.text.folding import fold

_BEGINNING_AT_MOST = 30
_END_AT_MOST = 12
_GENRES = (
    "hương ước", "quy ước", "qui ước", "tộc ước", "khoán ước", "gia ước", "lệ ước", "hương lệ", "lệ làng", "tục lệ", "khoán lệ",
    "nội quy", "gia quy", "tộc lệ", "quy chế", "điều lệ",
)  # fmt: skip
GENRE = re.compile(rf"(?:dự thảo\s+)?(?:bản\s+)?(?P<genre>{'|'.join(_GENRES)})\b\s*")
KIN = re.compile(r"\b(?:hội|họ|dòng họ|tộc|chi|phái|hợp tác xã|xứ|giáo họ)\b")
SENTENCE_END = re.compile(r"(?<=[;!?\n])|(?<=[^\d][.])(?=\s)")


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that the covenant says of itself.

    `value` is plain text, a year "2015", or a day "2015-06-05". `quote` are the document's own words; they stand at
    `start:end` of the text of the clause `clause_id` (a name over two title lines begins there and goes on in the next).
    """

    kind: str
    value: str
    quote: str
    clause_id: str
    start: int
    end: int


class Parts:
    """The clauses that speak of the covenant itself, by where they stand."""

    def __init__(self, text: CovenantText) -> None:
        clauses = text.clauses
        self.title = [clause for clause in clauses if clause.kind == "title"]
        self.header = [clause for clause in clauses if clause.kind == "header"]
        self.signature = [clause for clause in clauses if clause.kind == "signature"]
        body = [clause for clause in clauses if clause.kind not in ("title", "header", "signature")]
        self.preamble = _preamble(body)
        rest = [clause for clause in body[len(self.preamble) :] if clause.kind != "table_row"]
        self.ending = rest[-_END_AT_MOST:]
        self.spelling = Spelling(clause.text for clause in clauses)


def _preamble(body: Sequence[Clause]) -> list[Clause]:
    found: list[Clause] = []
    for clause in body[:_BEGINNING_AT_MOST]:
        if clause.number or (clause.kind == "heading" and not re.match(r"(?:lời|phần mở|mở đầu)", fold(clause.text))):
            break
        found.append(clause)
    return found


def fact(kind: str, value: str, clause: Clause, start: int, end: int) -> Fact:
    """The fact that stands at `start:end` of the text of `clause`."""
    words = clause.text[start:end]
    start += len(words) - len(words.lstrip())
    quote = words.strip()
    return Fact(kind, value, quote, clause.id, start, start + len(quote))
