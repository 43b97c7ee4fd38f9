"""What both sides of a comparison are measured with: the same marks, windows and spies."""

from __future__ import annotations

import math
import os
import sqlite3
import threading
import time
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

__all__ = ("READY", "Durability", "Marks", "Window", "moment", "named", "quantile")

JOURNALS = {"wal": "WAL", "delete": "rollback journal"}
SYNCHRONOUS = {0: "OFF", 1: "NORMAL", 2: "FULL", 3: "EXTRA"}


READY = 1.0  # seconds a side has between its start and the due time


def moment(seconds: float) -> datetime:
    """The aware UTC time of seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC)


def named(name: str, distribution: str) -> str:
    """`APScheduler 3.11.0`; without the number where it was never installed."""
    try:
        return f"{name} {version(distribution)}"
    except PackageNotFoundError:
        return name


def quantile(values: list[float], part: float) -> float:
    """The smallest value that at least this part of them does not exceed; not a number of none."""
    if not values:
        return math.nan
    return sorted(values)[max(0, math.ceil(part * len(values)) - 1)]


class Marks:
    """When the task ran, as the task itself saw it; `full` is set at the n-th."""

    def __init__(self, wanted: int) -> None:
        self.times: list[float] = []
        self.wanted = wanted
        self.full = threading.Event()

    def mark(self) -> None:
        self.times.append(time.time())  # atomic under the interpreter's lock
        if len(self.times) >= self.wanted:
            self.full.set()

    def since(self, due: float) -> dict[str, float]:
        """How many there were, and how long after `due` the last one."""
        return {"done": len(self.times), "span": max(self.times, default=due) - due}


class Window:
    """The processor time and the memory of this process over a stretch of time."""

    def __init__(self) -> None:
        self.began, self.used = time.monotonic(), time.process_time()

    def close(self) -> dict[str, float]:
        lasted = time.monotonic() - self.began
        return {
            "cpu_percent": (time.process_time() - self.used) / lasted * 100,
            "rss_mb": resident() / 1e6,
        }


def resident() -> int:
    """Bytes of this process in memory now (the peak, where there is no /proc)."""
    try:
        with open("/proc/self/statm") as pages:
            return int(pages.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


class Durability:
    """Which settings the SQLite connections that wrote had, as they say themselves.

    `synchronous` belongs to a connection and not to the file, so it can only be asked from inside:
    every connection that is opened after `install` is asked just before it closes, or at the end.
    """

    def __init__(self) -> None:
        self.found: set[tuple[str, int]] = set()
        self.opened: list[sqlite3.Connection] = []

    def install(self) -> None:
        original, durability = sqlite3.connect, self

        def connect(*given: object, **named: object) -> sqlite3.Connection:
            base = named.pop("factory", sqlite3.Connection)

            def close(connection: sqlite3.Connection) -> None:
                durability.ask(connection)
                base.close(connection)

            named["factory"] = type("Watched", (base,), {"close": close})
            durability.opened.append(original(*given, **named))
            return durability.opened[-1]

        sqlite3.connect = sqlite3.dbapi2.connect = connect

    def ask(self, connection: sqlite3.Connection) -> None:
        try:
            if connection.total_changes:
                journal = connection.execute("PRAGMA journal_mode").fetchone()[0]
                synchronous = connection.execute("PRAGMA synchronous").fetchone()[0]
                self.found.add((journal, synchronous))
        except sqlite3.Error:
            pass  # closed already, or owned by another thread

    def words(self) -> str:
        """`WAL, synchronous=FULL`; every combination that wrote, if there are more."""
        for connection in self.opened:
            self.ask(connection)
        each = sorted(
            f"{JOURNALS.get(journal, journal)}, synchronous={SYNCHRONOUS.get(number, number)}"
            for journal, number in self.found
        )
        return " and ".join(each) or "not found out"
