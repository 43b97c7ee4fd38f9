"""The site's SQLite file: opening it, and the clock its rows are written by."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ("create", "moment", "opened", "transaction")

SCHEMA = Path(__file__).with_name("schema.sql")


def moment() -> int:
    """This second, as the site's tables keep it."""
    return int(time.time())


def create(path: Path) -> None:
    """Make the file and its tables, if they are not there yet."""
    with opened(path) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(SCHEMA.read_text(encoding="utf-8"))


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection to the file for a request or a run, closed at the end.

    It may be handed from one thread to another, never used by two at once.
    """
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA synchronous = NORMAL")
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All of the block's writes, or none of them."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
