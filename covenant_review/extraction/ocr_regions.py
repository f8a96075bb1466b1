"""What stands where on a cleaned page, before a letter is read: ruled lines, columns side by side, two pages in one picture.

All places are pixels of the cleaned page.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from covenant_review.extraction.pdf_graphics import Ruling

Ink = NDArray[np.uint8]
Span = tuple[float, float]
Area = tuple[float, float, float, float]

EM = 2.22  # font sizes in heights of a small letter
_SHORTEST_RULE = 2.6  # in font sizes
_SHORTEST_STROKE = 1.25  # a lower one is a rule where it stands between two horizontal ones: no letter is so tall
_THICKEST_RULE = 0.35
_COLUMN_GAP = 1.5  # in font sizes: no space of a justified line is so wide
_NARROWEST_COLUMN = 3.0
_LONE_ROW_GAP = 3.0  # a single row parted by less is one line with a tab in it
_FARTHEST_ROW = 4.0
_GUTTER_NEAR_MIDDLE = (0.4, 0.6)  # of the width


def find_rules(ink: Ink, letter: float) -> tuple[list[Ruling], Ink]:
    """Ruled lines, horizontal and vertical, and a mask (255) of their pixels. `letter`: height of a small letter."""
    em = EM * letter
    rules: list[Ruling] = []
    mask = np.zeros_like(ink)
    across: list[Ruling] = []
    for horizontal in (True, False):
        length = max(int((_SHORTEST_RULE if horizontal or len(across) < 2 else _SHORTEST_STROKE) * em), 8)
        kernel = np.ones((1, length) if horizontal else (length, 1), np.uint8)
        # A line that is not quite straight steps by a pixel now and then.
        bridge = np.ones((3, 1) if horizontal else (1, 3), np.uint8)
        found = cv2.morphologyEx(cv2.dilate(ink, bridge), cv2.MORPH_OPEN, kernel)
        count, labels, stats, _ = cv2.connectedComponentsWithStats(found, connectivity=8)
        for index in range(1, count):
            x, y, width, height, area = (int(value) for value in stats[index])
            run, thick = (width, height) if horizontal else (height, width)
            if area / max(run, 1) > _THICKEST_RULE * em + 3 or thick > 0.05 * run + 0.5 * em:
                continue
            middle = y + height / 2 if horizontal else x + width / 2
            rule = Ruling(x, middle, x + width, middle) if horizontal else Ruling(middle, y, middle, y + height)
            if run < _SHORTEST_RULE * em and not _stands_between(rule, across, em):
                continue
            mask[y : y + height, x : x + width] |= np.where(labels[y : y + height, x : x + width] == index, np.uint8(255), np.uint8(0))
            rules.append(rule)
        across = list(rules)
    return rules, mask


def _stands_between(upright: Ruling, across: list[Ruling], em: float) -> bool:
    """Whether a short upright line joins two horizontal ones, as the sides of a table of one or two rows do."""
    near = 0.25 * em
    over = [rule for rule in across if rule.x0 - near <= upright.x0 <= rule.x1 + near]
    return all(any(abs(rule.y0 - end) < near for rule in over) for end in (upright.y0, upright.y1))


@dataclass(slots=True)
class Band:
    """Rows of text in columns side by side: from `top` to `bottom`, each column's reach from left to right."""

    top: float
    bottom: float
    columns: list[Span]


def find_bands(ink: Ink, letter: float) -> list[Band]:
    """Where columns stand side by side, from top to bottom. `ink` without ruled lines and tables."""
    em = EM * letter
    bands: list[Band] = []
    rows = _rows(_blobs(ink, letter))
    index = 0
    while index < len(rows):
        columns = _columns_of(rows[index], em)
        if columns is None:
            index += 1
            continue
        end = index + 1
        bottom = max(blob[3] for blob in rows[index])
        while end < len(rows) and min(blob[1] for blob in rows[end]) - bottom < _FARTHEST_ROW * em:
            widened = _with_row(columns, rows[end], em)
            if widened is None:
                break
            columns = widened
            bottom = max(bottom, *(blob[3] for blob in rows[end]))
            end += 1
        widest = max(right[0] - left[1] for left, right in pairwise(columns))
        several = sum(1 for row in rows[index:end] if len(row) > 1) > 1 or end - index > 1
        if several or widest > _LONE_ROW_GAP * em:
            bands.append(Band(min(blob[1] for row in rows[index:end] for blob in row), bottom, columns))
        index = end
    return bands


def _blobs(ink: Ink, letter: float) -> list[Area]:
    """Stretches of letters: what no column's gap parts."""
    em = EM * letter
    joined = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((1, max(int(_COLUMN_GAP * em), 3)), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=4)
    blobs: list[Area] = []
    for x, y, width, height, _ in stats[1:count]:
        if height >= 0.6 * letter and width >= 0.5 * letter:
            blobs.append((float(x), float(y), float(x + width), float(y + height)))
    return blobs


def _rows(blobs: list[Area]) -> list[list[Area]]:
    rows: list[list[Area]] = []
    for blob in sorted(blobs, key=lambda blob: blob[1] + blob[3]):
        if rows:
            top, bottom = min(other[1] for other in rows[-1]), max(other[3] for other in rows[-1])
            if min(bottom, blob[3]) - max(top, blob[1]) > 0.5 * min(bottom - top, blob[3] - blob[1]):
                rows[-1].append(blob)
                continue
        rows.append([blob])
    return rows


def _columns_of(row: list[Area], em: float) -> list[Span] | None:
    """The columns that begin in a row: at least two wide stretches with a clear gap."""
    spans = _merged([(blob[0], blob[2]) for blob in row], _COLUMN_GAP * em * 0.9)
    wide = [span for span in spans if span[1] - span[0] >= _NARROWEST_COLUMN * em]
    return wide if len(wide) >= 2 and len(wide) == len(spans) else None


def _with_row(columns: list[Span], row: list[Area], em: float) -> list[Span] | None:
    for blob in row:
        if sum(1 for span in columns if blob[0] < span[1] and blob[2] > span[0]) > 1:
            return None
    merged = _merged([*columns, *((blob[0], blob[2]) for blob in row)], 0.7 * em)
    return merged if len(merged) >= 2 else None


def _merged(spans: list[Span], gap: float) -> list[Span]:
    merged: list[Span] = []
    for x0, x1 in sorted(spans):
        if merged and x0 - merged[-1][1] < gap:
            merged[-1] = (merged[-1][0], max(merged[-1][1], x1))
        else:
            merged.append((x0, x1))
    return merged


def find_gutter(ink: Ink, letter: float) -> float | None:
    """Where a picture of two pages side by side is cut in two; None for a single page."""
    height, width = ink.shape
    if width < 1.15 * height:
        return None
    em = EM * letter
    low, high = (int(share * width) for share in _GUTTER_NEAR_MIDDLE)
    columns = np.count_nonzero(ink[:, low:high], axis=0) <= 0.01 * height
    best_start, best_length, start = 0, 0, None
    for index, blank in enumerate([*columns.tolist(), False]):
        if blank and start is None:
            start = index
        elif not blank and start is not None:
            if index - start > best_length:
                best_start, best_length = start, index - start
            start = None
    if best_length < 2.0 * em:
        return None
    cut = low + best_start + best_length / 2
    least = 40 * letter * letter * 0.15
    halves = (ink[:, : int(cut)], ink[:, int(cut) :])
    return cut if all(cv2.countNonZero(np.ascontiguousarray(half)) > least for half in halves) else None
