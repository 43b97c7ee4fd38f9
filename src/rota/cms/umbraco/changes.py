"""Change events: who wants to know that a job's period, or its ignored delay, is another."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Self

__all__ = ("ChangeEvent", "ChangeListener")

ChangeListener = Callable[[object], object]
"""Called with the job."""

logger = logging.getLogger("rota")


class ChangeEvent:
    """An event with subscribers. What one of them raises is logged, and the others are told.

    >>> event, told = ChangeEvent(), []
    >>> event += told.append
    >>> event.raise_for("the job")
    >>> event.clear()
    >>> event.raise_for("the job")
    >>> told
    ['the job']
    """

    def __init__(self) -> None:
        self.listeners: list[ChangeListener] = []

    def subscribe(self, listener: ChangeListener) -> ChangeListener:
        """Tell this listener from now on. Usable as a decorator."""
        self.listeners.append(listener)
        return listener

    def unsubscribe(self, listener: ChangeListener) -> None:
        """Tell it no longer; one that was never told is no mistake."""
        self.listeners = [one for one in self.listeners if one != listener]

    def __iadd__(self, listener: ChangeListener) -> Self:
        self.subscribe(listener)
        return self

    def __isub__(self, listener: ChangeListener) -> Self:
        self.unsubscribe(listener)
        return self

    def raise_for(self, job: object) -> None:
        """Tell all subscribers."""
        for listener in tuple(self.listeners):
            try:
                listener(job)
            except Exception:
                logger.exception("a listener for a change of %s failed: %r",
                                 type(job).__qualname__, listener)  # fmt: skip

    def clear(self) -> None:
        """Forget all subscribers."""
        self.listeners.clear()
