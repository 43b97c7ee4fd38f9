"""What the services of a client share: the store, the clock, the application's tasks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from rota.engine.ahead import FRESH
from rota.engine.client.acting import actor
from rota.engine.client.items import ScheduleItem
from rota.engine.tasks.registry import Registry, nearest
from rota.engine.tasks.services import Services
from rota.engine.upkeep.housekeeping import refuse
from rota.errors import BadParameters, Refused, UnknownSchedule, UnknownTask
from rota.ports.clock import Clock
from rota.ports.records import EventRow, Json, ScheduleQuery, ScheduleRow, TaskRow
from rota.ports.store import Store

__all__ = ("Context", "NotOpen")

LOOK = 0.02  # seconds between looks whether another node has answered


class NotOpen:
    """Stands in for a store that is not open yet, so that nothing can use it by mistake."""

    def __getattr__(self, name: str) -> Any:
        raise Refused("the store is not open", hint="call rota.open() or rota.start()")


def same(item: ScheduleItem) -> ScheduleItem:
    return item


@dataclass(slots=True)
class Context:
    """One application's view of its store."""

    store: Store
    clock: Clock
    registry: Registry
    services: Services
    zone: str  # for trigger texts that name none
    poke: Callable[[], None]  # tells a node in this process that something changed
    ready: Callable[[], None]  # opens the store before its first use
    here: Callable[[], str | None]  # the name of the node in this process, if there is one
    hold_back: Callable[[str], str | None]  # a node here drops what has not begun; its name
    pause: Callable[[float], object]  # waits so many seconds
    kept: Callable[[ScheduleItem], ScheduleItem] = same  # adds what this node alone knows
    settlers: list[Callable[[bool], None]] = field(default_factory=list)  # see settling.settle
    seen_tasks: dict[str, TaskRow] = field(default_factory=dict)

    def now(self) -> int:
        """The time, in microseconds; also makes sure that the store is open."""
        self.ready()
        return self.clock.now()

    def say(
        self,
        kind: str,
        text: str,
        *,
        level: str = "info",
        schedule: str | None = None,
        run: int | None = None,
        user: str | None = None,
    ) -> None:
        """Write a line into the event log."""
        user = user or actor().user
        row = EventRow(self.clock.now(), level, kind, text, schedule=schedule, run=run, user=user)
        self.store.add_events([row])

    # ----------------------------------------------------------- withdrawing

    def confirm(self, pending: list[int]) -> None:
        """After other nodes were asked to give launches back: return when none of them can begin.

        They hear of it within moments and answer by ending the run, or have begun it by then; and
        nobody begins a claim that is older than `FRESH`.
        """
        end = self.clock.boot() + FRESH
        while pending and self.clock.boot() < end:
            rows = [self.store.run(run) for run in pending]
            pending = [row.id for row in rows if row is not None and row.state == "running"]
            if pending:
                self.pause(LOOK)

    # ----------------------------------------------------------------- names

    def need_schedule(self, name: str) -> ScheduleRow:
        """The schedule, or UnknownSchedule with the nearest name as a hint."""
        self.ready()
        row = self.store.schedule(name) if isinstance(name, str) else None
        if row is None:
            refuse(name)
            raise UnknownSchedule(
                "there is no such schedule", part="schedule", text=str(name),
                hint=self.nearest_schedule(str(name)),
            )  # fmt: skip
        return row

    def nearest_schedule(self, name: str) -> str:
        rows = self.store.schedules(ScheduleQuery(limit=500))
        return nearest(name, {row.name: row for row in rows}) if rows else "there is none yet"

    def nearest_name(self, name: str) -> str:
        """The schedule or task whose name is nearest, as a hint."""
        rows = self.store.schedules(ScheduleQuery(limit=500))
        names = {row.name: row for row in rows} | {
            row.identifier: row for row in self.store.tasks()
        }
        return nearest(name, names)

    def need_task(self, identifier: str) -> TaskRow:
        """The task as registered here or stored, or UnknownTask with a hint."""
        self.ready()
        task = self.registry.get(identifier)
        if task is not None:
            schema = task.signature(self.services).schema
            return TaskRow(identifier, task.title, task.source, schema, task.policies)
        stored = self.stored_task(identifier)
        if stored is None:
            refuse(identifier)
            names = {**{t.identifier: t for t in self.registry}, **self.seen_tasks}
            raise UnknownTask(
                "there is no such task", part="task", text=str(identifier),
                hint=nearest(str(identifier), names),
            )  # fmt: skip
        return stored

    def stored_task(self, identifier: str) -> TaskRow | None:
        """The task as some application registered it, ours or another release's."""
        if identifier not in self.seen_tasks:
            self.seen_tasks = {row.identifier: row for row in self.store.tasks()}
        return self.seen_tasks.get(identifier)

    def title(self, identifier: str) -> str:
        """A task's title; empty if nobody knows it."""
        task = self.registry.get(identifier) or self.stored_task(identifier)
        return task.title if task is not None else ""

    def defaults(self, identifier: str) -> Json:
        """A task's default policies; none if nobody knows it."""
        task = self.registry.get(identifier)
        if task is not None:
            return task.policies
        stored = self.stored_task(identifier)
        return stored.policies if stored is not None else {}

    def known_tasks(self) -> set[str] | None:
        """Tasks that this application or a live node can run; None if nobody can tell."""
        self.ready()
        alive = [node for node in self.store.nodes() if node.state == "alive"]
        here = {task.identifier for task in self.registry}
        if not alive and not here:
            return None
        return here.union(*(node.tasks for node in alive))

    def check_parameters(self, identifier: str, parameters: Json) -> None:
        """Refuse parameters that do not fit the task, where its code or its schema is known."""
        if not isinstance(parameters, dict):
            raise BadParameters(
                "parameters are a JSON object", part="parameters", text=str(parameters)[:200],
                hint='write names and values, such as {"limit": 10}',
            )  # fmt: skip
        task = self.registry.get(identifier)
        if task is not None:
            task.signature(self.services).check(parameters)
        else:
            check_names(self.need_task(identifier), parameters)


def check_names(task: TaskRow, parameters: Json) -> None:
    """The check that a stored schema allows without the task's code: names."""
    known = task.schema.get("properties")
    known = known if isinstance(known, dict) else {}
    required = task.schema.get("required")
    missing = [name for name in required if name not in parameters] if isinstance(
        required, list) else []  # fmt: skip
    strange = [] if task.schema.get("additionalProperties") else [
        name for name in parameters if name not in known]  # fmt: skip
    if missing or strange:
        raise BadParameters(
            "; ".join(
                [f"{name} is missing" for name in missing]
                + [f"{name} is unknown" for name in strange]
            ),
            part="parameters", text=", ".join([*missing, *strange]),
            hint=f"{task.identifier} takes {', '.join(known) or 'none'}",
        )  # fmt: skip
