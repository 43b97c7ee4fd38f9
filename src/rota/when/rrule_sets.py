"""Which wall times a recurrence rule stands for, found near any moment.

A rule divides time into periods of its frequency (years, months, weeks, days, hours, minutes);
every INTERVALth of them holds a set of times. Nothing here counts from the start, unless the rule
says COUNT: the period near a moment is computed, so that an old rule costs what a young one does.

Wall times are whole seconds since 1970-01-01T00:00 on the wall.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from functools import lru_cache

from rota.when.rrule_periods import DAY, END, HOUR, MINUTE, ORDINAL, Periods, Set
from rota.when.rrule_rule import Rule

__all__ = ("Expansion", "expansion")

SILENCE = 401 * 366  # days
COUNTED = 1_200 * 366 * DAY  # by then a COUNT is reached, or the rule over: nobody waits longer


@lru_cache(maxsize=512)
def expansion(rule: Rule, start: int) -> Expansion:
    """The times of a rule that starts at a wall time; kept, because the same is asked often."""
    return Expansion(rule, start)


class Expansion:
    """The wall times of one rule with one start.

    >>> from rota.when.rrule_text import read_rule
    >>> weekly = Expansion(read_rule("FREQ=WEEKLY;BYDAY=MO;BYHOUR=9,17;BYMINUTE=0"), 0)
    >>> from itertools import islice
    >>> [divmod(wall, DAY) for wall in islice(weekly.after(0), 3)]
    [(4, 32400), (4, 61200), (11, 32400)]
    """

    def __init__(self, rule: Rule, start: int) -> None:
        self.start = start
        self.rule = rule = completed(rule, start)
        self.periods = Periods(rule, start)
        self.hours = rule.byhour if self.periods.unit == DAY else (0,)
        self.minutes = rule.byminute if self.periods.unit >= HOUR else (0,)
        self.seconds = rule.bysecond
        self.tail = len(self.hours) * len(self.minutes) * len(self.seconds)
        self.picked: dict[int, tuple[int, ...]] = {}
        self.end: int | None = None  # the COUNTth time, once it is known
        self.counted = start - 1, rule.count or 0  # up to there; so many are left

    # --- times ---------------------------------------------------------------------------------

    def after(self, wall: int) -> Iterator[int]:
        """The times later than `wall`, ascending, to the end of the rule or of the calendar."""
        wall = max(wall, self.start - 1)
        last = self.known(wall + 1)
        if wall >= last:
            return
        for found in self.sets(wall):
            for time in self.members(found, self.rank(found, wall)):
                if time > last and time > (last := self.known(time)):
                    return
                yield time

    def before(self, wall: int) -> Iterator[int]:
        """The times up to and including `wall`, descending, back to the start."""
        wall = min(wall, self.known(wall))
        if wall < self.start:
            return
        for found in self.sets(wall, back=True):
            for time in self.members(found, 0, self.rank(found, wall), back=True):
                if time < self.start:
                    return
                yield time

    def known(self, wall: int) -> int:
        """The COUNTth time, the last one; or any time from `wall` on, if that one is later.

        A rule that repeats itself needs one round for it; any other is counted up to where the
        answer matters, and once only.
        """
        if self.rule.count is None:
            return END - 1
        if self.end is None:
            cycle = self.periods.repeats() * DAY
            each = cycle and self.number(self.start + cycle - 1, self.rule.count)
            if each:
                rounds = (self.rule.count - 1) // each
                self.counted = self.start - 1, self.rule.count - rounds * each
                self.count_on(END)
                self.end = min(self.counted[0] + rounds * cycle, END - 1)
            elif self.counted[0] < wall:
                self.count_on(wall)
        return self.counted[0] if self.end is None else self.end

    def number(self, until: int, limit: int) -> int:
        """How many times there are from the start to `until`, exact below the limit."""
        total = 0
        for found in self.sets(self.start - 1):
            if found[0] > until or total >= limit:
                break
            low, high = self.rank(found, self.start - 1), self.rank(found, until)
            total += len(self.positions(found, low, high))
        return min(total, limit)

    def count_on(self, wall: int) -> None:
        """Count the times by the sizes of their sets, from where it was left up to `wall`."""
        reached, left = self.counted
        for found in self.sets(reached):
            if found[0] > self.start + COUNTED and self.rule.frequency not in ("YEARLY", "MONTHLY"):
                done = True
                break
            rest = self.positions(found, self.rank(found, reached) if found[0] <= reached else 0)
            if not rest:
                continue
            done = len(rest) >= left
            reached = self.time(found, rest[left - 1 if done else -1])
            left -= len(rest)
            if done or reached >= wall:
                break
        else:
            done = True  # the calendar ends before
        self.counted = reached, left
        if done:
            self.end = reached

    def never(self) -> bool:
        """Whether there is no time at all in the 400 years from the start."""
        before = self.start - 1
        return not any(
            len(self.positions(one, self.rank(one, before))) for one in self.sets(before)
        )

    # --- members of one set --------------------------------------------------------------------

    def time(self, found: Set, index: int) -> int:
        """The time at a position of a set: its base, then hour, minute and second of the tail."""
        origin, bases = found
        base, rest = divmod(index, self.tail)
        rest, second = divmod(rest, len(self.seconds))
        hour, minute = divmod(rest, len(self.minutes))
        clock = self.hours[hour] * HOUR + self.minutes[minute] * MINUTE + self.seconds[second]
        return origin + bases[base] + clock

    def rank(self, found: Set, wall: int) -> int:
        """How many positions of a set are not later than `wall`."""
        origin, bases = found
        base = bisect_right(bases, wall - origin) - 1
        if base < 0:
            return 0
        rest = wall - origin - bases[base]
        return base * self.tail + self.clock_rank(rest)

    def clock_rank(self, rest: int) -> int:
        """How many times of the tail are not later than `rest` seconds after their base."""
        rank = 0
        for field, size, below in (
            (self.hours, HOUR, len(self.minutes) * len(self.seconds)),
            (self.minutes, MINUTE, len(self.seconds)),
            (self.seconds, 1, 1),
        ):
            value, rest = divmod(rest, size)
            place = bisect_left(field, value)
            rank += place * below
            if place == len(field) or field[place] != value:
                return rank
        return rank + 1

    def positions(self, found: Set, low: int, high: int | None = None) -> range | tuple[int, ...]:
        """The positions of a set from `low` to before `high` that BYSETPOS leaves."""
        size = len(found[1]) * self.tail
        high = size if high is None else high
        if not self.rule.bysetpos:
            return range(low, high)
        picked = self.picked.get(size)
        if picked is None:
            wanted = (p - 1 if p > 0 else size + p for p in self.rule.bysetpos)
            picked = self.picked[size] = tuple(sorted({p for p in wanted if 0 <= p < size}))
        return picked[bisect_left(picked, low) : bisect_left(picked, high)]

    def members(
        self, found: Set, low: int, high: int | None = None, *, back: bool = False
    ) -> Iterator[int]:
        """The times at those positions."""
        positions: Iterable[int] = self.positions(found, low, high)
        if back:
            positions = reversed(positions)  # type: ignore[call-overload]
        for index in positions:
            yield self.time(found, index)

    # --- sets ----------------------------------------------------------------------------------

    def sets(self, wall: int, *, back: bool = False) -> Iterator[Set]:
        """The sets from the period that holds `wall` on, or back from it; none that is empty.

        A rule that has been silent for 400 years is over.
        """
        day = min(max(wall, self.start) // DAY, END // DAY - 1)
        if not self.positions((0, (0,) * self.periods.most()), 0):
            return  # every set is empty, and there may be billions of them
        picky, heard = bool(self.rule.bysetpos), day
        for one in self.periods.near(day, back):
            if one[1] and (not picky or self.positions(one, 0)):
                heard = one[0] // DAY
                yield one
            elif abs(one[0] // DAY - heard) > SILENCE:
                return


def completed(rule: Rule, start: int) -> Rule:
    """The rule with what it leaves open taken from its start, as RFC 5545 has it."""
    day, clock = divmod(start, DAY)
    at = date.fromordinal(day + ORDINAL)
    if rule.frequency != "MINUTELY":
        if rule.frequency != "HOURLY":
            rule = replace(rule, byhour=rule.byhour or (clock // HOUR,))
        rule = replace(rule, byminute=rule.byminute or (clock // MINUTE % 60,))
    rule = replace(rule, bysecond=rule.bysecond or (clock % 60,))
    dated = rule.byyearday or rule.bymonthday or rule.byday
    if not dated and (rule.frequency == "WEEKLY" or rule.byweekno):
        return replace(rule, byday=((0, at.weekday()),))
    if rule.frequency == "YEARLY" and not dated:
        return replace(rule, bymonth=rule.bymonth or (at.month,), bymonthday=(at.day,))
    if rule.frequency == "MONTHLY" and not dated:
        return replace(rule, bymonthday=(at.day,))
    return rule
