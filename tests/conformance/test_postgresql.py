"""PostgreSQL under the whole suite, side by side with memory, and as two nodes at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine

from conformance.test_side_by_side import SideBySide as Pair
from postgres import new_schema, server
from rota.instants import SECOND
from rota.ports.clock import Clock
from rota.ports.records import Decision, Finish, NewRun, NodeRow, Room, RunQuery, ScheduleRow
from rota.ports.store import Store
from rota.stores.memory import MemoryStore
from rota.stores.postgresql import PostgresqlStore
from rota.testing.clock import SettableClock
from rota.testing.conformance import StoreConformance
from waiting import eventually

NODE = NodeRow("", "host", 1, "1")
LEASE = 15 * SECOND
DUE = 1_772_323_200 * SECOND


def make(clock: Clock, schema: str) -> PostgresqlStore:
    """A store whose leases count by the test's clock, which can be moved."""
    return PostgresqlStore(server(), clock, schema=schema, lease_clock=clock.boot)


class TestPostgresqlStore(StoreConformance):
    def make_store(self, clock: Clock, folder: Path) -> Store:
        return make(clock, new_schema())


class PostgresqlBesideMemory(Pair):
    """The same moves as SQLite's, but for two in which PostgreSQL is another thing by design."""

    def __init__(self) -> None:
        RuleBasedStateMachine.__init__(self)
        self.clock = SettableClock()
        self.schema = new_schema()
        self.stores = (MemoryStore(self.clock), make(self.clock, self.schema))
        self.both(lambda store: store.open("side by side"))
        self.nodes = ["nobody"]
        self.known = {}
        self.decided = []

    # A machine that restarts takes no database with it; numbers that a transaction drew and did
    # not use are not drawn again.
    the_machine_restarts = None
    a_transaction_fails = None

    def teardown(self) -> None:
        self.both(lambda store: store.close())
        with psycopg.connect(server(), autocommit=True) as connection:
            path = psycopg.sql.SQL("SET search_path = {}").format(
                psycopg.sql.Identifier(self.schema)
            )
            connection.execute(path)
            told = "SELECT id, state = 'running' FROM rota_run WHERE state = ANY (%s) ORDER BY id"
            truth = connection.execute(told, [["queued", "retrying", "running"]]).fetchall()
            assert (
                truth
                == connection.execute(
                    "SELECT run, node IS NOT NULL FROM rota_open ORDER BY run"
                ).fetchall()
            )


TestPostgresqlBesideMemory = PostgresqlBesideMemory.TestCase
TestPostgresqlBesideMemory.settings = settings(
    max_examples=15, stateful_step_count=30, deadline=None
)


# ------------------------------------------------------------------------- two at once


class Node:
    """One of two nodes, with connections of its own."""

    def __init__(self, schema: str) -> None:
        self.store = make(SettableClock(), schema)
        self.store.open("two")
        self.name = self.store.join(NODE, LEASE).name

    def take(self, limit: int = 1) -> list[Any]:
        return self.store.take(self.name, ["task"], limit, DUE)

    def finish(self, run: Any) -> list[bool]:
        return self.store.finish([Finish(run.id, run.fence, "succeeded", DUE)], DUE)


@pytest.fixture
def two() -> Iterator[tuple[Node, Node]]:
    schema = new_schema()
    nodes = Node(schema), Node(schema)
    yield nodes
    for node in nodes:
        node.store.close()


def at_once(nodes: tuple[Node, Node], what: Callable[[Node], Any]) -> list[Any]:
    """Do something on both nodes at the same time."""
    start = threading.Barrier(2)

    def go(node: Node) -> Any:
        start.wait()
        return what(node)

    with ThreadPoolExecutor(2) as threads:
        return list(threads.map(go, nodes))


def test_both_make_the_tables_at_once() -> None:
    schema = new_schema()
    stores = [make(SettableClock(), schema) for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda store: store.open("two"), stores))
    assert sorted(store.join(NODE, LEASE).name for store in stores) == [
        f"host-{number}" for number in (1, 2, 3, 4)
    ]
    for store in stores:
        store.close()


