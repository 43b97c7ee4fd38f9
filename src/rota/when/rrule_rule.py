"""What a recurrence rule of RFC 5545 says, as a value that writes its canonical text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

__all__ = ("EPOCH", "PARTS", "WEEKDAYS", "Rule", "Until")

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
PARTS = (
    "FREQ",
    "INTERVAL",
    "COUNT",
    "UNTIL",
    "WKST",
    "BYMONTH",
    "BYWEEKNO",
    "BYYEARDAY",
    "BYMONTHDAY",
    "BYDAY",
    "BYHOUR",
    "BYMINUTE",
    "BYSECOND",
    "BYSETPOS",
)
EPOCH = datetime(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Until:
    """The last moment of a rule: seconds since 1970, on the wall or in UTC; inclusive."""

    wall: int
    utc: bool = False

    def __str__(self) -> str:
        at = EPOCH + timedelta(seconds=self.wall)
        clock = f"{at.hour:02}{at.minute:02}{at.second:02}{'Z' if self.utc else ''}"
        return f"{at.year:04}{at.month:02}{at.day:02}T{clock}"


@dataclass(frozen=True, slots=True)
class Rule:
    """What a recurrence rule says; `str()` is its canonical text.

    >>> str(Rule("WEEKLY", byday=((0, 0), (0, 4))))
    'FREQ=WEEKLY;BYDAY=MO,FR'
    """

    frequency: str
    interval: int = 1
    count: int | None = None
    until: Until | None = None
    wkst: int = 0
    bymonth: tuple[int, ...] = ()
    byweekno: tuple[int, ...] = ()
    byyearday: tuple[int, ...] = ()
    bymonthday: tuple[int, ...] = ()
    byday: tuple[tuple[int, int], ...] = ()  # (which one, 0 for every; Monday 0 … Sunday 6)
    byhour: tuple[int, ...] = ()
    byminute: tuple[int, ...] = ()
    bysecond: tuple[int, ...] = ()
    bysetpos: tuple[int, ...] = ()

    def __str__(self) -> str:
        parts = [f"FREQ={self.frequency}"]
        if self.interval != 1:
            parts.append(f"INTERVAL={self.interval}")
        if self.count is not None:
            parts.append(f"COUNT={self.count}")
        if self.until is not None:
            parts.append(f"UNTIL={self.until}")
        if self.wkst:
            parts.append(f"WKST={WEEKDAYS[self.wkst]}")
        for name in PARTS[5:]:
            if name == "BYDAY":
                values = [f"{place or ''}{WEEKDAYS[day]}" for place, day in self.byday]
            else:
                values = [str(number) for number in getattr(self, name.lower())]
            if values:
                parts.append(f"{name}={','.join(values)}")
        return ";".join(parts)
