"""One connection a thread to one file, and the transactions on it."""

from __future__ import annotations

import ctypes
import itertools
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path

from rota.stores.joining import Joining
from rota.stores.sqlite import forking
from rota.stores.sqlite.binding import CONNECTION
from rota.stores.sqlite.faults import raise_translated, refused, translated, unreachable

__all__ = ("Connections", "Link", "closing_on_error")

PATIENCE = 4.0  # seconds a writer waits for another before it gives up
SYNCHRONOUS = {
    "NORMAL": "PRAGMA synchronous = NORMAL",
    "FULL": "PRAGMA synchronous = FULL",
    "EXTRA": "PRAGMA synchronous = EXTRA",
}
NUMBERS = itertools.count(1)
PLAIN = nullcontext()


class Link:
    """A thread's connection, and how deep in transactions the thread is. `with` it, and no fork
    comes between; what SQLite reports inside is raised as a fault of the store.
    """

    __slots__ = ("closed", "connection", "depth", "lock", "number", "path", "process", "thread")
    gone = "the transaction was taken back"

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.connection = connection
        self.path = path
        self.number = next(NUMBERS)
        self.depth = 0
        self.process = os.getpid()
        self.thread = threading.current_thread()
        self.lock = threading.RLock()
        self.closed = False  # by a fork: the thread is to open another

    def __enter__(self) -> sqlite3.Connection:
        return self.connection

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self.lock.release()
        if isinstance(error, sqlite3.Error):
            raise_translated(self.path, error)


