"""Rota where much is stored, on SQLite and on PostgreSQL.

    python bench/bench_large.py [--quick] [--store sqlite|postgresql] [--work WORK …] [--millions N]

100,000 and 1,000,000 stored schedules of which one fires each second; a burst of 2,000 over so many
million finished runs, beside the same over none; 100,000 due after an outage, drained beside a
host's event loop. How long that loop stood is told beside how long it stands with nothing to do:
on a machine that others use too, the difference is Rota's.
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
from measure import quantile

HERE = Path(__file__).resolve().parent
WORKS = ("stored", "history", "drain")
LOOK = 0.002


def large(server: Server | None, work: str, count: int, seconds: int = 0) -> dict[str, Any]:
    """One measurement in a process of its own."""
    print(".", end="", file=sys.stderr, flush=True)
    with TemporaryDirectory() as place:
        url = f"sqlite:///{place}/bench.db" if server is None else server.database()
        wish = json.dumps({"work": work, "count": count, "seconds": seconds, "url": url})
        done = subprocess.run(
            [sys.executable, HERE / "beside" / "rota_large.py", wish],
            capture_output=True, text=True, timeout=900, check=False,
        )  # fmt: skip
    if done.returncode or not done.stdout.strip():
        raise RuntimeError(f"{work} of {count:,}: {done.stderr.strip()[-500:]}")
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def stored(server: Server | None, count: int, seconds: int) -> str:
    told = large(server, "stored", count, seconds)
    late = told["late"]
    return (
        f"{count:,} stored: first fire after {told['first']:.3f} s, {told['rss']:.0f} MB, "
        f"{told['percent']:.2f} % of a core; one each second: late p50 "
        f"{quantile(late, 0.5):.2f} ms, p99 {quantile(late, 0.99):.2f} ms, {len(late)} of {seconds}"
    )


def history(server: Server | None, count: int, rounds: int) -> str:
    """The bursts take turns; the processor time of a run is steadier than the rate."""
    found: dict[int, list[dict[str, Any]]] = {0: [], count: []}
    for _ in range(rounds):
        for runs, told in found.items():
            told.append(large(server, "history", runs))
    said = []
    for runs, told in found.items():
        rates = [one["done"] / one["span"] for one in told]
        used = min(one["used"] / one["done"] for one in told) * 1e6
        said.append(
            f"2,000 due at once over {runs:,} finished runs: {median(rates):,.0f} runs/s "
            f"(best {max(rates):,.0f}), {used:.0f} µs of processor a run"
        )
    return "\n  ".join(said)


def drain(server: Server | None, count: int, *, coroutines: bool) -> str:
    told = large(server, "drain", count, int(coroutines))
    stood, alone = sorted(told["stood"]), idle_loop()
    kind = "coroutines on the host's loop" if coroutines else "functions"
    return (
        f"{count:,} overdue, {kind}: {told['done']:,} runs in {told['span']:.1f} s; the loop stood "
        f"p99 {quantile(stood, 0.99):.1f} ms, worst {stood[-1]:.1f} ms "
        f"(with nothing to do p99 {quantile(alone, 0.99):.1f} ms, worst {alone[-1]:.1f} ms)"
    )


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
    return sorted(stood)


def main() -> int:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="a hundredth of everything")
    parser.add_argument("--store", choices=("sqlite", "postgresql"), help="one store only")
    parser.add_argument("--work", nargs="+", choices=WORKS, default=WORKS)
    parser.add_argument("--millions", type=float, default=1.0, help="finished runs in the history")
    parser.add_argument("--rounds", type=int, default=3)
    wish = parser.parse_args()
    part = 100 if wish.quick else 1
    for store in ("sqlite", "postgresql") if wish.store is None else (wish.store,):
        server = Server() if store == "postgresql" else None
        rows: list[str] = []
        if "stored" in wish.work:
            rows += [stored(server, many // part, 10) for many in (100_000, 1_000_000)]
        if "history" in wish.work:
            rounds = 1 if wish.quick else wish.rounds
            rows.append(history(server, int(wish.millions * 1_000_000) // part, rounds))
        if "drain" in wish.work:
            rows += [drain(server, 100_000 // part, coroutines=one) for one in (False, True)]
        print(f"\n{store}\n  " + "\n  ".join(rows), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
