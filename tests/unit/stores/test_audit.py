"""Nobody rewrites the audit, also not with SQL of their own."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import psycopg
import pytest

from postgres import new_schema, server
from rota.ports.changes import AuditRow
from rota.stores.postgresql import PostgresqlStore
from rota.stores.sqlite.store import SqliteStore
from rota.testing.clock import SettableClock

ROW = AuditRow(1, "ada", "page", "schedule.changed", "s")
REWRITES = ["UPDATE rota_audit SET asked_by = 'ida'", "DELETE FROM rota_audit"]


@pytest.mark.parametrize("rewrite", REWRITES)
def test_sqlite_refuses_to_rewrite_the_audit(tmp_path: Path, rewrite: str) -> None:
    store = SqliteStore(tmp_path / "rota.db", SettableClock())
    store.open("shop")
    store.add_audit([ROW])
    store.close()
    connection = sqlite3.connect(tmp_path / "rota.db")
    with pytest.raises(sqlite3.IntegrityError, match="only grows"):
        connection.execute(rewrite)
    connection.close()


@pytest.mark.parametrize("rewrite", REWRITES)
def test_postgresql_refuses_to_rewrite_the_audit(rewrite: str) -> None:
    schema = new_schema()
    store = PostgresqlStore(server(), SettableClock(), schema=schema)
    store.open("shop")
    store.add_audit([ROW])
    store.close()
    with (
        psycopg.connect(server(), options=f"-c search_path={schema}") as connection,
        pytest.raises(psycopg.errors.RaiseException, match="only grows"),
    ):
        connection.execute(rewrite)
