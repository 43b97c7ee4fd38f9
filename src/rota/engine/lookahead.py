"""The look-ahead: the schedules that are due soon, in memory, by when they need a decision.

Memory holds a window of the near future, never all schedules. A million stored schedules cost one
index range, not a million objects. A load is small too, because the collector of garbage stops
the host for every object there is; in a crowd the next comes with the batch that uses the last up.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import replace

from rota.instants import SECOND
from rota.ports.records import Decision, ScheduleRow

__all__ = ("WINDOW", "LookAhead", "needed")

WINDOW = 60 * SECOND
LOAD = 1_000  # schedules in one load
MOST = 10_000  # the same where many of those that are due first are left alone


class LookAhead:
    """Schedules by the instant at which they need a decision; complete until `through`."""

    def __init__(self) -> None:
        self.through = -1  # nothing loaded yet
        self.whole = True
        self.most = LOAD  # how many the next load may bring
        self.rows: dict[str, ScheduleRow] = {}
        self.heap: list[tuple[int, str]] = []

    def load(
        self, rows: Iterable[ScheduleRow], through: int, now: int, *,
        whole: bool = True, left: int = 0,
    ) -> None:  # fmt: skip
        """Replace everything by what the store has until `through`, but for those `left` alone.

        Not `whole`: the load met its limit, and there may be more that is due at `through`.
        """
        self.rows = {row.name: row for row in rows}
        self.heap = [(needed(row), row.name) for row in self.rows.values()]
        heapq.heapify(self.heap)
        self.whole, self.through = whole, through
        most, self.most = self.most, min(LOAD + 2 * left, MOST)  # else they hide what comes later
        if not (whole or self.rows or most < MOST):
            self.whole, self.through = True, now + WINDOW // 2 + SECOND  # no use before a while

    def is_short(self, now: int, leaving: int = 0) -> bool:
        """Whether the window should be read again: half of it is over, or its part is used up,
        but for the `leaving` ones, which are just being decided.
        """
        if self.whole:
            return self.through < now + WINDOW // 2
        return len(self.rows) <= leaving

    def put(self, row: ScheduleRow) -> None:
        """Add or replace one schedule."""
        self.rows[row.name] = row
        heapq.heappush(self.heap, (needed(row), row.name))

    def drop(self, name: str) -> None:
        """Forget one schedule."""
        self.rows.pop(name, None)

    def due(self, now: int, limit: int) -> list[ScheduleRow]:
        """Up to `limit` schedules that need a decision now, earliest first. They stay."""
        found: dict[str, tuple[int, str]] = {}
        while len(found) < limit and (top := self.top()) is not None and top[0] <= now:
            found[top[1]] = heapq.heappop(self.heap)
        for entry in found.values():
            heapq.heappush(self.heap, entry)
        return [self.rows[name] for name in found]

    def are_few(self, now: int, most: int) -> bool:
        """Whether some schedules, but no more than `most`, need a decision by then."""
        return 0 < len(self.due(now, most + 1)) <= most

    def first(self) -> ScheduleRow | None:
        """The schedule that needs a decision next, as far as the window shows."""
        top = self.top()
        return None if top is None else self.rows[top[1]]

    def moved(self, decision: Decision) -> None:
        """Follow a decision that the store has accepted."""
        row = self.rows.pop(decision.name, None)
        if row is None or decision.next_due is None or decision.next_due > self.through:
            return
        self.put(
            replace(
                row,
                next_due=decision.next_due,
                decided_through=decision.decided_through,
                paused=row.paused and not decision.lift_pause,
            )
        )

    def top(self) -> tuple[int, str] | None:
        """The first entry of the heap that is still true; others are dropped on the way."""
        while self.heap:
            when, name = self.heap[0]
            row = self.rows.get(name)
            if row is not None and needed(row) == when:
                return self.heap[0]
            heapq.heappop(self.heap)
        return None


def needed(row: ScheduleRow) -> int:
    """When a schedule needs a decision: at its slot, or when its pause is over."""
    if row.next_due is None:
        return 0  # it awaited the end of a run that has ended: now
    if row.paused and row.paused_until is not None:
        return row.paused_until
    return row.next_due
