"""What a run's threads say is the run's: threads that it starts, and what it gives to pools.

Threads do not share context variables, and `threading` has no place to ask for it, so while
somebody listens two methods of the standard library are wrapped: `Thread.start`, and
`ThreadPoolExecutor.submit`. Outside of a run they do what they always do.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import ContextVar
from typing import Any, Final

__all__ = ("Followers",)

POOLS: Final = "concurrent.futures.thread"  # whose threads outlive what was given to them


class Followers:
    """Lets the value of one context variable follow into threads, from `install` to `uninstall`.

    >>> name = ContextVar("name", default="nobody")
    >>> followers = Followers(name)
    >>> followers.install()
    >>> token = name.set("run 7")
    >>> heard = []
    >>> thread = threading.Thread(target=lambda: heard.append(name.get()))
    >>> thread.start()
    >>> thread.join()
    >>> heard
    ['run 7']
    >>> name.reset(token)
    >>> followers.uninstall()
    """

    def __init__(self, variable: ContextVar[Any]) -> None:
        self.variable = variable
        self.start: Any = None
        self.submit: Any = None

    def install(self) -> None:
        """Wrap the two ways into a thread. Twice is once."""
        if self.start is None:
            self.start, self.submit = threading.Thread.start, ThreadPoolExecutor.submit
            threading.Thread.start = self._starting(self.start)  # type: ignore[method-assign]
            ThreadPoolExecutor.submit = self._submitting(self.submit)  # type: ignore[method-assign]

    def uninstall(self) -> None:
        """Put back what was there; what somebody else has wrapped meanwhile stays."""
        if self.start is None:
            return
        if getattr(threading.Thread.start, "rota_followers", None) is self:
            threading.Thread.start = self.start  # type: ignore[method-assign]
        if getattr(ThreadPoolExecutor.submit, "rota_followers", None) is self:
            ThreadPoolExecutor.submit = self.submit  # type: ignore[method-assign]
        self.start = self.submit = None

    def _starting(self, start: Callable[[threading.Thread], None]) -> Any:
        def starting(thread: threading.Thread) -> None:
            value = self.variable.get()
            if value is not None and not is_pools(thread):
                run = self._with(value, thread.run)

                def once() -> None:
                    thread.__dict__.pop("run", None)  # else the thread would be a cycle
                    run()

                thread.run = once  # type: ignore[method-assign]
            start(thread)

        starting.rota_followers = self  # type: ignore[attr-defined]
        return starting

    def _submitting(self, submit: Callable[..., Future[Any]]) -> Any:
        def submitting(
            pool: ThreadPoolExecutor, fn: Callable[..., Any], /, *args: Any, **kwargs: Any
        ) -> Future[Any]:
            value = self.variable.get()
            if value is not None:
                fn = self._with(value, fn)
            return submit(pool, fn, *args, **kwargs)

        submitting.rota_followers = self  # type: ignore[attr-defined]
        return submitting

    def _with(self, value: object, call: Callable[..., Any]) -> Callable[..., Any]:
        def following(*args: Any, **kwargs: Any) -> Any:
            token = self.variable.set(value)
            try:
                return call(*args, **kwargs)
            finally:
                self.variable.reset(token)

        return following


def is_pools(thread: threading.Thread) -> bool:
    """Whether it is a pool's own: it works for whoever gives the pool something to do."""
    target = getattr(thread, "_target", None)
    return getattr(target, "__module__", None) == POOLS
