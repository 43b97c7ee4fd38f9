"""What an encoded interval of Kentico says, as a value that writes its canonical text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

__all__ = (
    "ALL_DAYS",
    "DAYS",
    "EPOCH",
    "PLACES",
    "SHORT_PERIODS",
    "Encoded",
    "clock_text",
    "us_text",
)

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ALL_DAYS = 127
SHORT_PERIODS = frozenset(("timesecond", "minute", "hour"))
PLACES = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
EPOCH = datetime(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Encoded:
    """What an encoded interval says; `str()` is its canonical text.

    >>> str(Encoded("day", 0, days=1 | 16))
    'day;1/1/1970 12:00:00 AM;1;Monday,Friday'
    """

    period: str
    start: int  # microseconds since 1970-01-01T00:00 on the wall
    every: int = 1
    days: int = ALL_DAYS  # Monday 1, Tuesday 2 … Sunday 64
    opens: int = 0  # seconds of the day; equal to `closes`: all day
    closes: int = 0
    day: int = 0  # of the month, -1 the last; with a place: the weekday, Monday 0
    place: int = 0  # which such weekday of the month, -1 the last

    def __str__(self) -> str:
        fields = [self.period, us_text(self.start)]
        if self.period != "once":
            fields.append(str(self.every))
        if self.period in SHORT_PERIODS:
            fields += [clock_text(self.opens), clock_text(self.closes)]
        if self.period in SHORT_PERIODS or self.period == "day":
            fields.append(",".join(day for n, day in enumerate(DAYS) if self.days >> n & 1))
        if self.place:
            names = {place: name for name, place in PLACES.items()}
            fields += [names[self.place], DAYS[self.day]]
        elif self.period == "month":
            fields.append(str(self.day))
        return ";".join(fields)

    @property
    def manual(self) -> bool:
        """Whether it never runs by the clock: once, in the year 1."""
        return self.period == "once" and self.moment.year == 1

    @property
    def moment(self) -> datetime:
        """The start as a naive datetime."""
        return EPOCH + timedelta(microseconds=self.start)


def us_text(wall: int) -> str:
    """A start as the vendor writes it: `3/2/2026 2:00:00 AM`, the year with four digits."""
    at = EPOCH + timedelta(microseconds=wall)
    clock = f"{at.hour % 12 or 12}:{at.minute:02}:{at.second:02} {'AM' if at.hour < 12 else 'PM'}"
    return f"{at.month}/{at.day}/{at.year:04} {clock}"


def clock_text(seconds: int) -> str:
    """Seconds of the day as `HH:MM:SS`."""
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
