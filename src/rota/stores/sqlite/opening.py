"""Opening a file: judge it, make or migrate the tables, write the application's name.

Nothing is changed before everything was judged; each migration is one transaction with the
number that records it, so that a file is never between two schemas.
"""

from __future__ import annotations

import sqlite3
import time
from functools import partial

from rota.errors import StoreRefused, Unreachable
from rota.stores.sqlite import place
from rota.stores.sqlite.connections import PATIENCE, Connections, closing_on_error
from rota.stores.sqlite.faults import refused, translated
from rota.stores.sqlite.statements import migrations, split, sql
from rota.stores.versions import ABSENT, Found, expands, stamp, usable

__all__ = ("open_file",)

OLDEST = (3, 31)  # of SQLite: what the statements need


def open_file(connections: Connections, app: str | None) -> None:
    """Leave the file ready for the application, or refuse it as it was."""
    path = connections.path
    if sqlite3.sqlite_version_info < OLDEST:
        version = sqlite3.sqlite_version
        raise StoreRefused(f"SQLite {version} is too old", hint="use a Python with SQLite 3.31")
    connections.close()
    place.check(path)
    if app is not None:
        place.create(path)
    elif not path.exists():
        raise refused(path, "there is no such file", ABSENT)
    with translated(path), connections.lock:  # no fork in the midst of it
        connection = connections.connect()
        with closing_on_error(connection):
            if is_suspicious(connection, connections):
                check_pages(connections, connection)
            found = inspect(connections, connection, app)
            app = app or found.app
            if app is None:
                raise refused(path, "it holds no store of Rota’s", ABSENT)
            use_wal(connections, connection)
            if found.app is None or found.schema < migrations()[-1].number:
                migrate(connections, connection, app)
        connections.remember_identity()
        connections.opened = True
        connections.adopt(connection)


def inspect(connections: Connections, connection: sqlite3.Connection, app: str | None) -> Found:
    """What the file holds, if this application may use it."""
    path = connections.path
    if not connection.execute(sql("has_meta")).fetchone()[0]:
        return Found()
    meta: dict[str, str] = dict(connection.execute(sql("meta")).fetchall())
    return usable(
        meta, migrations()[-1].number, app, partial(refused, path),
        "give every application a file of its own",
    )  # fmt: skip


def is_suspicious(connection: sqlite3.Connection, connections: Connections) -> bool:
    """Whether the file is worth a slow look at all of its pages."""
    pages = int(connection.execute("PRAGMA page_count").fetchone()[0])
    page_size = int(connection.execute("PRAGMA page_size").fetchone()[0])
    return place.looks_truncated(connections.path, pages, page_size)


def check_pages(connections: Connections, connection: sqlite3.Connection) -> None:
    """Refuse a damaged file. Slow for a large one, so only where something looks wrong."""
    problem = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if problem != "ok":
        reason = f"the file is damaged ({' '.join(str(problem).split())})"
        raise refused(connections.path, reason, "restore it from a backup, or move it away")


def use_wal(connections: Connections, connection: sqlite3.Connection) -> None:
    """Switch the file to write-ahead logging, once; readers and a writer then never wait."""
    if connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal":
        return
    mode = ""
    deadline = time.monotonic() + PATIENCE
    while not mode:
        try:
            with translated(connections.path):
                mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
        except Unreachable:  # SQLite does not wait for this lock by itself
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)
    if mode != "wal":
        reason = f"it cannot be switched to write-ahead logging (it stays “{mode}”)"
        raise refused(connections.path, reason, "use a file on a local disk")


def migrate(connections: Connections, connection: sqlite3.Connection, app: str) -> None:
    """Apply the missing steps under the write lock: a second process waits and finds them done."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        found = inspect(connections, connection, app)
        since = found.oldest
        for step in migrations():
            if step.number > found.schema:
                for statement in split(step.text):
                    connection.execute(statement)
                connection.execute(sql("put_meta"), ("schema", str(step.number)))
                since = since if expands(step.text) else step.number
                connection.execute(sql("put_meta"), ("oldest", stamp(step.number, since)))
        connection.execute(sql("put_meta"), ("app", app))
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
