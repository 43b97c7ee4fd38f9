"""What people write who have not seen the grammar: `every monday at 9`, `09:00`, `24:00:00`.

Read for a hint only: nothing of this is ever taken for what was meant.
"""

from __future__ import annotations

import re

__all__ = ("clock", "meant")

GROUPS = {"weekday": "mon-fri", "workday": "mon-fri", "weekend": "sat,sun"}
DAY = re.compile(r"(mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(days?)?")
CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d\d))?(?::(\d\d))? ?(am|pm)?")
SPAN = re.compile(r"(?:(\d{1,4})\.)?(\d{1,2}):(\d\d):(\d\d)")
FILLERS = frozenset(("every", "each", "on", "at", "and", "the"))


def clock(text: str) -> str:
    """A time of day as the grammar writes it, or nothing.

    >>> clock("9"), clock("9am"), clock("12:30 AM"), clock("25")
    ('09:00', '09:00', '00:30', '')
    """
    found = CLOCK.fullmatch(text.strip().lower())
    if not found:
        return ""
    hour, minute, half = int(found[1]), int(found[2] or 0), found[4]
    if half and not 1 <= hour <= 12:
        return ""
    if half:
        hour = hour % 12 + 12 * (half == "pm")
    second = int(found[3] or 0)
    if hour > 23 or minute > 59 or second > 59:
        return ""
    return f"{hour:02}:{minute:02}" + (f":{second:02}" if found[3] else "")


def meant(text: str) -> str:
    """The text that says in the grammar what plain words seem to mean; nothing if that is unclear.

    >>> meant("every monday and thursdays at 9am"), meant("weekdays at 09:00"), meant("every day")
    ('weekly on mon,thu at 09:00', 'weekly on mon-fri at 09:00', 'daily at 09:00')
    >>> meant("1.00:00:00"), meant("soon")
    ('every 24h', '')
    """
    low = " ".join(text.lower().replace(",", " ").split())
    if span := SPAN.fullmatch(low):
        return of_span(span)
    if ":" in low and clock(low):
        return f"daily at {clock(low)}"
    days, _, rest = low.partition(" at ")
    time = clock(rest) if rest else "09:00"
    found = [day(word) for word in days.split() if word not in FILLERS]
    if not time or not found or "" in found:
        return ""
    if found == ["daily"]:
        return f"daily at {time}"
    return "" if "daily" in found else f"weekly on {','.join(found)} at {time}"


def day(word: str) -> str:
    """One day, a range or a group of them, as the grammar writes it; nothing for other words."""
    if word in ("day", "days"):
        return "daily"
    if group := GROUPS.get(word.removesuffix("s")):
        return group
    ends = word.split("-")
    short = [end[:3] for end in ends if DAY.fullmatch(end)]
    return "-".join(short) if len(short) == len(ends) <= 2 else ""


def of_span(span: re.Match[str]) -> str:
    """A span of days, hours, minutes and seconds as a duration; below a day it is a time of day."""
    days, hours, minutes, seconds = (int(part or 0) for part in span.groups())
    if span[1] is None and hours < 24:
        at = clock(span[0])
        return f"daily at {at}" if at else ""
    if span[1] is not None and hours > 23:
        return ""
    parts = ((days * 24 + hours, "h"), (minutes, "m"), (seconds, "s"))
    said = "".join(f"{number}{unit}" for number, unit in parts if number)
    return f"every {said}" if said else ""
