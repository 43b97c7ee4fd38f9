"""Which wall times a recurrence rule stands for: sets of whole periods, found near any moment.

A rule divides time into periods of its frequency (years, months, weeks, days, hours, minutes); every
INTERVALth of them holds a set of times. Nothing here counts from the start: the period near a moment
is computed, so that an old rule costs what a young one does. The days that a year contributes depend
only on the kind of year (there are 28), so they are found once for each.

Wall times are whole seconds since 1970-01-01T00:00 on the wall.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from functools import lru_cache
from itertools import chain
from math import gcd

from rota.when.rrule_days import YearKind, month_lengths, rule_days, year_kind
from rota.when.rrule_text import Rule

__all__ = ("Expansion", "expansion")

DAY, HOUR, MINUTE = 86_400, 3_600, 60
EPOCH = date(1970, 1, 1).toordinal()
FIRST_DAY = 1 - EPOCH
LAST_YEAR = 9999
SILENCE = 401 * 366  # days
END = (date(LAST_YEAR, 12, 31).toordinal() - EPOCH + 1) * DAY  # the first second that has no date

Set = tuple[int, tuple[int, ...]]  # an origin, and the bases after it to which the tail is added


@lru_cache(maxsize=512)
def expansion(rule: Rule, start: int) -> Expansion:
    """The sets of a rule that starts at a wall time; kept, because the same is asked again and again."""
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
        self.first_day = start // DAY
        self.rule = rule = completed(rule, start)
        self.step = rule.interval
        self.hours, self.minutes, self.seconds = rule.byhour, rule.byminute, rule.bysecond
        self.unit = {"HOURLY": HOUR, "MINUTELY": MINUTE}.get(rule.frequency, DAY)
        if self.unit < DAY:
            self.hours = (0,)
        if self.unit < HOUR:
            self.minutes = (0,)
        self.tail = len(self.hours) * len(self.minutes) * len(self.seconds)
        self.picked: dict[int, tuple[int, ...]] = {}
        self.kinds: dict[YearKind, tuple[int, ...]] = {}
        self.months: dict[tuple[YearKind, int], tuple[int, ...]] = {}
        self.end: int | None = None
        self.cycle = 1
        self.on_grid: dict[int, tuple[int, ...]] = {}
        if rule.frequency in ("DAILY", "HOURLY", "MINUTELY"):
            self.on_grid = self.residues()

    # --- times ---------------------------------------------------------------------------------

    def after(self, wall: int) -> Iterator[int]:
        """The times later than `wall`, ascending, to the end of the rule or of the calendar."""
        wall = max(wall, self.start - 1)
        last = END - 1 if self.rule.count is None else self.last()
        if wall >= last:
            return
        for found in self.sets(wall):
            for time in self.members(found, self.rank(found, wall)):
                if time > last:
                    return
                yield time

    def before(self, wall: int) -> Iterator[int]:
        """The times up to and including `wall`, descending, back to the start."""
        wall = min(wall, END - 1 if self.rule.count is None else self.last())
        if wall < self.start:
            return
        for found in self.sets(wall, back=True):
            for time in self.members(found, 0, self.rank(found, wall), back=True):
                if time < self.start:
                    return
                yield time

    def last(self) -> int:
        """The COUNTth time, found by the sizes of the sets; before the start if there is none."""
        if self.end is None:
            left = self.rule.count or 0
            self.end = self.start - 1
            for found in self.sets(self.start - 1):
                low = self.rank(found, self.start - 1)
                positions = self.positions(found, low)
                if len(positions) >= left:
                    self.end = self.time(found, positions[left - 1])
                    break
                left -= len(positions)
                if len(positions):
                    self.end = self.time(found, positions[-1])
        return self.end

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
        if not self.positions((0, (0,) * self.most()), 0):
            return  # every set is empty, and there may be billions of them
        periods = {"YEARLY": self.years, "MONTHLY": self.by_month, "WEEKLY": self.weeks}
        heard = day
        for one in periods.get(self.rule.frequency, self.days)(day, back):
            if one[1] and self.positions(one, 0):
                heard = one[0] // DAY
                yield one
            elif abs(one[0] // DAY - heard) > SILENCE:
                return

    def most(self) -> int:
        """The most bases that a set can have."""
        most = {"YEARLY": 366, "MONTHLY": 31, "WEEKLY": len(self.rule.byday)}
        return most.get(self.rule.frequency, 1)

    def years(self, day: int, back: bool) -> Iterator[Set]:
        """YEARLY: a set for each INTERVALth year."""
        first = year_of(self.first_day)
        for year in self.aligned(first, year_of(day), LAST_YEAR, back):
            yield new_year(year) * DAY, self.year_days(year)

    def by_month(self, day: int, back: bool) -> Iterator[Set]:
        """MONTHLY: a set for each INTERVALth month, counted in months since year 0."""
        first = month_of(self.first_day)
        for index in self.aligned(first, month_of(day), LAST_YEAR * 12 + 11, back):
            year, month = divmod(index, 12)
            kind = year_kind(year)
            lengths = month_lengths(kind)
            before = sum(lengths[:month])
            bases = self.months.get((kind, month))
            if bases is None:
                low, high = before * DAY, (before + lengths[month]) * DAY
                bases = tuple(b - low for b in self.year_days(year) if low <= b < high)
                self.months[kind, month] = bases
            yield (new_year(year) + before) * DAY, bases

    def weeks(self, day: int, back: bool) -> Iterator[Set]:
        """WEEKLY: a set for each INTERVALth week; weeks begin on WKST."""
        offset = (3 - self.rule.wkst) % 7  # 1970-01-01 was a Thursday
        first, near = (self.first_day + offset) // 7, (day + offset) // 7
        weekdays = tuple(sorted((d - self.rule.wkst) % 7 for _, d in self.rule.byday))
        plain = tuple(d * DAY for d in weekdays)
        for week in self.aligned(first, near, (END // DAY + offset) // 7, back):
            start = week * 7 - offset
            if not self.rule.bymonth and start + 7 <= END // DAY:
                yield start * DAY, plain
                continue
            bases = (d for d in weekdays if FIRST_DAY <= start + d < END // DAY)
            wanted = self.rule.bymonth or range(1, 13)
            yield (
                start * DAY,
                tuple(d * DAY for d in bases if month_of(start + d) % 12 + 1 in wanted),
            )

    def days(self, day: int, back: bool) -> Iterator[Set]:
        """DAILY, HOURLY, MINUTELY: the days on the grid, each with its bases; one by one if picked."""
        for year in self.aligned(year_of(self.first_day), year_of(day), LAST_YEAR, back, step=1):
            start = new_year(year)
            days = self.grid_days(year, start)
            yield start * DAY, ()  # nothing: to be seen when the rule is silent for long
            if back:
                days = days[: bisect_right(days, day)][::-1]
            else:
                days = days[bisect_left(days, day) :]
            for one in days:
                bases = self.on_grid[one % self.cycle]
                if self.rule.bysetpos:
                    yield from ((one * DAY, (base,)) for base in (bases[::-1] if back else bases))
                else:
                    yield one * DAY, bases

    def aligned(
        self, first: int, near: int, last: int, back: bool, step: int | None = None
    ) -> Iterable[int]:
        """Every INTERVALth number from `first`, beginning near a number: the one at or before it."""
        step = step or self.step
        begin = first + (near - first) // step * step
        return range(begin, first - 1, -step) if back else range(begin, last + 1, step)

    def grid_days(self, year: int, start: int) -> list[int]:
        """The days of a year that match and lie on the grid."""
        matching = self.year_days(year)
        if self.cycle == 1:
            return [start + base // DAY for base in matching] if self.on_grid else []
        if len(matching) <= len(self.on_grid):
            days = (start + base // DAY for base in matching)
            return [day for day in days if day % self.cycle in self.on_grid]
        wanted = {start + base // DAY for base in matching}
        end = start + 366
        grids = (range(start + (r - start) % self.cycle, end, self.cycle) for r in self.on_grid)
        return sorted(wanted.intersection(chain.from_iterable(grids)))

    def residues(self) -> dict[int, tuple[int, ...]]:
        """For DAILY and shorter: day number modulo `cycle` -> the bases on such a day.

        The units of a day are numbered day × per + unit, and those that are start + n × INTERVAL
        count. Seen from one unit of the day, the days on which it counts recur with `cycle`.
        """
        per = DAY // self.unit
        common = gcd(per, self.step)
        self.cycle = cycle = self.step // common
        inverse = pow(per // common, -1, cycle) if cycle > 1 else 0
        origin = self.start // self.unit
        found: dict[int, list[int]] = {}
        for unit in self.units():
            distance = origin - unit
            if distance % common == 0:
                day = distance // common * inverse % cycle
                found.setdefault(day, []).append(unit * self.unit)
        return {day: tuple(bases) for day, bases in found.items()}

    def units(self) -> Iterable[int]:
        """The hours or minutes of a day that BYHOUR and BYMINUTE leave; one unit for DAILY."""
        if self.unit == DAY:
            return (0,)
        hours = self.rule.byhour or range(24)
        if self.unit == HOUR:
            return hours
        minutes = self.rule.byminute or range(60)
        return [hour * 60 + minute for hour in hours for minute in minutes]

    def year_days(self, year: int) -> tuple[int, ...]:
        """The matching days of a year, in seconds since its first."""
        kind = year_kind(year)
        found = self.kinds.get(kind)
        if found is None:
            found = self.kinds[kind] = tuple(d * DAY for d in rule_days(self.rule, kind))
        return found


def completed(rule: Rule, start: int) -> Rule:
    """The rule with what it leaves open taken from its start, as RFC 5545 has it."""
    day, clock = divmod(start, DAY)
    at = date.fromordinal(day + EPOCH)
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


def year_of(day: int) -> int:
    return date.fromordinal(day + EPOCH).year


def month_of(day: int) -> int:
    at = date.fromordinal(day + EPOCH)
    return at.year * 12 + at.month - 1


def new_year(year: int) -> int:
    """The day number of the first of January."""
    return date(year, 1, 1).toordinal() - EPOCH
