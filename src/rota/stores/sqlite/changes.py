"""The audit and the revisions, as SQLite writes them."""

from __future__ import annotations

from collections.abc import Sequence

from rota.stores import changes
from rota.stores.relational import Values
from rota.stores.sqlite.database import Database

__all__ = ("Changes",)


class Changes(Database, changes.Changes):
    """The verbs for the audit and for revisions."""

    def write_audit(self, rows: Sequence[Values]) -> None:
        numbers = self.draw("audit", len(rows))
        self.each("add_audit", [(*row, number) for row, number in zip(rows, numbers, strict=True)])

    def alone_with(self, schedule: str) -> None:
        """Whoever writes has the file for itself."""
