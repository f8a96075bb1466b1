"""Pictures of pages → Document, by recognition of letters."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

import cv2

from covenant_review.extraction.document import Block, Document, FileKind, ReadingWarning, UnreadableFile
from covenant_review.extraction.ocr_engine import EnginePool, tessdata
from covenant_review.extraction.ocr_labels import LABEL_REPAIRED, repair_labels
from covenant_review.extraction.ocr_page import ReadPicture, SheetPlace, lay_out, read_picture
from covenant_review.extraction.page_assembly import Page, assemble
from covenant_review.extraction.pictures import LAYOUT_WIDTH, RGB, Loader, loaders_of
from covenant_review.extraction.reading_progress import Progress, no_progress

AT_ONCE = 2
READ_BY_OCR = "read_by_ocr"
_POOL = EnginePool(AT_ONCE)


def read_image(data: bytes, kind: FileKind, progress: Progress = no_progress) -> Document:
    """Read an "image" or "photos" file. `progress(done, total)` is told after each picture.

    Boxes are in points of the picture, upright after EXIF and scaled to a width of 595. `status` is "partly_read" with
    warnings page_unreadable (a picture is damaged), page_without_text, page_may_be_incomplete. Raises UnreadableFile:
    ocr_missing, damaged, too_large_picture, too_many_pages, no_text.
    """
    loaders = loaders_of(data, kind)
    tessdata()
    warnings: list[ReadingWarning] = []
    pages: list[Page] = []
    places: list[SheetPlace] = []
    failures: list[UnreadableFile] = []
    for number, outcome in enumerate(recognise(loaders, progress), 1):
        if isinstance(outcome, UnreadableFile):
            failures.append(outcome)
            warnings.append(ReadingWarning("page_unreadable", number, outcome.reason))
            continue
        scale = LAYOUT_WIDTH / max(outcome.to_picture.picture_size[0], 1)
        add_sheets(outcome, number, scale, pages, places)
        warnings.extend(warnings_of(outcome, number))
    if len(failures) == len(loaders):
        raise failures[0]
    if not any(page.letters for page in pages):
        raise UnreadableFile("no_text", f"{len(loaders)} pictures without text")
    blocks, repairs = repair_labels([placed(block, places) for block in assemble(pages)], range(1, len(loaders) + 1))
    warnings.extend(repairs)
    lossy = any(warning.code not in (READ_BY_OCR, LABEL_REPAIRED) for warning in warnings)
    return Document(kind, tuple(blocks), len(loaders), "partly_read" if lossy else "read", tuple(warnings))


def recognise(loaders: Sequence[Loader], progress: Progress = no_progress) -> Iterator[ReadPicture | UnreadableFile]:
    """Each picture's words in the order of the pictures, two at a time; a picture that cannot be decoded gives its error."""
    cv2.setNumThreads(1)  # threads of its own would fight with ours for the cores
    total = len(loaders)
    workers = max(1, min(AT_ONCE, os.cpu_count() or 1, total))
    progress(0, total)
    if workers == 1:
        for done, load in enumerate(loaders, 1):
            yield _recognise(load)
            progress(done, total)
        return
    with ThreadPoolExecutor(workers) as executor:
        # Only a few pictures are held at a time.
        waiting: list[Future[ReadPicture | UnreadableFile]] = []
        upcoming = iter(loaders)
        for load in upcoming:
            waiting.append(executor.submit(_recognise, load))
            if len(waiting) > workers:
                break
        done = 0
        while waiting:
            result = waiting.pop(0).result()
            following = next(upcoming, None)
            if following is not None:
                waiting.append(executor.submit(_recognise, following))
            done += 1
            progress(done, total)
            yield result


def _recognise(load: Loader) -> ReadPicture | UnreadableFile:
    try:
        picture: RGB = load()
    except UnreadableFile as error:
        return error
    with _POOL.engine() as engine:
        return read_picture(picture, engine)


def add_sheets(read: ReadPicture, number: int, points: float, pages: list[Page], places: list[SheetPlace]) -> None:
    """Lay out the sheets of picture `number` as further pages; `points`: how many of them a pixel of the picture is wide."""
    for sheet in read.sheets:
        page, pixels = lay_out(read, sheet, len(pages) + 1)
        pages.append(page)
        places.append(SheetPlace(read.to_picture, sheet.left, pixels, points, number))


def placed(block: Block, places: Sequence[SheetPlace]) -> Block:
    """`block` of laid-out pages, with the pages and boxes of the pictures that they were read from."""
    page = places[block.page - 1].page if block.page else None
    return replace(block, page=page, boxes=tuple(places[box.page - 1].box(box) for box in block.boxes))


def warnings_of(read: ReadPicture, number: int) -> Iterable[ReadingWarning]:
    """What a person should know of a recognised page."""
    if not any(sheet.words for sheet in read.sheets):
        yield ReadingWarning("page_without_text", number)
        return
    yield ReadingWarning(READ_BY_OCR, number)
    signs = sorted({sign for sheet in read.sheets for sign in sheet.signs})
    if signs:
        yield ReadingWarning("page_may_be_incomplete", number, ", ".join(signs))
