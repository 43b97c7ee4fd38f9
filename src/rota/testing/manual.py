"""A node driven by hand: an application's schedules and tasks in virtual time, for its own tests.

It is the node of production without its threads: the same machine, the same batches, the same
runner, on a memory store of its own and a clock that moves when told. A month takes as long as its
tasks do.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context as Variables
from datetime import datetime, timedelta
from random import Random
from types import TracebackType
from typing import Any, Self

from rota.app import Rota
from rota.engine.client.itemize import run_item
from rota.engine.client.items import RunItem
from rota.engine.lookahead import needed
from rota.engine.messages import Moment, Withdrawn
from rota.engine.schedules.settling import settle
from rota.engine.upkeep.missing import EVERY
from rota.errors import Refused
from rota.instants import SECOND, from_datetime, to_datetime
from rota.ports.executor import Attempt
from rota.ports.records import RunQuery, RunRow, ScheduleRow
from rota.stores.memory import MemoryStore
from rota.testing.clock import START, SettableClock

__all__ = ("ManualNode",)

MOST = 1_000_000  # steps of one `advance`: a mistake ends with a sentence instead of never
LOOKED = 10_000  # schedules that are asked for when they are due


class ManualNode:
    """The given application as a node that acts when it is told to, until it is closed.

    `start` is the time at which it begins, an aware datetime (2026-03-01 00:00 UTC unless said).
    Whatever database the application names is left alone: a memory store takes its place until
    `close`. Tasks are really called, on the calling thread, one after another; what they raise
    becomes a failed run, as in production. `clock` is one that the test has already. `Refused`
    where the application is a node already.

    >>> from rota import Rota, every
    >>> rota = Rota("sqlite:///shop.db")
    >>> @rota.task("shop.sweep", schedule=every("1h"))
    ... def sweep() -> str:
    ...     return "swept"
    >>> with ManualNode(rota) as node:
    ...     done = node.advance(days=30)
    >>> len(done), done[-1].result, done[-1].due.isoformat()
    (720, 'swept', '2026-03-31T00:00:00+00:00')
    """

    def __init__(
        self, rota: Rota, start: datetime | None = None, *, clock: SettableClock | None = None
    ) -> None:
        if rota.running:
            raise Refused("this application is a node already", part="rota",
                          hint="stop it, or leave the test's lifespan out")  # fmt: skip
        rota.local.check()
        if clock is None:
            clock = SettableClock(START if start is None else from_datetime(start))
        elif start is not None:
            clock.step_wall((from_datetime(start) - clock.now()) / SECOND)
        self.rota = rota
        self.clock = clock
        self.store = MemoryStore(clock)
        self.store.open(rota.app)
        self.busy = False
        self.before = replaced(rota, self)
        try:
            settle(rota.context, update=True)
            rota.local.settle()
            self.hand = Hand(rota)
        except BaseException:
            restore(rota, self.before)
            raise
        rota.node = self.node = self.hand.node
        self.node.machine.along = 0  # of what lies ahead there is no run yet
        rota.local.attach(self.node)
        rota.main.is_main = True  # alone on its machine
        self.node.runner.capture.install()
        self.settle()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the application its own clock and database back. Twice is once."""
        if self.before:
            self.node.runner.capture.uninstall()
            self.rota.local.detach()
            self.rota.local.ended()
            self.rota.main.is_main = False
            restore(self.rota, self.before)
            self.before = {}

    # ---------------------------------------------------------------- reading

    @property
    def now(self) -> datetime:
        """The virtual time, as an aware UTC datetime."""
        return to_datetime(self.clock.now())

    @property
    def runs(self) -> list[RunItem]:
        """All runs so far, oldest first; `skips` are not among them. Nothing is ever pruned."""
        return [run_item(row) for row in self.history() if row.state != "skipped"]

    @property
    def skips(self) -> list[RunItem]:
        """What was skipped, and why, oldest first; consecutive slots are one item."""
        return [run_item(row) for row in self.history() if row.state == "skipped"]

    def history(self) -> Iterator[RunRow]:
        found: list[RunRow] = []
        query = RunQuery(limit=1_000)
        while page := self.store.runs(query):
            found += page
            query = RunQuery(limit=1_000, before=page[-1].id)
        return reversed(found)

    # ----------------------------------------------------------------- acting

    def advance(
        self, by: timedelta | None = None, *, days: float = 0, hours: float = 0, minutes: float = 0,
        seconds: float = 0,
    ) -> list[RunItem]:  # fmt: skip
        """Let time pass, and everything happen that is due in it, each at its own instant. Returns
        the runs that began, in order, as they stand at the end. The amounts are added up.
        """
        step = (by or timedelta()) + timedelta(
            days=days, hours=hours, minutes=minutes, seconds=seconds
        )
        return self.advance_to(self.now + step)

    def advance_to(self, moment: datetime) -> list[RunItem]:
        """The same, until a moment, an aware datetime; `Refused` if it is past."""
        target = from_datetime(moment)
        if target < self.clock.now():
            raise Refused("time does not go back", part="moment", text=str(moment),
                          hint="use node.clock.step_wall() to set the wall clock")  # fmt: skip
        began = len(self.hand.began)
        for _ in range(MOST):
            self.settle()
            now = self.clock.now()
            if now >= target:
                break
            self.clock.advance((self.next_instant(now, target) - now) / SECOND)
        else:
            raise Refused(f"more than {MOST:,} steps until then", part="moment", text=str(moment),
                          hint="advance less at a time")  # fmt: skip
        rows = map(self.store.run, dict.fromkeys(self.hand.began[began:]))
        return [run_item(row) for row in rows if row is not None]

    def miss(
        self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0
    ) -> list[RunItem]:  # fmt: skip
        """Let time pass without the node, as if it were down, then let it catch up at once.
        Returns the runs that began.
        """
        gone = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        self.clock.advance(gone.total_seconds())
        return self.advance()

    def run_now(self, name: str, parameters: Mapping[str, object] | None = None) -> RunItem:
        """Run a schedule or a task of that name at once, and return how it ended. Parameters stand
        in for the schedule's own. `UnknownSchedule`, or `BadParameters` where they do not fit.
        """
        item = self.rota.schedules.run(name, None if parameters is None else dict(parameters))
        self.settle()
        return self.rota.runs.get(item.id)

    def settle(self) -> None:
        """Do all that is to be done at this instant; time stands still unless a task moves it."""
        if self.busy:
            raise Refused("a task cannot drive the node that runs it", part="node",
                          hint="move node.clock to let time pass within a task")  # fmt: skip
        self.busy = True
        try:
            self.node.keeper.missing.round(self.node.name, self.clock.now())
            renewed = -1
            for _ in range(MOST):
                if renewed != self.clock.boot():  # the lease outlives every leap, also of a task
                    renewed = self.clock.boot()
                    self.node.keeper.renew(renewed)
                    self.node.keeper.elect()
                if not self.hand.act():
                    return
        finally:
            self.busy = False
        raise Refused(f"it does not come to rest in {MOST:,} steps", part="node",
                      hint="does a task start itself again and again?")  # fmt: skip

    def next_instant(self, now: int, target: int) -> int:
        """The next instant at which something may have to be done, or the target."""
        machine = self.node.machine
        found = [target]
        first = machine.look_ahead.first()
        if first is not None and needed(first) > now:
            found.append(needed(first))
        else:  # nothing in sight of the machine: the store sees farther
            rows = self.store.upcoming(target, LOOKED)
            found += [needed(row) for row in rows]
            if self.awaits_code(rows, now):
                found.append(now + EVERY)
        waiting = self.store.next_start(self.node.writer.tasks)
        found += [] if waiting is None else [waiting]
        found += [start for start, _, _ in machine.holding.ready[:1]]
        found.append(now + machine.locals.rest(Moment(now, self.clock.boot())))
        return min(instant for instant in found if instant > now)

    def awaits_code(self, rows: Sequence[ScheduleRow], now: int) -> bool:
        """Whether a slot that is due, or a run, waits for a node that knows its task."""
        known = self.node.keeper.missing.known()
        due = any(row.task not in known for row in rows if needed(row) <= now)
        return due or bool(self.store.unclaimed(known, 1))


