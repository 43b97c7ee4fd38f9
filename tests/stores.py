"""The three stores, for tests that hold for each: made on a given clock, closed at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from postgres import new_schema, server
from rota.ports.store import Store
from rota.stores.memory import MemoryStore
from rota.stores.postgresql import PostgresqlStore
from rota.stores.sqlite import SqliteStore
from rota.testing.clock import SettableClock

__all__ = ("KINDS", "Make", "any_store")

KINDS = ("memory", "sqlite", "postgresql")
Make = Callable[[SettableClock], Store]


@pytest.fixture(params=KINDS)
def any_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Make]:
    """Makes a store of each kind; leases count by the given clock on all of them."""
    made: list[Store] = []

    def make(clock: SettableClock) -> Store:
        store: Store
        if request.param == "memory":
            store = MemoryStore(clock)
        elif request.param == "sqlite":
            store = SqliteStore(tmp_path / "rota.db", clock, synchronous="NORMAL")
        else:
            store = PostgresqlStore(
                server(), clock, schema=new_schema(), lease_clock=lambda: clock.boot()
            )
        made.append(store)
        return store

    yield make
    for store in made:
        store.close()
