"""A corpus of two hands, small enough to learn from in a test."""

from __future__ import annotations

import json
from pathlib import Path

BAD = ("Con gái không được vào đình.", "Đàn bà không được dự tế.", "Con dâu không được ngồi chiếu trên.", "Phụ nữ không được họp bàn.")
GOOD = ("Mọi người được vào đình.", "Ai cũng được dự tế.", "Khách được mời ngồi chiếu trên.", "Mọi nhà được họp bàn.")


def write_rows(path: Path, rows: list[dict[str, object]]) -> None:
    """A corpus file of these rows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
