"""Patience: the store does not answer when a node is to start; it starts as soon as it does."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Event, Thread

from rota.errors import Unreachable

__all__ = ("Patience",)

FIRST, LONGEST = 0.1, 3.0  # seconds between tries

logger = logging.getLogger("rota")


class Patience:
    """Tries on a thread of its own until it succeeds or is told to end; the host goes on."""

    def __init__(self, attempt: Callable[[Patience], None], why: Unreachable) -> None:
        self.attempt = attempt
        self.ended = Event()
        self.thread = Thread(target=self.run, name="rota-patience", daemon=True)
        logger.warning("the store does not answer; the node starts as soon as it does: %s", why)
        self.thread.start()

    def run(self) -> None:
        """The thread's life."""
        pause = FIRST
        while not self.ended.wait(pause):
            try:
                self.attempt(self)
            except Unreachable:
                pause = min(LONGEST, 2 * pause)
            except Exception:  # waiting longer would not mend it
                logger.exception("the store answers, but the node cannot start")
                return
            else:
                logger.warning("the store answers: the node has started")
                return

    def end(self) -> None:
        """Try no more."""
        self.ended.set()
