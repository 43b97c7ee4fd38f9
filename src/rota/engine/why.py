"""Why: what became of a slot, also when nothing ran, and while a pause or an outage is open."""

from __future__ import annotations

from rota.engine.deciding import read_trigger
from rota.engine.itemize import run_item
from rota.engine.items import Why
from rota.instants import to_datetime
from rota.ports.records import RunRow, ScheduleRow
from rota.when import Trigger

__all__ = ("explain",)


def explain(row: ScheduleRow, at: int, now: int, decided: RunRow | None) -> Why:
    """The answer for the instant `at`; `decided` is the store's row that decides it, if any."""
    rule = read_trigger(row.trigger)
    is_run = decided is not None and decided.state != "skipped"
    if decided is not None and is_run and decided.due == at:
        kind = "ignored" if decided.state == "ignored" else "ran"
        return answer(at, kind, decided.reason, decided)
    if not is_slot(rule, row, at):
        return answer(nearest(rule, row, at), "none", "no_slot")
    if decided is not None:
        return answer(at, "skipped", decided.reason, decided)
    if at > now:
        return future(row, at)
    if row.next_due is not None and at >= row.next_due:
        return undecided(row, at)
    reason = "no_slot" if at <= row.created else "forgotten"
    return answer(at, "none", reason)


def future(row: ScheduleRow, at: int) -> Why:
    if not row.enabled:
        return answer(at, "planned", "disabled")
    paused = row.paused and (row.paused_until is None or row.paused_until >= at)
    return answer(at, "planned", "paused" if paused else None)


def undecided(row: ScheduleRow, at: int) -> Why:
    """A slot that is over and has no row yet: something holds the schedule up right now."""
    if not row.enabled:
        return answer(at, "skipped", "disabled")
    if row.paused and (row.paused_until is None or at <= row.paused_until):
        return answer(at, "skipped", "paused")
    return answer(at, "planned", "no_node")


def answer(due: int, decision: str, reason: str | None, run: RunRow | None = None) -> Why:
    return Why(to_datetime(due), decision, reason, run_item(run) if run is not None else None)


def is_slot(rule: Trigger, row: ScheduleRow, at: int) -> bool:
    if rule.follows:
        return at == row.next_due
    return at in rule.latest(at - 1, at, 1, anchor=row.created, seed=row.name)


def nearest(rule: Trigger, row: ScheduleRow, at: int) -> int:
    """The slot nearest to an instant that is none; the instant itself if there is no slot."""
    if rule.follows:
        return row.next_due or at
    before = rule.latest(row.created - 1, at, 1, anchor=row.created, seed=row.name)
    after = next(rule.instants(at, anchor=row.created, seed=row.name), None)
    near = [*before, *([after] if after is not None else [])]
    return min(near, key=lambda due: abs(due - at), default=at)
