"""Statements by name on this thread's connection: the one way the verbs reach SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import TypeVar

from rota.ports.clock import Clock
from rota.stores.common import clean, json_text
from rota.stores.relational import Relational, Row, Values
from rota.stores.sqlite.connections import Connections, Link
from rota.stores.sqlite.statements import sql

__all__ = ("Database", "listed")

T = TypeVar("T")


class Database(Relational):
    """What the verbs are written with."""

    clock: Clock
    path: Path
    connections: Connections

    def transaction(self) -> AbstractContextManager[None]:
        """Join the verbs this thread calls inside into one transaction: all or nothing."""
        return self.connections.transaction()

    def verb(self) -> AbstractContextManager[None]:
        """One transaction for what a verb does inside, or a part of this thread's."""
        return self.connections.verb()

    def carry_out(self, verb: Callable[[], T]) -> T:
        """Do it as one transaction, or as a part of this thread's."""
        with self.verb():
            return verb()

    def all(self, name: str, values: Values = ()) -> list[Row]:
        """Every row that a reading statement finds."""
        with self._link() as connection:
            try:
                return connection.execute(sql(name), values).fetchall()
            except UnicodeEncodeError:  # half a surrogate pair: no such text is kept
                return connection.execute(sql(name), cleaned(values)).fetchall()
            except OverflowError:  # a number that no column can hold finds nothing
                return []

    @contextmanager
    def lazily(self, name: str, values: Values = ()) -> Iterator[sqlite3.Cursor]:
        """Rows as they are asked for, inside a transaction; nothing may be written meanwhile."""
        with self._link() as connection, closing(connection.execute(sql(name), values)) as rows:
            yield rows

    def do(self, name: str, values: Values = ()) -> int:
        """Carry out a writing statement inside a transaction; how many rows it changed."""
        with self._link() as connection:
            try:
                return connection.execute(sql(name), values).rowcount
            except UnicodeEncodeError:
                return connection.execute(sql(name), cleaned(values)).rowcount

    def each(self, name: str, rows: Collection[Values]) -> None:
        """Carry out a writing statement once for every row of values."""
        if not rows:
            return
        with self._link() as connection:
            connection.executemany(sql(name), rows)

    def draw(self, counter: str, count: int) -> range:
        """The next numbers of a counter."""
        self.do("draw", (counter, count))
        (last,) = self.all("drawn", (counter,))[0]
        return range(last - count + 1, last + 1)

    def _link(self) -> Link:
        link = self.connections.hold()
        try:
            self.connections.check(link)
        except BaseException:
            link.lock.release()
            raise
        return link


def cleaned(values: Values) -> Values:
    """The values with text that can be kept."""
    return tuple(clean(value) if isinstance(value, str) else value for value in values)


def listed(values: Iterable[object]) -> str:
    """A JSON list, as the statements' json_each() reads it."""
    return json_text(list(values))