class Connections:
    """The connections of one process to one file."""

    def __init__(self, path: Path, synchronous: str) -> None:
        self.path = path
        self.synchronous = synchronous
        self.opened = False
        self.identity: tuple[int, int] | None = None  # of the file: device and inode
        self.begin()
        forking.watch(self)

    def begin(self) -> None:
        """Start with no connection."""
        self.lock = threading.RLock()  # of the list, and of whoever opens a connection
        self.local = threading.local()
        self.links: list[Link] = []
        self.paused: list[Link] = []  # locked, for as long as a fork takes
        self.holding = False  # the lock, meanwhile
        self.joining: Joining[Link] = Joining()  # connections of callers

    def connect(self) -> sqlite3.Connection:
        """A new connection to the file, which must exist. Under the lock."""
        found = self.path.stat()
        if forking.is_tainted((found.st_dev, found.st_ino)):
            reason = "this process was forked off another one in the midst of a transaction"
            raise refused(self.path, reason, "fork before it, or start a fresh process")
        connection = sqlite3.connect(
            f"{self.path.as_uri()}?mode=rw",
            uri=True,
            factory=CONNECTION,
            timeout=PATIENCE,
            isolation_level=None,
            check_same_thread=False,  # close() closes the connections of all threads
            cached_statements=256,
        )
        with closing_on_error(connection):
            connection.execute(SYNCHRONOUS[self.synchronous])
            connection.execute("PRAGMA cache_size = -16000")  # kilobytes; used as needed
            connection.execute(
                "PRAGMA wal_autocheckpoint = 4000"
            )  # pages; hot ones are copied less
        return connection

    def link(self) -> Link:
        """This thread's connection, opened at first use; the caller's own while it is joined."""
        if (guest := self.joining.current()) is not None:
            return guest
        link: Link | None = getattr(self.local, "link", None)
        if link is not None and link.process == os.getpid() and not link.closed:
            return link
        if link is not None and not link.closed:
            self.forget()
        if not self.opened:
            raise unreachable(self.path, "the store is not open", "call open() first")
        with translated(self.path), self.lock:
            self.check_identity()
            return self.adopt(self.connect())

    def hold(self) -> Link:
        """The same, for one `with`: nothing can happen to the connection inside."""
        while True:
            link = self.link()
            link.lock.acquire()
            if not link.closed:
                return link
            link.lock.release()

    def adopt(self, connection: sqlite3.Connection) -> Link:
        """Make a connection this thread's own."""
        link = Link(connection, self.path)
        with self.lock:
            self.sweep()
            self.links.append(link)
        self.local.link = link
        return link

    def check(self, link: Link) -> None:
        """Refuse to carry on a transaction that SQLite took back by itself, as on a full disk."""
        if link.depth and not link.connection.in_transaction:
            raise unreachable(self.path, link.gone, "try it again")

    def sweep(self) -> None:
        """Close what ended threads left behind. The main thread never ends: when the interpreter
        does, it counts as ended, and what is registered with atexit still runs on it.
        """
        main = threading.main_thread()
        ended = [
            link for link in self.links if link.thread is not main and not link.thread.is_alive()
        ]
        for link in ended:
            self.links.remove(link)
            link.connection.close()

    def close(self) -> None:
        """Close every connection, of every thread."""
        self.opened = False
        with self.lock:
            links, self.links = self.links, []
        for link in links:
            if link.process == os.getpid():
                link.connection.close()
            else:
                keep_for_ever(link.connection)
        self.local = threading.local()

    def __del__(self) -> None:
        """Close what an application left open that nobody refers to any more: it may have been
        asked something and never closed, and Python 3.13 warns of a connection that is let go.
        """
        with suppress(AttributeError, TypeError):  # the interpreter is being taken down
            self.close()

    def forget(self) -> None:
        """Let go of a parent's connections without closing them."""
        for link in self.links:
            if not link.closed:
                keep_for_ever(link.connection)
        self.begin()

    def pause(self, deadline: float) -> tuple[int, int] | None:
        """Before a fork: close every connection and let nobody open one."""
        inside = not self.lock.acquire(timeout=max(0.0, deadline - time.monotonic()))
        self.holding = not inside
        for link in list(self.links):
            if not link.lock.acquire(timeout=max(0.0, deadline - time.monotonic())):
                inside = True
                continue
            self.paused.append(link)
            if link.depth:  # the thread that forks is itself in a transaction
                inside = True
            else:
                link.closed = True
                link.connection.close()
        return self.identity if inside else None

    def resume(self) -> None:
        """After a fork, in the parent: threads open connections as they need them."""
        paused, self.paused = self.paused, []
        for link in paused:
            if link.closed:
                self.links.remove(link)
            link.lock.release()
        if self.holding:
            self.holding = False
            self.lock.release()

    def remember_identity(self) -> None:
        """Note which file this is."""
        found = self.path.stat()
        self.identity = (found.st_dev, found.st_ino)

    def check_identity(self) -> None:
        """Refuse to go on if the file was deleted or replaced: writes would go to nowhere."""
        try:
            found = os.stat(self.path)  # noqa: PTH116  it is asked before every transaction
        except OSError:
            found = None
        if found is None or (found.st_dev, found.st_ino) != self.identity:
            reason = "the file was deleted or replaced while it was in use"
            raise refused(self.path, reason, "restart the application")

    def verb(self) -> AbstractContextManager[None]:
        """What one verb does: a transaction of its own, or a plain part of this thread's. On a
        caller's connection it is a part that can be taken back alone.
        """
        guest = self.joining.current()
        link: Link | None = getattr(self.local, "link", None)
        inside = guest is None and link is not None and link.depth and link.process == os.getpid()
        return PLAIN if inside else self.transaction()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing. Inside another transaction of this thread it is a part of that one."""
        link = self.hold()
        with link as connection:
            self.check(link)
            if not link.depth:
                self.check_identity()
            start, end, undo = SAVE if link.depth else IMMEDIATE
            connection.execute(start)
            link.depth += 1
            try:
                yield
                self.check(link)
                connection.execute(end)
            except BaseException:
                if connection.in_transaction:
                    for statement in undo:
                        connection.execute(statement)
                raise
            finally:
                link.depth -= 1

    @contextmanager
    def reading(self) -> Iterator[None]:
        """One view of the data for several reads; nothing may be written inside."""
        link = self.hold()
        with link as connection:
            if link.depth:
                yield
                return
            connection.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                if connection.in_transaction:
                    connection.execute("COMMIT")


@contextmanager
def closing_on_error(connection: sqlite3.Connection) -> Iterator[None]:
    """Close the connection if what follows fails."""
    try:
        yield
    except BaseException:
        connection.close()
        raise


def keep_for_ever(connection: sqlite3.Connection) -> None:
    """Keep a parent's connection open until this process is gone, also while Python shuts down.

    Closing it here would roll back, in memory that both processes share, what the parent writes.
    """
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(connection))


# Every transaction that writes takes the write lock at its start: a read that becomes a write
# could fail with SQLITE_BUSY_SNAPSHOT, which no patience cures.
IMMEDIATE = ("BEGIN IMMEDIATE", "COMMIT", ("ROLLBACK",))
SAVE = ("SAVEPOINT rota", "RELEASE rota", ("ROLLBACK TO rota", "RELEASE rota"))