class Hand:
    """Acts for the threads of a node that are never started."""

    def __init__(self, rota: Rota) -> None:
        self.began: list[int] = []
        self.queue: deque[Attempt] = deque()
        self.node = node = rota.make_node(None)
        node.runner.executors = dict.fromkeys(("loop", "thread", "process"), Inline(self.queue))
        # The waits of retries are the same every time.
        node.machine.holding.random = Random(0).random  # noqa: S311  no secret hangs on it
        node.dispatcher.writer, node.dispatcher.runner = node.writer, node.runner
        vars(node).update(withdraw=self.withdraw, stop=self.stop)
        self.dispatcher, self.writer = node.dispatcher, node.writer

    def act(self) -> bool:
        """Do one thing, if there is anything to do."""
        mail = self.dispatcher.mail
        happened = list(mail)
        mail.clear()
        self.dispatcher.step(happened)
        work, self.writer.work = self.writer.work, None
        if work is not None:
            mail.append(self.writer.carry_out(work))
        elif self.queue:
            self.run(self.queue.popleft())
        elif self.writer.poked:
            self.writer.poked = False
            self.writer.look()
        return bool(mail) or self.writer.poked or bool(self.queue)

    def run(self, attempt: Attempt) -> None:
        """Call an attempt to its end, in a context of its own."""
        self.began.append(attempt.key)
        if not in_loop():
            Variables().run(attempt.call)
            return
        with ThreadPoolExecutor(1) as aside:  # a coroutine cannot have its loop inside another's
            aside.submit(Variables().run, attempt.call).result()

    def withdraw(self, schedule: str) -> None:
        """Drop launches that have not begun."""
        self.dispatcher.step([Withdrawn(schedule)])

    def stop(self, timeout: float) -> None:
        """Nothing: a host's lifespan may end while the test goes on; `close` ends the node."""


