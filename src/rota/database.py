"""The store's address: how a URL becomes a store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlencode

from rota.errors import BadSetting

if TYPE_CHECKING:
    from rota.ports.clock import Clock
    from rota.ports.store import Store
    from rota.rules.leases import Lease

__all__ = ("Database", "read_url")

EXAMPLES = "write sqlite:///rota.db, sqlite:////var/lib/app/rota.db, postgresql://… or memory://"


@dataclass(frozen=True, slots=True)
class Database:
    """A parsed address: the kind of store, where it is (for PostgreSQL a URL without `schema`), and
    how durable it writes.
    """

    url: str
    kind: str
    path: str = ""
    synchronous: str = "FULL"
    schema: str = "rota"

    @property
    def has_clock(self) -> bool:
        """Whether the store's own clock says what time it is: many machines share it."""
        return self.kind == "postgresql"

    def make(self, clock: Clock, lease: Lease) -> Store:
        """The store, not open yet, for a process that may become a node with that lease."""
        if self.kind == "memory":
            from rota.stores.memory import MemoryStore

            return MemoryStore(clock)
        if self.kind == "postgresql":
            from rota.stores.postgresql import PostgresqlStore

            trust = lease.trusted_until(0)
            return PostgresqlStore(self.path, clock, schema=self.schema, silence=trust)
        from rota.stores.sqlite import SqliteStore

        return SqliteStore(self.path, clock, synchronous=self.synchronous)


def read_url(url: str) -> Database:
    """Parse a store's URL. BadSetting says what to write instead.

    >>> read_url("sqlite:///rota.db").path, read_url("sqlite:////var/rota.db").path
    ('rota.db', '/var/rota.db')
    """
    if not isinstance(url, str) or "://" not in url:
        raise BadSetting("this is no database URL", part="database", text=str(url), hint=EXAMPLES)
    kind, _, rest = url.partition("://")
    place, _, query = rest.partition("?")
    options = dict(parse_qsl(query, keep_blank_values=True))
    if kind == "memory":
        refuse_options(url, options, ())
        if place.strip("/"):
            raise BadSetting(
                "memory has no path", part="database", text=url, hint="write memory://"
            )
        return Database(url, kind)
    if kind == "sqlite":
        return sqlite(url, place, options)
    if kind in ("postgresql", "postgres"):
        schema = options.pop("schema", "rota")
        rest = f"?{urlencode(options)}" if options else ""
        return Database(url, "postgresql", f"postgresql://{place}{rest}", schema=schema)
    raise BadSetting(f"there is no store of the kind {kind}", part="database", text=url,
                     hint=EXAMPLES)  # fmt: skip


def sqlite(url: str, place: str, options: dict[str, str]) -> Database:
    refuse_options(url, options, ("synchronous",))
    path = unquote(place[1:]) if place.startswith("/") else ""
    if not path or "\0" in path:
        raise BadSetting("the path of the file is missing", part="database", text=url,
                         hint=EXAMPLES)  # fmt: skip
    synchronous = options.get("synchronous", "FULL").upper()
    if synchronous not in ("FULL", "NORMAL"):
        raise BadSetting("synchronous is FULL or NORMAL", part="database", text=url,
                         hint="leave it out for FULL")  # fmt: skip
    return Database(url, "sqlite", path, synchronous)


def refuse_options(url: str, options: dict[str, str], known: tuple[str, ...]) -> None:
    strange = [name for name in options if name not in known]
    if strange:
        raise BadSetting(f"there is no option {strange[0]}", part="database", text=url,
                         hint=f"known are {', '.join(known) or 'none'}")  # fmt: skip
