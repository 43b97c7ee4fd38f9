"""A visit: a node that comes, does what is to be done now, and leaves: `tick`, `run --here`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Event

from rota.engine.client.context import Context
from rota.engine.client.itemize import run_item
from rota.engine.node import Node
from rota.engine.upkeep.recovery import recover
from rota.instants import SECOND
from rota.ports.clock import Clock
from rota.rules.states import FINAL

__all__ = ("perform", "tick")

STOP = 10.0  # seconds that what still runs at the end has to stop
FOR_EVER = 1e9  # seconds
LOOK = 0.01  # seconds between looks whether all is done


def tick(context: Context, node: Node, limit: float) -> dict[str, object]:
    """Recover what dead nodes left, let `node` launch and take what is due, wait for that, and say
    what came of it.
    """
    recovered = recover(context.store, context.clock.now())
    node.keeper.search_now()  # a host that only ticks has nobody else to look
    node.machine.along = 0  # what is due is done; what comes next would make it stay
    stay(node, context.clock, limit, node.is_idle)
    rows = (context.store.run(run) for run in node.taken)
    return {
        "launched": node.machine.launched,
        "skipped": node.machine.skipped,
        "recovered": len(recovered),
        "runs": [run_item(row) for row in rows if row is not None],
    }


def perform(context: Context, node: Node, run: int, limit: float | None) -> None:
    """Let `node` carry out one run and nothing else."""

    def done() -> bool:
        row = context.store.run(run)
        return row is None or row.state in FINAL

    node.machine.decides = node.terms.competes = False
    stay(node, context.clock, limit or FOR_EVER, done)


def stay(node: Node, clock: Clock, limit: float, done: Callable[[], bool]) -> None:
    """Let the node live until `done()`, but no longer than `limit` seconds."""
    node.start()
    try:
        any(done() for _ in looks(clock, limit))
    finally:
        node.stop(STOP)


def looks(clock: Clock, limit: float) -> Iterator[None]:
    end = clock.boot() + round(limit * SECOND)
    pause = Event()
    while clock.boot() < end:
        yield
        pause.wait(LOOK)
