"""`rota demo`: the demonstration site."""

from __future__ import annotations

from importlib import import_module

from rota.cli.settings import Settings
from rota.cli.settings import command as make

__all__ = ("command",)


@make("demo")
def command(_: Settings) -> int:
    """Start a small content site whose scheduled work is real, and print its addresses."""
    # By name: the demonstration uses Rota as any application does, and nothing depends on it.
    code = import_module("rota.demo.run").main()
    return code if isinstance(code, int) else 0
