"""Statements by name on this thread's connection: the one way the verbs reach PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TypeVar

import psycopg
from psycopg.abc import Params

from rota.ports.clock import Clock
from rota.stores.common import clean
from rota.stores.postgresql.address import Address
from rota.stores.postgresql.connections import Connections
from rota.stores.postgresql.faults import translated
from rota.stores.postgresql.links import Link
from rota.stores.postgresql.statements import sql
from rota.stores.relational import NEWEST, Relational, Row, Values

__all__ = ("Database",)

T = TypeVar("T")
BRIEFLY = 100  # milliseconds: far longer than a batch of ours takes

# Planned anew each time: a plan that has to serve every filter and order costs twice as much as
# making one for those that are asked for.
ANEW = frozenset({"browse", "tally"})


class Database(Relational):
    """What the verbs are written with."""

    clock: Clock
    address: Address
    connections: Connections

    def transaction(self) -> AbstractContextManager[None]:
        """Join the verbs this thread calls inside into one transaction: all or nothing."""
        return self.connections.transaction()

    def carry_out(self, verb: Callable[[], T]) -> T:
        """Do it as one transaction, again where it collides with another."""
        return self.connections.carry_out(verb)

    def all(self, name: str, values: Values = ()) -> list[Row]:
        """Every row that a statement answers with."""
        if any(isinstance(value, int) and abs(value) > NEWEST for value in values):
            return []  # a number that no column can hold finds nothing
        return self.connections.reading(lambda link: carried_out(link, name, values).fetchall())

    def lock(self, name: str, values: Values = ()) -> list[Row]:
        """Every row of a statement that locks what it finds."""
        self._link().held = True
        return self.all(name, values)

    def do(self, name: str, values: Values = ()) -> int:
        """Carry out a writing statement inside a transaction; how many rows it changed."""
        link = self._link()
        link.held = True
        with translated(self.address.place):
            return carried_out(link, name, values).rowcount

    @contextmanager
    def briefly(self) -> Iterator[None]:
        """A part of this transaction that waits for no lock for long: `Locked`, and taken back,
        where it would have to.
        """
        with self.transaction():
            self.all("patience", (f"{BRIEFLY}ms",))
            yield
            self.all("patience", ("0",))

    def tell_others(self) -> None:
        """Let the other nodes know, when this transaction commits, that something changed."""
        self._link().told = True

    def holds_locks(self) -> bool:
        """Whether this transaction has locked anything yet."""
        return self._link().held

    def draw(self, sequence: str, count: int) -> list[int]:
        """The next numbers of a sequence, growing."""
        return [number for (number,) in self.all("draw", (sequence, count))]

    def _link(self) -> Link:
        link = self.connections.current()
        if link is None:
            raise AssertionError("only a writing verb may do this")
        self.connections.check(link)
        return link


def carried_out(link: Link, name: str, values: Values) -> psycopg.Cursor[Row]:
    """Send a statement; text that cannot be kept is cleaned."""
    given: Params = values
    kept = False if name in ANEW else None  # None leaves it to psycopg
    try:
        return link.connection.execute(sql(name), given, prepare=kept)
    except UnicodeEncodeError:  # half a surrogate pair
        pass
    except psycopg.DataError as error:
        if error.sqlstate is not None:  # it is the server's word; NUL is refused by psycopg
            raise
    return link.connection.execute(sql(name), cleaned(values), prepare=kept)


def cleaned(values: Values) -> Values:
    """The values with text that can be kept."""
    return tuple(clean(value) if isinstance(value, str) else value for value in values)
