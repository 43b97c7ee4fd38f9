"""Taking, finishing and finding runs in SQLite; and forgetting the old ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing
from heapq import merge
from itertools import islice
from typing import Any, NamedTuple

from rota.ports.records import Finish, LogLine, Progress, RunQuery, RunRow
from rota.rules.states import FINAL, OPEN, WAITING
from rota.stores.common import bounded, clean, last_result
from rota.stores.sqlite.database import Database, Values, listed
from rota.stores.sqlite.ending import Ending
from rota.stores.sqlite.faults import translated
from rota.stores.sqlite.rows import run_record

__all__ = ("Runs",)

UNUSUAL = frozenset(FINAL) - {"succeeded"}
NEWEST = 2**63 - 1


class Runs(Ending, Database):
    """The verbs for runs."""

    def take(self, node: str, tasks: Sequence[str], limit: int, now: int) -> list[RunRow]:
        with self.transaction():
            if self.first("take_node", (node,)) is None:
                return []
            chosen = self._choose(tasks, bounded(limit), now)
            if not chosen:
                return []
            fences = self.draw("fence", len(chosen))
            pairs = zip(chosen, fences, strict=True)
            self.each("take_mark", [(run, node, fence, now) for (run, _), fence in pairs])
            names = {schedule for _, schedule in chosen if schedule is not None}
            self.each("take_schedule", [(name, now) for name in names])
            return self._runs(run for run, _ in chosen)

    def _choose(self, tasks: Sequence[str], limit: int, now: int) -> list[tuple[int, str | None]]:
        """The waiting runs to take, by id and schedule: the first that nothing holds back."""
        of_schedule: Counter[tuple[str, str]] = Counter()
        of_task: Counter[str] = Counter()
        for schedule, target, task, count in self.all("take_running"):
            of_schedule[schedule, target] += count
            of_task[task] += count
        chosen: list[tuple[int, str | None]] = []
        with (
            translated(self.path),
            closing(self.lazily("take_queue", (listed(tasks), now))) as queue,
        ):
            for run, schedule, target, task, room, task_room in queue:
                place = (schedule, target)
                full = schedule is not None and room is not None and of_schedule[place] >= room
                if full or (task_room is not None and of_task[task] >= task_room):
                    continue
                if len(chosen) >= limit:
                    break
                of_schedule[place] += 1
                of_task[task] += 1
                chosen.append((run, schedule))
        return chosen

    def next_start(self, tasks: Sequence[str]) -> int | None:
        (earliest,) = self.all("next_start", (listed(tasks),))[0]
        found: int | None = earliest
        return found

    def finish(self, finishes: Sequence[Finish], now: int) -> list[bool]:
        if not finishes:
            return []
        with self.transaction():
            batch = Ends(self.all("finish_runs", (listed({one.run for one in finishes}),)))
            counted = [batch.add(one) for one in finishes]
            self.each("finish_final", batch.final)
            self.each("finish_waiting", batch.waiting)
            self.tell(batch.told)
            self.each("remove_schedule_if_over", batch.over)
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

    def cancelling(self, node: str) -> list[tuple[int, str]]:
        return [(run, reason) for run, reason in self.all("cancelling", (node,))]

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


class Standing(NamedTuple):
    """Where a run stands when its finish comes."""

    fence: int
    state: str
    schedule: str | None
    cancelling: str | None


class Ends:
    """Finishes of one batch, judged in order and sorted by the statement that writes them."""

    def __init__(self, rows: Iterable[tuple[Any, ...]]) -> None:
        self.stands = {run: Standing(*rest) for run, *rest in rows}
        self.final: list[Values] = []
        self.waiting: list[Values] = []
        self.told: list[Values] = []
        self.over: list[Values] = []

    def add(self, one: Finish) -> bool:
        """Take one finish in, if it counts."""
        stands = self.stands.get(one.run)
        if stands is None or stands.fence != one.fence:
            return False
        if stands.state != "running":
            return stands.state == one.state  # said before, and the answer was lost
        into, reason, abandoned = one.state, one.reason, one.abandoned
        if into in WAITING and stands.cancelling is not None:  # it must not start again
            into, reason, abandoned = "cancelled", stands.cancelling, False
        self.stands[one.run] = stands._replace(state=into)
        result = None if one.result is None else clean(one.result)
        error = None if one.error is None else clean(one.error)
        said = (one.run, into, reason, result, error)
        if into in WAITING:
            self.waiting.append((*said, one.not_before, one.uncount))
            return True
        self.final.append((*said, one.finished, abandoned, one.uncount))
        self.told.append((stands.schedule, one.finished, into, last_result(into, result, error)))
        if one.remove_schedule and one.state == "succeeded":
            self.over.append((stands.schedule,))
        return True
