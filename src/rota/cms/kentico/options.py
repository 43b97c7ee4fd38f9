"""What a configuration is told besides its task: when it is ready, and its options."""

from __future__ import annotations

from rota.cms.kentico.configuration import OPTIONS
from rota.cms.kentico.interval import TaskInterval
from rota.when import Trigger, trigger

__all__ = ("NAMES", "read_schedule")

NAMES = frozenset(("server_name", "delete_after_last_run", "run_as", *OPTIONS))
"""Options that are no policies of Rota's, or go by another name there."""


def read_schedule(schedule: TaskInterval | Trigger | str, zone: str) -> Trigger:
    """The trigger of a task's schedule. TriggerError with everything that is wrong.

    >>> str(read_schedule("week;1/12/2026 11:48:52 PM;2", "UTC"))
    'kentico week;1/12/2026 11:48:52 PM;2'
    """
    if isinstance(schedule, Trigger):
        return schedule
    if isinstance(schedule, TaskInterval):
        return schedule.trigger(zone)
    first = schedule.partition(";")[0].strip().lower()
    encoded = ";" in schedule or " " not in first
    words = first == "manual" or schedule.lower().startswith("kentico ")
    made = trigger(schedule if words or not encoded else f"kentico {schedule}")
    return made if zone == "UTC" or made.zone_given else made.with_zone(zone)
