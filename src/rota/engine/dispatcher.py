"""The dispatcher: the thread that steps the machine and does no I/O.

It sleeps on a condition until the next due instant or until something happens, steps the machine,
and passes the effects on. A condition wakes within a fraction of a millisecond here; an event
loop's timer needs several times that and waits behind whatever the host does on its loop.
"""

from __future__ import annotations

import logging
from collections import deque
from threading import Condition, Event, Thread

from rota.engine.machine import Machine
from rota.engine.messages import (
    Effect,
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
from rota.instants import SECOND
from rota.ports.clock import Clock

__all__ = ("Dispatcher",)

logger = logging.getLogger("rota")


class Dispatcher:
    """Drives one machine. `post` may be called from any thread."""

    def __init__(self, machine: Machine, clock: Clock) -> None:
        self.machine = machine
        self.clock = clock
        self.mail: deque[Happening] = deque()
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
            self.wake.notify()

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
        sleep = 0
        while not self.stopped.is_set():
            with self.wake:
                if not self.mail and sleep > 0:
                    self.wake.wait(sleep / SECOND)
                happened = list(self.mail)
                self.mail.clear()
                heard = self.posted
            try:
                sleep = self.step(happened)
            except Exception:  # a fault of ours must not end the node
                logger.exception("the scheduler met a fault of its own and goes on")
                self.machine.recover()
                sleep = SECOND
            if heard != self.heard:
                with self.hearing:
                    self.heard = heard
                    self.hearing.notify_all()

    def step(self, happened: list[Happening]) -> int:
        moment = Moment(self.clock.now(), self.clock.boot())
        effects, sleep = self.machine.step(moment, happened)
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
        return sleep

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
