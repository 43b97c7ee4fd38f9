"""`rota runs`: runs and skips, newest first."""

from __future__ import annotations

import click

from rota.cli.application import client
from rota.cli.listing import paged, show
from rota.cli.rows import RUN_HEADS, run_row
from rota.cli.settings import Settings
from rota.cli.settings import command as make
from rota.rules.states import STATES

__all__ = ("command",)


@make("runs")
@click.argument("name", required=False)
@click.option("--task", metavar="IDENTIFIER", help="Only runs of this task.")
@click.option("--state", "states", multiple=True, type=click.Choice(STATES),
              help="Only runs in this state; may be given more than once.")  # fmt: skip
@paged
def command(
    settings: Settings,
    name: str | None,
    task: str | None,
    states: tuple[str, ...],
    limit: int,
    cursor: str | None,
) -> None:
    """List runs and skips, newest first; with NAME those of one schedule."""
    with client(settings) as rota:
        page = rota.runs.list(name, task=task, states=states, limit=limit, cursor=cursor)
        if name is not None and not page and not cursor:
            rota.schedules.get(name)  # a schedule that is gone keeps its history; a typo has none
    show(settings, page, RUN_HEADS, run_row, empty="There are no runs.")
