"""The application “Scheduled tasks” as a service: configurations by code name."""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from rota.cms.kentico.configuration import OPTIONS, ScheduledTaskConfigurationInfo, info
from rota.cms.kentico.interval import TaskInterval
from rota.cms.kentico.options import NAMES, read_schedule
from rota.cms.kentico.serialized import export_configurations, import_configurations
from rota.cms.naming import code_name
from rota.cms.report import Report
from rota.engine.client.items import RunItem
from rota.errors import BadSetting, Problem, Refused
from rota.instants import to_datetime
from rota.when import Trigger

if TYPE_CHECKING:
    from rota.cms.kentico.model import Kentico

__all__ = ("Configurations",)

OPEN = ("queued", "running")


@dataclass(eq=False, slots=True)
class Configurations:
    """The configurations of one application. Every call blocks for milliseconds."""

    model: Kentico

    def create(
        self,
        display_name: str,
        identifier: str,
        schedule: TaskInterval | Trigger | str,
        *,
        name: str | None = None,
        enabled: bool = True,
        user: str | None = None,
        **options: object,
    ) -> ScheduledTaskConfigurationInfo:
        """A new configuration; its code name is made from the display name unless given.

        `schedule` is a `TaskInterval`, the vendor's encoded text, or any trigger of Rota's.
        `options`: data, server_name, sites, condition, delete_after_last_run, run_as,
        manual_run_replaces_next_slot, and every policy. One whose only time has just passed runs
        once, at once.
        """
        rule = read_schedule(schedule, self.model.rota.zone)
        parameters, policies = self.split({**options, "enabled": enabled})
        rota = self.model.rota
        added = rota.schedules.add(
            name or code_name(display_name), identifier, rule, parameters=parameters,
            title=display_name, user=user, **policies,
        )  # fmt: skip
        self.run_if_just_passed(added.name, rule, enabled=enabled, user=user)
        return self.get(added.name)

    def update(
        self, name: str, *, user: str | None = None, **changes: object
    ) -> ScheduledTaskConfigurationInfo:
        """Change display_name, identifier, schedule, enabled, or any option of `create`."""
        wanted: dict[str, Any] = {}
        schedule = changes.pop("schedule", None)
        rule = None
        if schedule is not None:
            rule = read_schedule(cast(str, schedule), self.model.rota.zone)
            wanted["trigger"] = rule
        for ours, theirs in (("display_name", "title"), ("identifier", "task")):
            if ours in changes:
                wanted[theirs] = changes.pop(ours)
        parameters, policies = self.split(changes)
        known = self.model.rota.schedules.get(name)
        if parameters:
            stored = cast(Mapping[str, object], known.parameters or {})
            wanted["parameters"] = {**stored, **parameters}
        self.model.rota.schedules.update(name, user=user, **{**wanted, **policies})
        if rule is not None:
            self.run_if_just_passed(name, rule, enabled=known.enabled, user=user)
        return self.get(name)

    def get(self, name: str) -> ScheduledTaskConfigurationInfo:
        """One configuration by its code name. `UnknownSchedule` names the nearest one."""
        return info(self.model.rota.schedules.get(name))

    def list(self) -> list[ScheduledTaskConfigurationInfo]:
        """Every configuration of a task registered here, and every one that lost its task."""
        found, cursor = [], None
        while True:
            page = self.model.rota.schedules.list(1_000, cursor)
            for item in page:
                if item.task in self.model.known or item.status == "orphaned":
                    found.append(info(item))
            cursor = page.next
            if cursor is None:
                return found

    def missing(self) -> builtins.list[ScheduledTaskConfigurationInfo]:
        """Those whose implementation is not registered any more: reselect it with `update`."""
        return [one for one in self.list() if one.identifier not in self.model.known]

    def delete(self, name: str, *, user: str | None = None) -> None:
        """Delete a configuration; the history of its runs stays."""
        self.model.rota.schedules.remove(name, user=user)

    def run(self, name: str, *, user: str | None = None) -> RunItem:
        """Run it now, on the instance that was asked. Refused while it runs. The planned next run
        stays, unless the configuration says that a manual run replaces it.
        """
        rota = self.model.rota
        rota.context.ready()
        with rota.context.store.transaction():
            known = rota.schedules.get(name)
            if known.status in OPEN:
                raise Refused("already running", part="configuration", text=name,
                              hint="wait until it has ended")  # fmt: skip
            run = rota.schedules.run(name, user=user)
            replaces = info(known).manual_run_replaces_next_slot
            if replaces and known.next_run is not None and not known.paused:
                rota.schedules.pause(
                    name, until=just_after(known.next_run),
                    reason="a manual run replaced this one", user=user,
                )  # fmt: skip
        return run

    def run_all_ready(self, *, user: str | None = None) -> builtins.list[str]:
        """Run every configuration whose next run has come; their code names."""
        rota = self.model.rota
        now = to_datetime(rota.context.now())
        ready = [
            one.name
            for one in self.list()
            if one.enabled and one.next_run is not None and one.next_run <= now
        ]
        rota.context.say(
            "schedules.ready", f"{len(ready)} ready tasks were asked to run", user=user
        )
        rota.context.poke()
        return ready

    def cancel(self, name: str, *, user: str | None = None) -> builtins.list[RunItem]:
        """Ask what runs of it to stop."""
        runs = self.model.rota.runs
        waiting = runs.list(name, states=("running", "queued", "retrying"))
        return [runs.cancel(one.id, user=user) for one in waiting]

    # ------------------------------------------------------ serialized form

    def import_serialized(
        self,
        sources: Mapping[str, str] | Iterable[Path],
        *,
        overlay: Mapping[str, bool] | None = None,
        dry_run: bool = False,
        user: str | None = None,
    ) -> Report:
        """Create or update configurations from the vendor's serialized files: see `serialized`."""
        return import_configurations(
            self.model, sources, overlay=overlay, dry_run=dry_run, user=user
        )

    def export(self) -> dict[str, str]:
        """The serialized form of every configuration, by code name; no state is in it."""
        return export_configurations(self.list())

    # ------------------------------------------------------------- helpers

    def split(self, options: Mapping[str, object]) -> tuple[dict[str, object], dict[str, Any]]:
        """Options as parameters of the task and policies of the schedule; all problems at once."""
        parameters = {key: value for key, value in options.items() if key in OPTIONS}
        policies = {key: value for key, value in options.items() if key not in NAMES}
        problems = []
        condition = parameters.get("condition")
        if condition and condition not in self.model.conditions:
            problems.append(
                Problem("refused", "condition", str(condition), "there is no such condition here",
                        "register it with kentico.condition(…)")
            )  # fmt: skip
        if isinstance(sites := parameters.get("sites"), Sequence) and not isinstance(sites, str):
            parameters["sites"] = list(sites)
        server = options.get("server_name")
        if server is not None:
            policies["placement"] = f"node:{server}" if server else "one"
        for key in ("delete_after_last_run", "run_as"):
            if key in options:
                policies[key] = options[key]
        if problems:
            raise BadSetting(problems)
        return parameters, policies

    def run_if_just_passed(
        self, name: str, rule: Trigger, *, enabled: bool, user: str | None
    ) -> None:
        """The vendor runs a task whose only time has passed at the next poll, exactly once."""
        text = str(rule)
        if not enabled or not text.startswith("kentico once;"):
            return
        now = to_datetime(self.model.rota.context.now())
        slots = rule.next(to_datetime(0).replace(year=1900), 1)
        if slots and slots[0] <= now:
            self.model.rota.schedules.backfill(name, slots[0], slots[0], user=user)


def just_after(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond + 1)
