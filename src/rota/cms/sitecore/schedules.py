"""The schedule items of one application, as a service: their definition and how they stand."""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from rota.cms.sitecore.items import (
    COMMANDS,
    SCHEDULES,
    CommandItem,
    ScheduleItem,
    path_problems,
    place_of,
)
from rota.cms.sitecore.placing import key_of, place, problems_of
from rota.cms.sitecore.recurring import OURS
from rota.cms.sitecore.running import has_expired, path_of, rows_of
from rota.engine.client.items import RunItem
from rota.errors import Refused, RotaError, TriggerError, Unknown
from rota.ports.records import ScheduleRow
from rota.when.sitecore_text import read_recurrence

if TYPE_CHECKING:
    from rota.cms.sitecore.model import Sitecore

__all__ = ("Schedules",)


class Schedules:
    """Schedules by path, or by name below /sitecore/system/Tasks/Schedules."""

    def __init__(self, model: Sitecore) -> None:
        self.model = model

    def create(
        self,
        name: str,
        command: CommandItem | str,
        schedule: str,
        *,
        items: str = "",
        is_async: bool = False,
        auto_remove: bool = False,
        enabled: bool = True,
        anchored: bool = False,
        zone: str = "",
        user: str | None = None,
        id: str = "",
        note: str = "",
        **policies: object,
    ) -> ScheduleItem:
        """A new schedule of a command. `schedule` is start|end|days|interval, read strictly, or any
        trigger of Rota's; the rest as in the vendor's fields, and every policy of Rota's. Raises
        with everything that is wrong at once.
        """
        path = place_of(name, SCHEDULES)
        if self.model.tree.schedule(path) is not None:
            raise Refused("there is a schedule of this path", part="path", text=path,
                          hint="change it with update")  # fmt: skip
        item = ScheduleItem(
            path, self.command_path(command), schedule, items, is_async, auto_remove, enabled,
            anchored, zone, policies, id, note,
        )  # fmt: skip
        return self.save(item, user=user)

    def update(self, name: str, *, user: str | None = None, **changes: Any) -> ScheduleItem:
        """Change fields of a schedule. *Last run* stays; where that swallows the first run at a new
        start the answer's `warnings` say so, and `clear_last_run` mends it.
        """
        item = self.need(name)
        if "command" in changes:
            changes["command"] = self.command_path(changes["command"])
        fields = ScheduleItem.__dataclass_fields__
        own = {key: value for key, value in changes.items() if key in fields}
        policies = {key: value for key, value in changes.items() if key not in fields}
        known = {**item.policies, **policies}
        return self.save(replace(item, policies=known, **own), user=user)

    def save(self, item: ScheduleItem, *, user: str | None = None) -> ScheduleItem:
        """Write an item down and let Rota's schedule follow it, or raise all that is wrong."""
        problems = [*path_problems(item.path, SCHEDULES), *problems_of(self.model, item)]
        taken = [
            one.path for one in self.model.tree.schedules
            if one.path.lower() != item.path.lower() and key_of(one.path) == key_of(item.path)
        ]  # fmt: skip
        if problems:
            bad_text = all(problem.code.startswith("E_") for problem in problems)
            raise (TriggerError if bad_text else Refused)(problems)
        if taken:
            raise Refused(f"its name would be the same as that of {taken[0]}", part="path",
                          text=item.path, hint="give it another name")  # fmt: skip
        item = replace(item, schedule=canonical(item), problems=())
        self.model.tree.put(item)
        place(self.model, item, force=True, user=user)
        return self.get(item.path)

    def get(self, name: str) -> ScheduleItem:
        """One schedule, with how it stands. `Unknown` if there is none."""
        item = self.need(name)
        row = self.model.rota.context.store.schedule(key_of(item.path))
        return item if row is None else self.stands(item, row)

    def list(self) -> builtins.list[ScheduleItem]:
        """Every schedule by path, also those that cannot be scheduled, each with its problems."""
        rows = {path_of(row).lower(): row for row in rows_of(self.model)}
        items = {item.path.lower(): item for item in self.model.tree.schedules}
        found = [
            self.stands(items[path], rows[path]) if path in rows else items[path] for path in items
        ]
        found += [self.stands(of_row(row), row) for path, row in rows.items() if path not in items]
        return sorted(found, key=lambda item: item.path.lower())

    def by_key(self, key: str) -> ScheduleItem | None:
        """The schedule behind one of Rota's, if it stands for an item."""
        row = self.model.rota.context.store.schedule(key)
        if row is None or not path_of(row):
            return None
        return self.stands(self.model.tree.schedule(path_of(row)) or of_row(row), row)

    def delete(self, name: str, *, user: str | None = None, reason: str = "") -> None:
        """Delete a schedule and its file; the history of its runs stays."""
        item = self.need(name)
        self.model.tree.remove(item.path)
        if self.model.rota.context.store.schedule(key_of(item.path)) is not None:
            self.model.rota.schedules.remove(key_of(item.path), user=user, reason=reason)

    def execute(self, name: str, *, user: str | None = None) -> RunItem:
        """Execute now, whatever window, days and interval say. The next run counts from this one,
        unless it is anchored: then it stays where it was.
        """
        return self.model.rota.schedules.run(key_of(self.need(name).path), user=user)

    def clear_last_run(self, name: str, *, user: str | None = None) -> ScheduleItem:
        """Clear *Last run*, so that the schedule runs at its start; its history stays."""
        item = self.need(name)
        self.model.rota.schedules.clear_last_run(key_of(item.path), user=user)
        return self.get(item.path)

    def exported(self) -> builtins.list[ScheduleItem]:
        """The definitions, as they are after what was changed on the page; no state."""
        rows = {path_of(row).lower(): row for row in rows_of(self.model)}
        items = {item.path.lower(): item for item in self.model.tree.schedules}
        return [
            *(changed_on_page(item, rows.get(path)) for path, item in items.items()),
            *(of_row(row) for path, row in rows.items() if path not in items),
        ]

    # ------------------------------------------------------------- helpers

    def need(self, name: str) -> ScheduleItem:
        path = place_of(name, SCHEDULES)
        found = self.model.tree.schedule(path)
        self.model.rota.context.ready()
        if found is None:
            row = self.model.rota.context.store.schedule(key_of(path))
            found = of_row(row) if row is not None and path_of(row) else None
        if found is None:
            raise Unknown("there is no such schedule", part="schedule", text=name,
                          hint="they are listed with sitecore.schedules.list()")  # fmt: skip
        return found

    def command_path(self, command: CommandItem | str) -> str:
        if isinstance(command, CommandItem):
            return command.path
        found = self.model.tree.command(place_of(command, COMMANDS))
        return place_of(command, COMMANDS) if found is None else found.path

    def stands(self, item: ScheduleItem, row: ScheduleRow) -> ScheduleItem:
        """An item with what is known about it at run time."""
        shown = self.model.rota.schedules.item(row)
        status = shown.status
        try:
            if status in ("waiting", "finished") and has_expired(self.model, row):
                status = "expired"
        except RotaError:
            status = "invalid"
        problems = self.model.wrong.get(item.path.lower(), item.problems)
        return replace(
            item, key=row.name, status="invalid" if problems else status, problems=problems,
            last_run=shown.last_run, next_run=shown.next_run, last_result=shown.last_result,
            warnings=tuple(one["text"] for one in shown.warnings),
        )  # fmt: skip


def of_row(row: ScheduleRow) -> ScheduleItem:
    """The item of a schedule whose file is gone, as far as Rota kept it."""
    said: Mapping[str, Any] = row.parameters
    return ScheduleItem(
        path_of(row), str(said.get("command", "")), row.trigger, str(said.get("items", "")),
        row.task.endswith(".async"), said.get("auto_remove") is True, row.enabled,
        policies=dict(row.policies),
    )  # fmt: skip


def changed_on_page(item: ScheduleItem, row: ScheduleRow | None) -> ScheduleItem:
    """An item with the fields that somebody changed since it was placed."""
    if row is None or item.problems:
        return item
    now = of_row(row)
    if row.trigger != row.code.get("trigger"):
        item = replace(item, schedule=now.schedule, zone="", anchored=False)
    return replace(
        item, command=now.command, items=now.items, auto_remove=now.auto_remove,
        enabled=now.enabled, policies=now.policies, is_async=now.is_async,
    )  # fmt: skip


def canonical(item: ScheduleItem) -> str:
    """The field Schedule as it is kept: a recurrence in the vendor's full form."""
    text = " ".join(item.schedule.split())
    return text if text.partition(" ")[0].lower() in OURS else str(read_recurrence(item.schedule))
