"""Points in time and spans as they stand in texts: times, days of the week, between, dates.

A `Moment` is wall time unless an offset is written; which instant it is depends on the text's zone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from rota.errors import Problem
from rota.instants import no_leap_second
from rota.when.names import DAYS
from rota.when.zone import DAY, EPOCH_ORDINAL, FIRST, LAST, Zone, micros

__all__ = (
    "ALL_DAYS", "Between", "Moment", "days_text", "days_words", "read_between", "read_clock",
    "read_days", "read_moment",
)  # fmt: skip

MINUTE = 60_000_000
NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_NUMBERS = {name: i for i, name in enumerate(NAMES)} | {
    name.lower(): i for i, name in enumerate(DAYS)
}
ALL_DAYS = 127
GROUPS = {"weekdays": 31, "weekends": 96, "weekend": 96}
TIME_HINT = "write 2026-03-02 or 2026-03-02T10:00, with Z or +01:00 if you mean it"


@dataclass(frozen=True, slots=True)
class Moment:
    """A time as written: wall microseconds since 1970, and the offset if one is written."""

    wall: int
    offset: int | None = None

    def instant(self, zone: Zone, gap: str = "shift", fold: str = "first") -> int | None:
        """The instant it is in a zone; None for a wall time that a gap policy `skip` drops."""
        if self.offset is not None:
            return self.wall - self.offset
        found = zone.resolve(self.wall, gap, fold)
        return found[0] if found else None

    def __str__(self) -> str:
        day, rest = divmod(self.wall, DAY)
        text = date.fromordinal(day + EPOCH_ORDINAL).isoformat()
        if rest or self.offset is not None:
            text += "T" + clock_text(rest)
        if self.offset is not None:
            minutes = self.offset // MINUTE
            sign = "-" if minutes < 0 else "+"
            text += f"{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}" if minutes else "Z"
        return text


def clock_text(rest: int) -> str:
    """Microseconds of a day as HH:MM[:SS[.ffffff]]."""
    seconds, fraction = divmod(rest, 1_000_000)
    text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}"
    if seconds % 60 or fraction:
        text += f":{seconds % 60:02}"
    return text + (f".{fraction:06}" if fraction else "")


def number(text: str, width: int) -> int | None:
    """So many plain digits as an int; None for anything else (`isdigit` takes ² and ٣)."""
    return int(text) if len(text) == width and text.isascii() and text.isdigit() else None


def read_clock(text: str, *, fraction: bool = False) -> int | None:
    """HH:MM[:SS] as microseconds of the day, else None."""
    main, dot, tail = text.partition(".")
    parts = main.split(":")
    if not 2 <= len(parts) <= 3 or (dot and (not fraction or len(parts) < 3)):
        return None
    values = [number(one, 2) for one in parts] + [0]
    hour, minute, second = values[:3]
    if hour is None or minute is None or second is None or hour > 23 or minute > 59 or second > 59:
        return None
    micro = 0
    if dot:
        if not tail or len(tail) > 9 or not (tail.isascii() and tail.isdigit()):
            return None
        micro = int(tail[:6].ljust(6, "0"))
    return ((hour * 60 + minute) * 60 + second) * 1_000_000 + micro


def read_date(text: str) -> int | None:
    """YYYY-MM-DD as a day counted from 1970-01-01; None if there is no such day."""
    if len(text) != 10 or text[4] != "-" or text[7] != "-":
        return None
    year, month, day = number(text[:4], 4), number(text[5:7], 2), number(text[8:], 2)
    try:
        return date(year or 0, month or 0, day or 0).toordinal() - EPOCH_ORDINAL
    except ValueError:
        return None


def read_moment(text: str, part: str, problems: list[Problem]) -> Moment | None:
    """A date or RFC 3339 time; seconds and offset may be left out.

    >>> str(read_moment("2026-03-02T00:00:00", "from", []))
    '2026-03-02'
    """
    reason = "this is not a time"
    head, mark, tail = text[:10], text[10:11], no_leap_second(text)[11:]
    day = read_date(head)
    offset: int | None = None
    rest: int | None = 0
    if day is None:
        if len(head) == 10 and head.replace("-", "0").isdigit():
            reason = "there is no such day"
    elif mark:
        if tail[-1:] in ("Z", "z"):
            offset, tail = 0, tail[:-1]
        elif len(tail) > 6 and tail[-6] in "+-":
            offset = read_clock(tail[-5:])
            reason = "this is not an offset" if offset is None else reason
            offset = -(offset or 0) if tail[-6] == "-" else offset
            day, tail = (day, tail[:-6]) if offset is not None else (None, tail)
        rest = read_clock(tail, fraction=True) if mark in "Tt" else None
    if day is not None and rest is not None:
        wall = day * DAY + rest
        if FIRST <= wall - (offset or 0) <= LAST:
            return Moment(wall, offset)
        reason = "this is outside the years 1 to 9999"
    hint = TIME_HINT
    if mark == " " and day is not None and read_clock(tail, fraction=True) is not None:
        hint = f"write {head}T{tail}"
    problems.append(Problem("E_TIME", part, text, reason, hint))
    return None


def moment_of(value: datetime | date) -> Moment:
    """The moment of a datetime; a naive one, or a date, is wall time."""
    if not isinstance(value, datetime):
        return Moment((value.toordinal() - EPOCH_ORDINAL) * DAY)
    wall = micros(value.replace(tzinfo=None) - datetime(1970, 1, 1))
    offset = value.utcoffset()
    if offset is None:
        return Moment(wall)
    if offset % timedelta(minutes=1):  # RFC 3339 has no offsets with seconds
        return Moment(wall - micros(offset), 0)
    return Moment(wall, micros(offset))


def read_days(text: str, part: str, problems: list[Problem], code: str = "E_DAYS") -> int:
    """`mon,wed-fri` as a mask, Monday being 1; 0 if nothing could be read.

    >>> read_days("mon-fri", "on", []), days_text(31)
    (31, 'mon-fri')
    """
    mask = 0
    for item in text.lower().split(","):
        item = item.strip()
        first, dash, last = item.partition("-")
        if item in GROUPS:
            mask |= GROUPS[item]
        elif first.strip() in DAY_NUMBERS and (not dash or last.strip() in DAY_NUMBERS):
            low = DAY_NUMBERS[first.strip()]
            high = DAY_NUMBERS[last.strip()] if dash else low
            for index in range(low, high + 1 if high >= low else high + 8):
                mask |= 1 << index % 7
        else:
            hint = "the days are mon tue wed thu fri sat sun"
            if near := nearest_day(first if first not in DAY_NUMBERS else last):
                hint = f"write {near}"
            problems.append(Problem(code, part, item, "this is no day of the week", hint))
    return mask


def nearest_day(text: str) -> str | None:
    """The short name of the day somebody most likely meant."""
    from difflib import get_close_matches

    close = get_close_matches(text[:20], list(DAY_NUMBERS), 1, 0.6)
    return NAMES[DAY_NUMBERS[close[0]]] if close else None


def days_text(mask: int) -> str:
    """A mask of days as `mon,wed` or `mon-fri`."""
    return ",".join(spans(mask, NAMES, "-"))


def days_words(mask: int) -> str:
    """A mask of days in English: `Monday to Friday`, `Monday and Thursday`."""
    return joined(spans(mask, DAYS, " to "))


def spans(mask: int, names: Sequence[str], through: str) -> list[str]:
    """The days of a mask by these names; three and more in a row are the first *through* the last.

    >>> spans(0b1010111, NAMES, "-")
    ['mon-wed', 'fri', 'sun']
    """
    parts: list[str] = []
    for low, high in runs(mask):
        if high - low >= 2:
            parts.append(f"{names[low]}{through}{names[high]}")
        else:
            parts += names[low : high + 1]
    return parts


def joined(parts: list[str], word: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {word} {parts[-1]}"


def runs(mask: int) -> list[tuple[int, int]]:
    """The unbroken runs of days of a mask, Monday first."""
    found: list[tuple[int, int]] = []
    for index in range(7):
        if mask >> index & 1:
            if found and found[-1][1] == index - 1:
                found[-1] = (found[-1][0], index)
            else:
                found.append((index, index))
    return found


@dataclass(frozen=True, slots=True)
class Between:
    """A span of the day by minutes, its last minute included; may pass midnight."""

    start: int  # minutes of the day
    end: int

    def __str__(self) -> str:
        return "-".join(f"{one // 60:02}:{one % 60:02}" for one in (self.start, self.end))

    def words(self) -> str:
        """`between 08:00 and 18:00`."""
        return "between " + " and ".join(str(self).split("-"))

    def spans(self) -> tuple[tuple[int, int], ...]:
        """The parts of the day it allows, as [from, to) in microseconds."""
        if self.start < self.end:
            return ((self.start * MINUTE, (self.end + 1) * MINUTE),)
        return ((0, (self.end + 1) * MINUTE), (self.start * MINUTE, DAY))


def read_between(text: str, problems: list[Problem]) -> Between | None:
    """`08:00-18:00`; None for all day, as equal ends mean, and for what cannot be read."""
    first, _, last = "".join(text.split()).partition("-")
    start, end = read_clock(first), read_clock(last)
    if start is None or end is None or start % MINUTE or end % MINUTE:
        problems.append(
            Problem(
                "E_BETWEEN",
                "between",
                text,
                "these are not two times of day",
                "write for example 08:00-18:00",
            )
        )
        return None
    return None if start == end else Between(start // MINUTE, end // MINUTE)
