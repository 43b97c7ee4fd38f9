"""`rota list`: the schedules, by name."""

from __future__ import annotations

import click

from rota.cli.application import client
from rota.cli.listing import paged, show
from rota.cli.moments import shown
from rota.cli.settings import Settings
from rota.cli.settings import command as make
from rota.cli.table import Column
from rota.engine.client.items import ScheduleItem

__all__ = ("command",)

HEADS = (
    Column("NAME"), Column("RUNS WHEN", flexible=True), Column("STATUS", word=True),
    Column("LAST RUN"), Column("LAST RESULT", flexible=True), Column("NEXT RUN"),
    Column("RUNS", right=True),
)  # fmt: skip


@make("list")
@click.option("--search", metavar="TEXT", default="", help="Only those with this text in them.")
@paged
def command(settings: Settings, search: str, limit: int, cursor: str | None) -> None:
    """List the schedules: when each runs, what it does now, how it went, when it runs next."""
    with client(settings) as rota:
        page = rota.schedules.list(limit=limit, cursor=cursor, search=search)
    show(settings, page, HEADS, row, empty="There are no schedules.")


def row(item: ScheduleItem) -> tuple[str, ...]:
    """A schedule as a row."""
    return (
        item.name, item.words or item.trigger, item.status, shown(item.last_run),
        item.last_result or "", shown(item.next_run), str(item.runs),
    )  # fmt: skip
