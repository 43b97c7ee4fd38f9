"""The history in SQLite lies in spans of ids: what is read of it is whole over many of them."""

from __future__ import annotations

from pathlib import Path

import pytest

import rota.stores.sqlite.opening
from rota.ports.records import Finish, NewRun, NodeRow, RunQuery, ScheduleRow
from rota.stores.sqlite import SqliteStore
from rota.stores.sqlite.statements import migrations
from rota.testing.clock import SettableClock

SPAN = 1 << 16
STATES = ("succeeded", "failed", "succeeded", "succeeded")
OLD, NOW = 1_000, 2_000


def opened(folder: Path) -> SqliteStore:
    store = SqliteStore(folder / "rota.db", SettableClock())
    store.open("shop")
    return store


def filled(store: SqliteStore, gap: int) -> dict[str | None, list[int]]:
    """Runs of two schedules and of none, in turns, each `gap` ids after the one before; the first
    of each ended long ago. Their ids, the newest first.
    """
    made: dict[str | None, list[int]] = {"a": [], "b": [], None: []}
    node = store.join(NodeRow("", "host", 1, "1", tasks=("task",)), 10**9).name
    for name in ("a", "b"):
        store.add_schedule(ScheduleRow(name, "task", "manual"))
    for state in STATES:
        for name, ids in made.items():
            with store.transaction():
                store.draw("run", gap)
            at = NOW + len(ids) if ids else OLD
            store.add_run(NewRun("task", at, kind="manual", schedule=name), at)
            (row,) = store.take(node, ("task",), 1, at)
            assert store.finish([Finish(row.id, row.fence, state, finished=at)], at) == [True]
            ids.insert(0, row.id)
    return made


def ids_of(store: SqliteStore, name: str, **query: object) -> list[int]:
    return [row.id for row in store.runs(RunQuery(schedule=name, **query))]  # type: ignore[arg-type]


@pytest.mark.parametrize("gap", [0, SPAN - 1, SPAN, 5 * SPAN])
def test_a_history_over_many_spans_is_whole(tmp_path: Path, gap: int) -> None:
    store = opened(tmp_path)
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
    store.close()


@pytest.mark.parametrize("gap", [0, SPAN, 5 * SPAN])
@pytest.mark.parametrize("name", ["a", None])
def test_a_history_over_many_spans_is_pruned(tmp_path: Path, gap: int, name: str | None) -> None:
    store = opened(tmp_path)
    made = filled(store, gap)
    assert store.prune(name, 0, 9, 9) == 0
    assert store.prune(name, NOW, 9, 9) == 1  # the one that ended long ago
    assert store.prune(name, 0, 1, 1) == 1  # two are too many: the oldest first
    assert store.prune(name, 10**6, 0, 9) == 1
    left = {row.id for row in store.runs(RunQuery())}
    assert left & set(made[name]) == {made[name][0]}  # the latest stays
    assert set(made["b"]) <= left
    store.close()


@pytest.mark.parametrize("gap", [0, 5 * SPAN])
def test_a_start_that_never_came_gives_back_the_one_before(tmp_path: Path, gap: int) -> None:
    store = opened(tmp_path)
    newest, *_ = filled(store, gap)["a"]
    row = store.schedule("a")
    assert row is not None
    with store.transaction():
        store.unbegin(newest, "a")
    row = store.schedule("a")
    assert row is not None
    assert row.last_run == NOW + 2
    store.close()


def test_a_file_from_before_is_upgraded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = tuple(step for step in migrations() if step.number < 7)
    monkeypatch.setattr(rota.stores.sqlite.opening, "migrations", lambda: before)
    older = opened(tmp_path)
    made = filled(older, SPAN)
    older.close()
    monkeypatch.undo()
    store = opened(tmp_path)
    assert ids_of(store, "a") == made["a"]
    assert [one.id for one in store.latest_outcomes(["b"], 9)] == made["b"]
    store.close()
