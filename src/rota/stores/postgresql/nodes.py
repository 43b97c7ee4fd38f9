"""Nodes, leases and events in PostgreSQL.

A lease is judged by the database's clock, the one that all nodes share; no node's own clock counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rota.ports.records import EventQuery, EventRow, NodeRow, Recovered
from rota.rules.placement import forsaken, targets
from rota.stores.common import DAY, bounded, clean, json_text, over_since
from rota.stores.ending import Taken
from rota.stores.postgresql.arrays import columns, listed
from rota.stores.postgresql.faults import Locked
from rota.stores.postgresql.runs import Runs
from rota.stores.postgresql.schedules import like
from rota.stores.relational import NEWEST, Row, writing
from rota.stores.rows import node_record

__all__ = ("Nodes",)


class Nodes(Runs):
    """The verbs for nodes and events."""

    forsaken = False  # somebody held what may wait for a dead node: to be looked at again

    @writing
    def join(self, node: NodeRow, lease: int) -> NodeRow:
        self.do("join_sweep", (self.clock.now() - DAY,))
        (number,) = self.draw("rota_node_number", 1)
        host = clean(node.host)
        node = replace(node, name=f"{host}-{number}", host=host, running=0)
        lists = (json_text(names) for names in (node.roles, node.labels, node.tasks))
        who = (node.name, host, node.pid, node.version, node.state)
        self.do("join", (*who, *lists, node.started, node.seen, clean(node.machine)))
        self.do("join_lease", (node.name, self._lease_now(), lease, node.seen, node.clock_offset))
        self.tell_others()
        return node

    @writing
    def renew(self, node: str, lease: int, now: int, clock_offset: int = 0) -> bool:
        return self.do("renew", (node, self._lease_now(), lease, now, clock_offset)) > 0

    @writing
    def stopping(self, node: str) -> None:
        self.do("stopping", (node,))

    @writing
    def leave(self, node: str, now: int) -> None:
        gone = self.lock("leave", (node, now, self._lease_now()))
        if gone:
            self._recover(gone, now)
            with self.briefly():  # else the lease runs out, and others do all this
                self._forsake(now)
            self.tell_others()

    def overdue(self) -> bool:
        return self.forsaken or bool(self.all("expire_any", (self._lease_now(),)))

    @writing
    def targets(self, placement: str, task: str) -> list[str]:
        return targets(placement, task, self.alive())

    def expire(self, now: int) -> Recovered:
        if not self.overdue():
            return Recovered()  # found without a lock
        return self._expire(now)

    @writing
    def _expire(self, now: int) -> Recovered:
        over = self.lock("expire", (self._lease_now(),))
        # Of what was left behind earlier nobody can tell any more whether it had begun: it had.
        behind = [(name, now, now) for (name,) in self.all("left_behind")]
        ended = self._recover(behind + over, now)  # of one in both its own lease's end counts
        try:
            with self.briefly():
                ended += self._forsake(now)
            self.forsaken = False
        except Locked:
            self.forsaken = True
        if over or ended:
            self.tell_others()
        return Recovered(self._runs(sorted(set(ended))), sorted(name for name, _, _ in over))

    def _recover(self, gone: list[Row], now: int) -> list[int]:
        """End, or put back, what nodes had running, by when their leases ended; which runs. What
        somebody else holds just now stays for the next time, and keeps nothing else back.
        """
        ends = {name: over_since(until, clock, now) for name, until, clock in gone}
        names = listed(ends)
        ours = listed(name for (name,) in self.lock("recover_schedules", (names,)))
        left = [Taken(*row) for row in self.lock("recover_runs", (names, ours))]
        for row, fence in zip(left, self.draw("rota_fence", len(left)), strict=True):
            self.lose(row, ends[row.node or ""], fence, now)
        return [row.run for row in left]

    def _forsake(self, now: int) -> list[int]:
        """End waiting runs that nobody who is left may take."""
        self.lock("forsaken_schedules")
        found = self.lock("forsaken_runs")
        alive = self.alive() if found else []
        left = [Taken(*row) for *row, target, task in found if forsaken(target, task, alive)]
        for run, fence in zip(left, self.draw("rota_fence", len(left)), strict=True):
            self.forsake(run, fence, now)
        return [run.run for run in left]

    def nodes(self) -> list[NodeRow]:
        return [node_record(row) for row in self.all("nodes", (self.clock.now() - DAY,))]

    @writing
    def add_events(self, rows: Sequence[EventRow]) -> None:
        values = [
            (row.time, row.level, row.kind, clean(row.text), row.schedule, row.run, row.node,
             row.user)
            for row in rows
        ]  # fmt: skip
        if values:
            self.do("add_events", columns(values))

    def events(self, query: EventQuery) -> list[EventRow]:
        before = NEWEST if query.before is None else min(query.before, NEWEST)
        what = (before, listed(query.levels), query.kind, query.schedule, query.run)
        values = (*what, like(query.search), bounded(query.limit))
        return [EventRow(*row) for row in self.all("events", values)]

    @writing
    def prune_events(self, before: int, limit: int) -> int:
        return self.do("prune_events", (before, bounded(limit)))
