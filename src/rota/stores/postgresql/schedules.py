"""Tasks and schedules in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from rota.ports.records import ScheduleQuery, ScheduleRow, TaskRow
from rota.stores.common import HOUR, SEARCH, bounded, checked_changes, clean, fold, json_text
from rota.stores.postgresql.arrays import columns, listed
from rota.stores.postgresql.database import Database
from rota.stores.postgresql.ending import Ending
from rota.stores.postgresql.rows import schedule_record
from rota.stores.relational import writing
from rota.stores.rows import schedule_values, task_record

__all__ = ("Schedules", "like")


class Schedules(Ending, Database):
    """The verbs for tasks and schedules."""

    def kept(self, name: str) -> str | None:
        row = self.first("kept", (name,))
        return None if row is None else str(row[0])

    @writing
    def keep(self, name: str, text: str, instead: str | None) -> bool:
        if instead is None:
            return self.do("keep_first", (name, text)) > 0
        return self.do("keep", (name, text, instead)) > 0

    @writing
    def put_tasks(self, rows: Iterable[TaskRow]) -> None:
        latest = {row.identifier: row for row in rows}
        values = [
            (row.identifier, row.title, row.source, json_text(row.schema),
             json_text(row.policies), row.seen)
            for row in latest.values()
        ]  # fmt: skip
        if values:
            self.do("put_tasks", (*columns(values), HOUR))

    def tasks(self) -> list[TaskRow]:
        return [task_record(row) for row in self.all("tasks")]

    @writing
    def add_schedule(self, row: ScheduleRow) -> ScheduleRow | None:
        if not self.do("add_schedule", schedule_values(row)):
            return None
        self.tell_others()
        return self.schedule(row.name)

    def schedule(self, name: str) -> ScheduleRow | None:
        rows = self._schedules([name])
        return rows[0] if rows else None

    def _schedules(self, names: list[str]) -> list[ScheduleRow]:
        if not names:
            return []
        return [schedule_record(row) for row in self.all("schedule_rows", (listed(names),))]

    def schedules(self, query: ScheduleQuery) -> list[ScheduleRow]:
        values = (query.after, query.task, like(query.search), bounded(query.limit))
        return self._schedules([name for (name,) in self.all("schedules", values)])

    @writing
    def change_schedule(
        self, name: str, version: int | None, changes: Mapping[str, object]
    ) -> ScheduleRow | None:
        self.lock("lock_schedule", (name,))
        old = self.schedule(name)
        if old is None or version not in (None, old.version):
            return None
        fields: dict[str, Any] = dict(checked_changes(changes))
        self.do("change_schedule", schedule_values(replace(old, **fields, version=old.version + 1)))
        self.tell_others()
        return self.schedule(name)

    @writing
    def remove_schedule(self, name: str) -> bool:
        if not self.do("remove_schedule", (name,)):
            return False
        self.stop(self.opened(name), "user", self.clock.now())
        self.tell_others()
        return True

    def pinned(self, tasks: Sequence[str], limit: int) -> list[ScheduleRow]:
        found = set(self.all("pinned", (bounded(limit),)))
        if tasks:
            found.update(self.all("pinned_by_task", (listed(tasks), bounded(limit))))
        return self._schedules(sorted(name for (name,) in found)[: bounded(limit)])

    def upcoming(
        self, until: int, limit: int, tasks: Sequence[str] | None = None
    ) -> list[ScheduleRow]:
        known = None if tasks is None else listed(tasks)
        found = self.all("upcoming", (until, bounded(limit), known))
        return self._schedules([name for _, name in found])

    def awaiting(self, limit: int) -> list[ScheduleRow]:
        return self._schedules([name for (name,) in self.all("awaiting", (bounded(limit),))])


def like(search: str) -> str:
    r"""The LIKE pattern, in small letters, for texts that contain this one, whatever is in it.

    >>> like("50%_Off")
    '%50\\%\\_off%'
    """
    text = fold(clean(search)[:SEARCH])
    for special in ("\\", "%", "_"):
        text = text.replace(special, f"\\{special}")
    return f"%{text}%" if text else "%"
