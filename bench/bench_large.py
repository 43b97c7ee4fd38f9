"""Rota where much is stored, on SQLite and on PostgreSQL, as a table for each kind of work.

    python bench/bench_large.py [--quick] [--store sqlite|postgresql] [--work WORK …]
        [--millions N …] [--keep FOLDER]

`stored`: 100,000 and 1,000,000 stored schedules of which one fires each second. `idle`: a node with
nothing to do. `instant`: 2,000, 20,000 and 100,000 due at one instant. `history`: a burst of 2,000
over so many million finished runs, beside the same over none (`--keep` leaves the stores in a
folder, where the next call finds them). `drain`: 100,000 due after an outage, beside a host's event
loop. How long that loop stood is told beside how long it stands with nothing to do, and how long a
full pass of the collector took, before anything was due and at worst: on a machine that others use
too, the rest is Rota's.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from bench_peers import Server
from chart import Bar, Chart, drawn
from keeping import Keeping, kept
from measure import quantile
from table import grid

HERE = Path(__file__).resolve().parent
STORES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
LOOK = 0.002
Table = list[tuple[str, ...]]  # the head first


def large(
    server: Server | None,
    work: str,
    count: int,
    seconds: int = 0,
    *,
    filled: int = 0,
    url: str | None = None,
) -> dict[str, Any]:
    """One measurement in a process of its own; where it is to be `filled`, after another one."""
    if url is not None:
        return child(work, url, count, seconds)
    with TemporaryDirectory() as place:
        url = f"sqlite:///{place}/bench.db" if server is None else server.database()
        if filled:
            child("fill", url, filled, 0)
        return child(work, url, count, seconds)


def child(work: str, url: str, count: int, seconds: int) -> dict[str, Any]:
    print(".", end="", file=sys.stderr, flush=True)
    wish = json.dumps({"work": work, "count": count, "seconds": seconds, "url": url})
    done = subprocess.run(
        [sys.executable, HERE / "beside" / "rota_large.py", wish],
        capture_output=True, text=True, timeout=3600, check=False,
    )  # fmt: skip
    if done.returncode or not done.stdout.strip():
        raise RuntimeError(f"{work} of {count:,}: {done.stderr.strip()[-500:]}")
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def stored(server: Server | None, wish: argparse.Namespace) -> Table:
    """`first` from `Rota(…)`, `cold` from a host that has imported nothing of it yet."""
    table = [("stored", "first", "cold", "memory", "over host", "core", "late p50", "p99", "ran")]
    for count in (100_000 // wish.part, 1_000_000 // wish.part):
        told = large(server, "stored", count, wish.seconds, filled=count)
        late = told["late"]
        table.append(
            (f"{count:,}", f"{told['first']:.3f} s", f"{told['cold']:.3f} s", *standing(told),
             f"{quantile(late, 0.5):.2f} ms", f"{quantile(late, 0.99):.2f} ms",
             f"{len(late)} of {wish.seconds}")
        )  # fmt: skip
    return table


def idle(server: Server | None, wish: argparse.Namespace) -> Table:
    told = large(server, "idle", 0, wish.seconds, filled=2)
    return [("nothing to do", "memory", "over host", "core"), ("node", *standing(told))]


def standing(told: dict[str, Any]) -> tuple[str, ...]:
    """Memory, the same over a host that has only asyncio, and processor."""
    return f"{told['rss']:.0f} MB", f"{told['over']:.0f} MB", f"{told['percent']:.2f} %"


def instant(server: Server | None, wish: argparse.Namespace) -> Table:
    table = [("due at once", "runs/s", "best", "µs a run")]
    for count in (2_000 // wish.part, 20_000 // wish.part, 100_000 // wish.part):
        found = [large(server, "instant", count) for _ in range(wish.rounds)]
        table.append((f"{count:,}", *rates(found)))
    return table


def history(server: Server | None, wish: argparse.Namespace) -> Table:
    """The bursts take turns; the processor time of a run is steadier than the rate."""
    counts = [0, *(int(millions * 1_000_000) // wish.part for millions in wish.millions)]
    found: dict[int, list[dict[str, Any]]] = {count: [] for count in counts}
    for number in range(wish.rounds):
        for runs in counts[:: -1 if number % 2 else 1]:
            url = kept(server, wish.keep, runs) if wish.keep else None
            found[runs].append(large(server, "history", runs, url=url))
    table = [("2,000 at once over", "runs/s", "best", "µs a run", "least", "of them the server's")]
    for runs, told in found.items():
        rate, best, _ = rates(told)
        used = sorted((one["used"] + one["server"]) / one["done"] * 1e6 for one in told)
        served = median(one["server"] / one["done"] * 1e6 for one in told)
        table.append(
            (f"{runs:,}", rate, best, f"{median(used):.0f}", f"{used[0]:.0f}", f"{served:.0f}")
        )
    return table


def rates(found: list[dict[str, Any]]) -> tuple[str, ...]:
    """Runs a second, median and best, and the least processor time of one."""
    each = [told["done"] / told["span"] for told in found]
    used = min(told["used"] / told["done"] for told in found) * 1e6
    return f"{median(each):,.0f}", f"{max(each):,.0f}", f"{used:.0f}"


def drain(server: Server | None, wish: argparse.Namespace) -> Table:
    head = (
        "overdue",
        "runs/s",
        "µs a run",
        "loop stood p99",
        "worst",
        "full pass, before",
        "worst",
    )
    table, count = [head], 100_000 // wish.part
    for coroutines in (False, True):
        for _ in range(wish.rounds):
            told = large(server, "drain", count, int(coroutines))
            table.append(
                (f"{count:,} {'coroutines' if coroutines else 'functions'}",
                 f"{told['done'] / told['span']:,.0f}", f"{told['used'] / told['done'] * 1e6:.0f}",
                 *stops(told["stood"]),
                 f"{told['before']:.1f} ms",
                 f"{max(told['passes'], default=0):.1f} ms, {len(told['passes'])} of them")
            )  # fmt: skip
    return [*table, ("a loop with nothing to do", "", "", *stops(idle_loop()), "", "")]


def stops(stood: list[float]) -> tuple[str, str]:
    return f"{quantile(stood, 0.99):.1f} ms", f"{max(stood):.1f} ms"


def idle_loop() -> list[float]:
    """How long a loop with nothing to do stands here and now, in milliseconds."""
    stood = []

    async def host() -> None:
        end = time.time() + 5
        while time.time() < end:
            asked = time.perf_counter()
            await asyncio.sleep(LOOK)
            stood.append((time.perf_counter() - asked - LOOK) * 1000)

    asyncio.run(host())
    return stood


WORKS = {"stored": stored, "idle": idle, "instant": instant, "history": history, "drain": drain}


def main() -> int:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="a hundredth of everything")
    parser.add_argument("--store", choices=STORES, help="one store only")
    parser.add_argument("--work", nargs="+", choices=WORKS, default=list(WORKS))
    parser.add_argument(
        "--millions", type=float, nargs="+", default=[1.0], help="finished runs in the history"
    )
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="leave the histories there")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=60, help="of one run each second, of idling")
    parser.add_argument("--plot", type=Path, help="a folder for the chart, such as docs/pictures")
    wish = parser.parse_args()
    if wish.keep is not None and wish.work != ["history"]:
        parser.error("--keep is for --work history alone")
    wish.part = 100 if wish.quick else 1
    if wish.quick:
        wish.rounds, wish.seconds = 1, 3
    bars = []
    for store, name in STORES.items():
        if wish.store not in (None, store):
            continue
        server = None
        if store == "postgresql":
            server = Keeping(wish.keep) if wish.keep else Server()
        for work in wish.work:
            table = WORKS[work](server, wish)
            print(f"\n\n{name}, {work}\n  " + "\n  ".join(grid(table[0], table[1:])), flush=True)
            if work == "instant":
                bars += [
                    Bar(f"Rota, {count}, {name}", float(rate.replace(",", "")))
                    for count, rate, *_ in table[1:]
                ]
    if wish.plot and bars:
        chart = Chart("Runs started a second, by how many are due at one instant", tuple(bars))
        (wish.plot / "due-at-one-instant.svg").write_text(drawn(chart), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
