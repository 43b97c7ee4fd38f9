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
from rota.engine.items import Why
from rota.instants import from_datetime, rfc3339

__all__ = ("command",)

REASONS: Final = {
    "no_slot": "there is no slot at that time",
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
    """The decision, its reason in words, and the run it led to."""
    line(f"{rfc3339(from_datetime(asked))}  {paint(found.decision)}")
    if found.reason:
        said = REASONS.get(found.reason)
        line(f"Reason: {found.reason}" + (f", {said}" if said else ""))
    if found.due != asked:
        line(f"The nearest slot: {rfc3339(from_datetime(found.due))}")
    if found.run is not None and not found.run.skips:
        run = found.run
        said = clean(run.result or last_line(run.error))
        line(f"Run {run.id}: {paint(run.state)}" + (f", {said}" if said else ""))
