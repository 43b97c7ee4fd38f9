"""The machine's own clock: the only module of Rota that asks the system what time it is."""

from __future__ import annotations

import time
from functools import cache

__all__ = ("StoreClock", "SystemClock")

NANOSECONDS = 1_000  # in a microsecond


class SystemClock:
    """Wall time, and boot time where the system has it (it counts while a laptop sleeps)."""

    def now(self) -> int:
        """Microseconds since 1970-01-01 UTC by the wall clock."""
        return time.time_ns() // NANOSECONDS

    def boot(self) -> int:
        """Microseconds since the machine started; elsewhere the monotonic clock."""
        return time.clock_gettime_ns(BOOT) // NANOSECONDS if BOOT else time.monotonic_ns() // 1_000

    def boot_id(self) -> str:
        """The kernel's name for this boot; empty where there is none."""
        return boot_id()

    def offset(self) -> int:
        """How far it is ahead of the machine's clock: it is that clock."""
        return 0


class StoreClock:
    """The clock of a store that has one of its own: real time since boot, set by the store's word.

    Nodes on machines whose clocks disagree then agree on what is due. `follow` is told how far the
    store is ahead of this clock, at every renewal of the lease.

    >>> clock = StoreClock(SystemClock())
    >>> before = clock.now()
    >>> clock.follow(3_600_000_000)
    >>> clock.now() - before > 3_599_000_000
    True
    """

    def __init__(self, machine: SystemClock) -> None:
        self.machine = machine
        self.start = machine.now() - machine.boot()

    def now(self) -> int:
        """Microseconds since 1970-01-01 UTC, as the store has them."""
        return self.machine.boot() + self.start

    def boot(self) -> int:
        """Microseconds since this machine started."""
        return self.machine.boot()

    def boot_id(self) -> str:
        """The kernel's name for this boot."""
        return self.machine.boot_id()

    def offset(self) -> int:
        """How far it is ahead of the machine's wall clock just now."""
        return self.now() - self.machine.now()

    def follow(self, offset: int) -> None:
        """Move by how far the store's clock was found to be ahead of this one."""
        self.start += offset


BOOT = getattr(time, "CLOCK_BOOTTIME", 0)


@cache
def boot_id() -> str:
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            return file.read().strip()
    except OSError:
        return ""
