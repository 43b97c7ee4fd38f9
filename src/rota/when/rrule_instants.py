"""The wall times of a recurrence rule become instants, in order, whatever the clocks do between.

Near a change of the clocks a shifted time may pass later ones, and a repeated one comes twice;
times wait there until nothing can come before them any more. Elsewhere a time costs one
subtraction.
"""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heappop, heappush

from rota.when.rrule_sets import Expansion
from rota.when.zone import DAY, FIRST, LAST, Zone

__all__ = ("backward", "forward")

SECOND = 1_000_000


def forward(sets: Expansion, zone: Zone, gap: str, fold: str, after: int) -> Iterator[int]:
    """The instants strictly later than `after`, strictly increasing."""
    low = after + min(around(zone, zone.day(after)))
    last = after
    for instant in ordered(sets.after(low // SECOND - 1), zone, gap, fold, 1):
        if last < instant <= LAST:
            last = instant
            yield instant


def backward(sets: Expansion, zone: Zone, gap: str, fold: str, until: int) -> Iterator[int]:
    """The instants up to and including `until`, strictly decreasing."""
    high = until + max(around(zone, zone.day(until)))
    last = until + 1
    for instant in ordered(sets.before(high // SECOND + 1), zone, gap, fold, -1):
        if FIRST <= instant < last:
            last = instant
            yield instant


def ordered(walls: Iterator[int], zone: Zone, gap: str, fold: str, sign: int) -> Iterator[int]:
    """The instants of wall times that ascend (sign 1) or descend (sign -1), in that order."""
    waiting: list[int] = []  # instants × sign, the next one first
    day, offsets = None, (0, 0)
    for seconds in walls:
        wall = seconds * SECOND
        if wall // DAY != day:
            day = wall // DAY
            near = around(zone, day)
            offsets = min(near), max(near)
        low, high = offsets
        if low == high:
            instants: tuple[int, ...] = (wall - low,)
        else:
            instants = zone.resolve(wall, gap, fold)
        # No wall time still to come has an instant before (after, if descending) this one.
        bound = sign * (wall - (high if sign > 0 else low))
        while waiting and waiting[0] < bound:
            yield sign * heappop(waiting)
        if low == high and not waiting:
            yield instants[0]
            continue
        for instant in instants:
            heappush(waiting, sign * instant)
    while waiting:
        yield sign * heappop(waiting)


def around(zone: Zone, day: int) -> set[int]:
    """The offsets that hold on a day and the days around it; one if no change is near."""
    if zone.fixed is not None:
        return {zone.fixed}
    return {zone.midnight(day - 1), zone.midnight(day + 1), zone.midnight(day + 2)}
