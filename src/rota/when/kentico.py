"""The kind `kentico`: Kentico's encoded interval as a grid from its start.

Slots are grid points that pass the filters; none is ever moved. Seconds, minutes and hours count
elapsed time; days and longer keep the time of day, and a day that a month lacks is clamped to its
last without being forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, takewhile
from typing import ClassVar

from rota.errors import Problem
from rota.when import wallclock
from rota.when.days import DayGrid, MonthGrid, month_length, weekday
from rota.when.grid import Filters, Grid
from rota.when.kentico_text import read_fields
from rota.when.kentico_value import SHORT_PERIODS, Encoded
from rota.when.kentico_words import interval_words
from rota.when.term import Follows, Ground, Kind, Often, Reader, Warning
from rota.when.wallclock import Clock, Days, Local, number
from rota.when.window import Between
from rota.when.zone import DAY, FIRST, LAST

__all__ = ("READERS", "Kentico")

SECOND = 1_000_000
MICROS = {"timesecond": SECOND, "minute": 60 * SECOND, "hour": 3600 * SECOND}
CENTURIES = 401 * 366 * DAY


@dataclass(frozen=True, slots=True)
class Kentico:
    """When Kentico would run it.

    >>> from rota.when import trigger
    >>> str(trigger("kentico year;2/29/2024 12:00:00 AM;1"))
    'kentico year;2/29/2024 12:00:00 AM;1'
    """

    encoded: Encoded

    word: ClassVar[str] = "kentico"
    options: ClassVar[frozenset[str]] = frozenset()

    @property
    def follows(self) -> Follows | None:
        """Never: slots are on a grid."""
        return None

    @property
    def manual(self) -> bool:
        """Whether it never runs by the clock (once, in the year 1)."""
        return self.encoded.manual

    @property
    def often(self) -> Often:
        """Once, or never by the clock if that is in the year 1; else again and again."""
        if self.encoded.period != "once":
            return "again"
        return "never" if self.manual else "once"

    @property
    def zoned(self) -> bool:
        """Always, as its start is wall time; unless it never runs by the clock."""
        return not self.manual

    def body(self) -> str:
        """The canonical text."""
        return f"kentico {self.encoded}"

    def words(self) -> str:
        """The interval in plain English."""
        return interval_words(self.encoded)

    def slots(self, after: int, ground: Ground) -> Iterator[int]:
        """The slots later than `after`."""
        if self.encoded.period == "once":
            return (slot for slot in self._once(ground) if slot > after)
        if self.encoded.period in SHORT_PERIODS:
            return self._grid(ground).forth(after, ground.zone, self._filters())
        return wallclock.forth(self._plan(ground), max(after, self._begin(ground) - 1))

    def latest(self, after: int, until: int, count: int, ground: Ground) -> list[int]:
        """The last `count` slots in (after, until], ascending."""
        after, until = max(after, self._begin(ground) - 1), min(until, LAST)
        if count <= 0 or until <= after:
            return []
        back: Iterator[int]
        if self.encoded.period == "once":
            back = (slot for slot in self._once(ground) if slot <= until)
        elif self.encoded.period in SHORT_PERIODS:
            back = self._grid(ground).back(until, after, ground.zone, self._filters())
        else:
            back = wallclock.back(self._plan(ground), until)
        return list(islice(takewhile(lambda slot: slot > after, back), count))[::-1]

    def count(self, after: int, until: int, limit: int, ground: Ground) -> int:
        """How many slots lie in (after, until], exact below `limit`."""
        return number(self.slots(after, ground), until, limit)

    def problems(self, ground: Ground) -> list[Problem]:
        """E_NEVER if no step ever falls into the days and hours allowed."""
        start = self._begin(ground)
        if self.manual or start > LAST - CENTURIES:
            return []  # or the calendar ends before 400 years are over
        if next(self.slots(start - 1, ground), None) is not None:
            return []
        return [
            Problem(
                "E_NEVER",
                "kentico",
                str(self.encoded),
                "no step of the grid ever falls into the days and hours allowed",
                "change the start, the step or the hours",
            )
        ]

    def warnings(self, ground: Ground, now: int | None) -> list[Warning]:
        """A start in the year 1 means that only somebody starts it."""
        if not self.manual:
            return []
        return [Warning("manual", "A start in the year 1 means: only when somebody starts it.")]

    def start(self, ground: Ground) -> int | None:
        """Whence missed slots are made up for if it never ran: only `once` does that."""
        return self._begin(ground) if self.encoded.period == "once" else None

    def reason(self, now: int, last: int | None, ground: Ground) -> str | None:
        """Why no start is owed at `now`."""
        if self.manual:
            return "manual"
        return "not_started" if now < self._begin(ground) else "not_yet"

    def eligible(self, now: int, last: int | None, ground: Ground) -> int | None:
        """The first slot not before `now`."""
        return next(self.slots(now - 1, ground), None)

    def _begin(self, ground: Ground) -> int:
        """The first instant of the grid, if it passes the filters."""
        return min(max(ground.zone.instant(self.encoded.start), FIRST), LAST)

    def _once(self, ground: Ground) -> Iterator[int]:
        if self.manual:
            return iter(())
        policies = ground.gap or "shift", ground.fold or "first"
        found = ground.zone.resolve(self.encoded.start, *policies)
        return (slot for slot in found if slot <= LAST)

    def _grid(self, ground: Ground) -> Grid:
        return Grid(self._begin(ground), self.encoded.every * MICROS[self.encoded.period])

    def _filters(self) -> Filters:
        encoded = self.encoded
        hours = Hours(encoded.opens, encoded.closes)
        return Filters(encoded.days, None if hours.idle else hours)

    def _plan(self, ground: Ground) -> Local:
        """The days of the grid, at the start's time of day."""
        encoded = self.encoded
        day, rest = divmod(encoded.start, DAY)
        days: Days
        if encoded.period == "day":
            days = Weekdays(DayGrid(day, encoded.every), encoded.days)
        elif encoded.period == "week":
            days = DayGrid(day, 7 * encoded.every)
        elif encoded.period == "year":
            days = MonthGrid(day, 12 * encoded.every)
        else:
            days = MonthDays(day, encoded)
        return Local(
            days, Clock((0,), (rest,)), ground.zone, ground.gap or "shift", ground.fold or "first"
        )


