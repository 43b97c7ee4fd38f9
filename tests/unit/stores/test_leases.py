"""Leases by the boot clock: a restart of the machine ends them. And the settable clock itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rota.instants import SECOND
from rota.ports.records import NewRun, NodeRow
from rota.ports.store import Store
from rota.stores.memory import MemoryStore
from rota.stores.sqlite import SqliteStore
from rota.testing.clock import SettableClock


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock()


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, clock: SettableClock, tmp_path: Path) -> Iterator[Store]:
    store = MemoryStore(clock) if request.param == "memory" else SqliteStore(tmp_path / "r", clock)
    store.open("shop")
    yield store
    store.close()


def test_a_restart_of_the_machine_ends_every_lease_at_once(
    store: Store, clock: SettableClock
) -> None:
    node = store.join(NodeRow("", "host", 1, "1"), 3600 * SECOND).name
    store.add_run(NewRun("task", 0, kind="manual"), clock.now())
    (run,) = store.take(node, ["task"], 1, clock.now())
    clock.reboot("boot-2", 1)
    assert [row.id for row in store.expire(clock.now())] == [run.id]
    assert store.renew(node, SECOND, clock.now()) is False


def test_a_clock_of_the_same_boot_ends_none(store: Store, clock: SettableClock) -> None:
    store.join(NodeRow("", "host", 1, "1"), 10 * SECOND)
    clock.advance(9)
    assert store.expire(clock.now()) == []
    assert [row.state for row in store.nodes()] == ["alive"]


def test_real_time_moves_both_readings() -> None:
    clock = SettableClock(5, boot=7)
    clock.advance(2)
    assert (clock.now(), clock.boot()) == (5 + 2 * SECOND, 7 + 2 * SECOND)
    with pytest.raises(ValueError, match="real time does not go back"):
        clock.advance(-1)


def test_a_step_moves_the_wall_alone() -> None:
    clock = SettableClock(5, boot=7)
    clock.step_wall(-1)
    assert (clock.now(), clock.boot(), clock.boot_id()) == (5 - SECOND, 7, "boot-1")


def test_a_reboot_begins_anew() -> None:
    clock = SettableClock(0, boot=7)
    clock.reboot("other", 3)
    assert (clock.now(), clock.boot(), clock.boot_id()) == (3 * SECOND, 0, "other")
