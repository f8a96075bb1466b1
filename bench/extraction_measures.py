"""How well a file was read: character error rate and share of provisions exactly right, against the file's truth.

Both sides are compared in NFC with every stretch of white space as one blank and the bars between table cells left out;
case, punctuation, numbers and tone placement count. The character error rate is the Levenshtein distance (insertions,
deletions and replacements, rapidfuzz) between the two whole texts over the length of the truth. A provision is exactly right when the
reading holds one with the same label ("Điều 5, khoản 2, điểm a") and the same words.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz.distance import Levenshtein

CORPUS = Path(__file__).resolve().parent.parent / "tests" / "data" / "extraction"
_BARS_AND_BLANKS = re.compile(r"(?:\s|(?<!\S)\|(?!\S))+")


@dataclass(frozen=True, slots=True)
class CorpusFile:
    """A file of the corpus: where it is, what kind and producer it stands for, which truth belongs to it."""

    file: str
    kind: str
    producer: str
    truth: str

    @property
    def path(self) -> Path:
        """The file itself."""
        return CORPUS / self.file


@dataclass(frozen=True, slots=True)
class Truth:
    """What a reader should hand on: the whole text, and label and words of each provision that is judged."""

    text: str
    clauses: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader did hand on; `unreadable` holds the reason where it gave nothing."""

    text: str = ""
    clauses: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = ()
    unreadable: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """Counts behind the shares: characters wrong and in the truth, provisions right, in the truth, and read besides."""

    wrong: int
    characters: int
    right: int
    provisions: int
    surplus: int

    @property
    def error_rate(self) -> float:
        """Characters wrong per character of the truth."""
        return self.wrong / max(1, self.characters)

    @property
    def exact(self) -> float:
        """Share of the truth's provisions that were read exactly."""
        return self.right / max(1, self.provisions)

    def __add__(self, other: Score) -> Score:
        return Score(
            self.wrong + other.wrong,
            self.characters + other.characters,
            self.right + other.right,
            self.provisions + other.provisions,
            self.surplus + other.surplus,
        )


def corpus_files() -> list[CorpusFile]:
    """Every file of the corpus, in the order of its manifest."""
    return [CorpusFile(**entry) for entry in json.loads((CORPUS / "manifest.json").read_text(encoding="utf-8"))]


def truth_of(file: CorpusFile) -> Truth:
    """The truth of a corpus file."""
    found = json.loads((CORPUS / "truth" / f"{file.truth}.json").read_text(encoding="utf-8"))
    return Truth(found["text"], tuple((clause["label"], clause["text"]) for clause in found["clauses"]))


def plain(text: str) -> str:
    """`text` as it is compared: NFC, blanks as one, no bars between cells."""
    return _BARS_AND_BLANKS.sub(" ", unicodedata.normalize("NFC", text)).strip()


def score(truth: Truth, reading: Reading) -> Score:
    """Compare a reading with its truth."""
    expected = plain(truth.text)
    provisions = Counter((label, plain(text)) for label, text in truth.clauses)
    read = Counter((label, plain(text)) for label, text in reading.clauses)
    right = (provisions & read).total()
    return Score(Levenshtein.distance(expected, plain(reading.text)), len(expected), right, provisions.total(), read.total() - right)


def read_by_us(path: Path) -> Reading:
    """The system's own reading: extraction, then the clause tree. Headers and footers of pages are not in it."""
    from covenant_review.clauses.splitting import split
    from covenant_review.extraction.document import UnreadableFile
    from covenant_review.extraction.reading import read_path

    try:
        covenant = split(read_path(path))
    except UnreadableFile as error:
        return Reading(unreadable=error.reason)
    return Reading(
        "\n".join(f"{clause.number} {clause.text}" for clause in covenant.clauses),
        tuple((clause.label, clause.text) for clause in covenant.clauses if clause.is_judged),
        tuple(warning.code for warning in covenant.warnings),
    )


def clauses_of_lines(lines: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Label and words of the provisions that our clause tree makes of lines which another reader gave."""
    from covenant_review.clauses.splitting import split
    from covenant_review.extraction.document import Block, Document
    from covenant_review.text.normal_form import tidy

    blocks = tuple(Block("paragraph", text) for text in map(tidy, lines) if text)
    return tuple((clause.label, clause.text) for clause in split(Document("text", blocks)).clauses if clause.is_judged)
