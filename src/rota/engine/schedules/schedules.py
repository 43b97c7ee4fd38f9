"""`rota.schedules`: make, read, change and run schedules. Every call blocks for milliseconds."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime

from rota.engine.client.acting import actor
from rota.engine.client.context import Context
from rota.engine.client.items import Backfill, RunItem, ScheduleItem
from rota.engine.client.recording import cleared, read_revision, revised
from rota.engine.schedules.asking import ask
from rota.engine.schedules.backfilling import MOST, backfill
from rota.engine.schedules.browsing import Browsing
from rota.engine.schedules.changing import NEVER, differing, take_back, write
from rota.engine.schedules.pausing import pause, resume
from rota.engine.schedules.reading import Reading
from rota.engine.schedules.saving import draft, start_row
from rota.engine.upkeep.housekeeping import refuse
from rota.errors import (
    AlreadyExists,
    Conflict,
    Refused,
    UnknownSchedule,
    UnknownTask,
)
from rota.ports.records import ScheduleRow
from rota.when import Trigger

__all__ = ("Schedules",)

logger = logging.getLogger("rota")


class Schedules(Browsing, Reading):
    """The schedules of one application."""

    def __init__(self, context: Context) -> None:
        self.context = context

    # --------------------------------------------------------------- making

    def add(
        self,
        name: str,
        task: str,
        trigger: str | Trigger,
        *,
        parameters: Mapping[str, object] | None = None,
        title: str | None = None,
        user: str | None = None,
        reason: str = "",
        **policies: object,
    ) -> ScheduleItem:
        """Make a schedule. `AlreadyExists` if the name is taken; every other error lists all that
        is wrong.
        """
        now = self.context.now()
        row, rule = draft(self.context, name, task, trigger, parameters or {}, title, policies)
        added = self.insert(start_row(row, rule, now), rule, user, reason)
        if added is None:
            raise AlreadyExists(
                "there is a schedule of this name", part="schedule", text=name,
                hint="choose another name, or use put to change it",
            )  # fmt: skip
        return self.warned(self.item(added))

    def check(
        self,
        name: str,
        task: str,
        trigger: str | Trigger,
        *,
        parameters: Mapping[str, object] | None = None,
        title: str | None = None,
        **policies: object,
    ) -> None:
        """Raise what `add` would, except for a name that is taken, and write nothing."""
        draft(self.context, name, task, trigger, parameters or {}, title, policies)

    def insert(
        self,
        row: ScheduleRow,
        rule: Trigger,
        user: str | None,
        reason: str = "",
        action: str = "added",
    ) -> ScheduleRow | None:
        """Write a new schedule, what is recorded of it, and its line in the event log; None if the
        name is taken.
        """
        with self.context.store.transaction():
            added = self.context.store.add_schedule(row)
            if added is not None:
                revised(self.context, action, None, added, user=user, reason=reason)
                text = f"{row.name} was made: {rule.words()}"
                self.context.say("schedule.added", text, schedule=row.name, user=user)
        self.context.poke()
        return added

    def put(
        self,
        name: str,
        task: str,
        trigger: str | Trigger,
        *,
        parameters: Mapping[str, object] | None = None,
        title: str | None = None,
        user: str | None = None,
        reason: str = "",
        **policies: object,
    ) -> ScheduleItem:
        """Make a schedule or make it so; nothing is written if it is so already."""
        now = self.context.now()
        row, rule = draft(self.context, name, task, trigger, parameters or {}, title, policies)
        known = self.context.store.schedule(name)
        if known is None:
            added = self.insert(start_row(row, rule, now), rule, user, reason)
            if added is not None:
                return self.warned(self.item(added))
            known = self.context.need_schedule(name)
        wanted = {
            "task": row.task, "trigger": row.trigger, "parameters": row.parameters,
            "policies": row.policies, "title": row.title if title is not None else known.title,
            "enabled": row.enabled if "enabled" in policies else known.enabled,
        }  # fmt: skip
        return self.save(known, wanted, user, reason)

    def update(
        self,
        name: str,
        *,
        version: int | None = None,
        user: str | None = None,
        reason: str = "",
        reset: Sequence[str] = (),
        clear_last_run: bool = False,
        **changes: object,
    ) -> ScheduleItem:
        """Change some of task, trigger, parameters, title and policies; the policies in `reset`
        follow the task again; with `clear_last_run` it then stands as if it had never run.
        `Conflict` if `version` is given and somebody else has changed the schedule since.
        """
        known = self.context.need_schedule(name)
        if version is not None and version != known.version:
            raise conflict(known)
        fields = {
            key: changes.pop(key) for key in ("task", "trigger", "parameters", "title")
            if key in changes
        }  # fmt: skip
        kept = {key: value for key, value in known.policies.items() if key not in reset}
        policies = {**kept, "enabled": known.enabled, **changes}
        row, _ = draft(
            self.context, name, str(fields.get("task", known.task)),
            fields.get("trigger", known.trigger),  # type: ignore[arg-type]
            fields.get("parameters", known.parameters),  # type: ignore[arg-type]
            fields.get("title", known.title), policies,  # type: ignore[arg-type]
        )  # fmt: skip
        return self.save(known, wanted_of(row), user, reason, clear=clear_last_run)

    def save(
        self,
        known: ScheduleRow,
        wanted: dict[str, object],
        user: str | None,
        reason: str = "",
        action: str = "changed",
        *,
        clear: bool = False,
    ) -> ScheduleItem:
        """Write what differs; move the next slot if the trigger or the switch changed."""
        context, now = self.context, self.context.now()
        asked = differing(context, known, wanted)
        if not asked and not clear:
            return self.item(known)
        if known.origin == "node" and ("trigger" in asked or "task" in asked):
            raise Refused(
                "each node keeps this schedule for itself, by its code", part="trigger",
                text=known.name, hint="pause it, switch it off, or change the code",
            )  # fmt: skip
        here = context.hold_back(known.name)
        with context.store.transaction():
            saved = write(context, known, {**asked, **(NEVER if clear else {})}, now)
            if saved is not None and asked:
                revised(context, action, known, saved, user=user, reason=reason)
            if saved is not None and clear:
                cleared(context, known, user, reason)
            pending = take_back(context, known.name, asked, here) if saved is not None else []
        if saved is None:
            raise conflict(context.need_schedule(known.name))
        context.confirm(pending)
        told = f"{', '.join(key for key in asked if key in wanted)} changed" if asked else ""
        told = "; ".join(filter(None, (told, "its last run was cleared" if clear else "")))
        self.changed("schedule.changed", f"{known.name}: {told}", known.name, user)
        return self.warned(self.get(known.name))

    def clear_last_run(
        self, name: str, *, user: str | None = None, reason: str = ""
    ) -> ScheduleItem:
        """Let a schedule stand as if it had never run: *Last run* and its result are cleared, the
        history stays. A rule that counts from the last run begins anew.
        """
        known = self.context.need_schedule(name)
        return self.save(known, wanted_of(known), user, reason, clear=True)

    def remove(
        self, name: str, *, version: int | None = None, user: str | None = None, reason: str = ""
    ) -> None:
        """Delete a schedule. Its queued runs are cancelled, its history and its revisions stay.
        `Conflict` if `version` is given and somebody else has changed it since.
        """
        known = self.context.need_schedule(name)
        if version is not None and version != known.version:
            raise conflict(known)
        here, now = self.context.hold_back(name), self.context.now()
        with self.context.store.transaction():
            known = self.context.need_schedule(name)
            if version is not None and version != known.version:
                raise conflict(known)
            pending = self.context.store.withdraw(name, "cancelled", "user", here, now)
            if self.context.store.remove_schedule(name):
                revised(self.context, "removed", known, None, user=user, reason=reason)
        self.context.confirm(pending)
        self.changed("schedule.removed", f"{name} was removed", name, user)

    def revert(
        self,
        name: str,
        revision: int,
        *,
        version: int | None = None,
        user: str | None = None,
        reason: str = "",
    ) -> ScheduleItem:
        """Make a schedule what it was after that revision: task, trigger, parameters, title,
        policies and switch. A pause stays; one that was removed is made again.
        """
        refuse(name)
        self.context.ready()
        old, created = read_revision(self.context, name, revision)
        row, rule = draft(self.context, name, *old)
        known = self.context.store.schedule(name)
        if known is None:
            new = start_row(row, rule, self.context.now(), created)
            added = self.insert(new, rule, user, reason, "reverted")
            return self.item(added) if added is not None else self.get(name)
        if version is not None and version != known.version:
            raise conflict(known)
        return self.save(known, wanted_of(row), user, reason, "reverted")

    # --------------------------------------------------------------- acting

    def pause(
        self,
        name: str,
        *,
        until: datetime | None = None,
        reason: str = "",
        user: str | None = None,
    ) -> ScheduleItem:
        """Stop launching until resumed, or until an instant. Slots meanwhile are skipped."""
        pause(self.context, name, until=until, reason=reason, user=user)
        return self.get(name)  # raises if it was removed meanwhile

    def resume(self, name: str, *, user: str | None = None) -> ScheduleItem:
        """End a pause. The slots that passed in it stay skipped."""
        return self.item(resume(self.context, name, user=user))

    def run(
        self,
        name: str,
        parameters: Mapping[str, object] | None = None,
        *,
        user: str | None = None,
        anywhere: bool = False,
    ) -> RunItem:
        """Queue a run now: of a schedule with its parameters (or these), else of a task. The
        planned next run stays where it is; a rule that counts from the last run counts from this
        one too.

        Where the placement asks for several nodes it makes one run for each, and returns the first;
        its `others` are the rest. `Refused` if no such node is alive. `anywhere` makes one run for
        any node, whatever the placement.
        """
        context = self.context
        context.ready()
        user = user or actor().user
        row = context.store.schedule(name) if isinstance(name, str) else None
        task = row.task if row is not None else self.need_either(name)
        given = dict(parameters) if parameters is not None else dict(row.parameters if row else {})
        context.check_parameters(task, given)
        return ask(context, name, row, task, given, user=user, anywhere=anywhere)

    def backfill(
        self,
        name: str,
        start: datetime,
        until: datetime,
        *,
        limit: int = MOST,
        parameters: Mapping[str, object] | None = None,
        dry_run: bool = False,
        user: str | None = None,
    ) -> Backfill:
        """Queue a run of kind `backfill` for each slot from `start` through `until`, aware
        datetimes of the past. More slots than `limit` are refused; a slot with a backfill that
        waits or runs gets no second one. `dry_run` only says which slots there are.
        """
        return backfill(
            self.context, name, start, until, limit=limit, parameters=parameters,
            dry_run=dry_run, user=user,
        )  # fmt: skip

    def need_either(self, name: str) -> str:
        refuse(name)
        try:
            return self.context.need_task(name).identifier
        except UnknownTask as error:
            raise UnknownSchedule(
                "there is no schedule and no task of this name", part="name", text=str(name),
                hint=self.context.nearest_name(str(name)),
            ) from error  # fmt: skip

    # --------------------------------------------------------------- helpers

    def warned(self, item: ScheduleItem) -> ScheduleItem:
        """The item of a schedule that was just saved; the host's log says what is worth knowing."""
        for warning in item.warnings:
            logger.warning("schedule %s: %s", item.name, warning["text"])
        return item

    def changed(self, kind: str, text: str, name: str, user: str | None) -> None:
        self.context.say(kind, text, schedule=name, user=user)
        self.context.poke()


def wanted_of(row: ScheduleRow) -> dict[str, object]:
    """The fields that saving may change."""
    return {
        "task": row.task, "trigger": row.trigger, "parameters": row.parameters,
        "policies": row.policies, "title": row.title, "enabled": row.enabled,
    }  # fmt: skip


def conflict(row: ScheduleRow) -> Conflict:
    """What is said to whoever changes what somebody else has changed since, with what it is now."""
    error = Conflict(
        "somebody else has changed this schedule since", part="schedule", text=row.name,
        hint="read it again and repeat the change",
    )  # fmt: skip
    error.version = row.version
    return error
