"""The simulation's store: a memory store that writes down which node held a lease, and when."""

from __future__ import annotations

from rota.ports.records import NodeRow, Recovered, RunRow
from rota.rules.states import FINAL
from rota.stores.memory import MemoryStore
from rota.testing.history import Life
from rota.testing.simulation.world import World

__all__ = ("WatchedStore",)


class WatchedStore(MemoryStore):
    """Lives are taken down as the store grants and ends them, rolled back or not: a call that is
    lost on its way is lost before or after all of it.
    """

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.world = world
        self.lives: list[Life] = []
        self.open_lives: dict[str, tuple[NodeRow, int, int]] = {}  # node, since, until
        self.past_lives: dict[str, tuple[NodeRow, int, int]] = {}  # the same of those that are over
        self.rezoned: int | None = None  # when next runs followed from newer zone rules
        self.made: dict[
            int, int
        ] = {}  # when runs got their rows, whatever the callers' clocks said
        self.closed: dict[int, int] = {}  # when they got their final states

    def join(self, node: NodeRow, lease: int) -> NodeRow:
        row = super().join(node, lease)
        self.open_lives[row.name] = row, self.world.time, self.world.time + lease
        return row

    def renew(self, node: str, lease: int, now: int, clock_offset: int = 0) -> bool:
        done = super().renew(node, lease, now, clock_offset)
        if done:
            if node not in self.open_lives:
                self.revive(node)
            row, since, until = self.open_lives[node]
            if until < self.world.time:  # it had run out, and nobody had noticed
                self.over(node)
                since = self.world.time
            self.open_lives[node] = row, since, self.world.time + lease
        return done

    def leave(self, node: str, now: int) -> None:
        super().leave(node, now)
        self.over(node)

    def expire(self, now: int) -> Recovered:
        recovered = super().expire(now)
        for node in recovered.nodes:
            self.over(node)
        return recovered

    def keep(self, name: str, text: str, instead: str | None) -> bool:
        done = super().keep(name, text, instead)
        if done and name == "tzdata" and instead is not None:
            self.rezoned = self.world.time
        return done

    def put_run(self, row: RunRow) -> None:
        super().put_run(row)
        self.made[row.id] = self.world.time

    def change_run(self, row: RunRow, **fields: object) -> None:
        super().change_run(row, **fields)
        if row.state in FINAL:
            self.closed[row.id] = self.world.time

    def over(self, node: str) -> None:
        """A node's life ends, now or when its lease did."""
        if node in self.open_lives:
            row, since, until = self.past_lives[node] = self.open_lives.pop(node)
            end = min(until, self.world.time)
            self.lives.append(Life(row.name, row.host, row.machine, row.roles, row.labels,
                                   row.tasks, since, end))  # fmt: skip

    def revive(self, node: str) -> None:
        """What ended this life was rolled back: a later call of that transaction was lost."""
        self.open_lives[node] = self.past_lives.pop(node)
        (last,) = [life for life in self.lives if life.name == node][-1:]
        self.lives.remove(last)

    def all_lives(self) -> list[Life]:
        """All of them; those that go on end now."""
        for node in list(self.open_lives):
            self.over(node)
        return self.lives
