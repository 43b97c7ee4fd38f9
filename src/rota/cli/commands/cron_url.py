"""`rota cron-url`: a signed address that causes one tick."""

from __future__ import annotations

import click

from rota.cli.application import client
from rota.cli.moments import instant
from rota.cli.output import document, line, remark
from rota.cli.settings import Settings
from rota.cli.settings import command as make
from rota.instants import from_datetime, rfc3339

__all__ = ("command",)


@make("cron-url")
@click.argument("base")
@click.option("--expires", metavar="T", help="The address is void from then on; default: never.")
@click.option("--rotate", is_flag=True, help="Make all addresses void that were given out before.")
def command(settings: Settings, base: str, expires: str | None, rotate: bool) -> None:
    """Print a signed address under BASE, where the web application is mounted. Fetching it does
    what is due, once.
    """
    end = instant(expires, "UTC", "--expires") if expires else None
    with client(settings) as rota:
        if rotate:
            rota.webcron.rotate()
        url = rota.webcron.url(base, end)
    if settings.json:
        document({"url": url, "expires": None if end is None else rfc3339(from_datetime(end))})
        return
    line(url)
    remark("whoever has this address can use it; rota cron-url --rotate makes it void")
