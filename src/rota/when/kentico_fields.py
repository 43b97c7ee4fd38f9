"""The fields of Kentico's encoded interval: each is read alone and notes what is wrong with it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from difflib import get_close_matches

from rota.errors import Problem
from rota.when.kentico_value import DAYS, EPOCH, us_text

__all__ = ("PERIODS", "read_clock", "read_day", "read_days", "read_every", "read_start")

# How long a step may be: 400 years, after which the calendar repeats.
PERIODS = {
    "timesecond": 12_622_780_800,
    "minute": 210_379_680,
    "hour": 3_506_328,
    "day": 146_097,
    "week": 20_871,
    "month": 4_800,
    "year": 400,
    "once": 1,
}
START_FORM = "write for example 3/2/2026 2:00:00 AM or 2026-03-02T02:00:00"
US = re.compile(
    r"(\d{1,2})/(\d{1,2})/(\d{4}) (\d{1,2}):(\d{2}):(\d{2}) ?([AP])M", re.ASCII | re.IGNORECASE
)
US_LOOSE = re.compile(
    r"(\d{1,2})/(\d{1,2})/(\d{4})(?: (\d{1,2}):(\d{2})(?::(\d{2}))? ?(?:([AP])M)?)?",
    re.ASCII | re.IGNORECASE,
)
ISO = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2}))?)?(Z|[+-]\d{2}:?\d{2})?",
    re.ASCII | re.IGNORECASE,
)
CLOCK = re.compile(r"(\d{1,2}):(\d{2}):(\d{2})", re.ASCII)
TICK = timedelta(microseconds=1)


def read_start(text: str, problems: list[Problem], form: str) -> int | None:
    """The start as wall time; `form` is what a text with the wrong fields ought to look like."""
    hint = f"expected {form}" if form else START_FORM
    reason = f"“{text}” is not a date" if text else "the start is empty"
    us, iso, loose = US.fullmatch(text), ISO.fullmatch(text), US_LOOSE.fullmatch(text)
    try:
        if us:
            month, day, year, hour, minute, second = map(int, us.groups()[:6])
            if not 1 <= hour <= 12:
                reason, hint = f"the hour goes from 1 to 12, not {hour}", START_FORM
                raise ValueError
            moment = datetime(year, month, day, hour % 12 + 12 * (us[7] in "pP"), minute, second)
            return (moment - EPOCH) // TICK
        if iso:
            if iso[7]:
                reason, hint = "the start is wall time in the zone", "leave the offset out"
                raise ValueError
            moment = datetime(*(int(digits or 0) for digits in iso.groups()[:6]))  # type: ignore[arg-type]
            return (moment - EPOCH) // TICK
        if loose:
            month, day, year, hour, minute, second = (int(one or 0) for one in loose.groups()[:6])
            if loose[7]:
                hour = hour % 12 + 12 * (loose[7] in "pP")
            meant = (datetime(year, month, day, hour, minute, second) - EPOCH) // TICK
            reason, hint = "the time is incomplete", f"write {us_text(meant)}"
    except ValueError:
        if "is not a date" in reason:
            reason, hint = "there is no such date or time", START_FORM
    problems.append(Problem("E_START", "start", text, reason, hint))
    return None


def read_every(text: str, period: str, problems: list[Problem]) -> int:
    """N, a whole number from 1."""
    most = PERIODS[period]
    if re.fullmatch("[0-9]{1,11}", text) and 1 <= int(text) <= most:
        return int(text)
    problems.append(
        Problem(
            "E_EVERY",
            "every",
            text,
            f"a whole number from 1 to {most:,} is expected",
            "write 1 or more",
        )
    )
    return 1


def read_clock(text: str, part: str, problems: list[Problem]) -> int:
    """HH:MM:SS as seconds of the day."""
    match = CLOCK.fullmatch(text)
    reason = "this is no time of day"
    if match:
        hour, minute, second = map(int, match.groups())
        if hour < 24 and minute < 60 and second < 60:
            return hour * 3600 + minute * 60 + second
        reason = (
            "the hour goes from 0 to 23" if hour > 23 else "minutes and seconds go from 0 to 59"
        )
    problems.append(Problem("E_BETWEEN", part, text, reason, "write HH:MM:SS, such as 08:00:00"))
    return 0


def read_days(text: str, problems: list[Problem]) -> int:
    """Full English names as a mask."""
    mask = 0
    names = [name.strip() for name in text.split(",") if name.strip()]
    lower = [day.lower() for day in DAYS]
    for name in names:
        if name.lower() in lower:
            mask |= 1 << lower.index(name.lower())
            continue
        near = [day for day in DAYS if len(name) > 1 and day.lower().startswith(name.lower()[:3])]
        near = near or get_close_matches(name.capitalize()[:20], DAYS, 1, 0.6)
        hint = f"write {near[0]}" if near else "write Monday to Sunday in full"
        problems.append(Problem("E_DAYS", "days", name, "there is no such day", hint))
    if not names:
        problems.append(
            Problem(
                "E_DAYS",
                "days",
                text,
                "no day is selected",
                "select at least one day, such as Monday",
            )
        )
    return mask


def read_day(text: str, problems: list[Problem]) -> int:
    """The day of the month; -1 is the last."""
    if re.fullmatch("-1|[0-9]{1,2}", text) and (text == "-1" or 1 <= int(text) <= 31):
        return int(text)
    hint = (
        "write -1 for the last day"
        if text.lower() == "last"
        else "write 1 to 31, or -1 for the last"
    )
    problems.append(Problem("E_DOM", "day", text, "there is no such day of the month", hint))
    return 1
