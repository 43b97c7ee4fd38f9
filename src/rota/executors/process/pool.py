"""Attempts in child processes: made when needed, kept warm, replaced after so many runs.

A thread of ours sits with each child: it starts the process, gives it one attempt at a time, hears
what it says, and buries it. Between attempts up to half of the children stay, so that the next one
begins at once.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence

from rota.errors import RotaError
from rota.executors.process.child import Child
from rota.executors.process.program import Program
from rota.executors.process.wire import TooLong
from rota.ports.executor import Attempt

__all__ = ("ProcessExecutor",)

log = logging.getLogger("rota.executors")

RUNS = 100  # attempts of one child; then its memory is given back
IDLE = 600.0  # seconds that a child is kept without an attempt


class Place:
    """An attempt on its way: whether it was asked to stop, and which child has it."""

    __slots__ = ("asked", "attempt", "child", "forced")

    def __init__(self, attempt: Attempt) -> None:
        self.attempt = attempt
        self.asked = False
        self.forced = False
        self.child: Child | None = None


class ProcessExecutor:
    """Up to `limit` attempts at once, each in a child process; more of them wait in order.

    `program` says what children import, and is asked when one is started: RotaError says why none
    can be. To `cancel` is to ask; to do it again is to end the process.
    """

    def __init__(
        self,
        limit: int,
        program: Callable[[], Program],
        *,
        runs: int = RUNS,
        idle: float = IDLE,
        name: str = "rota-child",
    ) -> None:
        self.limit = limit
        self.program = program
        self.runs = runs
        self.patience = idle
        self.name = name
        self.keep = max(1, limit // 2)
        self.lock = threading.Lock()
        self.waiting: deque[Place] = deque()
        self.open: dict[int, Place] = {}  # by the attempt's key
        self.idle: list[threading.Event] = []  # threads that wait, the last to come the first to go
        self.threads = 0
        self.made = 0
        self.stopping = False

    def start(self, attempt: Attempt) -> None:
        """Begin the attempt soon; RuntimeError if there is no thread and none can be made."""
        self.start_all([attempt])

    def start_all(self, attempts: Sequence[Attempt]) -> None:
        """Begin the attempts soon; RuntimeError if there is no thread and none can be made."""
        places = [Place(attempt) for attempt in attempts]
        with self.lock:
            if self.stopping:
                raise RuntimeError("this executor has been stopped")
            self.waiting.extend(places)
            self.open.update((place.attempt.key, place) for place in places)
            missing = len(places)
            while self.idle and missing:
                self.idle.pop().set()
                missing -= 1
            missing = min(missing, self.limit - self.threads)
            self.threads += missing
        while missing:
            missing -= 1
            self.make(places, missing)

    def make(self, places: Sequence[Place], others: int) -> None:
        """One more thread, already counted, as are so many others."""
        self.made += 1
        name = f"{self.name}-{self.made}"
        try:
            threading.Thread(target=self.serve, name=name, daemon=True).start()
        except RuntimeError:  # the system gives no more threads, or the interpreter is ending
            with self.lock:
                self.threads -= 1
                if self.threads > others:
                    return  # some thread will come to them
                self.threads -= others
                for place in places:
                    self.waiting.remove(place)
                    self.forget(place)
            raise

    def is_behind(self) -> bool:
        """Whether attempts wait here for others to end."""
        return bool(self.waiting)

    def cancel(self, key: int) -> None:
        """Ask the latest attempt with this key to stop; asked again, end its process."""
        with self.lock:
            place = self.open.get(key)
            if place is None:
                return
            place.forced, place.asked = place.asked, True
            child = place.child
        if child is not None:
            child.terminate() if place.forced else child.pass_on()

    def stop(self) -> None:
        """Let idle children end and kill those that still run something. Does not wait for them."""
        with self.lock:
            self.stopping = True
            while self.idle:
                self.idle.pop().set()
            children = [place.child for place in self.open.values()]
        for child in children:
            if child is not None:
                child.kill()

    # ------------------------------------------------------------------ on the threads

    def serve(self) -> None:
        """The life of one thread, and of the children that it has one after another."""
        child: Child | None = None
        while (place := self.next()) is not None:
            try:
                child = self.perform(place, child)
            except Exception:  # a fault of ours: the run must end and the place be free
                log.exception("an attempt of run %s met a fault", place.attempt.key)
                if child is not None:
                    child.kill()
                    child.bury()
                    child = None
                place.attempt.hear(failed("the executor met a fault of its own"))
            finally:
                with self.lock:
                    self.forget(place)
        if child is not None:
            child.end()

    def next(self) -> Place | None:
        """The next attempt, waited for; None if this thread is no longer needed."""
        wake = threading.Event()
        while True:
            with self.lock:
                if self.waiting:
                    return self.waiting.popleft()
                if self.stopping or len(self.idle) >= self.keep:
                    self.threads -= 1
                    return None
                self.idle.append(wake)
            if wake.wait(self.patience):
                wake.clear()
                continue
            with self.lock:
                if wake in self.idle:
                    self.idle.remove(wake)
                    self.threads -= 1
                    return None
            wake.clear()

    def perform(self, place: Place, child: Child | None) -> Child | None:
        """Run one attempt, in this child if it is still good; the child to keep."""
        attempt = place.attempt
        used = child is not None
        while True:
            if attempt.asked is not None:  # before it could begin
                attempt.hear({"outcome": {"how": "stopped"}})
                return child
            try:
                child = self.settle(place, child)
            except (OSError, RuntimeError, RotaError, TooLong) as error:
                attempt.hear(failed(f"no child process could be started: {error}"))
                return None
            ended = child.perform(attempt)
            with self.lock:
                place.child = None
            if ended:
                return self.worth(child)
            begun, words = child.begun, child.bury()
            child = None
            if begun or not used:
                attempt.died(words)
                return None
            used = False  # it was gone before it got the attempt: a fresh one gets it

    def settle(self, place: Place, child: Child | None) -> Child:
        """A living child for the attempt, known to those who cancel."""
        if child is not None and not child.alive:
            child.bury()
            child = None
        if child is None:
            child = Child(self.program())
        with self.lock:
            place.child = child
        if place.forced or self.stopping:
            child.kill()
        return child

    def worth(self, child: Child) -> Child | None:
        """The child, if it is kept: after so many runs it is replaced."""
        if child.condemned:  # the task ended by SIGTERM; what it started may not have
            child.kill()
            child.bury()
        elif child.done < self.runs:
            return child
        else:
            child.end()
        return None

    def forget(self, place: Place) -> None:
        if self.open.get(place.attempt.key) is place:
            del self.open[place.attempt.key]


def failed(text: str) -> dict[str, object]:
    return {"outcome": {"how": "raised", "error": text}}
