"""The labelled corpus as clauses: what the second reader learns from and every measurement of reading quality reads.

A corpus file is JSON Lines (corpus/LABELLING.md). Each covenant is written out as plain text and split by the same code that
splits an uploaded file, so that headings, lead-ins and header rows are what the system itself would see. Where the split
cannot be laid line by line over the labelled blocks, the clauses are built from the blocks directly.
"""

from __future__ import annotations

import hashlib
import importlib.resources
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from covenant_review.clauses.clause import Clause, ClauseKind, CovenantText
from covenant_review.clauses.splitting import split
from covenant_review.extraction.plain_text import CELL_SEPARATOR, read_plain_text
from covenant_review.text.folding import strip_marks
from covenant_review.text.normal_form import normal_form, tidy

Label = Literal["violation", "consider", "outdated", "positive", "none"]
CorpusSet = Literal["open", "unseen", "dev-late"]
Damage = Callable[[str], str]

LABELS: tuple[Label, ...] = ("violation", "consider", "outdated", "positive", "none")
HARMLESS: frozenset[str] = frozenset(("none", "positive", "outdated"))
GIVEN = "given"
SIGNED = "signed"
"""The hand of what reviewers decided and a second person signed: never left out to measure on (second_reader_signed)."""
STATUTE = "statute"
"""The hand of harmless prose in the manner of statutes: covenants quote the law, and it names the sexes in every second line."""
NEVER_LEFT_OUT = frozenset((GIVEN, SIGNED, STATUTE))
_STATUTE_LEARNT = ("provisions.jsonl", "later.jsonl", "third.jsonl")
_POINT = re.compile(r"^[a-zđ]{1,2}\) ")
_LATE = ("09", "10", "11", "12")
_KINDS: Mapping[str, ClauseKind] = {
    "header": "header",
    "title": "title",
    "preamble": "paragraph",
    "chapter": "heading",
    "section": "heading",
    "article": "heading",
    "clause": "clause",
    "point": "point",
    "bullet": "bullet",
    "para": "paragraph",
    "table_row": "table_row",
    "signature": "signature",
}
_LEVELS = ("chapter", "section", "article")


@dataclass(frozen=True, slots=True)
class Provision:
    """One labelled block. `id` is "hand/file:line"; `clause` as the system reads it; `second` the second person's label."""

    id: str
    hand: str
    clause: Clause
    label: Label
    field: str = ""
    why: str = ""
    second: str = ""

    @property
    def is_violation(self) -> bool:
        """Whether the first labeller found discrimination."""
        return self.label == "violation"

    @property
    def is_harmless(self) -> bool:
        """Whether nobody need look at it for gender: none, positive or outdated."""
        return self.label in HARMLESS


@dataclass(frozen=True, slots=True)
class LabelledCovenant:
    """A covenant with the provisions that carry a label, in order. `aligned` is False where the split did not fit the blocks."""

    id: str
    hand: str
    covenant: CovenantText
    provisions: tuple[Provision, ...]
    aligned: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """A violating provision and its harmless twin; `device` is how the difference is made."""

    id: str
    hand: str
    bad: Provision
    good: Provision
    device: str


@dataclass(frozen=True)
class Corpus:
    """Covenants and pairs of some hands, with the hash of the files they came from; `skipped` names lines that are not JSON."""

    covenants: tuple[LabelledCovenant, ...]
    pairs: tuple[Pair, ...]
    sha256: str
    skipped: tuple[str, ...] = ()

    @property
    def provisions(self) -> Iterator[Provision]:
        """Every labelled provision of the covenants, not of the pairs."""
        return (provision for covenant in self.covenants for provision in covenant.provisions)

    @property
    def hands(self) -> tuple[str, ...]:
        """The hands that wrote it, in order."""
        return tuple(sorted({covenant.hand for covenant in self.covenants} | {pair.hand for pair in self.pairs}))

    def of(self, hands: Iterable[str]) -> Corpus:
        """The part that some hands wrote; the hash stays that of the whole."""
        wanted = frozenset(hands)
        return replace(
            self,
            covenants=tuple(covenant for covenant in self.covenants if covenant.hand in wanted),
            pairs=tuple(pair for pair in self.pairs if pair.hand in wanted),
        )


