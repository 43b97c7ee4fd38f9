"""Terms in PostgreSQL, judged by the database's clock as leases are."""

from __future__ import annotations

from collections.abc import Callable

from rota.ports.records import TermRow
from rota.stores.postgresql.database import Database
from rota.stores.relational import writing

__all__ = ("Terms",)


class Terms(Database):
    """The verbs for who acts for all."""

    lease_clock: Callable[[], int] | None  # None: the database's; tests hand in another

    def elect(self, role: str, node: str, length: int, now: int) -> TermRow | None:
        for term in self.terms():  # found without a lock
            if term.role == role and term.node != node:
                return term
        return self._elect(role, node, length)

    @writing
    def _elect(self, role: str, node: str, length: int) -> TermRow | None:
        with self.briefly():  # whoever holds it may be writing, or stand still while it does
            self.do("elect", (role, node, length, self._term_clock()))
        return next((term for term in self.terms() if term.role == role), None)

    def terms(self) -> list[TermRow]:
        return [TermRow(*row) for row in self.all("terms", (self._term_clock(),))]

    @writing
    def in_term(self, role: str, node: str, term: int) -> bool:
        return bool(self.lock("in_term", (role, node, term, self._term_clock())))

    def _term_clock(self) -> int | None:
        return None if self.lease_clock is None else self.lease_clock()
