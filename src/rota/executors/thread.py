"""Attempts on daemon threads of ours, made when needed and kept for the next one.

The standard pool would hold the interpreter at its exit until the last task ends; these threads do
not. A thread that waits is woken through a lock of its own: the quickest hand-off there is.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from contextlib import suppress
from contextvars import Context

from rota.ports.executor import Attempt

__all__ = ("ThreadExecutor",)

log = logging.getLogger("rota.executors")


class Seat:
    """One thread: what it is given while it waits, and the lock that wakes it."""

    __slots__ = ("gift", "wake")

    def __init__(self, gift: Attempt) -> None:
        self.gift: Attempt | None = gift
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
        self.stopping = False

    def start(self, attempt: Attempt) -> None:
        """Begin the attempt soon; RuntimeError if there is no thread and none can be made."""
        with self.lock:
            if self.stopping:
                raise RuntimeError("this executor has been stopped")
            if self.idle:
                seat = self.idle.pop()
                seat.gift = attempt
                seat.wake.release()
                return
            if self.threads >= self.limit:
                self.waiting.append(attempt)
                return
            self.threads += 1  # counted before it exists, so that nobody makes one too many
        self.make(attempt)

    def make(self, attempt: Attempt) -> None:
        """One more thread, already counted, beginning with this attempt."""
        self.made += 1
        try:
            threading.Thread(
                target=self.serve,
                args=(Seat(attempt),),
                name=f"{self.name}-{self.made}",
                daemon=True,
            ).start()
        except RuntimeError:  # the system gives no more threads, or the interpreter is ending
            with self.lock:
                self.threads -= 1
                if not self.threads:
                    raise
                self.waiting.append(attempt)

    def cancel(self, key: int) -> None:
        """Nothing: a thread cannot be interrupted, its attempt looks by itself."""

    def grow(self) -> None:
        """Allow one more thread, in place of one that an abandoned attempt holds."""
        with self.lock:
            self.limit += 1
            if not self.waiting or self.stopping:
                return
            self.threads += 1
            attempt = self.waiting.popleft()
        self.make(attempt)

    def shrink(self) -> None:
        """Take back one `grow`: the abandoned attempt has ended after all."""
        with self.lock:
            self.limit -= 1
            if self.threads > self.limit and self.idle:
                self.threads -= 1  # here, not when it wakes: a busy one would think itself spare
                self.idle.pop().wake.release()

    def stop(self) -> None:
        """Let idle threads end, and the others once nothing is waiting. Does not wait for them."""
        with self.lock:
            self.stopping = True
            self.threads -= len(self.idle)
            for seat in self.idle:
                seat.wake.release()
            self.idle.clear()

    # ------------------------------------------------------------------ on the threads

    def serve(self, seat: Seat) -> None:
        """The life of one thread."""
        while (attempt := seat.gift) is not None:
            seat.gift = None
            try:
                # A context of its own: nothing that a task sets there reaches the next one.
                Context().run(attempt.call)
            except (
                BaseException
            ):  # an attempt reports by itself, this is a fault of ours; the thread lives
                with suppress(BaseException):  # somebody's log handler
                    log.exception("an attempt of run %s raised", attempt.key)
            del attempt  # what a task has made is not kept until the next one comes
            if not self.more(seat):
                return

    def more(self, seat: Seat) -> bool:
        """Wait for the next attempt; False if the thread is no longer needed."""
        with self.lock:
            if self.threads > self.limit or (self.stopping and not self.waiting):
                self.threads -= 1
                return False
            if self.waiting:
                seat.gift = self.waiting.popleft()
                return True
            self.idle.append(seat)
        seat.wake.acquire()
        return seat.gift is not None
