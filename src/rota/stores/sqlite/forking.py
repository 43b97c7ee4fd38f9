"""What a fork does to SQLite, and what is done about it.

SQLite keeps a table of the locks that this process holds on a file, and a copy of a process holds
none of them: a connection that a child opens beside an inherited one believes in locks that are not
there. So a fork waits until no thread is inside SQLite, closes the connections, which empties that
table, and lets them be opened anew on both sides. Where that takes too long, as within a long
transaction, the child is refused the file.
"""

from __future__ import annotations

import os
import time
from typing import Protocol
from weakref import WeakSet

__all__ = ("Forking", "is_tainted", "watch")

PATIENCE = 5.0  # seconds that a fork waits for whoever is inside, longer than one waits for a lock


class Forking(Protocol):
    """The connections to one file."""

    def pause(self, deadline: float) -> tuple[int, int] | None:
        """Let nobody in and close all; the file's identity if somebody was still inside then."""

    def resume(self) -> None:
        """Let them in again."""

    def forget(self) -> None:
        """In the child: begin with nothing."""


watched: WeakSet[Forking] = WeakSet()
left_inside: set[tuple[int, int]] = set()  # what the fork that goes on could not close
tainted: set[tuple[int, int]] = set()  # files that this process may not open


def watch(connections: Forking) -> None:
    """From now on a fork takes care of these."""
    watched.add(connections)


def is_tainted(identity: tuple[int, int]) -> bool:
    """Whether this process inherited locks on that file that it does not hold."""
    return identity in tainted


def before() -> None:
    deadline = time.monotonic() + PATIENCE
    left_inside.clear()
    for connections in list(watched):
        if (identity := connections.pause(deadline)) is not None:
            left_inside.add(identity)


def in_parent() -> None:
    for connections in list(watched):
        connections.resume()


def in_child() -> None:
    tainted.update(left_inside)
    for connections in list(watched):
        connections.forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=before, after_in_parent=in_parent, after_in_child=in_child)
