"""Settling in: writing down this application's tasks and the schedules that its code gives them.

A schedule from code follows the code until somebody edits it; what was edited stays.
"""

from __future__ import annotations

from rota.engine.acting import acting
from rota.engine.context import Context
from rota.engine.deciding import planned
from rota.engine.recording import revised
from rota.engine.registry import Task
from rota.engine.saving import read_rule, start_row
from rota.ports.records import ScheduleRow
from rota.when import Trigger

__all__ = ("settle",)

FROM_CODE = "it follows the code"


def settle(context: Context, *, update: bool) -> None:
    """Record the tasks and insert missing code schedules; `update` also lets those follow that
    nobody edited (nodes do, client commands do not).
    """
    now = context.clock.now()
    context.registry.check(context.services)
    with acting("code"), context.store.transaction():
        context.store.put_tasks(context.registry.rows(context.services, now))
        for task in context.registry:
            if task.schedule is not None:
                settle_one(context, task, read_rule(task.schedule, context.zone), now, update)


def settle_one(context: Context, task: Task, rule: Trigger, now: int, update: bool) -> None:
    name = task.identifier
    known = context.store.schedule(name)
    if known is None:
        row = ScheduleRow(
            name=name, task=name, trigger=str(rule), origin="code",
            enabled=bool(task.policies.get("enabled", True)),
        )  # fmt: skip
        added = context.store.add_schedule(start_row(row, rule, now))
        revised(context, "added", None, added or row, reason=FROM_CODE)
    elif update and known.origin == "code":
        follow(context, known, rule, now)


def follow(context: Context, known: ScheduleRow, rule: Trigger, now: int) -> None:
    """Let the trigger of a schedule from code follow the code, unless somebody edited it."""
    if "trigger" in known.edited or known.trigger == str(rule):
        return
    due = planned(rule, known, now)
    changed = context.store.change_schedule(
        known.name, known.version, {"trigger": str(rule), "next_due": due, "awaits_end": False}
    )
    if changed is not None:
        revised(context, "changed", known, changed, reason=FROM_CODE)
        context.say(
            "schedule.changed",
            f"{known.name} follows the code: {known.trigger} became {rule}",
            schedule=known.name,
        )
