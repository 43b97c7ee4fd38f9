"""What becomes of runs that somebody else than their node ends, or gives back: the rules.

How it is written down is the business of each SQL store.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from typing import NamedTuple

from rota.rules.states import WAITING
from rota.stores.common import last_result, mark, never_began, read_mark
from rota.stores.relational import Relational, Values

__all__ = ("Ending", "Taken")


class Taken(NamedTuple):
    """A run that somebody else than its node brings to an end, or back to the queue."""

    run: int
    schedule: str | None
    state: str
    node: str | None
    attempt: int
    idempotent: int  # or bool: SQLite has none
    not_before: int
    started: int | None
    cancelling: str | None
    result: str | None
    error: str | None


class Ending(Relational):
    """Stopping runs."""

    @abstractmethod
    def fence(self) -> int:
        """A fresh fence."""

    @abstractmethod
    def tell(self, ends: Iterable[Values]) -> None:
        """Set what schedules show of their last run: name, finished, state, result, start."""

    @abstractmethod
    def uncount(self, schedule: str) -> None:
        """A run of this schedule has become a skip."""

    def put_back(
        self,
        row: Taken,
        fence: int,
        asked: str | None,
        now: int,
        *,
        state: str = "queued",
        not_before: int | None = None,
        uncount: bool = False,
    ) -> None:
        """Let a run wait again, or end it as it was asked to."""
        into, reason = (state, None) if asked is None else read_mark(asked)
        if into in WAITING:
            self.do("put_back", (row.run, state, fence, not_before, uncount))
        else:
            self.end(row, fence, into, reason, now, uncount=uncount)

    def end(
        self,
        row: Taken,
        fence: int,
        state: str,
        reason: str | None,
        now: int,
        *,
        uncount: bool = False,
    ) -> None:
        """Bring a run to a final state under a fresh fence, and tell its schedule."""
        if state == "skipped":
            self.do("close_skip", (row.run, fence, reason, uncount))
            if row.schedule is not None:
                self.uncount(row.schedule)
        else:
            self.do("close_run", (row.run, fence, state, reason, now, uncount))
            said = last_result(state, row.result, row.error)
            self.tell([(row.schedule, now, state, said, None)])

    def unbegin(self, run: int, schedule: str | None) -> None:
        """Make a taken run's start undone, which never came; its schedule forgets it too."""
        self.do("unbegin_schedule", (schedule, run))
        self.do("unbegin_run", (run,))

    def withdrawn(
        self, row: Taken, state: str, reason: str, here: str | None, now: int
    ) -> str | None:
        """Withdraw a launch that has not begun, at once where it waits or the node `here` has it;
        else tell what its node is to be asked.
        """
        asked = mark("queued" if row.attempt > 1 else state, reason)
        if row.state == "running" and row.node != here:
            return asked
        self.take_back(row, asked, now)
        return None

    def take_back(self, row: Taken, asked: str, now: int) -> None:
        """Make a launch undone that waits or is taken, as it was asked; an earlier wish goes first
        where this one only lets it wait.
        """
        taken = row.state == "running"
        fence = self.fence()
        if taken:
            self.unbegin(row.run, row.schedule)
        if read_mark(asked)[0] in WAITING and row.cancelling is not None:
            asked = row.cancelling
        self.put_back(row, fence, asked, now, uncount=taken)

    def lose(self, row: Taken, ended: int, fence: int, now: int) -> None:
        """What a node had whose lease ended then: what never began waits again, what may be
        repeated is, and the rest is lost.
        """
        asked = row.cancelling
        if never_began(row.started, row.not_before, ended):
            self.unbegin(row.run, row.schedule)
            self.put_back(row, fence, asked, now, uncount=True)
        elif row.idempotent:
            self.put_back(row, fence, asked, now, state="retrying", not_before=now)
        else:
            self.end(row, fence, "lost", None, now)

    def forsake(self, row: Taken, fence: int, now: int) -> None:
        """End a waiting run that nobody is left for: a skip, or lost if it has begun before."""
        if row.started is None:
            self.end(row, fence, "skipped", "no_node", now)
        else:
            self.end(row, fence, "lost", None, now)
