"""Building and reading the vendor's encoded interval, without ever writing its text by hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time

from rota.when import Trigger, trigger
from rota.when.kentico_text import read_encoded
from rota.when.kentico_value import DAYS, SHORT_PERIODS, Encoded, clock_text

__all__ = ("TaskInterval",)

NEVER = datetime(1, 1, 1)  # noqa: DTZ001  wall time
MIDNIGHT = time(0)


@dataclass(frozen=True, slots=True)
class TaskInterval:
    """When a task is ready: period, start, every N, and what the period allows besides.

    `start` is wall time without a zone. `day` is a day of the month from 1, or -1 for the last;
    with `place` (first to fourth, last) it is a weekday's name. `days` are weekdays' names.

    >>> from datetime import datetime
    >>> str(TaskInterval("day", datetime(2025, 5, 15), days=("Monday", "Friday")))
    'day;5/15/2025 12:00:00 AM;1;Monday,Friday'
    >>> TaskInterval.read("week;1/12/2026 11:48:52 PM;2").every
    2
    """

    period: str  # second, minute, hour, day, week, month, year, once
    start: datetime
    every: int = 1
    between: tuple[time, time] = (MIDNIGHT, MIDNIGHT)  # equal: all day
    days: tuple[str, ...] = DAYS
    day: int | str = 1
    place: str = ""

    def __str__(self) -> str:
        """The canonical encoded text. TriggerError with everything that is wrong."""
        return str(read_encoded(self.text()))

    def text(self) -> str:
        start = self.start.replace(microsecond=0, tzinfo=None).isoformat()
        if self.period == "once":
            return f"once;{start}"
        fields = [self.period, start, str(self.every)]
        if self.period in {*SHORT_PERIODS, "second"}:
            fields += [clock_text(seconds(moment)) for moment in self.between]
        if self.period in {*SHORT_PERIODS, "second", "day"}:
            fields.append(",".join(self.days))
        if self.period == "month":
            fields += [self.place, str(self.day)] if self.place else [str(self.day)]
        return ";".join(fields)

    def trigger(self, zone: str = "UTC") -> Trigger:
        """The same as a trigger of Rota's, its wall times those of `zone`."""
        made = trigger(f"kentico {self}")
        return made if zone == "UTC" or made.zone_given else made.with_zone(zone)

    @classmethod
    def manual(cls) -> TaskInterval:
        """Never by the clock: once, in the year 1, as the vendor's own tasks write it."""
        return cls("once", NEVER)

    @classmethod
    def read(cls, text: str) -> TaskInterval:
        """The interval of an encoded text. TriggerError with everything that is wrong."""
        return of(read_encoded(text))


def of(encoded: Encoded) -> TaskInterval:
    """An encoded interval as one that people build."""
    names: Iterable[str] = (name for n, name in enumerate(DAYS) if encoded.days >> n & 1)
    places = {1: "first", 2: "second", 3: "third", 4: "fourth", -1: "last"}
    day: int | str = encoded.day or 1
    if encoded.place:
        day = DAYS[encoded.day]
    return TaskInterval(
        "second" if encoded.period == "timesecond" else encoded.period,
        encoded.moment, encoded.every, (clock(encoded.opens), clock(encoded.closes)),
        tuple(names), day, places.get(encoded.place, ""),
    )  # fmt: skip


def seconds(moment: time) -> int:
    return (moment.hour * 60 + moment.minute) * 60 + moment.second


def clock(total: int) -> time:
    return time(total // 3600, total // 60 % 60, total % 60)
