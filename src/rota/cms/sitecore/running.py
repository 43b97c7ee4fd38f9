"""What runs: the command of a schedule with its items; and the agent, which looks at them all."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from rota.cms.sitecore.agent import DatabaseAgent, agent_of
from rota.cms.sitecore.items import ScheduleItem
from rota.cms.sitecore.loading import find
from rota.cms.sitecore.recurring import expires
from rota.engine.deciding import read_trigger
from rota.engine.tasks.run import Run
from rota.errors import Declined, Failed, Refused, RotaError
from rota.instants import to_datetime
from rota.ports.records import ScheduleQuery, ScheduleRow
from rota.when.due import Due

if TYPE_CHECKING:
    from rota.cms.sitecore.model import Sitecore

__all__ = ("examiner", "executor", "rows_of")

OUTSIDE = ("not_started", "expired", "wrong_day")
ALL_OF = 1_000


def executor(model: Sitecore, agent: DatabaseAgent, *, is_async: bool) -> Callable[..., object]:
    """The code of the task that an agent's schedules run."""

    def execute(
        run: Run, item: str = "", command: str = "", items: str = "", auto_remove: bool = False
    ) -> str | Failed | None:
        schedule = scheduled(model, run, item, command, items, auto_remove=auto_remove)
        if agent.polls and run.kind == "slot":
            refuse_outside(model, run)
        name = schedule.name or run.task
        run.log.info("Starting: %s%s", name, " (asynchronously)" if is_async else "")
        try:
            return carry_out(model, run, schedule)
        finally:
            run.log.info("Ended: %s", name)

    return execute


def scheduled(
    model: Sitecore, run: Run, item: str, command: str, items: str, *, auto_remove: bool
) -> ScheduleItem:
    """The schedule of a run: the run's own parameters go before what is stored, and *Last run* is
    the one before, as a command that works on what is new since then wants it.
    """
    known = model.schedules.by_key(run.schedule) if run.schedule else None
    known = known or ScheduleItem(item, command)
    before = run.previous
    return replace(
        known, last_run=getattr(before, "started", None), command=command or known.command,
        items=items, auto_remove=auto_remove,
    )  # fmt: skip


def carry_out(model: Sitecore, run: Run, schedule: ScheduleItem) -> str | Failed | None:
    """Find the command, resolve the items, call the method in a scope of the run's own."""
    command = model.tree.command(schedule.command)
    if command is None:
        return Failed(f"command not found: {schedule.command or '(none is named)'}")
    try:
        method = find(command.type, command.method, model.packages)
        items = model.sources.resolve(schedule.items, run.log)
    except Refused as error:
        return Failed(str(error))
    with model.rota.context.services.scope({Run: run}) as scope:
        call = getattr(scope.build(method.code), method.name)
        value = call(items, command, schedule) if method.takes else call()
        if inspect.iscoroutine(value):
            value = asyncio.run(value)
    if value is None or isinstance(value, str | Failed):
        return value
    raise TypeError(f"{command.method} returned {type(value).__name__}; return text or nothing")


def refuse_outside(model: Sitecore, run: Run) -> None:
    """At a poll the vendor asks for the window again: a start that waited past it is none."""
    row = model.rota.context.store.schedule(run.schedule or "")
    if row is None:
        return
    now = to_datetime(model.rota.context.clock.now())
    reason = read_trigger(row.trigger).due(now, None, None).reason
    if reason in OUTSIDE:
        raise Declined("skipped", "window", f"Not due: {run.schedule} ({reason})")


# ------------------------------------------------------------------------------------ the agent


def examiner(model: Sitecore, agent: DatabaseAgent) -> Callable[..., object]:
    """The code of an agent's own task: look at each schedule, say why it is not due, and remove
    what has expired and asked for it. A schedule that makes trouble does so alone.
    """

    def examine(run: Run) -> str:
        rows = [row for row in rows_of(model) if agent_of(path_of(row), model.agents) == agent]
        tell = run.log.info if agent.log_activity else run.log.debug
        tell("Examining schedules (count: %d)", len(rows))
        removed, bad = 0, 0
        for row in rows:
            try:
                if reason := why_not(model, row):
                    tell("Not due: %s (%s)", row.title or row.name, reason)
                if auto_remove(model, row):
                    removed += 1
                    run.log.info("Auto remove: %s (expired)", row.title or row.name)
            except RotaError as error:
                bad += 1
                run.log.warning("Invalid: %s (%s)", row.title or row.name, error)
        said = [f"{len(rows)} examined"]
        said += [f"{removed} removed"] if removed else []
        said += [f"{bad} invalid"] if bad else []
        return ", ".join(said)

    return examine


def rows_of(model: Sitecore) -> Iterator[ScheduleRow]:
    """Every schedule that stands for an item, by name."""
    tasks = {agent.runs_as(is_async=mode) for agent in model.agents for mode in (False, True)}
    model.rota.context.ready()
    after = ""
    while True:
        rows = model.rota.context.store.schedules(
            ScheduleQuery(after=after, limit=ALL_OF, search="sitecore.")
        )
        yield from (row for row in rows if row.task in tasks and path_of(row))
        if len(rows) < ALL_OF:
            return
        after = rows[-1].name


def path_of(row: ScheduleRow) -> str:
    return str(row.parameters.get("item", ""))


def why_not(model: Sitecore, row: ScheduleRow) -> str | None:
    """Why a schedule does not start now; None if it does."""
    if not row.enabled:
        return "disabled"
    if row.paused:
        return row.pause_reason or "paused"
    if row.running:
        return "running"
    return standing(model, row).reason


def standing(model: Sitecore, row: ScheduleRow) -> Due:
    start = None if row.last_run is None else to_datetime(row.last_run)
    end = None if row.last_finished is None else to_datetime(row.last_finished)
    return read_trigger(row.trigger).due(
        to_datetime(model.rota.context.clock.now()), start, end,
        anchor=to_datetime(row.created), seed=row.name,
    )  # fmt: skip


def has_expired(model: Sitecore, row: ScheduleRow) -> bool:
    """Whether a schedule has an end and it is over; one that ends in 9999 never does."""
    return expires(read_trigger(row.trigger)) and standing(model, row).reason == "expired"


def auto_remove(model: Sitecore, row: ScheduleRow) -> bool:
    """Remove a schedule that asked for it and is over. Its history stays, the removal is audited,
    and `rota.schedules.revert` makes it again.
    """
    if row.parameters.get("auto_remove") is not True or row.running or row.queued:
        return False
    if not has_expired(model, row):
        return False
    model.rota.schedules.remove(row.name, version=row.version, reason="auto remove: it has expired")
    return True
