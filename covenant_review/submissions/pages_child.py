"""Runs in a forked child (jobs.forking_process): draws the pages of one file. No database here, and nothing is written."""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from covenant_review.extraction.document import UnreadableFile
from covenant_review.extraction.page_images import PAGE_LIMIT, is_converted, page_images, pdf_of
from covenant_review.extraction.pdf import read_pdf
from covenant_review.extraction.text_alignment import aligned_boxes
from covenant_review.submissions.readings import box_values

log = logging.getLogger("covenant_review.submissions")


def prepare(options: dict[str, Any]) -> None:
    """Nothing but the imports above, loaded once before the first fork."""


def run(task: dict[str, Any], report: Callable[[int, int], None]) -> dict[str, Any]:
    """Draw the file `task["path"]` of kind `task["kind"]`, and find `task["clauses"]` ([number, words] each) on its pages.

    {"pages": [[number, width, height, WebP in base64], …], "boxes": [[box, …] per clause]} or {"unreadable": reason}. Only
    files that LibreOffice lays out have boxes looked for; the others know theirs from reading ("boxes" is null).
    """
    try:
        data, kind = Path(task["path"]).read_bytes(), task["kind"]
        converted = is_converted(kind)
        if converted:
            data, kind = pdf_of(data, kind), "pdf"
        pages = []
        for page in page_images(data, kind, page_limit=PAGE_LIMIT):
            pages.append([page.number, page.width, page.height, base64.b64encode(page.data).decode("ascii")])
            report(len(pages), 0)
        return {"pages": pages, "boxes": _boxes(data, task["clauses"]) if converted else None}
    except UnreadableFile as error:
        return {"unreadable": error.reason, "detail": error.detail}


def _boxes(pdf: bytes, clauses: list[list[str]]) -> list[list[list[float]]]:
    try:
        blocks = read_pdf(pdf).blocks
    except UnreadableFile as error:
        log.warning("the converted file has no text to find clauses in: %s", error)
        return [[] for _ in clauses]
    return [[box_values(box) for box in boxes] for boxes in aligned_boxes([(number, words) for number, words in clauses], blocks)]
