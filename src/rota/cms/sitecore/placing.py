"""From schedule items to Rota's schedules: each once, following its definition and nothing else.

A schedule of Rota's keeps beside itself what its item said when it was placed last. Where the item
says something else now, that field follows it; what people changed on the page meanwhile stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from rota.cms.naming import code_name
from rota.cms.sitecore.agent import agent_of
from rota.cms.sitecore.items import SCHEDULES, ScheduleItem
from rota.cms.sitecore.recurring import expires, read_schedule
from rota.engine.client.recording import revised
from rota.engine.schedules.changing import take_back, write
from rota.engine.schedules.saving import draft, start_row
from rota.errors import Problem, Refused, RotaError
from rota.ports.records import ScheduleRow
from rota.when import Trigger, trigger

if TYPE_CHECKING:
    from rota.cms.sitecore.model import Sitecore

__all__ = ("key_of", "place", "planned", "problems_of")

FIELDS = ("task", "trigger", "title", "parameters", "policies", "enabled")
STOPPED = "scheduler disabled: the agent {} has the interval 00:00:00"


def key_of(path: str) -> str:
    """The name of Rota's schedule for an item.

    >>> key_of("/sitecore/system/Tasks/Schedules/Nightly/Tidy up")
    'Nightly-Tidy-up'
    """
    return code_name(path[len(SCHEDULES) + 1 :])


def problems_of(model: Sitecore, item: ScheduleItem) -> list[Problem]:
    """Everything that keeps an item from being scheduled."""
    problems: list[Problem] = []
    if agent_of(item.path, model.agents) is None:
        problems.append(Problem("refused", "path", item.path, "no agent looks after it"))
    if model.tree.command(item.command) is None:
        problems.append(Problem("refused", "Command", item.command, "there is no such command"))
    if problem := model.sources.problem(item.items):
        problems.append(problem)
    try:
        planned(model, item)
    except RotaError as error:
        problems += error.problems
    return problems


def planned(model: Sitecore, item: ScheduleItem) -> tuple[ScheduleRow, Trigger]:
    """The row that an item asks for, not yet standing in time. RotaError if it cannot be."""
    agent = agent_of(item.path, model.agents)
    task = "" if agent is None else agent.runs_as(is_async=item.is_async)
    rule = read_schedule(item, model.rota.zone)
    parameters = {
        "item": item.path, "command": item.command, "items": item.items,
        "auto_remove": item.auto_remove,
    }  # fmt: skip
    given = {**item.policies, "enabled": item.enabled}
    if agent is None:
        raise Refused("no agent looks after it", part="path", text=item.path)
    return draft(model.rota.context, key_of(item.path), task, rule, parameters, item.name, given)


def place(
    model: Sitecore,
    item: ScheduleItem,
    *,
    force: bool = False,
    follows: bool = True,
    user: str | None = None,
) -> str:
    """created, changed, unchanged, expired or refused: what became of an item. `force` also takes
    fields back that somebody changed on the page; without `follows` nothing that is there changes.
    """
    context = model.rota.context
    model.wrong[item.path.lower()] = item.problems
    row, rule = off(model, item) if item.problems else planned(model, item)
    said, added = {name: getattr(row, name) for name in FIELDS}, None
    with context.store.transaction():
        known = own(context.store.schedule(row.name), item)
        if known is None:
            if item.auto_remove and expires(rule) and not any(rule.instants(context.clock.now())):
                return "expired"
            new = start_row(replace(row, code=said), rule, context.clock.now())
            added = model.rota.schedules.insert(new, rule, user, "its item was loaded")
    if known is not None and not follows:
        return "refused" if item.problems else "unchanged"
    if known is not None:
        done = follow(model, known, said, force=force, user=user)
    else:
        done = "created" if added is not None else "unchanged"
    hold(model, row.name, item, user)
    return "refused" if item.problems else done


def own(known: ScheduleRow | None, item: ScheduleItem) -> ScheduleRow | None:
    """The schedule of an item; Refused if one of that name stands for something else."""
    if known is not None and str(known.parameters.get("item", "")).lower() != item.path.lower():
        raise Refused("there is another schedule of this name", part="path", text=known.name,
                      hint="give the item another name")  # fmt: skip
    return known


def off(model: Sitecore, item: ScheduleItem) -> tuple[ScheduleRow, Trigger]:
    """What a bad item asks for: to be seen, and never to run."""
    agent = agent_of(item.path, model.agents) or model.agents[0]
    rule = trigger("manual")
    parameters = {
        "item": item.path, "command": item.command, "items": item.items,
        "auto_remove": item.auto_remove,
    }  # fmt: skip
    row = ScheduleRow(
        name=key_of(item.path), task=agent.runs_as(is_async=item.is_async), trigger=str(rule),
        title=item.name, parameters=parameters, enabled=False,
    )  # fmt: skip
    return row, rule


def follow(
    model: Sitecore,
    known: ScheduleRow,
    said: Mapping[str, object],
    *,
    force: bool,
    user: str | None,
) -> str:
    """Let a schedule follow its item: changed or unchanged. Nobody is disturbed if it does so
    already.
    """
    context, before = model.rota.context, known.code
    changes = {
        name: value
        for name, value in said.items()
        if (stands := getattr(known, name)) != value
        and (force or (before.get(name) != value and stands == before.get(name)))
    }
    if not changes and before == said:
        return "unchanged"
    here = context.hold_back(known.name) if changes else None
    with context.store.transaction():
        wanted = {**changes, "code": dict(said)}
        saved = write(context, known, wanted, context.clock.now())
        if saved is None or not changes:
            return "unchanged"  # or somebody edits it just now
        revised(context, "changed", known, saved, user=user, reason="its item says so")
        text = f"{known.name} follows its item: {', '.join(changes)}"
        context.say("schedule.changed", text, schedule=known.name, user=user)
        pending = take_back(context, known.name, changes, here)
    context.confirm(pending)
    context.poke()
    return "changed"


def hold(model: Sitecore, name: str, item: ScheduleItem, user: str | None) -> None:
    """Pause the schedules of an agent that is stopped, and let them go when it is not any more."""
    agent = agent_of(item.path, model.agents)
    known = model.rota.context.store.schedule(name)
    if agent is None or known is None:
        return
    reason = STOPPED.format(agent.name)
    if not agent.seconds and not known.paused:
        model.rota.schedules.pause(name, reason=reason, user=user)
    elif agent.seconds and known.paused and known.pause_reason == reason:
        model.rota.schedules.resume(name, user=user)
