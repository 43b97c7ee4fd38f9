"""Something that others wait for: from any event loop with `await`, from a thread with `wait`."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Generator
from contextlib import suppress
from typing import Any

__all__ = ("Awaitable",)


class Awaitable:
    """Waits until it is set; does not wait if it is.

    >>> stopped = Awaitable()
    >>> stopped.set()
    >>> stopped.wait(1)
    True
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.over = threading.Event()
        self.futures: list[asyncio.Future[None]] = []

    def set(self) -> None:
        """Wake everybody who waits."""
        with self.lock:
            self.over.set()
            futures, self.futures = self.futures, []
        for future in futures:
            with suppress(RuntimeError):  # its loop is closed, and nobody waits
                future.get_loop().call_soon_threadsafe(wake, future)

    def clear(self) -> None:
        """From now on it waits again."""
        with self.lock:
            self.over.clear()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait on this thread, at most so many seconds; whether it is set."""
        return self.over.wait(timeout)

    def __await__(self) -> Generator[Any, None, None]:
        with self.lock:
            if self.over.is_set():
                return
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self.futures.append(future)
        yield from future


def wake(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
