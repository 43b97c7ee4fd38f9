"""The history of a cluster, as the checker reads it: what was wanted, what the store says, what the
tasks themselves wrote, and what was done to the nodes.

Two times are kept apart. *Elapsed* is real time in microseconds since the history began: it never
steps, and all judgements are made in it. *Wall* is what the clocks showed; `Jump` says how the two
belong together.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rota.instants import SECOND
from rota.ports.records import RunRow
from rota.when import trigger

__all__ = (
    "Bounds",
    "Fault",
    "History",
    "Jump",
    "Keeping",
    "Life",
    "Span",
    "Trace",
    "Version",
    "Wanted",
    "Weather",
)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of elapsed time, its ends included."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Jump:
    """From this elapsed instant on the wall clock shows elapsed time plus `offset`."""

    at: int
    offset: int


@dataclass(frozen=True, slots=True)
class Version:
    """What a schedule is from an elapsed instant on; without a trigger it launches nothing.

    `since` is when the change was asked for, `sure` when the call had returned. `why` is the reason
    that skips of this time may bear: paused or disabled.
    """

    since: int
    trigger: str | None
    why: str = ""
    sure: int | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A schedule with everything that people changed about it, in order."""

    name: str
    created: int  # wall: the anchor of its rule
    versions: tuple[Version, ...]
    overlap: str | int = "skip"
    max_running: int | None = None  # of its task
    catch_up: str | int = "latest"
    grace: int | None = None
    retries: int = 0
    idempotent: bool = False
    task: str = "t"
    placement: str = "one"


@dataclass(frozen=True, slots=True)
class Life:
    """A stretch of elapsed time in which a node held a lease, by the store's own word."""

    name: str
    host: str
    machine: str
    roles: tuple[str, ...]
    labels: tuple[str, ...]
    tasks: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Keeping:
    """One schedule that one process keeps for itself, from its start to its end (elapsed).

    `still` are the times in which that process stood still.
    """

    schedule: str
    node: str
    period: int
    delay: int
    start: int
    end: int
    still: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Trace:
    """What one attempt wrote about itself, trusting nobody. Times are elapsed."""

    run: int
    schedule: str | None
    due: int  # wall
    kind: str
    attempt: int
    fence: int
    node: str
    start: int
    end: int | None = None  # None: it still runs when the history ends
    outcome: str = ""  # returned, raised, stopped; killed: its node vanished; empty: still running
    result: str | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that was done to the cluster. `all_down`: nobody could have acted meanwhile."""

    kind: str
    start: int
    end: int
    node: str | None = None
    all_down: bool = False


@dataclass(frozen=True, slots=True)
class Bounds:
    """What is promised, in microseconds."""

    prompt: int = 1 * SECOND  # from the slot to the start, while nothing is wrong
    lease: int = 15 * SECOND
    detect: int = 4 * SECOND  # from the end of a lease to the recovery
    replace: int = 2 * SECOND  # from there to the next start
    heal: int = 5 * SECOND  # from the first slot after all faults to its start
    edge: int = 2 * SECOND  # slots this near to an edit may go either way
    closing: int = 120 * SECOND  # windows this near to the end are not judged


@dataclass(frozen=True)
class History:
    """All that the checker is given. `epoch` is the wall time of elapsed 0."""

    wanted: Sequence[Wanted]
    rows: Sequence[RunRow]
    traces: Sequence[Trace]
    faults: Sequence[Fault] = ()
    jumps: Sequence[Jump] = ()
    epoch: int = 0
    end: int = 0  # elapsed
    bounds: Bounds = Bounds()
    at_rest: bool = True  # False: it ends in the middle of faults, so that nothing has to be over
    edits: Mapping[str, Sequence[int]] = field(default_factory=dict)  # other edges, by schedule
    lives: Sequence[Life] = ()  # of nodes; needed where schedules are placed or tasks missing
    kept: Sequence[Keeping] = ()  # schedules that nodes keep for themselves
    made: Mapping[int, int] = field(default_factory=dict)  # when the store really got a row, by run
    closed: Mapping[int, int] = field(default_factory=dict)  # and when it gave it its final state

    # ------------------------------------------------------------------- time

    def segments(self) -> Iterator[tuple[int, int, int]]:
        """Stretches of (start, end, offset of the wall clock)."""
        starts = [Jump(0, 0), *self.jumps]
        for one, after in zip(starts, [*starts[1:], None], strict=True):
            yield one.at, (after.at if after else 2**62), one.offset

    def reached(self, wall: int, after: int = 0) -> int:
        """The first elapsed instant from `after` on at which the wall clock showed that time, or
        a later one.
        """
        for start, end, offset in self.segments():
            at = max(start, after, wall - self.epoch - offset)
            if at < end:
                return at
        raise AssertionError("the last segment has no end")

    def elapsed(self, wall: int, near: int) -> int:
        """The elapsed instant at which the wall clock showed that time, the nearest to `near`."""
        found = [
            at
            for start, end, offset in self.segments()
            if start <= (at := wall - self.epoch - offset) < end
        ]
        return min(found, key=lambda at: abs(at - near), default=self.reached(wall))

    # ----------------------------------------------------------------- windows

    def slots(self, one: Wanted) -> Iterator[tuple[int, int, Version]]:
        """Every slot of a schedule: its wall time, when it was reached, and the version then."""
        highest = self.epoch + self.end + max((jump.offset for jump in self.jumps), default=0)
        highest = max(highest, self.epoch + self.end)
        for version, after in zip(one.versions, [*one.versions[1:], None], strict=True):
            rule = (
                version.trigger if version.trigger is not None else self.rule_before(one, version)
            )
            if rule is None:
                continue
            # While a change is being made a slot is the old rule's or the new one's.
            until = max(after.since, after.sure or 0) if after else self.end + 1
            low = self.epoch + version.since + min(0, *(jump.offset for jump in self.jumps), 0)
            for due in trigger(rule).instants(low - 1, anchor=one.created, seed=one.name):
                at = self.reached(due)
                if due > highest or at >= until:
                    break
                if at > version.since:
                    yield due, at, version

    @staticmethod
    def rule_before(one: Wanted, version: Version) -> str | None:
        """The rule whose slots a pause skips: that of the version before it."""
        rule = None
        for other in one.versions:
            if other is version:
                return rule
            rule = other.trigger or rule
        return None


class Weather:
    """When something was wrong, and when it was over."""

    def __init__(self, spans: Iterable[Span]) -> None:
        merged: list[Span] = []
        for span in sorted(spans, key=lambda span: span.start):
            if merged and span.start <= merged[-1].end:
                merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
            else:
                merged.append(span)
        self.spans = merged
        self.starts = [span.start for span in merged]

    def at(self, moment: int) -> Span | None:
        """The bad stretch that covers a moment."""
        place = bisect_right(self.starts, moment) - 1
        if place >= 0 and moment <= self.spans[place].end:
            return self.spans[place]
        return None

    def touches(self, start: int, end: int) -> bool:
        """Whether anything was wrong between two moments."""
        place = bisect_right(self.starts, end) - 1
        return place >= 0 and self.spans[place].end >= start

    def deadline(self, moment: int, allowed: int) -> int:
        """When that must have happened which takes `allowed` in good weather."""
        deadline = moment + allowed
        if (bad := self.at(moment)) is not None:
            deadline = bad.end + allowed
        while (bad := self.at(deadline)) is not None:
            deadline = bad.end + allowed
        return deadline
