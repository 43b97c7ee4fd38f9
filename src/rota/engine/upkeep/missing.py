"""Missing tasks: what becomes of slots and runs whose task no live node knows.

A node decides the schedules of the tasks it knows. Those of a task that nobody alive knows would
stand still for ever, and nobody would hear of it: so any node launches their slots, a little later
than one that knows the task would; they wait in the queue like all others, and whoever comes to
know the task takes them. What has waited for too long fails as `task_missing`, by name. Nothing is
ever deleted because it could not be resolved.

Two nodes may do the same at the same time: a decision applies once, and only a run that still waits
can fail.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import replace

from rota.engine.deciding import decide
from rota.engine.policies import resolve
from rota.errors import RotaError
from rota.instants import SECOND
from rota.ports.records import (
    Decision,
    EventRow,
    Json,
    RunRow,
    ScheduleQuery,
    ScheduleRow,
)
from rota.ports.store import Store

__all__ = ("EVERY", "LONGEST", "WAIT", "Missing")

EVERY = 5 * SECOND
"""Between two rounds; also what a node that knows the task is given to decide a slot first."""
WAIT = 60 * SECOND
"""A slot waits so long for a node that knows its task."""
LONGEST = 14 * 86_400 * SECOND
"""So does a run that a person asked for."""
FOUND = 200  # rows that one round looks at; the rest waits for the next
TOLD = 20  # tasks that a node warns of when it starts
NAMED = 5  # schedules that one such warning names

logger = logging.getLogger("rota")


class Missing:
    """One node's care for what nobody knows. Every method may be repeated at any time."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def known(self) -> list[str]:
        """The tasks that some live node knows; none while no node is alive."""
        alive = (node for node in self.store.nodes() if node.state == "alive")
        return sorted({task for node in alive for task in node.tasks})

    # -------------------------------------------------------------- at start

    def warn(self, node: str, now: int) -> list[str]:
        """Say which schedules have a task that is missing, in the event log and the host's; the
        tasks.
        """
        known = set(self.known())
        events: list[EventRow] = []
        missing: list[str] = []
        for task in self.store.tasks():
            if task.identifier in known or len(missing) == TOLD:
                continue
            query = ScheduleQuery(task=task.identifier, limit=NAMED + 1)
            names = [row.name for row in self.store.schedules(query)]
            if names:
                missing.append(task.identifier)
                text = warning(task.identifier, names)
                logger.warning("%s", text)
                events.append(EventRow(now, "warning", "task.missing", text, node=node))
        if events:
            self.store.add_events(events)
        return missing

    # --------------------------------------------------------------- a round

    def round(self, node: str, now: int) -> int:
        """Launch what is due and let fail what has waited; how many runs failed."""
        known = self.known()
        if not known:
            return 0  # no node is alive as the store has it, this one neither
        self.launch(node, known, now)
        return self.fail(node, known, now)

    def launch(self, node: str, known: Iterable[str], now: int) -> None:
        """Decide the schedules that no live node will."""
        there = set(known)
        rows = self.store.upcoming(now - EVERY, FOUND) + self.store.awaiting(FOUND)
        rows = [row for row in rows if row.task not in there]
        if not rows:
            return
        defaults = {task.identifier: task.policies for task in self.store.tasks()}
        for row in rows:
            decision = decided(row, now, defaults.get(row.task, {}))
            if decision is None:
                continue
            with self.store.transaction():
                if row.task in self.known():  # somebody has come meanwhile
                    continue
                (made,) = self.store.decide([decision], now, patient=False)
                if resolve(defaults.get(row.task, {}), row.policies).placement != "one":
                    self.end([(run, row.task) for run in made.launched], node, now)

    def fail(self, node: str, known: list[str], now: int) -> int:
        waited = [
            run for run in self.store.unclaimed(known, FOUND) if now + EVERY > deadline(run)
        ]  # fmt: skip
        if not waited:
            return 0
        with self.store.transaction():
            there = set(self.known())  # again: somebody may have come, also while we slept
            return self.end(
                [(run.id, run.task) for run in waited if run.task not in there], node, now
            )

    def end(self, runs: Iterable[tuple[int, str]], node: str, now: int) -> int:
        """Let these waiting runs fail, each with its task, and say so; how many still waited."""
        ends = [(run, f"no live node knows the task {task}") for run, task in runs]
        failed = self.store.fail_waiting(ends, "task_missing", now)
        self.store.add_events([failure(run, node, now) for run in failed])
        return len(failed)


def decided(row: ScheduleRow, now: int, defaults: Json) -> Decision | None:
    """The decision of a schedule whose task nobody knows, by the policies that are stored; None if
    its text or its policies cannot be read, which lists show as invalid.

    A slot that is for certain nodes must not go to whoever comes. So it is left to them to decide
    for as long as a slot waits; then it is launched only to fail.
    """
    try:
        policies = resolve(defaults, row.policies)
        made = decide(row, now, policies)
    except RotaError:
        return None
    if policies.placement == "one":
        return made
    if row.next_due is not None and now < row.next_due + WAIT:
        return None
    return replace(made, launches=tuple(replace(new, placement="one") for new in made.launches))


def deadline(run: RunRow) -> int:
    """Until when a waiting run waits for a node that knows its task.

    A slot counts from its due time, or from its launch if that came late, or from its retry.
    """
    if run.kind != "slot":
        return max(run.created, run.not_before) + LONGEST
    return max(run.due, run.not_before, run.created - 2 * EVERY) + WAIT


def failure(run: RunRow, node: str, now: int) -> EventRow:
    text = f"{run.schedule or run.task} failed: {run.error}"
    return EventRow(now, "error", "run.failed", text, schedule=run.schedule, run=run.id, node=node)


def warning(task: str, names: list[str]) -> str:
    """The sentence about a task that nobody knows.

    >>> warning("acme.report", ["daily", "weekly"])
    'No live node knows the task acme.report of daily, weekly; their runs will fail.'
    """
    more = " and others" if len(names) > NAMED else ""
    return (
        f"No live node knows the task {task} of {', '.join(names[:NAMED])}{more}; "
        "their runs will fail."
    )
