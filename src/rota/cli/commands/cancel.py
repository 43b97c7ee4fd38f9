"""`rota cancel`: asks a run to stop."""

from __future__ import annotations

import click

from rota.cli.application import client
from rota.cli.output import document, line
from rota.cli.settings import Settings
from rota.cli.settings import command as make
from rota.rules.states import FINAL

__all__ = ("command",)


@make("cancel")
@click.argument("run", type=int)
def command(settings: Settings, run: int) -> None:
    """Cancel the run with the id RUN: at once if it waits, else it is asked to stop."""
    with client(settings) as rota:
        item = rota.runs.cancel(run)
    if settings.json:
        document(item.json())
    elif item.state in FINAL:
        line(f"Run {item.id} is {item.state}.")
    else:
        line(f"Run {item.id} was asked to stop.")
