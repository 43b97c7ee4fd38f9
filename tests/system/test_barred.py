"""A caller's long transaction holds a schedule: everything else goes on. Real PostgreSQL."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import datetime

import psycopg
import pytest

from postgres import new_schema, server
from rota import Rota, Run, at
from rota.engine.hosting.clock import SystemClock
from rota.instants import SECOND, to_datetime
from waiting import eventually

OTHERS = 50
LATE = 1.0  # seconds; a batch that waits for a lock is 4 s late


class Stall:
    """How long this whole process has stood still at a stretch, because others had the machine."""

    def __init__(self) -> None:
        self.longest = 0.0
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.watch, daemon=True)
        self.thread.start()

    def watch(self) -> None:
        before = time.monotonic()
        while not self.over.wait(0.02):
            now = time.monotonic()
            self.longest = max(self.longest, now - before)
            before = now


@pytest.fixture
def stall() -> Iterator[Stall]:
    stall = Stall()
    yield stall
    stall.over.set()
    stall.thread.join()


class Site:
    """An application that is a node, and what its tasks say of their starts."""

    def __init__(self) -> None:
        url = server()
        self.rota = Rota(f"{url}{'&' if '?' in url else '?'}schema={new_schema()}")
        self.go = threading.Event()
        self.late: dict[str | None, float] = {}
        self.rota.task("fires")(self.fires)
        self.rota.task("waits")(self.waits)

    def fires(self, run: Run) -> None:
        self.late[run.schedule] = (datetime.now(run.due.tzinfo) - run.due).total_seconds()

    def waits(self) -> None:
        assert self.go.wait(60)


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    site.rota.start()
    yield site
    site.go.set()
    site.rota.close()


@pytest.fixture
def caller() -> Iterator[psycopg.Connection]:
    with psycopg.connect(server()) as connection:
        yield connection
        connection.rollback()


@pytest.mark.timeout(60)
def test_others_fire_on_time_while_a_caller_holds_a_schedule(
    site: Site, caller: psycopg.Connection, stall: Stall
) -> None:
    rota = site.rota
    soon = to_datetime(SystemClock().now() // SECOND * SECOND + 4 * SECOND)
    rota.schedules.add("held", "fires", at(soon))
    rota.schedules.add("waits", "waits", "manual")
    waiting = rota.schedules.run("waits")
    eventually(lambda: rota.runs.get(waiting.id).state == "running", 20)
    for number in range(OTHERS):
        rota.schedules.add(f"other-{number}", "fires", at(soon))
    with rota.joined(caller):
        rota.schedules.run("held")
        rota.schedules.run("waits")
    site.go.set()  # its end cannot be written either
    eventually(lambda: len(site.late) == OTHERS, 20)
    assert max(site.late.values()) < LATE + stall.longest
    assert "held" not in site.late
    eventually(lambda: rota.events.list(kind="schedule.barred"), 20)
    rota.schedules.add("again", "fires", at(to_datetime(SystemClock().now() + SECOND)))
    eventually(lambda: "again" in site.late, 20)
    assert site.late["again"] < LATE + stall.longest
    print(
        f"late {max(site.late.values()):.3f} s, where the process stood still {stall.longest:.3f} s"
    )
    assert rota.runs.get(waiting.id).state == "running"

    caller.commit()
    began = time.monotonic()
    eventually(lambda: "held" in site.late, 20)
    eventually(lambda: rota.runs.get(waiting.id).state == "succeeded", 20)
    assert time.monotonic() - began < 5 + stall.longest
    assert len(rota.events.list(kind="schedule.barred")) == 1

    def slots() -> list[datetime]:  # late, but decided: it ran, or met the caller's own run
        return [run.due for run in rota.runs.list("held") if run.kind == "slot"]

    assert eventually(slots, 20) == [soon]
