"""`daily`, `weekly`, `monthly` and `yearly`: times of day on days that a calendar names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from rota.errors import Problem
from rota.when import wallclock
from rota.when.days import LENGTHS, MonthRule
from rota.when.names import DAYS, MONTHS
from rota.when.term import Follows, Ground, Kind, Often, Reader, Warning
from rota.when.wallclock import Clock, Local
from rota.when.window import (
    DAY_NUMBERS,
    NAMES,
    clock_text,
    days_text,
    days_words,
    joined,
    nearest_day,
    number,
    read_clock,
    read_days,
)

__all__ = ("READERS", "Calendar")

LAST_DAY = 32  # stands for `last` in a list of days of the month
ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": -1}
SHORT = {"1st": 1, "2nd": 2, "3rd": 3, "4th": 4, "5th": 5}
ORDINAL_NAMES = {place: name for name, place in ORDINALS.items()}

# What a monthly rule names: a day of the month (1 to 31, 32 the last), or a weekday in a place
# (place, weekday), the place -1 being the last.
Named = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Calendar:
    """Times of day on every day, on days of the week, of the month or of the year.

    `named` holds, ascending: nothing for daily; (mask, 0) for weekly; for monthly (0, day) or
    (place, weekday); for yearly (month, day).
    """

    word: str  # daily, weekly, monthly or yearly
    named: tuple[Named, ...]
    times: tuple[int, ...]  # microseconds of the day, ascending

    often: ClassVar[Often] = "again"
    options: ClassVar[frozenset[str]] = frozenset(("from", "until"))

    @property
    def follows(self) -> Follows | None:
        """Never: it has a rule of its own."""
        return None

    @property
    def zoned(self) -> bool:
        """Always: wall clocks differ."""
        return True

    def body(self) -> str:
        """The canonical text."""
        at = "at " + ",".join(clock_text(time) for time in self.times)
        if self.word == "daily":
            return f"daily {at}"
        if self.word == "weekly":
            return f"weekly on {days_text(self.named[0][0])} {at}"
        if self.word == "yearly":
            dates = ",".join(f"{month:02}-{day:02}" for month, day in self.named)
            return f"yearly on {dates} {at}"
        return f"monthly on {','.join(monthly_text(one) for one in self.named)} {at}"

    def words(self) -> str:
        """`every day at 09:00`, `on the first Monday of every month at 06:00`."""
        at = "at " + joined([clock_text(time) for time in self.times])
        if self.word == "daily":
            return f"every day {at}"
        if self.word == "weekly":
            mask = self.named[0][0]
            single = mask & (mask - 1) == 0
            return f"every {days_words(mask)} {at}" if single else f"{days_words(mask)} {at}"
        if self.word == "yearly":
            dates = joined([f"{day} {MONTHS[month - 1]}" for month, day in self.named])
            return f"every year on {dates} {at}"
        return f"every month on {joined([monthly_words(one) for one in self.named])} {at}"

    def slots(self, after: int, ground: Ground) -> Iterator[int]:
        """The slots later than `after`."""
        return wallclock.forth(self._plan(ground), after)

    def latest(self, after: int, until: int, count: int, ground: Ground) -> list[int]:
        """The last `count` slots in (after, until]."""
        return wallclock.latest(self._plan(ground), after, until, count)

    def count(self, after: int, until: int, limit: int, ground: Ground) -> int:
        """How many slots lie in (after, until]."""
        return wallclock.number(self.slots(after, ground), until, limit)

    def problems(self, ground: Ground) -> list[Problem]:
        """None: what never comes cannot be written."""
        return []

    def warnings(self, ground: Ground, now: int | None) -> list[Warning]:
        """Days that shorter months move to their last day."""
        found = []
        for first, day in self.named if self.word == "monthly" else ():
            if not first and 28 < day < LAST_DAY:
                text = f"Months without a day {day} run on their last day."
                found.append(Warning("clamped", text))
        if self.word == "yearly" and (2, 29) in self.named:
            found.append(Warning("clamped", "Years without 29 February run on 28 February."))
        return found

    def _plan(self, ground: Ground) -> Local:
        return Local(
            rule(self.word, self.named),
            Clock((0,), self.times),
            ground.zone,
            ground.gap or "shift",
            ground.fold or "first",
        )


@lru_cache(maxsize=256)
def rule(word: str, named: tuple[Named, ...]) -> MonthRule:
    """The days of a calendar rule; kept, as it remembers what it worked out."""
    if word == "daily":
        return MonthRule(lambda _, __, length: tuple(range(1, length + 1)))
    if word == "weekly":
        mask = named[0][0]
        return MonthRule(
            lambda _, first, length: tuple(
                day for day in range(1, length + 1) if mask >> (first + day - 1) % 7 & 1
            )
        )
    if word == "yearly":
        return MonthRule(
            lambda month, _, length: tuple(
                sorted({min(day, length) for one, day in named if one == month})
            ),
            tuple(sorted({month for month, _ in named})),
        )
    return MonthRule(
        lambda _, first, length: tuple(
            sorted(
                day for day in {monthly_day(one, first, length) for one in named} if day <= length
            )
        )
    )


def monthly_day(named: Named, first: int, length: int) -> int:
    """The day of the month that is meant; beyond `length` for a fifth weekday that is not there."""
    place, day = named
    if not place:
        return min(day, length)
    earliest = (day - first) % 7 + 1
    if place > 0:
        return earliest + 7 * (place - 1)
    return earliest + (length - earliest) // 7 * 7


def monthly_text(named: Named) -> str:
    """A named day as it is written: `15`, `last`, `first mon`."""
    place, day = named
    if place:
        return f"{ORDINAL_NAMES[place]} {NAMES[day]}"
    return "last" if day == LAST_DAY else str(day)


def monthly_words(named: Named) -> str:
    """A named day in English: `day 15`, `the last day`, `the first Monday`."""
    place, day = named
    if place:
        return f"the {ORDINAL_NAMES[place]} {DAYS[day]}"
    return "the last day" if day == LAST_DAY else f"day {day}"


def read_times(text: str, problems: list[Problem]) -> tuple[int, ...]:
    """`09:00,17:30` as microseconds of the day."""
    from rota.when.meant import clock

    found = set()
    for item in text.split(","):
        time = read_clock(item.strip())
        if time is None:
            hint = "write HH:MM or HH:MM:SS, 00:00 to 23:59:59"
            if plain := clock(item):
                hint = f"write {plain}"
            elif item.strip() in ("24", "24:00"):
                hint = "write 00:00"
            problems.append(Problem("E_TIME", "at", item.strip(), "this is no time of day", hint))
        else:
            found.add(time)
    return tuple(sorted(found))


def read_monthly(text: str, problems: list[Problem]) -> tuple[Named, ...]:
    """`1,15,last` and `first mon` as named days."""
    found: set[Named] = set()
    for item in text.lower().split(","):
        words = item.split()
        place = ORDINALS.get(words[0], SHORT.get(words[0])) if words else None
        if len(words) == 2 and place and words[1] in DAY_NUMBERS:
            found.add((place, DAY_NUMBERS[words[1]]))
        elif words in (["last"], ["last", "day"]):
            found.add((0, LAST_DAY))
        elif (
            len(words) == 1
            and words[0].isdecimal()
            and words[0].isascii()
            and len(words[0]) < 3
            and 1 <= int(words[0]) <= 31
        ):
            found.add((0, int(words[0])))
        else:
            hint = "write days 1 to 31, last, first mon or last fri"
            if len(words) == 2 and place and (near := nearest_day(words[1])):
                hint = f"write {words[0]} {near}"
            elif words:
                from rota.when.typos import slip

                close = [name for name in ORDINALS if slip(words[0], name)]
                hint = f"write {' '.join([*close[:1], *words[1:]])}" if close else hint
            reason = "this is no day of the month"
            problems.append(Problem("E_DOM", "on", item.strip(), reason, hint))
    return tuple(sorted(found, key=lambda one: (one[0] != 0, one[0] < 0, one)))


def read_yearly(text: str, problems: list[Problem]) -> tuple[Named, ...]:
    """`12-24` and `02-29` as (month, day)."""
    found = set()
    for item in text.split(","):
        item = item.strip()
        month, day = number(item[:2], 2), number(item[3:], 2)
        if item[2:3] != "-" or month is None or day is None:
            reason = "this is no day of the year"
        elif not 1 <= month <= 12 or not 1 <= day <= LENGTHS[month] + (month == 2):
            reason = "there is no such day in any year"
        else:
            found.add((month, day))
            continue
        problems.append(Problem("E_DOM", "on", item, reason, "write MM-DD, for example 12-24"))
    return tuple(sorted(found))


def reader(word: str) -> Reader:
    """The reader of one of the four kinds."""

    def read(payload: str, _: Mapping[str, str], problems: list[Problem]) -> Kind | None:
        words = payload.split()
        low = [one.lower() for one in words]
        if "at" not in low:
            problems.append(
                Problem(
                    "E_TIME", word, payload, "the time of day is missing", f"write {EXAMPLES[word]}"
                )
            )
            return None
        at = low.index("at")
        days, times = " ".join(words[:at]), " ".join(words[at + 1 :])
        before = len(problems)
        named: tuple[Named, ...] = ()
        if word == "daily":
            if days:
                problems.append(
                    Problem(
                        "E_WORD",
                        word,
                        days,
                        "this does not belong here",
                        "write daily at 09:00, or weekly on mon at 09:00",
                    )
                )
        elif low[:1] != ["on"] or not days[3:]:
            problems.append(
                Problem("E_WORD", word, payload, "the days are missing", f"write {EXAMPLES[word]}")
            )
        elif word == "weekly":
            mask = read_days(days[3:], "on", problems)
            named = ((mask, 0),)
        elif word == "monthly":
            named = read_monthly(days[3:], problems)
        else:
            named = read_yearly(days[3:], problems)
        if not times:
            problems.append(
                Problem(
                    "E_TIME", word, payload, "the time of day is missing", f"write {EXAMPLES[word]}"
                )
            )
            return None
        found = read_times(times, problems)
        return Calendar(word, named, found) if len(problems) == before else None

    inner = frozenset(("on",)) if word != "daily" else frozenset[str]()
    return Reader(word, read, inner=inner)


EXAMPLES = {
    "daily": "daily at 09:00",
    "weekly": "weekly on mon,thu at 09:00",
    "monthly": "monthly on 1,15,last at 06:00",
    "yearly": "yearly on 12-24 at 18:00",
}
READERS = {word: reader(word) for word in EXAMPLES}
