"""Missing tasks, for the checker: times in which nodes lived and none of them knew a task.

A slot of such a time may start late, or fail as `task_missing`; which of the two hangs on who comes
back in time, so that it counts as next to an edit. What is judged here: a run fails for that reason
only while nobody knows its task, and it does not wait for longer than promised.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from rota.instants import SECOND
from rota.ports.records import RunRow
from rota.testing.history import History, Life, Span, Wanted, Weather
from rota.testing.verdict import Finding

__all__ = ("without_absences",)

WAIT = 60 * SECOND
ROUND = 12 * SECOND  # two rounds of the search, and some


def without_absences(history: History) -> tuple[History, list[Finding]]:
    """The history with an edit at every slot that came while its task was missing; and what is
    wrong with runs that failed for that reason.
    """
    gaps = {task: list(absent(task, history.lives)) for task in {w.task for w in history.wanted}}
    findings = list(judged(history, gaps))
    if not any(gaps.values()):
        return history, findings
    edits: dict[str, list[int]] = defaultdict(list)
    for name, times in history.edits.items():
        edits[name] = list(times)
    for one in history.wanted:
        edits[one.name] += late(history, one, gaps[one.task])
    return replace(history, edits=edits), findings


def absent(task: str, lives: Iterable[Life]) -> Iterator[Span]:
    """When somebody lived and nobody knew the task."""
    alive = Weather(Span(life.start, life.end) for life in lives).spans
    known = Weather(Span(life.start, life.end) for life in lives if task in life.tasks).spans
    for span in alive:
        start = span.start
        for one in known:
            if span.start <= one.end and one.start <= span.end:
                if one.start > start:
                    yield Span(start, one.start)
                start = max(start, one.end)
        if start < span.end:
            yield Span(start, span.end)


def late(history: History, one: Wanted, gaps: list[Span]) -> Iterator[int]:
    """When slots came while the task was missing, or so soon before that they met it."""
    if gaps:
        before = history.bounds.lease + history.bounds.detect
        for _, at, _ in history.slots(one):
            if any(gap.start - before <= at <= gap.end + ROUND for gap in gaps):
                yield at


def judged(history: History, gaps: dict[str, list[Span]]) -> Iterator[Finding]:
    """Runs that failed because nobody knew their task."""
    for row in history.rows:
        if row.reason != "task_missing" or row.finished is None or history.jumps:
            continue
        at = history.elapsed(row.finished, 0)
        if not any(gap.start <= at <= gap.end for gap in gaps.get(row.task, ())):
            yield finding("it failed as task_missing while a node knew its task", row)
        since = history.elapsed(max(row.due, row.not_before), 0)
        if at < since + WAIT - ROUND:
            yield finding(f"it waited {(at - since) / 1e6:.3f} s for its task", row)


def finding(text: str, row: RunRow) -> Finding:
    return Finding("decision", text, row.schedule, row.due, row.id)
