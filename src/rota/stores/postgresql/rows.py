"""Records to the values of statements, and rows back to records. The order is the columns'."""

from __future__ import annotations

from typing import Any

from rota.ports.records import NewRun, NodeRow, RunRow, ScheduleRow, Skip, TaskRow
from rota.stores.claiming import Claim
from rota.stores.common import json_text, read_json
from rota.stores.relational import Values

__all__ = (
    "node_record",
    "run_record",
    "run_values",
    "schedule_record",
    "schedule_values",
    "skip_values",
    "task_record",
)

Row = tuple[Any, ...]


def task_record(row: Row) -> TaskRow:
    """A row of `tasks`."""
    identifier, title, source, schema, policies, seen = row
    return TaskRow(identifier, title, source, read_json(schema), read_json(policies), seen)


def schedule_values(row: ScheduleRow) -> Values:
    """The values of `add_schedule` and `change_schedule`."""
    return (
        row.name, row.task, row.trigger, row.title, json_text(row.parameters),
        json_text(row.policies), row.enabled, row.paused, row.paused_at, row.paused_until,
        row.pause_reason, row.origin, json_text(row.edited), row.created, row.version,
        row.next_due, row.awaits_end, row.decided_through, row.last_run, row.last_finished,
        row.last_state, row.last_result, row.runs, json_text(row.code),
    )  # fmt: skip


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


def node_record(row: Row) -> NodeRow:
    """A row of `nodes`."""
    values = list(row)
    values[5:8] = (tuple(read_json(text)) for text in row[5:8])  # roles, labels, tasks
    return NodeRow(*values)
