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
from rota.engine.changing import take_back, write
from rota.engine.recording import revised
from rota.engine.saving import draft, start_row
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
    model: Sitecore, item: ScheduleItem, *, force: bool = False, user: str | None = None
) -> str:
    """created, changed, unchanged, expired or refused: what became of an item. `force` also takes
    fields back that somebody changed on the page.
    """
    context = model.rota.context
    refused = bool(item.problems)
    row, rule = off(model, item) if refused else planned(model, item)
    here = context.hold_back(row.name)
    with context.store.transaction():
        known = own(context.store.schedule(row.name), item)
        said = {name: getattr(row, name) for name in FIELDS}
        now = context.clock.now()
        if known is None:
            if item.auto_remove and expires(rule) and not any(rule.instants(now)):
                return "expired"
            new = start_row(replace(row, code=said), rule, now)
            added = model.rota.schedules.insert(new, rule, user, "its item was loaded")
            done = "refused" if refused else "created" if added is not None else "unchanged"
            pending: list[int] = []
        else:
            done, pending = follow(model, known, said, here, force=force, user=user)
            done = "refused" if refused else done
        hold(model, row.name, item, user)
    context.confirm(pending)
    context.poke()
    return done


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
    here: str | None,
    *,
    force: bool,
    user: str | None,
) -> tuple[str, list[int]]:
    """Let a schedule follow its item, in the caller's transaction; what it did, and the runs that
    were taken back.
    """
    context = model.rota.context
    before = known.code
    changes = {
        name: value
        for name, value in said.items()
        if (stands := getattr(known, name)) != value
        and (force or (before.get(name) != value and stands == before.get(name)))
    }
    if not changes and known.code == said:
        return "unchanged", []
    saved = write(context, known, {**changes, "code": dict(said)}, context.clock.now())
    if saved is None or not changes:
        return "unchanged", []
    revised(context, "changed", known, saved, user=user, reason="its item says so")
    told = ", ".join(changes)
    context.say("schedule.changed", f"{known.name} follows its item: {told}", schedule=known.name)
    return "changed", take_back(context, known.name, changes, here)


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
