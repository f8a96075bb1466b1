"""A picture of a page → what recognition wants: black letters on white, upright, straight, all of one usual size.

Pixels of the result are brought back to the picture's own by `CleanPage.to_picture`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
Colour = NDArray[np.uint8]
Affine = NDArray[np.float64]

X_HEIGHT = 18.0  # pixels of a small letter without stems: measured, larger ones read no better and take longer
_SPECK = 10  # pixels of ink at that height: the point under a vowel has more
_SCALES = (0.25, 3.2)
_MAX_CLEAN_PIXELS = 24_000_000
_PAPER_STEP = 8  # the paper's shading is looked at on a picture so many times smaller
_COLOURED = 56  # the difference between the strongest and weakest channel of coloured ink, on white paper
_MOST_INK_COLOURED = 0.4  # beyond this the text itself is in colour
_SMALL_TO_TALL = (0.6, 0.8)  # height of a small letter to one with a stem or a mark
_AS_DENSE = 0.5
_WIDEST_SKEW = 20.0  # degrees
_FEWEST_GRAINS = 40  # a page with fewer is clean
_STEEPEST_SLANT = 0.07  # pixels to the side for each pixel down: photos taken from the side
_CLEARER = 1.1  # how much sharper the margins must stand for a slant to be believed
_SKEW_WIDTH = 640  # pixels of the small picture on which the skew is measured


@dataclass(slots=True)
class CleanPage:
    """`grey`: the page on white. `to_picture` (2 × 3) turns its pixels into those of the picture it came from.

    `ink`: letters and lines as 255 on 0. `letter`: height of a small letter in pixels of `grey`, as measured.
    `source_letter`: the same in pixels of the picture.
    `coloured`: share of the ink that was coloured and taken out.
    """

    grey: Grey
    ink: Grey
    to_picture: Affine
    letter: float
    coloured: float
    picture_size: tuple[int, int]
    source_letter: float

    def boxes_in_picture(self, boxes: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n, 4) boxes in pixels of `grey` → upright boxes around them in pixels of the picture."""
        x0, y0, x1, y1 = boxes.T
        corners = np.stack([np.stack([x, y, np.ones_like(x)]) for x, y in ((x0, y0), (x1, y0), (x1, y1), (x0, y1))])
        points = np.einsum("ij,cjn->cin", self.to_picture, corners)
        width, height = self.picture_size
        low, high = points.min(axis=0), points.max(axis=0)
        return np.stack(
            [np.clip(low[0], 0, width), np.clip(low[1], 0, height), np.clip(high[0], 0, width), np.clip(high[1], 0, height)], axis=1
        )


def clean(picture: Colour, quarter_turns: int | None = None) -> CleanPage:
    """Clean a picture of a page.

    `picture`: (height, width, 3) RGB. `quarter_turns`: how often to turn it clockwise by 90° first; None: no turn, or one
    where the lines of text run from top to bottom (upside down shows only in reading).
    """
    grey, coloured = without_coloured_ink(on_white_paper(picture))
    ink = _ink(grey)
    turns = (1 if _runs_downwards(ink) else 0) if quarter_turns is None else quarter_turns % 4
    if turns:
        grey = np.ascontiguousarray(np.rot90(grey, -turns))
        ink = np.ascontiguousarray(np.rot90(ink, -turns))
    letter = letter_height(ink)
    angle = skew(ink)
    scale = min(max(X_HEIGHT / letter, _SCALES[0]), _SCALES[1]) if letter else 1.0
    scale = min(scale, math.sqrt(_MAX_CLEAN_PIXELS / max(grey.size, 1)))
    straight, forward = _straightened(grey, angle, slant(ink, angle), scale)
    straight = without_specks(straight, letter * scale)
    back = np.asarray(cv2.invertAffineTransform(forward), dtype=np.float64)
    height, width = picture.shape[:2]
    to_picture = _compose(_turned_back(turns, width, height), back)
    return CleanPage(straight, _ink(straight), to_picture, letter * scale, coloured, (width, height), letter)


