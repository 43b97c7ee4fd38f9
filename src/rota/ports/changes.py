"""What people changed: the audit, which only grows, and the revisions of schedules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from rota.ports.records import Json

__all__ = ("AuditQuery", "AuditRow", "Changes", "RevisionRow")


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One change: who, when, what, from where."""

    time: int
    user: str | None  # None: nobody asked, such as code that was deployed
    origin: str  # page, api, cli, code
    action: str  # such as schedule.changed, run.asked, account.added
    subject: str  # the name of what was changed
    before: Json | None = None  # only what differs, both times
    after: Json | None = None
    reason: str = ""
    id: int = 0  # set by the store


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """Changes, newest first, before a cursor."""

    before: int | None = None
    limit: int = 50
    action: str = ""  # a prefix, such as "schedule."
    subject: str | None = None
    user: str | None = None


@dataclass(frozen=True, slots=True)
class RevisionRow:
    """A schedule as one change left it."""

    schedule: str
    time: int
    user: str | None
    origin: str
    action: str  # added, changed, removed, paused, resumed, reverted
    version: int  # the schedule's, after the change
    fields: Json = field(default_factory=dict)
    reason: str = ""
    number: int = 0  # set by the store: from 1 for each schedule's name, also after its removal


class Changes(Protocol):
    """The verbs for the audit and for revisions."""

    def add_audit(self, rows: Sequence[AuditRow]) -> None:
        """Append to the audit. There is no verb that changes or deletes any of it."""
        ...

    def audit(self, query: AuditQuery) -> list[AuditRow]:
        """A page of the audit, newest first."""
        ...

    def add_revision(self, row: RevisionRow, keep: int) -> RevisionRow:
        """Append a revision under the schedule's next number; only the newest `keep` stay."""
        ...

    def revision(self, schedule: str, number: int) -> RevisionRow | None:
        """One revision."""
        ...

    def revisions(self, schedule: str, before: int | None, limit: int) -> list[RevisionRow]:
        """A page of a schedule's revisions, newest first, with numbers smaller than `before`."""
        ...
