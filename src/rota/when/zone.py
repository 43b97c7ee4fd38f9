"""Time zones: safe look-up by name, wall time to instants and back, gaps and folds.

A *wall time* is an int, microseconds since 1970-01-01T00:00 as a clock on the wall counts them. A
*day* is an int, days since 1970-01-01. Where clocks go forward some wall times do not exist (a
*gap*), where they go back some come twice (a *fold*). No two changes of one zone are closer than
six days in all zone data, which the code here and in `wallclock.py` uses.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple

from rota.errors import Problem, TriggerError

__all__ = ("DAY", "FIRST", "FIRST_DAY", "LAST", "LAST_DAY", "UTC_ZONE", "Change", "Zone", "zone")

SECOND = 1_000_000
HOUR = 3_600 * SECOND
DAY = 24 * HOUR
EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
FIRST_DAY = date(MINYEAR, 1, 1).toordinal() - EPOCH_ORDINAL
LAST_DAY = date(MAXYEAR, 12, 31).toordinal() - EPOCH_ORDINAL
FIRST = FIRST_DAY * DAY  # the first and the last instant that a datetime can hold
LAST = (LAST_DAY + 1) * DAY - 1
PROBE = 5  # days between two looks for a change: less than what parts two changes
YEAR = 31_556_952_000_000  # on average; only to guess the year of an instant
EARLIEST, SETTLED = 1835, 2100  # no zone changes before the one; from the other on by yearly rule
CYCLE = 3  # years of a yearly rule that show all its offsets
LONGEST_NAME = 64
UTC_NAMES = frozenset(("utc", "z", "etc/utc"))
# Names under which a system keeps something that is not an IANA zone.
NOT_ZONES = frozenset(("localtime", "posixrules", "Factory"))
REGIONS = frozenset((
    "Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Brazil",
    "Canada", "Chile", "Etc", "Europe", "Indian", "Mexico", "Pacific", "US",
))  # fmt: skip
LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/")


class Change(NamedTuple):
    """The clocks change at `instant`: the offset from UTC was `before` and is then `after`."""

    instant: int
    before: int
    after: int

    @property
    def kind(self) -> Literal["gap", "fold"]:
        """Whether wall times are left out or come twice."""
        return "gap" if self.after > self.before else "fold"


class Zone:
    """An IANA time zone as arithmetic on ints; equal by name.

    >>> prague = zone("Europe/Prague")
    >>> prague.offset(0) // HOUR
    1
    """

    __slots__ = ("epoch", "fixed", "info", "name")

    def __init__(self, name: str, info: tzinfo) -> None:
        self.name = name
        self.info = info
        self.epoch = datetime(1970, 1, 1, tzinfo=info)  # what `fromutc` takes for 1970 UTC
        fixed = info.utcoffset(None)
        self.fixed = None if fixed is None else micros(fixed)  # the offset, if it never changes

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Zone) and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)

    def __repr__(self) -> str:
        return f"zone({self.name!r})"

    def offset(self, instant: int) -> int:
        """The offset from UTC at an instant; at the calendar's ends that of two days inside."""
        if self.fixed is not None:
            return self.fixed
        kept = min(max(instant, FIRST + 2 * DAY), LAST - 2 * DAY)
        local = self.info.fromutc(self.epoch + timedelta(0, 0, kept))
        found = self.info.utcoffset(local)
        assert found is not None
        return found.days * DAY + found.seconds * 1_000_000

    def wall(self, instant: int) -> int:
        """The wall time at an instant."""
        return instant + self.offset(instant)

    def day(self, instant: int) -> int:
        """The local day an instant falls on."""
        return (instant + self.offset(instant)) // DAY

    def midnight(self, day: int) -> int:
        """The offset that a wall clock at 00:00 of a day goes by (the earlier of two)."""
        if self.fixed is not None:
            return self.fixed
        kept = min(max(day, FIRST_DAY), LAST_DAY)
        found = self.info.utcoffset(datetime.fromordinal(kept + EPOCH_ORDINAL))
        assert found is not None
        return found.days * DAY + found.seconds * 1_000_000

    def resolve(self, wall: int, gap: str, fold: str) -> tuple[int, ...]:
        """The instants of a wall time under a gap and a fold policy: none, one or two, ascending.

        >>> prague, two_thirty = zone("Europe/Prague"), 1_774_751_400_000_000  # 2026-03-29T02:30
        >>> [
        ...     prague.wall(prague.resolve(two_thirty, gap, "first")[0]) // 60_000_000 % 1440
        ...     for gap in ("shift", "after")
        ... ]
        [210, 180]
        """
        first, second = self.offsets(wall)
        if first == second:
            return (wall - first,)
        if first < second:
            if gap == "shift":
                return (wall - first,)
            return () if gap == "skip" else (self.edge(wall - second - SECOND, wall - first),)
        if fold == "both":
            return (wall - first, wall - second)
        return (wall - (first if fold == "first" else second),)

    def instant(self, wall: int) -> int:
        """The one instant of a wall time: shifted over a gap, the first of a fold."""
        return wall - self.offsets(wall)[0]

    def start_of(self, day: int) -> int:
        """The first instant of a local day; where the day begins in a gap, the end of the gap."""
        return self.resolve(day * DAY, "after", "first")[0]

    def offsets(self, wall: int) -> tuple[int, int]:
        """The offsets before and after the change a wall time is caught in; equal if in none."""
        if self.fixed is not None:
            return self.fixed, self.fixed
        day, rest = divmod(wall, DAY)
        kept = min(max(day, FIRST_DAY), LAST_DAY)
        moment = datetime.fromordinal(kept + EPOCH_ORDINAL) + timedelta(microseconds=rest)
        first = self.info.utcoffset(moment)
        second = self.info.utcoffset(moment.replace(fold=1))
        assert first is not None
        assert second is not None
        return micros(first), micros(second)

    def next_change(self, after: int) -> Change | None:
        """The first change of the clocks strictly later than an instant."""
        if self.fixed is not None:
            return None
        year = max(year_of(after), EARLIEST)
        for one in range(year - 1, min(max(year + 2, SETTLED), MAXYEAR) + 1):
            for change in changes(self, one):
                if change.instant > after:
                    return change
        return None

    def last_change(self, until: int) -> Change | None:
        """The last change of the clocks not later than an instant."""
        if self.fixed is not None:
            return None
        year = min(year_of(until) + 1, MAXYEAR)
        if year > SETTLED and not changes(self, SETTLED):
            year = SETTLED
        for one in range(year, EARLIEST - 1, -1):
            for change in reversed(changes(self, one)):
                if change.instant <= until:
                    return change
        return None

    def offsets_between(self, low: int, high: int) -> tuple[int, ...]:
        """Every offset that holds somewhere between two instants; perhaps some from close by."""
        if self.fixed is not None:
            return (self.fixed,)
        first = min(max(year_of(low) - 1, EARLIEST), MAXYEAR - CYCLE)
        last = min(year_of(high) + 2, max(first, SETTLED) + CYCLE)
        return offsets_within(self, first, max(first + 1, last))

    def edge(self, low: int, high: int) -> int:
        """The instant in (low, high] from which the offset is that of `high`."""
        target = self.offset(high)
        before, later = low // SECOND, -(-high // SECOND)  # changes happen on whole seconds
        for unit in (3_600, 1):  # and nearly always on whole hours
            while later - before > unit:
                middle = (before + later) // 2
                middle = middle // unit * unit if middle // unit * unit > before else middle
                if self.offset(middle * SECOND) == target:
                    later = middle
                else:
                    before = middle
            if unit > 1 and self.offset((later - 1) * SECOND) != target:
                break
        return later * SECOND


