"""Nodes, leases and events in SQLite.

All nodes of a file share one machine, so a lease is judged by the machine's boot clock: it never
steps, and another boot id than the one beside the lease means that its node is gone for certain.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rota.ports.records import EventQuery, EventRow, NodeRow, Recovered, RunRow
from rota.rules.placement import forsaken, targets
from rota.stores.common import DAY, bounded, clean, json_text, over_since
from rota.stores.ending import Taken
from rota.stores.relational import NEWEST
from rota.stores.rows import node_record
from rota.stores.sqlite.database import listed
from rota.stores.sqlite.faults import refused
from rota.stores.sqlite.runs import Runs
from rota.stores.sqlite.schedules import like

__all__ = ("Nodes",)


class Nodes(Runs):
    """The verbs for nodes and events."""

    def join(self, node: NodeRow, lease: int) -> NodeRow:
        with self.verb():
            self._refuse_another_machine(node, lease)
            self.do("join_sweep", (self.clock.now() - DAY,))
            (number,) = self.draw("node", 1)
            host = clean(node.host)
            node = replace(node, name=f"{host}-{number}", host=host, running=0)
            lists = (json_text(names) for names in (node.roles, node.labels, node.tasks))
            trust = (self.clock.boot() + lease, self.clock.boot_id())
            what = (clean(node.machine), node.clock_offset)
            who = (node.name, host, node.pid, node.version, node.state)
            self.do("join", (*who, *lists, node.started, node.seen, *trust, *what))
            return node

    def _refuse_another_machine(self, node: NodeRow, lease: int) -> None:
        """Two machines on one file would each take the other's nodes for dead."""
        here = (clean(node.machine), self.clock.boot_id(), self.clock.now() - lease)
        other = self.first("join_elsewhere", here) if node.machine else None
        if other is not None:
            raise refused(
                self.path,
                f"node {other[0]} uses it from another machine ({other[1]})",
                "use PostgreSQL for several machines; if that one is gone, try again in a minute",
            )

    def renew(self, node: str, lease: int, now: int, clock_offset: int = 0) -> bool:
        with self.verb():
            until, boot_id = self.clock.boot() + lease, self.clock.boot_id()
            return self.do("renew", (node, until, boot_id, now, clock_offset)) > 0

    def stopping(self, node: str) -> None:
        with self.verb():
            self.do("stopping", (node,))

    def leave(self, node: str, now: int) -> None:
        with self.verb():
            if self.do("leave", (node, now)):
                self._recover(self.all("leave_lease", (node,)), now)

    def overdue(self) -> bool:
        return bool(self.all("expire_over", (self.clock.boot_id(), self.clock.boot())))

    def targets(self, placement: str, task: str) -> list[str]:
        return targets(placement, task, self.alive())

    def expire(self, now: int) -> Recovered:
        trust = (self.clock.boot_id(), self.clock.boot())
        if not self.all("expire_over", trust):
            return Recovered()  # found without the lock that writers share
        with self.verb():
            over = self.all("expire_over", trust)
            self.each("expire_node", [(name,) for name, _, _ in over])
            return Recovered(self._recover(over, now), sorted(name for name, _, _ in over))

    def _recover(self, leases: list[tuple[str, str, int]], now: int) -> list[RunRow]:
        """End, or put back, what nodes had running, by when their leases ended; end what waits for
        them.
        """
        if not leases:
            return []
        left = [Taken(*row) for row in self.all("recover_runs", (listed(r[0] for r in leases),))]
        boot, boot_id = self.clock.boot(), self.clock.boot_id()
        ends = {
            name: over_since(until if of == boot_id else 0, boot, now) for name, of, until in leases
        }
        for row, fence in zip(left, self.draw("fence", len(left)), strict=True):
            self.lose(row, ends[row.node or ""], fence, now)
        waiting = self._forsake(now)
        return self._runs(sorted({row.run for row in left}.union(waiting)))

    def _forsake(self, now: int) -> list[int]:
        """End waiting runs that nobody who is left may take."""
        alive = self.alive()
        ended = []
        for *row, target, task in self.all("forsaken_runs"):
            if forsaken(target, task, alive):
                run = Taken(*row)
                self.forsake(run, self.fence(), now)
                ended.append(run.run)
        return ended

    def nodes(self) -> list[NodeRow]:
        return [node_record(row) for row in self.all("nodes", (self.clock.now() - DAY,))]

    def add_events(self, rows: Sequence[EventRow]) -> None:
        if not rows:
            return
        with self.verb():
            self.each(
                "add_event",
                [
                    (row.time, row.level, row.kind, clean(row.text), row.schedule, row.run,
                     row.node, row.user, number)
                    for row, number in zip(rows, self.draw("event", len(rows)), strict=True)
                ],
            )  # fmt: skip

    def events(self, query: EventQuery) -> list[EventRow]:
        before = NEWEST if query.before is None else query.before
        name = "events" if query.schedule is None else "events_of_schedule"
        what = (before, listed(query.levels), query.kind, query.schedule, query.run)
        values = (*what, like(query.search), bounded(query.limit))
        return [EventRow(*row) for row in self.all(name, values)]

    def prune_events(self, before: int, limit: int) -> int:
        with self.verb():
            return self.do("prune_events", (before, bounded(limit)))
