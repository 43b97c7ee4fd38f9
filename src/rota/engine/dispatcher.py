"""The dispatcher: the thread that steps the machine and does no I/O.

It sleeps on a condition until the next due instant or until something happens, steps the machine,
and passes the effects on. A condition wakes within a fraction of a millisecond here; an event
loop's timer needs several times that and waits behind whatever the host does on its loop.

Ends of attempts come in crowds, where many were started together. The dispatcher lets a crowd
gather for a moment instead of being woken by each: every wake-up would take the interpreter from
attempts that are late already, and every batch of the writer costs a commit.
"""

from __future__ import annotations

import logging
from collections import deque
from threading import Condition, Event, Thread
from time import sleep

from rota.engine.machine import Machine
from rota.engine.messages import (
    Effect,
    Ended,
    Happening,
    Interrupt,
    Moment,
    Start,
    Stopped,
    Write,
    Written,
)
from rota.engine.runner import Runner
from rota.engine.writer import Writer
from rota.instants import MILLISECOND, SECOND
from rota.ports.clock import Clock

__all__ = ("Dispatcher",)

LINGER = 3 * MILLISECOND  # how long an end waits for others, while attempts run that may end soon
CROWD = 200  # so many ends wait for no more
BEHIND = 50 * MILLISECOND  # the same while attempts wait for others to end: no slot is idle then
MANY = 2_000
NAP = 600  # microseconds: so long before a start the dispatcher wakes, and sleeps once more
BRINK = 150  # so long before it, it sleeps no more

logger = logging.getLogger("rota")


class Dispatcher:
    """Drives one machine. `post` may be called from any thread."""

    def __init__(self, machine: Machine, clock: Clock) -> None:
        self.machine = machine
        self.clock = clock
        self.mail: deque[Happening] = deque()
        self.ends = 0  # how much of the mail is ends of attempts
        self.lingering = False
        self.wake = Condition()
        self.hearing = Condition()
        self.posted = 0  # what `tell` has said so far, and what of it the machine has taken in
        self.heard = 0
        self.stopped = Event()
        self.writer: Writer | None = None
        self.runner: Runner | None = None
        self.thread = Thread(target=self.run, name="rota-dispatcher", daemon=True)

    def start(self, writer: Writer, runner: Runner) -> None:
        """Begin, with those who carry out the effects."""
        self.writer, self.runner = writer, runner
        self.thread.start()

    def post(self, happening: Happening) -> None:
        """Tell the machine what happened."""
        with self.wake:
            self.mail.append(happening)
            if isinstance(happening, Ended):
                self.ends += 1
                if self.lingering and self.is_crowd():
                    return
            self.wake.notify()

    def is_crowd(self) -> bool:
        """Whether there is nothing in the mail but ends, and more of them are to be expected."""
        assert self.runner is not None
        if not 0 < self.ends == len(self.mail) < MANY or not self.runner.open:
            return False
        return self.ends < CROWD or self.runner.is_behind()

    def tell(self, happening: Happening, timeout: float) -> bool:
        """The same, and wait until the machine has taken it in; False if it takes longer."""
        with self.wake:
            self.mail.append(happening)
            ticket = self.posted = self.posted + 1
            self.wake.notify()
        with self.hearing:
            return self.hearing.wait_for(lambda: self.heard >= ticket, timeout)

    def run(self) -> None:
        """The thread's life: until everything is written down after a stop."""
        until = 0
        while not self.stopped.is_set():
            happened, heard = self.collect(until)
            try:
                until = self.step(happened)
            except Exception:  # a fault of ours must not end the node
                logger.exception("the scheduler met a fault of its own and goes on")
                self.machine.recover()
                until = self.clock.boot() + SECOND
            if heard != self.heard:
                with self.hearing:
                    self.heard = heard
                    self.hearing.notify_all()

    def collect(self, until: int) -> tuple[list[Happening], int]:
        """Wait until something happens, but no longer than until then (boot clock); what did."""
        with self.wake:
            self.doze(until)
            if self.is_crowd():
                self.linger(until)
            happened = list(self.mail)
            self.mail.clear()
            self.ends = 0
            return happened, self.posted

    def doze(self, until: int) -> None:
        """With `wake` held: sleep until then or until something happens.

        A sleep ends late by some tenths of a millisecond, the longer it was the later. So before a
        start the last bit of it is slept as a nap, and the last bit of that is none.
        """
        early, brink = (NAP, BRINK) if self.machine.holding.ready else (0, 0)
        while not self.mail and (rest := until - self.clock.boot()) > 0:
            if rest > brink:
                self.wake.wait((rest - (early if rest > early else brink)) / SECOND)
            else:
                sleep(0)  # lets other threads have the interpreter

    def linger(self, until: int) -> None:
        """With `wake` held: let a crowd of ends gather."""
        assert self.runner is not None
        self.lingering = True
        latest = min(until, self.clock.boot() + BEHIND)
        while (rest := min(LINGER, latest - self.clock.boot())) > 0:
            self.wake.wait(rest / SECOND)
            if not (self.is_crowd() and self.runner.is_behind()):
                break
        self.lingering = False

    def step(self, happened: list[Happening]) -> int:
        """Step the machine and do what it says; when it is to be stepped again (boot clock)."""
        moment = Moment(self.clock.now(), self.clock.boot())
        effects, rest = self.machine.step(moment, happened)
        assert self.runner is not None
        starts = [effect.run for effect in effects if isinstance(effect, Start)]
        if starts:
            self.runner.begin(starts)
        for effect in effects:
            self.perform(effect)
        for happening in happened:
            if isinstance(happening, Written):
                self.runner.prepare(
                    run for run in happening.answer.taken if run.not_before > moment.wall
                )
        return moment.boot + rest

    def perform(self, effect: Effect) -> None:
        assert self.writer is not None
        assert self.runner is not None
        match effect:
            case Write(work):
                self.writer.submit(work)
            case Start():
                pass  # all of a step have begun together
            case Interrupt(run, reason):
                self.runner.interrupt(run, reason)
            case Stopped():
                self.stopped.set()
