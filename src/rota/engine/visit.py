"""A visit: a node that comes, does what is to be done now, and leaves: `tick`, `run --here`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Event

from rota.engine.node import Node
from rota.instants import SECOND
from rota.ports.clock import Clock

__all__ = ("stay",)

LOOK = 0.01  # seconds between looks whether all is done


def stay(node: Node, clock: Clock, limit: float, done: Callable[[], bool]) -> bool:
    """Let the node work until `done()`, but no longer than `limit` seconds; True if it was done."""
    return any(done() for _ in looks(clock, limit))


def looks(clock: Clock, limit: float) -> Iterator[None]:
    end = clock.boot() + round(limit * SECOND)
    pause = Event()
    while clock.boot() < end:
        yield
        pause.wait(LOOK)
