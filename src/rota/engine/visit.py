"""A visit: a node that comes, does what is to be done now, and leaves: `tick`, `run --here`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from threading import Event

from rota.engine.itemize import run_item
from rota.engine.node import Node
from rota.instants import SECOND
from rota.ports.clock import Clock
from rota.ports.records import RunRow
from rota.ports.store import Store

__all__ = ("report", "stay")

LOOK = 0.01  # seconds between looks whether all is done


def stay(node: Node, clock: Clock, limit: float, done: Callable[[], bool]) -> bool:
    """Let the node work until `done()`, but no longer than `limit` seconds; True if it was done."""
    return any(done() for _ in looks(clock, limit))


def report(node: Node, store: Store, recovered: Sequence[RunRow]) -> dict[str, object]:
    """What came of a tick."""
    rows = (store.run(run) for run in node.taken)
    return {
        "launched": node.machine.launched,
        "skipped": node.machine.skipped,
        "recovered": len(recovered),
        "runs": [run_item(row) for row in rows if row is not None],
    }


def looks(clock: Clock, limit: float) -> Iterator[None]:
    end = clock.boot() + round(limit * SECOND)
    pause = Event()
    while clock.boot() < end:
        yield
        pause.wait(LOOK)
