"""Python 3.12.0 to 3.12.3: what every other Python runs as well, so that it cannot rot unseen."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from rota.ports.records import ScheduleRow, TaskRow
from rota.stores.sqlite import SqliteStore, binding, connections
from rota.testing.clock import SettableClock


def test_values_that_go_by_name_are_the_same_values(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binding, "NAMES_ARE_WANTED", True)
    monkeypatch.setattr(connections, "CONNECTION", binding.Naming)
    store = SqliteStore(tmp_path / "rota.db", SettableClock())
    store.open("shop")
    store.add_schedule(ScheduleRow("ours", "task", "manual", title="a ?1 in the title"))
    store.put_tasks([TaskRow(name) for name in ("a", "b")])
    with closing(sqlite3.connect(store.path)) as mine:
        with store.joined(mine):
            store.add_schedule(ScheduleRow("theirs", "task", "manual"))
        mine.commit()
    found = {name: store.schedule(name) for name in ("ours", "theirs", "nobody's")}
    assert found["nobody's"] is None
    assert found["ours"] and found["ours"].title == "a ?1 in the title"
    assert found["theirs"] and found["theirs"].task == "task"
    assert sorted(task.identifier for task in store.tasks()) == ["a", "b"]
    store.close()
