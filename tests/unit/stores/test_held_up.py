"""Locks in the hands of somebody who stands still: nobody else waits for them. Real PostgreSQL."""

from __future__ import annotations

import time
from collections.abc import Iterator

import psycopg
import pytest

from postgres import new_schema, server, with_schema
from rota import Rota
from rota.errors import Unreachable
from rota.instants import SECOND
from rota.ports.records import Decision, Finish, NewRun, NodeRow, RunRow, ScheduleRow
from rota.stores.postgresql import PostgresqlStore
from rota.testing.clock import SettableClock

TASK = "held"
PROMPT = 3.0  # seconds: less than the 4 that a statement may wait for a lock


class Shop:
    """A store of one node's own, and what stands between it and others."""

    def __init__(self, schema: str, clock: SettableClock, silence: int = 12 * SECOND) -> None:
        self.clock = clock
        self.store = PostgresqlStore(
            server(), clock, schema=schema, lease_clock=clock.boot, silence=silence
        )
        self.store.open("shop")

    def join(self, lease: int = 3 * SECOND) -> str:
        row = NodeRow("", "host", 1, "1", tasks=(TASK,))
        return self.store.join(row, lease).name

    def running(self, node: str, *names: str) -> list[RunRow]:
        """A run of each schedule, running on that node."""
        now = self.clock.now()
        for name in names:
            self.store.add_schedule(ScheduleRow(name, TASK, "manual", next_due=now))
            launch = NewRun(TASK, now, schedule=name, idempotent=True, not_before=now)
            self.store.decide([Decision(name, 1, now, None, now, (launch,))], now)
        taken = self.store.take(node, [TASK], 100, now)
        assert {run.schedule for run in taken} == set(names)
        return taken


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock()


@pytest.fixture
def schema() -> str:
    return new_schema()


@pytest.fixture
def shop(schema: str, clock: SettableClock) -> Iterator[Shop]:
    shop = Shop(schema, clock)
    yield shop
    shop.store.close()


@pytest.fixture
def other(schema: str, clock: SettableClock, shop: Shop) -> Iterator[Shop]:
    other = Shop(schema, clock)
    yield other
    other.store.close()


@pytest.fixture
def stranger(schema: str) -> Iterator[psycopg.Connection]:
    """Somebody who takes locks and stands still."""
    with psycopg.connect(server()) as connection:
        connection.execute(f"SET search_path = {schema}")
        connection.commit()
        yield connection
        connection.rollback()


def test_the_server_ends_a_transaction_in_which_nobody_speaks_for_as_long_as_was_said(
    schema: str, clock: SettableClock, shop: Shop
) -> None:
    frozen = Shop(schema, clock, silence=SECOND // 2)
    node = frozen.join()
    with pytest.raises(Unreachable), frozen.store.transaction():
        frozen.store.stopping(node)  # holds its row from here on
        assert [row.state for row in shop.store.nodes()] == ["alive"]
        began = time.monotonic()
        shop.store.stopping(node)  # waits for the row
        assert time.monotonic() - began < PROMPT
    frozen.store.close()


def test_runs_of_a_dead_node_go_on_although_somebody_holds_one_of_their_schedules(
    shop: Shop, clock: SettableClock, stranger: psycopg.Connection
) -> None:
    node = shop.join()
    free, held = shop.running(node, "free", "held")
    stranger.execute("SELECT FROM rota_schedule WHERE name = 'held' FOR UPDATE")
    clock.advance(4)

    began = time.monotonic()
    recovered = shop.store.expire(clock.now())
    assert time.monotonic() - began < PROMPT
    assert recovered.nodes == (node,)
    assert [(run.schedule, run.state) for run in recovered] == [("free", "retrying")]
    assert shop.store.overdue()
    assert list(shop.store.expire(clock.now())) == []

    stranger.rollback()
    later = shop.store.expire(clock.now())
    assert [(run.schedule, run.state) for run in later] == [("held", "retrying")]
    assert later.nodes == ()  # its death was told once
    assert not shop.store.overdue()
    assert shop.store.finish([Finish(run.id, run.fence, "succeeded", 0) for run in (free, held)],
                             clock.now()) == [False, False]  # fmt: skip


def test_a_dead_node_of_which_somebody_holds_the_row_keeps_no_other_back(
    shop: Shop, clock: SettableClock, stranger: psycopg.Connection
) -> None:
    first, second = shop.join(), shop.join()
    stranger.execute("SELECT FROM rota_node WHERE name = %s FOR SHARE", (first,))
    clock.advance(4)
    began = time.monotonic()
    assert shop.store.expire(clock.now()).nodes == (second,)
    assert time.monotonic() - began < PROMPT
    stranger.rollback()
    assert shop.store.expire(clock.now()).nodes == (first,)


def test_what_waits_for_a_dead_node_is_skipped_once_its_schedule_is_free(
    shop: Shop, clock: SettableClock, stranger: psycopg.Connection
) -> None:
    node = shop.join()
    shop.store.add_schedule(ScheduleRow("mine", TASK, "manual"))
    new = NewRun(TASK, clock.now(), schedule="mine", target=f"node:{node}")
    run = shop.store.add_run(new, clock.now())
    assert run is not None
    stranger.execute("SELECT FROM rota_schedule WHERE name = 'mine' FOR UPDATE")
    clock.advance(4)
    assert shop.store.expire(clock.now()).nodes == (node,)
    assert shop.store.overdue()
    stranger.rollback()
    (skipped,) = shop.store.expire(clock.now())
    assert (skipped.id, skipped.state, skipped.reason) == (run.id, "skipped", "no_node")
    assert not shop.store.overdue()


def test_who_may_be_elected_waits_for_nobody_who_writes_as_publisher(
    shop: Shop, other: Shop, clock: SettableClock
) -> None:
    first, second = shop.join(), other.join()
    held = shop.store.elect("publisher", first, SECOND, clock.now())
    assert held is not None
    with shop.store.transaction():
        assert shop.store.in_term("publisher", first, held.term)
        clock.advance(2)
        began = time.monotonic()
        with pytest.raises(Unreachable):
            other.store.elect("publisher", second, SECOND, clock.now())
        assert time.monotonic() - began < PROMPT
    after = other.store.elect("publisher", second, SECOND, clock.now())
    assert after is not None
    assert (after.node, after.term) == (second, held.term + 1)


@pytest.mark.parametrize("lease, silence", [("3s", "2400ms"), ("15s", "12s"), ("1h", "12s")])
def test_the_lease_decides_how_long_a_transaction_may_stand_still(
    schema: str, lease: str, silence: str
) -> None:
    rota = Rota(with_schema(server(), schema), lease=lease)
    rota.open()
    store = rota.context.store
    assert isinstance(store, PostgresqlStore)
    read = "SHOW idle_in_transaction_session_timeout"
    found = store.connections.reading(lambda link: link.connection.execute(read).fetchone())
    assert found == (silence,)
    rota.close()