class Hours(Between):
    """From and to in seconds of the day: equal is all day, a `to` on a full minute includes it."""

    __slots__ = ()

    def spans(self) -> tuple[tuple[int, int], ...]:
        """The parts of the day it allows, as [from, to) in microseconds."""
        low = self.start * SECOND
        high = (self.end + (1 if self.end % 60 else 60)) * SECOND
        if self.start < self.end:
            return ((low, high),)
        return ((0, high), (low, DAY))

    @property
    def idle(self) -> bool:
        """Whether every time of day is allowed."""
        return self.start == self.end or self.spans() == ((0, DAY),)


class Weekdays:
    """The days of a grid that fall on certain days of the week."""

    __slots__ = ("grid", "mask")

    def __init__(self, grid: DayGrid, mask: int) -> None:
        self.grid = grid
        self.mask = mask

    def forth(self, day: int) -> Iterator[int]:
        """The days that are not before `day`, ascending."""
        return self._allowed(self.grid.forth(day))

    def back(self, day: int) -> Iterator[int]:
        """The days that are not after `day`, descending."""
        return self._allowed(self.grid.back(day))

    def _allowed(self, days: Iterator[int]) -> Iterator[int]:
        missed = 0
        for day in days:
            if self.mask >> weekday(day) & 1:
                missed = 0
                yield day
            elif (missed := missed + 1) == 7:  # seven steps come round to the same weekday
                return


class MonthDays(MonthGrid):
    """One day in each of the grid's months: a number, clamped, or a weekday in a place."""

    __slots__ = ("encoded",)

    def __init__(self, first: int, encoded: Encoded) -> None:
        super().__init__(first, encoded.every)
        self.encoded = encoded
        self.day = 31 if encoded.day == -1 else encoded.day
        if encoded.place:
            self.day = 1

    def at(self, index: int) -> int | None:
        """The day of step `index`; None past the calendar's end."""
        found = super().at(index)
        if found is None or not self.encoded.place:
            return found
        year, month = divmod(self.month + index * self.months, 12)
        days = range((self.encoded.day - weekday(found)) % 7, month_length(year, month + 1), 7)
        return found + days[self.encoded.place - (self.encoded.place > 0)]


def read(payload: str, own: Mapping[str, str], problems: list[Problem]) -> Kind | None:
    """The kind of an encoded interval."""
    encoded = read_fields(payload, problems)
    return None if encoded is None else Kentico(encoded)


READERS = {"kentico": Reader("kentico", read, window=False)}
