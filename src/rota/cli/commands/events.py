"""`rota events`: what happened, newest first."""

from __future__ import annotations

import click

from rota.cli.application import client
from rota.cli.listing import paged, show
from rota.cli.moments import shown
from rota.cli.settings import Settings
from rota.cli.settings import command as make
from rota.cli.table import Column
from rota.engine.client.items import EventItem

__all__ = ("command",)

HEADS = (
    Column("TIME"), Column("LEVEL", word=True), Column("KIND"), Column("SCHEDULE"),
    Column("RUN", right=True), Column("TEXT", flexible=True),
)  # fmt: skip


@make("events")
@click.option(
    "--level",
    "levels",
    multiple=True,
    type=click.Choice(("info", "warning", "error")),
    help="Only events of this level; may be given more than once.",
)
@click.option("--kind", default="", metavar="PREFIX", help="Only kinds that begin so: run.")
@click.option("--schedule", metavar="NAME", help="Only events of this schedule.")
@click.option("--run", type=int, metavar="ID", help="Only events of this run.")
@click.option("--search", default="", metavar="TEXT", help="Only events with this text.")
@paged
def command(
    settings: Settings,
    levels: tuple[str, ...],
    kind: str,
    schedule: str | None,
    run: int | None,
    search: str,
    limit: int,
    cursor: str | None,
) -> None:
    """Show the event log, newest first."""
    with client(settings) as rota:
        page = rota.events.list(
            limit=limit, cursor=cursor, levels=levels, kind=kind, schedule=schedule, run=run,
            search=search,
        )  # fmt: skip
    show(settings, page, HEADS, row, empty="There are no events.")


def row(item: EventItem) -> tuple[str, ...]:
    """An event as a row."""
    run = "" if item.run is None else str(item.run)
    return (shown(item.time), item.level, item.kind, item.schedule or "", run, item.text)
