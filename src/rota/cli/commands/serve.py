"""`rota serve`: a node with the web application."""

from __future__ import annotations

import errno
import socket
from typing import TYPE_CHECKING

import click

from rota.cli.application import named, node
from rota.cli.output import document, line
from rota.cli.settings import Settings
from rota.cli.settings import command as make
from rota.cli.signals import Signals
from rota.cli.stopping import stop
from rota.errors import Problem, Refused

if TYPE_CHECKING:
    from rota.app import Rota

__all__ = ("command",)


@make("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65_535), default=8000, show_default=True,
              help="The port to listen on; 0 picks a free one.")  # fmt: skip
@click.option("--allow-host", "hosts", multiple=True, metavar="NAME",
              help="A name under which browsers reach this; may be repeated.")  # fmt: skip
@named
def command(
    settings: Settings,
    host: str,
    port: int,
    hosts: tuple[str, ...],
    roles: tuple[str, ...],
    labels: tuple[str, ...],
) -> None:
    """Run the application's tasks and serve the web application, until SIGTERM or Ctrl-C."""
    from rota.web import extra

    extra.need()
    port = bindable(host, port)
    from rota.web.serve import listen, serve

    with Signals() as signals, node(settings, roles, labels) as rota:
        web = rota.web(accounts=True, hosts=(host, *hosts))
        listening = listen(host, port)
        rota.open()  # a command says at once what is wrong; a host would start and wait
        rota.start()
        ready(rota, settings, host, port)
        serve(web, listening, signals.came)
        signals.drain()
        stop(rota, signals)


def ready(rota: Rota, settings: Settings, host: str, port: int) -> None:
    """Say where the web application is, alone on its line, so that one can click on it."""
    address = f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
    if settings.json:
        document({
            "node": rota.node_name, "database": rota.url, "address": address,
            "observing": rota.observing,
        })  # fmt: skip
    else:
        if rota.observing:
            line(f"Only observing: {rota.observing}. To let it fire: rota adopt")
        elif not rota.running:
            line(f"The page alone, no node (ROTA_START=0): {rota.url}")
        else:
            line(f"Node {rota.node_name} is ready: {rota.url}")
        line(address)


def bindable(host: str, port: int) -> int:
    """The port, if one can listen there now (0: a free one); else Refused names a free one."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as ear:
            ear.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            ear.bind(address)
            return int(ear.getsockname()[1])
    except OSError as error:
        raise Refused(why(error, host, port)) from None


def why(error: OSError, host: str, port: int) -> Problem:
    """Why one cannot listen there, and what to write instead."""
    if error.errno == errno.EADDRINUSE:
        free = bindable(host, 0)
        return Problem("refused", "--port", str(port), f"another program listens on {host}:{port}",
                       f"port {free} is free: write --port {free}")  # fmt: skip
    if error.errno == errno.EACCES:
        return Problem("refused", "--port", str(port), "this port needs a privileged user",
                       "write one from 1024 on, such as --port 8000")  # fmt: skip
    reason = (error.strerror or str(error)).lower()
    return Problem("refused", "--host", host, f"one cannot listen there: {reason}",
                   "write an address of this machine, such as 127.0.0.1 or 0.0.0.0")  # fmt: skip
