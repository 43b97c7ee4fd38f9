"""Schedules that each node keeps for itself, for the checker.

Nobody decides slots of them for others, so they are judged by each process alone: none of its
attempts begins before its tick, none beside another, and the next one comes when it is due.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from rota.testing.history import Bounds, History, Keeping, Span, Trace, Weather
from rota.testing.verdict import Finding

__all__ = ("kept",)


def kept(history: History, weather: Weather) -> Iterator[Finding]:
    """What is wrong with the schedules that nodes keep for themselves."""
    for keeping in history.kept:
        mine = [
            trace for trace in history.traces
            if (trace.schedule, trace.node) == (keeping.schedule, keeping.node)
            and keeping.start <= trace.start <= keeping.end
        ]  # fmt: skip
        mine.sort(key=lambda trace: trace.start)
        yield from unasked(keeping, mine)
        yield from together(mine)
        yield from missed(keeping, mine, history, weather)


def unasked(keeping: Keeping, mine: list[Trace]) -> Iterator[Finding]:
    """Ticks only ever move to later, so the one of number n cannot come before n periods."""
    for number, trace in enumerate(mine):
        tick = keeping.start + keeping.delay + number * keeping.period
        if trace.start < tick:
            early = (tick - trace.start) / 1e6
            yield finding("no extras", f"it began {early:.3f} s before its tick", trace)


def together(mine: list[Trace]) -> Iterator[Finding]:
    """One at a time, also after the node lost its lease: it is the same process."""
    for before, trace in pairwise(mine):
        if before.end is None or before.end > trace.start:
            yield finding("overlap", f"it began beside run {before.run} of its process", trace)


def missed(
    keeping: Keeping, mine: list[Trace], history: History, weather: Weather
) -> Iterator[Finding]:  # fmt: skip
    """From the first tick on there is always a next one."""
    bounds = history.bounds
    weather = Weather([*weather.spans, *slow(keeping, bounds)])
    last = min(keeping.end, history.end)
    tick: int | None = keeping.start + keeping.delay
    for trace in [*mine, None]:
        if tick is None:
            return  # the attempt before runs on
        deadline = weather.deadline(tick, bounds.prompt)
        began = last if trace is None else trace.start
        given = lost(keeping, history, tick, began)
        if given is not None:  # its run was taken and the lease lost before it began
            deadline = max(deadline, weather.deadline(given + keeping.period, bounds.prompt))
        if began > deadline:
            late = (began - tick) / 1e6
            text = f"on {keeping.node} nothing began for {late:.3f} s after a tick"
            yield Finding("timeliness", text, keeping.schedule, run=trace.run if trace else None)
        if trace is not None:
            tick = None if trace.end is None else max(trace.end, trace.start + keeping.period)


def lost(keeping: Keeping, history: History, tick: int, until: int) -> int | None:
    """When a run of this process was declared lost between a tick and the next start, if any."""
    ends = (
        history.closed[row.id]
        for row in history.rows
        if row.state == "lost"
        and row.schedule == keeping.schedule
        and (row.node or "").startswith(f"{keeping.node}-")
        and row.id in history.closed
    )
    return max((end for end in ends if tick <= end <= until), default=None)


def slow(keeping: Keeping, bounds: Bounds) -> Iterator[Span]:
    """When the process itself stood still, and until it had found its feet again."""
    after = bounds.lease + bounds.detect + bounds.replace
    for span in keeping.still:
        yield Span(span.start, span.end + after)


def finding(judgement: str, text: str, trace: Trace) -> Finding:
    return Finding(judgement, f"{text}, on {trace.node}", trace.schedule, trace.due, trace.run)
