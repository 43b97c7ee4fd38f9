"""`rota db sql`: the statements that make the store, to be read before they are run."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable

import click

from rota.cli.application import database_url
from rota.cli.output import document, line
from rota.cli.settings import Settings, shared_options
from rota.cli.settings import command as make
from rota.errors import Refused

__all__ = ("command",)

STORES = {"sqlite": "sqlite", "postgresql": "postgresql", "postgres": "postgresql"}


@click.group("db", params=shared_options())
def command() -> None:
    """Look after the store."""


@make("sql")
def sql(settings: Settings) -> None:
    """Print the numbered migrations of the chosen store."""
    scheme = database_url(settings).partition(":")[0].partition("+")[0]
    steps = migrations(scheme)
    if settings.json:
        document({"items": [{"name": step.name, "sql": step.read_text("utf-8")} for step in steps]})
        return
    for step in steps:
        line(f"-- {step.name}")
        line(step.read_text("utf-8").rstrip() + "\n")


def migrations(scheme: str) -> list[Traversable]:
    """The migration files of a kind of store, in order."""
    kind = STORES.get(scheme)
    folder = files("rota.stores").joinpath(kind, "migrations") if kind else None
    if folder is None or not folder.is_dir():
        raise Refused("this kind of store has no migrations to print", part="database", text=scheme,
                      hint="name a sqlite:/// store")  # fmt: skip
    found = [step for step in folder.iterdir() if step.name.endswith(".sql")]
    return sorted(found, key=lambda step: step.name)


command.add_command(sql)
