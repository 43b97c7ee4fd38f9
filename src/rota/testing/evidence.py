"""The evidence: a history with the indexes that the checker's judgements need."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from rota.ports.records import RunRow
from rota.testing.history import Fault, History, Span, Trace, Version, Wanted, Weather
from rota.testing.verdict import Finding, Verdict

__all__ = ("Evidence", "Slot")

NEVER = 2**62


@dataclass(frozen=True, slots=True)
class Slot:
    """A slot that the schedule's rule asks for."""

    one: Wanted
    due: int  # wall
    at: int  # elapsed
    version: Version
    near_edit: bool


class Evidence:
    """A history with the indexes that the judgements need."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.bounds = history.bounds
        self.verdict = Verdict()
        self.wanted = {one.name: one for one in history.wanted}
        self.weather = Weather(self.troubles(history.faults))
        self.weather_but_kills = Weather(
            self.troubles(fault for fault in history.faults if fault.kind != "crash")
        )
        self.rows = {row.id: row for row in history.rows}
        self.slot_runs: dict[tuple[str, int], list[RunRow]] = defaultdict(list)
        self.skips: dict[str, list[RunRow]] = defaultdict(list)
        self.runs_of: dict[str | None, list[RunRow]] = defaultdict(list)
        for row in sorted(history.rows, key=lambda row: (row.due, row.id)):
            if row.state == "skipped":
                self.skips[row.schedule or ""].append(row)
                continue
            self.runs_of[row.schedule].append(row)
            if row.kind == "slot":
                self.slot_runs[row.schedule or "", row.due].append(row)
        self.skip_dues = {name: [row.due for row in rows] for name, rows in self.skips.items()}
        self.traces: dict[int, list[Trace]] = defaultdict(list)
        for trace in sorted(history.traces, key=lambda trace: (trace.start, trace.fence)):
            self.traces[trace.run].append(trace)
        self.traces_of: dict[str | None, list[Trace]] = defaultdict(list)
        for trace in sorted(history.traces, key=lambda trace: (trace.start, trace.fence)):
            self.traces_of[trace.schedule].append(trace)
        self.slots = [slot for one in history.wanted for slot in self.slots_of(one)]

    # ----------------------------------------------------------------- helpers

    def troubles(self, faults: Iterable[Fault]) -> list[Span]:
        """When anything may be late: from each fault until what it broke is mended."""
        after = self.bounds.lease + self.bounds.detect + self.bounds.replace
        return [Span(fault.start, fault.end + after) for fault in faults]

    def slots_of(self, one: Wanted) -> Iterable[Slot]:
        edge, prompt = self.bounds.edge, self.bounds.prompt
        changes = [(v.since - edge, (v.sure or v.since) + edge) for v in one.versions[1:]]
        changes += [(at - edge, at + edge) for at in self.history.edits.get(one.name, ())]
        for due, at, version in self.history.slots(one):
            # One whose window was still open when somebody made an edit may go either way.
            closed = self.weather.deadline(at, prompt)
            near = any(low <= closed and at <= high for low, high in changes)
            yield Slot(one, due, at, version, near)

    def is_open(self, slot: Slot) -> bool:
        """Whether the slot's window had not closed when the history ended."""
        last = self.history.end - self.bounds.closing
        if slot.at > last:
            return True
        closed = self.weather.deadline(slot.at, self.bounds.prompt)
        again = self.closes(slot)
        return again > last and (again > closed or not self.history.at_rest)

    def closes(self, slot: Slot) -> int:
        """Until when the slot may start: also where the clock was set back before anybody could,
        and had to come there once more.
        """
        closed = self.weather.deadline(slot.at, self.bounds.prompt)
        again = self.history.reached(slot.due, closed)
        return closed if again <= closed else self.weather.deadline(again, self.bounds.prompt)

    def was_made(self, row: RunRow) -> int:
        """When the store got a row (elapsed); what it says itself is by the caller's clock."""
        made = self.history.made.get(row.id)
        return self.when(row.created, 0) if made is None else made

    def was_closed(self, row: RunRow) -> int:
        """When the store gave a run its final state (elapsed); far in the future if it did not."""
        closed = self.history.closed.get(row.id)
        if closed is not None:
            return closed
        return NEVER if row.finished is None else self.when(row.finished, 0)

    def spanning(self, name: str, due: int) -> RunRow | None:
        """The skip row that stands for a slot."""
        rows = self.skips.get(name)
        if not rows:
            return None
        place = bisect_right(self.skip_dues[name], due) - 1
        if place < 0:
            return None
        last = rows[place].due_last
        return rows[place] if due <= (rows[place].due if last is None else last) else None

    def count(self, judgement: str, judged: bool = True) -> None:
        (self.verdict.judged if judged else self.verdict.undecided)[judgement] += 1

    def find(self, judgement: str, text: str, about: Slot | RunRow | Trace | None = None) -> None:
        schedule = due = run = None
        if isinstance(about, Slot):
            schedule, due = about.one.name, about.due
        elif about is not None:
            schedule, due = about.schedule, about.due
            run = about.id if isinstance(about, RunRow) else about.run
        self.verdict.findings.append(Finding(judgement, text, schedule, due, run))

    def when(self, wall: int, near: int) -> int:
        return self.history.elapsed(wall, near)
