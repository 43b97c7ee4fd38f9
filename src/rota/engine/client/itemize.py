"""From rows to items: what a list shows of what the store keeps."""

from __future__ import annotations

from datetime import datetime

from rota.engine.client.items import (
    AuditItem,
    EventItem,
    LogItem,
    NodeItem,
    OutcomeItem,
    RevisionItem,
    RunItem,
    ScheduleItem,
    TaskItem,
)
from rota.engine.deciding import first_due, read_trigger
from rota.errors import TriggerError
from rota.instants import to_datetime
from rota.ports.browsing import Outcome
from rota.ports.changes import AuditRow, RevisionRow
from rota.ports.records import EventRow, LogLine, NodeRow, RunRow, ScheduleRow, TaskRow
from rota.rules.standing import standing

__all__ = (
    "audit_item",
    "event_item",
    "log_item",
    "node_item",
    "outcome_item",
    "revision_item",
    "run_item",
    "schedule_item",
    "task_item",
    "titled",
)


def moment(instant: int | None) -> datetime | None:
    return None if instant is None else to_datetime(instant)


def titled(row: ScheduleRow, task: str) -> str:
    """What people call a schedule whose task has this title."""
    return row.title or task or row.name


def schedule_item(
    row: ScheduleRow, *, now: int, known: set[str] | None, title: str = ""
) -> ScheduleItem:
    """A schedule as lists show it; `known` are the tasks that somebody alive can run, `title` is
    that of its task.
    """
    words, zone, problem = row.trigger, "", ""
    follows = manual = False
    try:
        rule = read_trigger(row.trigger)
        words, zone = rule.words(), rule.zone
        follows, manual = rule.follows is not None, rule.is_manual
    except TriggerError as error:
        problem = str(error)
    paused = row.paused and (row.paused_until is None or row.paused_until > now)
    orphaned = known is not None and row.task not in known
    status = standing(
        known=not orphaned, running=row.running > 0, queued=row.queued > 0, enabled=row.enabled,
        paused=paused, next_due=row.next_due, planned=row.awaits_end or manual or follows, now=now,
    )  # fmt: skip
    status = "invalid" if problem else "waiting" if status == "late" else status
    if orphaned and not problem:
        problem = f"No live node knows the task {row.task}."
    return ScheduleItem(
        name=row.name,
        title=titled(row, title),
        task=row.task,
        trigger=row.trigger,
        words=words,
        zone=zone,
        enabled=row.enabled,
        paused=paused,
        status=status,
        last_run=moment(row.last_run),
        last_result=row.last_result,
        next_run=moment(None if status == "invalid" else next_run(row, now)),
        runs=row.runs,
        last_state=row.last_state,
        paused_until=moment(row.paused_until) if paused else None,
        pause_reason=row.pause_reason if paused else "",
        parameters=dict(row.parameters),
        policies=dict(row.policies),
        origin=row.origin,
        problem=problem,
        version=row.version,
        edited=row.edited,
        code=dict(row.code),
        created=moment(row.created) if row.created else None,
    )


def next_run(row: ScheduleRow, now: int) -> int | None:
    """When it will start next: never while it is off, after the end of a pause that has one."""
    if not row.enabled or row.next_due is None:
        return None
    if not row.paused or (row.paused_until is not None and row.paused_until <= now):
        return row.next_due
    if row.paused_until is None:
        return None
    if row.next_due > row.paused_until:
        return row.next_due
    rule = read_trigger(row.trigger)
    return first_due(rule, row.paused_until, created=row.created, name=row.name)


def run_item(row: RunRow) -> RunItem:
    """A run as lists show it."""
    return RunItem(
        id=row.id,
        schedule=row.schedule,
        task=row.task,
        kind=row.kind,
        due=to_datetime(row.due),
        state=row.state,
        attempt=row.attempt,
        fence=row.fence,
        node=None if untaken(row) else row.node,
        started=moment(row.started),
        finished=moment(row.finished),
        result=row.result,
        error=row.error,
        reason=row.reason,
        parameters=dict(row.parameters),
        progress=row.progress,
        message=row.message,
        cancelling=row.cancelling is not None and row.state == "running",
        abandoned=row.abandoned,
        of=row.of,
        user=row.user,
        due_last=moment(row.due_last),
        skips=row.skips,
        target=row.target,
    )


def outcome_item(row: Outcome) -> OutcomeItem:
    """A run or a skip as drawings show it."""
    return OutcomeItem(
        row.id, row.schedule, row.task, row.kind, row.state, to_datetime(row.due),
        moment(row.started), moment(row.finished), moment(row.due_last), row.skips, row.reason,
        row.node,
    )  # fmt: skip


def task_item(row: TaskRow, *, schedules: int, known: set[str] | None) -> TaskItem:
    """A task as lists show it."""
    return TaskItem(
        identifier=row.identifier,
        title=row.title,
        parameters=dict(row.schema),
        schedules=schedules,
        source=row.source,
        missing=known is not None and row.identifier not in known,
        policies=dict(row.policies),
    )


def node_item(row: NodeRow, *, leader: bool) -> NodeItem:
    """A node as lists show it."""
    return NodeItem(
        name=row.name,
        host=row.host,
        pid=row.pid,
        version=row.version,
        roles=row.roles,
        labels=row.labels,
        state=row.state,
        started=to_datetime(row.started),
        seen=to_datetime(row.seen),
        leader=leader,
        clock_offset_ms=row.clock_offset / 1_000,
        running=row.running,
        machine=row.machine,
    )


def event_item(row: EventRow) -> EventItem:
    """A line of the event log as lists show it."""
    return EventItem(
        id=row.id,
        time=to_datetime(row.time),
        level=row.level,
        kind=row.kind,
        schedule=row.schedule,
        run=row.run,
        node=row.node,
        user=row.user,
        text=row.text,
    )


def log_item(row: LogLine) -> LogItem:
    """A log line of a run as lists show it."""
    return LogItem(row.number, to_datetime(row.time), row.level, row.logger, row.text)


def audit_item(row: AuditRow) -> AuditItem:
    """A line of the audit."""
    return AuditItem(
        id=row.id, time=to_datetime(row.time), user=row.user, origin=row.origin,
        action=row.action, subject=row.subject, before=row.before, after=row.after,
        reason=row.reason,
    )  # fmt: skip


def revision_item(row: RevisionRow) -> RevisionItem:
    """A revision of a schedule."""
    return RevisionItem(
        schedule=row.schedule, number=row.number, time=to_datetime(row.time), user=row.user,
        origin=row.origin, action=row.action, reason=row.reason, version=row.version,
        fields=dict(row.fields),
    )  # fmt: skip


def untaken(row: RunRow) -> bool:
    """Whether no node has taken it yet; to which it was offered is the store's own business."""
    return row.state == "queued" and row.attempt == 0
