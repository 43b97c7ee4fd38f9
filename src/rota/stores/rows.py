"""What both SQL stores keep in columns of the same types: records to values, and rows to records.

The order is the columns'.
"""

from __future__ import annotations

from rota.ports.records import NodeRow, ScheduleRow, TaskRow
from rota.stores.common import json_text, read_json
from rota.stores.relational import Row, Values

__all__ = ("node_record", "schedule_values", "task_record")


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


def node_record(row: Row) -> NodeRow:
    """A row of `nodes`."""
    values = list(row)
    values[5:8] = (tuple(read_json(text)) for text in row[5:8])  # roles, labels, tasks
    return NodeRow(*values)
