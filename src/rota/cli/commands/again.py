"""`rota again`: a run once more."""

from __future__ import annotations

import click

from rota.cli.application import client
from rota.cli.commands.run import queued, read
from rota.cli.settings import Settings
from rota.cli.settings import command as make

__all__ = ("command",)


@make("again")
@click.argument("run", type=int)
@click.option("--parameters", metavar="JSON", help="Other parameters than it had: an object.")
def command(settings: Settings, run: int, parameters: str | None) -> int:
    """Run the run with the id RUN again: a new run for the same slot, which names the old one."""
    values = read(parameters)
    with client(settings) as rota:
        item = rota.runs.again(run, values)
    return queued(item, settings)
