"""Placed schedules for the checker: one schedule for each of its targets.

A slot that is for several nodes is several promises, one to each node that was alive and fit. So a
placed schedule is judged as that many schedules, whose rule holds while their target lived; rows
and traces go with their target. The edges of a life count as edits: next to them a slot may go
either way. What is judged of such a schedule as a whole stands here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from rota.ports.records import RunRow
from rota.rules.placement import is_addressed, targets
from rota.testing.history import History, Span, Trace, Version, Wanted, Weather
from rota.testing.verdict import Finding

__all__ = ("by_target",)

NOBODY = "manual"  # a rule without slots


def by_target(history: History) -> tuple[History, list[Finding]]:
    """The history with every placed schedule as one for each target; and what is wrong with those
    schedules as a whole.
    """
    placed = {one.name: one for one in history.wanted if one.placement != "one"}
    if not placed:
        return history, []
    wanted = [one for one in history.wanted if one.name not in placed]
    rows = [row for row in history.rows if row.schedule not in placed]
    traces = [trace for trace in history.traces if trace.schedule not in placed]
    edits = dict(history.edits)
    findings: list[Finding] = []
    for one in placed.values():
        whole = Whole(history, one)
        findings += whole.judged()
        for target, spans in whole.lives.items():
            name = f"{one.name} on {target}"
            wanted.append(replace(one, name=name, versions=tuple(versions(one, spans))))
            mine = [row for row in whole.rows if row.target in (target, "")]
            rows += [replace(row, schedule=name) for row in mine]
            ids = {row.id for row in mine}
            traces += [replace(t, schedule=name) for t in whole.traces if t.run in ids]
            edits[name] = [*history.edits.get(one.name, ()), *whole.late(mine)]
    return replace(history, wanted=wanted, rows=rows, traces=traces, edits=edits), findings


def versions(one: Wanted, spans: Iterable[Span]) -> Iterator[Version]:
    """What people wanted, while the target lived."""
    yield Version(0, NOBODY)
    for span in spans:
        before = [version for version in one.versions if version.since <= span.start]
        if before:
            yield replace(before[-1], since=span.start, sure=max(
                span.start, before[-1].sure or 0
            ))  # fmt: skip
        for version in one.versions:
            if span.start < version.since < span.end:
                yield version
        yield Version(span.end, NOBODY)


class Whole:
    """A placed schedule: the lives of its targets, and its rows."""

    def __init__(self, history: History, one: Wanted) -> None:
        self.history = history
        self.one = one
        self.lives: dict[str, list[Span]] = {}
        spans: dict[str, list[Span]] = defaultdict(list)
        for life in history.lives:
            for target in targets(one.placement, one.task, [life]):
                spans[target].append(Span(life.start, life.end))
        for target, found in spans.items():
            self.lives[target] = Weather(found).spans  # those that touch are one
        self.rows = [row for row in history.rows if row.schedule == one.name]
        self.traces = [trace for trace in history.traces if trace.schedule == one.name]

    def is_alive(self, target: str, at: int) -> bool:
        edge = self.history.bounds.edge
        return any(s.start - edge <= at <= s.end + edge for s in self.lives.get(target, ()))

    def late(self, rows: Iterable[RunRow]) -> list[int]:
        """When slots came that were launched for a target which lived only later."""
        found = []
        for row in rows:
            at = self.history.reached(row.due)
            if is_addressed(row.target) and not self.is_alive(row.target, at):
                found.append(at)
        return found

    def judged(self) -> Iterator[Finding]:
        """Every run was for a target that lived when it was made, and began only there."""
        rows = {row.id: row for row in self.rows}
        for row in self.rows:
            made = self.history.elapsed(row.created, self.history.reached(row.due))
            if row.target == "" and row.state != "skipped":
                yield self.finding("a run for nobody in particular", row)
            elif row.target and not (self.history.jumps or self.is_alive(row.target, made)):
                yield self.finding(f"a run for {row.target}, which was not alive and fit", row)
        for trace in self.traces:
            run = rows.get(trace.run)
            if run is not None and not self.began_there(run, trace):
                yield self.finding(f"it was for {run.target} and began on {trace.node}", run)

    def began_there(self, row: RunRow, trace: Trace) -> bool:
        """Whether a node of that host is, or is on, the run's target."""
        return any(
            life.host == trace.node
            and row.target in (f"node:{life.name}", f"machine:{life.machine}")
            for life in self.history.lives
        )

    def finding(self, text: str, row: RunRow) -> Finding:
        return Finding("no extras", text, row.schedule, row.due, row.id)
