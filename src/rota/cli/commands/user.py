"""`rota user`: who may sign in to `rota serve`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click

from rota.cli.application import client
from rota.cli.moments import shown
from rota.cli.output import document, line
from rota.cli.settings import Settings, shared_options
from rota.cli.settings import command as make
from rota.cli.table import Column, table
from rota.errors import Refused
from rota.rules.access import ROLES

__all__ = ("command",)

HEADS = (Column("NAME"), Column("ROLE", word=True), Column("CREATED"), Column("CHANGED"))
F = TypeVar("F", bound=Callable[..., Any])


@click.group("user", params=shared_options())
def command() -> None:
    """Look after the accounts of the web application."""


def role(function: F) -> F:
    """Add `--role` to a command."""
    return click.option("--role", type=click.Choice(ROLES), required=True,
                        help="What the account may do.")(function)  # fmt: skip


@make("add")
@click.argument("name")
@role
def add(settings: Settings, name: str, role: str) -> None:
    """Make an account. The password is asked for twice, or read from standard input."""
    with client(settings) as rota:
        item = rota.accounts.add(name, password(), role)
    if settings.json:
        document(item.json())
    else:
        line(f"Made the account {item.name} with the role {item.role}.")


@make("password")
@click.argument("name")
def set_password(settings: Settings, name: str) -> None:
    """Set another password. Whoever is signed in must sign in again."""
    with client(settings) as rota:
        rota.accounts.need(name)
        rota.accounts.set_password(name, password())
    if settings.json:
        document({"name": name})
    else:
        line(f"{name} has another password.")


@make("role")
@click.argument("name")
@role
def set_role(settings: Settings, name: str, role: str) -> None:
    """Set another role. It counts from the next request on."""
    with client(settings) as rota:
        item = rota.accounts.set_role(name, role)
    if settings.json:
        document(item.json())
    else:
        line(f"{item.name} has the role {item.role}.")


@make("list")
def list_(settings: Settings) -> None:
    """List the accounts."""
    with client(settings) as rota:
        items = rota.accounts.list()
    if settings.json:
        document({"items": [item.json() for item in items], "next": None})
    elif items:
        rows = [(one.name, one.role, shown(one.created), shown(one.changed)) for one in items]
        table(HEADS, rows)
    else:
        line("There is no account: only this machine is answered, as an administrator.")


@make("remove")
@click.argument("name")
def remove(settings: Settings, name: str) -> None:
    """Remove an account. Its sessions end at once."""
    with client(settings) as rota:
        rota.accounts.remove(name)
    if settings.json:
        document({"name": name})
    else:
        line(f"Removed the account {name}.")


def password() -> str:
    """The password, typed twice; or the first line of standard input, if nobody sits there."""
    if sys.stdin.isatty():
        typed: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
        return typed
    given = sys.stdin.readline().rstrip("\r\n")
    if not given:
        raise Refused("the password is missing", part="password",
                      hint="type it at a terminal, or send it to standard input")  # fmt: skip
    return given


for one in (add, set_password, set_role, list_, remove):
    command.add_command(one)
