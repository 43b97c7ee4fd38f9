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

from collections.abc import Callable, Mapping, Sequence, Set

from rota.engine.ahead import AHEAD, ALONG
from rota.engine.barred import Barred
from rota.engine.deciding import decide
from rota.engine.holding import GRACE, Holding
from rota.engine.locals import Locals
from rota.engine.lookahead import WINDOW, LookAhead, needed
from rota.engine.messages import (
    AskedToStop,
    Changed,
    Effect,
    Ended,
    Happening,
    LeaseLost,
    Moment,
    NotKept,
    Renewed,
    Stop,
    Stopped,
    Unwritten,
    Withdrawn,
    Work,
    Write,
    Written,
)
from rota.engine.policies import Policies, resolve
from rota.errors import RotaError
from rota.instants import MILLISECOND, SECOND
from rota.ports.records import (
    Decided,
    Decision,
    EventRow,
    Finish,
    Json,
    NewRun,
    RunRow,
    ScheduleRow,
)
from rota.rules.leases import Lease
from rota.rules.states import WAITING

__all__ = ("BATCH", "LONGEST_SLEEP", "Machine")

BATCH = 500  # decisions or ends in one transaction
FIRST_BATCH = 50  # the first batch of a burst is small, so that its runs start early
FEW = 20  # slots that may come along with ends: to decide a crowd would delay starts that are late
LONGEST_SLEEP = 1 * SECOND
QUARANTINE = 3_600 * SECOND  # how long a schedule that cannot be decided is left alone
BARRED = "{} is in the hands of another transaction, and its slots wait until that ends"
BACKOFF = (100 * MILLISECOND, 3 * SECOND)  # between tries while the store does not answer


