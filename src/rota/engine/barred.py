"""What somebody else's transaction bars: schedules and ends that are left alone for a while. Pure.

A row in the hands of another node is free again in milliseconds. One in the hands of a caller's own
transaction (`Rota.joined`) may be barred for minutes, and nothing else must wait with it.
"""

from __future__ import annotations

from dataclasses import dataclass

from rota.instants import MILLISECOND, SECOND
from rota.ports.records import Finish

__all__ = ("Barred",)

FIRST, LONGEST = 50 * MILLISECOND, 1 * SECOND  # between two tries
FAR = 2**62


@dataclass(slots=True)
class Pause:
    """How often a schedule was barred, and until when it is left alone (boot clock)."""

    times: int = 0
    until: int = 0


class Barred:
    """Schedules that could not be decided and ends that could not be written, for now."""

    def __init__(self) -> None:
        self.schedules: dict[str, Pause] = {}
        self.ends: list[tuple[int, Finish]] = []  # each from when on it is given again (boot clock)

    def bar(self, name: str, boot: int) -> bool:
        """Leave a schedule alone for a while, longer each time; whether to say so, which is once.

        >>> barred = Barred()
        >>> [barred.bar("acme.report", 0) for _ in range(7)]
        [False, False, False, False, False, True, False]
        """
        pause = self.schedules.setdefault(name, Pause())
        before = FIRST << min(pause.times, 16)
        pause.times += 1
        pause.until = boot + min(before, LONGEST)
        return before >= LONGEST > before // 2

    def free(self, name: str) -> None:
        """It is barred no longer."""
        self.schedules.pop(name, None)

    def has(self, name: str, boot: int) -> bool:
        """Whether the schedule is to be left alone still."""
        pause = self.schedules.get(name)
        return pause is not None and boot < pause.until

    def put_off(self, finish: Finish, boot: int) -> None:
        """Keep an end until it can be written."""
        self.ends.append((boot + LONGEST, finish))

    def due(self, boot: int) -> tuple[bool, list[Finish]]:
        """Whether schedules are to be read again, and the ends to be written again."""
        over = [pause for pause in self.schedules.values() if 0 < pause.until <= boot]
        for pause in over:
            pause.until = 0
        again = [finish for when, finish in self.ends if when <= boot]
        self.ends = [(when, finish) for when, finish in self.ends if when > boot]
        return bool(over), again

    def next(self) -> int:
        """When something is due (boot clock)."""
        pauses = (pause.until for pause in self.schedules.values() if pause.until)
        return min((*pauses, *(when for when, _ in self.ends)), default=FAR)
