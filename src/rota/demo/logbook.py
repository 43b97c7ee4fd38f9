"""The keepers' logbook: one line a boat, as the school copied it out."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

__all__ = ("Entry", "Logbook", "copied")

BOATS = (
    "Patience",
    "Anna",
    "Two Brothers",
    "Moldau",
    "Saint Nicholas",
    "Early Bird",
    "Ludmila",
    "Concordia",
    "Swallow",
    "Old Barrel",
    "Hope of Mělník",
    "Perch",
    "Saturday",
    "Number 41",
)
CARGOES = (
    ("barley", 180),
    ("sugar", 220),
    ("sand", 420),
    ("gravel", 460),
    ("coal", 380),
    ("timber", 240),
    ("apples", 60),
    ("beer", 90),
    ("bricks", 310),
    ("paper", 120),
    ("a piano", 1),
    ("a church bell", 4),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One boat on one day, as it was copied: the cargo or the tons may be unreadable."""

    day: date
    boat: str
    cargo: str
    tons: str


class Logbook:
    """Keeps the readable lines over one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def keep(self, entry: Entry, tons: int) -> bool:
        """Write one line; False if that boat of that day is there already."""
        return (
            self.connection.execute(
                "INSERT INTO logbook (day, boat, cargo, tons) VALUES (?, ?, ?, ?) "
                "ON CONFLICT (day, boat) DO NOTHING",
                (entry.day.isoformat(), entry.boat, entry.cargo, tons),
            ).rowcount
            == 1
        )

    def size(self) -> int:
        """How many lines there are."""
        return int(self.connection.execute("SELECT count(*) FROM logbook").fetchone()[0])


def copied(year: int) -> Iterator[Entry]:
    """The copy of one year's book, the same each time, with its smudges.

    >>> first = next(copied(1926))
    >>> first.day
    datetime.date(1926, 1, 1)
    """
    hand = random.Random(year)  # a made-up book, no secret
    day = date(year, 1, 1)
    while day.year == year:
        for boat in hand.sample(BOATS, hand.randint(4, 12)):
            cargo, usual = hand.choices(CARGOES, weights=[9] * 10 + [1, 1])[0]
            tons = max(1, round(usual * hand.uniform(0.6, 1.2)))
            smudge = hand.random()
            if smudge < 0.004:
                yield Entry(day, boat, cargo, f"{tons // 10}?")
            else:
                yield Entry(day, boat, "" if smudge < 0.012 else cargo, str(tons))
        day += timedelta(days=1)
