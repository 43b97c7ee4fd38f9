"""`rota token`: keys for programs that use the HTTP API."""

from __future__ import annotations

import click

from rota.cli.application import client
from rota.cli.moments import shown
from rota.cli.output import document, line
from rota.cli.settings import Settings, shared_options
from rota.cli.settings import command as make
from rota.cli.table import Column, table
from rota.engine.client.items import TokenItem
from rota.rules.access import ROLES

__all__ = ("command",)

HEADS = (
    Column("NAME"), Column("ROLE", word=True), Column("CREATED"), Column("EXPIRES"),
    Column("STATE", word=True), Column("MADE BY"),
)  # fmt: skip


@click.group("token", params=shared_options())
def command() -> None:
    """Look after the keys of programs that use the HTTP API."""


@make("add")
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), required=True, help="What the token may do.")
@click.option("--expires", default="90d", show_default=True, metavar="DURATION",
              help="How long it lives.")  # fmt: skip
def add(settings: Settings, name: str, role: str, expires: str) -> None:
    """Make a token and show its key, once. Programs send it as Authorization: Bearer KEY."""
    with client(settings) as rota:
        made = rota.tokens.add(name, role, expires=expires)
    if settings.json:
        document(made.json())
        return
    line(f"Made the token {name} with the role {role}; it expires {shown(made.token.expires)}.",
         err=True)  # fmt: skip
    line("Keep its key now: nobody can show it again.", err=True)
    line(made.key)


@make("list")
def list_(settings: Settings) -> None:
    """List the tokens, without their keys."""
    with client(settings) as rota:
        items = rota.tokens.list()
    if settings.json:
        document({"items": [item.json() for item in items], "next": None})
    elif items:
        table(HEADS, [row(item) for item in items])
    else:
        line("There is no token.")


def row(item: TokenItem) -> tuple[str, ...]:
    """A token as a row."""
    state = "expired" if item.expired else "valid"
    return (item.name, item.role, shown(item.created), shown(item.expires), state, item.user or "")


@make("remove")
@click.argument("name")
def remove(settings: Settings, name: str) -> None:
    """Revoke a token: the next request with its key is refused."""
    with client(settings) as rota:
        rota.tokens.remove(name)
    if settings.json:
        document({"name": name})
    else:
        line(f"Removed the token {name}.")


for one in (add, list_, remove):
    command.add_command(one)
