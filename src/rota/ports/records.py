"""The rows that stores keep, as frozen records. Times are instants: integer microseconds, UTC."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rota.ports.quick import quick
from rota.rules.catchup import Skip
from rota.rules.overlap import Room

__all__ = (
    "Decided",
    "Decision",
    "EventQuery",
    "EventRow",
    "Finish",
    "Json",
    "LogLine",
    "NewRun",
    "NodeRow",
    "Progress",
    "Recovered",
    "Room",
    "RunQuery",
    "RunRow",
    "ScheduleQuery",
    "ScheduleRow",
    "Skip",
    "TaskRow",
    "TermRow",
)

Json = Mapping[str, object]
"""A JSON object: text keys; values are str, int, float, bool, None, lists and objects of these."""


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task as some application registered it: what a page can know without the code."""

    identifier: str
    title: str = ""
    source: str = ""  # "package.module:line", where the code stands
    schema: Json = field(default_factory=dict)  # JSON Schema of its parameters
    policies: Json = field(default_factory=dict)  # its defaults, in their JSON form
    seen: int = 0  # when an application last registered it


@quick
@dataclass(frozen=True, slots=True)
class ScheduleRow:
    """A named pairing of task, trigger, parameters and policies, and where it stands in time."""

    name: str
    task: str
    trigger: str  # canonical text, its zone within
    title: str = ""
    parameters: Json = field(default_factory=dict)
    policies: Json = field(default_factory=dict)  # overrides of the task's defaults only
    enabled: bool = True  # the switch
    paused: bool = False  # the temporary stop
    paused_at: int | None = None
    paused_until: int | None = None  # None: until resumed
    pause_reason: str = ""
    origin: str = "person"  # "code": follows the code until somebody edits it
    edited: tuple[str, ...] = ()  # fields a person changed on a schedule from code; they stay
    created: int = 0  # whole seconds; the anchor of `every`
    version: int = 1  # grows by one with every edit, pause and resume; launches do not touch it
    next_due: int | None = None  # the next slot without a decision; None: nothing left, or awaiting
    awaits_end: bool = False  # next_due follows from the end of the open run
    decided_through: int = 0  # the last due time that has a decision; only ever grows
    last_run: int | None = None  # start of the latest run that started
    last_finished: int | None = None
    last_state: str | None = None  # final state of the latest finished run
    last_result: str | None = None
    runs: int = 0  # launches ever, skips not counted
    code: Json = field(default_factory=dict)  # what the code says, of a schedule from code
    running: int = 0  # open runs in state running, counted when read
    queued: int = 0  # open runs in state queued or retrying, counted when read


@quick
@dataclass(frozen=True, slots=True)
class RunRow:
    """One launch of a task, or a skip: one row for consecutive slots skipped for one reason."""

    id: int
    task: str
    due: int  # the slot; for a manual run the instant it was asked for
    kind: str = "slot"  # slot, manual, again, backfill
    state: str = "queued"
    schedule: str | None = None
    target: str = ""
    reason: str | None = None
    attempt: int = 0  # the attempt that runs or ran last; 0 before the first
    fence: int = 0
    node: str | None = None  # name of the node that took it last
    parameters: Json = field(default_factory=dict)
    policies: Json = field(default_factory=dict)  # the schedule's overrides when it was launched
    priority: int = 0
    room: int | None = None  # how many runs of its schedule may be running, itself included
    task_room: int | None = None  # the same for its task, over all nodes
    idempotent: bool = False  # may run again if its node is lost
    not_before: int = 0  # earliest start: jitter, start delay, retry
    created: int = 0
    started: int | None = None
    finished: int | None = None
    result: str | None = None
    error: str | None = None
    progress: float | None = None  # 0.0 to 1.0
    message: str = ""
    cancelling: str | None = None  # reason of a cancellation that was asked for: user, overlap, …
    abandoned: bool = False
    of: int | None = None  # the run that this one runs again
    user: str | None = None  # who asked for it
    due_last: int | None = None  # of a skip: its last slot
    skips: int = 0  # of a skip: how many slots it stands for


@dataclass(frozen=True, slots=True)
class NodeRow:
    """One running process."""

    name: str
    host: str
    pid: int
    version: str
    state: str = "alive"  # alive, stopping, stopped, lost
    roles: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()  # identifiers that it can run
    started: int = 0
    seen: int = 0
    running: int = 0  # counted when read
    machine: str = ""  # the same for all nodes of one machine, and for no other
    clock_offset: int = 0  # microseconds that the store's clock was ahead of its own, lately


