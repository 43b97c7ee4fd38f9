"""A release against a store that a newer one migrated: it goes on, or is refused."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import psycopg
import pytest

from postgres import new_schema, server
from rota.errors import StoreRefused
from rota.ports.records import ScheduleRow
from rota.ports.store import Store
from rota.stores.postgresql import PostgresqlStore
from rota.stores.sqlite import SqliteStore
from rota.stores.sqlite.statements import migrations
from rota.testing.clock import SettableClock

NEWEST = migrations()[-1].number
PUT = "UPDATE {}rota_meta SET value = '{}' WHERE name = '{}'"


class Place:
    """A store that some release has made, and what it says of itself."""

    def __init__(self, kind: str, folder: Path) -> None:
        self.path, self.schema, self.kind = folder / "rota.db", new_schema(), kind
        self.made().close()

    def made(self) -> Store:
        store: Store
        if self.kind == "sqlite":
            store = SqliteStore(self.path, SettableClock())
        else:
            store = PostgresqlStore(server(), SettableClock(), schema=self.schema)
        store.open("shop")
        return store

    def say(self, **meta: str) -> None:
        for name, value in meta.items():
            if self.kind == "sqlite":
                with sqlite3.connect(self.path) as file:
                    file.execute(PUT.format("", value, name))
                file.close()
            else:
                with psycopg.connect(server(), autocommit=True) as admin:
                    admin.execute(PUT.format(f"{self.schema}.", value, name).encode())


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    return Place(request.param, tmp_path)


def test_one_that_only_expanded_is_used(place: Place) -> None:
    place.say(schema="999", oldest=f"999 {NEWEST}")
    store = place.made()
    assert store.add_schedule(ScheduleRow("s", "t", "manual")) is not None
    store.close()


@pytest.mark.parametrize("oldest", [f"999 {NEWEST + 1}", f"998 {NEWEST}", "", "999 x"])
def test_any_other_is_refused(place: Place, oldest: str) -> None:
    place.say(schema="999", oldest=oldest)
    with pytest.raises(StoreRefused, match=f"schema 999; this one knows {NEWEST}"):
        place.made()
