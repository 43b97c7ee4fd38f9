"""The gauge station on the weir, and the bulletins the site has understood."""

from __future__ import annotations

import json
import math
import sqlite3
from dataclasses import dataclass
from itertools import cycle

from rota.demo.times import local

__all__ = ("Bulletin", "Bulletins", "Station", "understood")


@dataclass(frozen=True, slots=True)
class Bulletin:
    """One reading of the gauge."""

    taken_at: int
    level_cm: int
    flow: int
    celsius: float
    words: str


class Station:
    """Stands on a mast in the wind: now and then its bulletin arrives in pieces.

    >>> station = Station("ok, broken")
    >>> station.read(0)[-1], station.read(0)[-1]
    ('}', ':')
    """

    def __init__(self, weather: str = "ok, broken, broken, ok, ok, broken, ok, ok") -> None:
        self._arrives = cycle(word.strip() for word in weather.split(","))

    def read(self, second: int) -> str:
        """The bulletin as text, as far as it got."""
        hour = local(second).hour + local(second).minute / 60
        text = json.dumps(
            {
                "level_cm": round(142 + 9 * math.sin(second / 240) + 4 * math.sin(second / 37)),
                "flow": round(96 + 11 * math.sin(second / 240)),
                "celsius": round(8.5 + 4.5 * math.sin((hour - 9) / 24 * math.tau), 1),
            }
        )
        return text if next(self._arrives) == "ok" else text[: text.index("flow") + 6]


def understood(text: str, second: int) -> Bulletin:
    """The bulletin a text stands for; ValueError if it is in pieces."""
    told = json.loads(text)
    level = int(told["level_cm"])
    words = "low" if level < 90 else "an ordinary river" if level <= 180 else "high"
    return Bulletin(second, level, int(told["flow"]), float(told["celsius"]), words)


class Bulletins:
    """Keeps the bulletins over one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def keep(self, bulletin: Bulletin) -> None:
        """Write one, and forget those that nobody looks at any more."""
        self.connection.execute(
            "INSERT OR REPLACE INTO bulletins (taken_at, level_cm, flow, celsius, words) "
            "VALUES (?, ?, ?, ?, ?)",
            (bulletin.taken_at, bulletin.level_cm, bulletin.flow, bulletin.celsius, bulletin.words),
        )
        self.connection.execute(
            "DELETE FROM bulletins WHERE taken_at NOT IN "
            "(SELECT taken_at FROM bulletins ORDER BY taken_at DESC LIMIT 500)"
        )

    def latest(self) -> Bulletin | None:
        """The newest one."""
        row = self.connection.execute(
            "SELECT * FROM bulletins ORDER BY taken_at DESC LIMIT 1"
        ).fetchone()
        return Bulletin(**row) if row else None
