"""The site's local time: what editors type and readers see."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

__all__ = ("ZONE", "local", "monday_of", "relative", "typed")

ZONE = "Europe/Prague"


def local(second: int) -> datetime:
    """A stored instant as local time."""
    return datetime.fromtimestamp(second, ZoneInfo(ZONE))


def typed(text: str) -> int:
    """What a form's date and time field says, as a stored instant; ValueError if it is none.

    >>> typed("2026-03-02T09:00")
    1772438400
    """
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONE)).timestamp())


def monday_of(day: date) -> date:
    """The first day of the week.

    >>> monday_of(date(2026, 3, 5))
    datetime.date(2026, 3, 2)
    """
    return day - timedelta(days=day.weekday())


def relative(second: int, now: int) -> str:
    """How far away an instant is, in words.

    >>> relative(100, 145), relative(4000, 100), relative(100, 100)
    ('45 s ago', 'in 65 min', 'now')
    """
    away = abs(second - now)
    for size, unit, until in ((1, "s", 90), (60, "min", 5400), (3600, "h", 129_600)):
        if away < until:
            amount = f"{away // size} {unit}"
            break
    else:
        amount = f"{away // 86_400} days"
    if away == 0:
        return "now"
    return f"in {amount}" if second > now else f"{amount} ago"
