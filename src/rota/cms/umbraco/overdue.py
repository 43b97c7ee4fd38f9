"""Overdue: runs that go on for longer than anybody expects are reported, once each.

Nothing is done to such a run. A thread of its own looks, so that no job and no store can keep the
word from being said; the report is a line of the log, an event, and a mark in the list of jobs.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from threading import Event, Lock, Thread

from rota.engine.client.context import Context
from rota.errors import RotaError

__all__ = ("Watch",)

logger = logging.getLogger("rota")
EVERY = 1.0  # seconds between looks at the most


@dataclass(slots=True)
class Going:
    """A run that goes on."""

    name: str
    since: int  # boot clock
    limit: Callable[[], timedelta | None]
    told: bool = False


class Watch:
    """Looks after the runs of one application in this process. `limit` is for those that say none.

    >>> watch = Watch(None, lambda: timedelta(hours=1))
    >>> watch.is_overdue("acme.clean")
    False
    """

    def __init__(self, context: Context | None, limit: Callable[[], timedelta | None]) -> None:
        self.context = context
        self.limit = limit
        self.going: dict[int, Going] = {}
        self.lock = Lock()
        self.stopping = Event()
        self.thread: Thread | None = None

    @property
    def boot(self) -> int:
        """The clock that never steps."""
        return self.context.clock.boot() if self.context is not None else 0

    def began(
        self, name: str, run: int, limit: Callable[[], timedelta | None] | None = None
    ) -> None:
        """A run has begun."""
        with self.lock:
            self.going[run] = Going(name, self.boot, limit or self.limit)

    def ended(self, name: str, run: int) -> None:
        """It is over."""
        with self.lock:
            self.going.pop(run, None)

    def is_overdue(self, name: str) -> bool:
        """Whether a run of that job has been reported and still goes on."""
        with self.lock:
            return any(one.told for one in self.going.values() if one.name == name)

    def look(self) -> None:
        """Report what is overdue by now, and was not reported yet."""
        now, found = self.boot, []
        with self.lock:
            for run, one in self.going.items():
                limit = one.limit()
                if limit is None or one.told:
                    continue
                passed = timedelta(microseconds=now - one.since)
                if passed > limit:
                    one.told = True
                    found.append((run, one.name, passed, limit))
        for run, name, passed, limit in found:
            self.report(run, name, passed, limit)

    def report(self, run: int, name: str, passed: timedelta, limit: timedelta) -> None:
        text = (
            f"{name} is overdue: run {run} has gone on for {passed.total_seconds():.0f} s, "
            f"longer than {limit.total_seconds():g} s"
        )
        logger.warning("%s", text)
        try:
            if self.context is not None:
                self.context.say("run.overdue", text, level="warning", schedule=name, run=run)
        except RotaError as error:  # the log has it
            logger.debug("the event could not be stored: %s", error)

    # ------------------------------------------------------------------ thread

    def start(self) -> None:
        """Begin to look. Twice is once."""
        if self.thread is not None and self.thread.is_alive() and not self.stopping.is_set():
            return
        self.stopping = Event()
        self.thread = Thread(
            target=self.watch, args=(self.stopping,), name="rota-umbraco-overdue", daemon=True
        )
        self.thread.start()

    def stop(self) -> None:
        """Look no longer."""
        self.stopping.set()

    def watch(self, stopping: Event) -> None:
        """The thread's life."""
        while not stopping.wait(self.pause()):
            try:
                self.look()
            except Exception:
                logger.exception("looking for overdue runs failed, and goes on")

    def pause(self) -> float:
        limit = self.limit()
        return EVERY if limit is None else min(EVERY, max(0.01, limit / timedelta(seconds=2)))
