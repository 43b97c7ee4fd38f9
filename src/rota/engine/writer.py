"""The writer: the thread that carries out the machine's batches, one at a time.

It is the only place where the engine waits for the store, so nothing that waits for it can delay a
claimed start. Between batches it flushes log lines and looks whether others changed something.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from threading import Condition, Thread

from rota.engine.ahead import AHEAD
from rota.engine.attempts.outbox import Outbox
from rota.engine.company import has_company
from rota.engine.messages import Answer, Changed, Happening, Looked, Unwritten, Work, Written
from rota.errors import RotaError, StoreRefused, Unreachable
from rota.instants import SECOND
from rota.ports.clock import Clock
from rota.ports.records import Decided, Decision, Finish, RunQuery, RunRow
from rota.ports.store import Store
from rota.rules.states import OPEN

__all__ = ("Writer",)

LOOK = 0.5  # seconds between looks for what others changed, while nothing else is to be done
FLUSH = 0.2  # seconds that a log line waits at most
AWAITING = 200
OUTAGE = (Unreachable, StoreRefused)  # what no piece of a batch can be blamed for

logger = logging.getLogger("rota")


class Writer:
    """Owns the engine's connection to the store (by being one thread)."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        outbox: Outbox,
        tasks: Sequence[str],
        post: Callable[[Happening], None],
    ) -> None:
        self.store = store
        self.clock = clock
        self.outbox = outbox
        self.tasks = tuple(tasks)
        self.post = post
        self.node = ""
        self.work: Work | None = None
        self.poked = False
        self.puzzled = False  # the last batch was refused for no reason that a store may have
        self.away = False  # the store did not take the last batch
        self.stopping = False
        self.seen = 0
        self.looked = 0  # boot clock
        self.wake = Condition()
        self.thread = Thread(target=self.run, name="rota-writer", daemon=True)

    def start(self) -> None:
        """Begin."""
        self.thread.start()

    def submit(self, work: Work) -> None:
        """Carry out a batch; the answer comes back as a happening."""
        with self.wake:
            self.work = work
            self.wake.notify()

    def poke(self) -> None:
        """Somebody in this process changed something: look now."""
        with self.wake:
            self.poked = True
            self.wake.notify()

    def stop(self) -> None:
        """End after what is under way."""
        with self.wake:
            self.stopping = True
            self.wake.notify()

    def run(self) -> None:
        """The thread's life."""
        while True:
            with self.wake:
                if not (self.work or self.poked or self.stopping):
                    self.wake.wait(FLUSH if self.outbox else self.rest())
                work, self.work, self.poked = self.work, None, False
                if self.stopping and work is None:
                    break
            if work is not None:
                self.post(self.carry_out(work))
            if work is None or self.rest() < LOOK / 2:  # no wake-up for its own sake
                self.look()
        self.flush()

    def rest(self) -> float:
        """Seconds until the next look is due."""
        return max(0.0, LOOK - (self.clock.boot() - self.looked) / SECOND)

    # --------------------------------------------------------------- batches

    def carry_out(self, work: Work) -> Happening:
        try:
            answer = self.whole_or_pieces(work)
            if self.away:
                logger.warning("the store answers again")
            self.away = False
            return Written(work, answer)
        except Exception as error:  # noqa: BLE001  whatever it is, the batch is kept and tried again
            why = " ".join(str(error).split())[:500]
            if not self.away:  # once, for an outage may be long
                logger.warning("the store is away; results are kept until it is back: %s", why)
            self.away = True
            return Unwritten(work, why)

    def whole_or_pieces(self, work: Work) -> Answer:
        try:
            answer = self.together(work)
        except OUTAGE:
            raise
        except Exception:
            if not self.puzzled:  # once, not for every try
                logger.exception("a batch was refused by the store; trying it piece by piece")
            self.puzzled = True
            return self.piece_by_piece(work)
        self.puzzled = False
        return answer

    def together(self, work: Work) -> Answer:
        """The whole batch as one transaction, then what the machine wants to read."""
        now = self.clock.now()
        progress, lines = self.outbox.drain() if work.finishes else ([], [])
        try:
            with self.store.transaction():
                if progress or lines:
                    self.store.report(progress, lines)
                finished = self.store.finish(work.finishes, now) if work.finishes else []
                if work.events:
                    self.store.add_events(work.events)
                decided = self.decide(work, work.decisions, now) if work.decisions else []
                for new in work.asks:
                    self.store.add_run(new, now)
                taken = [*claimed(decided), *self.take(work, now)]
        except BaseException:
            self.outbox.put_back(progress, lines)
            raise
        done = Answer(tuple(finished), tuple(decided), taken=tuple(taken), at=now)
        return self.read(work, done)

    def decide(self, work: Work, decisions: Sequence[Decision], now: int) -> list[Decided]:
        """Without waiting for who holds one of the schedules: the others would wait with it."""
        claim = (self.node, work.claim) if work.claim else ()
        return self.store.decide(decisions, now, *claim, patient=False)

    def take(self, work: Work, now: int) -> list[RunRow]:
        if not work.take:
            return []
        return self.store.take(self.node, self.tasks, work.take, now, AHEAD)

    def read(self, work: Work, done: Answer) -> Answer:
        """Add to the answer what the batch asked to read."""
        if work.take:
            done = replace(done, next_start=self.store.next_start(self.tasks, self.node))
        if work.finishes or work.load_until is not None:
            done = replace(done, awaiting=tuple(self.store.awaiting(AWAITING)))
        if work.load_until is not None:
            rows = self.store.upcoming(work.load_until, work.load_most, self.tasks)
            whole = len(rows) < work.load_most
            done = replace(
                done, loaded=tuple(rows), loaded_whole=whole,
                loaded_through=work.load_until if whole else (rows[-1].next_due or 0),
                held=tuple(self.store.held(self.node)), company=has_company(self.store, self.node),
            )  # fmt: skip
        if work.look:
            done = replace(done, looked=tuple(self.look_at(name) for name in work.look))
        return done

    def look_at(self, name: str) -> Looked:
        """How a schedule stands that this node keeps for itself."""
        row = self.store.schedule(name)
        if row is None:
            return Looked(name, False, ())
        opened = row.running + row.queued
        runs = self.store.runs(RunQuery(schedule=name, states=OPEN)) if opened else []
        return Looked(name, row.paused or not row.enabled, tuple(run.target for run in runs))

    def piece_by_piece(self, work: Work) -> Answer:
        """Every piece in a transaction of its own, so that a poisoned one harms only itself."""
        now = self.clock.now()
        finished = [self.finish_alone(finish, now) for finish in work.finishes]
        decided: list[Decided] = []
        poisoned: list[tuple[str, str]] = []
        for decision in work.decisions:
            try:
                decided += self.decide(work, [decision], now)
            except OUTAGE:
                raise
            except Exception as error:  # noqa: BLE001  one poisoned row harms only itself
                poisoned.append((decision.name, f"{type(error).__name__}: {error}"[:500]))
        if work.events:
            self.store.add_events(work.events)
        for new in work.asks:
            self.store.add_run(new, now)
        taken = (*claimed(decided), *self.take(work, now))
        done = Answer(tuple(finished), tuple(decided), tuple(poisoned), taken, at=now)
        return self.read(work, done)

    def finish_alone(self, finish: Finish, now: int) -> bool | None:
        try:
            return self.store.finish([finish], now)[0]
        except OUTAGE:
            raise
        except Exception:
            logger.exception("the end of run %d could not be written", finish.run)
            return False

    # ------------------------------------------------------------- between

    def look(self) -> None:
        """Flush what runs have said, and see whether somebody else changed something."""
        self.looked = self.clock.boot()
        self.flush()
        try:
            seen = self.store.changes()
        except RotaError:
            return  # the next batch will say it
        if seen != self.seen:
            self.seen = seen
            self.post(Changed())

    def flush(self) -> None:
        """Write log lines and progress, if the store answers."""
        if not self.outbox:
            return
        progress, lines = self.outbox.drain()
        try:
            self.store.report(progress, lines)
        except RotaError:
            self.outbox.put_back(progress, lines)
        except Exception:
            logger.exception("%d log lines could not be stored and are dropped", len(lines))


def claimed(decided: Sequence[Decided]) -> list[RunRow]:
    """The runs that were taken as they were launched."""
    return [run for one in decided for run in one.taken]
