"""Real processes on one store: who runs what, who takes over, and what is said about a death."""

from __future__ import annotations

import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from commands import node_processes
from postgres import server, with_schema
from rota import Rota
from rota.engine.client.items import NodeItem, RunItem
from rota.engine.hosting.clock import SystemClock
from rota.instants import from_datetime
from waiting import eventually

APPLICATION = """
import threading
from pathlib import Path
from rota import Rota, Run, every

rota = Rota(lease="3s", concurrency=2)

@rota.task("fan", schedule=every("1s"), placement="every")
def fan() -> None: ...

@rota.task("label", schedule=every("1s"), placement="label:gpu")
def label() -> None: ...

@rota.task("host", schedule=every("1s"), placement="machine")
def host() -> None: ...

@rota.task("long", idempotent=True)
def long(run: Run) -> None:
    while not Path("go").exists():
        run.checkpoint()
        threading.Event().wait(0.02)
"""
SECOND = 1_000_000
Up = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/rota.db"
    return with_schema(server(durable=True))


@pytest.fixture
def up(url: str, tmp_path: Path) -> Iterator[Up]:
    """Starts a node; all of them are killed in the end."""
    (tmp_path / "app.py").write_text(APPLICATION, encoding="utf-8")
    with node_processes() as nodes:
        yield lambda *words: nodes.start(url, tmp_path, *words)


@pytest.fixture
def rota(url: str, up: Up) -> Iterator[Rota]:
    """A client that looks on."""
    looker = Rota(url, app=None)
    yield looker
    looker.close()


def node_of(rota: Rota, process: subprocess.Popen[bytes]) -> NodeItem:
    return next(node for node in rota.nodes.list() if node.pid == process.pid)


def running(rota: Rota, task: str = "long") -> list[RunItem]:
    return list(rota.runs.list(task=task, states=["running"]))


def by_slot(rota: Rota, name: str) -> dict[object, dict[str, str]]:
    """State by target, of every slot."""
    found: dict[object, dict[str, str]] = {}
    for run in rota.runs.list(name, limit=1_000):
        found.setdefault(run.due, {})[run.target] = run.state
    return found


@pytest.mark.timeout(120)
def test_a_slot_runs_on_the_nodes_that_it_is_for(up: Up, rota: Rota) -> None:
    plain, other = up(), up("--label", "gpu", "--role", "publisher")
    one, two = node_of(rota, plain), node_of(rota, other)
    assert (two.labels, two.roles) == (("gpu",), ("publisher",))
    assert one.machine == two.machine
    both = {f"node:{one.name}": "succeeded", f"node:{two.name}": "succeeded"}

    def served(name: str, targets: dict[str, str]) -> bool:
        return sum(found == targets for found in by_slot(rota, name).values()) >= 3

    eventually(lambda: served("fan", both), 60)
    eventually(lambda: served("label", {f"node:{two.name}": "succeeded"}), 60)
    eventually(lambda: served("host", {f"machine:{one.machine}": "succeeded"}), 60)
    for run in rota.runs.list("fan", states=["succeeded"]):
        assert run.target == f"node:{run.node}"

    rota.schedules.pause("fan")
    asked = rota.schedules.run("fan")
    runs = [asked, *map(rota.runs.get, asked.others)]
    assert {run.target for run in runs} == set(both)
    eventually(lambda: all(rota.runs.get(run.id).state == "succeeded" for run in runs), 60)

    name = socket.gethostname()
    rota.schedules.update("host", placement=f"node:{name}")
    eventually(lambda: served("host", {f"machine:{one.machine}": "succeeded"}), 60)


@pytest.mark.timeout(120)
def test_a_killed_node_is_found_once_and_its_run_goes_on_elsewhere(up: Up, rota: Rota) -> None:
    nodes = [up() for _ in range(3)]
    asked = rota.schedules.run("long")
    eventually(lambda: bool(running(rota)), 60)
    victim = next(p for p in nodes if node_of(rota, p).name == running(rota)[0].node)
    dead = node_of(rota, victim).name
    killed = SystemClock().now()
    victim.kill()
    eventually(lambda: rota.runs.get(asked.id).attempt == 2, 60)
    again = rota.runs.get(asked.id)
    assert again.started is not None
    took = (from_datetime(again.started) - killed) / SECOND
    print(f"taken over {took:.2f} s after kill -9, with a lease of 3 s")
    assert took < 15  # promised: 4; the machine may be busy
    assert again.node != dead

    (event,) = rota.events.list(kind="node.lost")
    assert (event.level, event.node) == ("error", dead)
    assert f"long (run {asked.id}) will be tried again" in event.text
    assert not [run for run in rota.runs.list("fan", states=["queued", "running", "retrying"],
                                              limit=1_000) if run.target == f"node:{dead}"
                and run.due < event.time]  # fmt: skip


@pytest.mark.timeout(120)
def test_a_node_that_is_told_to_stop_hands_over_at_once(up: Up, rota: Rota) -> None:
    nodes = [up(), up()]
    asked = rota.schedules.run("long")
    eventually(lambda: bool(running(rota)), 60)
    victim = next(p for p in nodes if node_of(rota, p).name == running(rota)[0].node)
    left = node_of(rota, victim).name
    told = SystemClock().now()
    victim.send_signal(signal.SIGTERM)
    eventually(lambda: any(run.node != left for run in running(rota)), 60)
    again = rota.runs.get(asked.id)
    assert again.started is not None
    took = (from_datetime(again.started) - told) / SECOND
    print(f"taken over {took:.2f} s after SIGTERM")
    assert took < 10  # promised: 1
    assert again.attempt == 1  # the shutdown is not counted
    assert rota.events.list(kind="node.lost") == []


@pytest.mark.timeout(120)
def test_an_idle_node_takes_over_what_waits(up: Up, rota: Rota) -> None:
    up()
    for _ in range(4):
        rota.schedules.run("long")
    eventually(lambda: len(running(rota)) == 2, 60)  # as many as the node executes at once
    began = SystemClock().now()
    second = up()
    eventually(lambda: len(running(rota)) == 4, 60)
    mine = [run for run in running(rota) if run.node == node_of(rota, second).name]
    assert len(mine) == 2
    joined = from_datetime(node_of(rota, second).started)
    took = max(from_datetime(run.started) for run in mine if run.started) - max(began, joined)
    print(f"an idle node took over {took / SECOND:.2f} s after it had joined")
    assert took < 10 * SECOND  # promised: 1
