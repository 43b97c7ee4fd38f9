"""Grids of elapsed time: anchor + n × step, with filters on the local day and time.

Filters never move a slot. Where the filters leave long holes the next slot is found by arithmetic,
span by span of the day, so that no step walks through a hole slot by slot.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from rota.when.days import weekday
from rota.when.window import ALL_DAYS, Between
from rota.when.zone import DAY, FIRST, LAST, Zone

__all__ = ("Filters", "Grid")

WEEK = 7 * DAY
WHOLE_DAY = ((0, DAY),)
MONDAY = 4 * DAY  # 1970-01-05
TRIES = 8  # slots or spans looked at one by one before the arithmetic over weeks
CENTURIES = 401 * 366 * DAY
PATIENCE = 4  # slots looked at one by one before all up to the next change are left out
RENEW = 64  # looks after which offsets of the past are forgotten
FAR = 1 << 62


@dataclass(frozen=True, slots=True)
class Filters:
    """Which local days and times of day are allowed."""

    days: int = ALL_DAYS
    between: Between | None = None

    @property
    def idle(self) -> bool:
        """Whether everything is allowed."""
        return self.days == ALL_DAYS and self.between is None

    def spans(self) -> tuple[tuple[int, int], ...]:
        """The allowed parts of an allowed day, as [from, to) in microseconds of the wall clock."""
        return self.between.spans() if self.between else WHOLE_DAY

    def allow(self, wall: int) -> bool:
        """Whether a wall time is allowed."""
        day, rest = divmod(wall, DAY)
        return bool(self.days >> weekday(day) & 1) and any(
            low <= rest < high for low, high in self.spans()
        )

    def onward(self, instant: int, zone: Zone) -> int:
        """The first allowed instant that is not before `instant`; beyond LAST if there is none."""
        for _ in range(20):  # an allowed day comes within a week, unless the clocks leave it out
            wall = zone.wall(instant)
            if self.idle or self.allow(wall):
                return instant
            found = self._next_start(wall) - zone.offset(instant)
            if found > LAST:
                break
            # The clocks may jump into a span, or go back to before one that seemed over.
            if zone.offset(found) != zone.offset(instant):
                change = zone.next_change(instant)
                found = min(found, change.instant) if change else found
            instant = found
        return FAR

    def before(self, instant: int, zone: Zone) -> int:
        """The last allowed instant that is not after `instant`."""
        for _ in range(20):
            wall = zone.wall(instant)
            if self.idle or self.allow(wall):
                return instant
            found = self._last_end(wall) - zone.offset(instant)
            if found < FIRST:
                break
            if zone.offset(found) != zone.offset(instant):
                change = zone.next_change(found)
                found = change.instant - 1 if change and change.instant <= instant else found
            instant = found
        return -FAR

    def _next_start(self, wall: int) -> int:
        """The next beginning of an allowed span strictly after a wall time."""
        day, rest = divmod(wall, DAY)
        for ahead in range(9):
            if self.days >> weekday(day + ahead) & 1:
                for low, _ in self.spans():
                    if ahead or low > rest:
                        return (day + ahead) * DAY + low
        raise AssertionError("a mask of days is never empty")

    def _last_end(self, wall: int) -> int:
        """The last microsecond of an allowed span before a wall time."""
        day, rest = divmod(wall, DAY)
        for behind in range(9):
            if self.days >> weekday(day - behind) & 1:
                for _, high in reversed(self.spans()):
                    if behind or high <= rest:
                        return (day - behind) * DAY + high - 1
        raise AssertionError("a mask of days is never empty")

    def weekly(self) -> tuple[tuple[int, int], ...]:
        """The allowed parts of a week from Monday 00:00; of a day if all days are allowed."""
        if self.days == ALL_DAYS:
            return self.spans()
        return tuple(
            (day * DAY + low, day * DAY + high)
            for day in range(7)
            if self.days >> day & 1
            for low, high in self.spans()
        )


@dataclass(frozen=True, slots=True)
class Grid:
    """anchor + n × step for n from `first` on; microseconds."""

    anchor: int
    step: int
    first: int = 0

    def above(self, instant: int) -> int:
        """The first slot that is not before an instant."""
        index = max(self.first, -(-(instant - self.anchor) // self.step))
        return self.anchor + index * self.step

    def forth(self, after: int, zone: Zone, filters: Filters) -> Iterator[int]:
        """The allowed slots strictly later than `after`."""
        slot = self.above(after + 1)
        if filters.idle:
            yield from range(slot, LAST + 1, self.step)
            return
        while slot <= LAST:
            found = self._allowed(slot, zone, filters)
            if found is None:
                return
            yield found
            slot = found + self.step

    def _allowed(self, slot: int, zone: Zone, filters: Filters) -> int | None:
        """The first allowed slot from `slot` on; None if there is none in 400 years."""
        for _ in range(TRIES):
            allowed = filters.onward(slot, zone)
            if allowed > LAST:
                return None
            if allowed == slot:
                return slot
            slot = self.above(allowed)
            if slot > LAST:
                return None
        return self._seek(slot, min(LAST, slot + CENTURIES), zone, filters, self.step)

    def _seek(self, slot: int, bound: int, zone: Zone, filters: Filters, step: int) -> int | None:
        """The first allowed slot from `slot` on, by `step`, which may be negative, up to `bound`.

        Goes from one slot that any of the zone's offsets would allow to the next. Where these are
        many and none comes while its offset holds, it leaves out all up to the next change.
        """
        sign = 1 if step > 0 else -1
        offsets: tuple[int, ...] = ()
        for look in count():
            if look % RENEW == 0:
                offsets = zone.offsets_between(min(slot, bound), max(slot, bound))
            found = self._hop(slot, step, filters, offsets)
            if found is None or sign * found > sign * bound:
                return None
            if filters.allow(zone.wall(found)):
                return found
            slot = found + step
            if look % PATIENCE == 0:
                held = self._hop(slot, step, filters, (zone.offset(slot),))
                change = zone.next_change(slot) if sign > 0 else zone.last_change(slot)
                end = bound if change is None else change.instant - (sign > 0)
                if held is not None and sign * held <= sign * end:
                    return held if sign * held <= sign * bound else None
                if change is None:
                    return None
                slot = self.above(end + 1) if sign > 0 else self.below(end - 1)
        return None

    def _hop(self, slot: int, step: int, filters: Filters, offsets: tuple[int, ...]) -> int | None:
        """The first slot from `slot` on, by `step`, that one of these offsets would allow."""
        period = DAY if filters.days == ALL_DAYS else WEEK
        spans = filters.weekly()
        steps = [
            n
            for offset in offsets
            for low, high in spans
            if (n := first_hit(slot + offset - MONDAY, step, period, low, high - 1)) is not None
        ]
        return slot + min(steps) * step if steps else None

    def back(self, until: int, after: int, zone: Zone, filters: Filters) -> Iterator[int]:
        """The allowed slots in (after, until], strictly decreasing."""
        after = max(after, self.anchor + self.first * self.step - 1)
        slot = self.below(until)
        if filters.idle:
            yield from range(slot, after, -self.step)
            return
        while slot > after:
            found = self._allowed_back(slot, after, zone, filters)
            if found is None:
                return
            yield found
            slot = found - self.step

    def below(self, instant: int) -> int:
        """The last slot, or what would be one before the first, not after an instant."""
        return self.anchor + (instant - self.anchor) // self.step * self.step

    def _allowed_back(self, slot: int, after: int, zone: Zone, filters: Filters) -> int | None:
        """The last allowed slot in (after, slot]."""
        for _ in range(TRIES):
            allowed = filters.before(slot, zone)
            if allowed == slot:
                return slot
            slot = self.below(allowed)
            if slot <= after:
                return None
        return self._seek(slot, after + 1, zone, filters, -self.step)


def first_hit(start: int, step: int, period: int, low: int, high: int) -> int | None:
    """The least n ≥ 0 with low ≤ (start + n × step) mod period ≤ high; None if there is none.

    >>> first_hit(0, 7, 10, 4, 5)
    2
    """
    start %= period
    if low <= start <= high:
        return 0
    return hit(step % period, period, (low - start) % period, (high - start) % period)


def hit(step: int, period: int, low: int, high: int) -> int | None:
    """The least n ≥ 0 with low ≤ n × step mod period ≤ high, for 0 < low ≤ high < period.

    Euclid's algorithm: either a multiple of step lies in the span the first time round, or the
    question is how many rounds it takes, which is the same question modulo step.
    """
    if step == 0:
        return None
    if 2 * step > period:  # walk the other way round, so that the numbers halve
        step, low, high = period - step, period - high, period - low
    n = -(-low // step)
    if n * step <= high:
        return n
    rounds = hit(-period % step, step, low % step, high % step)
    return None if rounds is None else -(-(low + rounds * period) // step)
