"""Records to the values of statements, and rows back to records. The order is the columns'."""

from __future__ import annotations

from rota.ports.records import NewRun, RunRow, ScheduleRow, Skip
from rota.stores.claiming import Claim
from rota.stores.common import json_text, read_json
from rota.stores.relational import Row, Values

__all__ = (
    "run_record",
    "run_values",
    "schedule_record",
    "skip_values",
)


def schedule_record(row: Row) -> ScheduleRow:
    """A row of `schedule_rows`."""
    values = list(row)
    values[4:6] = map(read_json, row[4:6])  # parameters, policies
    values[12] = tuple(read_json(row[12]))  # edited
    values[23] = read_json(row[23])  # code
    return ScheduleRow(*values)


def run_values(new: NewRun, schedule: str | None, now: int, claim: Claim | None = None) -> Values:
    """The values of `insert_runs` for a launch; with a claim it is taken at once."""
    state = "queued" if claim is None else "running"
    start = None if claim is None else claim.start(new)
    return (
        new.task, new.due, new.kind, state, schedule, new.target, None,
        json_text(new.parameters), json_text(new.policies), new.priority,
        None if new.room is None else new.room.running, new.task_room, new.idempotent,
        new.not_before, now, new.of, new.user, None, 0, start,
    )  # fmt: skip


def skip_values(skip: Skip, schedule: str, target: str, task: str, now: int) -> Values:
    """The values of `insert_runs` for a skip."""
    return (
        task, skip.first, "slot", "skipped", schedule, target, skip.reason, "{}", "{}", 0, None,
        None, False, 0, now, None, None, skip.last, skip.count, None,
    )  # fmt: skip


def run_record(row: Row) -> RunRow:
    """A row of `run_rows` or `take_mark`."""
    values = list(row)
    values[11:13] = map(read_json, row[11:13])  # parameters, policies
    return RunRow(*values)
