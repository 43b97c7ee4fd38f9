"""`rota.tasks`, `.nodes`, `.system`, `.events`: what there is to read beside schedules and runs."""

from __future__ import annotations

from collections.abc import Sequence

from rota.engine.client.context import Context
from rota.engine.client.itemize import event_item, node_item, task_item
from rota.engine.client.items import EventItem, NodeItem, Page, SystemItem, TaskItem
from rota.engine.client.paging import bounded, page_of, read_cursor
from rota.engine.client.system import LOOKED_AT, described
from rota.ports.records import EventQuery, ScheduleQuery, TaskRow
from rota.rules.roles import PUBLISHER

__all__ = ("Events", "Nodes", "System", "Tasks")


class Tasks:
    """The tasks that some application registered, ours or another release's."""

    def __init__(self, context: Context) -> None:
        self.context = context

    def list(self, limit: int = 50, cursor: str | None = None) -> Page[TaskItem]:
        """A page of tasks by identifier."""
        self.context.ready()
        limit = bounded(limit)
        known = self.context.known_tasks()
        rows = [row for row in self.context.store.tasks() if row.identifier > (cursor or "")]

        def item(row: TaskRow) -> TaskItem:
            return task_item(row, schedules=self.schedules_of(row.identifier), known=known)

        return page_of(rows, limit, item, lambda row: row.identifier)

    def schedules_of(self, identifier: str) -> int:
        return len(self.context.store.schedules(ScheduleQuery(task=identifier, limit=1_000)))


class Nodes:
    """The processes that run or ran lately."""

    def __init__(self, context: Context) -> None:
        self.context = context

    def list(self, limit: int = 50, cursor: str | None = None) -> Page[NodeItem]:
        """A page of nodes by name. The leader is the scheduling publisher: the node whose term goes
        on.
        """
        self.context.ready()
        limit = bounded(limit)
        rows = self.context.store.nodes()
        terms = self.context.store.terms()
        leader = next((term.node for term in terms if term.role == PUBLISHER), None)
        rows = [row for row in rows if row.name > (cursor or "")]
        return page_of(
            rows, limit, lambda row: node_item(row, leader=row.name == leader), lambda row: row.name
        )


class System:
    """The system tasks, read-only. Their history is in `rota.events`, each under its identifier.

    >>> from rota import Rota
    >>> [one.identifier for one in Rota("memory://").system.list(limit=2)]
    ['rota.housekeeping.prune', 'rota.housekeeping.recover']
    """

    def __init__(self, context: Context) -> None:
        self.context = context

    def list(self, limit: int = 50, cursor: str | None = None) -> Page[SystemItem]:
        """A page of system tasks by identifier."""
        self.context.ready()
        return described(self.diary, bounded(limit), cursor)

    def diary(self, chore: str) -> Sequence[EventItem]:
        """What a chore wrote, newest first."""
        rows = self.context.store.events(EventQuery(limit=LOOKED_AT, kind=chore))
        return [event_item(row) for row in rows]


class Events:
    """The event log, newest first."""

    def __init__(self, context: Context) -> None:
        self.context = context

    def list(
        self,
        limit: int = 50,
        cursor: str | int | None = None,
        *,
        levels: Sequence[str] = (),
        kind: str = "",
        schedule: str | None = None,
        run: int | None = None,
        search: str = "",
    ) -> Page[EventItem]:
        """A page of events; `kind` is a prefix such as `run.`."""
        self.context.ready()
        limit = bounded(limit)
        rows = self.context.store.events(
            EventQuery(
                before=read_cursor(cursor), limit=limit + 1, levels=tuple(levels), kind=kind,
                schedule=schedule, run=run, search=search,
            )
        )  # fmt: skip
        return page_of(rows, limit, event_item, lambda row: row.id)
