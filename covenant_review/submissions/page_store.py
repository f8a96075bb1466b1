"""Pictures of pages on disk, beside the originals: pages/<first two>/<sha256>/, drawn once per file, all or none.

They are a cache: whoever loses the folder loses nothing, and the pages are drawn again on request.
"""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask

from covenant_review.settings import Settings

_MANIFEST = "pages.json"
_FOLDER = "pages"


@dataclass(frozen=True, slots=True)
class StoredPage:
    """A page that was drawn: `number` from 1; `width` and `height` in points, which the boxes of clauses are in."""

    number: int
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class DrawnPages:
    """What drawing a file gave: its pages, or (with no pages) why there are none, a code of `unreadable_reason`.

    `total` is how many pages the file has where that is known; more than were drawn when it passes the limit.
    """

    pages: tuple[StoredPage, ...] = ()
    total: int = 0
    failed: str = ""

    def page(self, number: int) -> StoredPage | None:
        """The page of that number, None if it was not drawn."""
        return next((page for page in self.pages if page.number == number), None)


@dataclass(frozen=True, slots=True)
class FreshPage:
    """A page just drawn, with its picture."""

    page: StoredPage
    picture: bytes


class PageStore:
    """The folder of pictures."""

    def __init__(self, uploads: Path) -> None:
        self._folder = uploads.resolve() / _FOLDER

    def drawn(self, sha256: str) -> DrawnPages | None:
        """What is there for the original with this digest; None when it was not drawn yet (or the record is damaged)."""
        try:
            values = json.loads((self._place(sha256) / _MANIFEST).read_text("utf-8"))
            pages = tuple(StoredPage(int(page[0]), float(page[1]), float(page[2])) for page in values["pages"])
            return DrawnPages(pages, int(values["total"]), str(values["failed"]))
        except (OSError, ValueError, KeyError, TypeError, IndexError):
            return None

    def picture(self, sha256: str, number: int) -> Path:
        """Where the picture of a page is, or would be."""
        return self._place(sha256) / f"{number:03d}.webp"

    def keep(self, sha256: str, pages: Sequence[FreshPage], total: int, failed: str = "") -> None:
        """Put the pages of a file in their place, in the place of whatever was there. Raises OSError."""
        place = self._place(sha256)
        place.parent.mkdir(parents=True, exist_ok=True)
        fresh = place.with_name(f"{sha256}.{uuid.uuid4().hex}")
        fresh.mkdir()
        try:
            for each in pages:
                (fresh / f"{each.page.number:03d}.webp").write_bytes(each.picture)
            listed: list[Any] = [[each.page.number, round(each.page.width, 2), round(each.page.height, 2)] for each in pages]
            (fresh / _MANIFEST).write_text(json.dumps({"pages": listed, "total": total, "failed": failed}), "utf-8")
            self.forget(sha256)
            fresh.replace(place)
        except OSError:
            # Somebody else drew the same file meanwhile: theirs is as good.
            if self.drawn(sha256) is None:
                raise
        finally:
            shutil.rmtree(fresh, ignore_errors=True)

    def forget(self, sha256: str) -> None:
        """Take the pages of a file away, so that they are drawn again."""
        shutil.rmtree(self._place(sha256), ignore_errors=True)

    def _place(self, sha256: str) -> Path:
        if len(sha256) != 64 or not sha256.isalnum():
            raise ValueError("not a SHA-256")
        return self._folder / sha256[:2] / sha256


def page_store_of(app: Flask) -> PageStore:
    """The store of an application."""
    settings = app.extensions["covenant_settings"]
    assert isinstance(settings, Settings)
    return PageStore(settings.uploads)
