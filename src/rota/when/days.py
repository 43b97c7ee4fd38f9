"""Sets of days: those a rule picks in each month, and those of a grid of days or months.

All months that begin on the same weekday and are equally long look alike, so a rule is worked out
once for each shape and kept.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from datetime import MAXYEAR, MINYEAR, date

from rota.when.zone import EPOCH_ORDINAL, FIRST_DAY, LAST_DAY

__all__ = ("DayGrid", "MonthGrid", "MonthRule", "month_length", "weekday")

LENGTHS = (0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
MONTHS = tuple(range(1, 13))

# The days of a month that a rule picks: (month, weekday of its first day, length) → ascending.
Pick = Callable[[int, int, int], tuple[int, ...]]


def month_length(year: int, month: int) -> int:
    """The number of days of a month."""
    if month == 2 and year % 4 == 0 and (year % 100 or year % 400 == 0):
        return 29
    return LENGTHS[month]


def weekday(day: int) -> int:
    """The day of the week of a day counted from 1970-01-01, Monday being 0."""
    return (day + 3) % 7


class MonthRule:
    """The days that a rule picks in some or all months of every year.

    >>> thirteenth = MonthRule(lambda month, first, length: (13,))
    >>> next(thirteenth.forth(0))
    12
    """

    __slots__ = ("months", "pick", "shapes")

    def __init__(self, pick: Pick, months: tuple[int, ...] = MONTHS) -> None:
        self.pick = pick
        self.months = months
        self.shapes: dict[int, tuple[int, ...]] = {}

    def in_month(self, year: int, month: int) -> tuple[int, tuple[int, ...]]:
        """The day before the month's first, and the days of the month the rule picks."""
        base = date(year, month, 1).toordinal() - EPOCH_ORDINAL
        first, length = weekday(base), month_length(year, month)
        key = (month * 8 + first) * 32 + length
        days = self.shapes.get(key)
        if days is None:
            days = self.shapes[key] = self.pick(month, first, length)
        return base - 1, days

    def forth(self, day: int) -> Iterator[int]:
        """The days that are not before `day`, ascending."""
        if day > LAST_DAY:
            return
        start = date.fromordinal(max(day, FIRST_DAY) + EPOCH_ORDINAL)
        year, months = start.year, self.months
        index = bisect_left(months, start.month)
        if index < len(months) and months[index] == start.month:
            base, days = self.in_month(year, start.month)
            for one in days[bisect_left(days, start.day) :]:
                yield base + one
            index += 1
        for later in range(year, MAXYEAR + 1):
            for month in months[index:]:
                base, days = self.in_month(later, month)
                for one in days:
                    yield base + one
            index = 0

    def back(self, day: int) -> Iterator[int]:
        """The days that are not after `day`, descending."""
        if day < FIRST_DAY:
            return
        start = date.fromordinal(min(day, LAST_DAY) + EPOCH_ORDINAL)
        index = bisect_right(self.months, start.month)
        for year in range(start.year, MINYEAR - 1, -1):
            for month in reversed(self.months[:index]):
                base, days = self.in_month(year, month)
                for one in reversed(days):
                    if base + one <= day:
                        yield base + one
            index = len(self.months)

    def empty(self) -> bool:
        """Whether it never picks a day: in 400 years every month begins on every weekday."""
        return not any(
            self.pick(month, first, length)
            for month in self.months
            for first in range(7)
            for length in ((28, 29) if month == 2 else (LENGTHS[month],))
        )


class DayGrid:
    """Every so many days from a first one."""

    __slots__ = ("first", "step")

    def __init__(self, first: int, step: int) -> None:
        self.first = first
        self.step = step

    def forth(self, day: int) -> Iterator[int]:
        """The days that are not before `day`, ascending."""
        behind = max(0, day - self.first)
        start = self.first + -(-behind // self.step) * self.step
        return iter(range(start, LAST_DAY + 1, self.step))

    def back(self, day: int) -> Iterator[int]:
        """The days that are not after `day`, descending."""
        ahead = (min(day, LAST_DAY) - self.first) // self.step
        return iter(range(self.first + ahead * self.step, self.first - 1, -self.step))


class MonthGrid:
    """Every so many months, and perhaps days on top, from a first day, clamped to the month's end.

    The day asked for is not forgotten: from 31 January, one month a step, come 28 February and
    31 March.
    """

    __slots__ = ("day", "days", "month", "months")

    def __init__(self, first: int, months: int, days: int = 0) -> None:
        start = date.fromordinal(min(max(first, FIRST_DAY), LAST_DAY) + EPOCH_ORDINAL)
        self.month = start.year * 12 + start.month - 1
        self.day = start.day
        self.months = months
        self.days = days

    def at(self, index: int) -> int | None:
        """The day of step `index`; None past the calendar's end."""
        year, month = divmod(self.month + index * self.months, 12)
        if year > MAXYEAR:
            return None
        day = min(self.day, month_length(year, month + 1))
        found = date(year, month + 1, day).toordinal() - EPOCH_ORDINAL + index * self.days
        return found if found <= LAST_DAY else None

    def near(self, day: int) -> int:
        """A step not after the first one whose day is not before `day`, and close to it."""
        if day > LAST_DAY:
            day = LAST_DAY
        start = self.at(0)
        assert start is not None
        # 30.436875 days a month on average; clamping moves a step by three days at most.
        per = self.months * 30.436875 + self.days
        return max(0, int((day - start - 40) / per) - 1)

    def forth(self, day: int) -> Iterator[int]:
        """The days that are not before `day`, ascending."""
        index = self.near(day)
        while (found := self.at(index)) is not None:
            if found >= day:
                yield found
            index += 1

    def back(self, day: int) -> Iterator[int]:
        """The days that are not after `day`, descending."""
        index = self.near(day)
        while (found := self.at(index)) is not None and found <= day:
            index += 1
        for one in range(index - 1, -1, -1):
            found = self.at(one)
            if found is not None and found <= day:
                yield found
