"""What a cron expression matches: the seconds of a day and the days of a month, worked out once."""

from __future__ import annotations

from itertools import compress
from typing import NamedTuple

from rota.when.cron_field import Cell
from rota.when.days import MonthRule
from rota.when.wallclock import Clock

__all__ = ("DayField", "Table")

SECOND = 1_000_000
HOUR = 3_600 * SECOND


class DayField(NamedTuple):
    """What the fields day of month and day of week pick; Sunday is 0 or 7."""

    dom: Cell
    dow: Cell
    both: bool  # both fields must hold, else either suffices

    def pick(self, month: int, first: int, length: int) -> tuple[int, ...]:
        """The days of a month that begins on weekday `first` and has `length` days."""
        dom = self.dom
        if self.both and len(dom.values) == 31:  # any day, the commonest case
            return self._of_week(first, length)
        of_month = {day for day in dom.values if day <= length}
        if dom.last:
            of_month.add(length)
        if dom.last_weekday:
            of_month.add(nearest_weekday(length, first, length))
        of_month |= {nearest_weekday(day, first, length) for day in dom.nearest if day <= length}
        if self.both and len(self.dow.values) == 8:
            return tuple(sorted(of_month))
        of_week = set(self._of_week(first, length))
        return tuple(sorted(of_month & of_week if self.both else of_month | of_week))

    def _of_week(self, first: int, length: int) -> tuple[int, ...]:
        """The days of such a month that the field day of week picks."""
        dow = self.dow
        if len(dow.values) == 8:
            return tuple(range(1, length + 1))
        marks = [False] * 8
        for weekday in dow.values:
            marks[weekday] = True
        week = [*marks[1:7], marks[0] or marks[7]]  # from Monday on
        plain = tuple(compress(range(1, length + 1), (week * 6)[first:]))
        if not dow.last_of and not dow.nth:
            return plain
        found = set(plain)
        found |= {length - (first + length - weekday) % 7 for weekday in dow.last_of}
        for weekday, place in dow.nth:
            day = (weekday - 1 - first) % 7 + 1 + 7 * (place - 1)
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
    """The clock and the days of a cron expression, and what it does where the clocks change."""

    __slots__ = ("clock", "days", "every_month", "policies")

    def __init__(self, cells: list[Cell], both: bool, floats: bool) -> None:
        second, minute, hour, dom, month, dow = cells
        within = [(m * 60 + s) * SECOND for m in minute.values for s in second.values]
        self.clock = Clock(tuple([one * HOUR for one in hour.values]), within)
        self.days = MonthRule(DayField(dom, dow, both).pick, month.values)
        self.every_month = len(dom.values) == 31  # a fifth Monday of February comes, too
        # It follows real time if the hours begin with `*`.
        self.policies = ("skip", "both") if floats else ("after", "first")
