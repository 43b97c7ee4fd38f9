"""How a run comes to its end, told to its schedule: shared by the verbs that end runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from rota.ports.records import NodeRow
from rota.stores import ending
from rota.stores.postgresql.arrays import columns, listed
from rota.stores.postgresql.database import Database
from rota.stores.relational import Values
from rota.stores.rows import node_record

__all__ = ("Ending",)


class Ending(Database, ending.Ending):
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

    def uncount(self, schedule: str) -> None:
        self.do("uncount_runs", columns([(schedule, 1)]))

    def fence(self) -> int:
        (number,) = self.draw("rota_fence", 1)
        return number