def micros(length: timedelta) -> int:
    """A timedelta as whole microseconds."""
    return length.days * DAY + length.seconds * 1_000_000 + length.microseconds


@lru_cache(maxsize=8192)
def changes(where: Zone, year: int) -> tuple[Change, ...]:
    """The changes of a zone's clocks in a year (by UTC, roughly: the same rule for every year)."""
    low = date(year, 1, 1).toordinal() - EPOCH_ORDINAL
    end = min(low + 365 + (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)), LAST_DAY)
    looks = [*range(low, end, PROBE), end]
    found = []
    for (day, first), (next_day, second) in pairwise(zip(looks, probes(where, looks), strict=True)):
        if first != second:
            before, later = micros(first), micros(second)
            # A gap at midnight begins at the very instant that is looked at.
            instant = where.edge(day * DAY - before - SECOND, next_day * DAY - later)
            found.append(Change(instant, before, later))
    return tuple(found)


def probes(where: Zone, days: Iterable[int]) -> list[timedelta]:
    """The offsets at these midnights; a list at once, as one by one takes three times as long."""
    ordinals = [day + EPOCH_ORDINAL for day in days]
    return list(map(where.info.utcoffset, map(datetime.fromordinal, ordinals)))  # type: ignore[arg-type]


@lru_cache(maxsize=2048)
def offsets_within(where: Zone, first: int, last: int) -> tuple[int, ...]:
    """Every offset that holds for six days or more between two years, both included."""
    low = date(first, 1, 1).toordinal() - EPOCH_ORDINAL
    high = date(last, 12, 31).toordinal() - EPOCH_ORDINAL
    found = set(probes(where, range(low, high + 1, PROBE)))
    return tuple(sorted(map(micros, found)))


