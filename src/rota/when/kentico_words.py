"""Kentico's encoded interval in plain English."""

from __future__ import annotations

from datetime import datetime

from rota.when.kentico_value import ALL_DAYS, DAYS, PLACES, SHORT_PERIODS, Encoded, clock_text
from rota.when.names import MONTHS
from rota.when.window import days_words

__all__ = ("interval_words",)


def interval_words(encoded: Encoded) -> str:
    """What the interval says.

    >>> from rota.when.kentico_text import read_encoded
    >>> interval_words(read_encoded("month;1/12/2026 11:49:25 PM;1;-1"))
    'every month on the last day at 23:49:25, from 12 January 2026'
    """
    if encoded.manual:
        return "only when somebody starts it"
    at = encoded.moment
    if encoded.period == "once":
        return f"once, on {date_words(at)} at {clock_words(at)}"
    unit = encoded.period.removeprefix("time")
    words = f"every {unit}" if encoded.every == 1 else f"every {encoded.every:,} {unit}s"
    if encoded.period == "week":
        words += f" on {DAYS[at.weekday()]}"
    elif encoded.period == "year":
        words += f" on {at.day} {MONTHS[at.month - 1]}"
    elif encoded.period == "month":
        words += f" on {month_day(encoded)}"
    if encoded.period in SHORT_PERIODS:
        words += hours(encoded)
    else:
        words += f" at {clock_words(at)}"
    if encoded.days != ALL_DAYS:
        words += f", {days_words(encoded.days)}"
    start = f", from {date_words(at)}"
    return words + start + (f" at {clock_words(at)}" if encoded.period in SHORT_PERIODS else "")


def month_day(encoded: Encoded) -> str:
    """Which day of the month."""
    if encoded.place:
        name = next(name for name, place in PLACES.items() if place == encoded.place)
        return f"the {name} {DAYS[encoded.day]}"
    return "the last day" if encoded.day == -1 else f"day {encoded.day}"


def hours(encoded: Encoded) -> str:
    """The hours of the day, if not all."""
    low, high = encoded.opens, encoded.closes
    if low == high or (low == 0 and high == 86_340):
        return ""
    shown = [clock_text(one).removesuffix(":00") for one in (low, high)]
    return f" between {shown[0]} and {shown[1]}"


def date_words(at: datetime) -> str:
    return f"{at.day} {MONTHS[at.month - 1]} {at.year}"


def clock_words(at: datetime) -> str:
    return f"{at.hour:02}:{at.minute:02}" + (f":{at.second:02}" if at.second else "")
