"""Attempts on an event loop: the host's, or one on a thread of ours.

A crowd of attempts begins a few at a time, with a round of the loop between them: the host's own
callbacks, its requests perhaps, get their turn.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from contextvars import Context

from rota.ports.executor import Attempt

__all__ = ("LoopExecutor",)

AT_ONCE = 20  # attempts that begin in one round of the loop

log = logging.getLogger("rota.executors")


class LoopExecutor:
    """Attempts as asyncio tasks on the given loop, else on a loop thread of ours, made when needed;
    at most `limit` of them at once.

    >>> class Hello:
    ...     key, done = 1, threading.Event()
    ...
    ...     async def acall(self):
    ...         self.done.set()
    >>> executor = LoopExecutor()
    >>> executor.start(Hello())
    >>> Hello.done.wait(5)
    True
    >>> executor.stop()
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop | None = None,
        name: str = "rota-loop",
        limit: int = 10_000,
    ) -> None:
        self.loop = loop
        self.limit = limit
        self.name = name
        self.lock = threading.Lock()
        self.thread: threading.Thread | None = None  # ours, if the loop is ours
        self.stopping = False
        # Only touched on the loop. asyncio keeps weak references to its tasks; these are strong.
        self.tasks: set[asyncio.Task[None]] = set()
        self.latest: dict[int, asyncio.Task[None]] = {}  # by the attempt's key
        self.unborn: set[int] = set()  # keys whose task has not taken its first step
        self.coming: deque[Attempt] = deque()  # those that begin in the next rounds
        self.doomed: set[int] = set()  # keys of those that are cancelled when they begin

    def start(self, attempt: Attempt) -> None:
        """Begin the attempt soon; RuntimeError if the loop is closed or this executor stopped."""
        self.start_all([attempt])

    def start_all(self, attempts: Sequence[Attempt]) -> None:
        """Begin the attempts soon; RuntimeError if the loop is closed or this executor stopped."""
        with self.lock:
            if self.stopping:
                raise RuntimeError("this executor has been stopped")
            if self.loop is None:
                self.loop = self.make()
        self.loop.call_soon_threadsafe(self.begin_all, attempts)

    def is_behind(self) -> bool:
        """Whether attempts wait here for others to end."""
        return bool(self.coming)

    def cancel(self, key: int) -> None:
        """Cancel the latest attempt with this key, if it still runs."""
        self.tell(lambda: self.interrupt(key))

    def stop(self) -> None:
        """Take no more; a loop of ours ends with its last attempt. Does not wait for it."""
        with self.lock:
            self.stopping = True
        if self.thread is not None:
            self.tell(self.rest)

    def tell(self, what: Callable[[], None]) -> None:
        """Have something done on the loop; a loop that is gone has nothing left to do."""
        if self.loop is not None:
            try:
                self.loop.call_soon_threadsafe(what)
            except RuntimeError:
                log.debug("the event loop is closed")

    # ------------------------------------------------------------------ on the loop

    def begin_all(self, attempts: Sequence[Attempt]) -> None:
        self.coming.extend(attempts)
        self.begin_some()

    def begin_some(self) -> None:
        places = self.limit - len(self.tasks)
        if min(places, len(self.coming)) > AT_ONCE:
            asyncio.get_running_loop().call_soon(self.begin_some)
        for _ in range(min(AT_ONCE, places, len(self.coming))):
            self.begin(self.coming.popleft())

    def begin(self, attempt: Attempt) -> None:
        loop = asyncio.get_running_loop()
        key = attempt.key
        self.unborn.add(key)
        # A context of its own: nothing that a task sets there reaches the host or another one.
        task = loop.create_task(self.run(attempt), name=f"rota run {key}", context=Context())
        self.tasks.add(task)
        self.latest[key] = task
        task.add_done_callback(lambda done: self.forget(key, done))

    async def run(self, attempt: Attempt) -> None:
        """The attempt; whatever it raises ends here, for SystemExit would end the loop."""
        self.unborn.discard(attempt.key)
        if attempt.key in self.doomed:
            self.doomed.discard(attempt.key)
            self.interrupt(attempt.key)
        try:
            await attempt.acall()
        except (
            BaseException
        ):  # an attempt reports by itself, this is a fault of ours; the loop lives
            with suppress(BaseException):  # somebody's log handler
                log.exception("an attempt of run %s raised", attempt.key)

    def interrupt(self, key: int) -> None:
        task = self.latest.get(key)
        if any(attempt.key == key for attempt in self.coming):
            self.doomed.add(key)
        elif key in self.unborn:
            # Cancelled before its first step, a coroutine never runs and could not report.
            asyncio.get_running_loop().call_soon(self.interrupt, key)
        elif task is not None:
            task.cancel()

    def forget(self, key: int, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        if self.latest.get(key) is task:
            del self.latest[key]
        if self.coming and len(self.tasks) == self.limit - 1:
            self.begin(self.coming.popleft())
        self.rest()

    def rest(self) -> None:
        """Stop a loop of ours that has nothing left to do."""
        if self.stopping and self.thread is not None and not (self.tasks or self.coming):
            asyncio.get_running_loop().stop()

    # ------------------------------------------------------------------ a loop of ours

    def make(self) -> asyncio.AbstractEventLoop:
        loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.serve, args=(loop,), name=self.name, daemon=True)
        self.thread.start()
        return loop

    def serve(self, loop: asyncio.AbstractEventLoop) -> None:
        """The life of the thread.

        A callback that raises SystemExit or stops the loop ends a round of it, and not more.
        """
        asyncio.set_event_loop(loop)
        while not (self.stopping and not (self.tasks or self.coming)):
            try:
                loop.run_forever()
            except BaseException:
                with suppress(BaseException):
                    log.exception("a callback on the event loop raised")
        try:
            self.tidy(loop)
        finally:
            loop.close()

    def tidy(self, loop: asyncio.AbstractEventLoop) -> None:
        """Cancel what attempts have left behind on the loop, as `asyncio.run` does."""
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())
