"""Taking, finishing and finding runs in memory; and forgetting the old ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rota.ports.records import Finish, LogLine, NodeRow, Progress, RunQuery, RunRow, ScheduleRow
from rota.rules.placement import address_of_machine, address_of_node, is_addressed
from rota.rules.states import FINAL, WAITING
from rota.stores.common import bounded, clean, mark, read_mark
from rota.stores.memory.queue import Limits
from rota.stores.memory.tables import Tables, own

__all__ = ("Runs",)


class Runs(Tables):
    """The verbs for runs."""

    def take(
        self, node: str, tasks: Sequence[str], limit: int, now: int, ahead: int = 0
    ) -> list[RunRow]:
        with self.transaction():
            lease = self.leases.get(node)
            if lease is None or lease.node.state not in ("alive", "stopping"):
                return []
            limits = Limits(frozenset(tasks), self.schedule_rows, self.running.values(),
                            addresses(lease.node), node, now)  # fmt: skip
            taken = self.queue.take(bounded(limit), now + ahead, limits)
            starts: dict[str | None, int] = {}
            fence = self.draw("fence", len(taken)) if taken else 0
            for number, row in enumerate(taken, fence):
                started = self._start(row, node, number, now)
                starts[row.schedule] = max(started, starts.get(row.schedule, 0))
            for name, started in starts.items():
                schedule = self.schedule_rows.get(name or "")
                if schedule is not None:
                    self.change(schedule, last_run=started)
            return [own(row) for row in taken]

    def _start(self, row: RunRow, node: str, fence: int, now: int) -> int:
        started = max(now, row.not_before)
        self.change(
            row,
            state="running",
            node=node,
            fence=fence,
            attempt=row.attempt + 1,
            started=started,
            reason=None,
            result=None,
            error=None,
            progress=None,
            message="",
        )
        self.running[row.id] = row
        return started

    def next_start(self, tasks: Sequence[str], node: str = "") -> int | None:
        known = frozenset(tasks)
        with self.lock:
            lease = self.leases.get(node)
            mine = () if lease is None else addresses(lease.node)
            waits = (
                row.not_before
                for row in self.queue
                if row.task in known and (not is_addressed(row.target) or row.target in mine)
            )
            return min(waits, default=None)

    def finish(self, finishes: Sequence[Finish], now: int) -> list[bool]:
        with self.transaction():
            return [self._finish(one) for one in finishes]

    def _finish(self, one: Finish) -> bool:
        row = self.run_rows.get(one.run)
        if row is None or row.fence != one.fence:
            return False
        if row.state != "running":
            return row.state == one.state  # said before, and the answer was lost
        schedule = self.schedule_rows.get(row.schedule or "")
        if one.started is not None:
            if schedule is not None and schedule.last_run == row.started:
                self.change(schedule, last_run=one.started)
        elif row.started is not None and row.started > one.finished:
            self.unbegin(row)
        said: dict[str, object] = {
            "reason": one.reason,
            "result": None if one.result is None else clean(one.result),
            "error": None if one.error is None else clean(one.error),
            "attempt": max(row.attempt - one.uncount, 0),
            "started": row.started if one.started is None else one.started,
        }
        if one.state not in WAITING:
            self.end(row, one.state, one.finished, abandoned=one.abandoned, **said)
            self._remove_if_over(one, schedule)
            return True
        asked = row.cancelling
        if asked is not None and "/" in asked and one.started is not None:
            asked = None  # it was to be given back unbegun, and had begun
        start = row.not_before if one.not_before is None else one.not_before
        self.put_back(row, one.state, asked, one.finished, not_before=start, **said)
        return True

    def _remove_if_over(self, one: Finish, schedule: ScheduleRow | None) -> None:
        if (
            one.remove_schedule
            and one.state == "succeeded"
            and schedule is not None
            and schedule.next_due is None
            and not schedule.awaits_end
            and not self.opened(schedule.name)
        ):
            self.schedule_rows.drop(schedule.name)

    def report(self, progress: Sequence[Progress], lines: Sequence[LogLine]) -> None:
        with self.transaction():
            for one in progress:
                row = self.run_rows.get(one.run)
                if row is not None and row.state == "running" and row.fence == one.fence:
                    message = clean(one.message)
                    self.change(row, progress=one.fraction, message=message)
            for line in lines:
                written = self.lines.get(line.run, {})
                if line.run in self.run_rows and line.number not in written:
                    kept = replace(line, logger=clean(line.logger), text=clean(line.text))
                    self.lines[line.run] = {**written, line.number: kept}

    def cancel_run(self, run: int, reason: str, user: str | None, now: int) -> RunRow | None:
        with self.transaction():
            row = self.run_rows.get(run)
            if row is None:
                return None
            self.stop(row, reason, now)
            return own(row)

    def unclaimed(self, tasks: Sequence[str], limit: int) -> list[RunRow]:
        with self.lock:
            strange = [
                row
                for row in self.queue
                if row.task in self.task_rows and row.task not in tasks
            ]  # fmt: skip
            strange.sort(key=lambda row: row.id)
            return [own(row) for row in strange[: bounded(limit)]]

    def fail_waiting(self, ends: Sequence[tuple[int, str]], reason: str, now: int) -> list[RunRow]:
        with self.transaction():
            failed = []
            for run, error in ends:
                row = self.run_rows.get(run)
                if row is not None and row.state in WAITING:
                    fields = {"reason": reason, "result": None, "error": clean(error)}
                    self.end(row, "failed", now, **fields)
                    failed.append(own(row))
            return failed

    def held(self, node: str) -> list[tuple[int, int, str | None]]:
        with self.lock:
            mine = (row for row in self.running.values() if row.node == node)
            return sorted((row.id, row.fence, row.cancelling) for row in mine)

    def withdraw(
        self, schedule: str, state: str, reason: str, here: str | None, now: int
    ) -> list[int]:
        with self.transaction():
            pending: list[int] = []
            for row in self.opened(schedule):
                if row.kind != "slot" or not unbegun(row, now):
                    continue
                into = "queued" if row.attempt > 1 else state
                if row.state != "running" or row.node == here:
                    self._take_back(row, mark(into, reason), now)
                    continue
                if row.cancelling is None:
                    self.change(row, cancelling=mark(into, reason))
                pending.append(row.id)
            return pending

    def _take_back(self, row: RunRow, asked: str, now: int) -> None:
        attempt = row.attempt
        if row.state == "running":
            self.unbegin(row)
            attempt -= 1
        if read_mark(asked)[0] in WAITING and row.cancelling is not None:
            asked = row.cancelling
        self.put_back(row, "queued", asked, now, fence=self.draw("fence"), attempt=attempt)

    def run(self, run: int) -> RunRow | None:
        with self.lock:
            row = self.run_rows.get(run)
            return None if row is None else own(row)

    def runs(self, query: RunQuery) -> list[RunRow]:
        with self.lock:
            ids = (
                self.run_rows if query.schedule is None else self.history_of.get(query.schedule, {})
            )
            found: list[RunRow] = []
            for run in sorted(ids, reverse=True):
                if len(found) >= bounded(query.limit):
                    break
                row = self.run_rows[run]
                if (
                    (query.before is None or run < query.before)
                    and query.task in (None, row.task)
                    and (not query.states or row.state in query.states)
                    and (not query.kinds or row.kind in query.kinds)
                ):
                    found.append(own(row))
            return found

    def decisions_at(self, schedule: str, due: int, limit: int) -> list[RunRow]:
        with self.lock:
            rows = (self.run_rows[run] for run in self.history_of.get(schedule, ()))
            spans = [
                row
                for row in rows
                if row.kind == "slot"
                and row.due <= due <= (row.due if row.due_last is None else row.due_last)
            ]
            spans.sort(key=lambda row: (row.state == "skipped", -row.due, row.id))
            return [own(row) for row in spans[: bounded(limit)]]

    def previous(self, schedule: str, run: int) -> RunRow | None:
        with self.lock:
            rows = (self.run_rows[i] for i in self.history_of.get(schedule, ()) if i < run)
            ended = (row for row in rows if row.started is not None and row.state in FINAL)
            found = max(ended, key=lambda row: row.id, default=None)
            return None if found is None else own(found)

    def log(self, run: int, after: int, limit: int) -> list[LogLine]:
        with self.lock:
            written = self.lines.get(run, {})
            numbers = sorted(number for number in written if number > after)
            return [written[number] for number in numbers[: bounded(limit)]]

    def prune(self, schedule: str | None, before: int, keep: int, limit: int) -> int:
        with self.transaction():
            newest = sorted(self.history_of.get(schedule, ()), reverse=True)
            going = [
                run
                for rank, run in enumerate(newest)
                if rank > 0
                and (row := self.run_rows[run]).state in FINAL
                and (rank >= keep or ended(row) < before)
            ]
            going = sorted(going)[: bounded(limit)]
            for run in going:
                self.drop_run(run)
            return len(going)


def addresses(node: NodeRow) -> tuple[str, str]:
    """The targets that this node answers to."""
    return address_of_node(node.name), address_of_machine(node.machine)


def ended(row: RunRow) -> int:
    """When a final row was over: a run when it finished, a skip with its last slot."""
    moments = (row.finished, row.due_last, row.due)
    return next(moment for moment in moments if moment is not None)


def unbegun(row: RunRow, now: int) -> bool:
    """Whether an open run was taken ahead, or waits for its first attempt."""
    if row.state == "running":
        return row.started is not None and row.started > now
    return row.attempt == 0
