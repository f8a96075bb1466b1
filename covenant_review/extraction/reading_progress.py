"""How a reader tells how far it is."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[int, int], None]
"""Called with (pages done, pages in all), from the thread that called the reader."""


def no_progress(done: int, total: int) -> None:
    """Progress that nobody asks for."""
