"""A machine driven by hand: a real store, real batches, no threads, a settable clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from rota.engine.attempts.outbox import Outbox
from rota.engine.machine import Machine
from rota.engine.messages import Effect, Ended, Happening, Interrupt, Moment, Start, Stopped, Write
from rota.engine.schedules.saving import read_rule, start_row
from rota.engine.writer import Writer
from rota.instants import SECOND
from rota.ports.records import NodeRow, RunQuery, RunRow, ScheduleRow
from rota.ports.store import Store
from rota.rules.endings import Outcome
from rota.rules.leases import Lease
from rota.stores.memory import MemoryStore
from rota.testing.clock import SettableClock

HOST = NodeRow("", "host", 1, "0")


class Driven:
    """One node's machine, its store, and what it asked to be done."""

    def __init__(
        self,
        *tasks: str,
        slots: int = 10,
        make: Callable[[SettableClock], Store] = MemoryStore,
        beside: Driven | None = None,
        who: NodeRow = HOST,
        **policies: object,
    ) -> None:
        self.clock = SettableClock() if beside is None else beside.clock
        self.store = make(self.clock) if beside is None else beside.store
        self.store.open("test")
        self.join(tasks or ("t",), slots, policies, who)

    def join(
        self,
        tasks: tuple[str, ...],
        slots: int,
        policies: dict[str, object],
        who: NodeRow = HOST,
    ) -> None:
        row = self.store.join(replace(who, tasks=tasks), 15 * SECOND)
        self.machine = Machine(
            row.name, dict.fromkeys(tasks, policies), slots=slots, lease=Lease(),
            random=lambda: 1.0, started=self.moment,
        )  # fmt: skip
        self.writer = Writer(self.store, self.clock, Outbox(), tasks, lambda happening: None)
        self.writer.node = row.name
        self.started: list[RunRow] = []
        self.interrupted: list[tuple[int, str]] = []
        self.stopped = False
        self.broken = False  # the store does not answer

    @property
    def moment(self) -> Moment:
        return Moment(self.clock.now(), self.clock.boot())

    def add(self, name: str, rule: str, **fields: object) -> ScheduleRow:
        found = read_rule(rule, "UTC")
        row = ScheduleRow(name, "t", str(found), **fields)  # type: ignore[arg-type]
        added = self.store.add_schedule(start_row(row, found, self.clock.now()))
        assert added is not None
        return added

    def step(self, *happened: Happening) -> int:
        """Step until nothing is left to write; returns the sleep the machine asks for."""
        queue = list(happened)
        for _ in range(1_000):
            effects, sleep = self.machine.step(self.moment, queue)
            queue = [answer for effect in effects if (answer := self.perform(effect))]
            if not queue:
                return sleep
        raise AssertionError("the machine never comes to rest")

    def perform(self, effect: Effect) -> Happening | None:
        match effect:
            case Write(work):
                return self.writer.carry_out(work)
            case Start(run):
                self.started.append(run)
            case Interrupt(run, reason):
                self.interrupted.append((run, reason))
            case Stopped():
                self.stopped = True
        return None

    def end(self, run: RunRow, outcome: Outcome | None = None) -> None:
        how = outcome or Outcome("returned", result="done")
        self.step(Ended(run.id, run.fence, how, self.clock.now()))

    def renew(self) -> None:
        from rota.engine.messages import Renewed

        self.step(Renewed(self.clock.boot()))

    def advance(self, seconds: float) -> None:
        """Let time pass, with the lease held, and step."""
        self.clock.advance(seconds)
        self.renew()

    def runs(self, **query: object) -> list[RunRow]:
        """All runs and skips, oldest first."""
        return self.store.runs(RunQuery(limit=1_000, **query))[::-1]  # type: ignore[arg-type]
