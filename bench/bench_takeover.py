"""How long until others go on for a node that died: at least fifty deaths, as a distribution.

    python bench/bench_takeover.py [--quick] [--deaths 50] [--url postgresql://…]

Four nodes with a lease of 3 s on one PostgreSQL. One of them has a long idempotent run. By turns
it and the publisher are killed, or stopped for longer than their lease and woken again. All nodes
write as publisher whenever they are let. Measured from the signal: when another node has the run,
when another one is publisher, and how many writes came in after one of a later publisher.
"""

from __future__ import annotations

import argparse
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from postgres import own_server, with_schema  # noqa: E402
from rota import Rota  # noqa: E402
from waiting import eventually  # noqa: E402

APPLICATION = """
import os
import threading
import time
from rota import Rota, Run
from rota.errors import RotaError

rota = Rota(lease="3s", concurrency=2)

@rota.task("long", idempotent=True, placement="one")
def long(run: Run) -> None:
    while True:
        run.checkpoint()
        threading.Event().wait(0.05)

def note(line):
    file = os.open("roles.txt", os.O_APPEND | os.O_CREAT | os.O_WRONLY, 0o644)
    os.write(file, (line + chr(10)).encode())
    os.close(file)

@rota.on_server_role
def changed(role, before):
    if role in ("single", "scheduling_publisher"):
        note(f"{time.time()} {os.getpid()}")

def write():
    while True:
        try:
            with rota.leading() as term:
                rota.context.say("bench.write", str(term))
        except RotaError:
            pass
        time.sleep(0.02)

threading.Thread(target=write, daemon=True).start()
"""
LEASE = 3.0


def up(folder: Path, url: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "rota", "--app", "app", "--database", url, "node"]
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert process.stdout is not None
    process.stdout.readline()  # it is ready
    return process


def publishers(folder: Path) -> list[tuple[float, int]]:
    file = folder / "roles.txt"
    lines = file.read_text().splitlines() if file.exists() else []
    return [(float(at), int(pid)) for at, pid in (line.split() for line in lines)]


def death(
    number: int, nodes: dict[int, subprocess.Popen[bytes]], rota: Rota, folder: Path, url: str
) -> tuple[float, float]:
    """Seconds until its run is elsewhere, and until another one is publisher."""
    asked = rota.schedules.run("long", anywhere=True)

    def holder() -> str | None:
        run = rota.runs.get(asked.id)
        return run.node if run.state == "running" else None

    first = eventually(holder, 30)
    pid = next(node.pid for node in rota.nodes.list(limit=1_000) if node.name == first)
    leader = publishers(folder)[-1][1]
    known = len(publishers(folder))
    victims = {pid, leader}
    at = time.time()
    for victim in victims:
        nodes[victim].send_signal(signal.SIGKILL if number % 2 else signal.SIGSTOP)
    eventually(lambda: holder() not in (None, first), 60)
    started = rota.runs.get(asked.id).started
    assert started is not None
    eventually(lambda: len(publishers(folder)) > known, 60)
    gap = publishers(folder)[known][0] - at
    for victim in victims:
        if number % 2:
            nodes.pop(victim).wait()
            new = up(folder, url)
            nodes[new.pid] = new
        else:
            nodes[victim].send_signal(signal.SIGCONT)
    rota.runs.cancel(asked.id)
    eventually(lambda: rota.runs.get(asked.id).state == "cancelled", 30)
    return started.timestamp() - at, gap


def late_writes(rota: Rota) -> tuple[int, int]:
    """How many writes of publishers there were, and how many came after a later publisher's."""
    terms: list[tuple[int, int]] = []
    page = rota.events.list(kind="bench.write", limit=1_000)
    while True:
        terms += [(event.id, int(event.text)) for event in page]
        if page.next is None:
            break
        page = rota.events.list(kind="bench.write", limit=1_000, cursor=page.next)
    terms.sort()
    return len(terms), sum(later[1] < earlier[1] for earlier, later in pairwise(terms))


def told(name: str, values: list[float]) -> None:
    ordered = sorted(values)
    tenths = [ordered[min(len(ordered) - 1, round(len(ordered) * part))] for part in (0.1, 0.9)]
    middle = statistics.median(ordered)
    print(f"{name}: least {ordered[0]:.2f}, 10 % {tenths[0]:.2f}, median {middle:.2f}, "
          f"90 % {tenths[1]:.2f}, most {ordered[-1]:.2f} s")  # fmt: skip


def main(deaths: int, url: str | None) -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rota-bench-")))
        (folder / "app.py").write_text(APPLICATION, encoding="utf-8")
        if url is None:
            url = with_schema(stack.enter_context(own_server()).url)
        nodes: dict[int, subprocess.Popen[bytes]] = {}
        try:
            for _ in range(4):
                process = up(folder, url)
                nodes[process.pid] = process
            rota = Rota(url, app=None)
            stack.callback(rota.close)
            eventually(lambda: publishers(folder), 30)
            runs, gaps = [], []
            for number in range(deaths):
                run, gap = death(number, nodes, rota, folder, url)
                runs.append(run)
                gaps.append(gap)
                if number % 10 == 9:
                    print(f"{number + 1} deaths", flush=True)
            told("its run goes on elsewhere after", runs)
            told("there is another publisher after", gaps)
            writes, late = late_writes(rota)
            print(f"{deaths} deaths, lease {LEASE:.0f} s: {writes} writes of publishers, "
                  f"{late} after a later publisher's")  # fmt: skip
        finally:
            for process in nodes.values():
                process.kill()
                process.communicate()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--deaths", type=int, default=50)
    parser.add_argument("--url")
    given, _ = parser.parse_known_args()
    main(6 if given.quick else given.deaths, given.url)
