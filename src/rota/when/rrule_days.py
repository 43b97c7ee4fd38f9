"""Which days of a year a recurrence rule's BY… parts leave, for each of the 28 kinds of year.

Two years with the same weekday on the first of January and the same leap days around them have the
same days. Every filter gives a set of days, counted from 0; the rule's days are in all of them.
"""

from __future__ import annotations

from calendar import isleap
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from rota.when.rrule_rule import Rule

__all__ = ("YearKind", "month_lengths", "rule_days", "year_kind")

COMMON = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
LEAP = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class YearKind(NamedTuple):
    """All that decides which days of a year match: its first weekday (Monday 0) and leap days."""

    weekday: int
    leap: bool
    leap_before: bool
    leap_after: bool

    @property
    def length(self) -> int:
        """How many days the year has."""
        return 366 if self.leap else 365


@lru_cache(maxsize=10_000)
def year_kind(year: int) -> YearKind:
    """The kind of a year.

    >>> year_kind(2026)
    YearKind(weekday=3, leap=False, leap_before=False, leap_after=False)
    """
    return YearKind(date(year, 1, 1).weekday(), isleap(year), isleap(year - 1), isleap(year + 1))


def month_lengths(kind: YearKind) -> tuple[int, ...]:
    """The lengths of the months."""
    return LEAP if kind.leap else COMMON


def rule_days(rule: Rule, kind: YearKind) -> Sequence[int]:
    """The days of such a year that match a completed rule, ascending.

    >>> from rota.when.rrule_text import read_rule
    >>> rule_days(read_rule("FREQ=YEARLY;BYMONTH=1;BYDAY=1MO,-1FR"), year_kind(2026))
    [4, 29]
    """
    filters = []
    if rule.bymonth:
        filters.append(in_months(rule.bymonth, kind))
    if rule.byweekno:
        filters.append(in_weeks(rule, kind))
    if rule.byyearday:
        filters.append(wanted_places(rule.byyearday, range(kind.length)))
    if rule.bymonthday:
        filters.append(
            {day for month in months(kind) for day in wanted_places(rule.bymonthday, month)}
        )
    if rule.byday:
        filters.append(on_weekdays(rule, kind))
    if not filters:
        return range(kind.length)
    return sorted(set.intersection(*filters))


def months(kind: YearKind) -> list[range]:
    """The days of each month."""
    found, first = [], 0
    for length in month_lengths(kind):
        found.append(range(first, first + length))
        first += length
    return found


def in_months(wanted: Iterable[int], kind: YearKind) -> set[int]:
    spans = months(kind)
    return {day for month in wanted for day in spans[month - 1]}


def wanted_places(places: Iterable[int], days: Sequence[int]) -> set[int]:
    """The days at places counted from 1, or from the end if negative."""
    size = len(days)
    return {days[p - 1] if p > 0 else days[p] for p in places if -size <= p <= size}


def on_weekdays(rule: Rule, kind: YearKind) -> set[int]:
    """BYDAY: weekdays, or the nth of the month (of the year for YEARLY without BYMONTH)."""
    spans = months(kind)
    if rule.frequency == "YEARLY":
        spans = [spans[month - 1] for month in rule.bymonth] or [range(kind.length)]
    found: set[int] = set()
    for place, weekday in rule.byday:
        first = (weekday - kind.weekday) % 7
        if not place:
            found.update(range(first, kind.length, 7))
            continue
        for span in spans:
            same = range(span.start + (first - span.start) % 7, span.stop, 7)
            found |= wanted_places((place,), same)
    return found


def in_weeks(rule: Rule, kind: YearKind) -> set[int]:
    """BYWEEKNO: the days in such weeks; week 1 is the first with four days in its year."""
    first = first_week(kind.weekday, rule.wkst)
    after = first_week((kind.weekday + kind.length) % 7, rule.wkst) + kind.length
    length_before = 366 if kind.leap_before else 365
    before = first_week((kind.weekday - length_before) % 7, rule.wkst) - length_before
    length_after = 366 if kind.leap_after else 365
    last = first_week((kind.weekday + kind.length + length_after) % 7, rule.wkst)
    bounds = (before, first, after, last + kind.length + length_after)
    found: set[int] = set()
    for start, end in pairwise(bounds):  # the weeks of the year before, this one, the next
        for week in wanted_places(rule.byweekno, range(start, end, 7)):
            found.update(day for day in range(week, week + 7) if 0 <= day < kind.length)
    return found


def first_week(weekday: int, wkst: int) -> int:
    """Where week 1 begins, counted from a first of January that falls on `weekday`: -3 to 3."""
    offset = (weekday - wkst) % 7
    return -offset if offset <= 3 else 7 - offset
