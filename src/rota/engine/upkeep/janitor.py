"""The janitor: deletes old runs and events, in batches small enough to be nobody's trouble.

History may go; promises stay: a schedule keeps `decided_through`, so that a slot whose run was
deleted is never launched again.
"""

from __future__ import annotations

from collections.abc import Callable

from rota.engine.policies import Policies, resolve
from rota.instants import SECOND
from rota.ports.records import Json, ScheduleQuery, ScheduleRow
from rota.ports.store import Store

__all__ = ("Janitor",)

BATCH = 500
ROUND = 5_000  # deletions in one round at most; the rest waits for the next
EVENTS = 90 * 86_400 * SECOND
PAGE = 200


class Janitor:
    """Applies each schedule's retention. `defaults` gives a task's default policies."""

    def __init__(self, store: Store, defaults: Callable[[str], Json]) -> None:
        self.store = store
        self.defaults = defaults
        self.after = ""  # where the next round goes on

    def tidy(self, now: int, is_over: Callable[[], bool] = lambda: False) -> int:
        """One round: a page of schedules, runs of none, events; or less, when it `is_over`. The
        next round goes on from there. Returns how many rows went.
        """
        gone = self.store.prune_events(now - EVENTS, BATCH)
        gone += self.prune(None, Policies(), now)
        rows = self.store.schedules(ScheduleQuery(after=self.after, limit=PAGE))
        for row in rows:
            if gone >= ROUND or is_over():
                return gone
            gone += self.prune(row, resolve(self.defaults(row.task), row.policies), now)
            self.after = row.name
        if len(rows) < PAGE:
            self.after = ""
        return gone

    def prune(self, row: ScheduleRow | None, policies: Policies, now: int) -> int:
        age, count = policies.retention
        before = 0 if age is None else now - age
        keep = 10**9 if count is None else count
        gone = 0
        while gone < ROUND:
            went = self.store.prune(row.name if row else None, before, keep, BATCH)
            gone += went
            if went < BATCH:
                break
        return gone
