"""Saving: from what somebody typed to a schedule row, or one error that lists all that is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from rota.engine.client.context import Context
from rota.engine.deciding import planned
from rota.engine.policies import check
from rota.engine.upkeep.housekeeping import refuse
from rota.errors import Problem, Refused, RotaError, TriggerError
from rota.instants import SECOND
from rota.ports.records import ScheduleRow
from rota.when import Trigger, trigger

__all__ = ("check_name", "draft", "read_rule", "start_row")

LONGEST_NAME = 200
LONGEST_TITLE = 200


def check_name(name: object) -> list[Problem]:
    """What is wrong with a schedule's name, if anything."""
    fit = (
        isinstance(name, str)
        and 0 < len(name) <= LONGEST_NAME
        and name.isascii()
        and name[0].isalnum()
        and all(ch.isalnum() or ch in "._:@-" for ch in name)
    )
    if fit:
        return []
    return [
        Problem(
            "refused", "name", str(name),
            "a name begins with a letter or digit and has at most 200 letters, digits, . _ : @ -",
            "everything else goes into the title",
        )
    ]  # fmt: skip


def read_rule(rule: str | Trigger, zone: str) -> Trigger:
    """The trigger of a text or value; one that names no zone is given the application's."""
    found = trigger(rule) if isinstance(rule, str) else rule
    if not isinstance(found, Trigger):
        raise TriggerError(
            "a trigger is text or a value", part="trigger", text=str(rule),
            hint='write "every 5m" or every("5m")',
        )  # fmt: skip
    return found if found.zone_given or zone == "UTC" else found.with_zone(zone)


def draft(
    context: Context,
    name: str,
    task: str,
    rule: str | Trigger,
    parameters: Mapping[str, object],
    title: str | None,
    policies: Mapping[str, object],
) -> tuple[ScheduleRow, Trigger]:
    """A checked schedule that does not stand in time yet. Raises the error that fits best, with
    all problems in it.
    """
    refuse(name)
    failures: list[RotaError] = []
    found: Trigger | None = None
    checked: dict[str, object] = {}
    given = dict(parameters) if isinstance(parameters, Mapping) else parameters
    if problems := check_name(name):
        failures.append(Refused(problems))
    if title is not None and (not isinstance(title, str) or len(title) > LONGEST_TITLE):
        failures.append(Refused("a title is text of at most 200 characters", part="title"))
    try:
        found = read_rule(rule, context.zone)
    except TriggerError as error:
        failures.append(error)
    try:
        checked = check(policies)
    except RotaError as error:
        failures.append(error)
    try:
        context.need_task(task)
        context.check_parameters(task, given)
    except RotaError as error:
        failures.append(error)
    if failures or found is None:
        raise merged(failures)
    enabled = checked.pop("enabled", context.defaults(task).get("enabled", True))
    row = ScheduleRow(
        name=name,
        task=task,
        trigger=str(found),
        title=title or "",
        parameters=given,
        policies=checked,
        enabled=bool(enabled),
    )
    return row, found


def merged(failures: list[RotaError]) -> RotaError:
    """One error of the first one's type with the problems of all."""
    first = failures[0]
    return type(first)([problem for failure in failures for problem in failure.problems])


def start_row(row: ScheduleRow, rule: Trigger, now: int, created: int | None = None) -> ScheduleRow:
    """The same schedule, standing in time: created now, or then if it is made again; its first slot
    strictly later than now.
    """
    made = now // SECOND * SECOND if created is None else created
    new = replace(row, created=made, decided_through=now)
    return replace(new, next_due=planned(rule, new, now))
