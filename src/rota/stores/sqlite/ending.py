"""How a run comes to its end, told to its schedule: shared by the verbs that end runs."""

from __future__ import annotations

from collections.abc import Iterable

from rota.ports.records import NodeRow
from rota.stores import ending
from rota.stores.relational import Values
from rota.stores.rows import node_record
from rota.stores.sqlite.database import Database

__all__ = ("Ending",)


class Ending(Database, ending.Ending):
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

    def uncount(self, schedule: str) -> None:
        self.do("uncount_run", (schedule,))

    def fence(self) -> int:
        (number,) = self.draw("fence", 1)
        return number
