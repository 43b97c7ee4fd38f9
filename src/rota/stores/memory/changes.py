"""The audit and the revisions in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rota.ports.changes import AuditQuery, AuditRow, RevisionRow
from rota.ports.records import Json
from rota.stores.common import bounded, clean
from rota.stores.memory.tables import Tables, copied

__all__ = ("Changes",)


def kept(value: Json | None) -> Json | None:
    return None if value is None else copied(value)


def audit_copy(row: AuditRow) -> AuditRow:
    return replace(row, before=kept(row.before), after=kept(row.after))


def revision_copy(row: RevisionRow) -> RevisionRow:
    return replace(row, fields=copied(row.fields))


class Changes(Tables):
    """The verbs for the audit and for revisions."""

    def add_audit(self, rows: Sequence[AuditRow]) -> None:
        with self.transaction():
            for row in rows:
                number = self.draw("audit")
                row = replace(audit_copy(row), id=number, reason=clean(row.reason))
                self.audit_rows[number] = row

    def audit(self, query: AuditQuery) -> list[AuditRow]:
        with self.lock:
            found = [
                row
                for row in self.audit_rows.values()
                if (query.before is None or row.id < query.before)
                and row.action.startswith(query.action)
                and query.subject in (None, row.subject)
                and query.user in (None, row.user)
            ]
            found.sort(key=lambda row: row.id, reverse=True)
            return [audit_copy(row) for row in found[: bounded(query.limit)]]

    def add_revision(self, row: RevisionRow, keep: int) -> RevisionRow:
        with self.transaction():
            numbers = [number for name, number in self.revision_rows if name == row.schedule]
            number = max(numbers, default=0) + 1
            row = replace(revision_copy(row), number=number, reason=clean(row.reason))
            self.revision_rows[row.schedule, number] = row
            for old in numbers:
                if old <= number - max(keep, 1):
                    self.revision_rows.drop((row.schedule, old))
            return revision_copy(row)

    def revision(self, schedule: str, number: int) -> RevisionRow | None:
        with self.lock:
            row = self.revision_rows.get((schedule, number))
            return None if row is None else revision_copy(row)

    def revisions(self, schedule: str, before: int | None, limit: int) -> list[RevisionRow]:
        with self.lock:
            found = [
                row
                for (name, number), row in self.revision_rows.items()
                if name == schedule and (before is None or number < before)
            ]
            found.sort(key=lambda row: row.number, reverse=True)
            return [revision_copy(row) for row in found[: bounded(limit)]]
