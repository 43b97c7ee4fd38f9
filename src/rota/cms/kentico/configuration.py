"""A scheduled task configuration: what the vendor calls what Rota calls a schedule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from rota.engine.client.items import ScheduleItem

__all__ = ("OPTIONS", "ScheduledTaskConfigurationInfo", "info")

OPTIONS = ("data", "sites", "condition", "manual_run_replaces_next_slot")


@dataclass(frozen=True, slots=True)
class ScheduledTaskConfigurationInfo:
    """One configuration, as tasks and lists see it. Times are aware UTC datetimes or None."""

    name: str  # the code name, unique
    display_name: str
    identifier: str  # of the task
    interval: str  # the vendor's encoded text; another trigger's text where it is none
    enabled: bool
    last_run: datetime | None
    next_run: datetime | None
    last_result: str | None
    runs: int
    is_running: bool
    delete_after_last_run: bool = False
    data: str = ""
    server_name: str = ""
    sites: tuple[str, ...] = ()
    site: str = ""  # in a run that stands for one site
    condition: str = ""
    manual_run_replaces_next_slot: bool = False
    run_as: str = ""
    problem: str = ""  # such as: implementation missing


def info(
    item: ScheduleItem, *, parameters: Mapping[str, object] | None = None
) -> ScheduledTaskConfigurationInfo:
    """A schedule in the vendor's words; `parameters` are those of a run, where there is one."""
    stored = cast(Mapping[str, object], item.parameters or {})
    policies = cast(Mapping[str, object], item.policies or {})
    given = {**stored, **(parameters or {})}
    placement = str(policies.get("placement", "one"))
    trigger = item.trigger.removeprefix("kentico ")
    return ScheduledTaskConfigurationInfo(
        name=item.name, display_name=item.title or item.name, identifier=item.task,
        interval=trigger, enabled=item.enabled, last_run=item.last_run, next_run=item.next_run,
        last_result=item.last_result, runs=item.runs, is_running=item.status == "running",
        delete_after_last_run=policies.get("delete_after_last_run") is True,
        data=str(given.get("data", "")),
        server_name=placement.removeprefix("node:") if placement.startswith("node:") else "",
        sites=tuple(cast(list[str], given.get("sites", ()))), site=str(given.get("site", "")),
        condition=str(given.get("condition", "")),
        manual_run_replaces_next_slot=given.get("manual_run_replaces_next_slot") is True,
        run_as=str(policies.get("run_as") or ""), problem=item.problem,
    )  # fmt: skip
