"""Be Vietnam Pro, served from its package."""

from __future__ import annotations

from importlib.resources import as_file, files

from flask import Blueprint, abort, send_file
from flask.typing import ResponseReturnValue

FONTS = frozenset(f"BeVietnamPro-{weight}.ttf" for weight in ("Regular", "Italic", "Medium", "SemiBold", "Bold"))

blueprint = Blueprint("fonts", __name__)


@blueprint.get("/fonts/<name>")
def file(name: str) -> ResponseReturnValue:
    """One font file; 404 for any other name."""
    if name not in FONTS:
        abort(404)
    with as_file(files("fontpkg_be_vietnam_pro") / "files" / name) as path:
        return send_file(path, mimetype="font/ttf", max_age=30 * 24 * 3600)
