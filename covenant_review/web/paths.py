"""Where the folders that live beside the package are, in a checkout and in an installed wheel."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent


def shipped(folder: str) -> Path:
    """The folder `templates` or `migrations`: at the top of a checkout, inside the package when installed from a wheel.

    Raises FileNotFoundError when it is in neither place.
    """
    beside, inside = PACKAGE.parent / folder, PACKAGE / folder
    if (PACKAGE.parent / "pyproject.toml").exists() and beside.is_dir():
        return beside
    if inside.is_dir():
        return inside
    raise FileNotFoundError(f"the folder {folder!r} is neither beside the package nor inside it")
