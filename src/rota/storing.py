"""The store of one application, as `Rota` says it: which one it is, opened when first used."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rota.database import Database, read_url
from rota.engine.client.context import NotOpen
from rota.engine.hosting.clock import StoreClock, SystemClock
from rota.engine.schedules.settling import settle
from rota.errors import BadSetting, Refused

if TYPE_CHECKING:
    from threading import RLock

    from rota.engine.client.context import Context
    from rota.ports.store import Store
    from rota.rules.leases import Lease

__all__ = ("Storing",)


class Storing:
    """The store of one application, opened as a client's; a node in this process shares it."""

    app: str | None
    context: Context
    lease: Lease
    lock: RLock

    def __init__(self, url: str | None) -> None:
        self.given: Database | None = None if url is None else read_url(url)
        self.store: Store | None = None
        self.clock: SystemClock | StoreClock = SystemClock()

    @property
    def url(self) -> str:
        """The address of the store: the one given, else that of `ROTA_DATABASE`."""
        return self.database().url

    def database(self) -> Database:
        """The store's parsed address; BadSetting if none was given anywhere."""
        if self.given is None:
            found = os.environ.get("ROTA_DATABASE", "")
            if not found:
                raise BadSetting(
                    "no store was named", part="database",
                    hint='write Rota("sqlite:///rota.db") or set ROTA_DATABASE',
                )  # fmt: skip
            self.given = read_url(found)
        return self.given

    def use(self, url: str) -> None:
        """Another store than the application's own; before it is opened."""
        if self.store is not None:
            raise Refused("the store is open already", part="database", text=url)
        self.given = read_url(url)

    def open(self) -> None:
        """Open the store as a client: make a missing one, record the tasks, insert missing
        schedules from code. Twice is once.
        """
        if self.store is not None:
            return
        with self.lock:
            if self.store is None:
                if self.database().has_clock:
                    self.clock = self.context.clock = StoreClock(SystemClock())
                store = self.database().make(self.clock, self.lease)
                store.open(self.app)
                self.context.store = store
                self.store = store
                self.synchronise()
                settle(self.context, update=False)

    def shut(self) -> None:
        """Close the store, which the next use opens again."""
        with self.lock:
            if self.store is not None:
                self.store.close()
                self.store, self.context.store = None, NotOpen()

    def describe(self) -> dict[str, str]:
        """The store's kind, place and durability settings as found."""
        self.open()
        return self.context.store.describe()

    def changes(self) -> int:
        """Differs from what this thread saw before if anything may have been committed since."""
        self.open()
        return self.context.store.changes()

    @contextmanager
    def joined(self, connection: object) -> Iterator[None]:
        """What this thread, or asyncio task, does to schedules and runs inside is a part of the
        transaction on the caller's own raw connection: there after its commit, gone after its
        rollback. Of sqlite3 to the same file, or of psycopg to the same database; else `Refused`.

        >>> import sqlite3, tempfile
        >>> from rota import Rota
        >>> folder = tempfile.TemporaryDirectory()
        >>> rota = Rota(f"sqlite:///{folder.name}/shop.db")
        >>> rota.task("shop.invoice")(lambda: None) and rota.open()
        >>> connection = sqlite3.connect(f"{folder.name}/shop.db")
        >>> with rota.joined(connection):
        ...     _ = rota.schedules.run("shop.invoice")
        >>> connection.rollback()
        >>> len(rota.runs.list())
        0
        >>> connection.close(), rota.close(), folder.cleanup()
        (None, None, None)
        """
        self.open()
        with self.context.store.joined(connection):
            yield
        self.poke()  # in case the commit was inside

    def synchronise(self) -> None:
        """Set the engine's clock by the store's, where the store has one."""
        offset = getattr(self.context.store, "clock_offset", None)
        if isinstance(self.clock, StoreClock) and offset is not None:
            self.clock.follow(offset())

    def poke(self) -> None:
        """Tell a node in this process that something changed."""
