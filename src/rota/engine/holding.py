"""Holding: the runs that a node has taken, from the claim to the end that is written down. Pure.

Taken ahead, they wait for their start; begun, they may be asked to stop; asked, they have a
deadline; past it they are abandoned, which means recorded although their code still runs.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass

from rota.engine.ahead import FRESH
from rota.engine.messages import Effect, Ended, Interrupt, Moment, Start
from rota.engine.pace import MOMENT, Pace
from rota.engine.policies import Policies
from rota.instants import SECOND
from rota.ports.records import EventRow, Finish, RunRow
from rota.rules.catchup import PROMPT
from rota.rules.endings import Outcome, ending

__all__ = ("Holding", "Live")

GRACE = 5 * SECOND  # how long a run that is asked to stop may take before it is abandoned
FORCE = 2 * SECOND  # how long the end of a process by force may take
LET_GO = 5 * SECOND  # how long a client may take to withdraw what was let go of for it
FAR = 2**62


@dataclass(slots=True)
class Live:
    """An attempt that runs on this node."""

    run: RunRow
    policies: Policies
    claimed: int  # boot clock: when the batch that took it was handed to the writer
    ahead: bool  # it was taken before its time
    started: int | None = None  # wall clock; None: it has not begun
    started_boot: int = 0
    timeout_at: int | None = None  # boot clock
    asked: str | None = None  # why it was asked to stop
    abandon_at: int | None = None  # boot clock
    forced: bool = False  # its process was told to end it by force
    cost: int = 0  # of the slots' time, as it was guessed when it began


class Holding:
    """What this node has taken. `finishes` and `events` are what is to be written about it."""

    def __init__(
        self,
        node: str,
        slots: int,
        random: Callable[[], float],
        asynchronous: Set[str] = frozenset(),
    ) -> None:
        self.node = node
        self.random = random
        self.asynchronous = asynchronous  # tasks that are coroutines
        self.pace = Pace(slots)
        self.live: dict[int, Live] = {}
        self.abandoned: set[int] = set()  # runs whose code goes on after they were recorded
        self.ready: list[tuple[int, int, int]] = []  # a heap: start (wall), less priority, run
        self.let_go: dict[int, int] = {}  # runs that somebody here takes back: until when (boot)
        self.finishes: list[Finish] = []
        self.events: list[EventRow] = []
        self.next_edge = FAR  # boot clock: no run needs to be looked at before
        self.freed = False  # room was made: a run that waits might be taken
        self.full = False  # a run that is ready waits for a slot

    # ---------------------------------------------------------------- taking

    def room(self, boot: int) -> int:
        """How many more runs to take."""
        return max(0, self.pace.most(boot) - len(self.live) - len(self.abandoned))

    def take(self, run: RunRow, policies: Policies, claimed: Moment, *, ahead: bool) -> None:
        """Hold a run that the store has marked as running here, by a batch of that moment."""
        self.live[run.id] = Live(run, policies, claimed.boot, ahead)
        start = max(run.not_before, claimed.wall)
        heapq.heappush(self.ready, (start, -run.priority, run.id))

    def release(self, moment: Moment, effects: list[Effect], *, may_begin: bool) -> None:
        """Begin what was taken, whose time has come and for which there is a slot, if it still may
        be begun. What waits for a slot for longer than a moment waits in the store, for all nodes.
        """
        self.full = False
        while self.ready and self.ready[0][0] <= moment.wall:
            start, _, run = self.ready[0]
            live = self.live.get(run)
            if live is None or live.started is not None or live.run.not_before > moment.wall:
                heapq.heappop(self.ready)
                continue  # it was withdrawn or asked to stop
            old = live.ahead and moment.boot - live.claimed > FRESH
            fits = self.pace.fits(live.run.task, self.kind(live), len(self.abandoned))
            late = not fits and moment.wall - start >= MOMENT
            if not (old or late or fits) and may_begin:
                self.full = True
                break
            heapq.heappop(self.ready)
            if late:
                self.pace.waited()
            if old or late or not may_begin:
                self.give_back(live, moment)
            elif came_too_late(live, moment):
                self.refuse(live, "skipped", "too_late", moment)
            else:
                self.begin(live, moment, effects)

    def begin(self, live: Live, moment: Moment, effects: list[Effect]) -> None:
        """Hand a run to its executor."""
        live.started, live.started_boot = moment.wall, moment.boot
        live.cost = self.pace.cost(live.run.task)
        self.pace.begin(self.kind(live), live.cost)
        if live.policies.timeout is not None:
            live.timeout_at = moment.boot + live.policies.timeout
            self.next_edge = min(self.next_edge, live.timeout_at)
        effects.append(Start(live.run))

    def kind(self, live: Live) -> str:
        """The executor of a run."""
        return live.policies.place(asynchronous=live.run.task in self.asynchronous)

    def forget(self, live: Live) -> None:
        """An attempt is no longer held."""
        del self.live[live.run.id]
        if live.started is not None:
            self.pace.leave(self.kind(live), live.cost)

    def give_back(self, live: Live, moment: Moment) -> None:
        """Put a run that was taken and has not begun back into the queue."""
        del self.live[live.run.id]
        self.finishes.append(
            Finish(
                live.run.id, live.run.fence, "queued", moment.wall,
                not_before=live.run.not_before, uncount=True,
            )
        )  # fmt: skip
        self.freed = True

    def refuse(self, live: Live, state: str, reason: str, moment: Moment) -> None:
        """End a run that was taken and never begins."""
        run, fence = live.run.id, live.run.fence
        del self.live[run]
        self.finishes.append(Finish(run, fence, state, moment.wall, reason=reason, uncount=True))
        self.freed = True

    def drop_unbegun(self, schedule: str, moment: Moment) -> None:
        """Let go of the launches of a schedule that have not begun, for somebody who is about to
        take them back in the store. If that comes to nothing they are ours again in a while.
        """
        for run, live in list(self.live.items()):
            if live.run.schedule == schedule and live.started is None and live.run.kind == "slot":
                del self.live[run]
                self.let_go[run] = moment.boot + LET_GO

    def ended(self, ended: Ended, moment: Moment) -> RunRow | None:
        """Record the end of an attempt; its run, or None if that is not ours to end any more."""
        live = self.live.get(ended.run)
        if live is None or live.run.fence != ended.fence:
            self.abandoned.discard(ended.run)
            self.freed = True
            return None
        self.forget(live)
        took = moment.boot - live.started_boot if ended.took is None else ended.took
        self.pace.learn(live.run.task, took, moment.boot)
        self.record(live, ended.outcome, ended.finished)
        return live.run

    def record(self, live: Live, outcome: Outcome, finished: int) -> None:
        """Put the end of an attempt down for the next batch."""
        run, policies = live.run, live.policies
        end = ending(
            outcome, live.asked, attempt=run.attempt, retries=policies.retries,
            backoff=policies.backoff, idempotent=run.idempotent, fraction=self.random(),
        )  # fmt: skip
        self.finishes.append(
            Finish(
                run.id, run.fence, end.state, finished, live.started,
                reason=end.reason, result=outcome.result, error=outcome.error,
                not_before=finished + end.wait, uncount=end.uncount, abandoned=outcome.abandoned,
                remove_schedule=policies.delete_after_last_run,
            )
        )  # fmt: skip
        if end.state in ("failed", "retrying"):
            self.events.append(failure(run, end.state, end.reason, outcome, self.node, finished))

    def ask(
        self, run: int, reason: str, moment: Moment, abandon_at: int, effects: list[Effect]
    ) -> None:
        """Ask a run to stop, once; a later reason does not replace the first. One that has not
        begun never does. “state/reason” takes back a launch if it has not begun.
        """
        live = self.live[run]
        state, slash, why = reason.partition("/")
        if slash and live.started is None:
            self.refuse(live, state, why, moment)
        elif slash:
            return  # launches were taken back that have not begun; this one has
        elif live.started is None:
            self.give_back(live, moment)  # a run that is asked to stop does not wait: it ends
        elif live.asked is None:
            live.asked, live.abandon_at = reason, abandon_at
            self.next_edge = min(self.next_edge, abandon_at)
            effects.append(Interrupt(run, reason))

    def lose(self, node: str, effects: list[Effect]) -> None:
        """The lease is lost, and with it every run; the node goes on under another name."""
        for run, live in self.live.items():
            if live.started is not None:
                self.pace.leave(self.kind(live), live.cost)
                effects.append(Interrupt(run, "lost"))
                if live.policies.executor == "process":
                    effects.append(Interrupt(run, "lost"))  # at once: others may run it again
                self.abandoned.add(run)
        self.live.clear()
        self.node = node

    def stop(self, deadline: int, moment: Moment, effects: list[Effect]) -> None:
        """Ask everything to stop by a deadline (boot clock)."""
        for run, live in list(self.live.items()):
            self.ask(run, "shutdown", moment, deadline, effects)
            live.abandon_at = min(live.abandon_at or deadline, deadline)
        self.next_edge = min(self.next_edge, deadline)

    def watch_time(self, moment: Moment, effects: list[Effect]) -> None:
        """Ask runs that take too long to stop; abandon those that do not obey."""
        if moment.boot < self.next_edge:
            return
        for run, live in list(self.live.items()):
            if live.asked is None and live.timeout_at is not None:
                if moment.boot >= live.timeout_at:
                    self.ask(run, "timeout", moment, moment.boot + GRACE, effects)
            elif live.abandon_at is not None and moment.boot >= live.abandon_at:
                if live.policies.executor == "process" and not live.forced:
                    live.forced, live.abandon_at = True, moment.boot + FORCE
                    effects.append(Interrupt(run, live.asked or ""))
                    continue
                self.forget(live)
                self.abandoned.add(run)
                self.record(live, Outcome("stopped", abandoned=True), moment.wall)
        edges = (one.abandon_at if one.asked else one.timeout_at for one in self.live.values())
        self.next_edge = min((edge for edge in edges if edge is not None), default=FAR)

    def compare(
        self,
        held: tuple[tuple[int, int, str | None], ...],
        moment: Moment,
        effects: list[Effect],
        *,
        ending: Iterable[int] = (),
    ) -> None:
        """Hold what runs here against what the store says runs here, but for what is `ending`."""
        there = {run: (fence, reason) for run, fence, reason in held}
        for run, live in list(self.live.items()):
            fence, reason = there.pop(run, (0, None))
            if fence != live.run.fence and live.started is None:
                del self.live[run]  # it was withdrawn
            elif reason is not None:
                self.ask(run, reason, moment, moment.boot + GRACE, effects)
        self.let_go = {run: until for run, until in self.let_go.items() if until > moment.boot}
        ours = self.abandoned.union(self.let_go, ending, (finish.run for finish in self.finishes))
        for run, (fence, _) in there.items():
            if run not in ours:  # it was taken by a batch whose answer never came
                self.finishes.append(Finish(run, fence, "queued", moment.wall, uncount=True))
                self.freed = True

    def rest(self, moment: Moment) -> int:
        """How many microseconds until something may have to be done about a run."""
        rest = self.next_edge - moment.boot
        if not self.ready:
            return rest
        wait = MOMENT if self.full else 0  # for a slot; an end is told at once
        return min(rest, self.ready[0][0] + wait - moment.wall)


def came_too_late(live: Live, moment: Moment) -> bool:
    """Whether a slot waited for its turn for longer than its grace allows a start to be late.

    What is decided in time and starts within `PROMPT` is on time, however short the grace: a store
    that takes a second for a commit does not turn every slot into a skip.
    """
    run, grace = live.run, live.policies.grace
    if grace is None or run.kind != "slot" or run.attempt > 1:
        return False
    return moment.wall - max(run.due, run.not_before) > max(grace, PROMPT)


def failure(
    run: RunRow, state: str, reason: str | None, outcome: Outcome, node: str, time: int
) -> EventRow:
    """The event log's line about an attempt that failed."""
    text = outcome.result or (outcome.error or "").strip().rpartition("\n")[2] or str(reason)
    tail = "; it will be tried again" if state == "retrying" else ""
    return EventRow(
        time, "error", f"run.{state}", f"{run.schedule or run.task} failed: {text}{tail}",
        schedule=run.schedule, run=run.id, node=node,
    )  # fmt: skip
