"""An attempt of a schedule that a node keeps for itself: gates before it, listeners around it."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Any

from rota.engine.tasks.run import Run
from rota.errors import Cancelled, Declined, Failed, Postponed
from rota.rules.local import Local

__all__ = ("Asked", "Definition", "Gate", "Observer", "guarded", "is_cancellation", "taken_up")

logger = logging.getLogger("rota")

AGAIN = 1.0  # seconds until a run that met another one is tried again

Gate = tuple[str, Callable[[], bool]]
"""A reason (runtime, role or main_instance), and whether an attempt may begin just now."""


class Observer:
    """Told of each attempt, on the thread that runs it. What it raises is logged and changes
    nothing. Both do nothing here; override what is wanted.
    """

    def began(self, run: Run) -> None:
        """An attempt is about to ask its gates."""

    def ended(self, run: Run, state: str, reason: str | None) -> None:
        """It is over: succeeded, failed, cancelled, or ignored for a reason."""


class Asked:
    """What whoever triggered it holds: settled when the attempt that answers is over.

    >>> asked = Asked()
    >>> asked.tell("ignored", "role")
    >>> asked.wait(1), asked.reason
    ('ignored', 'role')
    """

    def __init__(self) -> None:
        self.over = Event()
        self.state: str | None = None
        self.reason: str | None = None

    def tell(self, state: str, reason: str | None) -> None:
        """How it ended: succeeded, failed, cancelled, or ignored for a reason."""
        self.state, self.reason = state, reason
        self.over.set()

    def wait(self, timeout: float | None = None) -> str | None:
        """The state once it is known; None if that takes longer than so many seconds."""
        self.over.wait(timeout)
        return self.state


@dataclass(eq=False, slots=True)
class Definition:
    """What was registered under a name."""

    name: str
    code: Callable[[Run], object]
    local: Local  # as it begins; the node works on a copy
    gates: tuple[Gate, ...]
    observer: Observer
    title: str
    words: str = ""  # in place of its rule
    stopped: bool = False
    busy: Lock = field(default_factory=Lock)  # held by the attempt that goes on in this process
    asked: list[Asked] = field(default_factory=list)  # triggers that no attempt has taken up yet


def taken_up(made: Definition) -> list[Asked]:
    """Those who wait for an attempt, taken out: this one is theirs."""
    asked, made.asked = made.asked, []
    return asked


# ------------------------------------------------------------------- an attempt


def guarded(made: Definition) -> Callable[..., Any]:
    """The task: asks the gates, runs the code, tells the observer and whoever asked."""
    code = made.code
    if inspect.iscoroutinefunction(code) or inspect.iscoroutinefunction(
        getattr(code, "__call__", None)  # noqa: B004  an object whose call is a coroutine
    ):

        async def attempt_async(run: Run) -> object:
            watch = Watch(made, run)
            with watch:
                watch.ask_gates()
                watch.result = await code(run)  # type: ignore[misc]
            return watch.result

        return attempt_async

    def attempt(run: Run) -> object:
        watch = Watch(made, run)
        with watch:
            watch.ask_gates()
            watch.result = code(run)
        return watch.result

    return attempt


class Watch:
    """Around one attempt."""

    def __init__(self, made: Definition, run: Run) -> None:
        self.made = made
        self.run = run
        self.result: object = None

    def __enter__(self) -> None:
        self.be_alone()
        self.asked = taken_up(self.made) if self.run.kind == "manual" else []
        self.say("began", self.run)

    def be_alone(self) -> None:
        """No two attempts meet in one process: a tick that does is skipped, and what somebody asked
        for (“run now”) waits in the queue, for this process or another that keeps the schedule.
        """
        if self.made.busy.acquire(blocking=False):
            return
        if self.run.kind == "slot":
            raise Declined("skipped", "overlap", "another run goes on in this process")
        raise Postponed(AGAIN)

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        state, reason = self.outcome(error)
        self.say("ended", self.run, state, reason)
        self.made.busy.release()
        for asked in self.asked:
            asked.tell(state, reason)

    def ask_gates(self) -> None:
        """Decline the run if a gate is shut. A gate that raises fails the run: it is not open."""
        if self.made.stopped:
            raise Declined("skipped", "disabled", "it was stopped in this process")
        for reason, gate in self.made.gates:
            if not gate():
                raise Declined("ignored", reason)

    def outcome(self, error: BaseException | None) -> tuple[str, str | None]:
        if isinstance(error, Declined):
            return error.state, error.reason
        if error is None:
            return ("failed", "error") if isinstance(self.result, Failed) else ("succeeded", None)
        if self.run.asked is not None and is_cancellation(error):
            return "cancelled", self.run.asked
        return "failed", "error"

    def say(self, what: str, *given: object) -> None:
        try:
            getattr(self.made.observer, what)(*given)
        except Exception:
            logger.exception("%s of %s failed", what, type(self.made.observer).__qualname__)


def is_cancellation(error: BaseException) -> bool:
    """Whether this is how code stops that was asked to."""
    from asyncio import CancelledError

    return isinstance(error, Cancelled | CancelledError)
