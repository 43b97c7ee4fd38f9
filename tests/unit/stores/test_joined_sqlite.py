"""Verbs on the caller's own sqlite3 connection: there after its commit, gone after its rollback."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from rota import Rota
from rota.errors import AlreadyExists, Refused, Unreachable
from rota.rules.states import FINAL
from rota.stores.sqlite import connections
from waiting import eventually


@pytest.fixture
def rota(tmp_path: Path) -> Iterator[Rota]:
    """An application whose tables stand in the host's own file."""
    with sqlite3.connect(tmp_path / "host.db") as host:
        host.execute("CREATE TABLE orders (id)")
    host.close()
    rota = Rota(f"sqlite:///{tmp_path}/host.db")

    @rota.task("shop.invoice", schedule="manual")
    def invoice(order: int = 0) -> str:
        return f"order {order}"

    rota.open()
    yield rota
    rota.close()


def connect(tmp_path: Path, **options: Any) -> sqlite3.Connection:
    return sqlite3.connect(tmp_path / "host.db", **options)


MODES = ["", "DEFERRED", "IMMEDIATE", "EXCLUSIVE", None]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("commits", [True, False])
def test_there_after_commit_gone_after_rollback(
    rota: Rota, tmp_path: Path, mode: str | None, commits: bool
) -> None:
    host = connect(tmp_path, isolation_level=mode)
    host.row_factory = sqlite3.Row  # as many hosts have it
    if mode is None:
        host.execute("BEGIN IMMEDIATE")
    with rota.joined(host):
        host.execute("INSERT INTO orders VALUES (7)")
        rota.schedules.add("orders", "shop.invoice", "every 1h", parameters={"order": 7})
        run = rota.schedules.run("shop.invoice", {"order": 7})
        rota.schedules.pause("orders", reason="at first")
        assert rota.runs.get(run.id).state == "queued"  # one sees one's own
        assert rota.schedules.get("orders").paused
    assert len(rota.runs.list()) == 0, "others see nothing before the commit"
    if commits:
        host.commit()
    else:
        host.rollback()
    assert len(host.execute("SELECT id FROM orders").fetchall()) == commits
    host.close()
    assert [item.id for item in rota.runs.list()] == ([run.id] if commits else [])
    assert ("orders" in [item.name for item in rota.schedules.list()]) == commits


def test_a_node_begins_the_run_soon_after_the_commit(rota: Rota, tmp_path: Path) -> None:
    rota.start()
    with connect(tmp_path) as host, rota.joined(host):  # it commits at its end
        run = rota.schedules.run("shop.invoice", {"order": 9}).id
    host.close()
    item = eventually(lambda: (got := rota.runs.get(run)).state in FINAL and got, 20)
    assert item.result == "order 9"


def test_a_verb_that_is_refused_leaves_the_callers_transaction_as_it_was(
    rota: Rota, tmp_path: Path
) -> None:
    host = connect(tmp_path)
    host.execute("INSERT INTO orders VALUES (1)")
    with rota.joined(host):
        rota.schedules.add("once", "shop.invoice", "every 1h")
        with pytest.raises(AlreadyExists):
            rota.schedules.add("once", "shop.invoice", "every 2h")
    host.commit()
    host.close()
    assert rota.schedules.get("once").trigger == "every 1h"


def test_only_this_thread_and_this_task_are_joined(rota: Rota, tmp_path: Path) -> None:
    host = connect(tmp_path, check_same_thread=False)
    seen: list[int] = []

    async def elsewhere(inside: asyncio.Event, done: asyncio.Event) -> None:
        await inside.wait()
        seen.append(len(rota.runs.list()))
        done.set()

    async def both() -> None:
        inside, done = asyncio.Event(), asyncio.Event()
        other = asyncio.create_task(elsewhere(inside, done))
        with rota.joined(host):
            await rota.aio.schedules.run("shop.invoice")  # goes with its caller
            inside.set()
            await done.wait()
            thread = threading.Thread(target=lambda: seen.append(len(rota.runs.list())))
            thread.start()
            thread.join()
            seen.append(len(await rota.aio.runs.list()))
        await other

    asyncio.run(both())
    assert seen == [0, 0, 1]
    host.rollback()
    host.close()
    assert len(rota.runs.list()) == 0


def test_a_task_that_goes_on_after_the_block_is_joined_no_more(rota: Rota, tmp_path: Path) -> None:
    host = connect(tmp_path)

    async def later(over: asyncio.Event) -> int:
        await over.wait()
        return len(rota.runs.list())

    async def both() -> int:
        over = asyncio.Event()
        with rota.joined(host):
            task = asyncio.create_task(later(over))
            rota.schedules.run("shop.invoice")
            await asyncio.sleep(0)
        over.set()
        return await task

    assert asyncio.run(both()) == 0
    host.close()


def test_wrappers_that_hold_the_drivers_connection_will_do(rota: Rota, tmp_path: Path) -> None:
    host = connect(tmp_path)
    with rota.joined(SimpleNamespace(driver_connection=host)):
        rota.schedules.run("shop.invoice")
    host.commit()
    host.close()
    assert len(rota.runs.list()) == 1


def refused(rota: Rota, connection: object, *words: str) -> None:
    with pytest.raises(Refused) as caught, rota.joined(connection):
        pytest.fail("it was joined")
    for word in words:
        assert word in str(caught.value)


def test_what_cannot_be_joined_is_refused_with_the_cure(rota: Rota, tmp_path: Path) -> None:
    refused(rota, object(), "no connection of sqlite3 but object")
    with sqlite3.connect(tmp_path / "another.db") as another:
        another.execute("CREATE TABLE t (a)")
        refused(rota, another, "another.db", "host.db", "the store's own file")
    another.close()
    memory = sqlite3.connect(":memory:")
    refused(rota, memory, "a database in memory")
    memory.close()
    refused(rota, memory, "closed")
    host = connect(tmp_path, isolation_level=None)
    refused(rota, host, "autocommit", "begin one first")
    host.execute("BEGIN")
    host.text_factory = bytes
    refused(rota, host, "text_factory")
    host.close()
    kept = Rota("memory://")
    refused(kept, host, "in memory", "sqlite:///")
    kept.close()


def test_a_connection_of_another_thread_is_refused(rota: Rota, tmp_path: Path) -> None:
    made: list[sqlite3.Connection] = []
    lent, back = threading.Event(), threading.Event()

    def lend() -> None:
        made.append(connect(tmp_path))
        lent.set()
        back.wait()
        made[0].close()

    thread = threading.Thread(target=lend)
    thread.start()
    lent.wait()
    refused(rota, made[0], "thread")
    back.set()
    thread.join()


def test_a_transaction_that_has_ended_is_not_carried_on(rota: Rota, tmp_path: Path) -> None:
    host = connect(tmp_path)
    with rota.joined(host):
        rota.schedules.run("shop.invoice")
        host.commit()
        with pytest.raises(Unreachable, match="the transaction that was joined has ended"):
            rota.schedules.run("shop.invoice")
    host.close()
    assert len(rota.runs.list()) == 1


def test_a_transaction_that_only_read_so_far_may_be_too_late_to_write(
    rota: Rota, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "PATIENCE", 0.05)
    host = connect(tmp_path, isolation_level=None)
    host.execute("BEGIN")
    host.execute("SELECT * FROM orders").fetchall()
    rota.schedules.run("shop.invoice")  # somebody else writes meanwhile
    with rota.joined(host), pytest.raises(Unreachable, match="locked"):
        rota.schedules.run("shop.invoice")
    host.execute("ROLLBACK")
    host.close()
    assert len(rota.runs.list()) == 1
