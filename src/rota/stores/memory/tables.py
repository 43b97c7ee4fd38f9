"""The dictionaries, their journal and the few indexes, with one way in for each kind of row."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from threading import RLock
from typing import TypeVar

from rota.ports.clock import Clock
from rota.ports.records import EventRow, Json, LogLine, NodeRow, RunRow, ScheduleRow, TaskRow
from rota.rules.states import OPEN, WAITING
from rota.stores.common import json_text, last_result, read_json

__all__ = ("Lease", "Table", "Tables", "copied", "own")

K = TypeVar("K")
V = TypeVar("V")
Kept = TypeVar("Kept", RunRow, ScheduleRow)


class Table(dict[K, V]):
    """A dictionary whose every change can be undone: use `[]=` and `drop`, nothing else."""

    def __init__(self, journal: list[Callable[[], None]]) -> None:
        self.journal = journal

    def __setitem__(self, key: K, value: V) -> None:
        if key in self:
            old = self[key]
            self.journal.append(lambda: dict.__setitem__(self, key, old))
        else:
            self.journal.append(lambda: dict.__delitem__(self, key))
        super().__setitem__(key, value)

    def drop(self, key: K) -> None:
        """Remove a key; one that is not there is no matter."""
        if key in self:
            old = self[key]
            self.journal.append(lambda: dict.__setitem__(self, key, old))
            super().__delitem__(key)


@dataclass(frozen=True, slots=True)
class Lease:
    """A node and until when, by the clock of which boot, it may be trusted."""

    node: NodeRow
    until: int
    boot_id: str


def copied(value: Json) -> Json:
    """A JSON object that shares nothing with the given one."""
    copy: Json = read_json(json_text(value))
    return copy


def own(row: Kept) -> Kept:
    """The row with JSON of its own, so that nobody's later change reaches what is kept."""
    if row.parameters or row.policies:
        return replace(row, parameters=copied(row.parameters), policies=copied(row.policies))
    return row


class Tables:
    """All that the memory store knows."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.app: str | None = None
        self.lock = RLock()
        self.depth = 0
        self.committed = 0
        self.journal: list[Callable[[], None]] = []
        self.counters: Table[str, int] = Table(self.journal)
        self.task_rows: Table[str, TaskRow] = Table(self.journal)
        self.schedule_rows: Table[str, ScheduleRow] = Table(self.journal)
        self.run_rows: Table[int, RunRow] = Table(self.journal)
        self.lines: Table[int, dict[int, LogLine]] = Table(self.journal)
        self.leases: Table[str, Lease] = Table(self.journal)
        self.event_rows: Table[int, EventRow] = Table(self.journal)
        # indexes over run_rows, kept by put_run and drop_run alone
        self.slots: Table[tuple[str, int, str], int] = Table(self.journal)
        self.open_of: dict[str | None, Table[int, None]] = {}  # open runs of a schedule
        self.history_of: dict[str | None, Table[int, None]] = {}  # all rows of a schedule
        self.queue: list[tuple[int, int, int]] = []  # waiting: -priority, due, id; sorted

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Join the verbs this thread calls inside into one transaction: all or nothing."""
        with self.lock:
            mark = len(self.journal)
            self.depth += 1
            try:
                yield
            except BaseException:
                self.undo(mark)
                raise
            finally:
                self.depth -= 1
                if not self.depth:
                    self.committed += bool(self.journal)
                    self.journal.clear()

    def undo(self, mark: int) -> None:
        """Take back every change since the mark, the latest first."""
        while len(self.journal) > mark:
            self.journal.pop()()
        waiting = (row for row in self.run_rows.values() if row.state in WAITING)
        self.queue = sorted(map(place, waiting))

    def draw(self, counter: str) -> int:
        """The next number of a counter, from 1."""
        self.counters[counter] = number = self.counters.get(counter, 0) + 1
        return number

    # --------------------------------------------------------------- runs

    def put_run(self, row: RunRow) -> None:
        """Keep a run, new or changed."""
        old = self.run_rows.get(row.id)
        if old is None:
            row = own(row)
            self.rows_of(self.history_of, row.schedule)[row.id] = None
            if row.kind == "slot" and row.schedule is not None:
                self.slots[row.schedule, row.due, row.target] = row.id
        elif old.state in WAITING:
            del self.queue[bisect_left(self.queue, place(old))]
        self.run_rows[row.id] = row
        if row.state in WAITING:
            insort(self.queue, place(row))
        if row.state in OPEN:
            self.rows_of(self.open_of, row.schedule)[row.id] = None
        else:
            self.rows_of(self.open_of, row.schedule).drop(row.id)

    def drop_run(self, run: int) -> None:
        """Delete a final run with its log."""
        row = self.run_rows[run]
        self.rows_of(self.history_of, row.schedule).drop(run)
        if row.kind == "slot" and row.schedule is not None:
            self.slots.drop((row.schedule, row.due, row.target))
        self.run_rows.drop(run)
        self.lines.drop(run)

    def rows_of(
        self, index: dict[str | None, Table[int, None]], schedule: str | None
    ) -> Table[int, None]:
        """The ids that an index holds for a schedule."""
        if schedule not in index:
            index[schedule] = Table(self.journal)
        return index[schedule]

    def opened(self, schedule: str | None, target: str | None = None) -> list[RunRow]:
        """The open runs of a schedule, of one target or of all, by id."""
        rows = [self.run_rows[run] for run in sorted(self.open_of.get(schedule, ()))]
        return [row for row in rows if target is None or row.target == target]

    def running(self) -> list[RunRow]:
        """Every run that runs."""
        ids = (run for table in self.open_of.values() for run in table)
        return [row for run in ids if (row := self.run_rows[run]).state == "running"]

    def end(self, row: RunRow) -> None:
        """Keep a run that came to a final state, and tell its schedule."""
        self.put_run(row)
        schedule = self.schedule_rows.get(row.schedule or "")
        if schedule is not None:
            self.schedule_rows[schedule.name] = replace(
                schedule,
                last_finished=row.finished,
                last_state=row.state,
                last_result=last_result(row.state, row.result, row.error),
            )

    def stop(self, row: RunRow, reason: str, now: int) -> RunRow:
        """End a waiting run as cancelled; ask a running one to stop, if nobody has yet."""
        if row.state in WAITING:
            row = replace(row, state="cancelled", reason=reason, finished=now)
            self.end(row)
        elif row.state == "running" and row.cancelling is None:
            row = replace(row, cancelling=reason)
            self.put_run(row)
        return row

    # ---------------------------------------------------------- schedules

    def counted(self, row: ScheduleRow) -> ScheduleRow:
        """The schedule as callers see it: open runs counted, JSON of its own."""
        states = [run.state for run in self.opened(row.name)]
        running = states.count("running")
        return own(replace(row, running=running, queued=len(states) - running))


def place(row: RunRow) -> tuple[int, int, int]:
    """Where a waiting run stands in the queue."""
    return -row.priority, row.due, row.id
