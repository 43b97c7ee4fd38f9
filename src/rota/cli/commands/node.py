"""`rota node`: a process that runs tasks, without the web application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rota.cli.application import named, node
from rota.cli.output import document, line
from rota.cli.settings import Settings
from rota.cli.settings import command as make
from rota.cli.signals import Signals
from rota.cli.stopping import stop
from rota.errors import Refused

if TYPE_CHECKING:
    from rota.app import Rota

__all__ = ("command",)


@make("node")
@named
def command(settings: Settings, roles: tuple[str, ...], labels: tuple[str, ...]) -> None:
    """Run the application's tasks until SIGTERM or Ctrl-C; a second signal shortens the wait."""
    with Signals() as signals, node(settings, roles, labels) as rota:
        rota.open()  # a command says at once what is wrong; a host would start and wait
        rota.start()
        need_node(rota)
        ready(rota, settings)
        signals.wait()
        stop(rota, signals)


def need_node(rota: Rota) -> None:
    """Refuse to wait for ever in a process that was told to be no node."""
    if not rota.running and not rota.observing:
        raise Refused("it keeps this process from being a node", part="ROTA_START",
                      text="0", hint="unset it here")  # fmt: skip


def ready(rota: Rota, settings: Settings) -> None:
    """Say that the node is alive: one line, or one document."""
    if settings.json:
        document({"node": rota.node_name, "database": rota.url, "observing": rota.observing})
    elif rota.observing:
        line(f"Only observing {rota.url}: {rota.observing}. To let it fire: rota adopt")
    else:
        line(f"Node {rota.node_name} is ready: {rota.url}")
