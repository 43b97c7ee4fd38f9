"""Kentico's scenarios about several instances, and about runs that are asked to stop."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from postgres import server, with_schema
from rota import Rota
from rota.cms.kentico import CancellationToken, Kentico, TaskInterval
from rota.engine.client.items import RunItem
from waiting import eventually


def instance(url: str, ran: list[str], **settings: object) -> Rota:
    """One instance of the application: its own Rota over the same store."""
    rota = Rota(url, **settings)  # type: ignore[arg-type]
    kentico = Kentico(rota)
    kentico.register_scheduled_task(
        "Acme.Work", lambda task, token: ran.append(rota.node_name or "?")
    )
    rota.kentico = kentico  # type: ignore[attr-defined]
    return rota


@pytest.fixture
def started() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.mark.shows("SK 53", "K9")
def test_three_instances_run_a_ready_task_once(tmp_path: Path, started: ExitStack) -> None:
    ran: list[str] = []
    nodes = [instance(f"sqlite:///{tmp_path}/site.db", ran) for _ in range(3)]
    for node in nodes:
        node.start()
        started.callback(node.stop)
    soon = datetime.now(UTC).replace(tzinfo=None, microsecond=0) + timedelta(seconds=2)
    kentico: Kentico = nodes[0].kentico  # type: ignore[attr-defined]
    for number in range(20):
        kentico.configurations.create(f"Once {number}", "Acme.Work", TaskInterval("once", soon))
    eventually(lambda: len(ran) >= 20, within=20)
    runs = nodes[0].runs.list(limit=100)
    assert sorted(run.schedule or "" for run in runs) == sorted({run.schedule for run in runs})  # type: ignore[type-var]
    assert {run.state for run in eventually(lambda: all_ended(nodes[0]), within=10)} == {
        "succeeded"
    }
    assert {run.node for run in runs} <= {node.node_name for node in nodes}
    assert len(ran) == 20


@pytest.mark.shows("SK 52", "K6")
@pytest.mark.parametrize("store", ["sqlite", "postgresql"])
def test_a_manual_run_happens_on_the_instance_that_served_the_request(
    store: str, tmp_path: Path, started: ExitStack
) -> None:
    ran: list[str] = []
    url = f"sqlite:///{tmp_path}/site.db" if store == "sqlite" else place_on_the_server()
    nodes = [instance(url, ran) for _ in range(3)]
    for node in nodes:
        node.start()
        started.callback(node.close)
    kentico: Kentico = nodes[0].kentico  # type: ignore[attr-defined]
    kentico.configurations.create("Work", "Acme.Work", TaskInterval.manual())
    for number in range(9):
        serving = nodes[number % 3]
        run = serving.schedules.run("Work", user="eva")
        ended = eventually(partial(final, serving, run.id), within=20)
        assert ended.node == serving.node_name
    assert len(ran) == 9


def final(rota: Rota, run: int) -> RunItem | None:
    item = rota.runs.get(run)
    return item if item.finished else None


def place_on_the_server() -> str:
    return with_schema(server())


def all_ended(rota: Rota) -> list[RunItem]:
    """Every run, once the last has ended."""
    runs = list(rota.runs.list(limit=100))
    return runs if all(run.finished for run in runs) else []


@pytest.mark.shows("SK 58", "K3")
def test_a_cancelled_task_sees_its_token_within_a_second_and_ends_as_cancelled() -> None:
    rota, begun, seen = Rota("memory://"), threading.Event(), threading.Event()
    kentico = Kentico(rota)

    def long(task: object, token: CancellationToken) -> None:
        begun.set()
        eventually(lambda: token.is_cancellation_requested, within=30)
        seen.set()
        token.throw_if_cancellation_requested()

    kentico.register_scheduled_task("Acme.Long", long)
    rota.start()
    try:
        kentico.configurations.create("Long", "Acme.Long", TaskInterval.manual())
        run = kentico.configurations.run("Long", user="eva")
        assert begun.wait(10)
        asked = datetime.now(UTC)
        kentico.configurations.cancel("Long", user="eva")
        assert seen.wait(10)
        assert datetime.now(UTC) - asked < timedelta(seconds=5)
        ended = eventually(lambda: (one := rota.runs.get(run.id)).finished and one)
        assert (ended.state, ended.reason, ended.abandoned) == ("cancelled", "user", False)
    finally:
        rota.stop()


@pytest.mark.shows("SK 58")
def test_one_that_ignores_its_cancellation_is_abandoned_and_the_grid_goes_on() -> None:
    rota, begun, release = Rota("memory://"), threading.Event(), threading.Event()
    kentico = Kentico(rota)

    def deaf(task: object, token: CancellationToken) -> None:
        begun.set()
        release.wait(60)

    kentico.register_scheduled_task("Acme.Deaf", deaf)
    each_second = TaskInterval("second", datetime(2026, 3, 2))
    rota.start()
    try:
        kentico.configurations.create("Deaf", "Acme.Deaf", each_second)
        assert begun.wait(10)
        first = rota.runs.list("Deaf", states=("running",))[0]
        kentico.configurations.cancel("Deaf")
        ended = eventually(lambda: (one := rota.runs.get(first.id)).finished and one, within=40)
        assert (ended.state, ended.abandoned) == ("cancelled", True)
        release.set()
        later = eventually(lambda: rota.runs.list("Deaf", states=("succeeded",)), within=10)
        assert later[0].due > first.due
    finally:
        release.set()
        rota.stop()
