"""The PostgreSQL store: all its verbs, and its life."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from rota.ports.clock import Clock
from rota.stores.people import People
from rota.stores.postgresql.address import SILENCE, read_address
from rota.stores.postgresql.browsing import Browsing
from rota.stores.postgresql.changes import Changes
from rota.stores.postgresql.connections import Connections
from rota.stores.postgresql.deciding import Deciding
from rota.stores.postgresql.listening import Listener
from rota.stores.postgresql.nodes import Nodes
from rota.stores.postgresql.opening import identity, look, open_schema
from rota.stores.postgresql.schedules import Schedules
from rota.stores.postgresql.terms import Terms

__all__ = ("PostgresqlStore",)


class PostgresqlStore(Schedules, Deciding, Nodes, Terms, People, Changes, Browsing):
    """A `rota.ports.store.Store` in one schema of a PostgreSQL database, for a cluster of nodes.

    Leases count by the database's clock; `lease_clock` puts another in its place, for tests. A
    transaction in which nothing is said for as long as `silence` is ended by the server: give what
    a node trusts its lease for, so that a dead node's locks are gone before the lease is.

    >>> from rota.testing.clock import SettableClock
    >>> store = PostgresqlStore("postgresql://ada:secret@db/shop", SettableClock(), schema="jobs")
    >>> store.address.place
    'postgresql://ada@db/shop?schema=jobs'
    """

    def __init__(
        self,
        url: str,
        clock: Clock,
        *,
        schema: str = "rota",
        lease_clock: Callable[[], int] | None = None,
        silence: int = SILENCE,
    ) -> None:
        self.address = read_address(url, schema, silence)
        self.clock = clock
        self.lease_clock = lease_clock
        self.connections = Connections(self.address)
        self.listener = Listener(self.connections, clock)

    def open(self, app: str | None) -> None:
        open_schema(self.connections, app)

    def close(self) -> None:
        self.listener.close()
        self.connections.close()

    def forget(self) -> None:
        self.listener.forget()
        self.connections.forget()

    def joined(self, connection: object) -> AbstractContextManager[None]:
        return self.connections.joined(connection)

    def changes(self) -> int:
        """What other processes told of, what this one's other threads did, and a tick now and
        then, because what is told may be lost.
        """
        return self.listener.changes() + self.connections.others()

    def listen(self, wake: Callable[[], None]) -> None:
        """Call `wake`, on a thread of the store's own, soon after other processes changed
        something, until the store is closed. A hint: it may come for nothing, or not at all.
        """
        self.listener.listen(wake)

    def clock_offset(self) -> int:
        """The database's clock minus this machine's wall clock, in microseconds; 0 if the way there
        and back took so long that they may well agree.
        """
        before = self.clock.now()
        (there,) = self.all("clock")[0]
        after = self.clock.now()
        offset = int(there) - (before + after) // 2
        return offset if abs(offset) > (after - before + 1) // 2 else 0

    def describe(self) -> dict[str, str]:
        server = self.connections.reading(look)
        return {
            "kind": "postgresql",
            "place": self.address.place,
            "durability": (
                f"fsync {server.fsync}, synchronous_commit {server.synchronous_commit},"
                f" full_page_writes {server.full_page_writes}"
            ),
            "version": server.version,
            "identity": self.connections.reading(identity),
        }
