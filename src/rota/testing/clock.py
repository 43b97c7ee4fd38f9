"""A clock that stands still until a test moves it."""

from __future__ import annotations

from threading import Lock

from rota.instants import SECOND

__all__ = ("SettableClock",)

START = 1_772_323_200 * SECOND  # 2026-03-01T00:00:00Z


class SettableClock:
    """Both readings of `rota.ports.clock.Clock`, moved by hand; safe to use from many threads.

    `start` is the wall clock's first reading, in microseconds since 1970 in UTC (2026-03-01 unless
    said); `boot` the boot clock's, in microseconds since the machine's start, and `boot_id` the
    name of that start. Steps are in seconds.

    >>> clock = SettableClock()
    >>> before = clock.now()
    >>> clock.advance(1.5)
    >>> clock.now() - before, clock.boot()
    (1500000, 1500000)
    """

    def __init__(self, start: int = START, *, boot: int = 0, boot_id: str = "boot-1") -> None:
        self._lock = Lock()
        self._now = start
        self._boot = boot
        self._boot_id = boot_id

    def now(self) -> int:
        """The wall clock, in microseconds since 1970 in UTC."""
        with self._lock:
            return self._now

    def boot(self) -> int:
        """Real time since the machine's start, in microseconds."""
        with self._lock:
            return self._boot

    def boot_id(self) -> str:
        """The name of this boot."""
        with self._lock:
            return self._boot_id

    def advance(self, seconds: float) -> None:
        """Let so much real time go by: both readings move. ValueError for less than none."""
        step = round(seconds * SECOND)
        if step < 0:
            raise ValueError("real time does not go back; use step_wall() to set the wall clock")
        with self._lock:
            self._now += step
            self._boot += step

    def step_wall(self, seconds: float) -> None:
        """Set the wall clock forward or back, as an operator or NTP does; no real time passes."""
        with self._lock:
            self._now += round(seconds * SECOND)

    def reboot(self, boot_id: str, seconds: float = 60) -> None:
        """Restart the machine within so many seconds: another boot id, and `boot` begins at 0."""
        with self._lock:
            self._now += round(seconds * SECOND)
            self._boot = 0
            self._boot_id = boot_id
