"""Tasks and schedules in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from rota.ports.records import ScheduleQuery, ScheduleRow, TaskRow
from rota.stores.common import HOUR, SEARCH, bounded, checked_changes, clean, fold, json_text
from rota.stores.memory.tables import Tables, copied, own

__all__ = ("Schedules",)


def said(row: TaskRow) -> tuple[object, ...]:
    """All that a task row says but when it was seen."""
    return row.title, row.source, json_text(row.schema), json_text(row.policies)


class Schedules(Tables):
    """The verbs for tasks and schedules."""

    def kept(self, name: str) -> str | None:
        with self.lock:
            return self.texts.get(name)

    def keep(self, name: str, text: str, instead: str | None) -> bool:
        with self.transaction():
            if self.texts.get(name) != instead:
                return False
            self.texts[name] = text
            return True

    def put_tasks(self, rows: Iterable[TaskRow]) -> None:
        with self.transaction():
            for row in rows:
                old = self.task_rows.get(row.identifier)
                if old is None or said(old) != said(row) or row.seen - old.seen >= HOUR:
                    schema, policies = copied(row.schema), copied(row.policies)
                    self.task_rows[row.identifier] = replace(row, schema=schema, policies=policies)

    def tasks(self) -> list[TaskRow]:
        with self.lock:
            return [self.task_rows[name] for name in sorted(self.task_rows)]

    def add_schedule(self, row: ScheduleRow) -> ScheduleRow | None:
        with self.transaction():
            if row.name in self.schedule_rows:
                return None
            self.schedule_rows[row.name] = own(row)
            return self.schedule(row.name)

    def schedule(self, name: str) -> ScheduleRow | None:
        with self.lock:
            row = self.schedule_rows.get(name)
            return None if row is None else self.counted(row)

    def schedules(self, query: ScheduleQuery) -> list[ScheduleRow]:
        search = fold(clean(query.search)[:SEARCH])
        with self.lock:
            found = [
                row
                for row in self.schedule_rows.values()
                if row.name > query.after
                and query.task in (None, row.task)
                and any(search in fold(text) for text in (row.name, row.title, row.task))
            ]
            found.sort(key=lambda row: row.name)
            return [self.counted(row) for row in found[: bounded(query.limit)]]

    def change_schedule(
        self, name: str, version: int | None, changes: Mapping[str, object]
    ) -> ScheduleRow | None:
        with self.transaction():
            old = self.schedule_rows.get(name)
            if old is None or version not in (None, old.version):
                return None
            fields: dict[str, Any] = dict(checked_changes(changes))
            for part in ("parameters", "policies", "code"):
                if part in fields:
                    fields[part] = copied(fields[part])
            through = max(fields.get("decided_through", 0), old.decided_through)
            fields |= {"decided_through": through, "version": old.version + 1}
            self.change(old, **fields)
            return self.schedule(name)

    def remove_schedule(self, name: str) -> bool:
        with self.transaction():
            if name not in self.schedule_rows:
                return False
            self.schedule_rows.drop(name)
            now = self.clock.now()
            for run in self.opened(name):
                self.stop(run, "user", now)
            return True

    def pinned(self, tasks: Sequence[str], limit: int) -> list[ScheduleRow]:
        with self.lock:
            found = [
                row
                for _, row in sorted(self.schedule_rows.items())
                if row.enabled
                and (
                    str(row.policies.get("placement", "")).startswith("node:") or row.task in tasks
                )
            ]
            return [self.counted(row) for row in found[: bounded(limit)]]

    def upcoming(
        self, until: int, limit: int, tasks: Sequence[str] | None = None
    ) -> list[ScheduleRow]:
        with self.lock:
            found = [
                (row.next_due, row.name)
                for row in self.schedule_rows.values()
                if row.enabled
                and row.next_due is not None
                and row.next_due <= until
                and (tasks is None or row.task in tasks)
                and (not row.paused or (row.paused_until is not None and row.paused_until <= until))
            ]
            found.sort()
            return [self.counted(self.schedule_rows[name]) for _, name in found[: bounded(limit)]]

    def awaiting(self, limit: int) -> list[ScheduleRow]:
        with self.lock:
            found = [
                row
                for row in self.schedule_rows.values()
                if row.enabled and row.awaits_end and not self.open_of.get(row.name)
            ]
            found.sort(key=lambda row: row.name)
            return [self.counted(row) for row in found[: bounded(limit)]]
