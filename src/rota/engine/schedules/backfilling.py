"""Backfilling: runs for slots of the past that were missed, skipped, or are wanted once more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from itertools import islice, takewhile

from rota.engine.client.context import Context
from rota.engine.client.itemize import run_item
from rota.engine.client.items import Backfill
from rota.engine.client.recording import audited
from rota.engine.deciding import read_trigger
from rota.engine.policies import Policies, resolve
from rota.engine.schedules.asking import unplaced
from rota.errors import BadParameters, Refused
from rota.instants import from_datetime, rfc3339, to_datetime
from rota.ports.records import NewRun, ScheduleRow
from rota.rules.overlap import room

__all__ = ("MOST", "backfill")

MOST = 1_000
"""Runs that one call queues at most."""


def backfill(
    context: Context,
    name: str,
    start: datetime,
    until: datetime,
    *,
    limit: int,
    parameters: Mapping[str, object] | None,
    dry_run: bool,
    user: str | None,
) -> Backfill:
    """Queue a run of kind `backfill` for each slot from `start` through `until`, and for each node
    that its placement means now; `dry_run` only finds the slots. All of them are queued, or none.
    """
    row, now = context.need_schedule(name), context.now()
    given = dict(row.parameters if parameters is None else parameters)
    context.need_task(row.task)
    context.check_parameters(row.task, given)
    policies = resolve(context.defaults(row.task), row.policies)
    slots = slots_between(row, from_datetime(start), from_datetime(until), now, checked(limit))
    if policies.unique and len(slots) > 1:
        raise Refused(
            "its policy unique forbids a second waiting run with the same parameters",
            part="schedule", text=name, hint="backfill one slot at a time, or set unique=False",
        )  # fmt: skip
    dues = tuple(to_datetime(due) for due in slots)
    if dry_run or not slots:
        return Backfill(dues, ())
    with context.store.transaction():
        targets = context.store.targets(policies.placement, row.task)
        if not targets:
            raise unplaced(policies.placement, row.task)
        if len(slots) * len(targets) > limit:
            raise too_many(slots, len(targets), limit)
        news = [
            replace(new_run(row, due, given, policies, now, user), target=target)
            for due in slots
            for target in targets
        ]
        added = context.store.backfill(name, news, now)
        if added:
            asked = {"runs": [one.id for one in added], "parameters": given}
            audited(context, "run.backfill", name, after=asked, user=user)
            context.say(
                "run.backfill",
                f"{name} was asked to run for {len(added)} slots, "
                f"{rfc3339(slots[0])} to {rfc3339(slots[-1])}",
                schedule=name, user=user,
            )  # fmt: skip
    context.poke()
    return Backfill(dues, tuple(run_item(one) for one in added))


def new_run(
    row: ScheduleRow,
    due: int,
    parameters: Mapping[str, object],
    policies: Policies,
    now: int,
    user: str | None,
) -> NewRun:
    return NewRun(
        task=row.task, due=due, kind="backfill", schedule=row.name, parameters=parameters,
        policies=row.policies, priority=policies.priority, room=room(policies.overlap),
        task_room=policies.max_running, idempotent=policies.idempotent, unique=policies.unique,
        not_before=now, user=user,
    )  # fmt: skip


def too_many(slots: list[int], nodes: int, limit: int) -> Refused:
    """What a range is told whose slots are few enough, but not for each node."""
    words = f"{len(slots):,} slots on {nodes:,} nodes are more than {limit:,} runs"
    most = limit // nodes
    hint = f"end it at {rfc3339(slots[most - 1])} and go on from there" if most else "raise limit"
    return Refused(words, part="until", hint=hint)


def slots_between(row: ScheduleRow, start: int, until: int, now: int, limit: int) -> list[int]:
    """The slots from `start` through `until`, which is not later than now; at most `limit`."""
    if until < start:
        raise BadParameters("the range ends before it begins", part="until", text=rfc3339(until),
                            hint="write the earlier time first")  # fmt: skip
    if until > now:
        raise Refused("a backfill is for slots that are over", part="until", text=rfc3339(until),
                      hint="end it now or earlier; later slots run by themselves")  # fmt: skip
    rule = read_trigger(row.trigger)
    if rule.follows:
        raise Refused(
            "its slots hang on its own runs, so none can be found in the past", part="schedule",
            text=row.name, hint="use run now",
        )  # fmt: skip
    ahead = rule.instants(start - 1, anchor=row.created, seed=row.name)
    found = list(islice(takewhile(lambda due: due <= until, ahead), limit + 1))
    if len(found) > limit:
        raise Refused(
            f"there are more than {limit:,} slots in this range", part="until",
            text=rfc3339(until), hint=f"end it at {rfc3339(found[limit - 1])} and go on from there",
        )  # fmt: skip
    return found


def checked(limit: int) -> int:
    if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= MOST:
        raise BadParameters(f"a limit is a whole number from 1 to {MOST:,}", part="limit",
                            text=str(limit), hint="backfill a longer range in parts")  # fmt: skip
    return limit
