"""The audit and the revisions in the SQL stores."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace

from rota.ports.changes import AuditQuery, AuditRow, RevisionRow
from rota.ports.records import Json
from rota.stores.common import bounded, clean, json_text, read_json
from rota.stores.relational import NEWEST, Relational, Row, Values, writing

__all__ = ("Changes",)


class Changes(Relational):
    """The verbs for the audit and for revisions."""

    @abstractmethod
    def write_audit(self, rows: Sequence[Values]) -> None:
        """Write lines of the audit, numbered in their order."""

    @abstractmethod
    def alone_with(self, schedule: str) -> None:
        """Let nobody else write a revision of the schedule in this transaction's time."""

    @writing
    def add_audit(self, rows: Sequence[AuditRow]) -> None:
        values = [
            (row.time, row.user, row.origin, row.action, row.subject, said(row.before),
             said(row.after), clean(row.reason))
            for row in rows
        ]  # fmt: skip
        if values:
            self.write_audit(values)

    def audit(self, query: AuditQuery) -> list[AuditRow]:
        before = NEWEST if query.before is None else min(query.before, NEWEST)
        what = (before, query.action, query.subject, query.user)
        return [audit_record(row) for row in self.all("audit", (*what, bounded(query.limit)))]

    @writing
    def add_revision(self, row: RevisionRow, keep: int) -> RevisionRow:
        self.alone_with(row.schedule)
        (last,) = self.all("last_revision", (row.schedule,))[0]
        row = replace(row, number=last + 1, reason=clean(row.reason))
        self.do(
            "add_revision",
            (row.schedule, row.time, row.user, row.origin, row.action, row.version,
             json_text(row.fields), row.reason, row.number),
        )  # fmt: skip
        self.do("prune_revisions", (row.schedule, row.number - max(keep, 1)))
        return row

    def revision(self, schedule: str, number: int) -> RevisionRow | None:
        row = self.first("revision", (schedule, number))
        return None if row is None else revision_record(row)

    def revisions(self, schedule: str, before: int | None, limit: int) -> list[RevisionRow]:
        before = NEWEST if before is None else min(before, NEWEST)
        rows = self.all("revisions", (schedule, before, bounded(limit)))
        return [revision_record(row) for row in rows]


def audit_record(row: Row) -> AuditRow:
    values = list(row)
    values[5:7] = (None if text is None else read_json(text) for text in row[5:7])
    return AuditRow(*values)


def revision_record(row: Row) -> RevisionRow:
    values = list(row)
    values[6] = read_json(row[6])
    return RevisionRow(*values)


def said(value: Json | None) -> str | None:
    return None if value is None else json_text(value)
