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

import psycopg

from rota.errors import RotaError
from rota.instants import SECOND
from rota.ports.clock import Clock
from rota.stores.postgresql.connections import Connections
from rota.stores.postgresql.faults import translated
from rota.stores.postgresql.links import Punctual, connect, keep_for_ever
from rota.stores.postgresql.statements import sql

__all__ = ("PERIOD", "Ear", "Listener")

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
        self.process = os.getpid()
        self.lock = threading.Lock()  # of the connection, for whoever drains it
        self.connection: Punctual | None = None  # without a thread
        self.ear: Ear | None = None  # with one
        self.heard = 0
        self.looked: int | None = None  # by the boot clock: when `changes` last moved by itself
        self.tried: int | None = None  # when it last tried to connect

    def changes(self) -> int:
        """A number that moves with every notification of other processes, and at least so often."""
        if self.process != os.getpid():
            self.forget()
        now = self.clock.boot()
        if self.looked is None or not 0 <= now - self.looked < PERIOD:
            self.heard += self.looked is not None
            self.looked = now
        deaf = self.ear is None and self.connections.opened
        if deaf and self.lock.acquire(blocking=False):
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
                again, self.tried = self.tried is not None, now
                self.connection = self.connect()
                self.heard += again  # what was said meanwhile was not heard
            self.heard += self.arrived(self.connection)
        except (RotaError, psycopg.Error):
            self.heard += 1  # who is deaf must look
            self._hang_up()

    def connect(self) -> Punctual:
        """A connection that listens."""
        with translated(self.connections.address.place):
            connection = connect(self.connections.address)
            try:
                connection.execute(sql("listen"))
            except BaseException:
                connection.close()
                raise
            return connection

    def arrived(self, connection: Punctual) -> int:
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

    def listen(self, wake: Callable[[], None]) -> None:
        """Start a thread that calls `wake` whenever other processes changed something."""
        with self.lock:
            if self.ear is not None:
                raise AssertionError("it listens already")
            self._hang_up()
            self.ear = Ear(self, wake)
            self.ear.start()

    def close(self) -> None:
        """End the thread and the connection."""
        if self.process != os.getpid():
            self.forget()
        with self.lock:
            ear, self.ear = self.ear, None
            self._hang_up()
        if ear is not None:
            ear.end()
        self.begin()

    def forget(self) -> None:
        """Let go of a parent's connection without closing it; its thread is not here."""
        ear = self.ear
        for connection in (self.connection, None if ear is None else ear.connection):
            if connection is not None:
                keep_for_ever(connection)
        if ear is not None:
            ear.let_go()
        self.begin()


class Ear(threading.Thread):
    """A thread that waits for what is told, over a connection of its own."""

    def __init__(self, listener: Listener, wake: Callable[[], None]) -> None:
        super().__init__(name="rota-listener", daemon=True)
        self.listener = listener
        self.wake = wake
        self.connection: Punctual | None = None
        self.ended = threading.Event()
        self.bell, self.rope = socket.socketpair()

    def run(self) -> None:
        try:
            self._listen()
        finally:
            self._hang_up()
            self.bell.close()

    def _listen(self) -> None:
        failures = 0
        while not self.ended.is_set():
            try:
                if self.connection is None:
                    self.connection = self.listener.connect()
                    self._tell(1)  # what was said before was not heard
                failures = 0
                self._wait(self.connection)
                self._tell(self.listener.arrived(self.connection))
            except (RotaError, psycopg.Error, OSError):
                self._hang_up()
                self.ended.wait(AGAIN[min(failures, len(AGAIN) - 1)])
                failures += 1

    def _wait(self, connection: Punctual) -> None:
        """Wait for the next notifications, or the end, as long as it takes."""
        with selectors.DefaultSelector() as selector:
            selector.register(connection.fileno(), selectors.EVENT_READ)
            selector.register(self.bell, selectors.EVENT_READ)
            selector.select()

    def _tell(self, count: int) -> None:
        if count and not self.ended.is_set():
            self.listener.heard += count
            self.wake()

    def _hang_up(self) -> None:
        connection, self.connection = self.connection, None
        if connection is not None:
            connection.close()

    def end(self) -> None:
        """End the thread; one that is just connecting ends when it has."""
        self.ended.set()
        self.rope.close()
        if self is not threading.current_thread():
            self.join(timeout=1)

    def let_go(self) -> None:
        """In a child: close this process's ends of the pair."""
        self.bell.close()
        self.rope.close()
