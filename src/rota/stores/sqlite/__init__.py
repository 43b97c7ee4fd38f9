"""The SQLite store: one file, the standard library's sqlite3, SQL in files of its own."""

from __future__ import annotations

from rota.stores.sqlite.store import SqliteStore

__all__ = ("SqliteStore",)
