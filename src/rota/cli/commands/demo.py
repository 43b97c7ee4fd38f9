"""`rota demo`: the demonstration site."""

from __future__ import annotations

from importlib import import_module

import click

from rota.cli.settings import Settings
from rota.cli.settings import command as make

__all__ = ("command",)


@make("demo")
@click.option("--port", type=click.IntRange(1, 65_535), help="Default: 8000, or any that is free.")
@click.option(
    "--folder",
    default=".demo",
    show_default=True,
    help="Where it keeps its data between starts.",
)
@click.option("--fresh", is_flag=True, help="Forget earlier data first.")
def command(_: Settings, port: int | None, folder: str, fresh: bool) -> int:
    """Start a small content site whose scheduled work is real, and print its addresses."""
    words = [f"--folder={folder}"]
    words += [f"--port={port}"] if port else []
    words += ["--fresh"] if fresh else []
    # By name: the demonstration uses Rota as any application does, and nothing depends on it.
    code = import_module("rota.demo.run").main(words)
    return code if isinstance(code, int) else 0
