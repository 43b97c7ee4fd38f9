"""What a cron expression matches: the seconds of a day and the days of a month, worked out once."""

from __future__ import annotations

from dataclasses import dataclass

from rota.when.days import MonthRule
from rota.when.wallclock import Clock

__all__ = ("DayField", "Table")

SECOND = 1_000_000


@dataclass(frozen=True, slots=True)
class DayField:
    """What the fields day of month and day of week pick."""

    days: frozenset[int]  # of the month
    last: bool  # L
    last_weekday: bool  # LW
    nearest: frozenset[int]  # 15W
    weekdays: frozenset[int]  # Monday is 0
    last_of: frozenset[int]  # 5L
    nth: frozenset[tuple[int, int]]  # MON#2 as (0, 2)
    both: bool  # both fields must hold, else either suffices

    def pick(self, month: int, first: int, length: int) -> tuple[int, ...]:
        """The days of a month that begins on weekday `first` and has `length` days."""
        if self.both and len(self.days) == 31:  # any day, the commonest case
            return self._of_week(first, length)
        of_month = {day for day in self.days if day <= length}
        if self.last:
            of_month.add(length)
        if self.last_weekday:
            of_month.add(nearest_weekday(length, first, length))
        of_month |= {nearest_weekday(day, first, length) for day in self.nearest if day <= length}
        of_week = set(self._of_week(first, length))
        return tuple(sorted(of_month & of_week if self.both else of_month | of_week))

    def _of_week(self, first: int, length: int) -> tuple[int, ...]:
        """The days of such a month that the field day of week picks."""
        if len(self.weekdays) == 7:
            return tuple(range(1, length + 1))
        found = {
            day
            for weekday in self.weekdays
            for day in range((weekday - first) % 7 + 1, length + 1, 7)
        }
        found |= {length - (first + length - 1 - weekday) % 7 for weekday in self.last_of}
        for weekday, place in self.nth:
            day = (weekday - first) % 7 + 1 + 7 * (place - 1)
            if day <= length:
                found.add(day)
        return tuple(sorted(found))


def nearest_weekday(day: int, first: int, length: int) -> int:
    """The weekday (Monday to Friday) nearest to a day, within its month."""
    weekday = (first + day - 1) % 7
    if weekday == 5:
        return day - 1 if day > 1 else day + 2
    if weekday == 6:
        return day + 1 if day < length else day - 2
    return day


class Table:
    """The clock and the days of a cron expression."""

    __slots__ = ("clock", "days")

    def __init__(
        self,
        seconds: tuple[int, ...],
        minutes: tuple[int, ...],
        hours: tuple[int, ...],
        months: tuple[int, ...],
        day: DayField,
    ) -> None:
        within = tuple(
            [(minute * 60 + second) * SECOND for minute in minutes for second in seconds]
        )
        self.clock = Clock(tuple([hour * 3600 * SECOND for hour in hours]), within)
        self.days = MonthRule(day.pick, months)
