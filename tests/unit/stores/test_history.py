"""The history lies in spans of ids: what is read of it is whole over many of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import rota.stores.postgresql.opening
import rota.stores.postgresql.statements
import rota.stores.sqlite.opening
import rota.stores.sqlite.statements
from postgres import new_schema, server
from rota.ports.records import Finish, NewRun, NodeRow, RunQuery, ScheduleRow
from rota.stores.postgresql import PostgresqlStore
from rota.stores.sqlite import SqliteStore
from rota.testing.clock import SettableClock

SPAN = 1 << 16
STATES = ("succeeded", "failed", "succeeded", "succeeded")
OLD, NOW = 1_000, 2_000


AnyStore = SqliteStore | PostgresqlStore
Open = Callable[[], AnyStore]
LEAP = b"SELECT setval('rota_run_id', nextval('rota_run_id') + $1)"
OPENINGS = {  # who opens a store, and the number of the step that brought the spans
    "sqlite": (rota.stores.sqlite.opening, rota.stores.sqlite.statements.migrations(), 7),
    "postgresql": (
        rota.stores.postgresql.opening, rota.stores.postgresql.statements.migrations(), 8,
    ),
}  # fmt: skip


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def opened(kind: str, tmp_path: Path) -> Iterator[Open]:
    """Opens the same place, again and again."""
    schema, found = new_schema(), list[AnyStore]()

    def open_it() -> AnyStore:
        if kind == "sqlite":
            found.append(SqliteStore(tmp_path / "rota.db", SettableClock()))
        else:
            found.append(PostgresqlStore(server(), SettableClock(), schema=schema))
        found[-1].open("shop")
        return found[-1]

    yield open_it
    for store in found:
        store.close()


def leap(store: AnyStore, gap: int) -> None:
    """Let so many ids be drawn for nothing."""
    if isinstance(store, SqliteStore):
        with store.transaction():
            store.draw("run", gap)
    elif gap:
        store.connections.reading(lambda link: link.connection.execute(LEAP, [gap]))


def filled(store: AnyStore, gap: int) -> dict[str | None, list[int]]:
    """Runs of two schedules and of none, in turns, each `gap` ids after the one before; the first
    of each ended long ago. Their ids, the newest first.
    """
    made: dict[str | None, list[int]] = {"a": [], "b": [], None: []}
    node = store.join(NodeRow("", "host", 1, "1", tasks=("task",)), 10**9).name
    for name in ("a", "b"):
        store.add_schedule(ScheduleRow(name, "task", "manual"))
    for state in STATES:
        for name, ids in made.items():
            leap(store, gap)
            at = NOW + len(ids) if ids else OLD
            store.add_run(NewRun("task", at, kind="manual", schedule=name), at)
            (row,) = store.take(node, ("task",), 1, at)
            assert store.finish([Finish(row.id, row.fence, state, finished=at)], at) == [True]
            ids.insert(0, row.id)
    return made


def ids_of(store: AnyStore, name: str, **query: object) -> list[int]:
    return [row.id for row in store.runs(RunQuery(schedule=name, **query))]  # type: ignore[arg-type]


@pytest.mark.parametrize("gap", [0, SPAN - 1, SPAN, 5 * SPAN])
def test_a_history_over_many_spans_is_whole(opened: Open, gap: int) -> None:
    store = opened()
    assert store.runs(RunQuery(schedule="a")) == []
    assert store.latest_outcomes(["a"], 9) == []
    assert store.prune("a", 0, 0, 9) == 0
    made = filled(store, gap)
    for name in ("a", "b"):
        ids = made[name]
        assert ids_of(store, name) == ids
        assert ids_of(store, name, limit=2) == ids[:2]
        assert ids_of(store, name, before=ids[1]) == ids[2:]
        assert ids_of(store, name, before=ids[1] + 1, states=("failed",)) == [ids[2]]
        assert [row and row.id for row in (store.previous(name, one) for one in ids)] == [
            *ids[1:], None,
        ]  # fmt: skip
    assert ids_of(store, "nowhere") == []
    latest = store.latest_outcomes(["b", "nowhere", "a"], 3)
    assert [one.id for one in latest] == made["b"][:3] + made["a"][:3]


@pytest.mark.parametrize("gap", [0, SPAN, 5 * SPAN])
@pytest.mark.parametrize("name", ["a", None])
def test_a_history_over_many_spans_is_pruned(opened: Open, gap: int, name: str | None) -> None:
    store = opened()
    made = filled(store, gap)
    assert store.prune(name, 0, 9, 9) == 0
    assert store.prune(name, NOW, 9, 9) == 1  # the one that ended long ago
    assert store.prune(name, 0, 1, 1) == 1  # two are too many: the oldest first
    assert store.prune(name, 10**6, 0, 9) == 1
    left = {row.id for row in store.runs(RunQuery())}
    assert left & set(made[name]) == {made[name][0]}  # the latest stays
    assert set(made["b"]) <= left


@pytest.mark.parametrize("gap", [0, 5 * SPAN])
def test_a_start_that_never_came_gives_back_the_one_before(opened: Open, gap: int) -> None:
    store = opened()
    newest, *_ = filled(store, gap)["a"]
    row = store.schedule("a")
    assert row is not None
    with store.transaction():
        store.unbegin(newest, "a")
    row = store.schedule("a")
    assert row is not None
    assert row.last_run == NOW + 2


def test_a_store_from_before_is_upgraded(
    opened: Open, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    opening, steps, number = OPENINGS[kind]
    before = tuple(step for step in steps if step.number < number)
    monkeypatch.setattr(opening, "migrations", lambda: before)
    older = opened()
    rows = (older.add_run(NewRun("task", at, schedule="a"), at) for at in (1, 2))
    made = [row.id for row in rows if row is not None]
    older.close()
    monkeypatch.undo()
    store = opened()
    assert ids_of(store, "a") == made[::-1]
    assert [one.id for one in store.latest_outcomes(["a"], 9)] == made[::-1]
    assert store.add_run(NewRun("task", 2, schedule="a"), 2) is None  # a slot has one decision
    assert store.add_run(NewRun("task", 3, schedule="a"), 3) is not None
