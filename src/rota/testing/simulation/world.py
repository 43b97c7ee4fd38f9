"""The world of a simulation: one virtual time, one heap of what happens next, one source of chance.

Nothing here waits. The same seed gives the same history, event by event.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from random import Random

from rota.instants import SECOND
from rota.testing.history import Jump

__all__ = ("LocalClock", "World")

EPOCH = 1_772_323_200 * SECOND  # 2026-03-01T00:00:00Z


class World:
    """Virtual time. It is itself the clock of the store and of everybody who is not a node.

    >>> world = World(seed=1)
    >>> seen = []
    >>> world.after(2 * SECOND, lambda: seen.append(world.boot()))
    >>> world.run(5 * SECOND)
    >>> seen, world.boot()
    ([2000000], 5000000)
    """

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311  no secret hangs on it
        self.time = 0  # elapsed
        self.offset = EPOCH
        self.jumps: list[Jump] = []
        self.events: list[tuple[int, int, Callable[[], None]]] = []
        self.count = 0

    def now(self) -> int:
        """The wall clock."""
        return self.time + self.offset

    def boot(self) -> int:
        """Elapsed time."""
        return self.time

    def boot_id(self) -> str:
        """One boot for the whole history."""
        return "boot"

    def at(self, time: int, do: Callable[[], None]) -> None:
        """Do something at an elapsed instant, or now if that is over."""
        self.count += 1
        heapq.heappush(self.events, (max(time, self.time), self.count, do))

    def after(self, wait: int, do: Callable[[], None]) -> None:
        """Do something after so many microseconds."""
        self.at(self.time + wait, do)

    def run(self, until: int) -> None:
        """Let everything happen until an elapsed instant. May be called within an event."""
        while self.events and self.events[0][0] <= until:
            time, _, do = heapq.heappop(self.events)
            self.time = time
            do()
        self.time = max(self.time, until)

    def wait(self, seconds: float) -> None:
        """What a caller in another process does between looks: time passes."""
        self.run(self.time + round(seconds * SECOND))

    def jump(self, by: int) -> None:
        """Set the wall clock forward or back."""
        self.offset += by
        self.jumps.append(Jump(self.time, self.offset - EPOCH))

    def chance(self, part: float) -> bool:
        """True in this part of all cases."""
        return part > 0 and self.random.random() < part

    def between(self, low: int, high: int) -> int:
        """A number of microseconds."""
        return low + int(self.random.random() * (high - low + 1))


class LocalClock:
    """A thread's reading of the world's clock while it waits for the store.

    A call takes time although the simulation carries it out at one instant: what the thread reads
    before and after it lies apart. `around` says how far.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.shift = 0
        self.next_shift = 0

    def around(self, before: int, after: int) -> None:
        """Readings are off by `before` until the store is called, by `after` from then on."""
        self.shift, self.next_shift = before, after

    def called(self) -> None:
        """The store was called."""
        self.shift = self.next_shift

    def now(self) -> int:
        """The wall clock."""
        return self.world.now() + self.shift

    def boot(self) -> int:
        """Elapsed time."""
        return self.world.time + self.shift

    def boot_id(self) -> str:
        """One boot for the whole history."""
        return "boot"
