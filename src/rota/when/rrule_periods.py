"""Which periods a recurrence rule counts, and what each of them holds, found near any day.

Every INTERVALth year, month or week holds a set of days; every INTERVALth day, hour or minute is
found by arithmetic on the number of its day. The days that a year contributes depend only on the
kind of year (there are 28), so they are found once for each.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain
from math import gcd, lcm

from rota.when.rrule_days import YearKind, month_lengths, rule_days, year_kind
from rota.when.rrule_rule import Rule

__all__ = ("DAY", "END", "HOUR", "MINUTE", "ORDINAL", "Periods", "Set")

DAY, HOUR, MINUTE = 86_400, 3_600, 60
ORDINAL = date(1970, 1, 1).toordinal()
FIRST_DAY = 1 - ORDINAL
LAST_YEAR = 9999
END = (date(LAST_YEAR, 12, 31).toordinal() - ORDINAL + 1) * DAY  # the first second without a date

Set = tuple[int, tuple[int, ...]]  # an origin, and bases after it; times of day are added to them


class Periods:
    """The periods of one completed rule with one start, in wall seconds since 1970."""

    def __init__(self, rule: Rule, start: int) -> None:
        self.rule = rule
        self.start = start
        self.first_day = start // DAY
        self.step = rule.interval
        self.unit = {"HOURLY": HOUR, "MINUTELY": MINUTE}.get(rule.frequency, DAY)
        self.kinds: dict[YearKind, tuple[int, ...]] = {}
        self.kind_sets: dict[YearKind, frozenset[int]] = {}
        self.months: dict[tuple[YearKind, int], Set] = {}
        self.cycle = 1
        self.on_grid: dict[int, tuple[int, ...]] = {}
        if rule.frequency in ("DAILY", "HOURLY", "MINUTELY"):
            self.on_grid = self.residues()

    def near(self, day: int, back: bool) -> Iterator[Set]:
        """The sets from the period that holds a day on, or back from it; some may be empty."""
        of = {"YEARLY": self.years, "MONTHLY": self.by_month, "WEEKLY": self.weeks}
        return of.get(self.rule.frequency, self.days)(day, back)

    def most(self) -> int:
        """The most bases that a set can have."""
        most = {"YEARLY": 366, "MONTHLY": 31, "WEEKLY": len(self.rule.byday)}
        return most.get(self.rule.frequency, 1)

    def repeats(self) -> int:
        """After how many days the rule repeats itself exactly; 0 if the calendar has a say."""
        rule = self.rule
        if rule.bymonth or rule.bymonthday or rule.byyearday:
            return 0
        if rule.frequency == "WEEKLY":
            return 7 * self.step
        if not self.on_grid:
            return 0
        return lcm(7, self.cycle) if rule.byday else self.cycle

    def years(self, day: int, back: bool) -> Iterator[Set]:
        """YEARLY: a set for each INTERVALth year."""
        first = year_of(self.first_day)
        for year in self.aligned(first, year_of(day), LAST_YEAR, back):
            yield new_year(year) * DAY, self.year_days(year)

    def by_month(self, day: int, back: bool) -> Iterator[Set]:
        """MONTHLY: a set for each INTERVALth month, counted in months since year 0."""
        first = month_of(self.first_day)
        wanted = self.rule.bymonth or range(1, 13)
        if not any((first + n * self.step) % 12 + 1 in wanted for n in range(12)):
            return  # no month that counts is wanted
        for index in self.aligned(first, month_of(day), LAST_YEAR * 12 + 11, back):
            year, month = divmod(index, 12)
            if month + 1 not in wanted:
                continue
            key = year_kind(year), month
            if key not in self.months:
                self.months[key] = self.month_days(year, *key)
            before, bases = self.months[key]
            yield new_year(year) * DAY + before, bases

    def month_days(self, year: int, kind: YearKind, month: int) -> Set:
        """Where a month begins in such a year, and its matching days; in seconds."""
        lengths = month_lengths(kind)
        low = sum(lengths[:month]) * DAY
        high = low + lengths[month] * DAY
        return low, tuple(base - low for base in self.year_days(year) if low <= base < high)

    def weeks(self, day: int, back: bool) -> Iterator[Set]:
        """WEEKLY: a set for each INTERVALth week; weeks begin on WKST."""
        offset = (3 - self.rule.wkst) % 7  # 1970-01-01 was a Thursday
        first, near = (self.first_day + offset) // 7, (day + offset) // 7
        weekdays = tuple(sorted((d - self.rule.wkst) % 7 for _, d in self.rule.byday))
        plain = tuple(d * DAY for d in weekdays)
        weeks = self.aligned(first, near, (END // DAY + offset) // 7, back)
        for week in self.in_months(weeks, offset) if self.rule.bymonth else weeks:
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

    def in_months(self, weeks: range, offset: int) -> Iterator[int]:
        """The weeks that have a day in the months wanted, found month by month."""
        if not weeks:
            return
        forth = weeks.step > 0
        months = self.rule.bymonth if forth else self.rule.bymonth[::-1]
        low = min(max(weeks[0] * 7 - offset, FIRST_DAY), END // DAY - 1)
        near = year_of(low)
        years = range(near - 1, LAST_YEAR + 1) if forth else range(near + 1, 0, -1)
        done = weeks[0] - weeks.step
        for year in years:
            for month in months if 1 <= year <= LAST_YEAR else ():
                head = date(year, month, 1).toordinal() - ORDINAL
                span = (head + offset) // 7, (head + 30 + offset) // 7
                for week in in_span(weeks, *span):
                    if (week > done) if forth else (week < done):
                        done = week
                        yield week

    def days(self, day: int, back: bool) -> Iterator[Set]:
        """DAILY and shorter: the days on the grid, each with its bases; one by one if picked."""
        if len(self.on_grid) * 366 < self.cycle:
            days = self.sparse_days(day, back)
        else:
            days = self.dense_days(day, back)
        for one, holds in days:
            bases = self.on_grid[one % self.cycle] if holds else ()
            if self.rule.bysetpos:
                yield from ((one * DAY, (base,)) for base in (bases[::-1] if back else bases))
            else:
                yield one * DAY, bases

    def dense_days(self, day: int, back: bool) -> Iterator[tuple[int, bool]]:
        """The days that match and lie on the grid, year by year; a year's first without times.

        That day is there to be seen when the rule is silent for long.
        """
        for year in self.aligned(year_of(self.first_day), year_of(day), LAST_YEAR, back, step=1):
            start = new_year(year)
            days = self.grid_days(year, start)
            yield start, False
            if back:
                days = days[: bisect_right(days, day)][::-1]
            else:
                days = days[bisect_left(days, day) :]
            for one in days:
                yield one, True

    def sparse_days(self, day: int, back: bool) -> Iterator[tuple[int, bool]]:
        """The same where the grid has less than a day a year: the grid's days, one by one."""
        residues = sorted(self.on_grid)
        if not residues:
            return
        first, last = self.first_day, END // DAY - 1
        base = (max(first, min(day, last)) // self.cycle) * self.cycle
        while first - self.cycle <= base <= last:
            for residue in residues[::-1] if back else residues:
                one = base + residue
                if first <= one <= last and (one <= day if back else one >= day):
                    year = year_of(one)
                    yield one, (one - new_year(year)) * DAY in self.year_set(year)
            base += -self.cycle if back else self.cycle

    def aligned(
        self, first: int, near: int, last: int, back: bool, step: int | None = None
    ) -> range:
        """Every INTERVALth number from `first`, beginning with the one at or before `near`."""
        step = step or self.step
        begin = first + (near - first) // step * step
        return range(begin, first - 1, -step) if back else range(begin, last + 1, step)

    def grid_days(self, year: int, start: int) -> list[int]:
        """The days of a year that match and lie on the grid."""
        matching = self.year_days(year)
        if self.cycle == 1:
            return [start + base // DAY for base in matching] if self.on_grid else []
        if len(matching) * self.cycle <= 366 * len(self.on_grid):
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

    def year_set(self, year: int) -> frozenset[int]:
        """The same as a set."""
        kind = year_kind(year)
        if kind not in self.kind_sets:
            self.kind_sets[kind] = frozenset(self.year_days(year))
        return self.kind_sets[kind]


def in_span(steps: range, low: int, high: int) -> range:
    """The numbers of a range that lie from `low` to `high`, in its order."""
    near, far = (low, high) if steps.step > 0 else (high, low)
    begin = max(0, -((steps.start - near) // steps.step))
    end = max(0, (far - steps.start) // steps.step + 1)
    return steps[begin:end]


def year_of(day: int) -> int:
    return date.fromordinal(day + ORDINAL).year


def month_of(day: int) -> int:
    at = date.fromordinal(day + ORDINAL)
    return at.year * 12 + at.month - 1


def new_year(year: int) -> int:
    """The day number of the first of January."""
    return date(year, 1, 1).toordinal() - ORDINAL
