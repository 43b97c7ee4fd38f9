"""Records to the values of statements, and rows back to records. The order is the columns'."""

from __future__ import annotations

from rota.ports.records import NewRun, RunRow, ScheduleRow
from rota.stores.common import json_text, read_json
from rota.stores.relational import Row, Values

__all__ = (
    "run_record",
    "run_values",
    "schedule_record",
)


def schedule_record(row: Row) -> ScheduleRow:
    """A row of `schedule_rows`."""
    values = list(row)
    values[4:6] = map(read_json, row[4:6])  # parameters, policies
    values[6:8] = map(bool, row[6:8])  # enabled, paused
    values[12] = tuple(read_json(row[12]))  # edited
    values[16] = bool(row[16])  # awaits_end
    values[23] = read_json(row[23])  # code
    return ScheduleRow(*values)


def run_values(
    run: int, new: NewRun, schedule: str | None, now: int, taken: RunRow | None = None
) -> Values:
    """The values of `insert_run`; `taken` is the row, if it is taken at once."""
    said = (None, 0, 0, None) if taken is None else (taken.node, taken.fence, 1, taken.started)
    return (
        run, new.task, new.due, new.kind, schedule, new.target, json_text(new.parameters),
        json_text(new.policies), new.priority, None if new.room is None else new.room.running,
        new.task_room, new.idempotent, new.not_before, now, new.of, new.user, *said,
    )  # fmt: skip


def run_record(row: Row) -> RunRow:
    """A row of `run_rows`."""
    values = list(row)
    values[11:13] = map(read_json, row[11:13])  # parameters, policies
    values[16] = bool(row[16])  # idempotent
    values[26] = bool(row[26])  # abandoned
    return RunRow(*values)
