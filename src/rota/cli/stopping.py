"""The end of a node that a command started: one deadline for all, and a way to hurry."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

from rota.cli.output import remark
from rota.cli.signals import Signals

if TYPE_CHECKING:
    from rota.app import Rota

__all__ = ("stop",)

GRACE: Final = 10.0  # seconds that running tasks get to end
HURRY: Final = 1.0  # seconds that are left of it after a second signal
LOOK: Final = 0.02


def stop(rota: Rota, signals: Signals) -> None:
    """Stop the node; running tasks are asked to end. A second signal brings the deadline near."""
    remark("stopping; running tasks are asked to end")
    patient = threading.Thread(target=rota.stop, args=(GRACE,), name="rota-stop")
    patient.start()
    while patient.is_alive():
        if signals.wait(LOOK):
            rota.stop(HURRY)
