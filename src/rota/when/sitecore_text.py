"""Sitecore's recurrence text `start|end|days|interval`: read strictly, read for an import, written.

Sitecore itself never says that a text is wrong: it ignores what it cannot read and runs anyway.
Here an unreadable text is refused with all its problems; an import keeps only what is safe to keep.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from rota.errors import Problem, TriggerError
from rota.when.names import MONTHS
from rota.when.term import Warning
from rota.when.timespan import read_imported, read_span, write_span

__all__ = (
    "DAYS",
    "EVERY_DAY",
    "Imported",
    "Recurrence",
    "Stamp",
    "import_recurrence",
    "read_recurrence",
)

DAYS = (
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
)  # bits 1, 2, 4…
EVERY_DAY = 127
LONGEST = 1_000  # characters
FORM = "write start|end|days|interval, such as 20260220|99990101|127|01:00:00"
STAMP_FORM = "write yyyyMMdd or yyyyMMddTHHmmss, with a Z at the end for UTC, or leave it empty"

STAMP = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:T([0-9]{2})([0-9]{2})([0-9]{2})(Z?))?")
LOOSE = re.compile(
    r"([0-9]{4})[-/.]?([0-9]{1,2})[-/.]?([0-9]{1,2})"
    r"(?:[T ]([0-9]{2}):?([0-9]{2})(?::?([0-9]{2}))?)?(Z?)",
    re.IGNORECASE,
)
RELATIVE = frozenset(("now", "today", "tomorrow", "yesterday"))
CALENDAR = datetime(1970, 1, 1)
TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Stamp:
    """A start or end: microseconds since 1970-01-01T00:00, on the wall of the zone or in UTC."""

    wall: int
    utc: bool = False

    @property
    def moment(self) -> datetime:
        """The same as a naive datetime."""
        return CALENDAR + timedelta(microseconds=self.wall)

    def __str__(self) -> str:
        at = self.moment
        clock = f"{at.hour:02}{at.minute:02}{at.second:02}{'Z' if self.utc else ''}"
        return f"{at.year:04}{at.month:02}{at.day:02}T{clock}"


@dataclass(frozen=True, slots=True)
class Recurrence:
    """What a recurrence text says; `str()` is its canonical text.

    >>> str(read_recurrence(" 20260220 | 99990101 | 127 | 01:00 "))
    '20260220T000000|99990101T000000|127|01:00:00'
    """

    start: Stamp | None  # None: the beginning of time
    end: Stamp | None  # None: never; inclusive
    days: int  # Sunday 1, Monday 2, Tuesday 4 … Saturday 64
    seconds: int  # the least distance between two runs

    def __str__(self) -> str:
        start, end = self.start or "", self.end or ""
        return f"{start}|{end}|{self.days}|{write_span(self.seconds)}"

    @property
    def weekdays(self) -> frozenset[int]:
        """The days as Python counts them: Monday 0 … Sunday 6."""
        return frozenset((bit - 1) % 7 for bit in range(7) if self.days >> bit & 1)


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a text that was imported: a recurrence, or None and why it is disabled."""

    recurrence: Recurrence | None
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Warning, ...] = ()


def read_recurrence(text: str) -> Recurrence:
    """The recurrence of a strict text; a TriggerError with every problem of any other.

    >>> read_recurrence("20260220|99990101|127|1h")
    Traceback (most recent call last):
    rota.errors.TriggerError: interval “1h”: this is not an interval; write 01:00:00
    """
    problems: list[Problem] = []
    recurrence = read_parts(text, problems, None)
    if recurrence is None:
        raise TriggerError(problems)
    return recurrence


def import_recurrence(text: str) -> Imported:
    """A text as an import from Sitecore takes it: safe readings with a warning, the rest disabled.

    >>> import_recurrence("20190101|99990101|127|24:00:00").warnings[0].text
    'the interval “24:00:00” was read as .NET does, as 24 days'
    >>> import_recurrence("2026-02-20|99990101|127|01:00").recurrence is None
    True
    """
    problems: list[Problem] = []
    warnings: list[Warning] = []
    recurrence = read_parts(text, problems, warnings)
    return Imported(recurrence, tuple(problems), tuple(warnings) if recurrence else ())


def read_parts(
    text: str, problems: list[Problem], warnings: list[Warning] | None
) -> Recurrence | None:
    """Reads all parts, so that all problems are found; `warnings` is a list only for an import."""
    if len(text) > LONGEST:
        problems.append(
            Problem("E_LENGTH", "text", text, f"longer than {LONGEST:,} characters", FORM)
        )
        return None
    parts = [part.strip() for part in text.split("|")]
    if len(parts) != 4:
        problems.append(miscounted(text.strip(), parts))
        return None
    start = read_stamp("E_START", "start", parts[0], problems)
    end = read_stamp("E_END", "end", parts[1], problems)
    if start and end and start.utc == end.utc and start.wall >= end.wall:
        reason = "the end is before the start" if end.wall < start.wall else "it ends as it starts"
        problems.append(
            Problem("E_WINDOW", "end", parts[1], reason, "write an end after the start")
        )
    days = read_days(parts[2], problems, warnings)
    seconds = read_interval(parts[3], problems, warnings)
    return None if problems else Recurrence(start, end, days, seconds)


