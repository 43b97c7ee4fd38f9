"""A member of the simulated cluster: the real machine, writer and keeper on the virtual time.

The threads of production are events here. What a thread does between two waits is one event, and
the waits have random lengths.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import cast

from rota.engine.attempts.outbox import Outbox
from rota.engine.keeper import Keeper
from rota.engine.machine import Machine
from rota.engine.messages import (
    Changed,
    Effect,
    Ended,
    Happening,
    Interrupt,
    Kept,
    Moment,
    Start,
    Stop,
    Stopped,
    Work,
    Write,
)
from rota.engine.roles.terms import Terms
from rota.engine.upkeep.janitor import Janitor
from rota.engine.upkeep.rezoning import Rezoning
from rota.engine.writer import Writer
from rota.errors import RotaError
from rota.instants import MILLISECOND, SECOND
from rota.ports.records import Json, NodeRow
from rota.ports.store import Store
from rota.rules.endings import Outcome
from rota.rules.leases import Lease
from rota.rules.local import Local
from rota.stores.memory import MemoryStore
from rota.testing.history import Keeping, Span
from rota.testing.simulation.code import Behaviour, Running, Traces
from rota.testing.simulation.link import Link, Trouble
from rota.testing.simulation.world import LocalClock, World
from rota.testing.simulation.zones import RELEASES, rules

__all__ = ("Member",)

TICK = 2 * SECOND  # between rounds of the keeper; half of it in production
LOOK = 2 * SECOND  # between looks for what others changed; an eighth of it in production
AGAIN = 1 * SECOND  # between tries to join
OBEYS = 300 * MILLISECOND  # a task that is asked to stop does so within
HURRY = 2 * MILLISECOND  # a thread wakes up within
STOP = 10 * SECOND
FAR = 2**62
STALL = (10 * SECOND, 20 * SECOND)


class Member:
    """One place for a node: it comes, goes, dies and comes back."""

    def __init__(
        self,
        label: str,
        world: World,
        store: MemoryStore,
        tasks: Mapping[str, tuple[Json, Behaviour]],
        traces: Traces,
        *,
        slots: int,
        lease: Lease,
        changed: Callable[[], None],
        log: Callable[[str, int, int, str], None],
        own: tuple[tuple[str, str, int, int], ...] = (),
        zones: tuple[str, ...] = (),
    ) -> None:
        self.label = label
        self.world = world
        self.store = store
        self.tasks = tasks
        self.traces = traces
        self.slots = slots
        self.lease = lease
        self.changed = changed  # tells the cluster that this member's state is another
        self.log = log  # writes a fault down
        self.own = own  # schedules that it keeps for itself: name, task, period, delay
        self.zones = zones  # whose rules it has with each release of the zone data
        self.release = 0  # which one it is started with next
        self.knows = 0  # which one it runs with
        self.names: dict[str, int] = {}  # and which one it had under each of its names
        self.kept: list[Keeping] = []
        self.forgotten: frozenset[str] = frozenset()  # tasks that its release has lost
        self.trouble = Trouble()
        self.life = 0  # grows with every birth and death: what belongs to an older one is void
        self.up = False
        self.frozen_until = 0

    @property
    def able(self) -> bool:
        """Whether it could act now."""
        return self.up and not self.trouble.cut and self.frozen_until <= self.world.time

    # -------------------------------------------------------------- life and death

    def start(self) -> None:
        """Join, as soon as the store answers; one that is up stays as it is."""
        if not self.up:
            self.life += 1
            self.join(self.life)

    def join(self, life: int) -> None:
        if life != self.life:
            return
        world = self.world
        self.writer_clock, self.keeper_clock = LocalClock(world), LocalClock(world)
        writing = cast(Store, Link(self.store, world, self.trouble, self.writer_clock))
        keeping = cast(Store, Link(self.store, world, self.trouble, self.keeper_clock))
        tasks = {
            task: policies for task, (policies, _) in self.tasks.items()
            if task not in self.forgotten
        }  # fmt: skip
        began = Moment(world.now(), world.boot())
        odd = int(self.label[-1:].isdecimal() and self.label[-1]) % 2
        row = NodeRow(
            "", self.label, 1, "0", tasks=tuple(tasks), started=began.wall,
            machine=f"{self.label}~1", labels=("odd",) if odd else ("even",),
        )  # fmt: skip
        try:
            row = writing.join(row, self.lease.length)
        except RotaError:
            self.later(AGAIN, lambda: self.join(life))
            return
        self.up = True
        self.mail: list[Happening] = []
        self.running: dict[tuple[int, int], Running] = {}
        self.awake = -1  # when the next step is due
        self.name = row.name
        self.machine = Machine(
            row.name, tasks, slots=self.slots, lease=self.lease, random=world.random.random,
            started=began,
        )  # fmt: skip
        self.writer = Writer(writing, self.writer_clock, Outbox(), tuple(tasks), self.posted)
        self.writer.node = row.name
        self.keeper = Keeper(
            keeping, self.keeper_clock, row, self.lease,
            Janitor(keeping, lambda task: tasks.get(task, {})), self.posted, self.renamed,
            lambda: None, Terms(keeping, self.keeper_clock, self.lease),
        )  # fmt: skip
        self.later(world.between(0, TICK), self.tick)
        self.later(world.between(0, LOOK), self.look)
        if self.zones:
            self.knows = self.release
            self.names[row.name] = self.knows
            self.later(world.between(0, TICK), self.rezone)
        self.keep_own()
        self.wake(0)
        self.changed()

    def keep_own(self) -> None:
        """Begin to keep schedules for itself, as soon as it is awake."""
        now = max(self.world.time, self.frozen_until)
        for name, task, period, delay in self.own:
            self.mail.append(Kept(name, task, Local(period, delay)))
            self.kept.append(Keeping(name, self.label, period, delay, now, FAR))

    def keeps_no_more(self) -> None:
        now = self.world.time
        self.kept = [replace(one, end=min(one.end, now)) for one in self.kept]

    def all_kept(self) -> list[Keeping]:
        """All that it ever kept; what goes on ends now."""
        self.keeps_no_more()
        return self.kept

    def crash(self, *, in_order: bool = False) -> None:
        """Vanish: whatever it was about to do never happens."""
        self.life += 1
        if self.up:
            for running in self.running.values():
                self.traces.end(running, (in_order and running.asked) or "killed")
        self.up = False
        self.frozen_until = 0
        self.keeps_no_more()
        self.changed()

    def freeze(self, length: int) -> None:
        """Stand still while the clocks go on, as under SIGSTOP."""
        end = self.world.time + length
        self.log("pause", self.world.time, self.world.time, self.label)
        self.log("pause", end, end, self.label)
        self.frozen_until = max(self.frozen_until, self.world.time + length)
        still = Span(self.world.time, end)
        self.kept = [
            one if one.end < still.start else replace(one, still=(*one.still, still))
            for one in self.kept
        ]
        self.changed()
        self.world.at(self.frozen_until, self.changed)

    def leave(self) -> None:
        """Stop in order."""
        if self.up:
            self.keeps_no_more()
            self.post(Stop(self.world.time + STOP))

    def later(self, wait: int, do: Callable[[], None]) -> None:
        """Do something in this life, unless it ends before; not while frozen."""
        life = self.life

        def when_awake() -> None:
            if life != self.life:
                return
            if self.frozen_until > self.world.time:
                self.world.at(self.frozen_until, when_awake)
            elif self.zones:
                with rules(self.zones[self.knows]):
                    do()
            else:
                do()

        self.world.after(wait, when_awake)

    def rezone(self) -> None:
        """The look at the zone rules after a start."""
        self.keeper_clock.around(0, 0)
        store, version = self.keeper.store, RELEASES[self.knows]
        moved = lambda: self.post(Changed())  # noqa: E731
        try:
            Rezoning(store, self.keeper_clock, version, self.name, moved).look()
        except RotaError:
            self.later(AGAIN, self.rezone)

    # ------------------------------------------------------------------ dispatcher

    def post(self, happening: Happening) -> None:
        self.mail.append(happening)
        self.wake(self.world.between(0, HURRY))

    def wake(self, wait: int) -> None:
        time = self.world.time + wait
        if 0 <= self.awake <= time:
            return
        self.awake = time

        def step() -> None:
            if self.awake == time:
                self.awake = -1
                self.step()

        self.later(wait, step)

    def step(self) -> None:
        """One round of the dispatcher's thread."""
        happened, self.mail = self.mail, []
        moment = Moment(self.world.now(), self.world.boot())
        effects, sleep = self.machine.step(moment, happened)
        for effect in effects:
            self.perform(effect)
        self.wake(sleep + self.world.between(0, HURRY) if sleep else HURRY)

    def perform(self, effect: Effect) -> None:
        match effect:
            case Write(work):
                self.call(self.writer_clock, lambda: self.write(work))
            case Start():
                self.begin(effect)
            case Interrupt(run, reason):
                self.interrupt(run, reason)
            case Stopped():
                self.gone()

    def gone(self) -> None:
        """Everything is written down: give the lease back and go."""
        try:
            self.store.leave(self.name, self.world.now())
        finally:
            self.crash(in_order=True)
            self.world.after(AGAIN, self.start)

    # ---------------------------------------------------------------- store's calls

    def call(self, clock: LocalClock, do: Callable[[], None]) -> None:
        """One conversation with the store that takes a while: carried out at its beginning or at
        its end, for in between nobody can tell.
        """
        took = self.world.between(*self.trouble.delay)
        if self.world.chance(0.5):
            clock.around(0, took)
            self.arriving = took
            do()
            return

        def at_its_end() -> None:
            clock.around(-took, 0)
            self.arriving = 0
            do()

        self.later(took, at_its_end)

    def write(self, work: Work) -> None:
        """One batch of the writer's thread."""
        if self.world.chance(self.trouble.twice):
            self.writer.carry_out(work)
        answer = self.writer.carry_out(work)
        if self.writer.puzzled:
            raise AssertionError(f"the store refused a batch for no good reason: {work}")
        self.answer(answer)
        if self.world.chance(self.trouble.stall):
            self.freeze(self.world.between(*STALL))

    def look(self) -> None:
        """The writer's look between batches."""
        self.writer_clock.around(0, 0)
        self.arriving = 0
        self.writer.look()
        self.later(LOOK, self.look)

    def tick(self) -> None:
        """One round of the keeper's thread."""
        self.call(self.keeper_clock, self.keep)

    def keep(self) -> None:
        with suppress(RotaError):  # as in production: the machine knows how long the lease runs
            self.keeper.tick()
        self.later(self.arriving + TICK, self.tick)

    def posted(self, happening: Happening) -> None:
        """What a thread of the node says when its call has come back."""
        self.answer(happening)

    def answer(self, happening: Happening) -> None:
        if self.arriving:
            self.later(self.arriving, lambda: self.post(happening))
        else:
            self.post(happening)

    def renamed(self, name: str) -> None:
        def take_on() -> None:
            self.name = self.writer.node = name

        if self.arriving:
            self.later(self.arriving, take_on)
        else:
            take_on()

    arriving = 0  # how long the answer of the call under way takes to come

    # ------------------------------------------------------------------------ tasks

    def begin(self, start: Start) -> None:
        """Begin an attempt of a simulated task."""
        row = start.run
        behaviour = self.tasks[row.task][1]
        stubborn = self.world.chance(behaviour.stubborn)
        running = Running(row, self.traces.begin(row, self.label), stubborn)
        self.running[row.id, row.fence] = running
        outcome = behaviour.outcome(self.world, row)
        self.later(behaviour.duration(self.world), lambda: self.end(running, outcome))

    def interrupt(self, run: int, reason: str) -> None:
        for (key, _), running in list(self.running.items()):
            if key == run and running.asked is None:
                running.asked = reason
                if not running.stubborn:
                    self.obey(running)

    def obey(self, running: Running) -> None:
        stopped = Outcome("stopped")
        self.later(self.world.between(0, OBEYS), lambda: self.end(running, stopped))

    def end(self, running: Running, outcome: Outcome) -> None:
        """The code has ended, of itself or as it was asked."""
        if running.over:
            return
        running.over = True
        row = running.row
        del self.running[row.id, row.fence]
        how = running.asked if outcome.how == "stopped" and running.asked else outcome.how
        self.traces.end(running, how, outcome.result)
        self.post(Ended(row.id, row.fence, outcome, self.world.now()))
