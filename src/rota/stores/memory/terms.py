"""Terms in memory."""

from __future__ import annotations

from dataclasses import replace

from rota.ports.records import TermRow
from rota.stores.memory.nodes import TRUSTED
from rota.stores.memory.tables import Tables, Term

__all__ = ("Terms",)


class Terms(Tables):
    """The verbs for who acts for all."""

    def elect(self, role: str, node: str, length: int, now: int) -> TermRow | None:
        with self.transaction():
            held = self.term_rows.get(role)
            goes_on = held is not None and self._goes_on(held)
            if held is not None and goes_on and held.row.node != node:
                return held.row
            if not self._is_alive(node):
                return None
            row = held.row if held is not None else TermRow(role, node, 0)
            if not goes_on:
                row = replace(row, node=node, term=row.term + 1)
            self.term_rows[role] = Term(row, self.clock.boot() + length, self.clock.boot_id())
            return row

    def terms(self) -> list[TermRow]:
        with self.lock:
            held = sorted(self.term_rows.items())
            return [term.row for _, term in held if self._goes_on(term)]

    def in_term(self, role: str, node: str, term: int) -> bool:
        with self.lock:
            held = self.term_rows.get(role)
            named = TermRow(role, node, term)
            return held is not None and held.row == named and self._goes_on(held)

    def _goes_on(self, term: Term) -> bool:
        in_time = term.boot_id == self.clock.boot_id() and self.clock.boot() < term.until
        return in_time and self._is_alive(term.row.node)

    def _is_alive(self, node: str) -> bool:
        lease = self.leases.get(node)
        return lease is not None and lease.node.state in TRUSTED
