"""A guest: the caller's own psycopg connection, on which verbs become part of its transaction.

The statements rely on the search path; on a guest it is set inside each verb's savepoint and put
back at its end, so that the caller's own statements never see it.
"""

from __future__ import annotations

from typing import Any, cast

import psycopg
from psycopg.abc import Params
from psycopg.pq import PipelineStatus, TransactionStatus
from psycopg.rows import tuple_row

from rota.stores.joining import raw, turned_away
from rota.stores.postgresql.links import Link, Punctual, Row
from rota.stores.postgresql.statements import sql

__all__ = ("GuestLink", "admit")

YOURS = "give the psycopg (3) connection on which your own transaction is open"


class Guest:
    """Speaks like a connection of ours, in plain rows, whatever the caller's is set to."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection
        self.pgconn = connection.pgconn
        self.info = connection.info

    @property
    def closed(self) -> bool:
        """Whether the connection is gone."""
        return self.connection.closed

    def execute(
        self, query: bytes, params: Params | None = None, *, prepare: bool | None = False
    ) -> psycopg.Cursor[Row]:
        """Carry out one statement; never prepared, for it would outlive the search path."""
        cursor = psycopg.RawCursor(self.connection, row_factory=tuple_row)
        return cursor.execute(query, params, prepare=False)


class GuestLink(Link):
    """A link in a transaction that somebody else began and will end."""

    __slots__ = ("before", "schema")
    gone = "the transaction that was joined has failed or ended"

    def __init__(self, connection: psycopg.Connection[Any], schema: str) -> None:
        super().__init__(cast("Punctual", Guest(connection)))
        self.schema = schema
        self.before = ""  # the caller's search path

    def enter(self) -> None:
        """At the start of the outermost verb: see Rota's tables."""
        self.depth += 1
        if self.depth == 1:
            path = f"{self.schema},pg_temp"
            ((self.before,),) = self.connection.execute(sql("enter"), (path,)).fetchall()

    def leave(self) -> None:
        """At its end: tell the nodes, at the caller's commit, and see the caller's tables again."""
        if self.depth == 1:
            if self.told:
                self.connection.execute(sql("notify"))
                self.told = False
            self.connection.execute(sql("leave_guest"), (self.before,))


def admit(given: object, schema: str) -> GuestLink:
    """A link over the caller's connection, in its transaction; Refused if it cannot be joined."""
    connection = raw(given)
    if not isinstance(connection, psycopg.Connection):
        raise turned_away(f"it is no psycopg.Connection but {type(given).__name__}", YOURS)
    if connection.closed:
        raise turned_away("it is closed", YOURS)
    if connection.pgconn.pipeline_status != PipelineStatus.OFF:
        raise turned_away("it is in pipeline mode", "join outside of the pipeline")
    status = connection.pgconn.transaction_status
    if status == TransactionStatus.INERROR:
        raise turned_away("its transaction has failed", "roll it back first")
    if status == TransactionStatus.IDLE and connection.autocommit:
        reason = "it is in autocommit: no transaction is open on it"
        raise turned_away(reason, "join inside of “with connection.transaction():”")
    return GuestLink(connection, schema)
