"""Attempts on daemon threads of ours, made when needed and kept for the next one.

The standard pool would hold the interpreter at its exit until the last task ends; these threads do
not. A thread that waits is woken through a lock of its own: the quickest hand-off there is.

One thread is woken at a time; it wakes the next when it has taken its attempt and more are waiting.
So a burst of short attempts is worked off by the few threads that are awake, without hundreds of
wake-ups that all want the interpreter at once, and a burst of long ones still gets all threads.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from contextvars import Context

from rota.ports.executor import Attempt

__all__ = ("ThreadExecutor",)

log = logging.getLogger("rota.executors")


class Seat:
    """One thread that waits: the lock that wakes it, and whether it is then to end."""

    __slots__ = ("end", "wake")

    def __init__(self) -> None:
        self.end = False
        self.wake = threading.Lock()
        self.wake.acquire()


class ThreadExecutor:
    """Up to `limit` attempts at once, each on a thread; more of them wait in order.

    >>> from types import SimpleNamespace
    >>> done = threading.Event()
    >>> executor = ThreadExecutor(2, "example")
    >>> executor.start(SimpleNamespace(key=1, call=done.set))
    >>> done.wait(5)
    True
    >>> executor.stop()
    """

    def __init__(self, limit: int, name: str = "rota") -> None:
        self.limit = limit
        self.name = name
        self.lock = threading.Lock()
        self.waiting: deque[Attempt] = deque()
        self.idle: list[Seat] = []  # the last to come is the first to go: its caches are warm
        self.threads = 0  # idle ones included, those told to end not
        self.made = 0
        self.coming = False  # a thread is on its way to what is waiting
        self.stopping = False

    def start(self, attempt: Attempt) -> None:
        """Begin the attempt soon; RuntimeError if there is no thread and none can be made."""
        self.start_all([attempt])

    def start_all(self, attempts: Sequence[Attempt]) -> None:
        """Begin the attempts soon; RuntimeError if there is no thread and none can be made."""
        with self.lock:
            if self.stopping:
                raise RuntimeError("this executor has been stopped")
            self.waiting.extend(attempts)
            make = self.call_one()
        if make:
            self.make(attempts)

    def call_one(self) -> bool:
        """With the lock held: see that a thread comes for what is waiting. True: make one."""
        if self.coming or not self.waiting:
            return False
        if self.idle:
            self.coming = True
            self.idle.pop().wake.release()
            return False
        if self.threads >= self.limit:
            return False
        self.threads += 1  # counted before it exists, so that nobody makes one too many
        self.coming = True
        return True

    def make(self, attempts: Sequence[Attempt] = ()) -> None:
        """One more thread, already counted."""
        self.made += 1
        name = f"{self.name}-{self.made}"
        try:
            threading.Thread(target=self.serve, name=name, daemon=True).start()
        except RuntimeError:  # the system gives no more threads, or the interpreter is ending
            with self.lock:
                self.threads -= 1
                self.coming = False
                if self.threads or not attempts:
                    return
                for attempt in attempts:
                    self.waiting.remove(attempt)
            raise

    def is_behind(self) -> bool:
        """Whether attempts wait here for others to end."""
        return bool(self.waiting)

    def cancel(self, key: int) -> None:
        """Nothing: a thread cannot be interrupted, its attempt looks by itself."""

    def stop(self) -> None:
        """Let idle threads end, and the others once nothing is waiting. Does not wait for them."""
        with self.lock:
            self.stopping = True
            self.threads -= len(self.idle)
            while self.idle:
                self.dismiss(self.idle.pop())

    def dismiss(self, seat: Seat) -> None:
        """Let an idle thread end."""
        seat.end = True
        seat.wake.release()

    # ------------------------------------------------------------------ on the threads

    def serve(self) -> None:
        """The life of one thread."""
        seat = Seat()
        first = True
        while (attempt := self.next(seat, first=first)) is not None:
            first = False
            try:
                # A context of its own: nothing that a task sets there reaches the next one.
                Context().run(attempt.call)
            except BaseException:  # an attempt reports by itself, this is a fault of ours
                with suppress(BaseException):  # somebody's log handler
                    log.exception("an attempt of run %s raised", attempt.key)
            del attempt  # what a task has made is not kept until the next one comes

    def next(self, seat: Seat, *, first: bool) -> Attempt | None:
        """The next attempt, waited for; None if this thread is no longer needed."""
        woken = first
        while True:
            with self.lock:
                if woken:
                    self.coming = False
                if self.stopping and not self.waiting:
                    self.threads -= 1
                    self.call_one()
                    return None
                attempt = self.waiting.popleft() if self.waiting else None
                make = self.call_one()
                if attempt is None:
                    self.idle.append(seat)
            if make:
                self.make()
            if attempt is not None:
                return attempt
            seat.wake.acquire()
            if seat.end:
                return None
            woken = True
