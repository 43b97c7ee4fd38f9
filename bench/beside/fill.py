"""Many rows at once, copied inside the database: adding them one by one would take the day."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

__all__ = ("asked", "due_at", "forget_runs", "has_runs", "more_runs", "more_schedules")

COLUMNS = (
    "task, title, parameters, policies, enabled, paused, pause_reason, origin, edited, created,"
    " version, awaits_end, decided_through, runs"
)
SERIES = {
    "sqlite": "WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {count})",
    "postgresql": "WITH s (n) AS (SELECT generate_series(1, {count}))",
}
COUNTER = {
    "sqlite": "UPDATE rota_counter SET value = {count} WHERE name = 'run'",
    "postgresql": "SELECT setval('rota_run_id', {count})",
}
SETTLE = {"sqlite": "PRAGMA wal_checkpoint(TRUNCATE)", "postgresql": "CHECKPOINT"}
ANALYSE = {"sqlite": "PRAGMA wal_checkpoint(TRUNCATE)", "postgresql": "VACUUM ANALYZE"}


def more_schedules(url: str, name: str, count: int, due: float | None = None) -> None:
    """So many copies of a schedule; `due` (seconds since 1970) sets their one slot, its too."""
    when = "next_due" if due is None else str(int(due * 1_000_000))
    rule = "trigger" if due is None else f"'at {datetime.fromtimestamp(due, UTC).isoformat()}'"
    change = f"""UPDATE rota_schedule SET next_due = {when}, trigger = {rule}, decided_through = 0
        WHERE name = '{name}'"""
    copy = f"""{SERIES[kind_of(url)].format(count=count)}
        INSERT INTO rota_schedule (name, trigger, next_due, {COLUMNS})
        SELECT name || '-' || n, trigger, next_due, {COLUMNS} FROM rota_schedule, s
        WHERE name = '{name}'"""
    carry_out(url, (change, copy) if count else (change,))


def more_runs(url: str, count: int, schedules: int) -> None:
    """So many finished runs of the task `tick`, shared by the copies of the schedule `tick`, one a
    millisecond until now: young enough to be kept.
    """
    begin = int(time.time() * 1_000) - count
    copy = f"""{SERIES[kind_of(url)].format(count=count)}
        INSERT INTO rota_run (
            id, task, due, kind, state, schedule, target, attempt, created, started, finished
        )
        SELECT n, 'tick', ({begin} + n) * 1000, 'slot', 'succeeded', 'tick-' || (n % {schedules}),
            '', 1, ({begin} + n) * 1000, ({begin} + n) * 1000, ({begin} + n) * 1000
        FROM s"""
    carry_out(url, (copy, COUNTER[kind_of(url)].format(count=count)))


def forget_runs(url: str) -> None:
    """Leaves no runs of the rounds before."""
    carry_out(url, ("DELETE FROM rota_run",))


def has_runs(url: str, count: int) -> bool:
    """Whether so many were made here already."""
    ((newest,),) = asked(url, "SELECT coalesce(max(id), 0) FROM rota_run")
    return int(newest) >= count


def due_at(url: str, due: float) -> None:
    """Sets the one slot of all schedules, once all there is was written to the tables: so that what
    a burst touches first is logged whole, as after any checkpoint.
    """
    change = f"""UPDATE rota_schedule SET next_due = {int(due * 1_000_000)}, decided_through = 0,
        enabled = true, trigger = 'at {datetime.fromtimestamp(due, UTC).isoformat()}'"""
    asked(url, change)
    asked(url, SETTLE[kind_of(url)])


def kind_of(url: str) -> str:
    return "sqlite" if url.startswith("sqlite") else "postgresql"


def carry_out(url: str, statements: Sequence[str]) -> None:
    """Each in a transaction of its own, then what a database does in its own time."""
    for statement in (*statements, ANALYSE[kind_of(url)]):
        asked(url, statement)


def asked(url: str, statement: str) -> list[tuple[Any, ...]]:
    """What the database answers to a statement of ours."""
    if kind_of(url) == "sqlite":
        connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        rows = connection.execute(statement).fetchall()
        connection.close()
        return rows
    import psycopg

    with psycopg.connect(url, autocommit=True, options="-c search_path=rota") as server:
        found = server.execute(statement)  # type: ignore[arg-type]
        return found.fetchall() if found.description else []
