"""Patience: a node that may not start yet, because its store does not answer or is not its own to
fire; it starts as soon as it may.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Event, Thread

from rota.engine.hosting.environment import Foreign
from rota.errors import RotaError, Unreachable

__all__ = ("Patience",)

FIRST, LONGEST = 0.1, 3.0  # seconds between tries

logger = logging.getLogger("rota")


class Patience:
    """Tries on a thread of its own until it succeeds or is told to end; the host goes on."""

    def __init__(self, attempt: Callable[[Patience], None], why: RotaError) -> None:
        self.attempt = attempt
        self.why = why
        self.ended = Event()
        self.thread = Thread(target=self.run, name="rota-patience", daemon=True)
        logger.warning("%s", told(why))
        self.thread.start()

    def run(self) -> None:
        """The thread's life."""
        pause = FIRST
        while not self.ended.wait(pause):
            try:
                self.attempt(self)
            except (Unreachable, Foreign) as error:
                if type(error) is not type(self.why):
                    logger.warning("%s", told(error))
                self.why = error
                pause = min(LONGEST, 2 * pause)
            except Exception:  # waiting longer would not mend it
                logger.exception("the store answers, but the node cannot start")
                return
            else:
                logger.warning("the node has started: %s", began(self.why))
                return

    @property
    def observing(self) -> str:
        """Why nothing may be fired from here; empty if it is the store that does not answer."""
        return self.why.problems[0].reason if isinstance(self.why, Foreign) else ""

    def end(self) -> None:
        """Try no more."""
        self.ended.set()


def told(why: RotaError) -> str:
    if isinstance(why, Foreign):
        return f"this process only observes, and starts nothing: {why}"
    return f"the store does not answer; the node starts as soon as it does: {why}"


def began(why: RotaError) -> str:
    return "the store was adopted" if isinstance(why, Foreign) else "the store answers"
