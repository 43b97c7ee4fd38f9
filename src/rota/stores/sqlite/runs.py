"""Taking, finishing and finding runs in SQLite; and forgetting the old ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing
from heapq import merge
from itertools import islice
from typing import NamedTuple

from rota.ports.records import Finish, LogLine, Progress, RunQuery, RunRow
from rota.rules.states import FINAL, OPEN, WAITING
from rota.stores.common import bounded, clean, mark, read_mark
from rota.stores.sqlite.database import Database, Values, listed
from rota.stores.sqlite.ending import Ending, Taken
from rota.stores.sqlite.ends import Ends
from rota.stores.sqlite.faults import translated
from rota.stores.sqlite.rows import run_record

__all__ = ("Runs",)

UNUSUAL = frozenset(FINAL) - {"succeeded"}
NEWEST = 2**63 - 1


class Waiting(NamedTuple):
    """A waiting run: what decides whether it is held back, and when it starts."""

    run: int
    schedule: str | None
    target: str
    task: str
    room: int | None
    task_room: int | None
    not_before: int


class Runs(Ending, Database):
    """The verbs for runs."""

    def take(
        self, node: str, tasks: Sequence[str], limit: int, now: int, ahead: int = 0
    ) -> list[RunRow]:
        with self.transaction():
            if self.first("take_node", (node,)) is None:
                return []
            chosen = self._choose(tasks, bounded(limit), now + ahead)
            if not chosen:
                return []
            marks: list[Values] = []
            starts: dict[str, int] = {}
            for one, fence in zip(chosen, self.draw("fence", len(chosen)), strict=True):
                started = max(now, one.not_before)
                marks.append((one.run, node, fence, started))
                if one.schedule is not None:
                    starts[one.schedule] = max(started, starts.get(one.schedule, 0))
            self.each("take_mark", marks)
            self.each("began", starts.items())
            return self._runs(one.run for one in chosen)

    def _choose(self, tasks: Sequence[str], limit: int, until: int) -> list[Waiting]:
        """The waiting runs to take: the first that nothing holds back."""
        of_schedule: Counter[tuple[str | None, str]] = Counter()
        of_task: Counter[str] = Counter()
        for schedule, target, task, count in self.all("take_running"):
            of_schedule[schedule, target] += count
            of_task[task] += count
        chosen: list[Waiting] = []
        with (
            translated(self.path),
            closing(self.lazily("take_queue", (listed(tasks), until))) as queue,
        ):
            for row in map(Waiting._make, queue):
                place = (row.schedule, row.target)
                limited = row.schedule is not None and row.room is not None
                if limited and of_schedule[place] >= (row.room or 0):
                    continue
                if row.task_room is not None and of_task[row.task] >= row.task_room:
                    continue
                if len(chosen) >= limit:
                    break
                of_schedule[place] += 1
                of_task[row.task] += 1
                chosen.append(row)
        return chosen

    def next_start(self, tasks: Sequence[str]) -> int | None:
        (earliest,) = self.all("next_start", (listed(tasks),))[0]
        found: int | None = earliest
        return found

    def finish(self, finishes: Sequence[Finish], now: int) -> list[bool]:
        if not finishes:
            return []
        with self.transaction():
            ends = Ends(self, finishes)
            counted = [ends.add(one) for one in finishes]
            ends.flush()
            return counted

    def report(self, progress: Sequence[Progress], lines: Sequence[LogLine]) -> None:
        with self.transaction():
            self.each(
                "report_progress",
                [(one.run, one.fence, one.fraction, clean(one.message)) for one in progress],
            )
            self.each(
                "report_line",
                [
                    (one.run, one.number, one.time, one.level, clean(one.logger), clean(one.text))
                    for one in lines
                ],
            )

    def cancel_run(self, run: int, reason: str, user: str | None, now: int) -> RunRow | None:
        with self.transaction():
            if self.run(run) is None:
                return None
            self.stop([run], reason, now)
            return self.run(run)

    def held(self, node: str) -> list[tuple[int, int, str | None]]:
        return [(run, fence, asked) for run, fence, asked in self.all("held", (node,))]

    def withdraw(
        self, schedule: str, state: str, reason: str, here: str | None, now: int
    ) -> list[int]:
        with self.transaction():
            pending: list[int] = []
            for row in map(Taken._make, self.all("withdraw_runs", (schedule, now))):
                asked = mark("queued" if row.attempt > 1 else state, reason)
                if row.state != "running" or row.node == here:
                    self._take_back(row, asked, now)
                    continue
                self.do("withdraw_mark", (row.run, asked))
                pending.append(row.run)
            return pending

    def _take_back(self, row: Taken, asked: str, now: int) -> None:
        (fence,) = self.draw("fence", 1)
        taken = row.state == "running"
        if taken:
            self.unbegin(row.run, row.schedule)
        if read_mark(asked)[0] in WAITING and row.cancelling is not None:
            asked = row.cancelling
        self.put_back(row, fence, asked, now, uncount=taken)

    def run(self, run: int) -> RunRow | None:
        rows = self._runs([run])
        return rows[0] if rows else None

    def _runs(self, ids: Iterable[int]) -> list[RunRow]:
        if (wanted := listed(ids)) == "[]":
            return []
        return [run_record(row) for row in self.all("run_rows", (wanted,))]

    def runs(self, query: RunQuery) -> list[RunRow]:
        with self.connections.reading():
            return self._runs(self._found(query))

    def _found(self, query: RunQuery) -> Iterable[int]:
        """The ids of a page, by the index that leads there soonest."""
        before = NEWEST if query.before is None else query.before
        limit = bounded(query.limit)
        states = listed(query.states)
        rest = (listed(query.kinds), query.schedule, limit)
        if query.schedule is None and query.states and UNUSUAL.issuperset(query.states):
            pages = [
                [run for (run,) in self.all("runs_unusual", (before, query.task, state, *rest))]
                for state in set(query.states)
            ]
            return islice(merge(*pages, reverse=True), limit)
        if query.schedule is not None:
            name = "runs_of_schedule"
        elif query.states and set(OPEN).issuperset(query.states):
            name = "runs_open"
        elif query.task is not None:
            name = "runs_of_task"
        else:
            name = "runs"
        return [run for (run,) in self.all(name, (before, query.task, states, *rest))]

    def decision_at(self, schedule: str, due: int) -> RunRow | None:
        slot = (schedule, due)
        return self._at(self.first("decision_at", slot) or self.first("decision_at_skip", slot))

    def previous(self, schedule: str, run: int) -> RunRow | None:
        return self._at(self.first("previous", (schedule, run)))

    def _at(self, row: tuple[int] | None) -> RunRow | None:
        return None if row is None else self.run(row[0])

    def log(self, run: int, after: int, limit: int) -> list[LogLine]:
        return [LogLine(*row) for row in self.all("log", (run, after, bounded(limit)))]

    def prune(self, schedule: str | None, before: int, keep: int, limit: int) -> int:
        (latest,) = self.all("prune_latest", (schedule,))[0]
        if latest is None:
            return 0
        (beyond,) = self.first("prune_beyond", (schedule, max(keep, 0))) or (0,)
        values = (schedule, latest, beyond, before, bounded(limit))
        if not self.all("prune_going", values):
            return 0  # found without the lock that writers share
        with self.transaction():
            going = self.all("prune_going", values)
            self.each("prune_log", going)
            self.each("prune_run", going)
            return len(going)
