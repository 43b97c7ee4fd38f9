"""What every side's program shares. Standard library only: it is imported in every environment.

A side is given one line of JSON: `{"work": "burst" | "each_second", "count", "seconds", "url"}`.
A task marks its start in memory; at the end the side prints one line of JSON and leaves.
"""

from __future__ import annotations

import json
import logging
import math
import os
import sys
import time
from collections.abc import Awaitable, Callable
from importlib.metadata import version

__all__ = (
    "BARE", "BEGAN", "GIVE_UP", "Marks", "given", "named", "resident", "tell", "wait_for",
)  # fmt: skip

GIVE_UP = 120.0  # seconds

logging.disable(logging.CRITICAL)


def resident() -> float:
    """Megabytes of this process in memory now; 0 where there is no /proc."""
    try:
        with open("/proc/self/statm", encoding="ascii") as pages:
            return int(pages.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    except OSError:
        return 0.0


BEGAN, BARE = time.time(), resident()  # of a process that has imported no side yet


def given() -> dict[str, object]:
    """The wish, as the bench wrote it."""
    wish: dict[str, object] = json.loads(sys.argv[1])
    return wish


def named(name: str, distribution: str) -> str:
    """`Huey 2.5.1`."""
    return f"{name} {version(distribution)}"


class Marks:
    """When the task ran."""

    def __init__(self) -> None:
        self.times: list[float] = []

    def mark(self) -> None:
        self.times.append(time.time())

    def burst(self, *, since: float | None = None) -> dict[str, object]:
        """From the due time (else the first start) to the last one; this thread's processor."""
        times = sorted(self.times)
        began = since if since is not None else (times[0] if times else math.nan)
        return {"done": len(times), "span": times[-1] - began if times else math.nan}

    def late(self, start: float, seconds: int) -> dict[str, object]:
        """Milliseconds after the whole second, of the starts in that stretch."""
        within = [when for when in self.times if start <= when < start + seconds]
        return {"late": [(when - start) % 1 * 1000 for when in within]}


async def wait_for(marks: Marks, wanted: int, sleep: Callable[[float], Awaitable[None]]) -> None:
    """Until so many have started, or it is given up."""
    end = time.time() + GIVE_UP
    while len(marks.times) < wanted and time.time() < end:
        await sleep(0.02)


def tell(name: str, durability: str, **figures: object) -> None:
    """Prints what was found and leaves at once: how long a side takes to stop is not asked."""
    times = os.times()
    used = {"cpu": times.user + times.system}
    print(json.dumps({"name": name, "durability": durability, **used, **figures}), flush=True)
    os._exit(0)
