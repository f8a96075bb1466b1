"""CSV files that Excel on a Vietnamese office machine opens with a double click (docs/decisions/003)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Literal

Separator = Literal[",", ";"]
Cell = str | int | date | None
# What makes a spreadsheet take a cell for a formula; full-width signs are read as their plain twins.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_file(header: Sequence[str], rows: Iterable[Sequence[Cell]], separator: Separator = ",") -> bytes:
    """The file: UTF-8 with a byte order mark, lines ending in CR LF, every cell quoted.

    Days are written yyyy-mm-dd, which Excel understands in every language. Text that would start a formula gets an
    apostrophe in front. None is an empty cell.
    """
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([safe_text(title) for title in header])
    writer.writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def safe_text(text: str) -> str:
    """The text, with an apostrophe in front where a spreadsheet would run it as a formula."""
    return f"'{text}" if text.lstrip(" \u00a0").startswith(_FORMULA) else text


def percent_text(value: Decimal | None) -> str:
    """A percentage with a decimal comma and a no-break space; "–" for none.

    The no-break space keeps it text: Excel with English settings would read "66,7 %" as 667 %.
    """
    return "–" if value is None else f"{value}".replace(".", ",") + "\u00a0%"


def _cell(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, int) else safe_text(value)
