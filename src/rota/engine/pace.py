"""Pace: how many runs a node may hold and begin, by how long attempts take here. Pure.

Slots are counted in time: so many slots have so many times `MOMENT` to give within a moment, and a
run costs what its task takes, a whole slot's moment at most or where that is not known. So as many
long runs begin as there are slots, and of short ones, for which the way from the store and from
thread to thread would be longer than they are, as many as the executor works off in a moment.
"""

from __future__ import annotations

from collections import Counter, deque

from rota.instants import MILLISECOND

__all__ = ("MOMENT", "REACH", "Pace")

MOMENT = 100 * MILLISECOND
REACH = 2_000  # runs that a node has in its hands at most, where it has fewer slots
CROWD = 4  # times the slots that ended in a moment: these runs are short, and more will follow
SHARED = 100  # runs that a node holds at most of a crowd where others could begin them
WHILE = 50 * MOMENT  # how long a crowd is remembered there
LATEST = 0.05  # how much the latest attempt counts in the pace
KNOWN = 10_000  # tasks whose pace is remembered


class Pace:
    """What is under way on a node of so many slots, and what it has learned about its attempts."""

    def __init__(self, slots: int) -> None:
        self.slots = slots
        self.alone = False  # there is no other node on this store, as far as anybody knows
        self.slow = False  # what was held could not begin within a moment
        self.took: dict[str, float] = {}  # microseconds, by task
        self.mean = 0.0  # the same over all tasks
        self.ended: deque[int] = deque(maxlen=REACH)  # boot clock: when attempts ended of late
        self.kinds: Counter[str] = Counter()  # executors of what has begun
        self.begun = 0
        self.load = 0  # what has begun costs together

    def most(self, boot: int) -> int:
        """How many runs to hold: as many as there are slots, else no other node could begin them;
        more in a crowd of short ones, as many as are over in a moment; and where no other node is,
        more until they are seen to wait.

        Where others are, all of them hold equally many of a crowd, and look back for long enough to
        see it: who was quicker once would else hold more, and so be quicker still.
        """
        while self.ended and self.ended[0] <= boot - (MOMENT if self.alone else WHILE):
            self.ended.popleft()
        if len(self.ended) >= CROWD * self.slots:
            self.slow = False
            reach = REACH if self.alone else SHARED
            return max(self.slots, min(reach, int(self.slots * MOMENT / max(self.mean, 1))))
        return max(self.slots, REACH) if self.alone and not self.slow else self.slots

    def waited(self) -> None:
        """What was held could not begin within a moment: what ended before says nothing now."""
        self.slow = True
        self.ended.clear()

    def cost(self, task: str) -> int:
        """What an attempt takes of a slot's moment, at most all of it."""
        return min(MOMENT, int(self.took.get(task, MOMENT)))

    def fits(self, task: str, kind: str, held_up: int) -> bool:
        """Whether a run may begin on this kind of executor; `held_up` slots are not to be had.

        No more than there are slots are ever executed at once: an executor sees to that among its
        own, so beyond the slots all have to be of one kind.
        """
        if self.begun + held_up < self.slots:
            return True
        if held_up or self.kinds[kind] < self.begun or self.begun >= REACH:
            return False
        return self.load + self.cost(task) <= self.slots * MOMENT

    def begin(self, kind: str, cost: int) -> None:
        """An attempt is handed to its executor."""
        self.begun += 1
        self.kinds[kind] += 1
        self.load += cost

    def leave(self, kind: str, cost: int) -> None:
        """An attempt is over, or nobody's concern any more."""
        self.begun -= 1
        self.kinds[kind] -= 1
        self.load -= cost

    def learn(self, task: str, took: int, boot: int) -> None:
        """An attempt has ended that took so many microseconds."""
        self.ended.append(boot)
        took = max(took, 1)
        if task not in self.took and len(self.took) >= KNOWN:
            self.took.clear()
        before = self.took.get(task, took)
        self.took[task] = before + (took - before) * LATEST
        self.mean += (took - self.mean) * LATEST if self.mean else took
