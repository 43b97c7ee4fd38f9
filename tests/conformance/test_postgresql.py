"""PostgreSQL under the whole suite, side by side with memory, and two processes' worth of it."""

from __future__ import annotations

from pathlib import Path

from postgres import new_schema, server
from rota.ports.clock import Clock
from rota.ports.store import Store
from rota.stores.postgresql import PostgresqlStore
from rota.testing.conformance import StoreConformance


def make(clock: Clock, schema: str) -> PostgresqlStore:
    """A store whose leases count by the test's clock, which can be moved."""
    return PostgresqlStore(server(), clock, schema=schema, lease_clock=clock.boot)


class TestPostgresqlStore(StoreConformance):
    def make_store(self, clock: Clock, folder: Path) -> Store:
        return make(clock, new_schema())
