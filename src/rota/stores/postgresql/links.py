"""One connection: how it is made, and what a store notes beside it."""

from __future__ import annotations

import ctypes
import os
import time
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.pq import TransactionStatus

from rota.stores.postgresql.address import PATIENCE, Address

__all__ = ("Link", "Punctual", "Row", "connect", "keep_for_ever")

T = TypeVar("T")
AT_LAST = PATIENCE + 1  # seconds: the server's own limit comes first, if it can still speak
LOOK = 0.1  # seconds between looks at Ctrl-C

Row = tuple[Any, ...]


class Punctual(psycopg.Connection[Row]):
    """A connection on which no wait is endless, even when the server stands still."""

    patience: float = AT_LAST  # seconds

    def wait(self, gen: PQGen[T], interval: float = LOOK, timeout: float | None = None) -> T:
        """Wait for the server, but not for ever."""
        gen = bounded(gen, time.monotonic() + self.patience)
        if timeout is None:  # older versions of psycopg know none
            return super().wait(gen, interval)
        return super().wait(gen, interval, timeout)


def bounded(gen: PQGen[T], end: float) -> PQGen[T]:
    """What psycopg waits with, until an instant of the monotonic clock.

    It is asked again every `LOOK` seconds while nothing comes.
    """
    try:
        wanted = next(gen)
        while True:
            ready = yield wanted
            if not ready and time.monotonic() > end:
                raise psycopg.OperationalError("the server stands still")
            wanted = gen.send(ready)
    except StopIteration as done:
        answer: T = done.value
        return answer


class Link:
    """A connection, and where the thread that uses it stands."""

    __slots__ = ("committing", "connection", "depth", "held", "pid", "process", "told")
    gone = "the transaction was taken back"

    def __init__(self, connection: Punctual) -> None:
        self.connection = connection
        self.pid = connection.info.backend_pid
        self.process = os.getpid()
        self.begin()

    def begin(self) -> None:
        """Stand at the start of a transaction."""
        self.depth = 0
        self.held = False  # whether the transaction holds locks of schedules or runs
        self.told = False  # whether others must hear of it
        self.committing = False  # whether COMMIT was sent: from then on nobody knows

    def idle(self) -> bool:
        """Whether it is open and in no transaction."""
        return self.connection.pgconn.transaction_status == TransactionStatus.IDLE

    def enter(self) -> None:
        """At the start of a part of a transaction."""
        self.depth += 1

    def leave(self) -> None:
        """At its end, if it went well."""

    def taken_back(self) -> bool:
        """Whether the server took the transaction back because a statement of it failed."""
        return self.connection.pgconn.transaction_status != TransactionStatus.INTRANS


def connect(address: Address) -> Punctual:
    """A new connection in autocommit; statements have `$1` where values go."""
    return Punctual.connect(
        address.conninfo,
        autocommit=True,
        cursor_factory=psycopg.RawCursor,
    )


def keep_for_ever(connection: Punctual) -> None:
    """Keep a parent's connection open until this process is gone, also while Python shuts down.

    Closing it here would say goodbye to the server in the parent's name.
    """
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(connection))
