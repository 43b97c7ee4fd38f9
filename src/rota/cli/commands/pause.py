"""`rota pause`: no slot starts until somebody resumes, or until a time."""

from __future__ import annotations

import click

from rota.cli.application import client
from rota.cli.moments import instant
from rota.cli.output import document, line
from rota.cli.settings import Settings
from rota.cli.settings import command as make
from rota.cli.style import clean
from rota.instants import from_datetime, rfc3339

__all__ = ("command",)


@make("pause")
@click.argument("name")
@click.option("--until", metavar="T", help="Resume by itself at this time.")
@click.option("--reason", default="", metavar="R", help="Why, for those who read the list.")
def command(settings: Settings, name: str, until: str | None, reason: str) -> None:
    """Pause the schedule NAME. Its slots are recorded as skipped; what runs now goes on."""
    with client(settings) as rota:
        zone = rota.schedules.get(name).zone
        end = instant(until, zone, "--until") if until else None
        item = rota.schedules.pause(name, until=end, reason=reason)
    if settings.json:
        document(item.json())
        return
    then = rfc3339(from_datetime(end)) if end else "it is resumed"
    line(f"Paused {clean(name)} until {then}.")
