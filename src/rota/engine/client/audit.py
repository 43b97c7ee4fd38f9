"""`rota.audit`: who changed what, when, from where."""

from __future__ import annotations

from rota.engine.client.context import Context
from rota.engine.client.itemize import audit_item
from rota.engine.client.items import AuditItem, Page
from rota.engine.client.paging import bounded, page_of, read_cursor
from rota.ports.changes import AuditQuery

__all__ = ("Audit",)


class Audit:
    """The audit, newest first. Nothing here can be changed or taken out."""

    def __init__(self, context: Context) -> None:
        self.context = context

    def list(
        self,
        limit: int = 50,
        cursor: str | int | None = None,
        *,
        action: str = "",
        subject: str | None = None,
        user: str | None = None,
    ) -> Page[AuditItem]:
        """A page of changes; `action` is a prefix such as `schedule.`, `subject` the name of what
        was changed.
        """
        self.context.ready()
        limit = bounded(limit)
        rows = self.context.store.audit(
            AuditQuery(before=read_cursor(cursor), limit=limit + 1, action=action,
                       subject=subject, user=user)
        )  # fmt: skip
        return page_of(rows, limit, audit_item, lambda row: row.id)
