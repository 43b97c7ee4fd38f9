"""The machine: what a node does, decided without a clock, a thread or a store.

`step(moment, happenings)` takes what happened since the last step and returns effects and how long
nothing needs to be done. Two threads drive it in production (`dispatcher.py`, `writer.py`); tests
drive the same machine by hand.

What it keeps: a look-ahead of schedules, the attempts that run here, the ends that are not yet
written down. At most one batch is with the writer at any time, so a slow store makes batches
larger, not more numerous. Nothing is started before its launch and its claim are durable, and
nothing is started on a lease that is no longer trusted.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rota.engine.deciding import decide
from rota.engine.lookahead import WINDOW, LookAhead
from rota.engine.messages import (
    Changed,
    Effect,
    Ended,
    Happening,
    Interrupt,
    LeaseLost,
    Moment,
    Renewed,
    Start,
    Stop,
    Stopped,
    Unwritten,
    Work,
    Write,
    Written,
)
from rota.engine.policies import Policies, resolve
from rota.errors import RotaError
from rota.instants import MILLISECOND, SECOND
from rota.ports.records import Decision, EventRow, Finish, Json, RunRow, ScheduleRow
from rota.rules.endings import Outcome, ending
from rota.rules.leases import Lease
from rota.rules.states import WAITING

__all__ = ("BATCH", "GRACE", "LONGEST_SLEEP", "Machine")

BATCH = 500  # decisions or ends in one transaction
FIRST_BATCH = 50  # the first batch of a burst is small, so that its runs start early
LONGEST_SLEEP = 1 * SECOND
DRAIN = 100 * MILLISECOND
GRACE = 5 * SECOND  # how long a run that is asked to stop may take before it is abandoned
QUARANTINE = 3_600 * SECOND  # how long a schedule that cannot be decided is left alone
BACKOFF = (100 * MILLISECOND, 5 * SECOND)  # between tries while the store does not answer


@dataclass(slots=True)
class Live:
    """An attempt that runs on this node."""

    run: RunRow
    policies: Policies
    timeout_at: int | None  # boot clock
    asked: str | None = None  # why it was asked to stop
    abandon_at: int | None = None  # boot clock


class Machine:
    """One node's decisions.

    `node` is its name in the store, `tasks` its tasks with their default policies, `slots` how many
    runs it executes at once, `random` a source of fractions between 0 and 1.
    """

    def __init__(
        self,
        node: str,
        tasks: Mapping[str, Json],
        *,
        slots: int,
        lease: Lease,
        random: Callable[[], float],
        started: Moment,
    ) -> None:
        self.node = node
        self.tasks = tasks
        self.slots = slots
        self.lease = lease
        self.random = random
        self.started = started.wall
        self.trusted_until = lease.trusted_until(started.boot)
        self.look_ahead = LookAhead()
        self.live: dict[int, Live] = {}
        self.abandoned: set[int] = set()  # runs whose code goes on after they were recorded
        self.ends: deque[int] = deque(maxlen=BATCH)  # boot clock: when the latest attempts ended
        self.finishes: list[Finish] = []
        self.events: list[EventRow] = []
        self.quarantined: dict[str, tuple[int, int]] = {}  # name: version, until (boot)
        self.writing: Work | None = None
        self.failures = 0
        self.retry_at = 0  # boot clock
        self.reload = True
        self.waiting = True  # runs may be waiting that could be taken now
        self.look_again = 0  # wall: when a waiting run may be started
        self.burst = False
        self.stopping: int | None = None  # boot clock: the deadline
        self.stopped = False
        self.decides = True  # False: it only takes runs that wait
        self.launched = 0  # launches and skipped slots since the start
        self.skipped = 0

    # ------------------------------------------------------------------ step

    def step(
        self, moment: Moment, happenings: Sequence[Happening] = ()
    ) -> tuple[list[Effect], int]:
        """Take in what happened; say what to do, and for how many microseconds to sleep at most."""
        effects: list[Effect] = []
        for happening in happenings:
            self.absorb(happening, moment, effects)
        self.watch_time(moment, effects)
        self.write(moment, effects)
        if self.is_done() and not self.stopped:
            self.stopped = True
            effects.append(Stopped())
        return effects, self.sleep(moment)

    def absorb(self, happening: Happening, moment: Moment, effects: list[Effect]) -> None:
        match happening:
            case Written():
                self.absorb_written(happening, moment, effects)
            case Unwritten():
                self.absorb_unwritten(happening, moment)
            case Ended():
                self.absorb_ended(happening, moment)
            case Changed():
                self.reload = True
                self.waiting = True
            case Renewed(began):
                self.trusted_until = self.lease.trusted_until(began)
            case LeaseLost(node):
                self.absorb_lost(node, moment, effects)
            case Stop(deadline):
                self.absorb_stop(deadline, moment, effects)

    # -------------------------------------------------------------- answers

    def absorb_written(self, written: Written, moment: Moment, effects: list[Effect]) -> None:
        work, answer = written.work, written.answer
        self.writing = None
        if self.failures:
            self.failures = 0
            self.reload = True
            self.log(moment, "info", "store.back", "The store answers again.")
        self.absorb_decided(work, written, moment)
        if answer.loaded is not None:
            known = [row for row in answer.loaded if row.task in self.tasks]
            fit = [row for row in known if self.is_fit(row, moment)]
            self.look_ahead.load(fit, answer.loaded_through, whole=answer.loaded_whole)
        for row in answer.awaiting:
            if row.task in self.tasks and self.is_fit(row, moment):
                self.look_ahead.put(row)
        self.absorb_taken(work, written, moment, effects)
        for run, reason in answer.cancelling:
            self.ask(run, reason, moment.boot + GRACE, effects)

    def absorb_decided(self, work: Work, written: Written, moment: Moment) -> None:
        by_name = {decision.name: decision for decision in work.decisions}
        for decided in written.answer.decided:
            if decided.stale:
                self.look_ahead.drop(decided.name)
                self.reload = True
            else:
                self.look_ahead.moved(by_name[decided.name])
                self.launched += len(decided.launched)
                self.skipped += sum(skip.count for skip in decided.skipped)
        for name, error in written.answer.poisoned:
            self.quarantine(name, by_name[name].version, error, moment)

    def absorb_taken(
        self, work: Work, written: Written, moment: Moment, effects: list[Effect]
    ) -> None:
        answer = written.answer
        if work.take:
            self.waiting = len(answer.taken) == work.take
            self.look_at(answer.next_start, moment)
        else:
            self.waiting = self.waiting or any(decided.launched for decided in answer.decided)
            for finish in work.finishes:
                if finish.state in WAITING:
                    soonest = min(finish.not_before, self.look_again or finish.not_before)
                    self.look_at(soonest, moment)
        for run in answer.taken:
            if moment.boot > self.trusted_until or self.stopping is not None:
                self.finishes.append(Finish(run.id, run.fence, "queued", moment.wall, uncount=True))
                continue
            policies = resolve(self.tasks.get(run.task, {}), run.policies)
            limit = None if policies.timeout is None else moment.boot + policies.timeout
            self.live[run.id] = Live(run, policies, limit)
            effects.append(Start(run))

    def look_at(self, soonest: int | None, moment: Moment) -> None:
        """Look for waiting runs at that instant. One that is due and yet waits is held back by a
        limit that may end at any time, so it is looked for now and then.
        """
        if soonest is None:
            self.look_again = 0
        else:
            self.look_again = soonest if soonest > moment.wall else moment.wall + LONGEST_SLEEP

    def absorb_unwritten(self, unwritten: Unwritten, moment: Moment) -> None:
        work = unwritten.work
        self.writing = None
        self.finishes[:0] = work.finishes
        self.events[:0] = work.events
        self.reload = self.waiting = True
        first, longest = BACKOFF
        self.retry_at = moment.boot + min(longest, first << min(self.failures, 16))
        if not self.failures:
            self.log(moment, "error", "store.lost", f"The store does not answer: {unwritten.error}")
        self.failures += 1

    # ----------------------------------------------------------------- runs

    def absorb_ended(self, ended: Ended, moment: Moment) -> None:
        live = self.live.get(ended.run)
        if live is None or live.run.fence != ended.fence:
            self.abandoned.discard(ended.run)
            self.waiting = True
            return
        del self.live[ended.run]
        self.ends.append(moment.boot)
        self.record(live, ended.outcome, ended.finished)

    def record(self, live: Live, outcome: Outcome, finished: int) -> None:
        """Put the end of an attempt down for the next batch."""
        run, policies = live.run, live.policies
        end = ending(
            outcome, live.asked, attempt=run.attempt, retries=policies.retries,
            backoff=policies.backoff, idempotent=run.idempotent, fraction=self.random(),
        )  # fmt: skip
        self.finishes.append(
            Finish(
                run.id, run.fence, end.state, finished,
                reason=end.reason, result=outcome.result, error=outcome.error,
                not_before=finished + end.wait, uncount=end.uncount, abandoned=outcome.abandoned,
                remove_schedule=policies.delete_after_last_run,
            )
        )  # fmt: skip
        if end.state in ("failed", "retrying"):
            self.events.append(failure(run, end.state, end.reason, outcome, self.node, finished))
        if self.look_again:
            self.waiting = True  # the end of a run may make room for one that is held back

    def ask(self, run: int, reason: str, abandon_at: int, effects: list[Effect]) -> None:
        """Ask a run to stop, once; a later reason does not replace the first."""
        live = self.live.get(run)
        if live is not None and live.asked is None:
            live.asked, live.abandon_at = reason, abandon_at
            effects.append(Interrupt(run, reason))

    def absorb_lost(self, node: str, moment: Moment, effects: list[Effect]) -> None:
        for run in list(self.live):
            self.ask(run, "lost", moment.boot, effects)
            self.abandoned.add(run)
            del self.live[run]
        self.node = node
        self.trusted_until = self.lease.trusted_until(moment.boot)
        self.reload = self.waiting = True

    def absorb_stop(self, deadline: int, moment: Moment, effects: list[Effect]) -> None:
        self.stopping = deadline if self.stopping is None else min(self.stopping, deadline)
        for run, live in self.live.items():
            self.ask(run, "shutdown", self.stopping, effects)
            live.abandon_at = min(live.abandon_at or self.stopping, self.stopping)

    def watch_time(self, moment: Moment, effects: list[Effect]) -> None:
        for run, live in list(self.live.items()):
            if live.asked is None and live.timeout_at is not None:
                if moment.boot >= live.timeout_at:
                    self.ask(run, "timeout", moment.boot + GRACE, effects)
            elif live.abandon_at is not None and moment.boot >= live.abandon_at:
                del self.live[run]
                self.abandoned.add(run)
                self.record(live, Outcome("stopped", abandoned=True), moment.wall)

    # -------------------------------------------------------------- writing

    def write(self, moment: Moment, effects: list[Effect]) -> None:
        """Put together the next batch, unless one is under way or the store needs a rest."""
        if self.writing is not None or (self.failures and moment.boot < self.retry_at):
            return
        decisions = self.decisions(moment)
        finishes = tuple(self.finishes[:BATCH])
        work = Work(
            finishes,
            decisions,
            tuple(self.events),
            take=self.free(moment, decisions),
            load_until=moment.wall + WINDOW if self.needs_load(moment) else None,
        )
        if not work:
            return
        del self.finishes[: len(finishes)]
        self.events.clear()
        self.reload = False if work.load_until else self.reload
        self.writing = work
        effects.append(Write(work))

    def decisions(self, moment: Moment) -> tuple[Decision, ...]:
        if not self.decides or self.stopping is not None or moment.boot > self.trusted_until:
            return ()
        rows = self.look_ahead.due(moment.wall, BATCH if self.burst else FIRST_BATCH)
        self.burst = len(rows) >= FIRST_BATCH
        decisions = []
        for row in rows:
            policies = resolve(self.tasks.get(row.task, {}), row.policies)
            try:
                decisions.append(decide(row, moment.wall, policies, node_started=self.started))
            except RotaError as error:
                self.quarantine(row.name, row.version, str(error), moment)
        return tuple(decisions)

    def free(self, moment: Moment, decisions: tuple[Decision, ...]) -> int:
        """How many runs to take: none if nothing can be waiting or nothing may be started."""
        if self.stopping is not None or moment.boot > self.trusted_until:
            return 0
        due = self.look_again and moment.wall >= self.look_again
        if not (self.waiting or due or any(decision.launches for decision in decisions)):
            return 0
        held = len(self.live) + len(self.abandoned)
        return max(0, max(self.slots, self.drained(moment)) - held)

    def drained(self, moment: Moment) -> int:
        """How many attempts ended here in the last moments, up to a batch: with runs that short,
        taking only as many as there are slots would wait for the store most of the time.
        """
        while self.ends and self.ends[0] < moment.boot - DRAIN:
            self.ends.popleft()
        return len(self.ends)

    def needs_load(self, moment: Moment) -> bool:
        return self.stopping is None and (self.reload or self.look_ahead.is_short(moment.wall))

    # ------------------------------------------------------------ the rest

    def quarantine(self, name: str, version: int, error: str, moment: Moment) -> None:
        """Leave a schedule that cannot be decided alone for an hour, or until it is edited."""
        self.look_ahead.drop(name)
        self.quarantined[name] = (version, moment.boot + QUARANTINE)
        self.log(moment, "error", "schedule.invalid", f"{name} cannot be scheduled: {error}", name)

    def is_fit(self, row: ScheduleRow, moment: Moment) -> bool:
        version, until = self.quarantined.get(row.name, (0, 0))
        return version != row.version or moment.boot >= until

    def log(
        self, moment: Moment, level: str, kind: str, text: str, schedule: str | None = None
    ) -> None:
        self.events.append(
            EventRow(moment.wall, level, kind, text, schedule=schedule, node=self.node)
        )

    def is_done(self) -> bool:
        return self.stopping is not None and not (
            self.live or self.finishes or self.events or self.writing
        )

    def is_idle(self, moment: Moment) -> bool:
        """Whether nothing runs, nothing is to be written, and nothing is due."""
        busy = self.live or self.finishes or self.events or self.writing or self.reload
        due = self.look_ahead.next() if self.decides else None
        held = self.look_again and self.look_again <= moment.wall
        return not (busy or self.waiting or held or (due is not None and due <= moment.wall))

    def recover(self) -> None:
        """After a fault of ours in a step: forget what was under way and read everything again."""
        self.writing = None
        self.reload = self.waiting = True

    def sleep(self, moment: Moment) -> int:
        """Microseconds until something may have to be done without anything happening."""
        if self.writing is not None:
            wake = [LONGEST_SLEEP]
        elif self.failures:
            wake = [LONGEST_SLEEP, self.retry_at - moment.boot]
        else:
            wake = [LONGEST_SLEEP]
            trusted = self.stopping is None and moment.boot <= self.trusted_until
            if trusted and (due := self.look_ahead.next()) is not None:
                wake.append(due - moment.wall)
            if trusted and self.look_again:
                wake.append(self.look_again - moment.wall)
        for live in self.live.values():
            edge = live.abandon_at if live.asked else live.timeout_at
            if edge is not None:
                wake.append(edge - moment.boot)
        return max(0, min(wake))


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
