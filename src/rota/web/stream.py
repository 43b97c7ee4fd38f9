"""Live: one watcher an application sees that something changed and tells every open page.

The watcher is a thread that asks the store five times a second, and only while somebody listens.
A page is told *that* something changed, at most four times a second, and fetches what it shows;
what it may see is decided there, by the same code as ever. A stream lives a minute at most and
ends by itself when the process is told to stop.
"""

from __future__ import annotations

import asyncio
import itertools
import threading
import time
from collections.abc import AsyncIterator

from rota.web.inside import Inside
from rota.web.stopping import server, stopping

__all__ = ("Watcher", "events")

POLL = 0.2  # seconds between two looks at the store
APART = 0.25  # seconds between two messages to one page
LIFE = 60.0  # seconds a stream lives; the browser opens the next one by itself
HEARTBEAT = 15.0  # seconds of silence before a comment keeps proxies from hanging up
MOST = 500  # streams at a time


class Watcher:
    """Tells its listeners when the store may have changed."""

    def __init__(self, rota: Inside) -> None:
        self.rota = rota
        self.sequence = 0
        self._listeners: dict[int, tuple[asyncio.AbstractEventLoop, asyncio.Event]] = {}
        self._numbers = itertools.count()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def __len__(self) -> int:
        return len(self._listeners)

    def join(self) -> tuple[int, asyncio.Event]:
        """Begin to listen: the event is set when something changed."""
        event = asyncio.Event()
        with self._lock:
            number = next(self._numbers)
            self._listeners[number] = (asyncio.get_running_loop(), event)
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, name="rota-page", daemon=True)
                self._thread.start()
        return number, event

    def leave(self, number: int) -> None:
        """Listen no more; the thread ends when it finds nobody listening."""
        with self._lock:
            self._listeners.pop(number, None)

    def _watch(self) -> None:
        before = self._look(None)
        while True:
            time.sleep(POLL)
            with self._lock:
                if not self._listeners:
                    self._thread = None
                    return
            now = self._look(before)
            if now != before:
                before = now
                self.sequence += 1
                self._tell()

    def _look(self, otherwise: int | None) -> int | None:
        try:
            return self.rota.changes()
        except Exception:  # noqa: BLE001 — a store that is away is weather, not our end
            return otherwise

    def _tell(self) -> None:
        with self._lock:
            listeners = list(self._listeners.values())
        for loop, event in listeners:
            try:
                loop.call_soon_threadsafe(event.set)
            except RuntimeError:  # its loop has ended
                continue


async def events(watcher: Watcher) -> AsyncIterator[str]:
    """The lines of one stream: hello, then a change whenever there is one, then goodbye."""
    number, changed = watcher.join()
    uvicorn = server()
    ran = watcher.rota.running
    loop = asyncio.get_running_loop()
    ends, heard = loop.time() + LIFE, loop.time()
    try:
        yield f"retry: 1000\nevent: hello\nid: {watcher.sequence}\ndata: {{}}\n\n"
        while loop.time() < ends:
            if stopping(uvicorn) or (ran and not watcher.rota.running):
                yield "event: bye\ndata: {}\n\n"
                return
            if changed.is_set():
                changed.clear()
                heard = loop.time()
                number_of = watcher.sequence
                yield f'event: change\nid: {number_of}\ndata: {{"n": {number_of}}}\n\n'
                await asyncio.sleep(APART)
                continue
            if loop.time() - heard > HEARTBEAT:
                heard = loop.time()
                yield ": still here\n\n"
            try:
                await asyncio.wait_for(changed.wait(), POLL)
            except TimeoutError:
                continue
    finally:
        watcher.leave(number)
