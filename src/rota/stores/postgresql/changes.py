"""The audit and the revisions, as PostgreSQL writes them."""

from __future__ import annotations

from collections.abc import Sequence

from rota.stores import changes
from rota.stores.postgresql.arrays import columns
from rota.stores.postgresql.database import Database
from rota.stores.relational import Values

__all__ = ("Changes",)


class Changes(Database, changes.Changes):
    """The verbs for the audit and for revisions."""

    def write_audit(self, rows: Sequence[Values]) -> None:
        self.do("add_audit", columns(rows))

    def alone_with(self, schedule: str) -> None:
        self.lock("lock_revisions", (schedule,))
