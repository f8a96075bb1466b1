"""Which day it is, and when a day begins and ends: at midnight of Asia/Ho_Chi_Minh."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from covenant_review.registry.days import today

__all__ = ["day_of", "end_of", "start_of", "today"]

LOCAL_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def day_of(moment: datetime) -> date:
    """The day in Asia/Ho_Chi_Minh at an aware `moment`."""
    return moment.astimezone(LOCAL_ZONE).date()


def start_of(day: date) -> datetime:
    """The first moment of `day`, in UTC."""
    return datetime.combine(day, time(), tzinfo=LOCAL_ZONE).astimezone(UTC)


def end_of(day: date) -> datetime:
    """The first moment after `day`, in UTC: what happened on that day happened before it."""
    return start_of(day + timedelta(days=1))
