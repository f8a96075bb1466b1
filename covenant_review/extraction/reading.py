"""The way in: the bytes of a file become a Document, or an UnreadableFile that says why not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from covenant_review.extraction.document import Document, UnreadableFile
from covenant_review.extraction.kind import kind_of
from covenant_review.extraction.reading_progress import Progress, no_progress

SIZE_LIMIT = 50 * 1024 * 1024


def read(data: bytes, name: str = "", *, size_limit: int = SIZE_LIMIT, as_text: bool = False, progress: Progress = no_progress) -> Document:
    """Read a covenant file given as bytes.

    `name` is only asked whether it ends in .txt; the kind is decided by the bytes. `as_text` says that the bytes are
    plain text (standard input). `size_limit` is in bytes. `progress(done, total)` is told of pages, where a reader knows
    of any. Raises UnreadableFile with one of its reason codes; nothing else escapes for bad input.
    """
    if len(data) > size_limit:
        raise UnreadableFile("too_large", f"{len(data)} bytes, limit {size_limit}")
    kind = kind_of(data, name, as_text=as_text)
    # Imported when needed: a text file should not wait for the PDF library to load.
    if kind == "docx":
        from covenant_review.extraction.docx_reading import read_docx

        return read_docx(data)
    if kind == "pdf":
        from covenant_review.extraction.pdf import read_pdf

        return read_pdf(data, progress)
    if kind == "image" or kind == "photos":
        from covenant_review.extraction.ocr import read_image

        return read_image(data, kind, progress)
    if kind == "doc" or kind == "rtf" or kind == "odt":
        from covenant_review.extraction.doc_lists import list_restarts
        from covenant_review.extraction.docx_reading import read_docx
        from covenant_review.extraction.office import to_docx

        return replace(read_docx(to_docx(data, kind), list_restarts(data) if kind == "doc" else ()), kind=kind)
    from covenant_review.extraction.plain_text import read_plain_text

    return read_plain_text(data)


def read_path(path: str | Path, *, size_limit: int = SIZE_LIMIT, as_text: bool = False) -> Document:
    """Read the file at `path`; its size is checked before its bytes are loaded. Raises as `read` does, and OSError."""
    file = Path(path)
    size = file.stat().st_size
    if size > size_limit:
        raise UnreadableFile("too_large", f"{size} bytes, limit {size_limit}")
    return read(file.read_bytes(), file.name, size_limit=size_limit, as_text=as_text)
