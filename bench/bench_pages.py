"""The pages and the API over a large store: how long a request takes, and what open pages cost.

    python bench/bench_pages.py [--quick] [--store sqlite|postgresql]

1,000,000 finished runs of 10,000 schedules. `rota serve` in a process of its own is asked for every
page and list in turns; then for the bytes of a first visit, compressed; then what 100 pages that
listen cost it; then how soon it is gone when ten pages are open and it is told to stop.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
from bench_peers import Server
from measure import quantile

HERE = Path(__file__).resolve().parent
TASK = "tick-4321"
PATHS = (
    "/", "/schedules", "/schedules?status=attention", "/schedules?q=999&sort=last",
    f"/schedules/{TASK}", f"/schedules/{TASK}/edit", f"/schedules/{TASK}/revisions",
    "/new", "/timeline", "/timeline?range=week", "/runs", "/runs?state=failed",
    "/runs/7777", "/events", "/audit", "/nodes", "/system", "/preview",
    "/api/v1/schedules", "/api/v1/schedules?limit=200", f"/api/v1/schedules/{TASK}",
    "/api/v1/runs", f"/api/v1/runs?schedule={TASK}", "/api/v1/runs?state=failed",
    "/api/v1/tasks", "/api/v1/nodes", "/api/v1/events", "/api/v1/audit", "/api/v1/health",
)  # fmt: skip
FIRST_VISIT = ("/", "/static/rota.css", "/static/htmx.min.js", "/static/rota.js")
LISTENING = 100
CLOCK = os.sysconf("SC_CLK_TCK")


@contextmanager
def serving(url: str, place: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """`rota serve` over that store: its address and its process."""
    (Path(place) / "bench_site.py").write_text(
        "from rota import Rota\nrota = Rota()\n@rota.task('tick')\ndef tick(): pass\n"
    )
    command = [sys.executable, "-m", "rota", "--app", "bench_site", "--database", url, "--json"]
    process = subprocess.Popen(
        [*command, "serve", "--port", "0"], cwd=place, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        told = json.loads("".join(iter(process.stdout.readline, "}\n")) + "}")
        yield told["address"].rstrip("/"), process
    finally:
        process.kill()
        process.wait()


def fill(url: str, runs: int, schedules: int) -> None:
    """The store, made by a process of its own."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from rota import Rota\nfrom fill import more_runs, more_schedules\n"
        "url, runs, schedules = sys.argv[2], int(sys.argv[3]), int(sys.argv[4])\n"
        "rota = Rota(url)\nrota.task('tick')(lambda: None)\n"
        "rota.schedules.add('tick', 'tick', 'daily at 03:00')\nrota.close()\n"
        "more_schedules(url, 'tick', schedules)\nmore_runs(url, runs, schedules)\n"
    )
    subprocess.run(
        [sys.executable, "-c", code, HERE / "beside", url, str(runs), str(schedules)], check=True
    )


def times(address: str, rounds: int) -> dict[str, list[float]]:
    """Milliseconds of each path, one request after another."""
    found: dict[str, list[float]] = {path: [] for path in PATHS}
    with httpx.Client(base_url=address, timeout=60) as client:
        for _ in range(rounds):
            for path, took in found.items():
                began = time.perf_counter()
                answer = client.get(path)
                took.append((time.perf_counter() - began) * 1000)
                assert answer.status_code == 200, f"{path}: {answer.status_code}"
    return found


def first_visit(address: str) -> int:
    """Bytes of the first page with all it needs, as gzip would send them."""
    return sum(len(gzip.compress(httpx.get(address + path).content)) for path in FIRST_VISIT)


def used(process: subprocess.Popen[str]) -> float:
    """Seconds of processor time so far."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / CLOCK


async def listening(
    address: str, count: int, process: subprocess.Popen[str], seconds: int
) -> float:
    """Per cent of a core that so many open pages cost while nothing happens to them."""

    async def one(client: httpx.AsyncClient) -> None:
        async with client.stream("GET", "/api/v1/stream") as answer:
            async for _ in answer.aiter_bytes():
                pass

    limits = httpx.Limits(max_connections=count + 1)
    async with httpx.AsyncClient(base_url=address, timeout=None, limits=limits) as client:
        before = used(process)
        await asyncio.sleep(seconds)
        alone = used(process) - before
        tasks = [asyncio.create_task(one(client)) for _ in range(count)]
        await asyncio.sleep(3)
        before = used(process)
        await asyncio.sleep(seconds)
        cost = used(process) - before - alone
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return cost / seconds * 100


async def gone(address: str, process: subprocess.Popen[str]) -> float:
    """Seconds from SIGTERM to the end of the process, with ten pages open."""
    client = httpx.AsyncClient(base_url=address, timeout=None)
    streams = [client.stream("GET", "/api/v1/stream") for _ in range(10)]
    for stream in streams:
        await stream.__aenter__()
    process.send_signal(signal.SIGTERM)
    began = time.perf_counter()
    await asyncio.to_thread(process.wait)
    return time.perf_counter() - began


def measure(store: str, runs: int, schedules: int, *, quick: bool) -> None:
    server = Server() if store == "postgresql" else None
    with TemporaryDirectory() as place:
        url = f"sqlite:///{place}/bench.db" if server is None else server.database()
        fill(url, runs, schedules)
        with serving(url, place) as (address, process):
            times(address, 1)
            found = times(address, 3 if quick else 40)
            size = first_visit(address)
            cost = asyncio.run(listening(address, LISTENING, process, 3 if quick else 15))
            end = asyncio.run(gone(address, process))
    print(f"\n{store}: {runs:,} finished runs, {schedules:,} schedules; milliseconds p50, p95")
    for path, took in found.items():
        print(f"  {path:34}{quantile(took, 0.5):8.1f}{quantile(took, 0.95):8.1f}")
    print(
        f"  first visit {size / 1000:.0f} kB compressed; {LISTENING} open pages {cost:.1f} % of a"
    )
    print(f"  core; gone {end:.2f} s after SIGTERM with ten pages open", flush=True)


def main() -> int:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="a hundredth of it")
    parser.add_argument("--store", choices=("sqlite", "postgresql"), help="one store only")
    wish = parser.parse_args()
    part = 100 if wish.quick else 1
    for store in ("sqlite", "postgresql") if wish.store is None else (wish.store,):
        measure(store, 1_000_000 // part, 10_000, quick=wish.quick)
    return 0


if __name__ == "__main__":
    sys.exit(main())
