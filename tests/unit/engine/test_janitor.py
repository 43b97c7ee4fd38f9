"""Retention: each schedule's own, in small batches, and no slot that was forgotten runs again."""

from __future__ import annotations

from typing import Any

import pytest

from driving import Driven
from rota.engine.keeper import Keeper
from rota.engine.messages import Changed
from rota.engine.roles.terms import Terms
from rota.engine.upkeep.janitor import BATCH, PAGE, Janitor
from rota.instants import SECOND
from rota.ports.records import ScheduleRow
from rota.rules.leases import Lease
from stores import Make, any_store

__all__ = ("any_store",)

DAY = 86_400 * SECOND


def lived(make: Make, slots: int, **fields: Any) -> Driven:
    """A node with one schedule and the history of so many slots."""
    driven = Driven(make=make)
    driven.add("s", "every 10s", **fields)
    driven.step(Changed())
    for _ in range(slots):
        driven.advance(10)
        driven.end(driven.started[-1])
    return driven


def test_what_is_beyond_the_count_goes_and_no_slot_of_it_runs_again(any_store: Make) -> None:
    driven = lived(any_store, 20, policies={"retention": "5"})
    before = [run.due for run in driven.runs()]
    assert Janitor(driven.store, lambda task: {}).tidy(driven.clock.now()) == 15
    assert [run.due for run in driven.runs()] == before[-5:]
    driven.clock.step_wall(-150)  # the slots that were forgotten come again
    for _ in range(17):
        driven.advance(10)
        driven.end(driven.started[-1])
    assert len(driven.started) == 22, "twenty, and two that nobody had decided"
    assert sorted({run.due for run in driven.started}) == sorted(run.due for run in driven.started)
    row = driven.store.schedule("s")
    assert row is not None
    assert row.decided_through == driven.started[-1].due


def test_what_is_too_old_goes_but_never_the_latest(any_store: Make) -> None:
    driven = lived(any_store, 5, policies={"retention": "1d"})
    janitor = Janitor(driven.store, lambda task: {})
    assert janitor.tidy(driven.clock.now() + DAY - 60 * SECOND) == 0
    assert janitor.tidy(driven.clock.now() + 2 * DAY) == 4


def test_a_schedule_s_own_retention_stands_for_its_task_s(any_store: Make) -> None:
    driven = lived(any_store, 6, policies={"retention": "4"})
    assert Janitor(driven.store, lambda task: {"retention": "2"}).tidy(driven.clock.now()) == 2


def test_that_of_the_task_counts_where_the_schedule_says_nothing(any_store: Make) -> None:
    driven = lived(any_store, 6)
    assert Janitor(driven.store, lambda task: {"retention": "2"}).tidy(driven.clock.now()) == 4


class Counting:
    """A store of endless old runs that writes down how it was asked."""

    def __init__(self, schedules: int) -> None:
        self.names = [f"s{number:04}" for number in range(schedules)]
        self.asked: list[int] = []
        self.pruned: list[str | None] = []

    def prune_events(self, before: int, limit: int) -> int:
        self.asked.append(limit)
        return 0

    def schedules(self, query: Any) -> list[ScheduleRow]:
        later = [name for name in self.names if name > (query.after or "")]
        return [ScheduleRow(name, "t", "every 1h") for name in later[: query.limit]]

    def prune(self, name: str | None, before: int, keep: int, limit: int) -> int:
        self.asked.append(limit)
        self.pruned.append(name)
        return limit if name == "s0000" else 0


def test_one_round_is_bounded_in_batches_that_are_small() -> None:
    store = Counting(3)
    gone = Janitor(store, lambda task: {}).tidy(100 * DAY)  # type: ignore[arg-type]
    assert 1_000 <= gone <= 10_000
    assert max(store.asked) <= BATCH <= 500


def test_every_schedule_has_its_turn() -> None:
    store = Counting(PAGE * 2 + 7)
    store.names.remove("s0000")
    janitor = Janitor(store, lambda task: {})  # type: ignore[arg-type]
    for _ in range(3):
        janitor.tidy(100 * DAY)
    assert {name for name in store.pruned if name} == set(store.names)


def test_a_round_that_is_over_goes_on_next_time_where_it_ended() -> None:
    store = Counting(7)
    store.names.remove("s0000")
    janitor = Janitor(store, lambda task: {})  # type: ignore[arg-type]
    for _ in range(3):
        looks = iter((False, False, True))
        janitor.tidy(100 * DAY, lambda looks=looks: next(looks))  # type: ignore[misc]
    assert [name for name in store.pruned if name] == store.names


def test_a_round_that_deleted_enough_leaves_out_nobody() -> None:
    store = Counting(3)
    janitor = Janitor(store, lambda task: {})  # type: ignore[arg-type]
    for _ in range(2):
        janitor.tidy(100 * DAY)
    assert {"s0001", "s0002"} <= set(store.pruned)


def test_a_long_history_does_not_keep_the_lease_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where each look takes half a second, a node with a lease of 15 s gives a round one second."""
    driven = Driven()
    for number in range(50):
        driven.add(f"a{number}", "every 1d")
    (row,) = driven.store.nodes()
    keeper = Keeper(
        driven.store, driven.clock, row, Lease(), Janitor(driven.store, lambda task: {}),
        lambda said: None, lambda name: None, lambda: None,
        Terms(driven.store, driven.clock, Lease()),
    )  # fmt: skip

    def slow(*given: object) -> int:
        driven.clock.advance(0.5)
        return 0

    monkeypatch.setattr(driven.store, "prune", slow)
    for second in range(1, 121):
        driven.clock.advance(1)
        before = driven.clock.boot()
        keeper.tick()
        assert driven.clock.boot() - before < 2 * SECOND, f"in second {second}"
    assert driven.store.renew(row.name, 15 * SECOND, driven.clock.now())
