"""How well "page n may be incomplete" finds pages that lost text, and how often it cries wolf.

Good pages are drawn from text PDFs and made to look like decent scans; damaged ones (bench/scan_damage.py) are further such
pages with one kind of damage each. A page's own text is known from its PDF, so what was really lost is printed beside.

    python bench/bench_ocr_alarm.py [--good 30] [--each 1] [--first-seed 1] [-v]
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
import pypdfium2
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.scan_damage import DAMAGES, damaged, red_stamp, scanned  # noqa: E402
from covenant_review.extraction.ocr import recognise, warnings_of  # noqa: E402
from covenant_review.extraction.ocr_page import ReadPicture, lay_out  # noqa: E402
from covenant_review.extraction.reading import read_path  # noqa: E402

SOURCES = ("samples/std00.pdf", "pdf/hard00.pdf", "pdf/justified.pdf", "pdf/traps.pdf", "pdf/tables.pdf", "pdf/narrow.pdf")
DOTS = 200


def pages() -> list[tuple[str, NDArray[np.uint8], str]]:
    """(name, picture, text) of every page of the sources."""
    found = []
    for name in SOURCES:
        path = ROOT / "tests" / "data" / name
        blocks = read_path(path).blocks
        document = pypdfium2.PdfDocument(str(path))
        for index in range(len(document)):
            page = document[index]
            picture = np.ascontiguousarray(page.render(scale=DOTS / 72, rev_byteorder=True).to_numpy()[:, :, :3])
            here = [block.text for block in blocks if {box.page for box in block.boxes} == {index + 1}]
            text = "\n".join(here)
            if len(text) > 400:
                found.append((f"{Path(name).stem}:{index + 1}", picture, text))
    return found


def lost_share(text: str, read: ReadPicture) -> float:
    """Share of the page's words that are not among the words read."""
    have = Counter(word.text.strip('.,;:()“”"') for sheet in read.sheets for word in sheet.words)
    want = Counter(word.strip('.,;:()“”"') for word in text.split())
    return sum((want - have).values()) / max(sum(want.values()), 1)


def signs_of(picture: NDArray[np.uint8]) -> tuple[list[str], ReadPicture]:
    """The codes of the warnings that a picture gets, with what made them."""
    read = next(iter(recognise([lambda: picture])))
    assert isinstance(read, ReadPicture)
    for number, sheet in enumerate(read.sheets, 1):
        lay_out(read, sheet, number)
    return [f"{warning.code}({warning.detail})" for warning in warnings_of(read, 1) if warning.code != "read_by_ocr"], read


def main() -> None:
    """Print recall and false alarms."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--good", type=int, default=30)
    parser.add_argument("--each", type=int, default=1)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("-v", action="store_true")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    started = time.perf_counter()
    every = pages()
    rng = np.random.default_rng(options.first_seed)
    order = rng.permutation(len(every))
    false = 0
    for place in range(options.good):
        name, page, text = every[order[place % len(every)]]
        picture = scanned(page, options.first_seed + place)
        if place % 10 == 9:
            picture = red_stamp(picture, options.first_seed + place)
        warned, read = signs_of(picture)
        false += bool(warned)
        if warned or options.v:
            print(f"good     {name:14} lost {lost_share(text, read):6.1%}  {', '.join(warned)}")
    raised = really = raised_really = 0
    total = 0
    for kind in DAMAGES:
        for turn in range(options.each):
            name, page, text = every[order[(options.good + total) % len(every)]]
            seed = options.first_seed + 100 + total
            warned, read = signs_of(damaged(scanned(page, seed), kind, seed))
            lost = lost_share(text, read)
            total += 1
            raised += bool(warned)
            really += lost > 0.05
            raised_really += bool(warned) and lost > 0.05
            print(f"damaged  {kind:15} {name:14} lost {lost:6.1%}  {', '.join(warned) or '–'}")
            del turn
    print(f"good pages: {options.good}, false alarms {false}")
    print(f"damaged pages: {total}, raised {raised}; more than 5 % of the words lost on {really}, raised of these {raised_really}")
    print(f"{(time.perf_counter() - started) / (total + options.good):.2f} s a page, one at a time")


if __name__ == "__main__":
    main()
