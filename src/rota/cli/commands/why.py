"""`rota why`: what became of a slot."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import click

from rota.cli.application import client
from rota.cli.moments import instant
from rota.cli.output import document, line
from rota.cli.rows import last_line
from rota.cli.settings import Settings
from rota.cli.settings import command as make
from rota.cli.style import clean, paint
from rota.engine.client.items import Answer, RunItem, Why
from rota.instants import from_datetime, rfc3339

__all__ = ("command",)

REASONS: Final = {
    "no_slot": "there is no slot at that time",
    "forgotten": "the history does not go back so far",
    "overlap": "a run of the same schedule was still open",
    "paused": "the schedule was paused",
    "disabled": "the schedule was switched off",
    "window": "it lay outside the window",
    "too_late": "the start would have been later than its grace allows",
    "no_node": "no node was running",
    "condition": "its condition did not hold",
    "gap": "the local time did not exist that day",
}


@make("why")
@click.argument("name")
@click.option("--at", metavar="T", required=True, help="The time of the slot.")
def command(settings: Settings, name: str, at: str) -> None:
    """Explain what became of the slot of schedule NAME at a time: why it ran, or did not."""
    with client(settings) as rota:
        moment = instant(at, rota.schedules.get(name).zone, "--at")
        found = rota.schedules.why(name, moment)
    if settings.json:
        document(found.json())
        return
    tell(found, moment)


def tell(found: Why, asked: datetime) -> None:
    """The decision, its reason in words, and the runs it led to."""
    line(f"{rfc3339(from_datetime(asked))}  {paint(found.decision)}")
    if found.reason:
        said = REASONS.get(found.reason)
        line(f"Reason: {found.reason}" + (f", {said}" if said else ""))
    if found.due != asked:
        line(f"The nearest slot: {rfc3339(from_datetime(found.due))}")
    if found.targets:
        for one in found.targets:
            tell_target(one)
    elif found.run is not None and not found.run.skips:
        line(became(found.run))


def tell_target(one: Answer) -> None:
    """What became of it for one of those it was for."""
    if not one.run.skips:
        line(f"For {clean(one.target)}: {became(one.run)}")
        return
    said = REASONS.get(one.reason or "", one.reason or "")
    line(f"For {clean(one.target)}: {paint(one.decision)}" + (f", {said}" if said else ""))


def became(run: RunItem) -> str:
    """A run, its state, and the last line of what it said."""
    said = clean(run.result or last_line(run.error))
    return f"Run {run.id}: {paint(run.state)}" + (f", {said}" if said else "")
