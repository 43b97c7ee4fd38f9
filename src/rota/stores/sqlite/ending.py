"""How a run comes to its end, told to its schedule: shared by the verbs that end runs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from rota.ports.records import NodeRow
from rota.rules.states import WAITING
from rota.stores.common import last_result, read_mark
from rota.stores.relational import Values
from rota.stores.sqlite.database import Database
from rota.stores.sqlite.rows import node_record

__all__ = ("Ending", "Taken")


class Taken(NamedTuple):
    """A run that somebody else than its node brings to an end, or back to the queue."""

    run: int
    schedule: str | None
    state: str
    node: str | None
    attempt: int
    idempotent: int
    not_before: int
    started: int | None
    cancelling: str | None
    result: str | None
    error: str | None


class Ending(Database):
    """Stopping runs."""

    def opened(self, schedule: str, target: str | None = None) -> list[int]:
        """The ids of a schedule's open runs, of one target or of all."""
        return [run for (run,) in self.all("opened", (schedule, target))]

    def alive(self) -> list[NodeRow]:
        """The nodes that hold a lease and may be given runs, by name."""
        trust = (self.clock.boot_id(), self.clock.boot())
        return [node_record(row) for row in self.all("alive", trust)]

    def stop(self, runs: Iterable[int], reason: str, now: int) -> None:
        """End waiting runs as cancelled; ask running ones to stop, if nobody has yet."""
        for run in runs:
            if self.do("stop_waiting", (run, reason, now)):
                self.tell([(self.schedule_of(run), now, "cancelled", None, None)])
            else:
                self.do("stop_running", (run, reason))

    def schedule_of(self, run: int) -> str | None:
        """The name of a run's schedule."""
        row = self.first("schedule_of", (run,))
        return None if row is None else row[0]

    def tell(self, ends: Iterable[Values]) -> None:
        """Set what schedules show of their last run: name, finished, state, result, start."""
        self.each("tell_schedule", [end for end in ends if end[0] is not None])

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
            self.do("uncount_run", (row.schedule,))
        else:
            self.do("close_run", (row.run, fence, state, reason, now, uncount))
            said = last_result(state, row.result, row.error)
            self.tell([(row.schedule, now, state, said, None)])

    def unbegin(self, run: int, schedule: str | None) -> None:
        """Make a taken run's start undone, which never came; its schedule forgets it too."""
        self.do("unbegin_schedule", (schedule, run))
        self.do("unbegin_run", (run,))
