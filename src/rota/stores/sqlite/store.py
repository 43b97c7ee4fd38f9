"""The SQLite store: all its verbs, and its life."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager
from os import PathLike
from pathlib import Path

from rota.errors import BadSetting
from rota.ports.clock import Clock
from rota.stores.people import People
from rota.stores.sqlite.browsing import Browsing
from rota.stores.sqlite.changes import Changes
from rota.stores.sqlite.connections import SYNCHRONOUS, Connections
from rota.stores.sqlite.deciding import Deciding
from rota.stores.sqlite.guests import admit
from rota.stores.sqlite.nodes import Nodes
from rota.stores.sqlite.opening import open_file
from rota.stores.sqlite.place import identity
from rota.stores.sqlite.schedules import Schedules
from rota.stores.sqlite.terms import Terms

__all__ = ("SqliteStore",)


class SqliteStore(Schedules, Deciding, Nodes, Terms, People, Changes, Browsing):
    """A `rota.ports.store.Store` in one file, for all processes of one machine.

    `synchronous` is SQLite's: FULL (what was answered survives a power cut), NORMAL (faster; a
    power cut may take the last moments, never the file) or EXTRA.

    >>> from tempfile import TemporaryDirectory
    >>> from rota.testing.clock import SettableClock
    >>> with TemporaryDirectory() as folder:
    ...     store = SqliteStore(f"{folder}/rota.db", SettableClock())
    ...     store.open("shop")
    ...     store.describe()["durability"]
    ...     store.close()
    'write-ahead log, synchronous FULL'
    """

    def __init__(
        self, path: str | PathLike[str], clock: Clock, *, synchronous: str = "FULL"
    ) -> None:
        if synchronous.upper() not in SYNCHRONOUS:
            raise BadSetting(
                "there is no such durability",
                part="synchronous",
                text=synchronous,
                hint="write FULL, NORMAL or EXTRA",
            )
        if str(path) in ("", ".", ":memory:"):
            raise BadSetting(
                "SQLite needs a file here",
                part="database",
                text=str(path),
                hint="write sqlite:///rota.db, or memory:// to keep nothing",
            )
        self.clock = clock
        self.path = Path(path).absolute()  # the working directory may change later
        self.connections = Connections(self.path, synchronous.upper())

    def open(self, app: str | None) -> None:
        open_file(self.connections, app)

    def close(self) -> None:
        self.connections.close()

    def forget(self) -> None:
        self.connections.forget()

    def joined(self, connection: object) -> AbstractContextManager[None]:
        return self.connections.joining.to(admit(self.connections, connection))

    def changes(self) -> int:
        """SQLite's data version: another number after every commit of another connection."""
        self.connections.check_identity()
        link = self.connections.hold()
        with link as connection:
            version = int(connection.execute("PRAGMA data_version").fetchone()[0])
        return link.number << 40 | version  # a version counts on its own connection alone

    def listen(self, wake: Callable[[], None]) -> None:
        """SQLite tells nobody; `changes` is cheap enough to be asked instead."""

    def describe(self) -> dict[str, str]:
        with self.connections.hold() as connection:
            (journal,) = connection.execute("PRAGMA journal_mode").fetchone()
            (level,) = connection.execute("PRAGMA synchronous").fetchone()
        log = "write-ahead log" if journal == "wal" else f"journal {journal}"
        return {
            "kind": "sqlite",
            "place": str(self.path),
            "durability": f"{log}, synchronous {('OFF', 'NORMAL', 'FULL', 'EXTRA')[level]}",
            "version": sqlite3.sqlite_version,
            "identity": identity(self.path),
        }
