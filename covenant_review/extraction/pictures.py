"""The pictures of a file, upright as their EXIF data says: JPEG, PNG, TIFF of many pages, HEIC, and several photos as one document."""

from __future__ import annotations

import io
import math
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from covenant_review.extraction.document import FileKind, UnreadableFile
from covenant_review.extraction.photo_bundle import open_bundle, picture_format

MAX_PICTURES = 200
PIXEL_LIMIT = 120_000_000  # the sharpest phone cameras; anything beyond is a bomb or no page
KEPT_PIXELS = 16_000_000  # A4 at 400 dpi; more only costs time
LAYOUT_WIDTH = 595.0  # points: how wide a picture counts, whatever its pixels

RGB = NDArray[np.uint8]
Loader = Callable[[], RGB]
_FORMATS = ("JPEG", "PNG", "TIFF", "MPO")


def loaders_of(data: bytes, kind: FileKind) -> list[Loader]:
    """One function per page of an "image" or "photos" file, which decodes that page when it is called.

    A loader gives (height, width, 3) RGB, at most KEPT_PIXELS, upright after EXIF; it raises UnreadableFile: damaged,
    too_large_picture, not_supported_yet. This function itself raises UnreadableFile: damaged, too_many_pages,
    too_large_picture.
    """
    if kind == "photos":
        return [loader for photo in open_bundle(data) for loader in _loaders(photo.data, damaged_is_a_page=True)]
    return _loaders(data, damaged_is_a_page=False)


def pictures_of(data: bytes, kind: FileKind) -> Iterator[RGB]:
    """The pages of an "image" or "photos" file as RGB arrays, one after the other. Raises as `loaders_of` and its loaders."""
    for load in loaders_of(data, kind):
        yield load()


def _loaders(data: bytes, *, damaged_is_a_page: bool) -> list[Loader]:
    try:
        count = _frames(data)
    except UnreadableFile:
        if damaged_is_a_page:
            return [partial(_load, data, 0)]  # tells of its damage when it is asked for
        raise
    if count > MAX_PICTURES:
        raise UnreadableFile("too_many_pages", f"{count} pictures")
    return [partial(_load, data, index) for index in range(count)]


def _frames(data: bytes) -> int:
    with _opened(data) as image:
        # A phone's MPO holds the same view twice; only TIFF has pages.
        return int(getattr(image, "n_frames", 1)) if image.format == "TIFF" else 1


def _opened(data: bytes) -> Image.Image:
    """The picture, its pixels not yet decoded."""
    source = io.BytesIO(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _open_heic(source) if picture_format(data) == "heic" else Image.open(source, formats=_FORMATS)
    except Image.DecompressionBombError as error:
        raise UnreadableFile("too_large_picture", str(error)) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, KeyError, TypeError, RuntimeError) as error:
        raise UnreadableFile("damaged", f"picture: {error}") from error


def _open_heic(source: io.BytesIO) -> Image.Image:
    try:
        import pi_heif
    except ImportError as error:
        raise UnreadableFile("not_supported_yet", "HEIC without pi-heif") from error
    pi_heif.register_heif_opener(thumbnails=False)
    opened: Image.Image = Image.open(source, formats=("HEIF",))
    return opened


def _load(data: bytes, index: int) -> RGB:
    with _opened(data) as image:
        try:
            if index:
                image.seek(index)
            pixels = image.width * image.height
            if pixels > PIXEL_LIMIT:
                raise UnreadableFile("too_large_picture", f"{image.width} x {image.height}")
            shrink = math.sqrt(KEPT_PIXELS / pixels) if pixels > KEPT_PIXELS else 1.0
            if shrink < 1:
                # JPEG decodes at a half or a quarter of its size for free.
                image.draft("RGB", (round(image.width * shrink), round(image.height * shrink)))
            return _upright(image)
        except UnreadableFile:
            raise
        except MemoryError as error:
            raise UnreadableFile("too_large_picture", "out of memory") from error
        except Image.DecompressionBombError as error:
            raise UnreadableFile("too_large_picture", str(error)) from error
        except (OSError, ValueError, SyntaxError, EOFError, KeyError, TypeError, IndexError, RuntimeError) as error:
            raise UnreadableFile("damaged", f"picture {index + 1}: {error}") from error


def _upright(image: Image.Image) -> RGB:
    image.load()
    flat = _flat(image)
    if flat.width * flat.height > KEPT_PIXELS:
        shrink = math.sqrt(KEPT_PIXELS / (flat.width * flat.height))
        small = flat.resize((max(1, int(flat.width * shrink)), max(1, int(flat.height * shrink))), Image.Resampling.BOX)
        small.getexif()[0x0112] = image.getexif().get(0x0112, 1)
        flat = small
    return np.ascontiguousarray(np.asarray(ImageOps.exif_transpose(flat), dtype=np.uint8))


def _flat(image: Image.Image) -> Image.Image:
    """RGB on white paper, with the EXIF data kept."""
    exif = image.getexif()
    if image.mode.startswith(("I", "F")):
        deep: NDArray[Any] = np.asarray(image, dtype=np.float64)
        top = 65535.0 if deep.max(initial=0.0) > 255 else 255.0
        flat = Image.fromarray((np.clip(deep / top, 0, 1) * 255).astype(np.uint8)).convert("RGB")
    elif image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        coloured = image.convert("RGBA")
        flat = Image.alpha_composite(Image.new("RGBA", coloured.size, "white"), coloured).convert("RGB")
    else:
        flat = image.convert("RGB")
    flat.getexif()[0x0112] = exif.get(0x0112, 1)
    return flat