def test_a_slot_is_launched_by_one_of_them(two: tuple[Node, Node]) -> None:
    names = [f"s{number}" for number in range(30)]
    for name in names:
        two[0].store.add_schedule(ScheduleRow(name, "task", "every 1s", next_due=DUE))

    def decide(node: Node) -> int:
        launched = 0
        for slot in range(10):
            due = DUE + slot
            order = names if node is two[0] else names[::-1]
            batch = [Decision(n, 1, due, due + 1, due, (NewRun("task", due),)) for n in order]
            decided = node.store.decide(batch, DUE)
            launched += sum(len(one.launched) for one in decided)
            assert all(one.stale is (one.launched == ()) for one in decided)
        return launched

    assert sum(at_once(two, decide)) == 300
    runs = two[0].store.runs(RunQuery(limit=1_000))
    assert len({(run.schedule, run.due) for run in runs}) == len(runs) == 300


def test_whole_batches_of_two_nodes_make_no_circle(two: tuple[Node, Node]) -> None:
    """What an engine's batch locks, in one transaction: ends, decisions, taking."""
    names = [f"s{number}" for number in range(10)]
    for name in names:
        two[0].store.add_schedule(ScheduleRow(name, "task", "every 1s", next_due=DUE))

    def work(node: Node) -> int:
        launched, running = 0, []
        order = names if node is two[0] else names[::-1]
        for _ in range(25):
            rows = {row.name: row for row in node.store.upcoming(DUE + SECOND, 100)}
            batch = [
                Decision(n, 1, due, due + 1, due, (NewRun("task", due),))
                for n in order
                if (due := rows[n].next_due) is not None
            ]
            with node.store.transaction():
                ends = [Finish(run.id, run.fence, "succeeded", DUE) for run in running]
                assert all(node.store.finish(ends, DUE))
                launched += sum(len(one.launched) for one in node.store.decide(batch, DUE))
                running = node.take(5)
        for run in running:
            assert node.finish(run) == [True]
        return launched

    launched = at_once(two, work)
    assert all(store.connections.collisions == 0 for store in (two[0].store, two[1].store))
    runs = two[0].store.runs(RunQuery(limit=10_000))
    assert (
        sum(launched)
        == len(runs)
        == sum(row.runs for row in two[0].store.upcoming(DUE + SECOND, 100))
    )


def test_runs_are_taken_once_under_growing_fences_and_shared(two: tuple[Node, Node]) -> None:
    for _ in range(200):
        two[0].store.add_run(NewRun("task", DUE, kind="manual"), DUE)

    def take(node: Node) -> list[int]:
        fences = []
        while taken := node.take():
            fences += [run.fence for run in taken]
        return fences

    mine, theirs = at_once(two, take)
    assert sorted(mine + theirs) == list(range(1, 201))
    assert mine == sorted(mine)
    assert theirs == sorted(theirs)
    assert min(len(mine), len(theirs)) > 20


@pytest.mark.parametrize("limits", [{"room": Room(99, 2)}, {"task_room": 2}])
def test_a_limit_holds_over_both(two: tuple[Node, Node], limits: dict[str, Any]) -> None:
    two[0].store.add_schedule(ScheduleRow("s", "task", "manual"))
    new = NewRun("task", DUE, kind="manual", schedule="s", **limits)
    for _ in range(40):
        two[0].store.add_run(new, DUE)
    lock, running, most, left = threading.Lock(), [0], [0], [40]

    def work(node: Node) -> None:
        while left[0]:
            taken = node.take(3)
            with lock:
                running[0] += len(taken)
                most[0] = max(most[0], running[0])
            for run in taken:
                with lock:
                    running[0] -= 1
                    left[0] -= 1
                # None: the other node holds the schedule just now; it is to be given again.
                said = eventually(lambda run=run: [s for s in node.finish(run) if s is not None])
                assert said == [True]

    at_once(two, work)
    assert 1 <= most[0] <= 2


def test_a_unique_run_is_added_by_one_of_them(two: tuple[Node, Node]) -> None:
    def ask(node: Node) -> int:
        news = [
            NewRun("task", DUE, kind="manual", parameters={"n": n}, unique=True) for n in range(30)
        ]
        return sum(node.store.add_run(new, DUE) is not None for new in news)

    assert sum(at_once(two, ask)) == 30


def test_one_recovers_and_the_late_result_is_refused(two: tuple[Node, Node]) -> None:
    one, other = two
    one.store.add_run(NewRun("task", DUE, kind="manual"), DUE)
    (run,) = one.take()
    for node in two:
        clock = node.store.clock
        assert isinstance(clock, SettableClock)
        clock.advance(20)
    recovered = at_once(two, lambda node: node.store.expire(DUE))
    assert sorted(len(rows) for rows in recovered) == [0, 1]
    assert one.finish(run) == [False]
    assert one.store.renew(one.name, LEASE, DUE) is False
    assert other.take() == []
