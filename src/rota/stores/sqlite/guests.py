"""A guest: the caller's own sqlite3 connection, on which verbs become part of its transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from rota.stores.joining import raw, turned_away
from rota.stores.sqlite.binding import bindable
from rota.stores.sqlite.connections import Connections, Link
from rota.stores.sqlite.faults import translated

__all__ = ("admit",)

YOURS = "give the sqlite3 connection on which your own transaction is open"


class Guest:
    """Speaks like a connection of ours, in plain rows, whatever the caller's is set to: a cursor
    that is not made by the connection has no row factory.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    @property
    def in_transaction(self) -> bool:
        """Whether the caller's transaction is still open; False on a closed connection."""
        try:
            return self.connection.in_transaction
        except sqlite3.ProgrammingError:
            return False

    def execute(self, statement: str, values: Any = ()) -> sqlite3.Cursor:
        """Carry out one statement."""
        with at_home():
            return sqlite3.Cursor(self.connection).execute(statement, bindable(values))

    def executemany(self, statement: str, rows: Iterable[Any]) -> sqlite3.Cursor:
        """Carry it out for every row of values."""
        with at_home():
            return sqlite3.Cursor(self.connection).executemany(statement, map(bindable, rows))


class GuestLink(Link):
    """A link in a transaction that somebody else began and will end."""

    __slots__ = ()
    gone = "the transaction that was joined has ended"

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        super().__init__(cast("sqlite3.Connection", Guest(connection)), path)
        self.depth = 1


def admit(connections: Connections, given: object) -> Link:
    """A link over the caller's connection, in its transaction; Refused if it cannot be joined.

    Where the sqlite3 module begins transactions by itself, one is begun as the module would before
    a write; where it does not, the caller has to have begun it.
    """
    connection = raw(given)
    if not isinstance(connection, sqlite3.Connection):
        raise turned_away(f"it is no connection of sqlite3 but {type(given).__name__}", YOURS)
    if connection.text_factory is not str:
        raise turned_away("its text_factory is not str", "set it back while you are joined")
    with translated(connections.path):
        link = GuestLink(connection, connections.path)
        found = link.connection.execute("PRAGMA database_list").fetchone()[2]
        if not same_file(connections, found):
            reason = f"it is open on {found or 'a database in memory'}, not on {connections.path}"
            raise turned_away(reason, "give a connection to the store's own file")
        if not connection.in_transaction:
            if not begins_by_itself(connection):
                reason = "it is in autocommit: no transaction is open on it"
                raise turned_away(reason, "begin one first, best an immediate one")
            link.connection.execute("BEGIN IMMEDIATE")
    return link


@contextmanager
def at_home() -> Iterator[None]:
    """Say what is wrong with a connection that is closed, or that another thread made."""
    try:
        yield
    except sqlite3.ProgrammingError as error:
        if hasattr(error, "sqlite_errorcode"):  # SQLite's own word, not the module's
            raise
        raise turned_away(" ".join(str(error).split()), YOURS) from error


def same_file(connections: Connections, path: str) -> bool:
    """Whether a path names the file of the store, by device and inode."""
    try:
        found = Path(path).stat() if path else None
    except OSError:
        found = None
    return found is not None and (found.st_dev, found.st_ino) == connections.identity


def begins_by_itself(connection: sqlite3.Connection) -> bool:
    """Whether the sqlite3 module opens a transaction before the first write."""
    if getattr(connection, "autocommit", None) is True:  # Python 3.12 and newer
        return False
    return connection.isolation_level is not None
