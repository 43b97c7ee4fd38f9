"""`rota backfill`: runs for slots of the past."""

from __future__ import annotations

import click

from rota.cli.application import client
from rota.cli.commands.run import read
from rota.cli.moments import instant
from rota.cli.output import document, line
from rota.cli.settings import Settings
from rota.cli.settings import command as make
from rota.cli.style import clean
from rota.engine.client.items import Backfill
from rota.engine.schedules.backfilling import MOST
from rota.instants import from_datetime, rfc3339

__all__ = ("command",)


@make("backfill")
@click.argument("name")
@click.option("--from", "start", metavar="T", required=True, help="The first slot's time.")
@click.option("--until", metavar="T", required=True, help="The last slot's time, inclusive.")
@click.option("--parameters", metavar="JSON", help="An object with the runs' parameters.")
@click.option("--limit", type=click.IntRange(1, MOST), default=MOST, show_default=True,
              metavar="N", help="Refuse a range with more slots.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Only say which slots there are.")
def command(
    settings: Settings, name: str, start: str, until: str, parameters: str | None, limit: int,
    dry_run: bool,
) -> None:  # fmt: skip
    """Queue a run of the schedule NAME for each of its slots in a range of the past."""
    values = read(parameters)
    with client(settings) as rota:
        zone = rota.schedules.get(name).zone
        first, last = instant(start, zone, "--from"), instant(until, zone, "--until")
        done = rota.schedules.backfill(
            name, first, last, limit=limit, parameters=values, dry_run=dry_run
        )
    if settings.json:
        document(done.json())
    else:
        tell(name, done, dry_run=dry_run)


def tell(name: str, done: Backfill, *, dry_run: bool) -> None:
    """The slots, and what was queued for them."""
    if dry_run:
        for slot in done.slots:
            line(rfc3339(from_datetime(slot)))
        line(f"{clean(name)} has {len(done.slots)} slots in this range.")
        return
    rest = len(done.slots) - len(done.runs)
    line(f"Queued {len(done.runs)} runs of {clean(name)}."
         + (f" {rest} slots had one already." if rest else ""))  # fmt: skip
