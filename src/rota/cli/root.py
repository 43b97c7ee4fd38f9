"""`rota` itself: the table of commands. A command's module is imported when it is called."""

from __future__ import annotations

from importlib import import_module
from typing import Final

import click

from rota.cli.settings import Settings, shared_options
from rota.version import __version__

__all__ = ("COMMANDS", "root")

COMMANDS: Final = {
    # name: what it does, in a few words. Its module is rota.cli.commands.<name>, with _ for -
    "next": "Show when a trigger runs next.",
    "due": "Tell whether a trigger owes a start now.",
    "list": "List the schedules.",
    "show": "Show one schedule.",
    "runs": "List runs, newest first.",
    "tasks": "List the registered tasks.",
    "nodes": "List the running processes.",
    "system": "List what Rota does by itself.",
    "events": "Show the event log, newest first.",
    "audit": "Show who changed what, newest first.",
    "run": "Run a schedule or a task now.",
    "again": "Run a run once more.",
    "backfill": "Run a schedule for slots of the past.",
    "pause": "Stop a schedule for a while.",
    "resume": "Lift a pause.",
    "adopt": "Let this environment fire a store that was copied or moved.",
    "clear-last-run": "Forget when a schedule ran last.",
    "cancel": "Ask a run to stop.",
    "why": "Explain what became of a slot.",
    "serve": "Run a node with the web application.",
    "node": "Run a node alone.",
    "tick": "Do what is due, once, and leave.",
    "user": "Look after who may sign in.",
    "token": "Look after the keys of programs.",
    "cron-url": "Print a signed address that does what is due.",
    "doctor": "Look for what is wrong.",
    "db": "Look after the store.",
    "demo": "Start the demonstration site.",
}


class Root(click.Group):
    """The group that knows its commands by name and loads one at a time."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command. None: there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        found = import_module(f"rota.cli.commands.{cmd_name.replace('-', '_')}").command
        assert isinstance(found, click.Command)
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command of the line; an unknown one is refused with the nearest name."""
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            raise NoSuchCommand(args[0], ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands in the help, without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


class NoSuchCommand(click.UsageError):
    """There is no command of that name; `possibilities` holds the nearest."""

    def __init__(self, name: str, context: click.Context) -> None:
        from difflib import get_close_matches

        super().__init__(f"there is no command {name!r}", context)
        self.command_name = name
        self.possibilities = get_close_matches(name, COMMANDS, n=1)


def version(context: click.Context, _: click.Parameter, asked: bool) -> None:
    """Print the version and stop."""
    if asked and not context.resilient_parsing:
        click.echo(f"rota {__version__}")
        context.exit()


@click.group(cls=Root, invoke_without_command=True)
@click.option(
    "--version", is_flag=True, expose_value=False, is_eager=True, callback=version,
    help="Show the version.",
)  # fmt: skip
@click.pass_context
def root(context: click.Context) -> None:
    """Scheduled and background work: see it, run it, pause it, ask why.

    Times without an offset are read in the zone of the trigger or of the schedule.
    Exit codes: 0 done, 1 it could not be done, 2 what was typed is wrong.
    """
    context.ensure_object(Settings)
    if context.invoked_subcommand is None:
        if context.find_object(Settings) != Settings():
            raise click.UsageError("a command is missing", context)
        click.echo(context.get_help())


root.params += shared_options()
