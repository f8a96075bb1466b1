"""Pages as scanners and phones give them, and the same pages damaged on purpose; the same seed gives the same pixels.

Each kind of damage takes words away from the reader (or nearly so). What a page held is known from the PDF that it was drawn
from, so that a bench can say how much was really lost.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Damage = Callable[[Picture, np.random.Generator], Picture]
PAPER = 246


def scanned(page: Picture, seed: int, *, dots_per_inch: int = 200) -> Picture:
    """A drawn page (RGB) as a decent scan: a little askew, grain, a soft shade to one side, JPEG's traces."""
    rng = np.random.default_rng(seed)
    picture = _turned(page, float(rng.uniform(-1.2, 1.2)))
    height, width = picture.shape[:2]
    slope = np.linspace(0, float(rng.uniform(0, 18)), width, dtype=np.float32)[None, :, None]
    noisy = picture.astype(np.float32) * (PAPER / 255) - slope + rng.normal(0, float(rng.uniform(2, 7)), (height, width, 1))
    return _jpeg(np.clip(noisy, 0, 255).astype(np.uint8), int(rng.integers(60, 90)))


def blot(picture: Picture, rng: np.random.Generator) -> Picture:
    """Ink or coffee over some words: a dark spot of an uneven outline."""
    height, width = picture.shape[:2]
    x, y = _somewhere(picture, rng)
    radius = width * float(rng.uniform(0.05, 0.08))
    angles = np.linspace(0, 2 * math.pi, 40)
    reach = radius * (1 + 0.25 * np.sin(3 * angles + float(rng.uniform(0, 6))) + rng.normal(0, 0.05, 40))
    outline = np.stack([x + 1.6 * reach * np.cos(angles), y + reach * np.sin(angles)], axis=1).astype(np.int32)
    mask = np.zeros((height, width), np.uint8)
    cv2.fillPoly(mask, [outline], 255)
    soft = cv2.GaussianBlur(mask, (0, 0), 2).astype(np.float32)[:, :, None] / 255
    return (picture * (1 - soft) + 35 * soft).astype(np.uint8)


def cut_margin(picture: Picture, rng: np.random.Generator) -> Picture:
    """The sheet lay crooked on the glass: the ends (or beginnings) of all lines are outside the picture."""
    width = picture.shape[1]
    lost = int(width * float(rng.uniform(0.18, 0.24)))
    return np.ascontiguousarray(picture[:, :-lost] if rng.random() < 0.6 else picture[:, lost:])


def folded_corner(picture: Picture, rng: np.random.Generator) -> Picture:
    """A corner is folded over: the back of the paper covers the words there."""
    height, width = picture.shape[:2]
    across, down = width * float(rng.uniform(0.42, 0.55)), height * float(rng.uniform(0.3, 0.4))
    right, low = rng.random() < 0.7, rng.random() < 0.5
    corner = (width if right else 0, height if low else 0)
    outline = np.array([corner, (corner[0] + (-across if right else across), corner[1]), (corner[0], corner[1] + (-down if low else down))])
    mask = np.zeros((height, width), np.uint8)
    cv2.fillPoly(mask, [outline.astype(np.int32)], 255)
    shade = cv2.GaussianBlur(mask, (0, 0), width / 90).astype(np.float32)[:, :, None] / 255
    shaded = picture * (1 - 0.25 * shade)
    back = np.full_like(picture, PAPER - 14).astype(np.float32) + rng.normal(0, 4, (height, width, 1))
    return np.clip(np.where(mask[:, :, None] > 0, back, shaded), 0, 255).astype(np.uint8)


def strong_shadow(picture: Picture, rng: np.random.Generator) -> Picture:
    """An arm's shadow so deep that the camera's noise swallows the letters."""
    height, width = picture.shape[:2]
    start = float(rng.uniform(0.3, 0.5)) * height
    mask = np.zeros((height, width), np.float32)
    mask[int(start) : int(start + 0.22 * height), :] = 1
    mask = cv2.GaussianBlur(mask, (0, 0), height / 60)[:, :, None]
    dark = picture.astype(np.float32) * (1 - 0.955 * mask) + rng.normal(0, 1, (height, width, 1)) * (2 + 5 * mask)
    return _jpeg(np.clip(dark, 0, 255).astype(np.uint8), 55)


def blurred_stripe(picture: Picture, rng: np.random.Generator) -> Picture:
    """The hand moved: a stripe across the page is out of focus."""
    height = picture.shape[0]
    top = int(float(rng.uniform(0.25, 0.55)) * height)
    result = picture.copy()
    stripe = slice(top, top + int(0.1 * height))
    result[stripe] = cv2.GaussianBlur(picture[stripe], (0, 0), picture.shape[1] / 240)
    return result


