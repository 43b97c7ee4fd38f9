"""What only the memory store has to say."""

from __future__ import annotations

import threading

from rota.ports.records import NewRun, RunQuery
from rota.stores.memory import MemoryStore
from rota.testing.clock import SettableClock


def test_a_child_gets_a_lock_of_its_own_and_nothing_half_done() -> None:
    store = MemoryStore(SettableClock())
    store.open("shop")
    store.add_run(NewRun("task", 0, kind="manual"), 0)
    entered, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with store.transaction():
            store.add_run(NewRun("task", 0, kind="manual"), 0)
            entered.set()
            leave.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    entered.wait(10)
    store.forget()  # as the child of a fork would, while a thread it has not got holds the lock
    assert [row.id for row in store.runs(RunQuery())] == [1]
    leave.set()
    thread.join()
