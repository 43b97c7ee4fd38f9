"""The stores that ship, each under the whole suite."""

from __future__ import annotations

from pathlib import Path

from rota.ports.clock import Clock
from rota.ports.store import Store
from rota.stores.memory import MemoryStore
from rota.stores.sqlite import SqliteStore
from rota.testing.conformance import StoreConformance


class TestMemoryStore(StoreConformance):
    def make_store(self, clock: Clock, folder: Path) -> Store:
        return MemoryStore(clock)


class TestSqliteStore(StoreConformance):
    def make_store(self, clock: Clock, folder: Path) -> Store:
        return SqliteStore(folder / "rota.db", clock)
