"""The labelled corpus of the repository, as clauses: what every measurement and the training of the second reader read.

A corpus file is JSON Lines (corpus/LABELLING.md). Each covenant is written out as plain text and split by the same code that
splits an uploaded file, so that headings, lead-ins and header rows are what the system itself would see. Where the split
cannot be laid line by line over the labelled blocks, the clauses are built from the blocks directly.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from covenant_review.clauses.clause import Clause, ClauseKind, CovenantText
from covenant_review.clauses.splitting import split
from covenant_review.extraction.plain_text import CELL_SEPARATOR, read_plain_text
from covenant_review.text.normal_form import normal_form, tidy

Label = Literal["violation", "consider", "outdated", "positive", "none"]
LABELS: tuple[Label, ...] = ("violation", "consider", "outdated", "positive", "none")
HARMLESS: frozenset[str] = frozenset(("none", "positive", "outdated"))
CORPUS = Path(__file__).resolve().parent.parent / "corpus"
_LATE = ("09", "10", "11", "12")

_KINDS: dict[str, ClauseKind] = {
    "header": "header", "title": "title", "preamble": "paragraph", "chapter": "heading", "section": "heading",
    "article": "heading", "clause": "clause", "point": "point", "bullet": "bullet", "para": "paragraph",
    "table_row": "table_row", "signature": "signature",
}  # fmt: skip
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
    """A violating provision and its harmless twin."""

    id: str
    hand: str
    bad: Provision
    good: Provision
    device: str
    topic: str = ""


@dataclass(frozen=True)
class Corpus:
    """Covenants and pairs of some hands, with the hash of the files they came from."""

    covenants: tuple[LabelledCovenant, ...]
    pairs: tuple[Pair, ...]
    sha256: str
    skipped: tuple[str, ...] = field(default=())

    @property
    def provisions(self) -> Iterator[Provision]:
        """Every labelled provision of the covenants, not of the pairs."""
        return (provision for covenant in self.covenants for provision in covenant.provisions)

    @property
    def hands(self) -> tuple[str, ...]:
        """The hands that wrote it, in order."""
        return tuple(sorted({item.hand for item in (*self.covenants, *self.pairs)}))

    def of(self, hands: Iterable[str]) -> Corpus:
        """The part that some hands wrote."""
        wanted = frozenset(hands)
        return replace(
            self,
            covenants=tuple(item for item in self.covenants if item.hand in wanted),
            pairs=tuple(item for item in self.pairs if item.hand in wanted),
        )


def corpus_files(name: str, folder: Path = CORPUS) -> list[Path]:
    """The files of a set: "open" (given, without the late ones, and the hands), "unseen", "dev-late", or "all".

    "unseen" and "dev-late" are for measuring once; nothing trains on them.
    """
    given = [path for path in sorted(folder.glob("given/*/*.jsonl"))]
    late = [path for path in given if path.parent.name == "dev" and path.name[:2] in _LATE]
    known = [path for path in given if path not in late] + sorted(folder.glob("hands/*/*.jsonl"))
    unseen = sorted(folder.glob("unseen/*/*.jsonl"))
    sets = {"open": known, "unseen": unseen, "dev-late": late}
    sets["all"] = [*known, *late, *unseen]
    return sets[name]


def load_corpus(files: Sequence[Path]) -> Corpus:
    """All covenants and pairs of these files. A line that is not JSON is left out and named in `skipped`."""
    covenants: list[LabelledCovenant] = []
    pairs: list[Pair] = []
    skipped: list[str] = []
    digest = hashlib.sha256()
    for path in files:
        content = path.read_bytes()
        digest.update(f"{_hand(path)}/{path.name}\0".encode() + hashlib.sha256(content).digest())
        rows = list(_rows(path, content, skipped))
        if path.name.startswith("pairs"):
            pairs.extend(_pair(row, _hand(path)) for row in rows)
        elif rows:
            covenants.append(_covenant(path, rows))
    return Corpus(tuple(covenants), tuple(pairs), digest.hexdigest(), tuple(skipped))


def _hand(path: Path) -> str:
    return "given" if path.parent.parent.name == "given" else path.parent.name


def _rows(path: Path, content: bytes, skipped: list[str]) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(content.decode().splitlines(), 1):
        if not line.strip():
            continue
        try:
            yield json.loads(line)
        except ValueError:
            skipped.append(f"{path.parent.name}/{path.name}:{number}")


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


def _read_as_text(name: str, blocks: Sequence[dict[str, Any]]) -> tuple[CovenantText, bool]:
    """The covenant by way of a plain text file; built from the blocks where the two do not fit line by line."""
    lines = [tidy(f"{block.get('n', '')} {block['x']}".replace("\n", " ")) for block in blocks]
    covenant = split(read_plain_text("\n".join(lines).encode()))
    found = [tidy(f"{clause.number} {clause.text}") for clause in covenant.clauses]
    if [_letters(line) for line in found] == [_letters(line) for line in lines]:
        return covenant, True
    return CovenantText(title=name, clauses=tuple(_built(blocks))), False


def _letters(line: str) -> str:
    return "".join(character for character in line if character.isalnum())


def _built(blocks: Sequence[dict[str, Any]]) -> Iterator[Clause]:
    """Clauses straight from the blocks: lead-ins from colons, headings by their kind, a table's first row as its header."""
    heads: dict[int, tuple[str, str]] = {}
    lead, table, header, tables = "", None, (), 0  # type: tuple[str, int | None, tuple[str, ...], int] | Any
    for position, block in enumerate(blocks):
        kind, text, number = block["t"], normal_form(block["x"]), block.get("n", "")
        identity = f"c{position + 1}"
        own = _KINDS[kind]
        if kind in _LEVELS:
            level = _LEVELS.index(kind)
            heads = {key: value for key, value in heads.items() if key < level}
            lead = ""
            if block.get("y"):
                own = "clause"
            else:
                heads[level] = (f"{number} {text}".strip(), identity)
        cells: tuple[str, ...] = ()
        over: tuple[str, ...] = ()
        if kind == "table_row":
            cells = tuple(cell.strip() for cell in text.split(CELL_SEPARATOR.strip()))
            if table is None:
                tables += 1
                table, header = tables, cells
            else:
                over = header
        else:
            table = None
        above = [heads[key] for key in sorted(heads) if heads[key][1] != identity]
        yield Clause(
            id=identity,
            kind=own,
            label="",
            number=number,
            text=text,
            lead_in=lead if kind in ("point", "bullet", "table_row") else "",
            headings=tuple(words for words, _identity in above),
            cells=cells,
            header_row=over,
            table=table,
            parent=above[-1][1] if above and own != "heading" else None,
        )
        if text.rstrip().endswith(":") and kind in ("clause", "para", "article", "section", "bullet"):
            lead = text
        elif kind in ("clause", "para"):
            lead = ""


def _pair(row: dict[str, Any], hand: str) -> Pair:
    second = row.get("second") or {}

    def provision(side: Literal["bad", "good"]) -> Provision:
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
        label: Label = "violation" if side == "bad" else second.get("good", "none")
        if side == "good" and label not in HARMLESS:
            label = "none"
        return Provision(f"{hand}/pairs:{row['id']}:{side}", hand, clause, label, row.get("field", ""), "", second.get(side, ""))

    device = str(row.get("device", "")).split(":")[0].split("(")[0].strip() or "?"
    return Pair(f"{hand}/pairs:{row['id']}", hand, provision("bad"), provision("good"), device, row.get("topic", ""))


@lru_cache(maxsize=4)
def load_set(name: str) -> Corpus:
    """The corpus of a named set (see `corpus_files`)."""
    return load_corpus(corpus_files(name))
