"""The words of a covenant as they should come out of any file made of them: pieces with number, text and label.

The pieces come from the labelled corpus (each line says what it is) or from a sample's plain text; the labels are worked
out here from those kinds, with nothing of the clause tree.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

JUDGED = frozenset({"clause", "point", "bullet", "para", "preamble", "table_row"})
_LETTERS = "abcdđeghiklmnopqrstuvxy"
_BREAK = " - "


@dataclass(frozen=True, slots=True)
class Piece:
    """One block. `kind` is the corpus's word for it; an article that is its own provision has `judged` set."""

    kind: str
    number: str
    text: str
    judged: bool = False
    label: str = ""

    @property
    def cells(self) -> list[str]:
        """The cells of a table row."""
        return [cell.strip() for cell in self.text.split(" | ")]

    @property
    def line(self) -> str:
        """Number and words, as a person would type them."""
        return f"{self.number} {self.text}".strip()


def from_corpus(path: Path, at_most: int | None = None) -> list[Piece]:
    """The pieces of a labelled covenant; header lines "A - B" and signatures are taken apart at their dash."""
    pieces: list[Piece] = []
    for line in path.read_text(encoding="utf-8").splitlines()[1:]:
        block: dict[str, Any] = json.loads(line)
        kind, text = block["t"], block["x"]
        if kind == "header" and (text.startswith("CỘNG") or text == text.upper()):
            name, _, motto = text.partition(". " if ". Độc" in text else _BREAK)
            pieces.extend(Piece(kind, "", part) for part in (name, motto) if part)
        elif kind == "signature":
            pieces.extend(_signature(text))
        else:
            pieces.append(Piece(kind, block["n"], text, kind in JUDGED or (kind == "article" and "y" in block)))
    return labelled(_letterhead_in_columns(pieces)[:at_most])


def _letterhead_in_columns(pieces: Sequence[Piece]) -> list[Piece]:
    """The header's lines as they stand on paper: the left column, the right one (state and motto), then place and date."""
    header = [piece for piece in pieces if piece.kind == "header"]
    order = {id(piece): 2 if "ngày" in piece.text else 1 if piece.text.startswith(("CỘNG", "Độc")) else 0 for piece in header}
    return sorted(header, key=lambda piece: order[id(piece)]) + [piece for piece in pieces if piece.kind != "header"]


def _signature(text: str) -> list[Piece]:
    """ "TRƯỞNG THÔN: A - BAN: B" as it stands on paper: office, then name."""
    if ":" not in text:
        return [Piece("signature", "", text)]
    parts = [part.strip() for office in text.split(_BREAK) for part in office.split(":")]
    return [Piece("signature", "", part) for part in parts if part]


def from_plain_text(path: Path, columns: int = 4) -> list[Piece]:
    """The pieces of a sample's plain text (Chương, Điều, khoản, điểm; at the end a table, one cell a line)."""
    lines = path.read_text(encoding="utf-8").splitlines()
    start = next(index for index, line in enumerate(lines) if line.startswith("PHỤ LỤC"))
    end = next(index for index, line in enumerate(lines) if index > start and line == "TRƯỞNG THÔN")
    # The letterhead's left column stands in the sample's files only.
    pieces = [Piece("header", "", text) for text in ("XÃ LIÊN MẠC", "THÔN ĐÔNG NGẠC")]
    pieces += [_plain(lines, index) for index in range(start)]
    pieces.append(Piece("appendix", "", lines[start]))
    cells = lines[start + 1 : end]
    pieces += [Piece("table_row", "", " | ".join(cells[i : i + columns]), True) for i in range(0, len(cells), columns)]
    pieces += [Piece("signature", "", line) for line in lines[end:]]
    return labelled(pieces)


def _plain(lines: Sequence[str], index: int) -> Piece:
    line = lines[index]
    if index < 2:
        return Piece("header", "", line)
    if index < 4:
        return Piece("title", "", line)
    if re.match(r"Chương [IVX]+$", line):
        return Piece("chapter", line, "")
    if match := re.match(r"(Điều \d+\.) (.*)", line):
        return Piece("article", match[1], match[2])
    if match := re.match(r"(\d+\.) (.*)", line):
        return Piece("clause", match[1], match[2], True)
    if match := re.match(r"([a-zđ]\)) (.*)", line):
        return Piece("point", match[1], match[2], True)
    if line == line.upper():
        return Piece("name", "", line)
    return Piece("preamble", "", line, True)


