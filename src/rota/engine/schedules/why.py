"""Why: what became of a slot, also when nothing ran, and while a pause or an outage is open."""

from __future__ import annotations

from collections.abc import Sequence

from rota.engine.client.itemize import run_item
from rota.engine.client.items import Answer, Why
from rota.engine.deciding import dropped, read_trigger
from rota.instants import to_datetime
from rota.ports.records import RunRow, ScheduleRow
from rota.when import Trigger

__all__ = ("explain",)


def explain(row: ScheduleRow, at: int, now: int, decided: Sequence[RunRow]) -> Why:
    """The answer for the instant `at`; `decided` are the store's rows that decide it, runs first.
    Where it ran for one of its targets, it ran.
    """
    rule = read_trigger(row.trigger)
    ran = [one for one in decided if one.state != "skipped" and one.due == at]
    if not ran and not is_slot(rule, row, at):
        if at > row.created and dropped(rule, row, at - 1, at):
            return answer(at, "skipped", "gap")
        return answer(nearest(rule, row, at), "none", "no_slot")
    if decided:
        one = min(ran or decided, key=lambda found: found.state == "ignored")
        return Why(to_datetime(at), became(one), one.reason, run_item(one), by_target(decided))
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


def became(run: RunRow) -> str:
    return run.state if run.state in ("skipped", "ignored") else "ran"


def by_target(decided: Sequence[RunRow]) -> tuple[Answer, ...]:
    """What became of it for each target; nothing where it was for nobody in particular."""
    first: dict[str, RunRow] = {}
    for run in decided:
        first.setdefault(run.target, run)
    return tuple(
        Answer(target, became(run), run.reason, run_item(run))
        for target, run in sorted(first.items())
        if target
    )


def answer(due: int, decision: str, reason: str | None) -> Why:
    return Why(to_datetime(due), decision, reason, None)


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
