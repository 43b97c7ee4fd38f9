"""The clock: the one place from which Rota learns what time it is."""

from __future__ import annotations

from typing import Protocol

__all__ = ("Clock",)


class Clock(Protocol):
    """Two readings, both whole microseconds, and the name of this boot of the machine."""

    def now(self) -> int:
        """The wall clock: microseconds since 1970-01-01 UTC. It may step."""
        ...

    def boot(self) -> int:
        """Microseconds of real time since some fixed moment of this boot. It never steps."""
        ...

    def boot_id(self) -> str:
        """A name that changes when the machine restarts: no reading of `boot` survives that."""
        ...