class Recovered(list[RunRow]):
    """The runs that were recovered, as they are now, and the nodes that were found dead."""

    def __init__(self, runs: Iterable[RunRow] = (), nodes: Iterable[str] = ()) -> None:
        super().__init__(runs)
        self.nodes = tuple(nodes)


@dataclass(frozen=True, slots=True)
class TermRow:
    """Who acts for all nodes in some role, under which number. Numbers of a role only ever grow."""

    role: str
    node: str
    term: int


@dataclass(frozen=True, slots=True)
class EventRow:
    """One line of the event log."""

    time: int
    level: str  # info, warning, error
    kind: str  # such as run.failed, schedule.paused, node.started
    text: str
    schedule: str | None = None
    run: int | None = None
    node: str | None = None
    user: str | None = None
    id: int = 0  # set by the store


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line that a run logged or printed."""

    run: int
    number: int  # from 1, in order, across attempts
    time: int
    level: str  # debug, info, warning, error, critical, output
    logger: str
    text: str


@dataclass(frozen=True, slots=True)
class NewRun:
    """A run to be: what a launch or a person asks for."""

    task: str
    due: int
    kind: str = "slot"
    schedule: str | None = None
    target: str = ""
    placement: str = "one"  # where a launch without a target goes: see rules.placement
    parameters: Json = field(default_factory=dict)
    policies: Json = field(default_factory=dict)
    priority: int = 0
    room: Room | None = None  # None: no limit
    task_room: int | None = None
    idempotent: bool = False
    unique: bool = False  # not beside a waiting run of the task with equal parameters
    not_before: int = 0
    offered: str | None = None  # of kind manual: the node that may take it before all others
    of: int | None = None
    user: str | None = None


@quick
@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a schedule's due slots, and where it stands afterwards.

    Applied only if the schedule still has `version` and `next_due` as the decider saw them, and
    its `enabled` switch on; otherwise it is stale and nothing of it happens.
    """

    name: str
    version: int
    seen_due: int | None
    next_due: int | None
    decided_through: int
    launches: tuple[NewRun, ...] = ()
    skips: tuple[Skip, ...] = ()
    awaits_end: bool = False
    lift_pause: bool = False
    ahead: bool = False  # its one slot is not due yet: see Decided.early
    late: tuple[NewRun, ...] = ()  # launches that come too late; `skips` tell of their slot
    next_if_unplaced: int | None = None  # for awaits_end: next_due if no launch finds a node


@dataclass(frozen=True, slots=True)
class Decided:
    """The answer to a Decision: stale, or the ids of the runs launched and the slots skipped."""

    name: str
    stale: bool = False
    early: bool = False  # ahead, and a run is in the way that may have ended when the slot comes
    launched: tuple[int, ...] = ()
    skipped: tuple[Skip, ...] = ()
    barred: bool = False  # stale, because somebody else's transaction has the schedule just now
    taken: tuple[RunRow, ...] = ()  # of the launched: those that the deciding node took with it


@dataclass(frozen=True, slots=True)
class Finish:
    """The end of one attempt. It counts only if the run is running under this fence."""

    run: int
    fence: int
    state: str  # succeeded, failed, cancelled, skipped, ignored; retrying, queued put it back
    finished: int
    started: int | None = None  # when the code really began; None: keep what taking wrote
    reason: str | None = None
    result: str | None = None
    error: str | None = None
    not_before: int | None = None  # for retrying, queued: the earliest start; None keeps it
    uncount: bool = False  # the attempt is not counted (shutdown)
    abandoned: bool = False
    remove_schedule: bool = False  # delete_after_last_run: if it succeeded and nothing is left


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run has come, if it is still running under this fence."""

    run: int
    fence: int
    fraction: float
    message: str = ""


@dataclass(frozen=True, slots=True)
class ScheduleQuery:
    """Schedules by name, after a cursor."""

    after: str = ""  # names greater than this
    limit: int = 50
    search: str = ""  # in name, title or task, any case
    task: str | None = None


@dataclass(frozen=True, slots=True)
class RunQuery:
    """Runs and skips, newest first, before a cursor."""

    before: int | None = None  # ids smaller than this
    limit: int = 50
    schedule: str | None = None
    task: str | None = None
    states: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EventQuery:
    """Events, newest first, before a cursor."""

    before: int | None = None
    limit: int = 50
    levels: tuple[str, ...] = ()
    kind: str = ""  # a prefix, such as "run."
    schedule: str | None = None
    run: int | None = None
    search: str = ""
