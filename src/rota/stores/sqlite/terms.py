"""Terms in SQLite, judged by the machine's boot clock as leases are."""

from __future__ import annotations

from rota.ports.records import TermRow
from rota.stores.sqlite.database import Database

__all__ = ("Terms",)


class Terms(Database):
    """The verbs for who acts for all."""

    def elect(self, role: str, node: str, length: int, now: int) -> TermRow | None:
        for term in self.terms():  # found without the lock that writers share
            if term.role == role and term.node != node:
                return term
        with self.verb():
            boot, boot_id = self.clock.boot(), self.clock.boot_id()
            self.do("elect", (role, node, boot + length, boot_id, boot))
            return next((term for term in self.terms() if term.role == role), None)

    def terms(self) -> list[TermRow]:
        trust = (self.clock.boot_id(), self.clock.boot())
        return [TermRow(*row) for row in self.all("terms", trust)]

    def in_term(self, role: str, node: str, term: int) -> bool:
        return TermRow(role, node, term) in self.terms()
