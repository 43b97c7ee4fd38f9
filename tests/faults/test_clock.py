"""The wall clock is set: nothing twice, nothing unrecorded, and no lease is lost for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from driving import Driven
from rota import Rota
from rota.engine.messages import Changed
from rota.errors import StoreRefused
from rota.instants import SECOND
from rota.ports.records import NodeRow, Recovered, RunRow
from rota.stores.sqlite import SqliteStore
from rota.testing import ManualNode
from rota.testing.clock import SettableClock
from stores import Make, any_store

__all__ = ("any_store",)

HOUR = 3_600
LEASE = 15 * SECOND


def node(make: Make) -> Driven:
    driven = Driven(make=make)
    driven.add("a", "every 1m")
    driven.step(Changed())
    return driven


def seconds(driven: Driven, count: int) -> None:
    for _ in range(count):
        driven.advance(1)
        for run in [run for run in driven.started if run.id in driven.machine.holding.live]:
            driven.end(run)


def slots(driven: Driven) -> list[RunRow]:
    return [row for row in driven.runs() if row.kind == "slot" and row.state != "skipped"]


@pytest.mark.parametrize("hours", [1, 24, 24 * 365])
def test_set_forward_the_latest_slot_runs_once_and_the_rest_is_recorded(
    any_store: Make, hours: int
) -> None:
    driven = node(any_store)
    seconds(driven, 120)
    driven.clock.step_wall(hours * HOUR)
    seconds(driven, 120)
    dues = [row.due for row in slots(driven)]
    assert len(dues) == len(set(dues)) == 5
    (gap,) = [row for row in driven.runs() if row.state == "skipped"]
    assert (gap.reason, gap.skips) == ("no_node", min(hours * 60 - 1, 1_000))


@pytest.mark.parametrize("hours", [1, 24])
def test_set_back_nothing_runs_twice_and_it_goes_on_when_the_clock_is_there_again(
    any_store: Make, hours: int
) -> None:
    driven = node(any_store)
    seconds(driven, 120)
    before = [row.due for row in slots(driven)]
    driven.clock.step_wall(-hours * HOUR)
    seconds(driven, 180)
    assert [row.due for row in slots(driven)] == before
    driven.clock.step_wall(hours * HOUR)
    seconds(driven, 120)
    dues = [row.due for row in slots(driven)]
    assert len(dues) == len(set(dues)) > len(before)


def test_strobes_of_half_a_minute_make_no_slot_twice(any_store: Make) -> None:
    driven = node(any_store)
    for second in range(240):
        driven.clock.step_wall(30 if second % 2 else -30)
        seconds(driven, 1)
    rows = driven.runs()
    dues = [row.due for row in rows if row.state != "skipped"]
    assert len(dues) == len(set(dues)) >= 3
    assert [node.state for node in driven.store.nodes()] == ["alive"]


def test_a_machine_that_boots_in_1970_decides_nothing_until_its_clock_is_right() -> None:
    rota = Rota("memory://")
    rota.task("a", schedule="every 1h")(lambda: None)
    with ManualNode(rota) as manual:
        manual.advance(hours=3)
        count, now = len(manual.runs), manual.clock.now()
        manual.clock.step_wall(-now / SECOND)
        manual.advance(minutes=5)
        assert len(manual.runs) == count
        manual.clock.step_wall(now / SECOND)
        manual.advance(hours=2)
        assert len(manual.runs) == count + 2


def test_leases_count_by_the_boot_clock(any_store: Make) -> None:
    driven = node(any_store)
    assert driven.store.renew(driven.writer.node, LEASE, driven.clock.now())
    driven.clock.step_wall(10 * 24 * HOUR)
    assert driven.store.expire(driven.clock.now()) == Recovered()
    assert [node.state for node in driven.store.nodes()] == ["alive"]


def test_two_machines_on_one_file_are_refused(tmp_path: Path) -> None:
    here = SettableClock(boot_id="boot-here")
    there = SettableClock(boot_id="boot-there")
    first, second = (SqliteStore(tmp_path / "rota.db", clock) for clock in (here, there))
    first.open("shop")
    second.open("shop")
    name = first.join(NodeRow("", "alpha", 1, "0", machine="m1", seen=here.now()), LEASE).name
    stranger = NodeRow("", "beta", 1, "0", machine="m2", seen=there.now())
    with pytest.raises(StoreRefused, match=r"from another machine \(alpha\); use PostgreSQL"):
        second.join(stranger, LEASE)
    # Another container of the same kernel, and the same machine after a restart, are welcome.
    gamma = NodeRow("", "gamma", 3, "0", machine="m3", seen=here.now())
    first.leave(first.join(gamma, LEASE).name, here.now())
    second.join(NodeRow("", "alpha", 2, "0", machine="m1", seen=there.now()), LEASE)
    first.leave(name, here.now())
    first.close()
    second.close()
