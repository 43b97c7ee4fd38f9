"""Opening a schema: judge it, make or migrate the tables, write the application's name.

Nothing is changed before everything was judged; the tables, the steps and the numbers that record
them are one transaction, so that a schema is never between two versions.
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import psycopg
from psycopg.sql import SQL, Identifier

from rota.stores.postgresql.connections import Connections
from rota.stores.postgresql.faults import refused, translated
from rota.stores.postgresql.links import Link
from rota.stores.postgresql.statements import migrations, sql
from rota.stores.versions import ABSENT, Found, expands, stamp, usable

__all__ = ("Server", "identity", "look", "open_schema")

AGES = 601.0  # seconds that a step may take: the server's own limit comes first (migrate_patience)
OLDEST = 130_000  # of PostgreSQL: what is still maintained and what the statements need


class Server(NamedTuple):
    """What a server says of itself."""

    version: str
    number: int
    encoding: str
    read_only: str
    fsync: str
    synchronous_commit: str
    full_page_writes: str
    database: str  # its number, another one in a copy made on the same server


def open_schema(connections: Connections, app: str | None) -> None:
    """Leave the schema ready for the application, or refuse it as it was."""
    connections.close()
    link = connections.connect()
    try:
        with translated(connections.address.place):
            judge(connections, look(link))
            found = inspect(connections, link, app)
            app = app or found.app
            if app is None:
                place = connections.address.place
                raise refused(place, "it holds no store of Rota’s", ABSENT)
            if found.app is None or found.schema < migrations()[-1].number:
                migrate(connections, link, app)
    except BaseException:
        link.connection.close()
        raise
    connections.opened = True
    connections.release(connections.adopt(link))


def look(link: Link) -> Server:
    """Ask the server what it is."""
    (row,) = link.connection.execute(sql("server")).fetchall()
    return Server(*row)


def identity(link: Link) -> str:
    """What a restored or copied database has otherwise: which database of which server it is."""
    server = look(link)
    try:
        ((system,),) = link.connection.execute(sql("system")).fetchall()
    except psycopg.errors.InsufficientPrivilege:
        system = "unknown"
    return f"postgresql-{system}-{server.database}"


def judge(connections: Connections, server: Server) -> None:
    """Refuse a server that cannot keep the store."""
    place = connections.address.place
    if server.number < OLDEST:
        reason = f"PostgreSQL {server.version} is too old"
        raise refused(place, reason, "use PostgreSQL 13 or newer")
    if server.encoding != "UTF8":
        reason = f"the database's encoding is {server.encoding}, which cannot hold every text"
        raise refused(place, reason, "make one with ENCODING 'UTF8'")
    if server.read_only == "on":
        raise refused(place, "it is read-only", "name the primary server, or another user")


def inspect(connections: Connections, link: Link, app: str | None) -> Found:
    """What the schema holds, if this application may use it."""
    place = connections.address.place
    if not link.connection.execute(sql("has_meta")).fetchall()[0][0]:
        return Found()
    meta: dict[str, str] = dict(link.connection.execute(sql("meta")).fetchall())
    return usable(
        meta, migrations()[-1].number, app, partial(refused, place),
        "give every application its own: ?schema=name",
    )  # fmt: skip


def migrate(connections: Connections, link: Link, app: str) -> None:
    """Apply the missing steps under a lock: a second process waits and finds them done."""
    connection, schema = link.connection, connections.address.schema
    connection.execute(b"BEGIN")
    try:
        connection.patience = AGES
        connection.execute(sql("migrate_patience"))
        connection.execute(sql("migrate_lock"), (schema,))
        make_schema(connection, schema)
        found = inspect(connections, link, app)
        since = found.oldest
        for step in migrations():
            if step.number > found.schema:
                connection.execute(step.text.encode())
                connection.execute(sql("put_meta"), ("schema", str(step.number)))
                since = since if expands(step.text) else step.number
                connection.execute(sql("put_meta"), ("oldest", stamp(step.number, since)))
        connection.execute(sql("put_meta"), ("app", app))
        connection.execute(b"COMMIT")
    except BaseException:
        if not connection.closed:
            connection.execute(b"ROLLBACK")
        raise
    finally:
        del connection.patience


def make_schema(connection: psycopg.Connection[tuple[object, ...]], schema: str) -> None:
    """Make the schema if it is not there; who may not make one may use one that is."""
    if not connection.execute(sql("has_schema"), (schema,)).fetchall()[0][0]:
        statement = SQL(sql("create_schema").decode()).format(schema=Identifier(schema))
        connection.execute(statement)
