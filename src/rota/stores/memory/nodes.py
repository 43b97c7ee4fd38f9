"""Nodes, leases and events in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from rota.ports.records import EventQuery, EventRow, NodeRow, Recovered, RunRow
from rota.rules.placement import forsaken, targets
from rota.stores.common import DAY, SEARCH, bounded, clean, fold, never_began, over_since
from rota.stores.memory.tables import Lease, Tables, own

__all__ = ("Nodes",)

TRUSTED = ("alive", "stopping")


class Nodes(Tables):
    """The verbs for nodes and events."""

    def join(self, node: NodeRow, lease: int) -> NodeRow:
        with self.transaction():
            horizon = self.clock.now() - DAY
            for name, old in list(self.leases.items()):
                if old.node.state not in TRUSTED and old.node.seen < horizon:
                    self.leases.drop(name)
            host = clean(node.host)
            node = replace(node, name=f"{host}-{self.draw('node')}", host=host, running=0,
                           machine=clean(node.machine))  # fmt: skip
            self.leases[node.name] = self._lease(node, lease)
            return node

    def _lease(self, node: NodeRow, lease: int) -> Lease:
        return Lease(node, self.clock.boot() + lease, self.clock.boot_id())

    def renew(self, node: str, lease: int, now: int, clock_offset: int = 0) -> bool:
        with self.transaction():
            held = self.leases.get(node)
            if held is None or held.node.state not in TRUSTED:
                return False
            self.leases[node] = self._lease(
                replace(held.node, seen=now, clock_offset=clock_offset), lease
            )
            return True

    def stopping(self, node: str) -> None:
        with self.transaction():
            held = self.leases.get(node)
            if held is not None and held.node.state == "alive":
                self.leases[node] = replace(held, node=replace(held.node, state="stopping"))

    def leave(self, node: str, now: int) -> None:
        with self.transaction():
            held = self.leases.get(node)
            if held is not None and held.node.state in TRUSTED:
                stopped = replace(held.node, state="stopped", seen=now)
                self.leases[node] = replace(held, node=stopped)
                self._recover({node: self._over_since(held, now)}, now)

    def overdue(self) -> bool:
        with self.lock:
            return bool(self._over())

    def _over(self) -> dict[str, Lease]:
        boot, boot_id = self.clock.boot(), self.clock.boot_id()
        return {
            name: held
            for name, held in self.leases.items()
            if held.node.state in TRUSTED and (held.boot_id != boot_id or held.until <= boot)
        }

    def targets(self, placement: str, task: str) -> list[str]:
        with self.lock:
            return targets(placement, task, self.alive())

    def expire(self, now: int) -> Recovered:
        with self.transaction():
            over = self._over()
            for name, held in over.items():
                self.leases[name] = replace(held, node=replace(held.node, state="lost"))
            ends = {name: self._over_since(held, now) for name, held in over.items()}
            return Recovered(self._recover(ends, now), sorted(over))

    def _over_since(self, held: Lease, now: int) -> int:
        until = held.until if held.boot_id == self.clock.boot_id() else 0
        return over_since(until, self.clock.boot(), now)

    def _recover(self, ends: Mapping[str, int], now: int) -> list[RunRow]:
        """End, or put back, what nodes had running, by when their leases ended; end what waits for
        them.
        """
        if not ends:
            return []
        left = [row for row in self.running.values() if row.node in ends]
        left.sort(key=lambda row: row.id)
        for row in left:
            self._lose(row, ends[row.node or ""], now)
        alive = self.alive()
        waiting = [row for row in self.queue if forsaken(row.target, row.task, alive)]
        for row in sorted(waiting, key=lambda row: row.id):
            state, reason = ("skipped", "no_node") if row.started is None else ("lost", None)
            self.end(row, state, now, fence=self.draw("fence"), reason=reason)
        left += [row for row in waiting if row not in left]
        return [own(row) for row in sorted(left, key=lambda row: row.id)]

    def _lose(self, row: RunRow, ended: int, now: int) -> None:
        fence = self.draw("fence")
        if never_began(row.started, row.not_before, ended):
            self.unbegin(row)
            attempt = row.attempt - 1
            self.put_back(row, "queued", row.cancelling, now, fence=fence, attempt=attempt)
        elif row.idempotent:
            fields = {"fence": fence, "not_before": now}
            self.put_back(row, "retrying", row.cancelling, now, **fields)
        else:
            self.end(row, "lost", now, fence=fence, reason=None)

    def nodes(self) -> list[NodeRow]:
        with self.lock:
            horizon = self.clock.now() - DAY
            running = Counter(row.node for row in self.running.values())
            return [
                replace(held.node, running=running[name])
                for name, held in sorted(self.leases.items(), key=lambda item: item[0])
                if held.node.state in TRUSTED or held.node.seen >= horizon
            ]

    def add_events(self, rows: Sequence[EventRow]) -> None:
        with self.transaction():
            for row in rows:
                number = self.draw("event")
                self.event_rows[number] = replace(row, id=number, text=clean(row.text))

    def events(self, query: EventQuery) -> list[EventRow]:
        search = fold(clean(query.search)[:SEARCH])
        with self.lock:
            found = [
                row
                for row in self.event_rows.values()
                if (query.before is None or row.id < query.before)
                and (not query.levels or row.level in query.levels)
                and row.kind.startswith(query.kind)
                and query.schedule in (None, row.schedule)
                and query.run in (None, row.run)
                and search in fold(row.text)
            ]
            found.sort(key=lambda row: row.id, reverse=True)
            return found[: bounded(query.limit)]

    def prune_events(self, before: int, limit: int) -> int:
        with self.transaction():
            old = sorted((row.time, row.id) for row in self.event_rows.values())
            going = [event for time, event in old if time < before][: bounded(limit)]
            for event in going:
                self.event_rows.drop(event)
            return len(going)
