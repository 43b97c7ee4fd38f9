"""The machine's own clock: the only module of Rota that asks the system what time it is."""

from __future__ import annotations

import time
from functools import cache

__all__ = ("SystemClock",)

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


BOOT = getattr(time, "CLOCK_BOOTTIME", 0)


@cache
def boot_id() -> str:
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            return file.read().strip()
    except OSError:
        return ""
