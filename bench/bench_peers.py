"""Rota beside the field, on SQLite and on PostgreSQL, in turns, in this minute.

    python bench/bench_peers.py [--quick] [--only SIDE …]

Three kinds of work: 2,000 schedules (or the peer's nearest thing) due at one instant; 200 each
second; one each second. Every measurement is a process with a fresh file or database. The peers
start from the moment of their first start, Rota from the due time, so the burst flatters them.
Huey keeps no history and its periodic tasks know minutes only: one-off times stand in for them.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from beside.environments import python_of
from chart import Bar, Chart, drawn
from measure import quantile

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
SIDES = {  # side: its program and the stores it knows
    "rota": ("rota", ("sqlite", "postgresql")),
    "apscheduler3": ("apscheduler3", ("sqlite", "postgresql")),
    "apscheduler4": ("apscheduler4", ("sqlite", "postgresql")),
    "huey": ("huey", ("sqlite",)),
    "pgqueuer": ("pgqueuer", ("postgresql",)),
    "pgqueuer, batches of 500": ("pgqueuer", ("postgresql",)),
    "procrastinate": ("procrastinate", ("postgresql",)),
}
WORKS = {"burst": ("burst", 2_000), "200": ("each_second", 200), "1": ("each_second", 1)}
NUMBERS = count(1)


@dataclass
class Found:
    """What one side did at one work: a value a round, or why there is none."""

    name: str = ""
    durability: str = ""
    rate: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    wanted: int = 0
    problem: str = ""

    def cells(self, work: str) -> tuple[str, ...]:
        if self.problem:
            return (self.problem[:60],)
        if work == "burst":
            return (f"{median(self.rate):,.0f} runs/s",)
        p50, p99 = quantile(self.late, 0.5), quantile(self.late, 0.99)
        missed = self.wanted - len(self.late)
        return (f"p50 {p50:.2f} ms", f"p99 {p99:.2f} ms", f"missed {missed:,} of {self.wanted:,}")

    def bar(self, side: str, work: str) -> Bar:
        name = self.name + (", batches of 500" if "500" in side else "")
        if work == "burst":
            return Bar(name, median(self.rate))
        return Bar(name, quantile(self.late, 0.5), quantile(self.late, 0.99))


class Server:
    """A PostgreSQL of the bench's own, with its durable defaults; a database a measurement."""

    def __init__(self) -> None:
        sys.path.insert(0, str(ROOT / "tests"))
        from postgres import server

        self.url = server(durable=True)

    def database(self) -> str:
        import psycopg

        name = f"bench_{next(NUMBERS)}"
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{name}"))


def measure(
    side: str, store: str, wish: dict[str, object], server: Server | None
) -> dict[str, Any]:
    """One measurement in a process of its own."""
    program, _ = SIDES[side]
    python = Path(sys.executable) if program == "rota" else python_of(program)
    batch = 500 if "500" in side else 10
    with TemporaryDirectory() as place:
        url = f"sqlite:///{place}/bench.db" if server is None else server.database()
        done = subprocess.run(
            [python, HERE / "beside" / f"{program}_side.py",
             json.dumps({**wish, "url": url, "batch": batch})],
            capture_output=True, text=True, timeout=400, check=False,
        )  # fmt: skip
    if done.returncode or not done.stdout.strip():
        said = done.stderr.strip().splitlines()[-1:] or ["it said nothing"]
        raise RuntimeError(said[0])
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def note(found: Found, told: dict[str, Any], work: str, wanted: int) -> None:
    found.name, found.durability = told["name"], told["durability"]
    if work != "burst":
        found.late += told["late"]
        found.wanted += wanted
    elif told["done"] != wanted:
        raise RuntimeError(f"{told['done']} runs of {wanted}")
    else:
        found.rate.append(told["done"] / told["span"])


def compare(store: str, work: str, rounds: int, wish: argparse.Namespace) -> Chart:
    """Every side in turns, then the table of this work on this store; the same as a chart."""
    server = Server() if store == "postgresql" else None
    kind, number = WORKS[work]
    number = max(1, number // 10) if wish.quick else number
    seconds = 3 if wish.quick else 10
    sides = [name for name, (_, stores) in SIDES.items() if store in stores and wish.fits(name)]
    found = {side: Found() for side in sides}
    for turn in range(rounds):
        for side in sides if turn % 2 == 0 else reversed(sides):
            if found[side].problem:
                continue
            print(".", end="", file=sys.stderr, flush=True)
            asked = {"work": kind, "count": number, "seconds": seconds}
            try:
                told = measure(side, store, asked, server)
                note(found[side], told, work, number if work == "burst" else number * seconds)
            except (RuntimeError, OSError, subprocess.SubprocessError) as problem:
                found[side].problem = str(problem)
    print(file=sys.stderr)
    title = f"{number:,} due at once" if work == "burst" else f"{number} each second"
    print(f"\n{store}: {title}")
    for side in sides:
        one = found[side]
        name = (one.name or side) + (", batches of 500" if "500" in side else "")
        print(f"  {name:34}{'   '.join(one.cells(work)):52}{one.durability}", flush=True)
    bars = [one.bar(side, work) for side, one in found.items() if not one.problem]
    where = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[store]
    words = "runs a second" if work == "burst" else "milliseconds late, median and 99 of 100"
    return Chart(f"{title}, {where}: {words}", tuple(bars))


def main() -> int:
    """Measures and prints. A side that cannot be measured says why in its row."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="little of everything, one round")
    parser.add_argument("--only", nargs="+", choices=SIDES, help="measure these sides")
    parser.add_argument("--store", choices=("sqlite", "postgresql"), help="one store only")
    parser.add_argument("--work", choices=WORKS, help="one kind of work only")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--plot", type=Path, help="a folder for the charts, such as docs/pictures")
    wish = parser.parse_args()
    wish.fits = lambda side: not wish.only or side in wish.only
    for store in ("sqlite", "postgresql") if wish.store is None else (wish.store,):
        for work in WORKS if wish.work is None else (wish.work,):
            chart = compare(store, work, 1 if wish.quick else wish.rounds, wish)
            if wish.plot:
                name = f"{store}-{'burst' if work == 'burst' else f'each-second-{work}'}.svg"
                (wish.plot / name).write_text(drawn(chart), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
