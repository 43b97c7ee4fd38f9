"""A cancellation token, as the vendors' developers know it, over a run."""

from __future__ import annotations

from typing import Protocol

from rota.errors import Cancelled

__all__ = ("CancellationToken", "Stoppable")


class Stoppable(Protocol):
    """What can be asked to stop: a run."""

    @property
    def cancelled(self) -> bool: ...


class CancellationToken:
    """Tells code that it is asked to stop; as a bool it is `is_cancellation_requested`.

    >>> class Asked:
    ...     cancelled = True
    >>> CancellationToken(Asked()).is_cancellation_requested
    True
    """

    __slots__ = ("source",)

    def __init__(self, source: Stoppable) -> None:
        self.source = source

    @property
    def is_cancellation_requested(self) -> bool:
        """True once the run is asked to stop."""
        return self.source.cancelled

    def __bool__(self) -> bool:
        return self.is_cancellation_requested

    def throw_if_cancellation_requested(self) -> None:
        """Raise `rota.errors.Cancelled` if the run is asked to stop, else do nothing."""
        if self.source.cancelled:
            raise Cancelled("cancellation was requested")
