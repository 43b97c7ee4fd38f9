"""The interval of a Sitecore schedule: a .NET time span, read strictly and written in one way.

.NET reads such texts with surprises: `24:00:00` is 24 days, `5` is 5 days, `00:60:00` is nothing at
all. Strictly all of these are refused with the text that was probably meant; an import keeps the
two of them that .NET gives a meaning, and says which.
"""

from __future__ import annotations

import re

from rota.errors import Problem

__all__ = ("described", "read_imported", "read_span", "write_span")

PART = "interval"
DAY, HOUR, MINUTE = 86_400, 3_600, 60
LONGEST = 10_675_199 * DAY  # what a .NET TimeSpan holds
FORM = "write d.hh:mm:ss or hh:mm:ss, such as 01:00:00"

SPAN = re.compile(r"(?:([0-9]{1,8})\.)?([0-9]{1,2}):([0-9]{1,2})(?::([0-9]{1,2}))?")
COLONS = re.compile(r"([0-9]{1,8}):([0-9]{1,8})(?::([0-9]{1,8}))?")
WITH_DAYS = re.compile(r"([0-9]{1,8})[.:]([0-9]{1,8}):([0-9]{1,8}):([0-9]{1,8})")
UNITS = re.compile(r"(?:[0-9]{1,8} ?(?:w|d|h|m|s|min|sec|hours?|minutes?|seconds?|days?) ?)+")
UNIT = re.compile(r"([0-9]+) ?([a-z])")
SECONDS = {"w": 7 * DAY, "d": DAY, "h": HOUR, "m": MINUTE, "s": 1}


def read_span(text: str) -> int | Problem:
    """The seconds of a strict interval, or what is wrong with it and what to write instead.

    >>> read_span("1.02:05:10")
    93910
    >>> print(read_span("00:60:00"))
    interval “00:60:00”: minutes go from 0 to 59; write 01:00:00
    """
    match = SPAN.fullmatch(text)
    if match is None:
        return misread(text)
    days, hours, minutes, seconds = (int(digits or 0) for digits in match.groups())
    total = days * DAY + hours * HOUR + minutes * MINUTE + seconds
    if hours > 23:
        return wrong(text, "the hour goes from 0 to 23", hours_or_days(text))
    if minutes > 59 or seconds > 59:
        name = "minutes go" if minutes > 59 else "seconds go"
        return wrong(text, f"{name} from 0 to 59", write_hint(total))
    return sized(text, total)


def read_imported(text: str) -> tuple[int | Problem, str]:
    """As `read_span`, and what .NET reads besides; the sentence states the value then used.

    >>> read_imported("24:00:00")
    (2073600, 'the interval “24:00:00” was read as .NET does, as 24 days')
    >>> read_imported("5")
    (432000, 'the interval “5” was read as .NET does, as 5 days')
    """
    strict = read_span(text)
    if isinstance(strict, int) or strict.code == "E_ZERO":
        return strict, ""
    total = 0
    match = COLONS.fullmatch(text)
    if re.fullmatch("[0-9]{1,8}", text):
        total = int(text) * DAY
    elif match and match[3] and int(match[1]) > 23 and int(match[2]) < 24 and int(match[3]) < 60:
        total = int(match[1]) * DAY + int(match[2]) * HOUR + int(match[3]) * MINUTE
    if not 0 < total <= LONGEST:
        return strict, ""
    return total, f"the interval “{text}” was read as .NET does, as {described(total)}"


def write_span(seconds: int) -> str:
    """The canonical text of an interval.

    >>> write_span(3600), write_span(12 * 86400)
    ('01:00:00', '12.00:00:00')
    """
    days, rest = divmod(seconds, DAY)
    clock = f"{rest // HOUR:02}:{rest // MINUTE % 60:02}:{rest % 60:02}"
    return f"{days}.{clock}" if days else clock


def described(seconds: int) -> str:
    """An interval in words.

    >>> described(93910), described(3600)
    ('1 day, 2 hours, 5 minutes and 10 seconds', '1 hour')
    """
    amounts = (
        (seconds // DAY, "day"),
        (seconds // HOUR % 24, "hour"),
        (seconds // MINUTE % 60, "minute"),
        (seconds % 60, "second"),
    )
    words = [f"{n:,} {unit}{'' if n == 1 else 's'}" for n, unit in amounts if n]
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def sized(text: str, total: int) -> int | Problem:
    """The total if it is an interval at all: longer than nothing and not longer than .NET's."""
    if not total:
        return Problem("E_ZERO", PART, text, "a zero interval would run at every poll", FORM)
    if total > LONGEST:
        return wrong(text, "the interval is too long", f"write at most {write_span(LONGEST)}")
    return total


def misread(text: str) -> Problem:
    """What is wrong with a text that has not even the shape of an interval."""
    if not text:
        return Problem(
            "E_ZERO", PART, text, "there is no interval: it would run at every poll", FORM
        )
    if text.startswith("-"):
        return wrong(text, "an interval cannot be negative", write_or_form(text[1:]))
    if text.startswith("@"):
        reason = "a clock time is not an interval"
        time = COLONS.fullmatch(text[1:])
        daily = f", such as daily at {int(time[1]):02}:{int(time[2]):02}" if time else ""
        return wrong(text, reason, f"use a cron, daily or at trigger{daily}")
    if re.fullmatch("[0-9]{1,8}", text):
        hint = f"write {text}.00:00:00 (days) or {write_span(int(text) * MINUTE)} (minutes)"
        if int(text) == 0:
            return Problem("E_ZERO", PART, text, "a zero interval would run at every poll", FORM)
        return wrong(text, "a bare number is ambiguous", hint)
    if re.fullmatch(r"[0-9]{1,8}\.[0-9]{1,2}", text):
        days, hours = text.split(".")
        return wrong(text, "the minutes are missing", f"write {days}.{int(hours):02}:00:00")
    return wrong(text, "this is not an interval", write_or_form(text))


def hours_or_days(text: str) -> str:
    """Both things that an hour above 23 may have meant."""
    match = COLONS.fullmatch(text)
    if match is None:
        return write_or_form(text)
    hours, minutes, seconds = (int(digits or 0) for digits in match.groups())
    total = hours * HOUR + minutes * MINUTE + seconds
    hint = (
        f"write {write_span(total)} ({hours} hours)"
        if minutes + seconds == 0
        else write_hint(total)
    )
    if match[3] and minutes < 24 and seconds < 60:
        days = f"{hours}.{minutes:02}:{seconds:02}:00"
        hint += f" or {days} ({hours} days)" if minutes + seconds == 0 else f" or {days}"
    return hint


def write_or_form(text: str) -> str:
    """The likely meaning of a text in our form, else a description of the form."""
    text = text.strip().lower()
    total = 0
    if UNITS.fullmatch(text):
        total = sum(int(number) * SECONDS[unit] for number, unit in UNIT.findall(text))
    elif match := WITH_DAYS.fullmatch(text):
        days, hours, minutes, seconds = map(int, match.groups())
        total = days * DAY + hours * HOUR + minutes * MINUTE + seconds
    elif match := COLONS.fullmatch(text):
        hours, minutes, seconds = (int(digits or 0) for digits in match.groups())
        total = hours * HOUR + minutes * MINUTE + seconds
    return write_hint(total) if 0 < total <= LONGEST else FORM


def write_hint(total: int) -> str:
    return f"write {write_span(total)}"


def wrong(text: str, reason: str, hint: str) -> Problem:
    return Problem("E_INTERVAL", PART, text, reason, hint)
