"""`rota next`: when a trigger runs, from the same engine that runs it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from rota.cli.moments import ago, instant, now, zone_of
from rota.cli.output import document, line
from rota.cli.settings import Settings
from rota.cli.settings import command as make
from rota.cli.style import terminal
from rota.cli.table import Column, table
from rota.instants import from_datetime, rfc3339

if TYPE_CHECKING:
    from rota.when import Trigger

__all__ = ("command",)

MOST = 10_000


@make("next")
@click.argument("trigger")
@click.option("--after", metavar="T", help="Later than this time; default: now.")
@click.option(
    "--count",
    type=click.IntRange(1, MOST),
    default=5,
    show_default=True,
    metavar="N",
    help="How many times to show.",
)
@click.option("--seed", metavar="NAME", default="",
              help="The schedule's name, which the H of a cron text is drawn from.")  # fmt: skip
def command(settings: Settings, trigger: str, after: str | None, count: int, seed: str) -> None:
    r"""Show when TRIGGER runs next.

    \b
    rota next 'daily at 09:00 in Europe/Prague' --count 3
    rota next '*/5 * * * *'
    """
    from rota.when import trigger as read

    rule = read(trigger)
    since = instant(after, rule.zone, "--after") if after else now()
    times = rule.next(since, count, seed=seed)
    warnings = rule.warnings(from_datetime(since))
    if settings.json:
        document(
            {
                "trigger": str(rule),
                "words": rule.words(),
                "zone": rule.zone,
                "times": [rfc3339(from_datetime(one)) for one in times],
                "warnings": [warning.json() for warning in warnings],
            }
        )
        return
    line(rule.words())
    line(f"Time zone: {rule.zone}")
    line()
    show(rule, times)
    for warning in warnings:
        line(f"Warning: {warning.text}")


def show(rule: Trigger, times: list[datetime]) -> None:
    """The times in the trigger's zone and in UTC, and on a terminal how far away they are."""
    if not times:
        line("No times.")
        return
    zone = zone_of(rule.zone)
    here = [one.astimezone(zone) for one in times]
    local = [one.strftime("%a ") + one.isoformat(" ") for one in here]
    if not terminal():
        local = [one.isoformat() for one in here]
    heads = [Column(rule.zone), Column("UTC")]
    rows = [[mine, rfc3339(from_datetime(one))] for mine, one in zip(local, times, strict=True)]
    if terminal():
        heads.append(Column(""))
        rows = [[*row, ago(one, now())] for row, one in zip(rows, times, strict=True)]
    table(heads, rows)
