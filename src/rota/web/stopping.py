"""Is the process being told to stop? Found by looking, never by touching a signal handler.

An open stream keeps uvicorn from reaching its lifespan shutdown, so a stream must learn of the end
before that. uvicorn installs `Server.handle_exit`, a bound method, as handler, and sets
`should_exit` in it: whoever reads the handler finds the server. Where uvicorn runs without signal
handlers (in a thread), its serving task is found among the loop's tasks.
"""

from __future__ import annotations

import asyncio
import signal
from types import CoroutineType

__all__ = ("server", "stopping")


def stopping(known: object | None = None) -> bool:
    """Whether the server that serves us has been told to stop."""
    return bool(getattr(_by_signal() or known, "should_exit", False))


def server() -> object | None:
    """The uvicorn server of the running loop, or None under another server."""
    return _by_signal() or _by_task()


def _by_signal() -> object | None:
    for number in (signal.SIGTERM, signal.SIGINT):
        owner = getattr(signal.getsignal(number), "__self__", None)
        if hasattr(owner, "should_exit"):
            return owner
    return None


def _by_task() -> object | None:
    for task in asyncio.all_tasks():
        coroutine: object = task.get_coro()
        while isinstance(coroutine, CoroutineType):
            if coroutine.cr_frame is not None:
                owner = coroutine.cr_frame.f_locals.get("self")
                if hasattr(owner, "should_exit"):
                    found: object = owner
                    return found
            coroutine = coroutine.cr_await
    return None