def default_corpus_directory() -> Path:
    """`corpus/` of the checkout. An installed wheel carries none: give the folder by name there."""
    return Path(str(importlib.resources.files("covenant_review"))).parent / "corpus"


def corpus_files(which: CorpusSet, folder: Path) -> list[Path]:
    """The files of a set: "open" is what may be learnt from (given without the late covenants, the hands, prose of statutes).

    "unseen" and "dev-late" are for measuring once; nothing trains on them.
    """
    given = sorted(folder.glob(f"{GIVEN}/*/*.jsonl"))
    late = [path for path in given if path.parent.name == "dev" and path.name[:2] in _LATE]
    if which == "dev-late":
        return late
    if which == "unseen":
        return sorted(folder.glob("unseen/*/*.jsonl"))
    statute = [path for path in (folder / STATUTE / name for name in _STATUTE_LEARNT) if path.is_file()]
    return [path for path in given if path not in late] + sorted(folder.glob("hands/*/*.jsonl")) + statute


def load_corpus(files: Sequence[Path], damage: Damage | None = None) -> Corpus:
    """All covenants and pairs of these files; `damage` changes every text first, as a bad scan or a bad keyboard would."""
    covenants: list[LabelledCovenant] = []
    pairs: list[Pair] = []
    skipped: list[str] = []
    digest = hashlib.sha256()
    for path in files:
        content = path.read_bytes()
        digest.update(f"{_hand(path)}/{path.name}\0".encode() + hashlib.sha256(content).digest())
        rows = list(_rows(path, content, skipped))
        if damage is not None:
            rows = [_damaged(row, damage) for row in rows]
        if path.parent.name == STATUTE:
            covenants.append(_statute(path, rows))
        elif path.name.startswith("pairs"):
            pairs.extend(_pair(row, _hand(path)) for row in rows)
        elif rows:
            covenants.append(_covenant(path, rows))
    return Corpus(tuple(covenants), tuple(pairs), digest.hexdigest(), tuple(skipped))


def statute_clauses(rows: Iterable[Mapping[str, Any]]) -> Iterator[Clause]:
    """The provisions of a file of `corpus/statute`, each under its lead-in; the point's letter belongs to the label."""
    for row in rows:
        text = normal_form(_POINT.sub("", row["text"]))
        yield Clause(id=row["id"], kind="clause", label="", number="", text=text, lead_in=normal_form(row.get("lead_in", "")))


def without_marks(text: str) -> str:
    """A text as it is typed where diacritics cannot be: a damage for `load_corpus`."""
    return strip_marks(normal_form(text)).replace("Đ", "D")


def _hand(path: Path) -> str:
    return GIVEN if path.parent.parent.name == GIVEN else path.parent.name


def _rows(path: Path, content: bytes, skipped: list[str]) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(content.decode().splitlines(), 1):
        if not line.strip():
            continue
        try:
            yield json.loads(line)
        except ValueError:
            skipped.append(f"{_hand(path)}/{path.name}:{number}")


def _damaged(row: dict[str, Any], damage: Damage) -> dict[str, Any]:
    return {key: damage(value) if key in ("x", "text", "bad", "good", "lead_in") else value for key, value in row.items()}


def _covenant(path: Path, rows: list[dict[str, Any]]) -> LabelledCovenant:
    name, blocks = str(rows[0].get("name", path.stem)), rows[1:]
    covenant, aligned = _read_as_text(name, blocks)
    provisions = tuple(
        Provision(
            id=f"{_hand(path)}/{path.stem}:{number}",
            hand=_hand(path),
            clause=clause,
            label=block["y"],
            field=block.get("f", ""),
            why=block.get("w", ""),
            second=block.get("y2", ""),
        )
        for number, (block, clause) in enumerate(zip(blocks, covenant.clauses, strict=True), 2)
        if block.get("y")
    )
    return LabelledCovenant(f"{_hand(path)}/{path.stem}", _hand(path), covenant, provisions, aligned)


