"""What SQLite reports, as Rota's two kinds of fault: not just now, or not at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from rota.errors import StoreRefused, Unreachable

__all__ = ("refused", "translated", "unreachable")

# By primary result code, the low byte of what SQLite says (https://sqlite.org/rescode.html).
PASSING = {
    sqlite3.SQLITE_BUSY: ("another program has it locked", "nothing is lost: it is tried again"),
    sqlite3.SQLITE_LOCKED: ("another connection has it locked", "it is tried again"),
    sqlite3.SQLITE_FULL: ("the disk is full", "free some space"),
    sqlite3.SQLITE_IOERR: ("the disk failed to read or write", "look at the system's log"),
    sqlite3.SQLITE_CANTOPEN: ("it cannot be opened", "look at its folder and permissions"),
    sqlite3.SQLITE_NOMEM: ("memory ran out", "free some memory"),
    sqlite3.SQLITE_INTERRUPT: ("the statement was interrupted", "it is tried again"),
    sqlite3.SQLITE_PROTOCOL: ("too many programs lock it at once", "it is tried again"),
}
LASTING = {
    sqlite3.SQLITE_CORRUPT: ("the file is damaged", "restore it from a backup, or move it away"),
    sqlite3.SQLITE_NOTADB: ("it is not a SQLite database", "name another file"),
    sqlite3.SQLITE_READONLY: (
        "it is read-only for this user",
        "make the file and its folder writable",
    ),
    sqlite3.SQLITE_PERM: ("access is not permitted", "make the file and its folder writable"),
    sqlite3.SQLITE_AUTH: ("access is not permitted", "make the file and its folder writable"),
    sqlite3.SQLITE_ERROR: ("its tables are not as Rota made them", "restore it from a backup"),
    sqlite3.SQLITE_SCHEMA: ("its tables are not as Rota made them", "restore it from a backup"),
}


def refused(place: object, reason: str, hint: str) -> StoreRefused:
    """A store that must not be used: which, why, and what to do."""
    return StoreRefused(reason, part="database", text=str(place), hint=hint)


def unreachable(place: object, reason: str, hint: str) -> Unreachable:
    """A store that does not answer just now."""
    return Unreachable(reason, part="database", text=str(place), hint=hint)


@contextmanager
def translated(place: object) -> Iterator[None]:
    """Raise what SQLite reports inside as `Unreachable` or `StoreRefused`.

    A broken constraint is neither: it would be a mistake of ours and passes through.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise_translated(place, error)


def raise_translated(place: object, error: sqlite3.Error) -> None:
    """Raise Rota's fault for SQLite's; one that has none is raised as it is."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:  # the module's own: the connection was closed under the caller
        raise unreachable(place, "the connection is closed", "open the store again") from error
    if (words := PASSING.get(code & 0xFF)) is not None:
        raise unreachable(place, f"{words[0]} ({error})", words[1]) from error
    if (words := LASTING.get(code & 0xFF)) is not None:
        raise refused(place, f"{words[0]} ({error})", words[1]) from error
    raise error