class Machine:
    """One node's decisions.

    `node` is its name in the store, `tasks` its tasks with their default policies, `slots` how many
    runs it executes at once, `random` a source of fractions between 0 and 1; `asynchronous` names
    the tasks that are coroutines.
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
        asynchronous: Set[str] = frozenset(),
    ) -> None:
        self.tasks = tasks
        self.plain = {task: resolve(defaults, {}) for task, defaults in tasks.items()}
        self.lease = lease
        self.started = started.wall
        self.trusted_until = lease.trusted_until(started.boot)
        self.look_ahead = LookAhead()
        self.holding = Holding(node, slots, random, asynchronous)
        self.locals = Locals(node)
        self.barred = Barred()
        self.early: dict[str, int] = {}  # schedules whose next slot cannot be decided ahead
        self.quarantined: dict[str, tuple[int, int]] = {}  # name: version, until (boot)
        self.writing: Work | None = None
        self.submitted = started  # when that was handed over
        self.failures = 0
        self.retry_at = 0  # boot clock
        self.reload = True
        self.waiting = True  # runs may be waiting that could be taken now
        self.look_again = 0  # wall: when a waiting run may be started
        self.burst = False
        self.stopping: int | None = None  # boot clock: the deadline
        self.stopped = False
        self.decides = True  # False: it only takes runs that wait
        self.along = ALONG  # how far ahead launches come along with ends; 0: none do
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
        self.holding.release(moment, effects, may_begin=self.may_begin(moment))
        self.holding.watch_time(moment, effects)
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
            case Withdrawn(schedule):
                self.holding.drop_unbegun(schedule, moment)
            case Renewed(began):
                self.trusted_until = self.lease.trusted_until(began)
            case LeaseLost(node):
                self.holding.lose(node, effects)
                self.locals.renamed(node, moment)
                self.trusted_until = self.lease.trusted_until(moment.boot)
                self.reload = self.waiting = True
            case Stop(deadline):
                self.stopping = min(self.stopping or deadline, deadline)
                self.holding.stop(self.stopping, moment, effects)
            case AskedToStop(name, reason):
                self.ask_local(name, reason, moment, effects)
            case NotKept(name):
                self.ask_local(name, "shutdown", moment, effects)
                self.locals.tell(happening, moment)
            case _:
                self.locals.tell(happening, moment)

    def ask_local(self, name: str, reason: str, moment: Moment, effects: list[Effect]) -> None:
        """Ask the attempt of a schedule that this node keeps for itself to stop."""
        run = self.locals.running(name)
        if run in self.holding.live:
            self.holding.ask(run, reason, moment, moment.boot + GRACE, effects)

    def may_begin(self, moment: Moment) -> bool:
        """Whether anything may be decided, taken or begun."""
        return self.stopping is None and moment.boot <= self.trusted_until

    def absorb_ended(self, ended: Ended, moment: Moment) -> None:
        self.locals.ended(ended, moment)
        run = self.holding.ended(ended, moment)
        if run is not None:
            self.early.pop(run.schedule or "", None)
            if self.look_again:
                self.waiting = True  # there may be room now for one that is held back

    # -------------------------------------------------------------- answers

    def absorb_written(self, written: Written, moment: Moment, effects: list[Effect]) -> None:
        work, answer = written.work, written.answer
        self.writing = None
        if self.failures:
            self.failures = 0
            self.reload = True
            self.log(moment, "info", "store.back", "The store answers again.")
        for finish, said in zip(work.finishes, answer.finished, strict=False):
            if said is None:
                self.barred.put_off(finish, moment.boot)
        self.absorb_decided(work, written, moment)
        if answer.company is not None:
            self.holding.pace.alone = not answer.company
        if answer.loaded is not None:
            fit = [row for row in answer.loaded if self.is_fit(row, moment)]
            self.look_ahead.load(
                fit, answer.loaded_through, moment.wall, whole=answer.loaded_whole,
                left=len(answer.loaded) - len(fit),
            )  # fmt: skip
        for row in answer.awaiting:
            if row.task in self.tasks and self.is_fit(row, moment):
                self.look_ahead.put(row)
        self.absorb_taken(work, written, moment)
        self.locals.written(work, answer, moment)
        if answer.held is not None:
            ends = (finish.run for _, finish in self.barred.ends)
            self.holding.compare(answer.held, moment, effects, ending=ends)
            self.locals.compare({*self.holding.live, *self.holding.abandoned})

    def absorb_decided(self, work: Work, written: Written, moment: Moment) -> None:
        by_name = {decision.name: decision for decision in work.decisions}
        for decided in written.answer.decided:
            decision = by_name[decided.name]
            if not decided.barred:
                self.barred.free(decided.name)
            if decided.barred:
                self.look_ahead.drop(decided.name)
                if self.barred.bar(decided.name, moment.boot):
                    self.log(moment, "warning", "schedule.barred", BARRED.format(decided.name),
                             decided.name)  # fmt: skip
            elif decided.stale:
                self.look_ahead.drop(decided.name)
                self.reload = True
            elif decided.early:
                self.early[decided.name] = decision.seen_due or 0
            else:
                self.early.pop(decided.name, None)
                self.look_ahead.moved(decision)
                if decision.awaits_end and not decided.launched:
                    self.reload = True  # if it found no node it goes on without awaiting an end
                self.launched += len(decided.launched)
                self.skipped += sum(skip.count for skip in decided.skipped)
        for name, error in written.answer.poisoned:
            self.quarantine(name, by_name[name].version, error, moment)

    def absorb_taken(self, work: Work, written: Written, moment: Moment) -> None:
        answer = written.answer
        if work.take:
            self.waiting = len(answer.taken) == work.take
            self.look_at(answer.next_start, answer.at, moment)
        else:
            self.waiting = self.waiting or any(map(leaves_work, answer.decided))
            for finish in work.finishes:
                if finish.state in WAITING:
                    start = answer.at if finish.not_before is None else finish.not_before
                    soonest = min(start, self.look_again or start)
                    self.look_at(soonest, answer.at, moment)
        for run in answer.taken:
            if run.node != self.holding.node:
                continue  # taken under a name whose lease is lost: it was recovered as lost
            policies = self.policies(run)
            ahead = run.not_before > answer.at
            self.holding.take(run, policies, self.submitted, ahead=ahead)

    def look_at(self, soonest: int | None, looked: int, moment: Moment) -> None:
        """Look for waiting runs at that instant. One that could have been taken at the last look
        and yet waits is held back by a limit that may end at any time: look now and then.
        """
        if soonest is None:
            self.look_again = 0
        else:
            free = soonest > looked + AHEAD
            self.look_again = soonest - AHEAD if free else moment.wall + LONGEST_SLEEP

    def absorb_unwritten(self, unwritten: Unwritten, moment: Moment) -> None:
        work = unwritten.work
        self.writing = None
        self.locals.unwritten(work)
        self.holding.finishes[:0] = work.finishes
        self.holding.events[:0] = work.events
        self.reload = self.waiting = True
        first, longest = BACKOFF
        self.retry_at = moment.boot + min(longest, first << min(self.failures, 16))
        if not self.failures:
            self.log(moment, "error", "store.lost", f"The store does not answer: {unwritten.error}")
        self.failures += 1

    # -------------------------------------------------------------- writing

    def write(self, moment: Moment, effects: list[Effect]) -> None:
        """Put together the next batch, unless one is under way or the store needs a rest."""
        if self.writing is not None or (self.failures and moment.boot < self.retry_at):
            return
        again, ends = self.barred.due(moment.boot)
        self.reload = self.reload or again
        self.holding.finishes += ends
        finishes = tuple(self.holding.finishes[:BATCH])
        asks = self.asks(moment)
        decisions, claim = self.launches(moment, finishes, free=not asks)
        load = self.needs_load(moment, len(decisions))
        work = Work(
            finishes,
            decisions,
            tuple(self.holding.events),
            asks,
            take=0 if claim else self.free(moment, decisions, asks),
            claim=claim,
            load_until=moment.wall + WINDOW if load else None,
            load_most=self.look_ahead.most,
            look=self.locals.look(whole=load),
        )
        if not work:
            return
        del self.holding.finishes[: len(finishes)]
        self.holding.events.clear()
        self.reload = False if work.load_until else self.reload
        self.writing, self.submitted = work, moment
        effects.append(Write(work))

    def launches(
        self, moment: Moment, finishes: tuple[Finish, ...], *, free: bool
    ) -> tuple[tuple[Decision, ...], int]:
        """The decisions of a batch, and how far ahead its launches are taken as they are written;
        0: they wait to be taken. A few that can be claimed come along with ends of a node that is
        alone.
        """
        soon = moment.wall + self.along
        along = self.along and finishes and self.holding.pace.alone
        if free and along and self.look_ahead.are_few(soon, FEW):
            decisions = self.decisions(moment, self.along)
            if self.may_claim(moment, decisions, finishes):
                return decisions, self.along
        decisions = self.decisions(moment, AHEAD)
        return decisions, AHEAD if free and self.may_claim(moment, decisions, finishes) else 0

    def decisions(self, moment: Moment, ahead: int) -> tuple[Decision, ...]:
        if not (self.decides and self.may_begin(moment)):
            return ()
        rows = self.look_ahead.due(moment.wall + ahead, BATCH if self.burst else FIRST_BATCH)
        self.burst = len(rows) >= FIRST_BATCH
        decisions = []
        for row in rows:
            if self.opens(row, ahead) > moment.wall:
                continue
            policies = self.policies(row)
            try:
                decisions.append(decide(row, moment.wall, policies, node_started=self.started))
            except RotaError as error:
                self.quarantine(row.name, row.version, str(error), moment)
        return tuple(decisions)

    def asks(self, moment: Moment) -> tuple[NewRun, ...]:
        """The runs of this node's own schedules that are due, as many as can be started."""
        most = self.holding.room(moment.boot) if self.may_begin(moment) else 0
        return self.locals.asks(moment, most) if most else ()

    def may_claim(
        self, moment: Moment, decisions: tuple[Decision, ...], finishes: tuple[Finish, ...]
    ) -> bool:
        """Whether the launches may be taken as they are written: nothing waits, as far as this node
        has seen, that would go before one of them, and there is room for all.
        """
        launches = [new for decision in decisions for new in decision.launches]
        if not 0 < len(launches) <= self.holding.room(moment.boot):
            return False
        if not all(map(is_free, launches)):
            return False
        seen = self.waiting or self.look_again or self.holding.freed
        return not (seen or any(finish.state in WAITING for finish in finishes))

    def free(
        self, moment: Moment, decisions: tuple[Decision, ...], asks: tuple[NewRun, ...]
    ) -> int:
        """How many runs to take: none if nothing can be waiting or nothing may be started."""
        self.waiting = self.waiting or self.holding.freed
        self.holding.freed = False
        due = 0 < self.look_again <= moment.wall
        wanted = (
            self.waiting or due or bool(asks) or any(decision.launches for decision in decisions)
        )
        if not wanted or not self.may_begin(moment):
            return 0
        return min(BATCH, self.holding.room(moment.boot))

    def opens(self, row: ScheduleRow, ahead: int = AHEAD) -> int:
        """From when on a schedule can be decided: ahead of its slot if nothing is in the way."""
        when = needed(row)
        if row.next_due is None or row.paused or self.early.get(row.name) == row.next_due:
            return when
        return when - ahead

    def needs_load(self, moment: Moment, leaving: int) -> bool:
        short = self.look_ahead.is_short(moment.wall, leaving)
        return self.stopping is None and (self.reload or short)

    # ------------------------------------------------------------ the rest

    def policies(self, row: ScheduleRow | RunRow) -> Policies:
        """The task's defaults with the schedule's overrides."""
        if not row.policies and row.task in self.plain:
            return self.plain[row.task]
        return resolve(self.tasks.get(row.task, {}), row.policies)

    def quarantine(self, name: str, version: int, error: str, moment: Moment) -> None:
        """Leave a schedule that cannot be decided alone for an hour, or until it is edited."""
        self.look_ahead.drop(name)
        self.quarantined[name] = (version, moment.boot + QUARANTINE)
        self.log(moment, "error", "schedule.invalid", f"{name} cannot be scheduled: {error}", name)

    def is_fit(self, row: ScheduleRow, moment: Moment) -> bool:
        version, until = self.quarantined.get(row.name, (0, 0))
        if self.barred.has(row.name, moment.boot):
            return False
        return version != row.version or moment.boot >= until

    def log(
        self, moment: Moment, level: str, kind: str, text: str, schedule: str | None = None
    ) -> None:
        self.holding.events.append(
            EventRow(moment.wall, level, kind, text, schedule=schedule, node=self.holding.node)
        )

    def is_done(self) -> bool:
        return self.stopping is not None and not (
            self.holding.live or self.holding.finishes or self.holding.events or self.writing
            or self.barred.ends
        )  # fmt: skip

    def is_idle(self, moment: Moment) -> bool:
        """Whether nothing runs, nothing is to be written, and nothing is due."""
        busy = (
            self.holding.live
            or self.holding.finishes
            or self.holding.events
            or self.writing
            or self.reload
            or self.barred.ends
        )
        first = self.look_ahead.first() if self.decides else None
        due = first is not None and needed(first) <= moment.wall
        return not (busy or self.waiting or due or 0 < self.look_again <= moment.wall)

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
            trusted = self.may_begin(moment)
            if trusted and self.decides and (first := self.look_ahead.first()) is not None:
                wake.append(self.opens(first) - moment.wall)
            if trusted and self.look_again:
                wake.append(self.look_again - moment.wall)
            if trusted and self.holding.room(moment.boot):
                wake.append(self.locals.rest(moment))
        wake += (self.holding.rest(moment), self.barred.next() - moment.boot)
        return max(0, min(wake))


def is_free(new: NewRun) -> bool:
    """Whether a launch goes to no certain node, and no count over all nodes may hold it back."""
    return new.placement == "one" and not new.target and new.task_room is None and not new.unique


def leaves_work(decided: Decided) -> bool:
    """Whether runs may be waiting after it: its own, or those of a node that decided it before."""
    return decided.stale or len(decided.launched) > len(decided.taken)
