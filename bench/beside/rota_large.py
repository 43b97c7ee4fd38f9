"""Rota where much is stored: many schedules, a long history, a crowd that is due after an outage.

The works: `stored` (so many schedules far away, one fires each second), `history` (a burst over so
many finished runs) and `drain` (so many due an hour ago, on
a host's event loop that is watched; `seconds` 1 for coroutines on that loop, 0 for functions).
"""

from __future__ import annotations

import asyncio
import math
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime

from common import GIVE_UP, Marks, given, named, tell
from fill import more_runs, more_schedules

from rota import Rota

NAME = named("Rota", "rota")
LOOK = 0.002  # seconds between looks at the host's loop
BURST = 2_000
marks = Marks()


def tick() -> None:
    marks.mark()


async def atick() -> None:
    marks.mark()


def made(url: str, code: Callable[[], object] = tick) -> Rota:
    rota = Rota(url)
    rota.task("tick")(code)
    return rota


def resident() -> float:
    """Megabytes of this process in memory now."""
    with open("/proc/self/statm", encoding="ascii") as pages:
        return int(pages.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def stored(url: str, count: int, seconds: int) -> dict[str, object]:
    """How soon one that is due starts, what it costs to stand there, and how late one a second is.

    The start is counted from before Rota is constructed; the first run's schedule was due then.
    """
    rota = made(url)
    rota.schedules.add("far", "tick", "at 2199-01-01T00:00:00Z")
    rota.schedules.add("soon", "tick", "at 2199-01-01T00:00:00Z")
    rota.stop()
    more_schedules(url, "far", count - 2)
    more_schedules(url, "soon", 0, due=time.time())
    began = time.time()
    rota = made(url)
    rota.start()
    while not marks.times:
        time.sleep(0.0005)
    first = marks.times[0] - began
    start = float(math.ceil(time.time() + 1))
    rota.schedules.add("tick", "tick", f"every 1s from {moment(start)}")
    time.sleep(start - 0.5 - time.time())
    used = time.process_time()
    time.sleep(seconds)
    percent = (time.process_time() - used) / seconds * 100
    return {"first": first, "rss": resident(), "percent": percent, **marks.late(start, seconds)}


def history(url: str, count: int, seconds: int) -> dict[str, object]:
    """A burst of 2,000 over so many finished runs of the same schedules."""
    rota = made(url)
    rota.schedules.add("tick", "tick", "at 2199-01-01T00:00:00Z")
    rota.stop()
    if count:
        more_runs(url, count, BURST)
    start = float(math.ceil(time.time() + 3 + count / 50_000))  # tidying that history takes long
    more_schedules(url, "tick", BURST - 1, due=start)
    made(url).start()
    time.sleep(start - 0.5 - time.time())
    used, end = time.process_time(), start + GIVE_UP
    while len(marks.times) < BURST and time.time() < end:
        time.sleep(0.02)
    return {**marks.burst(since=start), "used": time.process_time() - used}


def drain(url: str, count: int, seconds: int) -> dict[str, object]:
    """All due an hour ago: how long until all have run, and how long the host's loop ever stood."""
    rota = made(url, atick if seconds else tick)
    rota.schedules.add("tick", "tick", "at 2199-01-01T00:00:00Z")
    more_schedules(url, "tick", count - 1, due=time.time() - 3600)
    stood: list[float] = []

    async def host() -> float:
        async with rota:
            began = time.time()
            while len(marks.times) < count and time.time() < began + GIVE_UP:
                asked = time.perf_counter()
                await asyncio.sleep(LOOK)
                stood.append((time.perf_counter() - asked - LOOK) * 1000)
            return max(marks.times) - began

    span = asyncio.run(host())
    return {"done": len(marks.times), "span": span, "stood": stood}


def main() -> None:
    wish = given()
    work = {"stored": stored, "history": history, "drain": drain}[str(wish["work"])]
    url, count = str(wish["url"]), int(str(wish["count"]))
    found = work(url, count, int(str(wish["seconds"])))
    rota = Rota(url)
    tell(NAME, rota.describe()["durability"], **found)


if __name__ == "__main__":
    main()
