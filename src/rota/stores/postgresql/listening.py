"""Hearing that others changed something: LISTEN, on a connection of its own.

A notification is a hint and may be lost, with its connection or in a pooler; who asks `changes`
hears of a change at the latest after `PERIOD`, whether there was one or not.
"""

from __future__ import annotations

import os
import selectors
import socket
import threading
from collections.abc import Callable
from contextlib import suppress

import psycopg

from rota.errors import RotaError
from rota.instants import SECOND
from rota.ports.clock import Clock
from rota.stores.postgresql.connections import Connections
from rota.stores.postgresql.faults import translated
from rota.stores.postgresql.links import Punctual, connect, keep_for_ever
from rota.stores.postgresql.statements import sql

__all__ = ("PERIOD", "Listener")

PERIOD = 5 * SECOND  # at the latest
AGAIN = (0.1, 0.5, 1.0, 2.0)  # seconds between tries to connect; the last one from then on


class Listener:
    """What one store hears."""

    def __init__(self, connections: Connections, clock: Clock) -> None:
        self.connections = connections
        self.clock = clock
        self.begin()

    def begin(self) -> None:
        """Start deaf."""
        self.lock = threading.Lock()  # of the connection, for whoever drains it
        self.connection: Punctual | None = None
        self.thread: threading.Thread | None = None
        self.ended = threading.Event()
        self.heard = 0
        self.looked: int | None = None  # by the boot clock: when `changes` last moved by itself
        self.tried: int | None = None  # when it last tried to connect

    def changes(self) -> int:
        """A number that moves with every notification of other processes, and at least so often."""
        now = self.clock.boot()
        if self.looked is None or not 0 <= now - self.looked < PERIOD:
            self.heard += self.looked is not None
            self.looked = now
        if self.thread is None and self.lock.acquire(blocking=False):
            try:
                self._drain(now)
            finally:
                self.lock.release()
        return self.heard

    def _drain(self, now: int) -> None:
        """Hear what has come, without waiting; connect, but rarely try."""
        try:
            if self.connection is None:
                if self.tried is not None and 0 <= now - self.tried < PERIOD:
                    return
                self.tried = now
                self.connection = self._connect()
            self.heard += self._arrived(self.connection)
        except (RotaError, psycopg.Error):
            self.heard += 1  # who is deaf must look
            self._hang_up()

    def _connect(self) -> Punctual:
        """A connection that listens."""
        with translated(self.connections.address.place):
            connection = connect(self.connections.address)
            try:
                connection.execute(sql("listen"))
            except BaseException:
                connection.close()
                raise
            return connection

    def _arrived(self, connection: Punctual) -> int:
        """How many notifications of others have come."""
        own, schema = self.connections.pids(), self.connections.address.schema
        return sum(
            notice.payload == schema and notice.pid not in own
            for notice in connection.notifies(timeout=0)
        )

    def _hang_up(self) -> None:
        connection, self.connection = self.connection, None
        if connection is not None:
            connection.close()

    # -------------------------------------------------------------- a thread

    def listen(self, wake: Callable[[], None]) -> None:
        """Start a thread that calls `wake` whenever other processes changed something."""
        with self.lock:
            if self.thread is not None:
                raise AssertionError("it listens already")
            self.thread = threading.Thread(
                target=self._run, args=(wake, self.ended), name="rota-listener", daemon=True
            )
            self.thread.start()

    def _run(self, wake: Callable[[], None], ended: threading.Event) -> None:
        failures = 0
        while not ended.is_set():
            try:
                if self.connection is None:
                    self.connection = self._connect()
                    if failures:  # what was said meanwhile was not heard
                        self.heard += 1
                        wake()
                failures = 0
                self._wait(self.connection, wake)
            except (RotaError, psycopg.Error, OSError):
                self._hang_up()
                ended.wait(AGAIN[min(failures, len(AGAIN) - 1)])
                failures += 1
        self._hang_up()

    def _wait(self, connection: Punctual, wake: Callable[[], None]) -> None:
        """Wait for the next notifications, as long as it takes."""
        with selectors.DefaultSelector() as selector:
            selector.register(connection.fileno(), selectors.EVENT_READ)
            selector.select()
        if count := self._arrived(connection):
            self.heard += count
            wake()

    # ------------------------------------------------------------------ life

    def close(self) -> None:
        """End the thread and the connection."""
        self.ended.set()
        thread = self.thread
        if thread is None or thread is threading.current_thread():
            self._hang_up()
        else:
            self._rouse()
            thread.join(timeout=1)
        self.begin()

    def _rouse(self) -> None:
        """End the thread's wait: its socket says that nothing more will come."""
        connection = self.connection
        if connection is not None:
            with suppress(OSError, psycopg.Error):
                twin = socket.socket(fileno=os.dup(connection.fileno()))
                with twin:
                    twin.shutdown(socket.SHUT_RDWR)

    def forget(self) -> None:
        """Let go of a parent's connection without closing it; its thread is not here."""
        if self.connection is not None:
            keep_for_ever(self.connection)
        self.begin()
