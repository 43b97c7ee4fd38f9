"""Taking in PostgreSQL: any number of nodes at once, none of which waits for another.

What somebody else is taking, deciding or editing just now is passed over; who commits tells the
others, and they look again. Only a limit over all nodes (`task_room`) makes them queue up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rota.ports.records import RunRow
from rota.rules.offering import OFFER
from rota.rules.placement import address_of_machine, address_of_node
from rota.stores.common import bounded
from rota.stores.postgresql.arrays import columns, listed
from rota.stores.postgresql.database import Database
from rota.stores.postgresql.rows import run_record
from rota.stores.relational import Values, writing

__all__ = ("Taking",)

LIMITED = 2  # of the advisory locks of tasks: who counts what runs over all nodes


class Waiting(NamedTuple):
    """A run in the queue, locked."""

    run: int
    schedule: str | None
    target: str
    task: str
    kind: str
    room: int | None
    task_room: int | None
    rank: int  # the priority, the other way round
    due: int

    @property
    def place(self) -> tuple[str | None, str]:
        """Whose room it needs."""
        return self.schedule, self.target


class Limits:
    """Which schedules are ours for now, and how many runs of schedules and tasks run."""

    def __init__(self, store: Database) -> None:
        self.store = store
        self.ours: set[str] = set()
        self.stopped: set[str] = set()  # of ours, those that are paused or off
        self.of_schedule: Counter[tuple[str | None, str]] = Counter()
        self.of_task: Counter[str] = Counter()
        self.counted: set[str] = set()  # tasks

    def look_at(self, page: Iterable[Waiting]) -> None:
        """Lock what the page needs, then count: so nothing can come between."""
        names = {one.schedule for one in page if one.schedule is not None} - self.ours
        if names:
            self.ours |= self._lock(names)
            limited = {one.schedule for one in page if one.room is not None} & names & self.ours
            if limited:
                for schedule, target, count in self.store.all("take_running", (listed(limited),)):
                    self.of_schedule[schedule, target] += count
        tasks = {one.task for one in page if one.task_room is not None} - self.counted
        if tasks:
            self.store.lock("lock_tasks", (LIMITED, listed(tasks)))
            self.of_task.update(dict(self.store.all("take_running_tasks", (listed(tasks),))))
            self.counted |= tasks

    def _lock(self, names: set[str]) -> set[str]:
        found: dict[str, bool] = dict(self.store.lock("take_schedules", (listed(names),)))
        self.stopped.update(name for name, stopped in found.items() if stopped)
        left = names - found.keys()
        if left:  # in somebody else's hands, or gone: then nobody's
            left -= {name for (name,) in self.store.all("take_known", (listed(left),))}
        return found.keys() | left

    def hold_back(self, one: Waiting) -> bool:
        """Whether a run must wait; one that need not takes its room."""
        if one.schedule is not None:
            full = one.room is not None and self.of_schedule[one.place] >= one.room
            stopped = one.kind == "slot" and one.schedule in self.stopped
            if full or stopped or one.schedule not in self.ours:
                return True
        if one.task_room is not None and self.of_task[one.task] >= one.task_room:
            return True
        self.of_schedule[one.place] += 1
        self.of_task[one.task] += 1
        return False


class Taking(Database):
    """The verbs that start runs."""

    @writing
    def take(
        self, node: str, tasks: Sequence[str], limit: int, now: int, ahead: int = 0
    ) -> list[RunRow]:
        found = self.first("take_node", (node,)) if tasks else None
        if found is None:
            return []
        mine = listed([address_of_node(node), address_of_machine(found[0])])
        chosen = self._choose(tasks, bounded(limit), now + ahead, mine, now - OFFER)
        if not chosen:
            return []
        runs = listed(one.run for one in chosen)
        rows = [run_record(row) for row in self.lock("take_mark", (runs, node, now))]
        rows.sort(key=lambda row: row.fence)
        starts = {row.schedule: row.started for row in rows if row.schedule is not None}
        if starts:
            self.do("began", columns(list(starts.items())))
        self.tell_others()
        return rows

    def _choose(
        self, tasks: Sequence[str], limit: int, until: int, mine: str, free: int
    ) -> list[Waiting]:
        """The waiting runs to take: the first that nothing holds back, locked."""
        chosen: list[Waiting] = []
        limits = Limits(self)
        known = listed(tasks)
        name: str = "take_queue"
        after: tuple[int, ...] = ()
        while len(chosen) < limit:
            wanted = limit - len(chosen)
            values: Values = (known, until, wanted, mine, free, *after)
            page = [Waiting(*row) for row in self.lock(name, values)]
            limits.look_at(page)
            chosen += [one for one in page if not limits.hold_back(one)]
            if len(page) < wanted:
                break
            name, after = "take_queue_on", (page[-1].rank, page[-1].due, page[-1].run)
        return chosen

    def next_start(self, tasks: Sequence[str], node: str = "") -> int | None:
        row = self.first("next_start", (listed(tasks), node))
        return None if row is None else row[0]