def _statute(path: Path, rows: list[dict[str, Any]]) -> LabelledCovenant:
    clauses = tuple(statute_clauses(rows))
    provisions = tuple(Provision(f"{STATUTE}/{clause.id}", STATUTE, clause, "none") for clause in clauses)
    return LabelledCovenant(f"{STATUTE}/{path.stem}", STATUTE, CovenantText(path.stem, clauses), provisions, aligned=False)


def _read_as_text(name: str, blocks: Sequence[dict[str, Any]]) -> tuple[CovenantText, bool]:
    """The covenant by way of a plain text file; built from the blocks where the two do not fit line by line."""
    lines = [tidy(f"{block.get('n', '')} {block['x']}".replace("\n", " ")) for block in blocks]
    covenant = split(read_plain_text("\n".join(lines).encode()))
    found = [_letters(f"{clause.number} {clause.text}") for clause in covenant.clauses]
    if found == [_letters(line) for line in lines]:
        return covenant, True
    return CovenantText(title=name, clauses=tuple(_built(blocks))), False


def _letters(line: str) -> str:
    return "".join(character for character in tidy(line) if character.isalnum())


def _built(blocks: Sequence[dict[str, Any]]) -> Iterator[Clause]:
    """Clauses straight from the blocks: lead-ins from colons, headings by their kind, a table's first row as its header."""
    heads: dict[int, tuple[str, str]] = {}
    lead, tables = "", 0
    header: tuple[str, ...] | None = None
    for position, block in enumerate(blocks):
        kind, text, number = block["t"], normal_form(block["x"]), block.get("n", "")
        identity = f"c{position + 1}"
        carries = kind == "article" and block.get("y")
        if kind in _LEVELS:
            level = _LEVELS.index(kind)
            heads = {key: value for key, value in heads.items() if key < level}
            lead = ""
        above = [heads[key] for key in sorted(heads)]
        if kind in _LEVELS and not carries:
            heads[_LEVELS.index(kind)] = (f"{number} {text}".strip(), identity)
        cells: tuple[str, ...] = ()
        header_row: tuple[str, ...] = ()
        if kind == "table_row":
            cells = tuple(cell.strip() for cell in text.split(CELL_SEPARATOR.strip()))
            tables += header is None
            header, header_row = header or cells, header or ()
        else:
            header = None
        yield Clause(
            id=identity,
            kind="clause" if carries else _KINDS[kind],
            label="",
            number=number,
            text=text,
            lead_in=lead if kind in ("point", "bullet", "table_row") else "",
            headings=tuple(words for words, _identity in above),
            cells=cells,
            header_row=header_row,
            table=tables if cells else None,
            parent=above[-1][1] if above else None,
        )
        if text.rstrip().endswith(":") and kind in ("clause", "para", "article", "section", "bullet"):
            lead = text
        elif kind in ("clause", "para"):
            lead = ""


def _pair(row: dict[str, Any], hand: str) -> Pair:
    second = row.get("second") or {}
    name = f"{hand}/pairs:{row['id']}"

    def twin(side: Literal["bad", "good"], label: Label) -> Provision:
        text = normal_form(row[side])
        cells = tuple(cell.strip() for cell in text.split(CELL_SEPARATOR)) if CELL_SEPARATOR in text else ()
        clause = Clause(
            id=side,
            kind="table_row" if cells else "paragraph",
            label="",
            number="",
            text=text,
            lead_in=normal_form(row.get("lead_in", "")),
            cells=cells,
        )
        return Provision(f"{name}:{side}", hand, clause, label, row.get("field", ""), "", second.get(side, ""))

    device = str(row.get("device", "")).split(":")[0].split("(")[0].strip() or "?"
    good: Label = second["good"] if second.get("good") in HARMLESS else "none"
    return Pair(name, hand, twin("bad", "violation"), twin("good", good), device)
