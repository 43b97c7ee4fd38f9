"""One to five real processes on one store under a seeded monkey: no slot twice, none unexplained.

The monkey kills, stops and ends nodes; on PostgreSQL it also crashes the server and damages the
wires of single nodes. The tasks write what they did into a file, and that judges what the store
says. `MONKEY_SEED` makes another history; `MONKEY_SECONDS`, `MONKEY_HOURS`: how long it lasts.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from postgres import Own, own_server
from waiting import eventually
from wire import Wire
from witness import TESTIFY, history, judge, starts

APPLICATION = f"""{TESTIFY}
import threading
from rota import Rota, Run, every

rota = Rota(lease="2s")

def add(number):
    @rota.task(
        f"s{{number}}", schedule=every("1s"), idempotent=number % 2 == 0,
        retention="30d",  # what is judged must still be there after hours
    )
    def trace(run: Run) -> str:
        testify(run, "start")
        threading.Event().wait(0.2)  # so that some are hit in their midst
        return testify(run, "end")

for number in range(6):
    add(number)
"""
NAMES = tuple(f"s{number}" for number in range(6))
MOST = 5  # nodes at a time
SEED = int(os.environ.get("MONKEY_SEED", "7"))
SHORT = float(os.environ.get("MONKEY_SECONDS", "60"))
LONG = float(os.environ.get("MONKEY_HOURS", "2")) * 3_600
LEASE = 2.0
HEALED = 60.0  # promised: 5; the machine may be busy


class Place:
    """A store that several nodes reach, each in its own way."""

    def __init__(self, url: str, own: Own | None = None) -> None:
        self.url = url
        self.own = own
        self.wires = [Wire(own.socket) for _ in range(MOST)] if own else []

    def way(self, number: int) -> str:
        """The address for one node."""
        if not self.wires:
            return self.url
        return f"postgresql://postgres@127.0.0.1:{self.wires[number].port}/postgres?schema=many"

    def heal(self) -> None:
        for wire in self.wires:
            wire.become("fine")

    def close(self) -> None:
        for wire in self.wires:
            wire.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    with ExitStack() as stack:
        if request.param == "sqlite":
            found = Place(f"sqlite:///{tmp_path}/rota.db")
        else:
            own = stack.enter_context(own_server())
            found = Place(f"{own.url}&schema=many", own)
        stack.callback(found.close)
        yield found


class Monkey:
    """Does harm by a seed, one thing after another, and keeps account of it."""

    def __init__(self, place: Place, folder: Path, seed: int) -> None:
        self.place, self.folder = place, folder
        self.chance = random.Random(seed)
        self.pause = threading.Event()
        self.nodes: dict[int, subprocess.Popen[bytes]] = {}
        self.done: Counter[str] = Counter()
        self.harm: list[Callable[[], None]] = [self.kill, self.kill, self.end, self.stand_still]
        if place.own is not None:
            self.harm += [self.crash_the_server, *[self.damage_a_wire] * 3]

    def up(self, number: int) -> None:
        command = [sys.executable, "-m", "rota", "--app", "app", "--database",
                   self.place.way(number), "node"]  # fmt: skip
        with (self.folder / "said.txt").open("ab") as said:
            self.nodes[number] = subprocess.Popen(
                command, cwd=self.folder, stdout=said, stderr=said
            )

    def run(self, seconds: float) -> None:
        """Harm for so long, among a number of nodes that changes; then heal all of it."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            wanted = self.chance.randint(1, MOST)
            for number in range(MOST):
                if number not in self.nodes and len(self.nodes) < wanted:
                    self.up(number)
            self.pause.wait(self.chance.uniform(0.5, 2))
            harm = self.chance.choice(self.harm)
            self.done[harm.__name__] += 1
            harm()
        self.place.heal()
        if not self.nodes:
            self.up(0)

    def victim(self) -> int:
        return self.chance.choice(sorted(self.nodes))

    def kill(self) -> None:
        process = self.nodes.pop(self.victim())
        process.kill()
        process.wait()

    def end(self) -> None:
        finish(self.nodes.pop(self.victim()))

    def stand_still(self) -> None:
        process = self.nodes[self.victim()]
        process.send_signal(signal.SIGSTOP)
        self.pause.wait(self.chance.uniform(0.5, 2) * LEASE)
        process.send_signal(signal.SIGCONT)

    def crash_the_server(self) -> None:
        assert self.place.own is not None
        self.place.own.stop()
        self.pause.wait(self.chance.uniform(0, 3))
        self.place.own.start()

    def damage_a_wire(self) -> None:
        wire = self.place.wires[self.victim()]
        what = self.chance.choice(["cut", "silent", "slow", "torn"])
        self.done[what] += 1
        wire.become(what)
        self.pause.wait(self.chance.uniform(0.5, 3) * LEASE)
        wire.become("fine")

    def tidy_up(self) -> None:
        for process in self.nodes.values():
            process.send_signal(signal.SIGCONT)
            process.kill()
            process.wait()


def finish(process: subprocess.Popen[bytes]) -> None:
    """End it in order; a node that cannot reach its store may take its time, but not for ever."""
    process.send_signal(signal.SIGTERM)
    process.wait(45)


def rampage(place: Place, folder: Path, seconds: float) -> None:
    (folder / "app.py").write_text(APPLICATION, encoding="utf-8")
    monkey = Monkey(place, folder, SEED)
    try:
        monkey.run(seconds)
        healed, clock = time.time() * 1_000_000, time.monotonic()
        eventually(
            lambda: {line.schedule for line in starts(folder) if line.due > healed} == set(NAMES),
            HEALED,
            because="every schedule runs again after all is healed",
        )
        took = time.monotonic() - clock
        for process in monkey.nodes.values():
            finish(process)
    finally:
        monkey.tidy_up()

    rows = history(place.url)
    found = judge(folder, rows, again=NAMES[::2])
    began = starts(folder)
    states = Counter(row.state for row in rows)
    print(f"seed {SEED}: {dict(monkey.done)}; {len(began)} starts, {len(rows)} rows, "
          f"{dict(states)}; all ran again {took:.1f} s after the heal")  # fmt: skip
    assert found == [], (SEED, monkey.done)
    assert began
    assert not states.keys() & {"running", "failed"}


@pytest.mark.timeout(SHORT + 240)
def test_every_slot_starts_at_most_once_and_none_goes_unexplained(
    place: Place, tmp_path: Path
) -> None:
    rampage(place, tmp_path, SHORT)


@pytest.mark.long
@pytest.mark.timeout(LONG + 900)
def test_the_same_for_hours(place: Place, tmp_path: Path) -> None:
    rampage(place, tmp_path, LONG)
