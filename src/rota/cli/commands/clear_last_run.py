"""`rota clear-last-run`: lets a schedule stand as if it had never run."""

from __future__ import annotations

import click

from rota.cli.application import client
from rota.cli.commands.show import tell
from rota.cli.output import document
from rota.cli.settings import Settings
from rota.cli.settings import command as make

__all__ = ("command",)


@make("clear-last-run")
@click.argument("name")
def command(settings: Settings, name: str) -> None:
    """Forget when the schedule NAME ran last, so that its rule begins anew. Its history stays."""
    with client(settings) as rota:
        item = rota.schedules.clear_last_run(name)
    if settings.json:
        document(item.json())
    else:
        tell(item)
