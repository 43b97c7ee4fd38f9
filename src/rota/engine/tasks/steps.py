"""Work written once for sync and async callers: a generator of what it waits for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from typing import TypeVar, cast

__all__ = ("Steps", "adrive", "drive", "waited")

T = TypeVar("T")

Steps = Generator[Awaitable[object], object, T]
"""Yields what it waits for, is sent the result or thrown the error, and returns its own result."""


def drive(steps: Steps[T], wait: Callable[[Awaitable[object]], object]) -> T:
    """Do the steps on this thread; `wait` brings each awaitable to its end.

    >>> def steps():
    ...     return 7
    ...     yield
    >>> drive(steps(), wait=print)
    7
    """
    try:
        pending = next(steps)
        while True:
            try:
                value = wait(pending)
            except BaseException as error:  # noqa: BLE001  the steps decide what it means
                pending = steps.throw(error)
            else:
                pending = steps.send(value)
    except StopIteration as end:
        return cast(T, end.value)


async def adrive(steps: Steps[T]) -> T:
    """Do the steps on the running event loop."""
    try:
        pending = next(steps)
        while True:
            try:
                value = await pending
            except BaseException as error:  # noqa: BLE001  the steps decide what it means
                pending = steps.throw(error)
            else:
                pending = steps.send(value)
    except StopIteration as end:
        return cast(T, end.value)


async def waited(pending: Awaitable[object]) -> object:
    """The awaitable as a coroutine, which is what an event loop can run."""
    return await pending
