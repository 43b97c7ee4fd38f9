"""The dictionaries, their journal and the few indexes, with one way in for each kind of row."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from operator import attrgetter
from threading import RLock
from typing import Any, TypeVar

from rota.ports.changes import AuditRow, RevisionRow
from rota.ports.clock import Clock
from rota.ports.people import AccountRow, SessionRow, TokenRow
from rota.ports.records import (
    EventRow,
    Json,
    LogLine,
    NodeRow,
    RunRow,
    ScheduleRow,
    TaskRow,
    TermRow,
)
from rota.rules.states import OPEN, WAITING
from rota.stores.common import json_text, last_result, read_json, read_mark
from rota.stores.memory.queue import Queue

__all__ = ("Lease", "Table", "Tables", "Term", "copied", "own", "values")

K = TypeVar("K")
V = TypeVar("V")
Kept = TypeVar("Kept", RunRow, ScheduleRow)


MISSING = object()
Journal = list[tuple[Any, ...]]  # (table, key, value before or MISSING), or (row, fields before)


class Table(dict[K, V]):
    """A dictionary whose every change can be undone: use `[]=` and `drop`, nothing else."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal

    def __setitem__(self, key: K, value: V) -> None:
        self.journal.append((self, key, self.get(key, MISSING)))
        super().__setitem__(key, value)

    def drop(self, key: K) -> None:
        """Remove a key; one that is not there is no matter."""
        if key in self:
            self.journal.append((self, key, self[key]))
            super().__delitem__(key)

    def undo(self, key: K, before: Any) -> None:
        """Put back what was there before."""
        if before is MISSING:
            super().__delitem__(key)
        else:
            super().__setitem__(key, before)


@dataclass(frozen=True, slots=True)
class Lease:
    """A node and until when, by the clock of which boot, it may be trusted."""

    node: NodeRow
    until: int
    boot_id: str


@dataclass(frozen=True, slots=True)
class Term:
    """A term and until when, by the clock of which boot, it goes on."""

    row: TermRow
    until: int
    boot_id: str


def copied(value: Json) -> Json:
    """A JSON object that shares nothing with the given one."""
    copy: Json = read_json(json_text(value))
    return copy


RUN = attrgetter(*(field.name for field in fields(RunRow)))
SCHEDULE = attrgetter(*(field.name for field in fields(ScheduleRow)))
change_field = object.__setattr__  # rows are frozen for everybody but their keeper


def set_fields(row: RunRow | ScheduleRow, fields: dict[str, object]) -> None:
    """Set fields of a row, and leave what they were before in the place of their new values."""
    for name, value in fields.items():
        fields[name] = getattr(row, name)
        change_field(row, name, value)


def own(row: Kept) -> Kept:
    """A copy that shares nothing with the row: what is kept changes in place, an answer never."""
    copy: Kept = type(row)(*(RUN if isinstance(row, RunRow) else SCHEDULE)(row))
    if row.parameters:
        change_field(copy, "parameters", copied(row.parameters))
    if row.policies:
        change_field(copy, "policies", copied(row.policies))
    if isinstance(row, ScheduleRow) and row.code:
        change_field(copy, "code", copied(row.code))
    return copy


def values(row: ScheduleRow) -> dict[str, Any]:
    """The fields of a schedule by name."""
    return dict(zip(ScheduleRow.__dataclass_fields__, SCHEDULE(row), strict=True))


