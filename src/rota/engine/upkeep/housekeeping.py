"""Rota's own housekeeping: what it does beside your tasks, and its history, for all to read.

A chore is no schedule: nobody can change it, pause it or take it away, and no store keeps a row for
it. What it did stands in the event log under its identifier: each time it found something to do,
and else once an hour, so that its silence would be news.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rota.errors import SystemTask
from rota.instants import SECOND
from rota.ports.records import EventRow
from rota.ports.store import Store

__all__ = ("CHORES", "NOTHING", "PREFIX", "Chore", "Diary", "refuse")

PREFIX = "rota.housekeeping."

NOTHING = "nothing to do"
PLURAL = re.compile(r"\b(node|row|schedule)s\b")  # what chores count

SILENT = 3_600 * SECOND  # how long a chore that finds nothing says nothing


@dataclass(frozen=True, slots=True)
class Chore:
    """One thing that every node does for all."""

    identifier: str  # also the kind of its events
    title: str
    words: str  # what it does and what it leaves alone
    often: str


CHORES = (
    Chore(
        "rota.housekeeping.recover", "Recover",
        "Takes over what a dead node left: runs that may run again are queued, others are lost.",
        "twice a second, where there is another node",
    ),
    Chore(
        "rota.housekeeping.prune", "Prune",
        "Deletes runs, logs and events older than their retention; never the latest run of a task.",
        "every minute",
    ),
    Chore(
        "rota.housekeeping.watch", "Watch",
        "Looks whether every node that a schedule is pinned to is alive, and says so if it is not.",
        "every minute",
    ),
)  # fmt: skip
KNOWN = frozenset(chore.identifier for chore in CHORES)


def refuse(name: object) -> None:
    """Raise `SystemTask` if that name belongs to the housekeeping, whatever was to be done to it.

    >>> refuse("news.prune")
    >>> refuse("rota.housekeeping.prune")
    Traceback (most recent call last):
    rota.errors.SystemTask: name “rota.housekeeping.prune”: this is one of Rota's own tasks, ...
    """
    if isinstance(name, str) and name.startswith(PREFIX):
        raise SystemTask(
            "this is one of Rota's own tasks, which run by themselves and which nobody can change, "
            "switch, run or replace",
            part="name", text=name, hint="rota system and the page /system show them",
        )  # fmt: skip


class Diary:
    """Writes what the chores of one node did.

    >>> from rota.stores.memory import MemoryStore
    >>> from rota.testing.clock import SettableClock
    >>> store = MemoryStore(SettableClock())
    >>> diary = Diary(store, boot=0)
    >>> diary.note("rota.housekeeping.prune", "web-1", 12, "rows deleted", now=0, boot=0)
    True
    """

    def __init__(self, store: Store, boot: int) -> None:
        self.store = store
        self.said = dict.fromkeys(KNOWN, boot)  # by the boot clock

    def note(self, chore: str, node: str, count: int, what: str, *, now: int, boot: int) -> bool:
        """Write what was done; nothing, if nothing was and that has been said within the hour."""
        if not count and boot - self.said[chore] < SILENT:
            return False
        self.said[chore] = boot
        words = PLURAL.sub(r"\1", what) if count == 1 else what
        text = f"{count:,} {words}" if count else NOTHING
        self.store.add_events([EventRow(now, "info", chore, text, node=node)])
        return True