def year_of(instant: int) -> int:
    """The year of an instant, perhaps one off."""
    return 1970 + instant // YEAR


UTC_ZONE = Zone("UTC", UTC)


@lru_cache(maxsize=700)
def zone(name: str) -> Zone:
    """The zone of an IANA name; anything else raises TriggerError with the nearest name.

    >>> zone("utc").name
    'UTC'
    """
    if name.lower() in UTC_NAMES:
        return UTC_ZONE
    if found := load(name):
        return Zone(name, found)
    hint = "write an IANA name such as Europe/Prague or UTC"
    first, _, rest = name.partition(" ")
    if rest and (first.lower() in UTC_NAMES or load(first)):
        hint = f"the zone stands for the whole text, after the options: write … {rest} in {first}"
    elif near := nearest(name):
        hint = f"write {near}"
    raise TriggerError(Problem("E_ZONE", "in", name, "there is no such time zone", hint))


def load(name: str) -> tzinfo | None:
    """The zone data of a name, read only if the name cannot lead out of the zone data."""
    parts = name.split("/")
    if (
        not name
        or len(name) > LONGEST_NAME
        or not LETTERS.issuperset(name)
        or name in NOT_ZONES
        or (len(parts) > 1 and parts[0] not in REGIONS)  # not right/…, which counts leap seconds
        or "" in parts
    ):
        return None
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (OSError, ValueError, LookupError):  # a folder, a list that is no zone, nothing there
        return None


def nearest(name: str) -> str | None:
    """The IANA name that somebody most likely meant."""
    if not name or len(name) > LONGEST_NAME:
        return None
    low = name.lower().replace(" ", "_")
    names = all_names()
    if low in names:
        return names[low]
    by_city = {key.rpartition("/")[2]: key for key in reversed(names)}
    region, _, city = low.rpartition("/")
    if city in by_city:
        return names[by_city[city]]
    from difflib import get_close_matches

    # Comparing with all six hundred takes too long; one end of the word is mostly right.
    some = [key for key in by_city if key[:3] == city[:3] or key[-3:] == city[-3:]]
    some.sort(key=lambda key: not by_city[key].startswith(region))
    close = get_close_matches(city, some[:40], 1, 0.75)
    return names[by_city[close[0]]] if close else None


@lru_cache(maxsize=1)
def all_names() -> dict[str, str]:
    """Every IANA name by its lower-case form."""
    from importlib.resources import files

    try:
        text = (files("tzdata") / "zones").read_text(encoding="utf-8")
    except (ModuleNotFoundError, OSError):
        from zoneinfo import available_timezones

        text = "\n".join(sorted(available_timezones()))
    return {name.lower(): name for name in text.split()}
