"""What every command understands: `--app`, `--database` and `--json`, before or after its name."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click

__all__ = ("Command", "Settings", "command", "seconds", "shared_options")


@dataclass(slots=True)
class Settings:
    """What the line says about every command. The word nearest to the end wins."""

    app: str | None = None
    database: str | None = None
    json: bool = False

    @property
    def application(self) -> str | None:
        """The application's name: the line's, else ROTA_APP."""
        return self.app or os.environ.get("ROTA_APP") or None


def remember(context: click.Context, option: click.Parameter, value: Any) -> None:
    """Keep a shared option's value in the one Settings of the line, if it was written."""
    settings = context.ensure_object(Settings)
    if value:
        setattr(settings, str(option.name), value)


def shared_options() -> list[click.Parameter]:
    """The options that every command and `rota` itself take. Fresh ones: click keeps them apart."""
    return [
        click.Option(
            ["--app"], metavar="MODULE[:ATTRIBUTE]", expose_value=False, callback=remember,
            help="The application's Rota (default attribute: rota). Also ROTA_APP.",
        ),
        click.Option(
            ["--database"], metavar="URL", expose_value=False, callback=remember,
            help="The store: sqlite:///rota.db. Else the application's, else ROTA_DATABASE.",
        ),
        click.Option(
            ["--json"], is_flag=True, expose_value=False, callback=remember,
            help="Print one JSON document, errors too.",
        ),
    ]  # fmt: skip


class Command(click.Command):
    """A command that takes the shared options as well as its own."""

    def __init__(self, name: str | None, **attributes: Any) -> None:
        super().__init__(name, **attributes)
        self.params += shared_options()


def command(name: str) -> Callable[[Callable[..., Any]], Command]:
    """Turn a function into the command of that name; the function gets the Settings first."""

    def decorate(function: Callable[..., Any]) -> Command:
        made = click.command(name, cls=Command)(click.pass_obj(function))
        assert isinstance(made, Command)
        return made

    return decorate


def seconds(text: str, part: str) -> float:
    """The seconds of a duration such as `50s`; TriggerError (`E_DURATION`) names the part."""
    from rota.durations import duration
    from rota.errors import Problem, TriggerError

    try:
        return duration(text) / 1_000_000
    except ValueError as error:
        raise TriggerError(Problem("E_DURATION", part, text, str(error))) from None
