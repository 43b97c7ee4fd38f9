"""Pausing: a schedule launches nothing for a while, and each slot of that while is skipped."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from rota.engine.client.context import Context
from rota.engine.client.recording import revised
from rota.engine.deciding import lift, read_trigger
from rota.engine.schedules.changing import skip_past
from rota.errors import Refused
from rota.instants import from_datetime
from rota.ports.records import Json, ScheduleRow
from rota.rules.catchup import PROMPT

__all__ = ("pause", "resume")

REASON = 500  # characters
RUNS_ON: Json = {"paused": False, "paused_at": None, "paused_until": None, "pause_reason": ""}


def pause(
    context: Context, name: str, *, until: datetime | None, reason: str, user: str | None
) -> None:
    """Stop launching until resumed, or until an instant; what is launched and has not begun is
    taken back. Slots that were missed before are no part of the pause.
    """
    row, now = context.need_schedule(name), context.now()
    end = None if until is None else from_datetime(until)
    if end is not None and end <= now:
        raise Refused("the end of a pause lies in the future", part="until", text=str(until),
                      hint="write a later time, or leave it out")  # fmt: skip
    changes = {
        "paused": True, "paused_at": now, "paused_until": end, "pause_reason": reason[:REASON],
    }  # fmt: skip
    told = f": {reason[:REASON]}" if reason else ""
    here = context.hold_back(row.name)
    with context.store.transaction():
        if not row.paused:
            skip_past(context, row, now - PROMPT, "no_node")
        saved = context.store.change_schedule(row.name, None, changes)
        if saved is not None:
            revised(context, "paused", row, saved, user=user, reason=reason)
            text = f"{name} was paused{told}"
            context.say("schedule.paused", text, schedule=name, user=user)
        pending = context.store.withdraw(name, "skipped", "paused", here, now)
    context.confirm(pending)
    context.poke()


def resume(context: Context, name: str, *, user: str | None) -> ScheduleRow:
    """End a pause; the slots that passed in it are skipped. What the schedule is after that."""
    row, now = context.need_schedule(name), context.now()
    if not row.paused:
        return row
    with context.store.transaction():
        if row.enabled and row.next_due is not None:
            rule = read_trigger(row.trigger)
            context.store.decide([replace(lift(row, rule, now), lift_pause=False)], now)
        saved = context.store.change_schedule(name, row.version, RUNS_ON)
        if saved is not None:
            revised(context, "resumed", row, saved, user=user)
    if saved is None:
        return resume(context, name, user=user)  # somebody changed it meanwhile
    context.say("schedule.resumed", f"{name} was resumed", schedule=name, user=user)
    context.poke()
    return saved
