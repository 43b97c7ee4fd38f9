"""On-demand triggers of recurring jobs that bear the marker."""

from __future__ import annotations

from enum import StrEnum
from typing import Generic, TypeVar, cast

from rota.cms.umbraco.host import ServerHost
from rota.cms.umbraco.job import TriggerableRecurringBackgroundJob
from rota.cms.umbraco.spans import Span, read_span
from rota.engine.attempts.guarded import Asked
from rota.rules.local import Strategy

__all__ = ("NextExecutionStrategy", "RecurringBackgroundJobTrigger", "Triggered")

Triggerable = TypeVar("Triggerable", bound=TriggerableRecurringBackgroundJob)


class NextExecutionStrategy(StrEnum):
    """What becomes of the next tick: it stays (and is skipped once if the triggered run lasts past
    it), it moves to one period from now, or this run stands for it.
    """

    NONE = "none"
    RESET = "reset"
    REPLACE = "replace"


class Triggered:
    """The answer to a trigger: true if this process keeps the job, and will try to run it now.

    Whether it did is known a moment later: `wait(seconds)` gives the outcome (succeeded, failed,
    cancelled, ignored; None if that takes longer), `reason` says why it was ignored or cancelled.

    >>> bool(Triggered(None)), Triggered(None).wait(1)
    (False, None)
    """

    def __init__(self, asked: Asked | None) -> None:
        self.asked = asked

    def __bool__(self) -> bool:
        return self.asked is not None

    @property
    def state(self) -> str | None:
        """The outcome, once it is known."""
        return self.asked.state if self.asked is not None else None

    @property
    def reason(self) -> str | None:
        """Why it was ignored (runtime, role, main_instance) or cancelled."""
        return self.asked.reason if self.asked is not None else None

    def wait(self, timeout: float | None = None) -> str | None:
        """The outcome, as soon as it is known; at once if nothing was triggered."""
        return self.asked.wait(timeout) if self.asked is not None else None


class RecurringBackgroundJobTrigger(Generic[Triggerable]):
    """Triggers one job of this process; `umbraco.trigger_of(CleanUpYourRoom)` gives it."""

    def __init__(self, rota: ServerHost, name: str | None) -> None:
        self.rota = rota
        self.name = name  # None: it is not registered

    def trigger_execution(
        self,
        strategy: NextExecutionStrategy | str = NextExecutionStrategy.NONE,
        *,
        next_delay: Span | bool = False,
    ) -> Triggered:
        """Run the job as soon as possible: now, or right after the run that goes on. The gates are
        asked as ever. `next_delay`, in the place of a strategy, is the wait from this start to the
        next one, once. Of several triggers that wait the last one counts.
        """
        if self.name is None:
            return Triggered(None)
        local = self.rota.local
        if next_delay is not False:
            after = read_span(next_delay, "next_delay")
            return Triggered(local.trigger(self.name, then=after))
        return Triggered(local.trigger(self.name, cast(Strategy, str(strategy))))  # checked there
