"""Settling in: writing down this application's tasks and the schedules that its code gives them.

A schedule from code follows the code until somebody edits it; what was edited stays.
"""

from __future__ import annotations

from collections.abc import Mapping

from rota.engine.client.acting import acting
from rota.engine.client.context import Context
from rota.engine.client.recording import revised
from rota.engine.schedules.changing import take_back, write
from rota.engine.schedules.saving import read_rule, start_row
from rota.engine.tasks.registry import Task
from rota.ports.records import Json, ScheduleRow
from rota.when import Trigger

__all__ = ("follow", "said", "settle")

FROM_CODE = "it follows the code"


def settle(context: Context, *, update: bool) -> None:
    """Record the tasks and insert missing code schedules; `update` also lets those follow that
    nobody edited (nodes do, client commands do not). Models with definitions of their own settle
    theirs after that, told the same.
    """
    now = context.clock.now()
    context.registry.check(context.services)
    with acting("code"), context.store.transaction():
        context.store.put_tasks(context.registry.rows(context.services, now))
        for task in context.registry:
            if task.schedule is not None:
                settle_one(context, task, read_rule(task.schedule, context.zone), now, update)
    for settler in context.settlers:
        with acting("code"):
            settler(update)


def settle_one(context: Context, task: Task, rule: Trigger, now: int, update: bool) -> None:
    name, code = task.identifier, said(task, rule)
    known = context.store.schedule(name) or former(context, task)
    if known is None:
        row = ScheduleRow(
            name=name, task=name, trigger=str(rule), origin="code", enabled=bool(code["enabled"]),
            code=code,
        )  # fmt: skip
        added = context.store.add_schedule(start_row(row, rule, now))
        revised(context, "added", None, added or row, reason=FROM_CODE)
    elif update and known.origin == "code":
        follow(context, known, code, now)


def former(context: Context, task: Task) -> ScheduleRow | None:
    """The schedule that the code gave the task under an earlier name: it goes on, history and all,
    and no second one is made beside it.
    """
    found = (context.store.schedule(alias) for alias in task.aliases)
    return next((row for row in found if row is not None and row.origin == "code"), None)


def said(task: Task, rule: Trigger) -> dict[str, object]:
    """What the code says of its schedule. It follows the task for its title and its policies, which
    are therefore not stored twice.
    """
    policies = {name: value for name, value in task.policies.items() if name != "enabled"}
    return {
        "title": task.title, "trigger": str(rule), "parameters": {}, "policies": policies,
        "enabled": bool(task.policies.get("enabled", True)),
    }  # fmt: skip


def follow(context: Context, known: ScheduleRow, code: dict[str, object], now: int) -> None:
    """Let the fields that nobody edited follow the code; keep what it says beside the others. A
    pause is none of its affairs.
    """
    wanted = {"trigger": code["trigger"], "enabled": code["enabled"]}
    moved = {
        name: value
        for name, value in wanted.items()
        if name not in known.edited and getattr(known, name) != value
    }
    if not moved and known.code == code:
        return
    changes: dict[str, object] = {**moved, "code": code}
    changed = write(context, known, changes, now)
    if changed is None:
        return  # somebody edits it just now
    if moved:
        take_back(context, known.name, moved, None)
        revised(context, "changed", known, changed, reason=FROM_CODE)
    for name, value in moved.items():
        before = getattr(known, name)
        tell(context, known.name, f"{known.name} follows the code: {name} {before} became {value}")
    for name in known.edited:
        if known.code and part(known.code, name) != part(code, name):
            tell(
                context, known.name,
                f"{known.name}: the code says {name} {part(code, name)}; what was edited stays",
            )  # fmt: skip


def part(code: Json, name: str) -> object:
    """What the code says of a field or a policy."""
    policies = code["policies"]
    assert isinstance(policies, Mapping)
    return code[name] if name in code else policies.get(name, "nothing")


def tell(context: Context, name: str, text: str) -> None:
    context.say("schedule.changed", text, schedule=name)