class Tables:
    """All that the memory store knows."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.app: str | None = None
        self.lock = RLock()
        self.depth = 0
        self.committed = 0
        self.journal: Journal = []
        self.counters: Table[str, int] = Table(self.journal)
        self.task_rows: Table[str, TaskRow] = Table(self.journal)
        self.schedule_rows: Table[str, ScheduleRow] = Table(self.journal)
        self.run_rows: Table[int, RunRow] = Table(self.journal)
        self.lines: Table[int, dict[int, LogLine]] = Table(self.journal)
        self.texts: Table[str, str] = Table(self.journal)
        self.leases: Table[str, Lease] = Table(self.journal)
        self.term_rows: Table[str, Term] = Table(self.journal)
        self.event_rows: Table[int, EventRow] = Table(self.journal)
        self.account_rows: Table[str, AccountRow] = Table(self.journal)
        self.session_rows: Table[str, SessionRow] = Table(self.journal)
        self.token_rows: Table[str, TokenRow] = Table(self.journal)
        self.audit_rows: Table[int, AuditRow] = Table(self.journal)
        self.revision_rows: Table[tuple[str, int], RevisionRow] = Table(self.journal)
        self.index()

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
        if len(self.journal) <= mark:
            return
        while len(self.journal) > mark:
            what, *before = self.journal.pop()
            if isinstance(what, Table):
                what.undo(*before)
            else:
                set_fields(what, before[0])
        self.index()

    def change(self, row: RunRow | ScheduleRow, **fields: object) -> None:
        """Set fields of a row that is kept, here in its place."""
        set_fields(row, fields)
        self.journal.append((row, fields))

    def draw(self, counter: str, count: int = 1) -> int:
        """The next number of a counter, from 1; the first of them where it is to be several."""
        last = self.counters.get(counter, 0)
        self.counters[counter] = last + count
        return last + 1

    # --------------------------------------------------------------- runs

    def index(self) -> None:
        """Make the indexes over the runs anew; put_run, change_run and drop_run keep them."""
        self.slots: dict[tuple[str, int, str], int] = {}
        self.open_of: dict[str | None, dict[int, RunRow]] = {}  # open runs of a schedule
        self.history_of: dict[str | None, dict[int, RunRow]] = {}  # all rows of a schedule
        self.running: dict[int, RunRow] = {}
        self.queue = Queue(self.run_rows)
        for row in self.run_rows.values():
            self.index_run(row)

    def index_run(self, row: RunRow) -> None:
        """Enter a run in the indexes."""
        self.history_of.setdefault(row.schedule, {})[row.id] = row
        if row.kind == "slot" and row.schedule is not None:
            self.slots[row.schedule, row.due, row.target] = row.id
        if row.state in OPEN:
            self.open_of.setdefault(row.schedule, {})[row.id] = row
            if row.state == "running":
                self.running[row.id] = row
            else:
                self.queue.add(row)

    def put_run(self, row: RunRow) -> None:
        """Keep a new row, whose object and JSON must be the store's own."""
        self.run_rows[row.id] = row
        self.index_run(row)

    def change_run(self, row: RunRow, **fields: object) -> None:
        """Set fields of an open run, its state among them."""
        if row.state in WAITING:
            self.queue.remove(row)
        self.change(row, **fields)
        self.running.pop(row.id, None)
        if row.state in WAITING:
            self.queue.add(row)
        elif row.state not in OPEN:
            del self.open_of[row.schedule][row.id]

    def drop_run(self, run: int) -> None:
        """Delete a final run with its log."""
        row = self.run_rows[run]
        del self.history_of[row.schedule][run]
        if row.kind == "slot" and row.schedule is not None:
            self.slots.pop((row.schedule, row.due, row.target), None)
        self.run_rows.drop(run)
        self.lines.drop(run)

    def opened(self, schedule: str | None, target: str | None = None) -> list[RunRow]:
        """The open runs of a schedule, of one target or of all, by id."""
        rows = self.open_of.get(schedule)
        if not rows:
            return []
        return [rows[run] for run in sorted(rows) if target is None or rows[run].target == target]

    def end(self, row: RunRow, state: str, finished: int, **fields: object) -> None:
        """Bring a run to a final state, and tell its schedule."""
        schedule = self.schedule_rows.get(row.schedule or "")
        if state == "skipped":  # it was a launch, and is a skip of one slot now
            fields |= {"started": None, "due_last": row.due, "skips": 1}
            self.change_run(row, state=state, **fields)
            if schedule is not None:
                self.change(schedule, runs=max(schedule.runs - 1, 0))
            return
        self.change_run(row, state=state, finished=finished, **fields)
        if schedule is not None:
            said = last_result(state, row.result, row.error)
            self.change(schedule, last_finished=finished, last_state=state, last_result=said)

    def stop(self, row: RunRow, reason: str, now: int) -> None:
        """End a waiting run as cancelled; ask a running one to stop, if nobody has yet."""
        if row.state in WAITING:
            self.end(row, "cancelled", now, reason=reason)
        elif row.state == "running" and (row.cancelling is None or "/" in row.cancelling):
            self.change(row, cancelling=reason)

    def put_back(self, row: RunRow, state: str, asked: str | None, now: int, **fields: Any) -> None:
        """Let a taken run wait again, or end it as it was asked to."""
        into, reason = (state, fields.get("reason")) if asked is None else read_mark(asked)
        if into in WAITING:
            self.change_run(row, **{**fields, "state": state, "cancelling": None})
        else:
            self.end(row, into, now, **{**fields, "reason": reason, "not_before": row.not_before})

    def unbegin(self, row: RunRow) -> None:
        """Make a taken run's start undone, which never came; its schedule forgets it too."""
        schedule = self.schedule_rows.get(row.schedule or "")
        if schedule is not None and schedule.last_run == row.started:
            others = sorted(self.history_of.get(row.schedule, ()), reverse=True)
            starts = (self.run_rows[run].started for run in others if run != row.id)
            latest = next((start for start in starts if start is not None), None)
            self.change(schedule, last_run=latest)
        self.change(row, started=None)

    # -------------------------------------------------------------- nodes

    def alive(self) -> list[NodeRow]:
        """The nodes that hold a lease and may be given runs, by name."""
        boot, boot_id = self.clock.boot(), self.clock.boot_id()
        return [
            held.node
            for _, held in sorted(self.leases.items(), key=lambda item: item[0])
            if held.node.state == "alive" and held.boot_id == boot_id and held.until > boot
        ]

    # ---------------------------------------------------------- schedules

    def counted(self, row: ScheduleRow) -> ScheduleRow:
        """The schedule as callers see it: open runs counted, JSON of its own."""
        states = [run.state for run in self.open_of.get(row.name, {}).values()]
        copy = own(row)
        change_field(copy, "running", running := states.count("running"))
        change_field(copy, "queued", len(states) - running)
        return copy
