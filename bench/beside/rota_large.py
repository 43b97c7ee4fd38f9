"""Rota where much is stored: many schedules, a long history, a crowd that is due at once.

The works: `fill` (so many schedules far away, and one that is due), `stored` (a node over them, of
which one fires each second; `idle` without that one), `instant` (so many due at one instant, on a
node that is up), `history` (a burst over so many finished runs) and `drain` (so many due an hour
ago, on a host's event loop that is watched; `seconds` 1 for coroutines on that loop, 0 for
functions).
"""

from __future__ import annotations

import asyncio
import gc
import math
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

from common import BARE, BEGAN, GIVE_UP, Marks, given, named, resident, tell

from rota import Rota

NAME = named("Rota", "rota")
IMPORTED = time.time()
NEVER = "at 2199-01-01T00:00:00Z"
LOOK = 0.002  # seconds between looks at the host's loop
BURST = 2_000
SERVING = """SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()
    AND (datname = current_database() AND backend_type = 'client backend'
        OR backend_type IN ('walwriter', 'background writer'))"""
marks = Marks()


def tick() -> None:
    marks.mark()


async def atick() -> None:
    marks.mark()


def made(url: str, code: Callable[[], object] = tick) -> Rota:
    rota = Rota(url)
    rota.task("tick")(code)
    return rota


def fill(url: str, count: int, seconds: int) -> dict[str, object]:
    from fill import more_schedules

    rota = made(url)
    rota.schedules.add("far", "tick", NEVER)
    rota.schedules.add("soon", "tick", NEVER)
    rota.close()
    more_schedules(url, "far", count - 2)
    more_schedules(url, "soon", 0, due=time.time())
    return {}


def stored(url: str, count: int, seconds: int) -> dict[str, object]:
    """How soon one that is due starts, what it costs to stand there, and how late one a second is.

    `first` counts from before Rota is constructed, `cold` from before it is imported, in a process
    that has asyncio, as any host that serves, but neither Rota nor its driver; `over` is beyond the
    memory of such a host.
    """
    began = time.time()
    rota = made(url)
    rota.start()
    while not marks.times:
        time.sleep(0.0005)
    first, start = marks.times[0], float(math.ceil(time.time() + 1))
    if count:
        rule = f"every 1s from {datetime.fromtimestamp(start, UTC).isoformat()}"
        rota.schedules.add("tick", "tick", rule)
    time.sleep(start - 0.5 - time.time())
    used = time.process_time()
    time.sleep(seconds)
    percent = (time.process_time() - used) / seconds * 100
    late = marks.late(start, seconds)
    times = {"first": first - began, "cold": first - began + IMPORTED - BEGAN}
    return {**times, "over": resident() - BARE, "rss": resident(), "percent": percent, **late}


def idle(url: str, count: int, seconds: int) -> dict[str, object]:
    return stored(url, 0, seconds)


def instant(url: str, count: int, seconds: int) -> dict[str, object]:
    return crowd(url, count, math.ceil(time.time() + 4 + count / 10_000))


def history(url: str, count: int, seconds: int) -> dict[str, object]:
    """A burst of 2,000 over so many finished runs of the same schedules, which are made where there
    are none. The processor time is that of this process and of the database's, until all ends
    are written.
    """
    from fill import due_at, forget_runs, has_runs, more_runs, more_schedules

    rota = made(url)
    if not rota.schedules.list(limit=1):
        rota.schedules.add("tick", "tick", NEVER)
        more_schedules(url, "tick", BURST - 1)
    if not count:
        forget_runs(url)
    elif not has_runs(url, count):
        more_runs(url, count, BURST)
    start = 0.0
    while start - time.time() < 3:  # the disk may take its time
        start = float(math.ceil(time.time() + 4))
        due_at(url, start)
    rota.start()
    time.sleep(start - 0.5 - time.time())
    used, end = processor(url), start + GIVE_UP
    while len(marks.times) < BURST and time.time() < end:
        time.sleep(0.02)
    while rota.runs.list(states=("queued", "running"), limit=1):
        time.sleep(0.02)
    here, there = (after - before for after, before in zip(processor(url), used, strict=True))
    rota.stop()  # the next round finds no other node
    return {**marks.burst(since=start), "used": here, "server": there}


def processor(url: str) -> tuple[float, float]:
    """Seconds of processor that this process has used, and that its database's processes have."""
    from fill import asked

    if not url.startswith("postgresql"):
        return time.process_time(), 0.0
    served = 0
    for (pid,) in asked(url, SERVING):
        with suppress(OSError), open(f"/proc/{pid}/schedstat", encoding="ascii") as times:
            served += int(times.read().split()[0])
    return time.process_time(), served / 1e9


def crowd(url: str, count: int, start: float) -> dict[str, object]:
    from fill import more_schedules

    rota = made(url)
    rota.schedules.add("tick", "tick", NEVER)
    more_schedules(url, "tick", count - 1, due=start)
    if time.time() > start - 1:
        raise SystemExit("making the schedules took longer than the bench gave it")
    rota.start()
    time.sleep(start - 0.5 - time.time())
    used, end = time.process_time(), start + GIVE_UP
    while len(marks.times) < count and time.time() < end:
        time.sleep(0.02)
    return {**marks.burst(since=start), "used": time.process_time() - used}


def drain(url: str, count: int, seconds: int) -> dict[str, object]:
    """All due an hour ago: how long until all have run, and how long the host's loop ever stood,
    beside how long the collector stopped everything.
    """
    from fill import more_schedules

    rota = made(url, atick if seconds else tick)
    rota.schedules.add("tick", "tick", NEVER)
    more_schedules(url, "tick", count - 1, due=time.time() - 3600)
    rota.open()  # whatever is imported is there
    asked = time.perf_counter()
    gc.collect()
    before = (time.perf_counter() - asked) * 1000
    stood: list[float] = []
    passes: list[float] = []
    gc.callbacks.append(lambda phase, found: note_pass(passes, phase, found["generation"]))

    async def host() -> float:
        async with rota:
            began = time.time()
            while len(marks.times) < count and time.time() < began + GIVE_UP:
                asked = time.perf_counter()
                await asyncio.sleep(LOOK)
                stood.append((time.perf_counter() - asked - LOOK) * 1000)
            return max(marks.times) - began

    used = time.process_time()
    span = asyncio.run(host())
    used = time.process_time() - used
    passes = [ended - began for began, ended in zip(passes[::2], passes[1::2], strict=False)]
    return {
        "done": len(marks.times), "span": span, "stood": stood, "used": used,
        "passes": passes, "before": before,
    }  # fmt: skip


def note_pass(passes: list[float], phase: str, generation: int) -> None:
    """When a full pass of the collector began or ended, in milliseconds."""
    if generation == 2:
        passes.append(time.perf_counter() * 1000)


def main() -> None:
    wish = given()
    works = {
        "fill": fill, "stored": stored, "idle": idle, "instant": instant, "history": history,
        "drain": drain,
    }  # fmt: skip
    url, count = str(wish["url"]), int(str(wish["count"]))
    found = works[str(wish["work"])](url, count, int(str(wish["seconds"])))
    tell(NAME, Rota(url).describe()["durability"], **found)


if __name__ == "__main__":
    main()
