"""Executors: where the code of an attempt runs."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import Protocol

from rota.ports.records import Json

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

    # In a child process, which is told what to do and says what comes of it:

    @property
    def asked(self) -> str | None:
        """Why it is asked to stop, if it is."""
        ...

    def orders(self) -> Json:
        """What the child needs to know."""
        ...

    def hear(self, said: Json) -> Json | None:
        """Take in what the child says, its `outcome` last; the answer if it asked for something.

        KeyError, TypeError or ValueError if it makes no sense.
        """
        ...

    def died(self, words: str) -> None:
        """The child is gone and cannot say the outcome: the words tell how."""
        ...


class Executor(Protocol):
    """A place with threads or a loop of its own. All verbs return at once."""

    def start(self, attempt: Attempt) -> None:
        """Begin the attempt soon; never blocks."""
        ...

    def start_all(self, attempts: Sequence[Attempt]) -> None:
        """Begin several attempts soon; never blocks. All of them or, with RuntimeError, none."""
        ...

    def is_behind(self) -> bool:
        """Whether attempts wait here for others to end."""
        ...

    def cancel(self, key: int) -> None:
        """Interrupt the attempt where this executor can; else it is the attempt's own affair.

        Called again, it ends the attempt by force, where this executor can.
        """
        ...

    def stop(self) -> None:
        """Let go of idle threads and of the loop. Attempts that still run are left to end."""
        ...
