"""The run, as a task sees it: what it is, how it reports, and how it learns that it should stop."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter

from rota.errors import Cancelled
from rota.instants import to_datetime
from rota.ports.records import Json, Progress, RunRow

__all__ = ("Run",)


def quiet() -> logging.Logger:
    return logging.getLogger("rota.run")


@dataclass(eq=False, slots=True)
class Run:
    """One attempt of one run, handed to a task that asks for it with an annotation.

    `due` is the slot it stands for, an aware UTC datetime; `kind` is slot, manual, again or
    backfill; `attempt` counts from 1; `fence` only ever grows, so that of two attempts the later
    one has the greater fence.

    >>> from rota import Rota, Run
    >>> from rota.testing import ManualNode
    >>> rota = Rota("memory://")
    >>> @rota.task("shop.index")
    ... def index(run: Run, pages: int = 3) -> str:
    ...     for page in range(pages):
    ...         run.checkpoint()
    ...         run.progress(page / pages, f"page {page}")
    ...     return f"{pages} pages, attempt {run.attempt}"
    >>> with ManualNode(rota) as node:
    ...     node.run_now("shop.index").result
    '3 pages, attempt 1'
    """

    row: RunRow
    report: Callable[[Progress], None]
    read_previous: Callable[[], object | None]
    make_log: Callable[[], logging.Logger] = quiet
    asked: str | None = None  # why it is asked to stop
    logger: logging.Logger | None = None
    waiting: list[Callable[[], object]] | None = None  # who is told once it is asked

    @property
    def id(self) -> int:
        """The run's number in its store."""
        return self.row.id

    @property
    def schedule(self) -> str | None:
        """The name of its schedule; None for a task that somebody ran without one."""
        return self.row.schedule

    @property
    def task(self) -> str:
        """The identifier of its task."""
        return self.row.task

    @property
    def due(self) -> datetime:
        """The slot; for a manual run the instant it was asked for."""
        return to_datetime(self.row.due)

    @property
    def kind(self) -> str:
        """slot, manual, again or backfill."""
        return self.row.kind

    @property
    def attempt(self) -> int:
        """Which try this is, from 1."""
        return self.row.attempt

    @property
    def fence(self) -> int:
        """The number that this attempt's claim handed out."""
        return self.row.fence

    @property
    def node(self) -> str | None:
        """The name of the node it runs on."""
        return self.row.node

    @property
    def parameters(self) -> Json:
        """The JSON parameters it was given."""
        return self.row.parameters

    @property
    def previous(self) -> object | None:
        """The last finished run of the same schedule, as a `RunItem`, or None. Reads the store."""
        return self.read_previous()

    @property
    def log(self) -> logging.Logger:
        """A standard logger; every line of it is kept with the run, whatever its level."""
        if self.logger is None:
            self.logger = self.make_log()
        return self.logger

    @property
    def cancelled(self) -> bool:
        """True once it is asked to stop, by a person, a deadline or the end of its node; a
        task that runs long looks now and then.
        """
        return self.asked is not None

    def on_cancel(self, listener: Callable[[], object]) -> None:
        """Call this once it is asked to stop: at once, or later on the thread that asks, which it
        must not hold up.
        """
        if self.waiting is None:
            self.waiting = []
        self.waiting.append(listener)
        if self.asked is not None:
            self.tell_waiting()

    def ask(self, reason: str) -> None:
        """Ask it to stop; a later reason does not replace the first."""
        self.asked = self.asked or reason
        self.tell_waiting()

    def tell_waiting(self) -> None:
        while self.waiting:
            try:
                self.waiting.pop()()
            except IndexError:  # another thread was quicker
                return
            except Exception:
                logging.getLogger("rota").exception("a listener for a cancellation failed")

    def checkpoint(self) -> None:
        """Raise `Cancelled` if the run is asked to stop, else do nothing."""
        if self.asked is not None:
            raise Cancelled(self.asked)

    def progress(self, fraction: float, message: str = "") -> None:
        """Say how far it is: a fraction from 0 to 1 (values outside are clamped), and what it does
        now, in up to 500 characters. Cheap enough to be said often: the last word is written.
        """
        part = min(1.0, max(0.0, float(fraction)))
        self.report(Progress(self.row.id, self.row.fence, part, str(message)[:500]))

    @contextmanager
    def trace(self, start: str, end: str) -> Iterator[None]:
        """Log a text before and another after a block, the latter with the seconds it took:
        `with run.trace("copying", "copied"):`. The latter also when the block raises.
        """
        began = perf_counter()
        self.log.info("%s", start)
        try:
            yield
        finally:
            self.log.info("%s (%.3f s)", end, perf_counter() - began)
