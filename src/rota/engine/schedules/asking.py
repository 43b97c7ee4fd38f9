"""Asking: a run that a person wants now, or one for each node where the placement says so."""

from __future__ import annotations

from dataclasses import replace

from rota.engine.client.context import Context
from rota.engine.client.itemize import run_item
from rota.engine.client.items import RunItem
from rota.engine.client.recording import audited
from rota.engine.policies import resolve
from rota.engine.schedules.changing import count_from_now
from rota.errors import Refused
from rota.ports.records import Json, NewRun, ScheduleRow
from rota.rules.overlap import room

__all__ = ("ask", "twin", "unplaced")


def ask(
    context: Context,
    name: str,
    row: ScheduleRow | None,
    task: str,
    parameters: dict[str, object],
    *,
    user: str | None,
    anywhere: bool,
) -> RunItem:
    """Queue the runs, and return the first of them; its `others` are the rest."""
    now = context.clock.now()
    overrides: Json = row.policies if row is not None else {}
    policies = resolve(context.defaults(task), overrides)
    new = NewRun(
        task=task, due=now, kind="manual", schedule=row.name if row else None,
        parameters=parameters, policies=overrides, priority=policies.priority,
        room=room(policies.overlap) if row else None, task_room=policies.max_running,
        idempotent=policies.idempotent, unique=policies.unique, not_before=now, user=user,
    )  # fmt: skip
    where = "one" if anywhere else policies.placement
    if where == "one" and not anywhere and context.registry.get(task) is not None:
        new = replace(new, offered=context.here())  # first to the node that was asked
    with context.store.transaction():
        targets = context.store.targets(where, task)
        if not targets:
            raise unplaced(where, task)
        made = [context.store.add_run(replace(new, target=target), now) for target in targets]
        added = [one for one in made if one is not None]
        if not added:
            raise twin(task)
        if row is not None:
            count_from_now(context, row, now)
        for one in added:
            asked = {"run": one.id, "parameters": parameters}
            audited(context, "run.asked", name, after=asked, user=user)
        context.say(
            "run.asked", f"{name} was asked to run", schedule=new.schedule, run=added[0].id,
            user=user,
        )  # fmt: skip
    context.poke()
    return replace(run_item(added[0]), others=tuple(one.id for one in added[1:]))


def unplaced(placement: str, task: str) -> Refused:
    """What a run is told that asks for nodes none of which is alive."""
    return Refused(
        f"no node is alive that knows {task} and fits its placement", part="placement",
        text=placement, hint="start such a node; rota nodes lists roles, labels and hosts",
    )  # fmt: skip


def twin(task: str) -> Refused:
    """What `unique` says to a second waiting run with equal parameters."""
    return Refused(
        "a run with the same parameters is waiting already", part="task", text=task,
        hint="wait for it, or give other parameters",
    )  # fmt: skip
