"""`rota resume`: lifts a pause."""

from __future__ import annotations

import click

from rota.cli.application import client
from rota.cli.moments import shown
from rota.cli.output import document, line
from rota.cli.settings import Settings
from rota.cli.settings import command as make
from rota.cli.style import clean

__all__ = ("command",)


@make("resume")
@click.argument("name")
def command(settings: Settings, name: str) -> None:
    """Lift the pause of the schedule NAME."""
    with client(settings) as rota:
        item = rota.schedules.resume(name)
    if settings.json:
        document(item.json())
        return
    then = f"it runs next {shown(item.next_run)}" if item.next_run else "nothing is left to run"
    line(f"Resumed {clean(name)}: {then}.")
