"""The schedules that this node keeps for itself: the machine's part of them. Pure.

An attempt becomes a run like any other: asked for, durable and taken before it starts, and
addressed to this node. Until that run is over nothing more is asked for, whatever became of the
batch that asked: a batch whose answer was lost is looked after before it is repeated.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from rota.engine.messages import (
    Answer,
    Ended,
    Kept,
    Looked,
    Moment,
    NotKept,
    PeriodSet,
    Planned,
    RetrySet,
    Triggered,
    Work,
)
from rota.instants import SECOND
from rota.ports.records import NewRun, RunRow
from rota.rules.local import Local
from rota.rules.placement import address_of_node

__all__ = ("Locals", "Telling")

FAR = 2**62

Telling = Kept | NotKept | PeriodSet | Planned | RetrySet | Triggered


@dataclass(slots=True)
class Entry:
    """One schedule, and how far its latest attempt has come.

    idle: none is on its way. asking: in the batch that is with the writer. unsure: in one whose
    answer was lost, or taken and not here, or nobody has looked yet whether the schedule rests.
    waiting: its run is in the store. running: its run is this node's.
    """

    task: str
    local: Local
    phase: Literal["idle", "asking", "unsure", "waiting", "running"] = "unsure"
    run: int = 0
    fence: int = 0
    last_due: int = 0  # wall clock: no two slots are one instant
    nudge: int = 0  # microseconds that keep them apart
    resting: bool = False  # paused or switched off


class Locals:
    """By name. `node` is this node's name in the store."""

    def __init__(self, node: str) -> None:
        self.target = address_of_node(node)
        self.entries: dict[str, Entry] = {}

    # ------------------------------------------------------------- what is said

    def tell(self, said: Telling, moment: Moment) -> None:
        """Take in what the application says about one schedule."""
        if isinstance(said, Kept):
            self.entries[said.name] = Entry(said.task, said.local)
            said.local.start(moment.boot)
            return
        entry = self.entries.get(said.name)
        if entry is None:
            return
        match said:
            case NotKept():
                del self.entries[said.name]
            case Planned(_, due):
                entry.local.plan(due)
            case PeriodSet(_, period):
                entry.local.set_period(period, moment.boot)
            case RetrySet(_, retry):
                entry.local.set_retry(retry, moment.boot)
            case Triggered(_, how):
                entry.local.trigger(how)

    # ------------------------------------------------------------------ asking

    def asks(self, moment: Moment, most: int) -> tuple[NewRun, ...]:
        """The runs to ask the store for now."""
        found: list[NewRun] = []
        for name, entry in self.entries.items():
            local = entry.local
            if entry.phase != "idle" or not local.is_due(moment.boot) or len(found) >= most:
                continue
            if entry.resting and local.asked is None:
                local.passed(moment.boot)
                continue
            found.append(self.ask(name, entry, moment))
        return tuple(found)

    def ask(self, name: str, entry: Entry, moment: Moment) -> NewRun:
        entry.phase = "asking"
        kind, due = "manual", moment.wall
        if entry.local.asked is None:
            assert entry.local.due is not None
            kind, due = "slot", moment.wall - (moment.boot - entry.local.due)
            due = entry.last_due = apart(entry, due)
        # No earliest start: it is due by the boot clock, and the wall clock may be set back.
        return NewRun(entry.task, due, kind, schedule=name, target=self.target)

    def look(self, *, whole: bool) -> tuple[str, ...]:
        """The schedules to look at in the store: all, or those whose last batch is in doubt."""
        return tuple(
            name for name, entry in self.entries.items() if whole or entry.phase == "unsure"
        )

    # ----------------------------------------------------------------- answers

    def written(self, work: Work, answer: Answer, moment: Moment) -> None:
        """The writer carried out a batch, with what it was asked for here."""
        for new in work.asks:
            entry = self.entries.get(new.schedule or "")
            if entry is not None and entry.phase == "asking":
                entry.phase = "waiting" if new.target == self.target else "idle"
        for run in answer.taken:
            self.taken(run, moment)
        for looked in answer.looked:
            self.looked(looked, moment)

    def unwritten(self, work: Work) -> None:
        """The store did not answer: it may have the runs, or not."""
        for new in work.asks:
            entry = self.entries.get(new.schedule or "")
            if entry is not None and entry.phase == "asking":
                entry.phase = "unsure"

    def taken(self, run: RunRow, moment: Moment) -> None:
        """A run is this node's; it begins in the same step."""
        entry = self.entries.get(run.schedule or "")
        if entry is None or run.target != self.target:
            return
        if entry.local.running:
            if run.id == entry.run:
                entry.phase, entry.fence = "running", run.fence  # given back, and taken again
            return
        entry.phase, entry.run, entry.fence = "running", run.id, run.fence
        entry.local.begin(moment.boot, planned=run.kind == "slot")

    def looked(self, looked: Looked, moment: Moment) -> None:
        """How a schedule, and its run, stand in the store."""
        entry = self.entries.get(looked.name)
        if entry is None:
            return
        entry.resting = looked.resting
        if entry.phase == "unsure":
            waits = self.target in looked.targets
            if not waits and entry.local.running:
                entry.local.ended(moment.boot)
            if not waits:
                entry.phase = "idle"
            else:
                entry.phase = "running" if entry.local.running else "waiting"
        elif entry.phase == "waiting" and self.target not in looked.targets:
            entry.phase = "idle"  # somebody ended it before it began
            entry.local.forgone(moment.boot)

    def ended(self, ended: Ended, moment: Moment) -> None:
        """The code of an attempt has ended, whosever its run is by now."""
        for entry in self.entries.values():
            if entry.phase == "running" and (entry.run, entry.fence) == (ended.run, ended.fence):
                entry.phase = "idle"
                declined = ended.outcome.declined
                if declined is not None and declined[0] == "ignored":
                    entry.local.refused(moment.boot)
                else:
                    entry.local.ended(moment.boot)

    def compare(self, here: Iterable[int]) -> None:
        """Hold what runs against what the node has. A run that is not here was withdrawn unbegun,
        or given back to be taken again: the store knows.
        """
        mine = set(here)
        for entry in self.entries.values():
            if entry.phase == "running" and entry.run not in mine:
                entry.phase = "unsure"

    def renamed(self, node: str, moment: Moment) -> None:
        """The node goes on under another name; what waited for the old one will not come."""
        self.target = address_of_node(node)
        for entry in self.entries.values():
            if entry.phase in ("unsure", "waiting"):
                entry.phase = "idle"
                if entry.local.running:
                    entry.local.ended(moment.boot)

    # -------------------------------------------------------------------- time

    def rest(self, moment: Moment) -> int:
        """How many microseconds until something is to be asked for."""
        rest = FAR
        for entry in self.entries.values():
            if entry.phase == "idle":
                if entry.local.asked is not None:
                    return 0
                if entry.local.due is not None:
                    rest = min(rest, entry.local.due - moment.boot)
        return max(0, rest)

    def running(self, name: str) -> int:
        """The run of that schedule which is this node's; 0: there is none."""
        entry = self.entries.get(name)
        return entry.run if entry is not None and entry.phase == "running" else 0

    def due(self, name: str) -> int | None:
        """When the next attempt is due, by the boot clock; None: never, or it is not kept here."""
        entry = self.entries.get(name)
        return None if entry is None or entry.resting else entry.local.due


def apart(entry: Entry, due: int) -> int:
    """A slot's instant by the wall clock, as no slot before it has it. Attempts that follow each
    other at once go on by a microsecond; so do all from here on where the clock was set back.
    """
    if due + entry.nudge <= entry.last_due < due + entry.nudge + SECOND:
        return entry.last_due + 1
    if due + entry.nudge <= entry.last_due:
        entry.nudge += 1
    return due + entry.nudge
