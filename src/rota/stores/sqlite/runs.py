"""Taking, finishing and finding runs in SQLite; and forgetting the old ones."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import merge
from itertools import islice

from rota.ports.records import Finish, LogLine, Progress, RunQuery, RunRow
from rota.rules.offering import OFFER
from rota.rules.placement import address_of_machine, address_of_node
from rota.rules.states import FINAL, OPEN
from rota.stores.common import bounded, clean, last_result
from rota.stores.ending import Taken
from rota.stores.relational import NEWEST, Values
from rota.stores.sqlite.database import Database, listed
from rota.stores.sqlite.ending import Ending
from rota.stores.sqlite.ends import Ends
from rota.stores.sqlite.picking import Chosen, Picking
from rota.stores.sqlite.rows import run_record

__all__ = ("Runs",)

UNUSUAL = frozenset(FINAL) - {"succeeded"}


class Runs(Ending, Database):
    """The verbs for runs."""

    def take(
        self, node: str, tasks: Sequence[str], limit: int, now: int, ahead: int = 0
    ) -> list[RunRow]:
        with self.verb():
            found = self.first("take_node", (node,))
            if found is None:
                return []
            mine = (address_of_node(node), address_of_machine(found[0]), now - OFFER)
            chosen = self._choose(tasks, bounded(limit), now + ahead, mine)
            if not chosen:
                return []
            marks: list[Values] = []
            starts: dict[str, int] = {}
            for (run, schedule, not_before, _), fence in zip(
                chosen, self.draw("fence", len(chosen)), strict=True
            ):
                started = max(now, not_before)
                marks.append((run, node, fence, started))
                if schedule is not None:
                    starts[schedule] = max(started, starts.get(schedule, 0))
            self.each("take_mark", marks)
            self.each("began", starts.items())
            return self._runs([one[0] for one in chosen])

    def _choose(self, tasks: Sequence[str], limit: int, until: int, mine: Values) -> list[Chosen]:
        """The waiting runs to take: the first that nothing holds back."""
        resting: set[str] = set()
        while True:
            picking = Picking(limit, resting)
            for schedule, target, task, count in self.all("take_running"):
                picking.of_place[schedule, target] = (
                    picking.of_place.get((schedule, target), 0) + count
                )
                picking.of_task[task] = picking.of_task.get(task, 0) + count
            while picking.wants_more:
                values = (listed(tasks), until, *picking.after)
                full = (listed(picking.full_places), listed(picking.full_tasks))
                with self.lazily("take_queue", (*values, *full, *mine)) as queue:
                    picking.pick(queue)
            slots = {schedule for _, schedule, _, kind in picking.chosen if kind == "slot"}
            found = {name for (name,) in self.all("take_resting", (listed(slots - {None}),))}
            if not found:  # the usual case, at the first time
                return picking.chosen
            resting |= found

    def next_start(self, tasks: Sequence[str], node: str = "") -> int | None:
        (earliest,) = self.all("next_start", (listed(tasks), node))[0]
        found: int | None = earliest
        return found

    def finish(self, finishes: Sequence[Finish], now: int) -> list[bool]:
        if not finishes:
            return []
        with self.verb():
            ends = Ends(self, finishes)
            counted = [ends.add(one) for one in finishes]
            ends.flush()
            return counted

    def report(self, progress: Sequence[Progress], lines: Sequence[LogLine]) -> None:
        with self.verb():
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
        with self.verb():
            if self.run(run) is None:
                return None
            self.stop([run], reason, now)
            return self.run(run)

    def unclaimed(self, tasks: Sequence[str], limit: int) -> list[RunRow]:
        with self.connections.reading():
            found = self.all("unclaimed", (listed(tasks), bounded(limit)))
            return self._runs([run for (run,) in found])

    def fail_waiting(self, ends: Sequence[tuple[int, str]], reason: str, now: int) -> list[RunRow]:
        with self.verb():
            failed = [
                (run, clean(error))
                for run, error in ends
                if self.do("fail_waiting", (run, reason, clean(error), now))
            ]
            self.tell(
                (self.schedule_of(run), now, "failed", last_result("failed", None, error), None)
                for run, error in failed
            )
            return self._runs([run for run, _ in failed])

    def held(self, node: str) -> list[tuple[int, int, str | None]]:
        return [(run, fence, asked) for run, fence, asked in self.all("held", (node,))]

    def withdraw(
        self, schedule: str, state: str, reason: str, here: str | None, now: int
    ) -> list[int]:
        with self.verb():
            pending: list[int] = []
            for row in map(Taken._make, self.all("withdraw_runs", (schedule, now))):
                if asked := self.withdrawn(row, state, reason, here, now):
                    self.do("withdraw_mark", (row.run, asked))
                    pending.append(row.run)
            return [] if self.connections.joining.current() else pending

    def run(self, run: int) -> RunRow | None:
        rows = self._runs([run])
        return rows[0] if rows else None

    def _runs(self, ids: Sequence[int]) -> list[RunRow]:
        if (wanted := listed(ids)) == "[]":
            return []
        rows = {row[0]: run_record(row) for row in self.all("run_rows", (wanted,))}
        return [rows[run] for run in ids if run in rows]

    def runs(self, query: RunQuery) -> list[RunRow]:
        with self.connections.reading():
            return self._runs(self._found(query))

    def _found(self, query: RunQuery) -> list[int]:
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
            return list(islice(merge(*pages, reverse=True), limit))
        if query.schedule is not None:
            name = "runs_of_schedule"
        elif query.states and set(OPEN).issuperset(query.states):
            name = "runs_open"
        elif query.task is not None:
            name = "runs_of_task"
        else:
            name = "runs"
        return [run for (run,) in self.all(name, (before, query.task, states, *rest))]

    def decisions_at(self, schedule: str, due: int, limit: int) -> list[RunRow]:
        with self.connections.reading():
            found = self.all("decisions_at", (schedule, due, bounded(limit)))
            return self._runs([run for run, _, _ in found])

    def previous(self, schedule: str, run: int) -> RunRow | None:
        return self._at(self.first("previous", (schedule, run)))

    def _at(self, row: tuple[int] | None) -> RunRow | None:
        return None if row is None else self.run(row[0])

    def log(self, run: int, after: int, limit: int) -> list[LogLine]:
        return [LogLine(*row) for row in self.all("log", (run, after, bounded(limit)))]

    def prune(self, schedule: str | None, before: int, keep: int, limit: int) -> int:
        (latest,) = self.first("prune_beyond", (schedule, 0)) or (None,)
        if latest is None:
            return 0
        (beyond,) = self.first("prune_beyond", (schedule, max(keep, 0))) or (0,)
        values = (schedule, latest, beyond, before, bounded(limit))
        if not self.all("prune_going", values):
            return 0  # found without the lock that writers share
        with self.verb():
            going = self.all("prune_going", values)
            self.each("prune_log", going)
            self.each("prune_run", going)
            return len(going)
