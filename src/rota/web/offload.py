"""Store access from the event loop: one hop to a thread, few at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import anyio.to_thread
from starlette.requests import Request

from rota.web.inside import Inside
from rota.web.user import User

__all__ = ("call", "inside", "user", "who")

T = TypeVar("T")
AT_ONCE = 4  # readers; a store answers in milliseconds, more threads only queue at its lock


def inside(request: Request) -> Inside:
    """The Rota that this application shows."""
    rota: Inside = request.app.state.rota
    return rota


def who(request: Request) -> User | None:
    """Who asks, as the guard found out; None on what is open to everybody."""
    found: User | None = request.scope.get("rota.user")
    return found


def user(request: Request) -> str | None:
    """The name that goes with a change."""
    found = who(request)
    return found.name if found is not None else None


async def call(request: Request, work: Callable[[], T]) -> T:
    """Do blocking work on a thread; a handler gathers all it reads into one such call."""
    state = request.app.state
    if state.limiter is None:  # made here because it belongs to the loop that serves
        state.limiter = anyio.CapacityLimiter(AT_ONCE)
    return await anyio.to_thread.run_sync(work, limiter=state.limiter)
