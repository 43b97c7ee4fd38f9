"""`rota adopt`: from now on this place fires the store."""

from __future__ import annotations

import click

from rota.cli.application import client
from rota.cli.output import document, line
from rota.cli.settings import Settings
from rota.cli.settings import command as make

__all__ = ("command",)


@make("adopt")
@click.option("--environment", metavar="NAME", help="Its name. Else the application's own.")
def command(settings: Settings, environment: str | None) -> None:
    """Let the nodes of this environment fire this store, and no others.

    A store that was copied, moved or restored, or that another environment fires, is only observed
    until somebody says this.
    """
    with client(settings) as rota:
        if environment is not None:
            rota.place.environment = environment
        rota.adopt()
        named = rota.place.environment
    if settings.json:
        document({"adopted": True, "environment": named})
        return
    line(f"Adopted{f' as {named}' if named else ''}: its nodes start by themselves within seconds.")
