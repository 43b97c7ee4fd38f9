"""Changing a schedule: what moves with a field, and what counts as an edit.

A schedule from code follows the code until somebody edits it, field by field and policy by policy;
`edited` names those that stay. Saying what the code says anyway is no edit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from rota.engine.client.context import Context
from rota.engine.deciding import first_due, planned, read_trigger, unlaunched
from rota.engine.policies import resolve
from rota.errors import TriggerError
from rota.ports.records import Decision, Json, ScheduleRow

__all__ = ("NEVER", "count_from_now", "differing", "skip_past", "take_back", "write")

FIELDS = {"task", "trigger", "title", "parameters", "enabled"}
NEVER: Json = {"last_run": None, "last_finished": None, "last_state": None, "last_result": None}


def differing(
    context: Context, known: ScheduleRow, wanted: Mapping[str, object]
) -> dict[str, object]:
    """The fields that a person changes, and with them which fields of a schedule from code no
    longer follow it.
    """
    asked = dict(wanted)
    if known.origin == "code":
        asked["policies"] = own_policies(context, known, asked["policies"])
        if not known.title and asked["title"] == context.title(known.task):
            asked["title"] = ""  # what the code gives is shown to people, who send it back
    changes = {key: value for key, value in asked.items() if getattr(known, key) != value}
    if changes and known.origin == "code":
        changes["edited"] = tuple(sorted(edits(known, changes)))
    return changes


def own_policies(context: Context, known: ScheduleRow, wanted: object) -> dict[str, object]:
    """The policies without those that say what holds anyway and that nobody has edited."""
    assert isinstance(wanted, dict)
    defaults = context.defaults(known.task)
    plain = resolve(defaults, {})
    return {
        name: value
        for name, value in wanted.items()
        if name in known.policies
        or getattr(resolve(defaults, {name: value}), name) != getattr(plain, name)
    }


def edits(known: ScheduleRow, changes: Json) -> set[str]:
    """All that people have edited so far: fields, and each policy that is not the task's."""
    policies = changes.get("policies", known.policies)
    assert isinstance(policies, Mapping)
    fields = {*known.edited, *changes} & FIELDS
    return fields | set(policies)


def write(
    context: Context, known: ScheduleRow, changes: dict[str, object], now: int
) -> ScheduleRow | None:
    """Write the changes, in the caller's transaction; None if somebody was faster. A new trigger
    or the switch moves the next slot, and slots that are over get their decision first. With the
    changes of NEVER it stands as if it had never run, and a rule that counts from the last run
    begins anew, unless a run of it is open; its history stays.
    """
    cleared = changes.keys() >= NEVER.keys()
    if cleared:
        known = replace(known, last_run=None, last_finished=None)
    if cleared and "trigger" not in changes:
        rule = read_trigger(known.trigger)
        if rule.follows and not (known.running or known.queued):
            changes["next_due"] = planned(rule, known, now)
            changes["awaits_end"] = False
    if "trigger" in changes:
        rule = read_trigger(str(changes["trigger"]))
        through = skip_past(context, known, now, "paused" if known.paused else "no_node")
        changes["next_due"] = planned(rule, replace(known, decided_through=through), now)
        changes["awaits_end"] = False
        if not rule.follows:  # what the new rule had before it was given is nobody's affair
            changes["decided_through"] = max(through, now)
    saved = context.store.change_schedule(known.name, known.version, changes)
    if saved is not None and changes.get("enabled") is True:
        skip_past(context, saved, now, "disabled")
    return saved


def count_from_now(context: Context, row: ScheduleRow, now: int) -> None:
    """Somebody asks for a run, in the caller's transaction: a rule that counts from the last run
    counts from that one, from its end as soon as it is over.
    """
    if row.next_due is None:
        return
    rule = read_trigger(row.trigger)
    if rule.follows == "end":
        context.store.change_schedule(row.name, None, {"next_due": None, "awaits_end": True})
    elif rule.follows == "start":
        due = first_due(rule, now, created=row.created, name=row.name)
        context.store.change_schedule(row.name, None, {"next_due": due})


def skip_past(context: Context, row: ScheduleRow, until: int, reason: str) -> int:
    """Record slots that are over and that nobody has decided, before they are forgotten; the due
    time through which all are decided then. A text that cannot be read has no slots.
    """
    if not row.enabled or row.next_due is None or row.next_due > until:
        return row.decided_through
    try:
        rule = read_trigger(row.trigger)
    except TriggerError:
        return row.decided_through
    the_plan = unlaunched(row, rule, row.next_due, until, reason)
    through = max(the_plan.through, row.decided_through)
    due = first_due(rule, through, created=row.created, name=row.name)
    context.store.decide(
        [Decision(row.name, row.version, row.next_due, due, through, (), the_plan.skips)],
        context.clock.now(),
    )
    return through


def take_back(
    context: Context, name: str, changes: Mapping[str, object], here: str | None
) -> list[int]:
    """Withdraw launches that have not begun and stand for what the schedule was before."""
    now = context.clock.now()
    if changes.get("enabled") is False:
        return context.store.withdraw(name, "skipped", "disabled", here, now)
    if changes.keys() & {"trigger", "task", "parameters", "policies"}:
        return context.store.withdraw(name, "cancelled", "user", here, now)
    return []
