"""The readers that are measured, ours and those beside it, each on one file in a process of its own.

As a script: `extraction_readers.py READER FILE` prints one line of JSON with the reading, its seconds (the reader's libraries are loaded
before the clock starts) and the process's peak memory.
"""

from __future__ import annotations

import importlib
import io
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from extraction_measures import Reading, clauses_of_lines, read_by_us  # noqa: E402

_TIME_LIMIT = 300  # seconds a file
_LIBRARIES = {
    "ours": ("covenant_review.clauses.splitting", "covenant_review.extraction.reading", "covenant_review.extraction.docx_reading",
             "covenant_review.extraction.pdf", "covenant_review.extraction.plain_text"),
    "python-docx": ("docx", "covenant_review.clauses.splitting"),
    "pdfplumber": ("pdfplumber", "covenant_review.clauses.splitting"),
    "tesseract": ("tesserocr", "pypdfium2", "PIL.Image", "covenant_review.clauses.splitting"),
    "utf-8": ("covenant_review.clauses.splitting",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Run:
    """One reading with its cost. `seconds` of work, `megabytes` of peak memory of the whole process."""

    reading: Reading
    seconds: float
    megabytes: float


def by_python_docx(path: Path) -> Reading:
    """The paragraphs that python-docx lists."""
    import docx

    lines = [paragraph.text for paragraph in docx.Document(str(path)).paragraphs]
    return Reading("\n".join(lines), clauses_of_lines(lines))


def by_pdfplumber(path: Path) -> Reading:
    """pdfplumber's text of each page, line by line."""
    import pdfplumber

    with pdfplumber.open(path) as pdf:
        lines = [line for page in pdf.pages for line in (page.extract_text() or "").splitlines()]
    return Reading("\n".join(lines), clauses_of_lines(lines))


def by_tesseract(path: Path) -> Reading:
    """Tesseract with Vietnamese data on the pictures as they are (pages of a PDF at 200 dpi), its lines joined into its paragraphs."""
    import tesserocr

    folder = next(iter(sorted(Path("/usr/share/tesseract-ocr").glob("*/tessdata"))), None)
    paragraphs: list[str] = []
    with tesserocr.PyTessBaseAPI(lang="vie", path=f"{folder}/") as reader:
        for picture in _pictures(path):
            reader.SetImage(picture)
            paragraphs += [" ".join(part.split()) for part in reader.GetUTF8Text().split("\n\n")]
    return Reading("\n".join(paragraphs), clauses_of_lines(paragraphs))


def _pictures(path: Path) -> Iterator[Any]:
    from PIL import Image, ImageSequence

    if path.suffix == ".pdf":
        import pypdfium2

        for page in pypdfium2.PdfDocument(path):
            yield page.render(scale=200 / 72, grayscale=True).to_pil()
        return
    for frame in ImageSequence.Iterator(Image.open(io.BytesIO(path.read_bytes()))):
        yield frame.convert("L")


def by_utf_8(path: Path) -> Reading:
    """The bytes as UTF-8, what cannot be read replaced."""
    lines = path.read_bytes().decode("utf-8", "replace").splitlines()
    return Reading("\n".join(lines), clauses_of_lines(lines))


READERS: dict[str, Callable[[Path], Reading]] = {
    "ours": read_by_us,
    "python-docx": by_python_docx,
    "pdfplumber": by_pdfplumber,
    "tesseract": by_tesseract,
    "utf-8": by_utf_8,
}


def beside(path: Path, kind: str) -> str | None:
    """The other reader that is measured on a file of this kind; None where there is none."""
    if kind in ("scan", "photo"):
        return "tesseract"
    return {".docx": "python-docx", ".pdf": "pdfplumber", ".txt": "utf-8"}.get(path.suffix)


def run(reader: str, path: Path) -> Run:
    """Read `path` with `reader` in a new process."""
    command = [sys.executable, str(Path(__file__).resolve()), reader, str(path)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_TIME_LIMIT)
    except subprocess.TimeoutExpired:
        return Run(Reading(unreadable=f"no end after {_TIME_LIMIT} s"), float(_TIME_LIMIT), 0.0)
    if done.returncode:
        return Run(Reading(unreadable=done.stderr.strip().splitlines()[-1][:80] if done.stderr.strip() else "crashed"), 0.0, 0.0)
    found = json.loads(done.stdout.splitlines()[-1])
    held = found["reading"]
    clauses = tuple((label, text) for label, text in held["clauses"])
    return Run(Reading(held["text"], clauses, tuple(held["warnings"]), held["unreadable"]), found["seconds"], found["megabytes"])


def main() -> None:
    """Read one file and print what came of it."""
    reader, path = sys.argv[1], Path(sys.argv[2])
    for name in _LIBRARIES[reader]:
        importlib.import_module(name)
    start = time.perf_counter()
    reading = READERS[reader](path)
    seconds = time.perf_counter() - start
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
    print(json.dumps({"reading": asdict(reading), "seconds": seconds, "megabytes": peak}))


if __name__ == "__main__":
    main()
