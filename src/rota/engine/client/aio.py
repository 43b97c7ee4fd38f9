"""`rota.aio`: the same names as coroutines. The blocking call runs on a thread, so that the event
loop goes on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

__all__ = ("Aio", "Coroutines")


class Coroutines:
    """A service whose blocking methods are awaited: `await rota.aio.runs.list()`."""

    def __init__(self, service: object) -> None:
        self._service = service

    def __getattr__(self, name: str) -> Callable[..., Coroutine[Any, Any, Any]]:
        method = getattr(self._service, name)
        if name.startswith("_") or not callable(method):
            raise AttributeError(name)

        async def call(*args: Any, **kwargs: Any) -> Any:
            return await asyncio.to_thread(method, *args, **kwargs)

        call.__name__, call.__doc__ = name, method.__doc__
        return call


class Aio:
    """The services of an application, for coroutines."""

    def __init__(self, **services: object) -> None:
        self.schedules = Coroutines(services["schedules"])
        self.runs = Coroutines(services["runs"])
        self.tasks = Coroutines(services["tasks"])
        self.nodes = Coroutines(services["nodes"])
        self.events = Coroutines(services["events"])
        self.audit = Coroutines(services["audit"])
        self.system = Coroutines(services["system"])
