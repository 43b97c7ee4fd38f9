"""Events of a runner: subscribed with `+=`, left with `-=`, as in C#."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

__all__ = ("Event", "TaskEventArgs")

Handler = Callable[[Any, Any], object]
"""Called with the sender and the event's arguments."""

logger = logging.getLogger("rota")


@dataclass(frozen=True, slots=True)
class TaskEventArgs:
    """The task that an event is about, and what it raised, if it did."""

    task: object
    error: BaseException | None = None


class Event:
    """Whom to tell. What a handler raises is logged with its name; the others are told, and the
    task is not touched.

    >>> told = []
    >>> def tell(sender, e):
    ...     told.append((sender, e))
    >>> event = Event("task_completed")
    >>> event += tell
    >>> event("the runner", "the task")
    >>> event -= tell
    >>> event("the runner", "another task")
    >>> told
    [('the runner', 'the task')]
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.handlers: tuple[Handler, ...] = ()

    def __iadd__(self, handler: Handler) -> Self:
        self.handlers = (*self.handlers, handler)
        return self

    def __isub__(self, handler: Handler) -> Self:
        kept = list(self.handlers)
        if handler in kept:
            kept.remove(handler)
        self.handlers = tuple(kept)
        return self

    def __call__(self, sender: object, e: object) -> None:
        for handler in self.handlers:
            try:
                handler(sender, e)
            except Exception:
                named = getattr(handler, "__qualname__", repr(handler))
                logger.exception("a handler of %s failed: %s", self.name, named)
