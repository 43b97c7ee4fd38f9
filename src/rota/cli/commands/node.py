"""`rota node`: a process that runs tasks, without the web application."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

from rota.cli.application import node
from rota.cli.output import document, line, remark
from rota.cli.settings import Settings
from rota.cli.settings import command as make
from rota.cli.signals import Signals

if TYPE_CHECKING:
    from rota.app import Rota

__all__ = ("command",)

GRACE: Final = 10.0  # seconds that running tasks get to end
HURRY: Final = 1.0  # seconds that are left of it after a second signal


@make("node")
def command(settings: Settings) -> None:
    """Run the application's tasks until SIGTERM or Ctrl-C; a second signal shortens the wait."""
    with Signals() as signals, node(settings) as rota:
        rota.start()
        ready(rota, settings)
        signals.wait()
        stop(rota, signals)


def ready(rota: Rota, settings: Settings) -> None:
    """Say that the node is alive: one line, or one document."""
    if settings.json:
        document({"node": rota.node_name, "database": rota.url})
    else:
        line(f"Node {rota.node_name} is ready: {len(rota.tasks.list())} tasks, {rota.url}")


def stop(rota: Rota, signals: Signals) -> None:
    """Stop with one deadline for all; a second signal brings it near."""
    remark("stopping; running tasks are asked to end")
    patient = threading.Thread(target=rota.stop, kwargs={"timeout": GRACE}, name="rota-stop")
    patient.start()
    while patient.is_alive():
        if signals.wait(0.05):
            rota.stop(timeout=HURRY)