def faded_third(picture: Picture, rng: np.random.Generator) -> Picture:
    """Toner ran out: letters of a third of the page are nearly as light as the paper."""
    height, width = picture.shape[:2]
    mask = np.zeros((height, width), np.float32)
    start = float(rng.choice([0.0, 0.33, 0.66]))
    mask[:, int(start * width) : int((start + 0.34) * width)] = 1
    mask = cv2.GaussianBlur(mask, (0, 0), width / 60)[:, :, None]
    faint = PAPER - (PAPER - picture.astype(np.float32)) * (1 - 0.965 * mask)
    return np.clip(faint + rng.normal(0, 3, (height, width, 1)), 0, 255).astype(np.uint8)


def glare(picture: Picture, rng: np.random.Generator) -> Picture:
    """A lamp mirrored on glossy paper: a white spot without letters."""
    height, width = picture.shape[:2]
    x, y = _somewhere(picture, rng)
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    distance = ((columns - x) / (0.16 * width)) ** 2 + ((rows - y) / (0.07 * height)) ** 2
    light = np.clip(1.6 - distance, 0, 1)[:, :, None]
    return np.clip(picture * (1 - light) + 255 * light, 0, 255).astype(np.uint8)


def heavy_skew(picture: Picture, rng: np.random.Generator) -> Picture:
    """Turned by so much that corners with text leave the picture."""
    angle = float(rng.choice([-1, 1])) * float(rng.uniform(15, 18))
    return _turned(picture, angle)


def black_stamp(picture: Picture, rng: np.random.Generator) -> Picture:
    """A stamp on a copy in black and white: its ring and words lie on the text in the text's own colour."""
    return _stamped(picture, _somewhere(picture, rng))


def _stamped(picture: Picture, place: tuple[int, int]) -> Picture:
    width = picture.shape[1]
    x, y = place
    result = picture.copy()
    radius = int(0.11 * width)
    for ring, thickness in ((radius, width // 170), (int(0.9 * radius), width // 400), (int(0.55 * radius), width // 300)):
        cv2.circle(result, (x, y), ring, (40, 40, 40), thickness, cv2.LINE_AA)
    for index in range(26):
        angle = 2 * math.pi * index / 26
        spot = (int(x + 0.73 * radius * math.cos(angle)) - 8, int(y + 0.73 * radius * math.sin(angle)) + 8)
        cv2.putText(result, "UBNDXAHOAMACTINH"[index % 16], spot, cv2.FONT_HERSHEY_DUPLEX, width / 1700, (40, 40, 40), 3, cv2.LINE_AA)
    cv2.fillPoly(result, [_star(x, y, 0.4 * radius)], (50, 50, 50))
    return result


def low_resolution(picture: Picture, rng: np.random.Generator) -> Picture:
    """A messenger's thumbnail: letters of three pixels."""
    height, width = picture.shape[:2]
    small = cv2.resize(picture, (int(width * 0.21), int(height * 0.21)), interpolation=cv2.INTER_AREA)
    return _jpeg(small, 40)


DAMAGES: dict[str, Damage] = {
    "blot": blot,
    "cut_margin": cut_margin,
    "folded_corner": folded_corner,
    "strong_shadow": strong_shadow,
    "blurred_stripe": blurred_stripe,
    "faded_third": faded_third,
    "glare": glare,
    "heavy_skew": heavy_skew,
    "black_stamp": black_stamp,
    "low_resolution": low_resolution,
}


def damaged(picture: Picture, kind: str, seed: int) -> Picture:
    """`picture` with one kind of damage (a key of DAMAGES)."""
    return np.ascontiguousarray(DAMAGES[kind](picture, np.random.default_rng(seed)))


def red_stamp(picture: Picture, seed: int) -> Picture:
    """A red stamp over the text, as on originals: no damage, the letters under it can be read."""
    rng = np.random.default_rng(seed)
    sheet = np.full_like(picture, 255)
    black = _stamped(sheet, _somewhere(picture, rng))
    ink = (255 - black.astype(np.float32)) / 255
    colour = np.array([205, 35, 45], dtype=np.float32)
    return np.clip(picture * (1 - ink) + picture * (colour / 255) * ink, 0, 255).astype(np.uint8)


def _somewhere(picture: Picture, rng: np.random.Generator) -> tuple[int, int]:
    """The middle of a place with much text."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    dark = (grey < 140).astype(np.float32)
    density = cv2.blur(dark, (picture.shape[1] // 5, picture.shape[0] // 14))
    places = np.argwhere(density > 0.75 * density.max())
    y, x = places[int(rng.integers(len(places)))]
    return int(x), int(y)


def _star(x: int, y: int, size: float) -> NDArray[np.int32]:
    turns = [math.pi * index / 5 - math.pi / 2 for index in range(10)]
    reach = [size if index % 2 == 0 else 0.4 * size for index in range(10)]
    return np.array([(x + r * math.cos(a), y + r * math.sin(a)) for r, a in zip(reach, turns, strict=True)], dtype=np.int32)


def _turned(picture: Picture, angle: float) -> Picture:
    height, width = picture.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    return cv2.warpAffine(picture, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=(255, 255, 255))


def _jpeg(picture: Picture, quality: int) -> Picture:
    _, data = cv2.imencode(".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality])
    return cv2.cvtColor(cv2.imdecode(data, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
