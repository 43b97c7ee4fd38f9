"""Next times a second, stepping and cold, beside the peers; run with `python bench/bench_when.py`.

*step*: one parsed object asked for one time after the other, as aware datetimes. *cold*: parse and
one next; Rota's memory of parsed texts is emptied before each parse. *again*: the same with it.
All in one process, best of three; the table shows thousands a second and the ratio to cronsim.
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
CASES = (
    ("*/5 * * * *", "UTC", 5_000),
    ("0 9 * * 1-5", "UTC", 3_000),
    ("0 0 29 2 *", "UTC", 100),
    ("30 2 * * *", "America/New_York", 3_000),
)
CLEAR = (text.parsed, table, read_field)


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
        for kept in CLEAR:
            kept.cache_clear()
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


def rate(work: Callable[..., None], cron: str, zone: str, count: int) -> float:
    best = float("inf")
    for _ in range(3):
        begin = perf_counter()
        work(cron, zone, count)
        best = min(best, perf_counter() - begin)
    return count / best


def main() -> int:
    low: list[str] = []
    slow: list[str] = []
    for cron, zone, count in CASES:
        print(f"\n{cron}  {zone}")
        rows: dict[str, tuple[float, float]] = {}
        for name, (step, cold) in peers().items():
            rows[name] = rate(step, cron, zone, min(count, 500)), rate(cold, cron, zone, 200)
        rows["Rota"] = rate(rota_step, cron, zone, count), rate(rota_cold, cron, zone, 300)
        rows["Rota, as ints / again"] = (
            rate(rota_instants, cron, zone, count),
            rate(rota_again, cron, zone, 1_000),
        )
        base = rows["cronsim"]
        for name, (step_rate, cold_rate) in rows.items():
            print(
                f"  {name:<24}{step_rate / 1e3:>9,.1f}k step {step_rate / base[0]:>7.1f} x"
                f"{cold_rate / 1e3:>9,.1f}k cold {cold_rate / base[1]:>7.1f} x"
            )
        step_ratio = rows["Rota"][0] / base[0]
        cold_ratio = rows["Rota"][1] / base[1]
        again_ratio = rows["Rota, as ints / again"][1] / base[1]
        if step_ratio < 5 or again_ratio < 1:
            low.append(f"{cron}: step {step_ratio:.1f} x, again {again_ratio:.1f} x cronsim")
        if cold_ratio < 1:
            slow.append(f"{cron}: {cold_ratio:.1f} x")
    print("\nAim: step 5 x cronsim, a text parsed before 1 x: "
          + ("missed by " + "; ".join(low) if low else "met by all"))
    print("Slower than cronsim for a text never seen before: " + ("; ".join(slow) or "none"))
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(main())
