"""Recovery: what dead nodes left is taken care of, and their death is told once.

Whoever finds a node dead recovers its runs and raises the alarm in one transaction, so that no
peer says it again and a crash in between says nothing that did not happen.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable

from rota.ports.records import EventRow, Recovered, RunRow
from rota.ports.store import Store
from rota.rules.placement import address_of_node

__all__ = ("alarm", "recover")

NAMED = 10  # runs that an alarm names

logger = logging.getLogger("rota")

BECAME = {
    "lost": "is lost",
    "retrying": "will be tried again",
    "queued": "had not begun and waits again",
    "skipped": "was waiting for it and is skipped",
    "cancelled": "ended as it was asked to",
}


def recover(store: Store, now: int) -> Recovered:
    """Recover what dead nodes left, with an event for each node and each run that was lost."""
    if not store.overdue():
        return Recovered()
    with store.transaction():
        recovered = store.expire(now)
        events = alarms(recovered, now)
        if events:
            store.add_events(events)
    for event in events:
        if event.kind == "node.lost":
            logger.error("%s", event.text)
    return recovered


def alarms(recovered: Recovered, now: int) -> list[EventRow]:
    """A line of the event log for each dead node, and for each run that it had begun."""
    events = []
    rest = list(recovered)
    for node in recovered.nodes:
        left = [row for row in rest if row.node == node or row.target == address_of_node(node)]
        rest = [row for row in rest if row not in left]
        if node == recovered.nodes[-1]:
            left += rest  # what waited for a machine that went with its last node
        events.append(alarm(node, left, now))
    begun = (row for row in recovered if row.state in ("lost", "retrying"))
    return events + [lost_event(row, now) for row in begun]


def alarm(node: str, runs: Iterable[RunRow], now: int) -> EventRow:
    """The event about a dead node: what it had, and what became of that.

    >>> run = RunRow(7, "acme.report", due=0, state="lost", node="web-1")
    >>> alarm("web-1", [run], 0).text
    'Node web-1 is gone: its lease ran out. It had 1 run: acme.report (run 7) is lost.'
    """
    runs = list(runs)
    told = [
        f"{row.schedule or row.task} (run {row.id}) {BECAME.get(row.state, f'is {row.state}')}"
        for row in runs[:NAMED]
    ]
    if len(runs) > NAMED:
        told.append(f"and {len(runs) - NAMED} more")
    had = f"It had {len(runs)} run{'s' * (len(runs) != 1)}: {', '.join(told)}."
    text = f"Node {node} is gone: its lease ran out. {had if runs else 'It had no runs.'}"
    return EventRow(now, "error", "node.lost", text, node=node)


def lost_event(run: RunRow, now: int) -> EventRow:
    """The event log's line about a run whose node is gone."""
    name = run.schedule or run.task
    tail = "; it will be tried again" if run.state == "retrying" else ""
    return EventRow(
        now, "error", "run.lost", f"{name} was lost with node {run.node}{tail}",
        schedule=run.schedule, run=run.id, node=run.node,
    )  # fmt: skip