class Inline:
    """An executor that keeps attempts until the hand calls them."""

    def __init__(self, queue: deque[Attempt]) -> None:
        self.queue = queue

    def start(self, attempt: Attempt) -> None:
        """Keep the attempt."""
        self.queue.append(attempt)

    def is_behind(self) -> bool:
        """Never: an attempt runs as it is started."""
        return False

    def start_all(self, attempts: Sequence[Attempt]) -> None:
        """Keep them all."""
        self.queue.extend(attempts)

    def cancel(self, key: int) -> None:
        """Nothing: an attempt that is asked to stop looks by itself."""

    def stop(self) -> None:
        """Nothing to let go of."""


def in_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def replaced(rota: Rota, manual: ManualNode) -> dict[str, Any]:
    """Put the node's clock and store in the place of the application's; returns what was there."""
    inside: Any = rota  # what is taken apart here belongs to the composition root
    context = inside.context
    before = {
        "clock": inside.clock, "store": inside.store, "node": inside.node,
        "context": {name: getattr(context, name) for name in ("clock", "store", "pause")},
    }  # fmt: skip
    inside.clock, inside.store = manual.clock, manual.store
    context.clock, context.store = manual.clock, manual.store
    context.pause = manual.clock.advance
    return before


def restore(rota: Rota, before: Mapping[str, Any]) -> None:
    """Undo `replaced`."""
    for name, value in before["context"].items():
        setattr(rota.context, name, value)
    for name in ("clock", "store", "node"):
        setattr(rota, name, before[name])
