"""Pinned schedules: an alarm when the node that they are pinned to stays away."""

from __future__ import annotations

from rota.engine.policies import resolve
from rota.instants import SECOND
from rota.ports.records import EventQuery, EventRow, Json, NodeRow, ScheduleRow
from rota.ports.store import Store
from rota.rules.placement import is_host, targets

__all__ = ("GONE", "watch_pinned")

GONE = 300 * SECOND
DAY = 86_400 * SECOND  # the alarm is repeated once a day while the node stays away
MOST = 1_000
KIND = "placement.gone"


def watch_pinned(store: Store, node: str, now: int) -> list[EventRow]:
    """Raise the alarm for schedules whose node is gone for five minutes. Only the node that has
    been alive the longest does so, and once for each time that a node stays away.
    """
    nodes = store.nodes()
    alive = [row for row in nodes if row.state == "alive"]
    eldest = min(alive, key=lambda row: (row.started, row.name), default=None)
    if eldest is None or eldest.name != node:
        return []
    tasks = {row.identifier: row.policies for row in store.tasks() if is_pinned(row.policies)}
    rows = store.pinned(tuple(tasks), MOST)
    gone = [row for row in rows if is_gone(row, tasks.get(row.task, {}), nodes, alive, now)]
    if not gone:
        return []
    with store.transaction():
        events = [event(row, tasks, now) for row in gone if not said(store, row, nodes, tasks, now)]
        store.add_events(events)
    return events


def is_pinned(policies: Json) -> bool:
    return str(policies.get("placement", "")).startswith("node:")


def pinned_to(row: ScheduleRow, defaults: Json) -> str:
    where = resolve(defaults, row.policies).placement
    return where.partition(":")[2] if where.startswith("node:") else ""


def is_gone(
    row: ScheduleRow, defaults: Json, nodes: list[NodeRow], alive: list[NodeRow], now: int
) -> bool:
    host = pinned_to(row, defaults)
    if not host or targets(f"node:{host}", row.task, alive):
        return False
    return now - since(row, host, nodes) >= GONE


def since(row: ScheduleRow, host: str, nodes: list[NodeRow]) -> int:
    """When a node of that host was seen last; if that is forgotten, when the schedule was made."""
    seen = (node.seen for node in nodes if node.name == host or is_host(host, node.host))
    return max(seen, default=row.created)


def said(
    store: Store, row: ScheduleRow, nodes: list[NodeRow], tasks: dict[str, Json], now: int
) -> bool:
    host = pinned_to(row, tasks.get(row.task, {}))
    found = store.events(EventQuery(limit=1, kind=KIND, schedule=row.name))
    return bool(found) and found[0].time > max(since(row, host, nodes), now - DAY)


def event(row: ScheduleRow, tasks: dict[str, Json], now: int) -> EventRow:
    host = pinned_to(row, tasks.get(row.task, {}))
    text = (
        f"{row.name} is pinned to {host}, and no node there that knows {row.task} has been alive "
        "for 5 minutes or more; its slots are skipped"
    )
    return EventRow(now, "error", KIND, text, schedule=row.name)
