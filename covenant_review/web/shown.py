"""How values look on the page: dates dd/mm/yyyy, times of Asia/Ho_Chi_Minh, decimal comma, the words for states."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.numbers import format_decimal
from flask import Flask
from flask_babel import get_locale

from covenant_review.web.words import WORDS

LOCAL_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def shown_date(value: date | datetime | None) -> str:
    """dd/mm/yyyy (a time is taken to Asia/Ho_Chi_Minh first); "–" for none."""
    if value is None:
        return "–"
    if isinstance(value, datetime):
        value = value.astimezone(LOCAL_ZONE)
    return value.strftime("%d/%m/%Y")


def shown_time(value: datetime | None) -> str:
    """dd/mm/yyyy HH:MM in Asia/Ho_Chi_Minh; "–" for none."""
    return "–" if value is None else value.astimezone(LOCAL_ZONE).strftime("%d/%m/%Y %H:%M")


def shown_number(value: int | float | Decimal | None, digits: int | None = None) -> str:
    """A number with the separators of the reader's language, rounded to `digits` decimals if given; "–" for none."""
    if value is None:
        return "–"
    pattern = "#,##0" if digits == 0 else "#,##0." + "0" * digits if digits else None
    return format_decimal(value, format=pattern, locale=str(get_locale() or "vi"))


def word(kind: str, value: object) -> str:
    """The word on screen for a code, e.g. word("submission_state", "queued")."""
    return str(WORDS[kind][str(value)])


def init_shown(app: Flask) -> None:
    """Give templates the filters and `word`."""
    app.jinja_env.filters.update(dmy=shown_date, dmyhm=shown_time, num=shown_number)
    app.jinja_env.globals.update(word=word, get_locale=get_locale)
