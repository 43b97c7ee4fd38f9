"""Next times a second, stepping and cold, beside the peers; run with `python bench/bench_when.py`.

*step*: one parsed object asked for one time after the other, as aware datetimes. *cold*: parse and
one next of a text never seen before: what Rota remembers of texts and their tables is emptied each
time. *blank*: the same without its memory of single fields (`*`, `0`, `1-5`). *again*: with all it
remembers, which is what a loop over schedules sees. All in one process, rounds in turn with every
peer, best of fifteen; the table shows thousands a second and the ratio to cronsim.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from time import perf_counter
from zoneinfo import ZoneInfo

from rota.instants import from_datetime
from rota.when import text, trigger
from rota.when.cron import table
from rota.when.cron_field import read_field

START = datetime(2026, 1, 1, tzinfo=UTC)
ROUNDS = 15
COLD = 200
CASES = (
    ("*/5 * * * *", "UTC", 5_000),
    ("0 9 * * 1-5", "UTC", 3_000),
    ("0 0 29 2 *", "UTC", 100),
    ("30 2 * * *", "America/New_York", 3_000),
)


def rota_step(cron: str, zone: str, count: int) -> None:
    found = trigger(f"cron {cron} in {zone}")
    assert len(found.next(START, count)) == count


def rota_instants(cron: str, zone: str, count: int) -> None:
    found = trigger(f"cron {cron} in {zone}")
    for _ in islice(found.instants(from_datetime(START)), count):
        pass


def rota_cold(cron: str, zone: str, count: int) -> None:
    line = f"cron {cron} in {zone}"
    for _ in range(count):
        text.parsed.cache_clear()
        table.cache_clear()
        trigger(line).next(START)


def rota_blank(cron: str, zone: str, count: int) -> None:
    line = f"cron {cron} in {zone}"
    for _ in range(count):
        read_field.cache_clear()
        text.parsed.cache_clear()
        table.cache_clear()
        trigger(line).next(START)


def rota_again(cron: str, zone: str, count: int) -> None:
    line = f"cron {cron} in {zone}"
    for _ in range(count):
        trigger(line).next(START)


@lru_cache
def peers() -> dict[str, tuple[Callable[..., None], Callable[..., None]]]:
    from apscheduler.triggers.cron import CronTrigger
    from celery.schedules import crontab
    from croniter import croniter
    from cronsim import CronSim

    def cronsim_step(cron: str, zone: str, count: int) -> None:
        for _ in islice(CronSim(cron, START.astimezone(ZoneInfo(zone))), count):
            pass

    def cronsim_cold(cron: str, zone: str, count: int) -> None:
        start = START.astimezone(ZoneInfo(zone))
        for _ in range(count):
            next(CronSim(cron, start))

    def croniter_step(cron: str, zone: str, count: int) -> None:
        steps = croniter(cron, START.astimezone(ZoneInfo(zone)))
        for _ in range(count):
            steps.get_next(datetime)

    def croniter_cold(cron: str, zone: str, count: int) -> None:
        start = START.astimezone(ZoneInfo(zone))
        for _ in range(count):
            croniter(cron, start).get_next(datetime)

    def aps_step(cron: str, zone: str, count: int) -> None:
        found = CronTrigger.from_crontab(cron, ZoneInfo(zone))
        last, now = None, START
        for _ in range(count):
            last = now = found.get_next_fire_time(last, now)

    def aps_cold(cron: str, zone: str, count: int) -> None:
        for _ in range(count):
            CronTrigger.from_crontab(cron, ZoneInfo(zone)).get_next_fire_time(None, START)

    def celery_step(cron: str, zone: str, count: int) -> None:
        minute, hour, dom, month, dow = cron.split()
        now = START.astimezone(ZoneInfo(zone))
        found = crontab(minute, hour, dow, dom, month, nowfun=lambda: now)
        for _ in range(count):
            now = now + found.remaining_estimate(now)

    def celery_cold(cron: str, zone: str, count: int) -> None:
        minute, hour, dom, month, dow = cron.split()
        now = START.astimezone(ZoneInfo(zone))
        for _ in range(count):
            crontab(minute, hour, dow, dom, month, nowfun=lambda: now).remaining_estimate(now)

    return {
        "cronsim": (cronsim_step, cronsim_cold),
        "croniter": (croniter_step, croniter_cold),
        "APScheduler 3": (aps_step, aps_cold),
        "Celery": (celery_step, celery_cold),
    }


def sides() -> dict[str, tuple[Callable[..., None], Callable[..., None]]]:
    """By name what steps and what begins anew; the last three rows are Rota once more."""
    return {
        **peers(),
        "Rota": (rota_step, rota_cold),
        "Rota: ints / blank": (rota_instants, rota_blank),
        "Rota: ints / again": (rota_instants, rota_again),
    }


def rates(cron: str, zone: str, count: int) -> dict[str, tuple[float, float]]:
    """Steps and beginnings a second; in turn, so that a busy moment does not hit one side only."""
    best: dict[str, list[float]] = {name: [float("inf")] * 2 for name in sides()}
    for _ in range(ROUNDS):
        for name, works in sides().items():
            for index, (work, times) in enumerate(zip(works, (count, COLD), strict=True)):
                if not name.startswith("Rota"):
                    times = min(times, 500)
                begin = perf_counter()
                work(cron, zone, times)
                best[name][index] = min(best[name][index], (perf_counter() - begin) / times)
    return {name: (1 / step, 1 / cold) for name, (step, cold) in best.items()}


def main() -> int:
    """1 if stepping, or what a loop over schedules sees, is slower than is promised."""
    missed: list[str] = []
    slower: list[str] = []
    for cron, zone, count in CASES:
        print(f"\n{cron}  {zone}")
        rows = rates(cron, zone, count)
        base = rows["cronsim"]
        for name, (step, cold) in rows.items():
            print(
                f"  {name:<24}{step / 1e3:>9,.1f}k step {step / base[0]:>7.1f} x"
                f"{cold / 1e3:>9,.1f}k cold {cold / base[1]:>7.2f} x"
            )
        step, cold = rows["Rota"][0] / base[0], rows["Rota"][1] / base[1]
        again = rows["Rota: ints / again"][1] / base[1]
        if step < 5 or again < 1:
            missed.append(f"{cron}: step {step:.1f} x, again {again:.1f} x")
        if cold < 1:
            slower.append(f"{cron}: {cold:.2f} x")
    print(f"\nAim: step 5 x cronsim, again 1 x: {'; '.join(missed) or 'met by all'}")
    print(f"Below 1 x cronsim for a text never seen: {'; '.join(slower) or 'none'}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
