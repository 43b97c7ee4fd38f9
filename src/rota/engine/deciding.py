"""Deciding: from a schedule as it stands and the time, what becomes of its due slots. Pure.

This is the only place where the engine asks a trigger for times.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from zlib import crc32

from rota.engine.policies import Policies
from rota.instants import from_datetime, to_datetime
from rota.ports.records import Decision, NewRun, ScheduleRow
from rota.rules.catchup import Plan, Skip, plan, skip_all
from rota.rules.overlap import room
from rota.when import Trigger, trigger

__all__ = (
    "COUNTED",
    "decide",
    "dropped",
    "first_due",
    "is_finer",
    "lift",
    "planned",
    "read_trigger",
    "unlaunched",
)

COUNTED = 1_000
"""Missed slots are counted up to here, so that a long gap costs no more than a short one."""

DROPPED = 100
"""Slots that are looked at for those of a clock change; one every minute drops sixty in an hour."""


@lru_cache(maxsize=4096)
def read_trigger(text: str) -> Trigger:
    """The trigger of a stored text, parsed once. TriggerError if it cannot be read."""
    return trigger(text)


def first_due(rule: Trigger, now: int, *, created: int, name: str) -> int | None:
    """The first slot of a new or edited schedule: strictly later than `now`."""
    return next(rule.instants(now, anchor=created, seed=name), None)


def planned(rule: Trigger, row: ScheduleRow, now: int) -> int | None:
    """The next slot of a schedule that is new, or whose trigger was just edited.

    Later than now and than every decided slot; for a rule that follows the last run, when a start
    is owed if nothing runs meanwhile, which may be now.
    """
    if not rule.follows:
        after = max(now, row.decided_through)
        return first_due(rule, after, created=row.created, name=row.name)
    last_start = None if row.last_run is None else to_datetime(row.last_run)
    last_end = None if row.last_finished is None else to_datetime(row.last_finished)
    owed = rule.due(
        to_datetime(now), last_start, last_end, anchor=to_datetime(row.created), seed=row.name
    ).next
    return None if owed is None else max(from_datetime(owed), row.decided_through + 1)


def decide(row: ScheduleRow, now: int, policies: Policies, *, node_started: int = 0) -> Decision:
    """The decision that a due schedule, or one that awaits the end of a run, asks for now.

    A slot that lies ahead is decided as if it were now, in a decision marked `ahead`. `policies`
    are the resolved ones. Raises TriggerError if the stored text cannot be read.
    """
    rule = read_trigger(row.trigger)
    if row.next_due is None:
        after = row.last_run if rule.follows == "start" else row.last_finished
        due = first_due(rule, after or now, created=row.created, name=row.name)
        return Decision(row.name, row.version, None, due, row.decided_through)
    if row.paused:
        return lift(row, rule, now)
    ahead = row.next_due > now
    now = max(now, row.next_due)
    following = first_due(rule, row.next_due, created=row.created, name=row.name)
    alone = following is None or following > now  # nearly always, and then nothing more is asked
    the_plan = due_slots(row, rule, now, policies, alone=alone)
    launches = tuple(launch(row, due, policies, node_started) for due in the_plan.launches)
    awaits = bool(launches) and rule.follows == "end"
    due = following
    if rule.follows or not alone:
        after = max(now, the_plan.through)
        due = first_due(rule, after, created=row.created, name=row.name)
    late: tuple[NewRun, ...] = ()
    if not launches:
        late = (launch(row, the_plan.through, policies, node_started),)
    skips = the_plan.skips
    if rule.gap == "skip" and (gone := dropped(rule, row, row.decided_through, row.next_due - 1)):
        skips = (Skip(gone[0], gone[-1], len(gone), "gap"), *skips)
    return Decision(
        row.name, row.version, row.next_due, None if awaits else due, the_plan.through, launches,
        skips, awaits, ahead=ahead, late=late, next_if_unplaced=due if awaits else None,
    )  # fmt: skip


def due_slots(
    row: ScheduleRow, rule: Trigger, now: int, policies: Policies, *, alone: bool
) -> Plan:
    first = row.next_due
    assert first is not None
    if alone or rule.follows:  # one slot at a time: the next one hangs on this one
        return plan(
            first, now, catch_up=policies.catch_up, grace=policies.grace,
            latest=lambda after, until, count: [first], count=lambda after, until: 1,
        )  # fmt: skip
    return plan(
        first, now, catch_up=policies.catch_up, grace=policies.grace,
        latest=lambda after, until, count: rule.latest(
            after, until, count, anchor=row.created, seed=row.name
        ),
        count=lambda after, until: rule.count(
            after, until, COUNTED, anchor=row.created, seed=row.name
        ),
    )  # fmt: skip


def dropped(rule: Trigger, row: ScheduleRow, after: int, until: int) -> list[int]:
    """The latest slots in (after, until] that `gap skip` leaves out, because their local time did
    not exist: where `shift` would have put them.
    """
    if rule.gap != "skip" or rule.follows:
        return []
    shifted = replace(rule, gap="shift")
    would, there = (
        one.latest(after, until, DROPPED, anchor=row.created, seed=row.name)
        for one in (shifted, rule)
    )
    known = there[0] if len(there) == DROPPED else after
    return [due for due in would if due not in there and due > known]


def lift(row: ScheduleRow, rule: Trigger, now: int) -> Decision:
    """End a pause whose time is over: its slots are skipped, later ones are decided next."""
    first = row.next_due
    assert first is not None
    end = now if row.paused_until is None else min(now, row.paused_until)
    the_plan = unlaunched(row, rule, first, end, "paused")
    due: int | None = first
    if the_plan.skips:
        due = first_due(rule, max(end, the_plan.through), created=row.created, name=row.name)
    through = max(the_plan.through, row.decided_through)
    return Decision(row.name, row.version, first, due, through, (), the_plan.skips, lift_pause=True)


def unlaunched(row: ScheduleRow, rule: Trigger, first: int, end: int, reason: str) -> Plan:
    """The slots of a pause, or of the time a schedule was switched off, as one skip."""
    if rule.follows:
        return skip_all(
            first, end, reason,
            latest=lambda after, until, count: [first] if first <= until else [],
            count=lambda after, until: 1,
        )  # fmt: skip
    return skip_all(
        first, end, reason,
        latest=lambda after, until, count: rule.latest(
            after, until, count, anchor=row.created, seed=row.name
        ),
        count=lambda after, until: rule.count(
            after, until, COUNTED, anchor=row.created, seed=row.name
        ),
    )  # fmt: skip


def launch(row: ScheduleRow, due: int, policies: Policies, node_started: int) -> NewRun:
    delayed = due + spread(row.name, due, policies.jitter)
    if policies.start_delay:
        delayed = max(delayed, node_started + policies.start_delay)
    if policies.poll:
        delayed += (node_started - delayed) % policies.poll  # the next look, counted from its start
    return NewRun(
        task=row.task,
        due=due,
        schedule=row.name,
        placement=policies.placement,
        parameters=row.parameters,
        policies=row.policies,
        priority=policies.priority,
        room=room(policies.overlap),
        task_room=policies.max_running,
        idempotent=policies.idempotent,
        unique=policies.unique,
        not_before=delayed,
    )


def is_finer(row: ScheduleRow, rule: Trigger, now: int, poll: int) -> bool:
    """Whether a schedule asks to run more often than somebody looks for it."""
    first = first_due(rule, now, created=row.created, name=row.name)
    if not poll or first is None:
        return False
    second = first_due(rule, first, created=row.created, name=row.name)
    return second is not None and second - first < poll


def spread(name: str, due: int, jitter: int) -> int:
    """The jitter of one slot: the same on every node, and another for every slot."""
    return crc32(f"{name}\n{due}".encode()) * jitter >> 32 if jitter else 0
