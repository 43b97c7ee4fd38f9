"""Finishing and finding runs in PostgreSQL; and forgetting the old ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rota.ports.records import Finish, LogLine, Progress, RunQuery, RunRow
from rota.rules.states import FINAL, OPEN
from rota.stores.common import bounded, clean, last_result
from rota.stores.ending import Taken
from rota.stores.postgresql.arrays import columns, listed
from rota.stores.postgresql.database import Database
from rota.stores.postgresql.ending import Ending
from rota.stores.postgresql.ends import Ends
from rota.stores.postgresql.rows import run_record
from rota.stores.postgresql.taking import Taking
from rota.stores.relational import NEWEST, writing

__all__ = ("Runs",)

OPENED = frozenset(OPEN)
UNUSUAL = frozenset(FINAL) - {"succeeded"}
LOOKS = 3  # at a page of which a run went on meanwhile: then without it


class Runs(Taking, Ending, Database):
    """The verbs for runs."""

    def finish(self, finishes: Sequence[Finish], now: int) -> list[bool | None]:
        return self._finish_all(finishes) if finishes else []

    @writing
    def _finish_all(self, finishes: Sequence[Finish]) -> list[bool | None]:
        ends = Ends(self, finishes)
        counted = [ends.add(one) for one in finishes]
        ends.flush()
        if any(counted):
            self.tell_others()
        return counted

    @writing
    def report(self, progress: Sequence[Progress], lines: Sequence[LogLine]) -> None:
        latest = {(one.run, one.fence): one for one in progress}
        if latest:
            said = [(*at, one.fraction, clean(one.message)) for at, one in latest.items()]
            self.do("report_progress", columns(said))
        first = {(one.run, one.number): one for one in reversed(lines)}
        if first:
            written = [
                (*at, one.time, one.level, clean(one.logger), clean(one.text))
                for at, one in first.items()
            ]
            self.do("report_lines", columns(written))

    @writing
    def cancel_run(self, run: int, reason: str, user: str | None, now: int) -> RunRow | None:
        found = self.first("schedule_of", (run,))
        if found is None:
            return None
        # A running one first: that needs no lock but the run's, which its node may hold for long.
        if not self.do("stop_running", (listed([run]), reason)):
            self.lock("lock_schedule", (found[0],))
            self.stop([run], reason, now)
        self.tell_others()
        return self.run(run)

    def unclaimed(self, tasks: Sequence[str], limit: int) -> list[RunRow]:
        found = self.all("unclaimed", (listed(tasks), bounded(limit)))
        return self._runs(run for (run,) in found)

    @writing
    def fail_waiting(self, ends: Sequence[tuple[int, str]], reason: str, now: int) -> list[RunRow]:
        if not ends:
            return []
        with self.briefly():  # the keeper asks, and has a lease to keep
            failed = sorted(self.lock("fail_waiting", (*columns(ends), reason, now)))
            self.tell(
                (schedule, now, "failed", last_result("failed", None, error), None)
                for _, schedule, error in failed
            )
        self.tell_others()
        return self._runs(run for run, _, _ in failed)

    def held(self, node: str) -> list[tuple[int, int, str | None]]:
        return [(run, fence, asked) for run, fence, asked in self.all("held", (node,))]

    @writing
    def withdraw(
        self, schedule: str, state: str, reason: str, here: str | None, now: int
    ) -> list[int]:
        self.lock("lock_schedule", (schedule,))
        pending: list[tuple[int, str]] = []
        for row in map(Taken._make, self.lock("withdraw_runs", (schedule, now))):
            if asked := self.withdrawn(row, state, reason, here, now):
                pending.append((row.run, asked))
        if pending:
            self.do("withdraw_mark", columns(pending))
        self.tell_others()
        return [] if self.connections.joining.current() else [run for run, _ in pending]

    def run(self, run: int) -> RunRow | None:
        rows = self._runs([run])
        return rows[0] if rows else None

    def _runs(self, ids: Iterable[int]) -> list[RunRow]:
        wanted = listed(run for run in ids if abs(run) <= NEWEST)
        if wanted == "{}":
            return []
        return [run_record(row) for row in self.all("run_rows", (wanted,))]

    def runs(self, query: RunQuery) -> list[RunRow]:
        kept: list[RunRow] = []
        for _ in range(LOOKS):
            rows = self._runs(self._found(query))
            kept = [row for row in rows if not query.states or row.state in query.states]
            if len(kept) == len(rows):  # none went on between the ids and the rows
                break
        return kept

    def _found(self, query: RunQuery) -> list[int]:
        """The ids of a page, by the index that leads there soonest."""
        before = NEWEST if query.before is None else min(query.before, NEWEST)
        what = (
            before, query.task, listed(query.states), listed(query.kinds), query.schedule,
        )  # fmt: skip
        limit = bounded(query.limit)
        unusual = bool(query.states) and UNUSUAL.issuperset(query.states)
        if query.states and OPENED.issuperset(query.states):
            found = self.all("runs_open", (*what, limit))
        elif query.schedule is not None and not unusual:
            found = self.all("runs_of_schedule", (*what, limit))
        else:
            found = self.all("runs", (*what, unusual, limit))
        return [run for (run,) in found]

    def decisions_at(self, schedule: str, due: int, limit: int) -> list[RunRow]:
        found = self.all("decisions_at", (schedule, due, bounded(limit)))
        return self._runs(run for run, _, _ in found)

    def previous(self, schedule: str, run: int) -> RunRow | None:
        return self._at(self.first("previous", (schedule, run)))

    def _at(self, row: tuple[int] | None) -> RunRow | None:
        return None if row is None else self.run(row[0])

    def log(self, run: int, after: int, limit: int) -> list[LogLine]:
        return [LogLine(*row) for row in self.all("log", (run, after, bounded(limit)))]

    @writing
    def prune(self, schedule: str | None, before: int, keep: int, limit: int) -> int:
        (latest,) = self.first("prune_beyond", (schedule, 0)) or (None,)
        if latest is None:
            return 0
        (beyond,) = self.first("prune_beyond", (schedule, max(keep, 0))) or (0,)
        return self.do("prune", (schedule, latest, beyond, before, bounded(limit)))