def labelled(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces with the label that each judged one should get ("Điều 5, khoản 2, điểm a")."""
    return _Labeller().run(pieces)


class _Labeller:
    def __init__(self) -> None:
        self._places: dict[str, str] = {}
        self._counts: Counter[str] = Counter()
        self._table = 0
        self._old = 0
        self._in_table = False

    def run(self, pieces: Sequence[Piece]) -> list[Piece]:
        found = []
        for piece in pieces:
            self._table += piece.kind == "table_row" and not self._in_table
            self._counts["row"] *= self._in_table
            self._in_table = piece.kind == "table_row"
            found.append(replace(piece, label=self._label(piece)))
        return found

    def _label(self, piece: Piece) -> str:
        name = getattr(self, f"_{piece.kind}", None)
        return name(piece) if name is not None else ""

    def _below(self, *kinds: str) -> str:
        return next((self._places[kind] for kind in kinds if self._places.get(kind)), "")

    def _enter(self, kind: str, label: str, leave: str) -> str:
        for other in leave.split():
            self._places.pop(other, None)
        self._places[kind] = label
        return label

    @staticmethod
    def _joined(above: str, piece: str) -> str:
        return f"{above}, {piece}" if above else piece[:1].upper() + piece[1:]

    def _appendix(self, piece: Piece) -> str:
        self._places.clear()
        return ""

    def _chapter(self, piece: Piece) -> str:
        bare = piece.number.rstrip(".:")
        label = f"Mục {bare}" if re.fullmatch(r"[A-HĐ]", bare) else bare
        return self._enter("chapter", label, "section article clause point bullet")

    def _section(self, piece: Piece) -> str:
        bare = piece.number.rstrip(".:")
        above = self._places.get("chapter", "")
        if bare.startswith("Khoản"):
            label = bare
        else:
            label = f"{above}.{bare}" if re.fullmatch(r"Mục [A-HĐ]", above) else f"Mục {bare}"
        return self._enter("section", label, "article clause point bullet")

    def _article(self, piece: Piece) -> str:
        bare = piece.number.rstrip(".:,")
        if bare.lower() == "nhất điều":
            self._old += 1
            bare = f"{bare} {self._old}"
        return self._enter("article", bare, "clause point bullet")

    def _clause(self, piece: Piece) -> str:
        label = self._joined(self._below("article", "section", "chapter"), f"khoản {piece.number.strip('.)')}")
        return self._enter("clause", label, "point bullet")

    def _point(self, piece: Piece) -> str:
        label = self._joined(self._below("clause", "article", "section", "chapter"), f"điểm {piece.number.strip('.)')}")
        return self._enter("point", label, "bullet")

    def _bullet(self, piece: Piece) -> str:
        above = self._below("point", "clause", "article", "section", "chapter")
        self._counts[f"{above} bullet"] += 1
        return self._joined(above, f"gạch đầu dòng {self._counts[f'{above} bullet']}")

    def _para(self, piece: Piece) -> str:
        above = self._below("article", "section", "chapter")
        self._counts[f"{above} para"] += 1
        return self._joined(above, f"đoạn {self._counts[f'{above} para']}")

    def _preamble(self, piece: Piece) -> str:
        self._counts["preamble"] += 1
        return f"Lời nói đầu, đoạn {self._counts['preamble']}"

    def _table_row(self, piece: Piece) -> str:
        above = self._below("article", "section")
        row = self._counts["row"]
        self._counts["row"] += 1
        return self._joined(above, f"Bảng {self._table}, {f'dòng {row}' if row else 'dòng tiêu đề'}")


def truth_of(pieces: Sequence[Piece]) -> dict[str, Any]:
    """What is kept beside the files: the whole text, line by line, and the label and text of each judged provision."""
    return {
        "text": "\n".join(piece.line for piece in pieces),
        "clauses": [{"label": piece.label, "text": piece.text} for piece in pieces if piece.judged],
    }


def with_points_as(pieces: Sequence[Piece], letters: str, sign: str) -> list[Piece]:
    """The pieces with their points lettered as an automatic list letters them: a, b, c, d, e and not a, b, c, d, đ."""
    changed = []
    count = 0
    for piece in pieces:
        count = count + 1 if piece.kind == "point" else 0
        changed.append(replace(piece, number=f"{letters[count - 1]}{sign}") if count else piece)
    return labelled(changed)


def hyphenated(pieces: Sequence[Piece], compounds: Sequence[str]) -> list[Piece]:
    """The pieces with some compounds written the old way, with a hyphen ("văn-hóa")."""
    pattern = re.compile("|".join(map(re.escape, compounds)))
    return labelled([replace(piece, text=pattern.sub(lambda found: found.group().replace(" ", "-"), piece.text)) for piece in pieces])
