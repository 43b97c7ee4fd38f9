"""What tasks wrote into files themselves, held against what the store says of them.

The files are the evidence: a line is flushed to the disk before the task goes on, so whatever
happens to its process afterwards, it began.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rota import Rota
from rota.engine.client.items import RunItem
from rota.instants import from_datetime

__all__ = ("TESTIFY", "Line", "history", "judge", "starts")

# What an application under test begins with: `testify(run, "start")` is one durable line.
TESTIFY = """
import os

def testify(run, what):
    who = f"{run.attempt} {run.fence} {run.node} {os.getpid()}"
    line = f"{what} {run.schedule} {run.row.due} {who}\\n"
    file = os.open("trace.txt", os.O_APPEND | os.O_CREAT | os.O_WRONLY, 0o644)
    os.write(file, line.encode())
    os.fsync(file)
    os.close(file)
    return str(run.fence)
"""
SECOND = 1_000_000
# Why a slot may have had no run although nobody paused or changed anything.
EXPLAINED = {"overlap", "no_node", "too_late"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of evidence."""

    what: str  # start or end
    schedule: str
    due: int
    attempt: int
    fence: int
    node: str
    pid: int


def starts(folder: Path) -> list[Line]:
    """What began, in the order it was written."""
    return [line for line in lines(folder) if line.what == "start"]


def lines(folder: Path) -> Iterable[Line]:
    file = folder / "trace.txt"
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    for line in text.splitlines():
        what, schedule, due, attempt, fence, node, pid = line.split()
        yield Line(what, schedule, int(due), int(attempt), int(fence), node, int(pid))


def history(url: str) -> list[RunItem]:
    """All that the store tells of runs and skips of slots."""
    rota = Rota(url, app=None)
    try:
        found: list[RunItem] = []
        page = rota.runs.list(limit=1_000)
        while True:
            found += [item for item in page if item.kind == "slot"]
            if page.next is None:
                return found
            page = rota.runs.list(limit=1_000, cursor=page.next)
    finally:
        rota.close()


def judge(folder: Path, rows: list[RunItem], again: Iterable[str] = ()) -> list[str]:
    """Everything that must not be; `again` are the schedules whose task is idempotent.

    A run's result is the fence of the attempt that returned it: so a late one shows.
    """
    runs = {(str(row.schedule), due(row)): row for row in rows if row.state != "skipped"}
    found = (
        [] if len(runs) == sum(row.state != "skipped" for row in rows) else ["a slot has two rows"]
    )
    seen: dict[tuple[str, int], list[Line]] = defaultdict(list)
    for line in starts(folder):
        seen[line.schedule, line.due].append(line)
    for slot, began in seen.items():
        row = runs.get(slot)
        if row is None:
            found.append(f"{slot} ran, and the store has no run of it")
        if len(began) > 1 and slot[0] not in again:
            found.append(f"{slot} began twice: {began}")
        if len({line.fence for line in began}) < len(began):
            found.append(f"{slot} began twice under one fence: {began}")
        if row is not None and row.state == "succeeded":
            latest = max(line.fence for line in began)
            if not str(row.fence) == row.result == str(latest):
                found.append(f"{slot} has a late result: {row.result}, of {row.fence}, {latest}")
    found += [
        f"{slot} succeeded and never began"
        for slot, row in runs.items()
        if row.state == "succeeded" and slot not in seen
    ]
    return found + [
        f"{name}: nothing is known of {gap}"
        for name in sorted({str(row.schedule) for row in rows})
        for gap in gaps([row for row in rows if row.schedule == name])
    ]


def gaps(rows: list[RunItem]) -> list[int]:
    """Slots of `every 1s` between the first and the last with neither a run nor a reason."""
    decided: set[int] = set()
    for row in rows:
        if row.state != "skipped":
            decided.add(due(row))
        elif row.reason in EXPLAINED:
            last = row.due_last or row.due
            decided.update(range(due(row), from_datetime(last) + 1, SECOND))
    return [slot for slot in range(min(decided), max(decided), SECOND) if slot not in decided]


def due(row: RunItem) -> int:
    return from_datetime(row.due)