def read_stamp(code: str, part: str, text: str, problems: list[Problem]) -> Stamp | None:
    """The start or the end; None for an empty one and for one that was refused."""
    if not text:
        return None
    if text.lower() in RELATIVE:
        reason = "such a word would mean another day each time it is read"
        problems.append(Problem(code, part, text, reason, "give a date or leave it empty"))
        return None
    match = STAMP.fullmatch(text)
    if match is None:
        loose = LOOSE.fullmatch(text)
        meant = read_fields(loose) if loose else "no"
        hint = STAMP_FORM if isinstance(meant, str) else f"write {shortened(meant)}"
        problems.append(Problem(code, part, text, "this is not a Sitecore date", hint))
        return None
    found = read_fields(match)
    if isinstance(found, str):
        problems.append(Problem(code, part, text, found, STAMP_FORM))
        return None
    return found


def read_fields(match: re.Match[str]) -> Stamp | str:
    """The stamp a match stands for, or why there is none."""
    year, month, day, hour, minute, second = (int(digits or 0) for digits in match.groups()[:6])
    if not 1 <= month <= 12:
        return f"there is no month {month}"
    for name, value, top in (("hour", hour, 23), ("minute", minute, 59), ("second", second, 59)):
        if value > top:
            return f"there is no {name} {value}; it goes from 0 to {top}"
    try:
        moment = datetime(year, month, day, hour, minute, second)
    except ValueError:
        return f"{day} {MONTHS[month - 1]} {year} does not exist"
    return Stamp((moment - CALENDAR) // TICK, utc=bool(match[7]))


def read_days(text: str, problems: list[Problem], warnings: list[Warning] | None) -> int:
    """The mask of days; 0 when it was refused."""
    if not text:
        return EVERY_DAY
    if not re.fullmatch("[0-9]{1,9}", text):
        mask = named_days(text)
        hint = f"write {mask}" if mask else "add up Sunday 1, Monday 2, Tuesday 4 … Saturday 64"
        problems.append(Problem("E_DAYS", "days", text, "a number is expected", hint))
        return 0
    mask = int(text)
    if mask > EVERY_DAY:
        reason = "a sum of day values goes from 1 to 127"
        hint = "add up Sunday 1, Monday 2, Tuesday 4 … Saturday 64"
        problems.append(Problem("E_DAYS", "days", text, reason, hint))
    elif not mask and warnings is None:
        hint = "leave it empty for every day, or disable the schedule"
        problems.append(Problem("E_DAYS", "days", text, "no day is selected", hint))
    elif not mask and warnings is not None:
        warnings.append(Warning("days", "the days “0” were read as every day, as Sitecore does"))
        return EVERY_DAY
    return mask


def named_days(text: str) -> int:
    """The mask of days written as names or their beginnings; 0 if one of them is none."""
    mask = 0
    for name in re.split(r"[,;\s]+", text.lower()):
        bits = [n for n, day in enumerate(DAYS) if len(name) > 1 and day.lower().startswith(name)]
        if not bits:
            return 0
        mask |= 1 << bits[0]
    return mask


def read_interval(text: str, problems: list[Problem], warnings: list[Warning] | None) -> int:
    """The seconds of the interval; 0 when it was refused."""
    found: int | Problem
    if warnings is None:
        found = read_span(text)
    else:
        found, sentence = read_imported(text)
        if sentence:
            warnings.append(Warning("interval", sentence))
    if isinstance(found, Problem):
        problems.append(found)
        return 0
    return found


def miscounted(text: str, parts: list[str]) -> Problem:
    """Why a text without exactly four parts is none of ours."""
    if not text:
        return Problem("E_PARTS", "text", text, "the schedule is empty", FORM)
    if len(parts) == 1 and len(text.split()) in (5, 6):
        return Problem("E_PARTS", "text", text, "this looks like cron", f"write cron {text}")
    count = f"{len(parts)} part{'' if len(parts) == 1 else 's'}, 4 expected"
    missing = {3: " (the interval is missing)", 2: " (days and interval are missing)"}
    return Problem("E_PARTS", "text", text, count + missing.get(len(parts), ""), FORM)


def shortened(stamp: Stamp) -> str:
    """A stamp for a hint: without its time when that is midnight."""
    return str(stamp).removesuffix("T000000")
