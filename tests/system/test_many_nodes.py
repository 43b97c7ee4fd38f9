"""Three real processes on one store under a seeded monkey: no slot twice, none unexplained.

The tasks write what they did into a file of their own; the store's history is held against that.
"""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from postgres import new_schema, server
from rota import Rota
from rota.engine.items import RunItem

APPLICATION = """
import os
from rota import Rota, Run, every

rota = Rota(lease="2s")

def add(number):
    @rota.task(f"s{number}", schedule=every("1s"), idempotent=number % 2 == 0)
    def trace(run: Run) -> None:
        line = f"{run.schedule} {run.row.due} {run.attempt} {run.fence}\\n".encode()
        file = os.open("trace.txt", os.O_APPEND | os.O_CREAT | os.O_WRONLY)
        os.write(file, line)
        os.fsync(file)
        os.close(file)

for number in range(6):
    add(number)
"""
SECONDS = 10


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/rota.db"
    address = server(durable=True)
    return f"{address}{'&' if '?' in address else '?'}schema={new_schema()}"


@pytest.fixture
def nodes(url: str, tmp_path: Path) -> Iterator[list[subprocess.Popen[bytes]]]:
    (tmp_path / "app.py").write_text(APPLICATION, encoding="utf-8")
    found: list[subprocess.Popen[bytes]] = []
    yield found
    for process in found:
        process.kill()
        process.wait()


def up(folder: Path, url: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "rota", "--app", "app", "--database", url, "node"]
    return subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def monkey(nodes: list[subprocess.Popen[bytes]], folder: Path, url: str) -> None:
    """Kill, stop and end nodes, by a seed; each comes back."""
    chance = random.Random(7)
    pause = threading.Event()
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        pause.wait(chance.uniform(0.5, 2))
        number = chance.randrange(len(nodes))
        what = chance.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGSTOP])
        nodes[number].send_signal(what)
        if what == signal.SIGSTOP:
            pause.wait(3)  # longer than its lease
            nodes[number].send_signal(signal.SIGCONT)
        else:
            nodes[number].wait()
            nodes[number] = up(folder, url)


@pytest.mark.timeout(120)
def test_every_slot_starts_at_most_once_and_none_goes_unexplained(
    url: str, nodes: list[subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    nodes += [up(tmp_path, url) for _ in range(3)]
    monkey(nodes, tmp_path, url)
    for process in nodes:
        process.send_signal(signal.SIGTERM)
    for process in nodes:
        process.wait(20)

    traces = [line.split() for line in (tmp_path / "trace.txt").read_text().splitlines()]
    starts = Counter((name, int(due)) for name, due, *_ in traces)
    rows = history(url)
    twice = [slot for slot, count in starts.items() if count > 1 and int(slot[0][1:]) % 2]
    assert twice == []
    assert [slot for slot in starts if slot not in rows] == []
    assert [slot for slot in starts if rows[slot].state == "skipped"] == []
    succeeded = {slot for slot, item in rows.items() if item.state == "succeeded"}
    assert succeeded - starts.keys() == set()
    assert len(starts) > 6 * SECONDS / 2
    for name in {name for name, _ in rows}:
        assert gaps(name, rows) == []


def history(url: str) -> dict[tuple[str, int], RunItem]:
    rota = Rota(url, app=None)
    try:
        found: dict[tuple[str, int], RunItem] = {}
        page = rota.runs.list(limit=1_000)
        while True:
            for item in page:
                found[str(item.schedule), round(item.due.timestamp() * 1_000_000)] = item
            if page.next is None:
                return found
            page = rota.runs.list(limit=1_000, cursor=page.next)
    finally:
        rota.close()


def gaps(name: str, rows: dict[tuple[str, int], RunItem]) -> list[int]:
    """Slots between the first and the last that have neither a run nor a skip."""
    decided: set[int] = set()
    for (schedule, due), item in rows.items():
        if schedule == name:
            last = due if item.due_last is None else round(item.due_last.timestamp() * 1_000_000)
            decided.update(range(due, last + 1, 1_000_000))
    return [due for due in range(min(decided), max(decided), 1_000_000) if due not in decided]
