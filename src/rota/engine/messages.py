"""What is said between the machine and the threads that act for it.

*Happenings* go into the machine, *effects* come out. `Work` is one batch for the writer, carried
out as one transaction; `Answer` is what came of it.
"""

from __future__ import annotations

from dataclasses import dataclass

from rota.ports.records import (
    Decided,
    Decision,
    EventRow,
    Finish,
    NewRun,
    RunRow,
    ScheduleRow,
)
from rota.rules.endings import Outcome
from rota.rules.local import After, Local, Strategy

__all__ = (
    "Answer",
    "AskedToStop",
    "Changed",
    "Effect",
    "Ended",
    "Happening",
    "Interrupt",
    "Kept",
    "LeaseLost",
    "Looked",
    "Moment",
    "NotKept",
    "PeriodSet",
    "Planned",
    "Renewed",
    "RetrySet",
    "Start",
    "Stop",
    "Stopped",
    "Triggered",
    "Unwritten",
    "Withdrawn",
    "Work",
    "Write",
    "Written",
)


@dataclass(frozen=True, slots=True)
class Moment:
    """Now, by both clocks: wall for what is due, boot for how long things take."""

    wall: int
    boot: int


@dataclass(frozen=True, slots=True)
class Work:
    """One batch for the store, in this order, all or nothing."""

    finishes: tuple[Finish, ...] = ()
    decisions: tuple[Decision, ...] = ()
    events: tuple[EventRow, ...] = ()
    asks: tuple[NewRun, ...] = ()  # runs of schedules that this node keeps for itself
    take: int = 0  # how many waiting runs to take
    claim: int = 0  # take the launches as they are written, so far ahead, before all that waits
    load_until: int | None = None  # read schedules due until then
    load_most: int = 0  # how many of them
    look: tuple[str, ...] = ()  # schedules of this node's own to look at

    def __bool__(self) -> bool:
        write = self.finishes or self.decisions or self.events or self.asks or self.take
        return bool(write or self.load_until or self.look)


@dataclass(frozen=True, slots=True)
class Looked:
    """How a schedule of a node's own stands in the store."""

    name: str
    resting: bool  # paused or switched off
    targets: tuple[str, ...]  # of its open runs


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a `Work`."""

    finished: tuple[bool | None, ...] = ()
    decided: tuple[Decided, ...] = ()
    poisoned: tuple[tuple[str, str], ...] = ()  # schedules whose decision broke, and how
    taken: tuple[RunRow, ...] = ()
    next_start: int | None = None  # earliest start of a run that still waits
    awaiting: tuple[ScheduleRow, ...] = ()  # schedules whose next due hangs on a run that has ended
    loaded: tuple[ScheduleRow, ...] | None = None
    loaded_through: int = 0
    loaded_whole: bool = True  # False: there are more rows than one load brings
    held: tuple[tuple[int, int, str | None], ...] | None = None  # what runs here, by the store
    looked: tuple[Looked, ...] = ()
    company: bool | None = None  # whether other nodes live on this store, where that was looked at
    at: int = 0  # wall clock: when the batch was carried out


# ---------------------------------------------------------------- happenings


@dataclass(frozen=True, slots=True)
class Written:
    """The writer carried out a batch."""

    work: Work
    answer: Answer


@dataclass(frozen=True, slots=True)
class Unwritten:
    """The store did not answer; the batch may or may not have happened and is to be repeated."""

    work: Work
    error: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The code of an attempt has ended."""

    run: int
    fence: int
    outcome: Outcome
    finished: int  # wall clock
    took: int | None = None  # microseconds in its executor's hands, where that is known


@dataclass(frozen=True, slots=True)
class Changed:
    """Somebody else may have changed something in the store."""


@dataclass(frozen=True, slots=True)
class Renewed:
    """The lease was renewed; the renewal began at this boot-clock reading."""

    began: int


@dataclass(frozen=True, slots=True)
class LeaseLost:
    """Others recovered what this node had; it has joined again, under a new name."""

    node: str


@dataclass(frozen=True, slots=True)
class Stop:
    """Take nothing more, ask all runs to stop, give up on the rest at this boot-clock reading."""

    deadline: int


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """Somebody in this process took back the launches of a schedule that have not begun."""

    schedule: str


@dataclass(frozen=True, slots=True)
class Kept:
    """This node keeps a schedule for itself from here on."""

    name: str
    task: str
    local: Local


@dataclass(frozen=True, slots=True)
class NotKept:
    """It keeps that schedule no longer; an attempt that runs goes on."""

    name: str


@dataclass(frozen=True, slots=True)
class AskedToStop:
    """The application asks the attempt of such a schedule to stop; user or shutdown."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Planned:
    """The application says when such a schedule is due next, on the boot clock; None: never."""

    name: str
    due: int | None


@dataclass(frozen=True, slots=True)
class PeriodSet:
    """Such a schedule has another period; None: no repeats."""

    name: str
    period: int | None


@dataclass(frozen=True, slots=True)
class RetrySet:
    """Its gates are asked again after another wait; None: not before something changes."""

    name: str
    retry: int | None


@dataclass(frozen=True, slots=True)
class Triggered:
    """Somebody wants an attempt of it now."""

    name: str
    how: Strategy | After


Happening = (
    Withdrawn | Written | Unwritten | Ended | Changed | Renewed | LeaseLost | Stop
    | AskedToStop | Kept | NotKept | PeriodSet | Planned | RetrySet | Triggered
)  # fmt: skip


# ------------------------------------------------------------------- effects


@dataclass(frozen=True, slots=True)
class Write:
    """Hand this batch to the writer."""

    work: Work


@dataclass(frozen=True, slots=True)
class Start:
    """Begin the attempt of this run; its launch and its claim are durable."""

    run: RunRow


@dataclass(frozen=True, slots=True)
class Interrupt:
    """Tell a run that it is asked to stop, and why."""

    run: int
    reason: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """Everything is written down; the threads may end."""


Effect = Write | Start | Interrupt | Stopped
