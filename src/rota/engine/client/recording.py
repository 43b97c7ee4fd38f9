"""Writing down what people change: the audit, and the revisions of schedules.

Call these inside the transaction of the change, so that there is never one without the other.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from rota.engine.client.acting import actor
from rota.engine.client.context import Context
from rota.errors import UnknownRevision
from rota.instants import from_datetime, rfc3339
from rota.ports.changes import AuditRow, RevisionRow
from rota.ports.records import Json, ScheduleRow

__all__ = ("audited", "cleared", "fields_of", "read_revision", "revised")

KEEP = 100  # revisions of one schedule
REASON = 500  # characters


def audited(
    context: Context,
    action: str,
    subject: str,
    *,
    before: Json | None = None,
    after: Json | None = None,
    user: str | None = None,
    reason: str = "",
) -> None:
    """Write one change into the audit; of the fields only those that differ."""
    if before is not None and after is not None:
        names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
        before = {name: before[name] for name in names if name in before}
        after = {name: after[name] for name in names if name in after}
    who = actor()
    row = AuditRow(
        context.clock.now(), user or who.user, who.origin, action, subject, before, after,
        reason[:REASON],
    )  # fmt: skip
    context.store.add_audit([row])


def fields_of(row: ScheduleRow) -> dict[str, object]:
    """What a person decides about a schedule, as JSON."""
    return {
        "task": row.task, "trigger": row.trigger, "title": row.title,
        "parameters": dict(row.parameters), "policies": dict(row.policies),
        "enabled": row.enabled, "paused": row.paused,
        "paused_until": None if row.paused_until is None else rfc3339(row.paused_until),
        "pause_reason": row.pause_reason, "created": rfc3339(row.created),
    }  # fmt: skip


def revised(
    context: Context,
    action: str,
    before: ScheduleRow | None,
    after: ScheduleRow | None,
    *,
    user: str | None = None,
    reason: str = "",
) -> None:
    """Write a change of a schedule into the audit and as its next revision.

    `before` is None for one that was made, `after` for one that was removed. A schedule that is
    older than its revisions gets one of what it was before, so that one can go back to that.
    """
    row = after or before
    assert row is not None
    if before is not None and not context.store.revisions(before.name, None, 1):
        made = RevisionRow(
            before.name, before.created, None, "code", "added", before.version, fields_of(before)
        )
        context.store.add_revision(made, KEEP)
    who = actor()
    revision = RevisionRow(
        row.name, context.clock.now(), user or who.user, who.origin, action, row.version,
        fields_of(row), reason[:REASON],
    )  # fmt: skip
    context.store.add_revision(revision, KEEP)
    audited(
        context, f"schedule.{action}", row.name,
        before=None if before is None else fields_of(before),
        after=None if after is None else fields_of(after), user=user, reason=reason,
    )  # fmt: skip


def cleared(context: Context, before: ScheduleRow, user: str | None, reason: str) -> None:
    """Write into the audit that a schedule stands as if it had never run."""
    last = None if before.last_run is None else rfc3339(before.last_run)
    audited(
        context, "schedule.last_run_cleared", before.name, user=user, reason=reason,
        before={"last_run": last},
    )  # fmt: skip


class Definition(NamedTuple):
    """What makes a schedule, in the order in which a draft of it asks for it."""

    task: str
    trigger: str
    parameters: Json
    title: str
    policies: Json


def read_revision(context: Context, name: str, number: int) -> tuple[Definition, int | None]:
    """What a schedule was after that change, and when it had been made, which its grid hangs on;
    UnknownRevision if nobody knows any more.
    """
    fit = isinstance(number, int) and not isinstance(number, bool) and 0 < number < 2**63
    row = context.store.revision(name, number) if fit else None
    if row is None:
        context.need_schedule(name)
        raise UnknownRevision(
            "there is no such revision, or no longer", part="revision", text=str(number),
            hint="they are listed with rota.schedules.revisions(name)",
        )  # fmt: skip
    fields: Any = row.fields
    policies = {**fields["policies"], "enabled": fields["enabled"]}
    made = fields.get("created")
    created = None if made is None else from_datetime(datetime.fromisoformat(made))
    return Definition(
        fields["task"], fields["trigger"], fields["parameters"], fields["title"], policies
    ), created
