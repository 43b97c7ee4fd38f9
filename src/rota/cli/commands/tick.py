"""`rota tick`: one pass over what is due, for hosts that have cron and nothing that stays alive."""

from __future__ import annotations

import click

from rota.cli.application import aside, node
from rota.cli.output import document, line
from rota.cli.rows import RUN_HEADS, run_row
from rota.cli.settings import Settings, seconds
from rota.cli.settings import command as make
from rota.cli.table import table
from rota.engine.client.items import plain

__all__ = ("command",)


@make("tick")
@click.option("--limit", default="50s", show_default=True, metavar="DURATION",
              help="Stop what still runs after this long.")  # fmt: skip
def command(settings: Settings, limit: str) -> None:
    """Recover what was lost, start what is due or queued, wait for it, and leave."""
    longest = seconds(limit, "--limit")
    with node(settings) as rota, aside():
        done = rota.tick(longest)
    if settings.json:
        document({name: plain(value) for name, value in done.items()})
        return
    line(f"{done['launched']} launched, {done['skipped']} skipped, {done['recovered']} recovered.")
    runs = done["runs"]
    if isinstance(runs, list) and runs:
        table(RUN_HEADS, [run_row(run) for run in runs])