def on_white_paper(picture: Colour) -> Colour:
    """The picture with shadows and the paper's colour divided away: paper becomes white in each channel."""
    height, width = picture.shape[:2]
    small = cv2.resize(picture, (max(width // _PAPER_STEP, 1), max(height // _PAPER_STEP, 1)), interpolation=cv2.INTER_AREA)
    reach = max(3, round(min(small.shape[:2]) * 0.03)) | 1
    paper = cv2.dilate(small, np.ones((reach, reach), np.uint8))
    paper = cv2.medianBlur(paper, min(2 * reach + 1, 255) | 1)
    paper = cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR)
    # Darker than this is no paper in a shadow but something black; it stays as dark as it is.
    return np.asarray(cv2.divide(picture, np.maximum(np.asarray(paper, dtype=np.uint8), 40), scale=250.0), dtype=np.uint8)


def without_coloured_ink(picture: Colour) -> tuple[Grey, float]:
    """Grey letters without stamps and signatures in red or blue; also the share of the ink that was coloured.

    Black under coloured ink stays: it is dark in the channel that the colour is brightest in. Where the most ink is coloured,
    the text itself is, and nothing is taken away.
    """
    red, green, blue = cv2.split(picture)
    brightest = cv2.max(cv2.max(red, green), blue)
    spread = cv2.subtract(brightest, cv2.min(cv2.min(red, green), blue))
    grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    _, above = cv2.threshold(spread, _COLOURED, 255, cv2.THRESH_BINARY)
    mask = cv2.morphologyEx(above, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
    dark = int(cv2.countNonZero(cv2.inRange(grey, 0, 149)))
    count = int(cv2.countNonZero(mask))
    share = count / max(dark, 1)
    if count < 50:
        return grey, 0.0
    coloured = mask > 0
    if np.count_nonzero(coloured & (grey < 150)) > _MOST_INK_COLOURED * dark:
        return grey, share
    around = cv2.dilate(mask, np.ones((3, 3), np.uint8)) > 0
    usual = float(np.median(brightest[coloured]))
    bleached = np.clip(brightest.astype(np.float32) * (255.0 / max(usual * 0.94, 90.0)), 0, 255).astype(np.uint8)
    grey[around] = np.maximum(grey, bleached)[around]
    return grey, share


def _ink(grey: Grey) -> Grey:
    threshold, _ = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    _, ink = cv2.threshold(grey, min(max(threshold, 110), 190), 255, cv2.THRESH_BINARY_INV)
    return np.asarray(ink, dtype=np.uint8)


def letter_height(ink: Grey) -> float:
    """The usual height in pixels of small letters without stems; 0 where there are no letters."""
    count, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    if count < 2:
        return 0.0
    widths, heights = stats[1:, cv2.CC_STAT_WIDTH], stats[1:, cv2.CC_STAT_HEIGHT]
    limit = max(ink.shape) * 0.05
    letters = heights[(heights >= 5) & (heights < limit) & (widths >= 3) & (widths < 3 * limit) & (widths < 4 * heights)]
    if len(letters) < 10:
        return 0.0
    # Accents and points are lower, stems and capitals higher: the densest height in between is the small letter's.
    counted = np.bincount(letters, minlength=int(limit) + 3).astype(np.float64)
    weighed = np.convolve(counted * np.sqrt(np.arange(len(counted))), [0.5, 1.0, 0.5], mode="same")
    densest = int(np.argmax(weighed))
    # Where marks touch their letters, tall ones may be as many as small ones.
    start = int(_SMALL_TO_TALL[0] * densest)
    lower = start + int(np.argmax(weighed[start : int(_SMALL_TO_TALL[1] * densest) + 1]))
    return float(lower if weighed[lower] > _AS_DENSE * weighed[densest] else densest)


def _runs_downwards(ink: Grey) -> bool:
    """Whether the lines of text run from top to bottom: then the columns of pixels change from ink to paper, not the rows."""
    small = np.asarray(cv2.resize(ink, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA), dtype=np.float64)
    angles = (-4.0, -2.0, 0.0, 2.0, 4.0)
    across = max(_contrast(_rotated(small, angle)) for angle in angles)
    down = max(_contrast(_rotated(np.ascontiguousarray(small.T), angle)) for angle in angles)
    return down > 1.6 * across


def skew(ink: Grey) -> float:
    """Degrees by which lines of text fall to the right (clockwise); at most ±20."""
    height, width = ink.shape
    shrink = min(1.0, _SKEW_WIDTH / max(width, 1))
    small = cv2.resize(ink, (max(int(width * shrink), 1), max(int(height * shrink), 1)), interpolation=cv2.INTER_AREA)
    narrow: NDArray[np.floating] = np.asarray(small, dtype=np.float32)
    best, step = 0.0, 1.0
    candidates = np.arange(-_WIDEST_SKEW, _WIDEST_SKEW + 0.1, step)
    for _ in range(4):
        best = float(max(candidates, key=lambda angle: _contrast(_rotated(narrow, float(angle)))))
        candidates = np.arange(best - step, best + step + 1e-6, step / 4)
        step /= 4
    return best


def slant(ink: Grey, angle: float) -> float:
    """How far the margins lean once the lines are level: pixels to the right for each pixel down; 0 where they tell nothing."""
    height, width = ink.shape
    shrink = min(1.0, _SKEW_WIDTH / max(width, 1))
    small = cv2.resize(ink, (max(int(width * shrink), 1), max(int(height * shrink), 1)), interpolation=cv2.INTER_AREA)
    level = _rotated(np.asarray(small, dtype=np.float32), angle)
    # Lines as bars: their ends count, not the letters in them.
    bars = cv2.morphologyEx((level > 60).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((1, 15), np.uint8)).astype(np.float32)
    usual = _contrast_across(bars, 0.0)
    best, step = 0.0, 0.01
    candidates = np.arange(-_STEEPEST_SLANT, _STEEPEST_SLANT + 1e-6, step)
    for _ in range(3):
        best = float(max(candidates, key=lambda lean: _contrast_across(bars, float(lean))))
        candidates = np.arange(best - step, best + step + 1e-9, step / 3)
        step /= 3
    return best if _contrast_across(bars, best) > _CLEARER * usual else 0.0


def _contrast_across(bars: NDArray[np.floating], lean: float) -> float:
    height, width = bars.shape
    matrix = np.array([[1.0, -lean, lean * height / 2], [0.0, 1.0, 0.0]])
    upright = cv2.warpAffine(bars, matrix, (width, height), flags=cv2.INTER_LINEAR)
    return float(np.square(np.diff(upright.sum(axis=0))).sum())


def without_specks(grey: Grey, letter: float) -> Grey:
    """The page without the grain of copies and cameras. `letter`: height of a small letter in pixels.

    What size the grain has is learned where there are no letters; a clean page has none there, and keeps every point and
    accent.
    """
    _, faint = cv2.threshold(grey, 200, 255, cv2.THRESH_BINARY_INV)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(faint, connectivity=8)
    areas = stats[:, cv2.CC_STAT_AREA]
    tall = stats[:, cv2.CC_STAT_HEIGHT] >= 0.6 * letter
    tall[0] = False
    reach = int(1.6 * letter) | 1
    near = cv2.dilate(tall.astype(np.uint8)[labels], np.ones((reach, reach), np.uint8))
    middles = stats[:, :2] + stats[:, 2:4] // 2
    alone = near[middles[:, 1], middles[:, 0]] == 0
    limit = _SPECK * (letter / 16.0) ** 2
    grains = areas[alone & (areas < limit) & ~tall]
    usual = float(np.percentile(grains, 98)) if len(grains) >= _FEWEST_GRAINS else 0.0
    small = ((areas <= usual) | (alone & (areas < limit))) & ~tall
    small[0] = False
    spots = cv2.dilate(small.astype(np.uint8)[labels], np.ones((3, 3), np.uint8))
    # Not a pixel of a letter that a grain touches with its faint rim.
    kept = cv2.dilate(((~small) & (np.arange(len(areas)) > 0)).astype(np.uint8)[labels], np.ones((3, 3), np.uint8))
    grey[(spots > 0) & (kept == 0)] = 255
    return grey


def _rotated(grey: NDArray[np.floating], angle: float) -> NDArray[np.floating]:
    height, width = grey.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    return np.asarray(cv2.warpAffine(grey, matrix, (width, height), flags=cv2.INTER_LINEAR))


def _contrast(grey: NDArray[np.floating]) -> float:
    """How sharply the rows differ from their neighbours."""
    rows = grey.sum(axis=1)
    return float(np.square(np.diff(rows)).sum())


def _straightened(grey: Grey, angle: float, lean: float, scale: float) -> tuple[Grey, Affine]:
    """Turned back by `angle`, sheared back by `lean` and scaled, on a sheet large enough for all of it; with the matrix used."""
    height, width = grey.shape
    if scale < 1:
        # Averaging first: a turn alone would pick single pixels.
        size = (max(int(width * scale), 1), max(int(height * scale), 1))
        shrunk, ratio = cv2.resize(grey, size, interpolation=cv2.INTER_AREA), (size[0] / width, size[1] / height)
    else:
        shrunk, ratio = grey, (1.0, 1.0)
    rest = scale / ratio[0]
    tall, wide = shrunk.shape
    matrix = cv2.getRotationMatrix2D((wide / 2, tall / 2), angle, rest)
    cosine, sine = abs(matrix[0, 0]), abs(matrix[0, 1])
    out_width, out_height = int(tall * sine + wide * cosine), int(tall * cosine + wide * sine)
    out_width += int(abs(lean) * out_height)
    matrix[0, 2] += out_width / 2 - wide / 2
    matrix[1, 2] += out_height / 2 - tall / 2
    matrix = _compose(np.array([[1.0, -lean, lean * out_height / 2], [0.0, 1.0, 0.0]]), np.asarray(matrix, dtype=np.float64))
    straight = cv2.warpAffine(shrunk, matrix, (out_width, out_height), flags=cv2.INTER_CUBIC, borderValue=255)
    shrinking = np.array([[ratio[0], 0.0, 0.0], [0.0, ratio[1], 0.0]])
    return np.asarray(straight, dtype=np.uint8), _compose(matrix, shrinking)


def _compose(after: Affine, before: Affine) -> Affine:
    """The map that does `before`, then `after`."""
    last = np.array([[0.0, 0.0, 1.0]])
    return np.asarray((np.vstack([after, last]) @ np.vstack([before, last]))[:2], dtype=np.float64)


def _turned_back(turns: int, width: int, height: int) -> Affine:
    """From a picture turned clockwise `turns` times to the picture itself, whose size is given."""
    if turns == 1:
        return np.array([[0.0, 1.0, 0.0], [-1.0, 0.0, float(height)]])
    if turns == 2:
        return np.array([[-1.0, 0.0, float(width)], [0.0, -1.0, float(height)]])
    if turns == 3:
        return np.array([[0.0, -1.0, float(width)], [1.0, 0.0, 0.0]])
    return np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
