"""Values, handed to the `?1` of a statement in the way that this Python's sqlite3 wants them.

Python 3.12.0 to 3.12.3 (Ubuntu 24.04 has one of them) take `?1` for a name, and warn about every
single value that comes in a sequence: DeprecationWarnings that 3.12.4 took back. There, and only
there, values go by name.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

__all__ = ("CONNECTION", "NAMES_ARE_WANTED", "bindable", "by_name")

NAMES_ARE_WANTED = (3, 12) <= sys.version_info < (3, 12, 4)


def by_name(values: Sequence[Any]) -> Mapping[str, Any]:
    """The values under the numbers that a statement calls them by.

    >>> by_name(["web-1", 5])
    {'1': 'web-1', '2': 5}
    """
    return {str(number): value for number, value in enumerate(values, 1)}


def bindable(values: Sequence[Any]) -> Any:
    """The values of one execution, as this Python takes them without a word."""
    return by_name(values) if NAMES_ARE_WANTED else values


class Naming(sqlite3.Connection):
    """A connection that binds by name."""

    def execute(self, statement: str, values: Any = (), /) -> sqlite3.Cursor:
        """Carry out one statement."""
        return super().execute(statement, by_name(values))

    def executemany(self, statement: str, rows: Iterable[Any], /) -> sqlite3.Cursor:
        """Carry it out for every row of values."""
        return super().executemany(statement, map(by_name, rows))


CONNECTION = Naming if NAMES_ARE_WANTED else sqlite3.Connection
