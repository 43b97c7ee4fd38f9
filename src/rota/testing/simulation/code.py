"""What simulated tasks do: take some time, fail now and then, obey or not, and write it down."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rota.instants import MILLISECOND, SECOND
from rota.ports.records import RunRow
from rota.rules.endings import Outcome
from rota.testing.history import Trace
from rota.testing.simulation.world import World

__all__ = ("Behaviour", "Running", "Traces")


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How the code of a task behaves."""

    short: tuple[int, int] = (20 * MILLISECOND, 4 * SECOND)
    long: tuple[int, int] = (20 * SECOND, 100 * SECOND)
    often_long: float = 0.05
    fails: float = 0.05
    stubborn: float = 0.0  # does not stop when asked

    def duration(self, world: World) -> int:
        """How long an attempt takes."""
        low, high = self.long if world.chance(self.often_long) else self.short
        return world.between(low, high)

    def outcome(self, world: World, row: RunRow) -> Outcome:
        """How it ends. Its result names the fence, so that a lie about it can be seen."""
        if world.chance(self.fails):
            return Outcome("raised", error="OSError: no paper")
        return Outcome("returned", result=f"fence {row.fence}")


@dataclass(slots=True, eq=False)
class Running:
    """An attempt at work on a node."""

    row: RunRow
    place: int  # of its trace
    stubborn: bool
    asked: str | None = None
    over: bool = False


class Traces:
    """What all attempts have written down. It is not the store, and no fault reaches it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.written: list[Trace] = []

    def begin(self, row: RunRow, node: str) -> int:
        """An attempt has begun; the place of its trace."""
        self.written.append(
            Trace(
                row.id, row.schedule, row.due, row.kind, row.attempt, row.fence, node,
                self.world.time,
            )
        )  # fmt: skip
        return len(self.written) - 1

    def end(self, running: Running, outcome: str, result: str | None = None) -> None:
        """It has ended."""
        trace = self.written[running.place]
        self.written[running.place] = replace(
            trace, end=self.world.time, outcome=outcome, result=result
        )
