"""The memory store: all its verbs, and its life."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from threading import RLock

from rota.errors import StoreRefused
from rota.stores.joining import turned_away
from rota.stores.memory.browsing import Browsing
from rota.stores.memory.changes import Changes
from rota.stores.memory.deciding import Deciding
from rota.stores.memory.nodes import Nodes
from rota.stores.memory.people import People
from rota.stores.memory.runs import Runs
from rota.stores.memory.schedules import Schedules
from rota.stores.memory.terms import Terms

__all__ = ("MemoryStore",)


class MemoryStore(Schedules, Deciding, Runs, Nodes, Terms, People, Changes, Browsing):
    """A `rota.ports.store.Store` in this process only: everything is gone when it ends.

    >>> from rota.testing.clock import SettableClock
    >>> store = MemoryStore(SettableClock())
    >>> store.open("shop")
    >>> store.describe()["kind"]
    'memory'
    """

    def open(self, app: str | None) -> None:
        with self.lock:
            if app is not None and self.app not in (None, app):
                raise StoreRefused(
                    f"it belongs to the application “{self.app}”, not to “{app}”",
                    part="store",
                    text="memory://",
                    hint="give every application a store of its own",
                )
            self.app = app or self.app

    def close(self) -> None:
        """Nothing to close; what is kept stays until the object goes."""

    def forget(self) -> None:
        """The child has its own copy of all; only the lock may be in a lost thread's hands."""
        self.lock = RLock()
        self.undo(0)
        self.depth = 0

    def joined(self, connection: object) -> AbstractContextManager[None]:
        reason = "a store in memory has no database that a connection could belong to"
        raise turned_away(reason, "use sqlite:///… or postgresql://…")

    def changes(self) -> int:
        with self.lock:
            return self.committed

    def listen(self, wake: Callable[[], None]) -> None:
        """No other process can change anything here."""

    def describe(self) -> dict[str, str]:
        return {
            "kind": "memory",
            "place": "this process",
            "durability": "none: everything is gone when the process ends",
            "identity": "memory",
        }
