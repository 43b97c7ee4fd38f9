"""The watchdog: notices that the event loop stands still, and says which line holds it.

Coroutines share the host's loop. One that blocks there (a `time.sleep`, a slow query without
`await`) blocks every other and the host's requests too, and nothing says so by itself. A thread of
ours asks the loop for a sign of life every second.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import sysconfig
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread, get_ident
from types import FrameType
from typing import Final, Protocol, runtime_checkable

from rota.engine.attempts.capture import Output
from rota.engine.attempts.taps import CURRENT
from rota.engine.tasks.bounded import clip
from rota.engine.tasks.run import Run
from rota.errors import RotaError
from rota.instants import SECOND
from rota.ports.clock import Clock
from rota.ports.records import EventRow

__all__ = ("Watchdog", "Watched")

EVERY: Final = 1 * SECOND
SLOW: Final = 2 * SECOND  # so long without a sign of life is worth a word
NAMED: Final = 5  # runs in one line
OURS: Final = str(Path(__file__).resolve().parents[2])
LIBRARIES: Final = tuple({sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")})
PACKAGES: Final = {"site-packages", "dist-packages"}

logger = logging.getLogger("rota")


@runtime_checkable
class Watched(Protocol):
    """A place with an event loop, and the asyncio tasks of its attempts by run."""

    loop: asyncio.AbstractEventLoop | None
    latest: dict[int, asyncio.Task[None]]


class Watchdog:
    """Watches one loop: a warning and an event once a blockage, another when it is over.

    `find` tells of an attempt that goes on, by its run; `note` writes into the event log.
    """

    def __init__(
        self,
        place: Watched,
        clock: Clock,
        find: Callable[[int], Run | None],
        note: Callable[[EventRow], None],
    ) -> None:
        self.place = place
        self.clock = clock
        self.find = find
        self.note = note
        self.number = 0  # of the latest question
        self.answered = 0  # the question that the loop answered last
        self.asked = 0  # boot clock: since when that question is open
        self.answer_at = 0  # boot clock
        self.looked = clock.boot()
        self.told = False  # the blockage has been reported
        self.ident: int | None = None  # the loop's thread
        self.stopping = Event()
        self.thread = Thread(target=self.run, name="rota-watchdog", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self.thread.start()

    def stop(self) -> None:
        """End, unless the store holds up the last word for long."""
        self.stopping.set()
        if self.thread.is_alive():
            self.thread.join(EVERY / SECOND)

    def run(self) -> None:
        """The thread's life."""
        while not self.stopping.wait(EVERY / SECOND):
            try:
                self.look()
            except Exception:
                logger.exception("the watchdog met a fault of its own and goes on")

    def look(self) -> None:
        """One look: ask the loop, or see what became of the last question."""
        loop, now = self.place.loop, self.clock.boot()
        asleep = now - self.looked > EVERY + SLOW  # this thread stood still too: the whole process
        self.looked = now
        if loop is None or loop.is_closed():
            self.answered, self.told = self.number, False
        elif self.answered == self.number:
            if self.told:
                self.told = False
                passed = (self.answer_at - self.asked) / SECOND
                self.say("info", "loop.free", f"The event loop answers again, after {passed:.1f} s")
            self.ask(loop, now)
        elif self.told:
            pass  # once a blockage
        elif asleep:
            self.asked = now
        elif now - self.asked >= SLOW:
            self.told = True
            self.report(loop, (now - self.asked) / SECOND)

    def ask(self, loop: asyncio.AbstractEventLoop, now: int) -> None:
        self.number += 1
        self.asked = now
        try:
            loop.call_soon_threadsafe(self.answer, self.number)
        except RuntimeError:  # it was closed meanwhile
            self.answered = self.number

    def answer(self, number: int) -> None:
        """On the loop: here I am."""
        self.ident = get_ident()
        self.answer_at = self.clock.boot()
        self.answered = number

    # ------------------------------------------------------------------ the report

    def report(self, loop: asyncio.AbstractEventLoop, passed: float) -> None:
        """Say which run holds the loop, or which ones wait for it, and where it stands."""
        holder = self.holder(loop)
        text = f"The event loop has not answered for {passed:.0f} s: "
        where = standing(self.ident or getattr(loop, "_thread_id", None))
        if holder is not None:
            text += f"run {holder.id} of {holder.task} holds it"
        else:
            text += "something that is no run holds it"
        text += f", at {where}"
        found = map(self.find, list(self.place.latest))
        waiting = [f"{run.id} of {run.task}" for run in found if run and run is not holder]
        if waiting:
            more = f" and {len(waiting) - NAMED} more" if len(waiting) > NAMED else ""
            text += f"; waiting for it: run {', '.join(waiting[:NAMED])}{more}"
        self.say("warning", "loop.blocked", text, holder)

    def holder(self, loop: asyncio.AbstractEventLoop) -> Run | None:
        """The run whose code the loop is in; None if it is the host's."""
        current = asyncio.current_task(loop)
        if current is None:
            return None
        for key, task in list(self.place.latest.items()):
            if task is current:
                return self.find(key)
        # A task that the run has made: it inherits its context (readable since Python 3.12).
        context = getattr(current, "get_context", None)
        output = context().get(CURRENT) if context is not None else None
        return self.find(output.run) if isinstance(output, Output) else None

    def say(self, level: str, kind: str, text: str, run: Run | None = None) -> None:
        (logger.warning if level == "warning" else logger.info)("%s", text)
        row = EventRow(
            self.clock.now(), level, kind, text + ".",
            run=run.id if run else None, schedule=run.schedule if run else None,
        )  # fmt: skip
        try:
            self.note(row)
        except RotaError as error:  # the log has it
            logger.debug("the event could not be stored: %s", error)


def standing(ident: int | None) -> str:
    """Where a thread is just now: the innermost line that is neither a library's nor ours."""
    innermost = sys._current_frames().get(ident or 0)
    if innermost is None:
        return "a line that is not known"
    chosen = next((frame for frame in outward(innermost) if is_own(frame)), innermost)
    text = described(chosen)
    return text if chosen is innermost else f"{text} (within {described(innermost)})"


def outward(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back


def is_own(frame: FrameType) -> bool:
    """Whether a frame is the application's own code."""
    name = frame.f_code.co_filename
    installed = not PACKAGES.isdisjoint(Path(name).parts)
    return not (installed or name.startswith(("<", OURS, *LIBRARIES)))


def described(frame: FrameType) -> str:
    code = frame.f_code
    return f"{clip(code.co_filename, 300)}:{frame.f_lineno} in {clip(code.co_name, 100)}"
