"""How a run comes to its end, told to its schedule: shared by the verbs that end runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from rota.ports.records import NodeRow
from rota.rules.states import WAITING
from rota.stores.common import last_result, read_mark
from rota.stores.postgresql.arrays import columns, listed
from rota.stores.postgresql.database import Database
from rota.stores.postgresql.rows import node_record
from rota.stores.relational import Values

__all__ = ("Ending", "Taken")


class Taken(NamedTuple):
    """A run that somebody else than its node brings to an end, or back to the queue."""

    run: int
    schedule: str | None
    state: str
    node: str | None
    attempt: int
    idempotent: bool
    not_before: int
    started: int | None
    cancelling: str | None
    result: str | None
    error: str | None


class Ending(Database):
    """Stopping runs."""

    lease_clock: Callable[[], int] | None  # None: the database's; tests hand in another

    def opened(self, schedule: str, target: str | None = None) -> list[int]:
        """The ids of a schedule's open runs, of one target or of all, locked."""
        return [run for (run,) in self.lock("opened", (schedule, target))]

    def alive(self) -> list[NodeRow]:
        """The nodes that hold a lease and may be given runs, by name; held until the end of the
        transaction.
        """
        return [node_record(row) for row in self.lock("alive", (self._lease_now(),))]

    def _lease_now(self) -> int | None:
        return None if self.lease_clock is None else self.lease_clock()

    def stop(self, runs: Sequence[int], reason: str, now: int) -> None:
        """End waiting runs as cancelled; ask running ones to stop, if nobody has yet."""
        if not runs:
            return
        ended = self.lock("stop_waiting", (listed(runs), reason, now))
        self.tell((schedule, now, "cancelled", None, None) for (schedule,) in ended)
        self.do("stop_running", (listed(runs), reason))

    def tell(self, ends: Iterable[Values]) -> None:
        """Set what schedules show of their last run: name, finished, state, result, start."""
        latest = {end[0]: end for end in ends if end[0] is not None}
        if latest:
            self.do("tell_schedules", columns(list(latest.values())))

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
                self.do("uncount_runs", columns([(row.schedule, 1)]))
        else:
            self.do("close_run", (row.run, fence, state, reason, now, uncount))
            said = last_result(state, row.result, row.error)
            self.tell([(row.schedule, now, state, said, None)])

    def unbegin(self, run: int, schedule: str | None) -> None:
        """Make a taken run's start undone, which never came; its schedule forgets it too."""
        self.do("unbegin_schedule", (schedule, run))
        self.do("unbegin_run", (run,))
