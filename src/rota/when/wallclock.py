"""Days and times of day on a wall clock become instants, forwards and backwards.

One place for what a change of the clocks does to cron and to the calendar kinds. A day without a
change near it costs two looks at the zone, however many times of day there are. Days near a change
are merged from the two sides of it, as a shifted or repeated time may pass midnight.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from heapq import merge
from itertools import islice
from typing import NamedTuple, Protocol

from rota.when.zone import DAY, FIRST, FIRST_DAY, LAST, LAST_DAY, Zone

__all__ = ("Clock", "Days", "Local", "back", "forth", "latest", "number")

HOUR = 3_600_000_000
NEAR = 4  # a change may move slots into the days around it; five days hold all it touches
FAR = 1 << 62


class Days(Protocol):
    """A set of days, walked in both directions; days are counted from 1970-01-01."""

    def forth(self, day: int) -> Iterator[int]:
        """The days of the set that are not before `day`, ascending."""

    def back(self, day: int) -> Iterator[int]:
        """The days of the set that are not after `day`, descending."""


class Clock(NamedTuple):
    """Times of day as hours times what happens in each of them; all in microseconds, ascending.

    For a list of times that is no such product `hours` is (0,) and `within` holds the times.
    """

    hours: tuple[int, ...]
    within: Sequence[int]


class Local(NamedTuple):
    """Times of day on certain days, in a zone, with what to do about gaps and folds."""

    days: Days
    clock: Clock
    zone: Zone
    gap: str
    fold: str


def forth(plan: Local, after: int) -> Iterator[int]:
    """The instants strictly later than `after`, strictly increasing."""
    if after >= LAST:
        return
    after = max(after, FIRST - 1)
    zone, hours, within = plan.zone, plan.clock.hours, plan.clock.within
    midnight = zone.midnight
    offset = zone.fixed or 0
    changing = zone.fixed is None
    calm = -FAR  # up to that day the clocks do not change
    first = (after + offset) // DAY
    if changing:
        offset = midnight(first - 2)
        if offset == midnight(first + 3):
            calm = first + 3
            first = (after + offset) // DAY
        else:
            first = zone.day(after) - 2
    done = -FAR  # the last day worked out together with the days before it
    for day in plan.days.forth(max(first, FIRST_DAY)):
        if day <= done:
            continue
        if changing and day + 2 > calm:
            offset = midnight(day)
            if offset != midnight(day + 2):
                done = day + NEAR
                yield from near(plan, day, after)
                continue
        base = day * DAY - offset
        if base > after and base + DAY <= LAST:
            for hour in hours:
                start = base + hour
                for part in within:
                    yield start + part
        else:
            yield from rest_of(plan.clock, base, after)


def rest_of(clock: Clock, base: int, after: int) -> Iterator[int]:
    """The instants later than `after` of a day without a change that begins at `base`."""
    hours, within = clock.hours, clock.within
    for hour in hours[bisect_right(hours, after - base - within[-1]) :]:
        start = base + hour
        for part in islice(within, bisect_right(within, after - start), None):
            if start + part > LAST:
                return
            yield start + part


def back(plan: Local, until: int) -> Iterator[int]:
    """The instants not later than `until`, strictly decreasing."""
    if until < FIRST:
        return
    until = min(until, LAST)
    zone, hours, within = plan.zone, plan.clock.hours, plan.clock.within
    last = zone.day(until)
    offset = zone.fixed or 0
    changing = zone.fixed is None
    if changing and zone.midnight(last - 2) != zone.midnight(last + 3):
        last += 2
    done = FAR
    for day in plan.days.back(min(last, LAST_DAY)):
        if day >= done:
            continue
        if changing:
            offset = zone.midnight(day + 2)
            if zone.midnight(day - 2) != offset:
                done = day - NEAR
                yield from near_back(plan, done, until)
                continue
        base = day * DAY - offset
        for hour in reversed(hours):
            start = base + hour
            for index in range(bisect_right(within, until - start) - 1, -1, -1):
                if start + within[index] < FIRST:
                    return
                yield start + within[index]


def near(plan: Local, day: int, after: int) -> Iterator[int]:
    """The instants later than `after` of five days from `day` on, in which the clocks change."""
    last = after
    parts = (
        moved(walls(plan, max(low, after + offset), high), offset)
        for low, high, offset in passes(plan, day)
    )
    for instant in merge(*parts, missed(plan, day)):
        if last < instant <= LAST:
            last = instant
            yield instant


def near_back(plan: Local, day: int, until: int) -> Iterator[int]:
    """The same five days, backwards: the instants not later than `until`."""
    last = until + 1
    parts = (
        moved(walls_back(plan, low, min(high, until + offset + 1)), offset)
        for low, high, offset in passes(plan, day)
    )
    for instant in merge(*parts, missed(plan, day), reverse=True):
        if FIRST <= instant < last:
            last = instant
            yield instant


def moved(wall_times: Iterator[int], offset: int) -> Iterator[int]:
    """Wall times at one offset as instants."""
    return (wall - offset for wall in wall_times)


def passes(plan: Local, day: int) -> Iterator[tuple[int, int, int]]:
    """What the clock shows on five days before and after its change, as (from, to, offset).

    Wall times from `from` up to before `to` happen at that offset. Where the two overlap a time
    happens twice; where they leave a hole it does not happen.
    """
    start, end = day * DAY, (day + NEAR + 1) * DAY
    change = plan.zone.next_change(start - 2 * DAY)
    if change is None:
        yield start, end, plan.zone.midnight(day)
        return
    old, new = change.instant + change.before, change.instant + change.after
    if change.kind == "gap":
        yield start, min(end, new if plan.gap == "shift" else old), change.before
        yield max(start, new), end, change.after
    else:
        yield start, min(end, new if plan.fold == "second" else old), change.before
        yield max(start, old if plan.fold == "first" else new), end, change.after


def missed(plan: Local, day: int) -> Iterator[int]:
    """The end of the gap, once, if times fall into it and the policy runs them there."""
    if plan.gap == "after" and (change := plan.zone.next_change((day - 2) * DAY)):
        low = max(day * DAY, change.instant + change.before)
        high = min((day + NEAR + 1) * DAY, change.instant + change.after)
        if next(walls(plan, low, high), None) is not None:
            yield change.instant


def walls(plan: Local, low: int, high: int) -> Iterator[int]:
    """The wall times from `low` up to before `high`, ascending."""
    hours, within = plan.clock.hours, plan.clock.within
    for day in plan.days.forth(max(low // DAY, FIRST_DAY)):
        if day * DAY >= high:
            return
        for hour in hours:
            start = day * DAY + hour
            for part in islice(within, bisect_left(within, low - start), None):
                if start + part >= high:
                    return
                yield start + part


def walls_back(plan: Local, low: int, high: int) -> Iterator[int]:
    """The same, descending."""
    hours, within = plan.clock.hours, plan.clock.within
    for day in plan.days.back(min((high - 1) // DAY, LAST_DAY)):
        for hour in reversed(hours):
            start = day * DAY + hour
            for index in range(bisect_left(within, high - start) - 1, -1, -1):
                if start + within[index] < low:
                    return
                yield start + within[index]


def latest(plan: Local, after: int, until: int, count: int) -> list[int]:
    """The last `count` instants in (after, until], ascending."""
    found: list[int] = []
    if count > 0:
        for instant in back(plan, until):
            if instant <= after:
                break
            found.append(instant)
            if len(found) >= count:
                break
    return found[::-1]


def number(slots: Iterator[int], until: int, limit: int) -> int:
    """How many of ascending `slots` are not later than `until`, at most `limit`."""
    return bisect_left(list(islice(slots, max(limit, 0))), until + 1)
