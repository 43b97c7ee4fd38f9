"""Executors: where the code of an attempt runs."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Protocol

__all__ = ("Attempt", "Executor")


class Attempt(Protocol):
    """One attempt, ready to run. It never raises: every outcome is reported by itself."""

    @property
    def key(self) -> int:
        """The run's id."""
        ...

    def call(self) -> None:
        """Run it on this thread, to its end."""
        ...

    def acall(self) -> Awaitable[None]:
        """Run it on this event loop, to its end."""
        ...


class Executor(Protocol):
    """A place with threads or a loop of its own. `start` and `cancel` return at once."""

    def start(self, attempt: Attempt) -> None:
        """Begin the attempt soon; never blocks."""
        ...

    def cancel(self, key: int) -> None:
        """Interrupt the attempt where this executor can; else it is the attempt's own affair."""
        ...

    def stop(self) -> None:
        """Let go of idle threads and of the loop. Attempts that still run are left to end."""
        ...
