"""Tasks and schedules in SQLite."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from rota.ports.records import ScheduleQuery, ScheduleRow, TaskRow
from rota.stores.common import HOUR, SEARCH, bounded, checked_changes, clean, json_text
from rota.stores.rows import schedule_values, task_record
from rota.stores.sqlite.database import Database, listed
from rota.stores.sqlite.ending import Ending
from rota.stores.sqlite.rows import schedule_record

__all__ = ("Schedules", "like")


class Schedules(Ending, Database):
    """The verbs for tasks and schedules."""

    def kept(self, name: str) -> str | None:
        row = self.first("kept", (name,))
        return None if row is None else str(row[0])

    def keep(self, name: str, text: str, instead: str | None) -> bool:
        with self.verb():
            if instead is None:
                return self.do("keep_first", (name, text)) > 0
            return self.do("keep", (name, text, instead)) > 0

    def put_tasks(self, rows: Iterable[TaskRow]) -> None:
        with self.verb():
            for row in rows:
                schema, policies = json_text(row.schema), json_text(row.policies)
                values = (row.identifier, row.title, row.source, schema, policies, row.seen, HOUR)
                self.do("put_task", values)

    def tasks(self) -> list[TaskRow]:
        return [task_record(row) for row in self.all("tasks")]

    def add_schedule(self, row: ScheduleRow) -> ScheduleRow | None:
        with self.verb():
            added = self.do("add_schedule", schedule_values(row))
            return self.schedule(row.name) if added else None

    def schedule(self, name: str) -> ScheduleRow | None:
        rows = self._schedules([name])
        return rows[0] if rows else None

    def _schedules(self, names: list[str]) -> list[ScheduleRow]:
        if not names:
            return []
        return [schedule_record(row) for row in self.all("schedule_rows", (listed(names),))]

    def schedules(self, query: ScheduleQuery) -> list[ScheduleRow]:
        values = (query.after, query.task, like(query.search), bounded(query.limit))
        with self.connections.reading():
            return self._schedules([name for (name,) in self.all("schedules", values)])

    def change_schedule(
        self, name: str, version: int | None, changes: Mapping[str, object]
    ) -> ScheduleRow | None:
        with self.verb():
            old = self.schedule(name)
            if old is None or version not in (None, old.version):
                return None
            fields: dict[str, Any] = dict(checked_changes(changes))
            new = replace(old, **fields, version=old.version + 1)
            self.do("change_schedule", schedule_values(new))
            return self.schedule(name)

    def remove_schedule(self, name: str) -> bool:
        with self.verb():
            if not self.do("remove_schedule", (name,)):
                return False
            self.stop(self.opened(name), "user", self.clock.now())
            return True

    def pinned(self, tasks: Sequence[str], limit: int) -> list[ScheduleRow]:
        with self.connections.reading():
            found = set(self.all("pinned", (bounded(limit),)))
            if tasks:
                found.update(self.all("pinned_by_task", (listed(tasks), bounded(limit))))
            return self._schedules(sorted(name for (name,) in found)[: bounded(limit)])

    def upcoming(
        self, until: int, limit: int, tasks: Sequence[str] | None = None
    ) -> list[ScheduleRow]:
        values = (until, bounded(limit), None if tasks is None else listed(tasks))
        with self.connections.reading():
            found = self.all("upcoming", values)
            if lifted := self.all("upcoming_paused", values):
                found = sorted(found + lifted)[: bounded(limit)]
            return self._schedules([name for _, name in found])

    def awaiting(self, limit: int) -> list[ScheduleRow]:
        if not self.all("awaiting", (1,)):
            return []  # the usual case, asked after every batch
        with self.connections.reading():
            return self._schedules([name for (name,) in self.all("awaiting", (bounded(limit),))])


def like(search: str) -> str:
    r"""The LIKE pattern for texts that contain this one, whatever is in it.

    >>> like("50%_off")
    '%50\\%\\_off%'
    """
    text = clean(search)[:SEARCH]
    for special in ("\\", "%", "_"):
        text = text.replace(special, f"\\{special}")
    return f"%{text}%"
